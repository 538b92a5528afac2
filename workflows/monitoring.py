"""The monitoring of a product's results: what the system knows comes filled in, and who measures explains the rest."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.clock import local_date
from db.errors import InvalidData
from engine.context import Context
from engine.registry import Consequence
from forms.display import entity_names
from forms.likeness import likeness
from forms.numbers import canonical
from forms.walk import rows
from forms.words import listed
from forms.words import long_date
from tracking import indicators
from tracking import monitoring
from tracking import products
from tracking.models import PlanStatus
from tracking.monitoring import Figures

TABLE, RESULTS = "milestone_progress", "indicator_results"
FEW = 5  # indicators that a message names
COMPUTED = ("plan_status", "milestones", "last_term", "advisories", "reported", "verified")
STATUS = {
    PlanStatus.OPEN: "En curso", PlanStatus.WITHOUT_ADVISOR: "Sin asesor", PlanStatus.CLOSED: "Cerrado",
    PlanStatus.CANCELLED: "Cancelado",
}  # fmt: skip
MOVED = "Las cifras cambiaron desde que se abrió el formulario. Revíselas y envíe otra vez."


def figures(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """What the system knows of each entity, with the verified progress as the one to report."""
    found = monitoring.of_product(session, context.ref("product_id"))
    today = local_date(now).isoformat()
    return {TABLE: [{**_row(one), "as_of": today, "progress": _percent(one.plan.verified_progress)} for one in found]}


def demand_current(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """Every entity with a plan stands there once, no other does, and what the system computed is what it is now.

    What was achieved is of indicators of the protocol. Raises InvalidData at the row, or at the table for what is
    missing.
    """
    known = {one.plan.entity_id: _row(one) for one in monitoring.of_product(session, context.ref("product_id"))}
    errors: dict[str, list[str]] = {}
    left = dict(known)
    for index, row in enumerate(rows(data.get(TABLE))):
        entity_id = int(row.get("entity") or 0)
        left.pop(entity_id, None)
        errors.update(_wrong(f"{TABLE}/{index}", row, known.get(entity_id)))
    if left:
        names = sorted(entity_names(session, set(left)).values())
        errors[TABLE] = [f"Falta el avance de {listed(names)}."]
    errors.update(_unknown(session, context.ref("product_id"), rows(data.get(RESULTS))))
    if errors:
        raise InvalidData(errors)


def computed(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> list[Consequence]:
    """What of the form was computed, from when it is, and which figures differ from it."""
    written = rows(data.get(TABLE))
    days = sorted(day for row in written if (day := _day(row.get("as_of"))) is not None)
    since = days[0] if days else local_date(now)
    text = (
        f"El sistema calculó con corte al {long_date(since.isoformat())} lo registrado de {len(written)} "
        f"{'entidad' if len(written) == 1 else 'entidades'}: plan, hitos, plazos, asesorías y avance reportado y "
        "verificado. Usted puede escribir otro avance, pero debe explicar la diferencia."
    )
    differing = sum(1 for row in written if row.get("progress") != row.get("verified"))
    found = [Consequence("computed", text, len(written))]
    if differing:
        what = "1 entidad tiene" if differing == 1 else f"{differing} entidades tienen"
        found.append(Consequence("differing", f"{what} un avance distinto del verificado.", differing, warning=True))
    return found


def _unknown(session: Session, product_id: int, results: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The results of indicators that the product never had, told by their name but for capitals, accents and blanks.

    An indicator that a modification took out was measured while it was in force. Nothing is asked of a protocol
    without indicators.
    """
    product = products.get(session, product_id)
    known = [one.name for one in indicators.of_protocol(product)]
    before = [one.indicator for one in indicators.formerly(session, product)]
    same = {likeness(name) for name in (*known, *before)}
    said = f": {listed([f'«{name}»' for name in known], 'o')}" if len(known) <= FEW else ""
    return {
        f"{RESULTS}/{index}/indicator": [f"Escriba un indicador como aparece en el protocolo{said}."]
        for index, row in enumerate(results)
        if same and likeness(row.get("indicator")) not in same
    }


def _row(one: Figures) -> dict[str, Any]:
    plan = one.plan
    row = {
        "entity": plan.entity_id, "plan_status": f"{STATUS[PlanStatus(plan.status)]}, vigencia {plan.vigencia}",
        "milestones": f"{one.verified} de {one.milestones} verificados",
        "last_term": one.last_term.isoformat() if one.last_term else None, "advisories": one.advisories,
        "reported": _percent(plan.reported_progress), "verified": _percent(plan.verified_progress),
    }  # fmt: skip
    return {name: value for name, value in row.items() if value is not None}


def _day(written: object) -> date | None:
    """A day as the form keeps it; None for what some program left in a draft."""
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        return None


def _percent(value: Any) -> str:
    return canonical(value, 2)


def _wrong(path: str, row: Mapping[str, Any], known: Mapping[str, Any] | None) -> dict[str, list[str]]:
    if known is None:
        return {f"{path}/entity": ["Quite esta entidad: el producto no tiene plan de trabajo en ella."]}
    if any(row.get(name) != known.get(name) for name in COMPUTED):
        return {path: [MOVED]}
    return {}
