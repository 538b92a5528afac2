"""What released versions stored is still read: each state goes on to the end of its case, each form can be asked."""

import json
import re
import zlib
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from sqlalchemy.orm import Session

import workflows
from db import SYSTEM
from db import history
from db.errors import DefinitionError
from engine import definitions
from engine import migrating
from engine import registry
from engine import seal
from engine import state
from engine.bundle import Element
from engine.instances import subject
from engine.models import Definition
from engine.models import Instance
from engine.spiff import Run
from engine.spiff import Specs
from engine.spiff import parse
from forms.declaration import from_json
from forms.declaration import hash_of
from tests.processes.walk import EFFECTS
from tests.releases import kept
from tests.releases.__main__ import steps
from tests.releases.kept import Released
from tests.releases.kept import Rest

RELEASED = kept.every()
EVERY = [(released, rest) for released in RELEASED for rest in released.rests]
NAMES = [f"{released.version}-{rest.process_key}-{rest.element}" for released, rest in EVERY]
MOST = 400  # steps to the end
ONWARD: Mapping[str, Any] = {
    "verdict": "validated", "trackable": True, "consent": True, "effective": True, "closed": True,
    "due_date": "2026-12-15",
}  # fmt: skip
"""The answers that lead on; every other question that turns a process is answered with no."""

every_process = pytest.mark.parametrize("released", RELEASED, ids=lambda released: released.name)
every_rest = pytest.mark.parametrize(("released", "rest"), EVERY, ids=NAMES)


@cache
def specs_of(name: str) -> Specs:
    return parse(next(one for one in RELEASED if one.name == name).bundle)


def finished(specs: Specs, run: Run, variables: dict[str, Any]) -> str:
    """The end to which a case comes when all is answered so that it goes on; stored and read back at each step."""
    done: dict[str, int] = {}
    for _ in range(MOST):
        if run.end:
            return run.end
        if services := run.services():
            variables.update(EFFECTS.get(services[0].element.operation, {}))
            run.complete(services[0].id)
        else:
            work = min(run.tasks(), key=lambda work: done.get(work.element.id, 0))
            done[work.element.id] = done.get(work.element.id, 0) + 1
            variables.update(answers(work.element))
            run.complete(work.id)
        end, run = run.end, run if run.end else Run.load(specs, run.dump(), variables)
        run.end = run.end or end
    return ""


def answers(element: Element) -> Iterator[tuple[str, Any]]:
    for word in element.words("outputs"):
        variable = word.partition("=")[0]
        yield variable, ONWARD.get(variable, False)


def test_the_present_version_is_kept() -> None:
    assert {released.version for released in RELEASED} >= {kept.current_version()}


@every_process
def test_there_is_a_state_for_every_step_at_which_a_case_can_rest(released: Released) -> None:
    assert {(rest.process_key, rest.element, rest.kind) for rest in released.rests} == steps(released.bundle)


@every_rest
def test_a_stored_state_waits_where_it_did_and_comes_to_its_end(released: Released, rest: Rest) -> None:
    specs, variables = specs_of(released.name), dict(rest.variables)
    run = Run.load(specs, rest.state, variables)
    waiting = [*run.tasks(), *run.services()]
    assert (rest.process_key, rest.element) in [(work.process_key, work.element.id) for work in waiting]
    ends = {one.id for one in released.bundle.elements[released.bundle.key] if one.kind == "end"}
    assert finished(specs, run, variables) in ends


def test_a_state_of_a_format_that_nobody_knows_is_refused() -> None:
    released, rest = EVERY[0]
    known = state_of(rest)
    known["version"] = 99
    with pytest.raises(DefinitionError, match="otra versión"):
        Run.load(specs_of(released.name), packed(known), dict(rest.variables))


def state_of(rest: Rest) -> dict[str, Any]:
    return dict(json.loads(zlib.decompress(rest.state)))


def packed(stored: Mapping[str, Any]) -> bytes:
    return zlib.compress(json.dumps(stored).encode())


@every_process
def test_its_forms_are_read_and_are_the_same(released: Released) -> None:
    assert {name: hash_of(from_json(body)) for name, body in released.forms.items()} == dict(released.bundle.forms)


@every_process
def test_every_state_moves_and_comes_to_its_end(released: Released, session: Session, now: datetime) -> None:
    """In a version in which only words are other, whatever the step."""
    workflows.register()
    seal.use("a secret of the tests")
    before, after = deployed(session, released, now), deployed(session, reworded(released), now)
    specs = definitions.specs(session, after)
    target = migrating.Target(session, after)
    for number, rest in enumerate(released.rests):
        instance = stored(session, before, rest, number, now)
        found = target.foresee(session, instance)
        assert found.obstacles == (), (rest.process_key, rest.element)
        target.take(session, instance, reason="Otras palabras.", by=SYSTEM, now=now)
        variables = dict(instance.variables)
        assert finished(specs, Run.load(specs, instance.state, variables), variables), rest.element


def reworded(released: Released) -> Released:
    """The same process with every task called otherwise."""
    files = {
        name: text.replace('<bpmn:userTask id="', '<bpmn:userTask name="Otro nombre" id="')
        for name, text in released.bundle.files.items()
    }
    files = {name: _once_named(text) for name, text in files.items()}
    return replace(released, bundle=replace(released.bundle, files=files))


def _once_named(text: str) -> str:
    return re.sub(r'(<bpmn:userTask name="Otro nombre" id="[^"]*") name="[^"]*"', r"\1", text)


def deployed(session: Session, released: Released, now: datetime) -> Definition:
    """A version as it was released, whatever the gate of today says of it."""
    process = replace(registry.process(released.bundle.key), files=released.bundle.files)
    process = replace(process, forms={name: from_json(body) for name, body in released.forms.items()})
    return definitions.store(session, process, definitions.newest(session, process.key), by=SYSTEM, now=now)


def stored(session: Session, definition: Definition, rest: Rest, number: int, now: datetime) -> Instance:
    """A case in the database that rests as it was kept."""
    instance = Instance(
        definition_id=definition.id, definition=definition, business_key=f"C-{number}", title=rest.element,
        status="open", revision=0, variables=dict(rest.variables), people={}, refs={}, awaits_service=False,
        state=b"", seal="", started_at=now,
    )  # fmt: skip
    session.add(instance)
    session.flush()
    run = Run.load(definitions.specs(session, definition), rest.state, instance.variables)
    state.keep(instance, run, awaits_service=bool(run.services()))
    history.record(
        session, subject(instance.id), "instance.started", by=SYSTEM, now=now, summary="Inició.",
        details={"passed": [list(one) for one in rest.passed]},
    )  # fmt: skip
    session.flush()
    return instance
