"""A bundle that is to be refused, and the one from which most are made by spoiling a single thing."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from engine.demands import END
from engine.demands import Mandatory
from engine.registry import Handler
from engine.registry import Process
from engine.registry import Supplied
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Option
from forms.declaration import Section
from tests.engine import diagrams as d

MESSAGE = "aviso"
SERVICE = "toy.note"
PREFILL = "toy_known"

FORM = Form("nota", "Nota", (Section("nota", "Nota", (
    Field(kind=Kind.TEXT, name="text", label="Texto", required=True),
    Field(kind=Kind.BOOLEAN, name="again", label="¿Otra vez?"),
    Field(kind=Kind.CHOICE, name="verdict", label="Concepto",
          options=(Option("validated", "Validado"), Option("returned", "Devuelto"))),
    Field(kind=Kind.INTEGER, name="count", label="Cuántos"),
    Field(kind=Kind.DATE, name="day", label="Qué día"),
    Field(kind=Kind.FILES, name="files", label="Archivos"),
)),))  # fmt: skip

VARIABLES = "again:yes_no verdict:text count:number day:text"
RULES = (
    Mandatory("caso", "gate:V", (END, SERVICE), roles=("der_reviewer",), verdict='verdict == "validated"', apart=True),
)

WRITE = d.user("Activity_Escribir", prefill=f"@{PREFILL} Activity_Escribir", outputs="again=again day=day")
REVIEW = d.user("Activity_Revisar", role="der_reviewer", gate="V", reviews="Activity_Escribir", term="working_days:3",
                separate_from="Activity_Escribir", outputs="verdict=verdict")  # fmt: skip
GOOD = (
    d.start() + d.choice("Gateway_Union") + WRITE + REVIEW + d.choice("Gateway_Vale", "Flow_Otra")
    + d.service("Activity_Anotar", SERVICE) + d.end()
    + d.chain("Event_Inicio", "Gateway_Union", "Activity_Escribir", "Activity_Revisar", "Gateway_Vale")
    + d.flow("Gateway_Vale", "Activity_Anotar", 'verdict == "validated"', "Flow_Sigue")
    + d.flow("Gateway_Vale", "Gateway_Union", name="Flow_Otra")
    + d.chain("Activity_Anotar", "Event_Fin")
)  # fmt: skip
"""Somebody writes, another validates or returns, and what was validated is noted."""


@dataclass(frozen=True)
class Case:
    """Files that the gate must refuse, the word for the rule that refuses them, and what the refusal must name."""

    name: str
    code: str
    files: Mapping[str, str]
    rules: Sequence[Mandatory] = ()
    forms: Mapping[str, Form] = field(default_factory=lambda: {"nota": FORM})
    key: str = "caso"
    messages: frozenset[str] = frozenset({MESSAGE})
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    begun_with: frozenset[str] = frozenset()
    supplies: Mapping[str, Supplied] = field(default_factory=dict)
    says: str = ""

    @property
    def process(self) -> Process:
        """What is deployed."""
        return Process(self.key, "Caso", self.files, self.forms, self.handlers, messages=self.messages,
                       mandatory=self.rules, begun_with=self.begun_with, supplies=self.supplies)  # fmt: skip


def body(name: str, code: str, text: str, *, variables: str = VARIABLES, **others: str) -> Case:
    """A case from what stands inside the process; `others` are the bodies of further processes."""
    files = {"caso.bpmn": d.diagram("caso", text, variables=variables, messages=(MESSAGE,))}
    files |= {f"{key}.bpmn": d.diagram(key, inner) for key, inner in others.items()}
    return Case(name, code, files, begun_with=frozenset({"again"}))


def spoiled(name: str, code: str, old: str, new: str, *, times: int = 1) -> Case:
    """The good process with `old` replaced by `new` in its text, under the rule that what is noted was validated."""
    text = whole()
    assert old in text, f"{name}: {old} is not in the diagram"
    return Case(name, code, {"caso.bpmn": text.replace(old, new, times)}, RULES)


def whole() -> str:
    """The good process as a file."""
    return d.diagram("caso", GOOD, variables=VARIABLES, messages=(MESSAGE,))


def good() -> Case:
    """The good process: the control that must pass."""
    return Case("control", "", {"caso.bpmn": whole()}, RULES)
