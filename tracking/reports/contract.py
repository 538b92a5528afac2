"""The obligations of a person's contract, and which activities are told under each.

The sources name a report by obligations and give no list: the one below is ours, and stands for whoever has not
written their own. So is which steps of the processes are which kind of activity (`tracking.reports.activities`).
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.errors import InvalidData
from directory import access
from directory import people
from directory.principal import Principal
from tracking.models import ContractObligation

ADVISORY, CONTACT, MILESTONE, CONSENT = "advisory", "contact", "milestone", "consent"
PLANNING, SOCIALISATION, EXECUTION = "planning", "socialisation", "execution"
MONITORING, EVALUATION, CORRECTIVE, TASK = "monitoring", "evaluation", "corrective", "task"
KNOWLEDGE, PRODUCT, COMMUNICATIONS = "knowledge", "product", "communications"

ACTIVITIES: Mapping[str, str] = {
    ADVISORY: "Asesorías",
    CONTACT: "Interacciones cortas (esfuerzo)",
    MILESTONE: "Reportes y verificaciones de hitos",
    PLANNING: "Necesidades y programación de la asistencia (pasos 1 y 2)",
    SOCIALISATION: "Socialización de los planes (paso 3)",
    CONSENT: "Consentimientos",
    EXECUTION: "Cierre de la ejecución (paso 4)",
    MONITORING: "Monitoreos (paso 5)",
    EVALUATION: "Evaluaciones (paso 6)",
    CORRECTIVE: "Acciones preventivas, correctivas y de mejora",
    KNOWLEDGE: "Gestión del conocimiento y sistematización (pasos 7 y 8)",
    PRODUCT: "Diseño y gestión de productos y estrategias",
    COMMUNICATIONS: "Comunicaciones",
    TASK: "Otras tareas",
}

TASKS = frozenset({PLANNING, SOCIALISATION, EXECUTION, KNOWLEDGE, PRODUCT, COMMUNICATIONS})
"""Kinds of tasks: where no obligation names one of them, it goes with the other tasks."""

MOST = 30
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Clause:
    """One obligation of a contract; without days, it holds always."""

    number: int
    text: str
    activities: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def holds(self, start: date, end: date) -> bool:
        """Whether it is in force on some day of a period."""
        return (self.since is None or self.since <= end) and (self.until is None or self.until >= start)


OURS = (
    Clause(
        1, "Prestar asistencia técnica a las entidades territoriales a su cargo, según sus planes de trabajo.",
        (ADVISORY, CONTACT, EXECUTION),
    ),
    Clause(2, "Reportar y hacer seguimiento al avance de los hitos de los planes de trabajo.", (MILESTONE, MONITORING)),
    Clause(
        3, "Programar los planes de trabajo con las entidades, socializarlos y registrar su consentimiento.",
        (PLANNING, SOCIALISATION, CONSENT),
    ),
    Clause(
        4, "Evaluar la asistencia técnica y adelantar las acciones preventivas, correctivas y de mejora.",
        (EVALUATION, CORRECTIVE),
    ),
    Clause(5, "Cumplir las demás tareas que le asigne la supervisión.", (TASK,)),
    Clause(
        6, "Gestionar el conocimiento, sistematizar los resultados y apoyar su divulgación.",
        (KNOWLEDGE, COMMUNICATIONS),
    ),
    Clause(7, "Apoyar el diseño y la gestión de los productos y servicios de asistencia técnica.", (PRODUCT,)),
)  # fmt: skip

UNASSIGNED = Clause(0, "Actividades sin obligación asignada")
"""Under which whatever no obligation in force names is told, so that nothing registered is lost."""


def written(session: Session, person_id: int) -> list[Clause]:
    """The obligations that somebody wrote for this person, by number; empty when nobody did."""
    statement = select(ContractObligation).where(ContractObligation.person_id == person_id)
    rows = session.scalars(statement.order_by(ContractObligation.number, ContractObligation.id))
    return [Clause(row.number, row.text, tuple(row.activities), row.since, row.until) for row in rows]


def of(session: Session, person_id: int) -> list[Clause]:
    """The obligations of this person: their own, or ours when they have none."""
    return written(session, person_id) or list(OURS)


def in_force(session: Session, person_id: int, start: date, end: date) -> list[Clause]:
    """The obligations of this person that hold on some day of a period."""
    return [clause for clause in of(session, person_id) if clause.holds(start, end)]


def write(session: Session, person_id: int, clauses: Sequence[Clause], *, by: Principal, now: datetime) -> None:
    """Replace the obligations of a person; none leaves the list that is ours.

    Raises NotFound, NotAllowed, InvalidData (`number-0`, `text-0`, `until-0`, …).
    """
    people.get(session, person_id)
    actor = access.demand(by, "contract.change", access.Subject(people=frozenset({person_id})))
    errors = problems(clauses)
    if errors:
        raise InvalidData(errors)
    session.execute(delete(ContractObligation).where(ContractObligation.person_id == person_id))
    session.add_all(
        ContractObligation(
            person_id=person_id, number=one.number, text=one.text.strip(), since=one.since, until=one.until,
            activities=list(one.activities),
        )
        for one in clauses
    )  # fmt: skip
    session.flush()
    history.record(
        session, history.Subject("contract", person_id), "contract.changed", by=actor, now=now,
        summary=f"Cambió las obligaciones del contrato: quedaron {len(clauses)}.",
    )  # fmt: skip


def problems(clauses: Sequence[Clause]) -> dict[str, list[str]]:
    """What is wrong with these obligations, by field and place."""
    errors: dict[str, list[str]] = {}
    if len(clauses) > MOST:
        errors[""] = [f"Escriba a lo sumo {MOST} obligaciones."]
    seen: set[int] = set()
    for index, one in enumerate(clauses):
        if one.number < 1 or one.number in seen:
            errors[f"number-{index}"] = ["Dé a cada obligación un número distinto, desde 1."]
        seen.add(one.number)
        if not 1 <= len(one.text.strip()) <= LONGEST:
            errors[f"text-{index}"] = [f"Escriba la obligación, en hasta {LONGEST} caracteres."]
        if one.since and one.until and one.until < one.since:
            errors[f"until-{index}"] = ["El último día no puede ser anterior al primero."]
        if set(one.activities) - set(ACTIVITIES):
            errors[f"activities-{index}"] = ["Elija actividades de la lista."]
    return errors
