"""The end of the assistance of a product (stage 3, step 4): what the system knows of it, told and prefilled."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from engine.context import Context
from engine.registry import Consequence
from engine.registry import Named
from forms.display import entity_names
from forms.numbers import percent
from tracking import monitoring
from tracking import trace
from tracking.models import PlanStatus
from tracking.monitoring import Figures


def figures(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """The figures of the product in a sentence, for its lead to go on from."""
    found = monitoring.of_product(session, context.ref("product_id"))
    return {"advisories_and_progress": _summary(found)} if found else {}


def foreseen(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[Consequence]:
    """What the system knows when the development is closed, and what contradicts that it has ended."""
    found = monitoring.of_product(session, context.ref("product_id"))
    names = entity_names(session, {one.plan.entity_id for one in found})
    running = [one for one in found if one.plan.status in trace.RUNNING]
    told = [Consequence("figures", f"Según los registros: {_summary(found)}", len(found))] if found else []
    for kind, plans, text in (
        ("running", running, "en curso: mientras no se cierren o se cancelen no se puede cerrar el desarrollo"),
        ("without_advisor", [one for one in running if one.plan.status == PlanStatus.WITHOUT_ADVISOR], "sin asesor"),
        ("without_advisories", [one for one in _counted(found) if not one.advisories], "sin asesorías registradas"),
    ):
        if plans:
            named = [_named(one, names) for one in plans]
            told.append(Consequence(kind, f"{_plans(len(plans))} {text}:", len(plans), named, warning=True))
    return told


def _summary(found: Sequence[Figures]) -> str:
    counted = _counted(found)
    advised = sum(1 for one in counted if one.advisories)
    closed = sum(1 for one in counted if one.plan.status == PlanStatus.CLOSED)
    total = sum(one.advisories for one in counted)
    return (
        f"{_plans(len(counted))} ({closed} {'cerrado' if closed == 1 else 'cerrados'}); {total} "
        f"{'asesoría' if total == 1 else 'asesorías'} en {advised} {'entidad' if advised == 1 else 'entidades'}; "
        f"avance reportado {_mean([one.plan.reported_progress for one in counted])} y verificado "
        f"{_mean([one.plan.verified_progress for one in counted])} en promedio."
    )


def _counted(found: Sequence[Figures]) -> list[Figures]:
    return [one for one in found if one.plan.status != PlanStatus.CANCELLED]


def _mean(values: Sequence[Decimal]) -> str:
    return percent(sum(values, Decimal(0)) / len(values) if values else Decimal(0), decimals=1)


def _named(one: Figures, names: Mapping[int, str]) -> Named:
    said = f"{names[one.plan.entity_id]}: verificado {percent(one.plan.verified_progress, decimals=1)}"
    return Named(said, f"/planes/{one.plan.id}", [one.plan.entity_id])


def _plans(count: int) -> str:
    return "1 plan" if count == 1 else f"{count} planes"
