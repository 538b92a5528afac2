"""A ministry of its own to measure with: a hundred steps in a line, each with a form of 20 KB."""

import random
from datetime import datetime
from itertools import pairwise

from sqlalchemy.orm import Session

from db import SYSTEM
from directory import grants
from directory import people
from directory import units
from directory.principal import Principal
from directory.principal import load
from engine import definitions
from engine import registry
from engine.registry import Process
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Section

KEY = "medicion"
STEPS = 100
FORM = Form(
    "informe",
    "Informe",
    (
        Section(
            "informe",
            "Informe",
            tuple(
                Field(kind=Kind.LONG_TEXT, name=f"text_{number}", label=f"Texto {number}", required=True)
                for number in range(10)
            ),
        ),
    ),
)
_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="d" targetNamespace="t">'
)


def answers() -> dict[str, str]:
    """20 KB of words that compress about as text does; the same in every run."""
    words = random.Random(7)
    letters = "abcdefghilmnoprstuv     "
    return {f"text_{number}": "".join(words.choices(letters, k=2000)).strip() for number in range(10)}


def diagram(steps: int) -> str:
    """A line of `steps` user tasks that the bearer of `participant` completes."""
    names = ["Event_Inicio", *(f"Activity_{number}" for number in range(1, steps + 1)), "Event_Fin"]
    properties = "".join(
        f'<spiffworkflow:property name="{name}" value="{value}" />'
        for name, value in (("form", "informe"), ("role", "technical_lead"), ("participant", "lead"))
    )
    extension = (
        f"<bpmn:extensionElements><spiffworkflow:properties>{properties}"
        "</spiffworkflow:properties></bpmn:extensionElements>"
    )
    tasks = "".join(f'<bpmn:userTask id="{n}" name="{n}">{extension}</bpmn:userTask>' for n in names[1:-1])
    flows = "".join(
        f'<bpmn:sequenceFlow id="Flow_{one}" sourceRef="{one}" targetRef="{other}" />' for one, other in pairwise(names)
    )
    return (
        f'{_HEAD}<bpmn:process id="{KEY}" isExecutable="true"><bpmn:startEvent id="Event_Inicio" />{tasks}'
        f'<bpmn:endEvent id="Event_Fin" />{flows}</bpmn:process></bpmn:definitions>'
    )


def deploy(session: Session, *, now: datetime) -> Principal:
    """Deploy the process; returns somebody who may complete its tasks."""
    process = Process(KEY, "Medición", {f"{KEY}.bpmn": diagram(STEPS)}, {"informe": FORM})
    registry.register(process)
    definitions.deploy(session, process, by=SYSTEM, now=now)
    unit = units.add(session, "DM", "Dirección de Medición", by=SYSTEM, now=now)
    person = people.add(session, "Ana Ruiz", unit_id=unit.id, by=SYSTEM, now=now)
    grants.add(session, person.id, "technical_lead", "unit", unit.id, by=SYSTEM, now=now)
    return load(session, person.id, now=now)
