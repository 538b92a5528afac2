"""What is owed, who keeps to their terms, the figures of a cut, and the policies, as workbooks."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from edge import names
from edge.exports.export import Export
from edge.labels import OWED_FIGURE
from forms.list_workbook import Column
from forms.list_workbook import Value
from notifications import obligations
from notifications import periods
from notifications import sources
from notifications import statements
from notifications import waiting
from notifications.models import Obligation
from notifications.policies import Held
from notifications.rates import Rate
from notifications.waiting import Awaited

CUT_PARTS = {"regions": "Región", "products": "Producto", "policies": "Política"}
CUT_FIGURES = {
    "vigencia": "Vigencia", "opened": "Planes", "plans": "Planes que cuentan", "reported": "Avance reportado",
    "verified": "Avance verificado", "met": "A tiempo", "late": "Tarde", "overdue": "Vencidas",
    "pending": "Pendientes", "waived": "Dispensadas",
}  # fmt: skip
_STATED = {"presented": "Por revisar", "returned": "Devuelta"}
_STATES = {key.value: label for key, label in obligations.LABELS.items()}


def _owed(session: Session, rows: Sequence[Obligation]) -> Iterator[list[Value]]:
    people = names.of_people(session, [row.debtor_id for row in rows])
    regions = names.of_regions(session, [row.region_id for row in rows])
    stated = {row.id: one.status for one, row in statements.last(session, about=[row.id for row in rows])}
    presented, awaited = statements.accepted_at(session, [row.id for row in rows]), waiting.awaited(session, rows)
    for row in rows:
        yield [
            row.title, row.subject_label, people.get(row.debtor_id or 0, "sin responsable"),
            regions.get(row.region_id or 0, ""), _state(row, awaited.get(row.id)), row.due_on, row.due_at, row.met_at,
            _STATED.get(stated.get(row.id, ""), ""), presented.get(row.id), row.reason,
        ]  # fmt: skip


def _state(row: Obligation, step: Awaited | None) -> str:
    return f"{waiting.ESPERA}: {step.title}" if step is not None else obligations.LABELS[row.status]


def _policies(session: Session, rows: Sequence[Held]) -> Iterator[list[Value]]:
    known = sources.known()
    for row in rows:
        subjects = known[row.spec.subjects].title if row.spec.subjects in known else row.spec.subjects
        yield [
            row.key, row.spec.title, row.spec.owes, periods.FREQUENCIES[row.spec.frequency], subjects,
            "no" if row.spec.escalates else "sí", "Activa" if row.enabled else "Apagada",
        ]  # fmt: skip


def rates(dimension: str, labels: Mapping[int, str]) -> Export:
    """Who keeps to their terms, one row per what `dimension` says; `labels` are their names."""
    first = Column(dimension, 36)
    without = f"Sin {dimension.lower()}"

    def cells(session: Session, rows: Sequence[Rate]) -> Iterator[list[Value]]:
        for row in rows:
            name = labels.get(row.key or 0, without)
            yield [name, row.on_time, row.met, row.late, row.overdue, row.pending, row.waived]

    return Export(f"Cumplimiento de plazos por {dimension.lower()}", (first, *_RATES), cells)


def cut(title: str, labels: Mapping[str, Mapping[int, str]], shown: Sequence[str]) -> Export:
    """The figures of a cut, one row per region, product or policy; `shown` are those of its figures that it has."""
    keys = [key for key in CUT_FIGURES if key in shown]

    def cells(session: Session, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[list[Value]]:
        for part, row in rows:
            subject = labels[part].get(row["key"], f"Sin {CUT_PARTS[part].lower()}")
            yield [CUT_PARTS[part], subject, *(_figure(row.get(key)) for key in keys)]

    heads = (Column("Por", 12), Column("De quién o de qué", 40), *(Column(_headed(key), 12) for key in keys))
    return Export(title, heads, cells)


def rows_of_cut(figures: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The rows of the tables of a cut, each with the name of its table."""
    return [(part, row) for part in CUT_PARTS for row in figures.get(part, ())]


def _headed(key: str) -> str:
    return f"{CUT_FIGURES[key]} (%)" if key in ("reported", "verified") else CUT_FIGURES[key]


def _figure(value: Any) -> Value:
    """A figure of a cut, which is kept as text where it is exact."""
    return Decimal(value) if isinstance(value, str) and value else value


_RATES = (Column("A tiempo (%)", 12), Column("Cumplidas a tiempo", 12), Column("Cumplidas tarde", 12),
          Column("Vencidas", 12), Column("Pendientes", 12), Column("Dispensadas", 12))  # fmt: skip
OWED = Export(
    "Plazos",
    (Column("Qué se debe", 44), Column("Sobre quién o qué", 36), Column("Responsable", 28), Column("Región", 22),
     Column("Estado"), Column("Vence el", 12), Column("Hasta qué hora", 17), Column("Cumplida el", 17),
     Column("Constancia", 14), Column("Constancia presentada el", 17), Column("Motivo", 40)),
    _owed, {"status": _STATES, "figure": OWED_FIGURE},
)  # fmt: skip
POLICIES = Export(
    "Políticas de plazos",
    (Column("Clave", 28), Column("Política", 44), Column("Qué se debe", 44), Column("Cada cuánto"),
     Column("De quién", 36), Column("Recomendación", 14), Column("Estado", 12)),
    _policies,
)  # fmt: skip
