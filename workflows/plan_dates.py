"""Days that the procedure takes: what cannot be is refused, what is unlikely is to be confirmed."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.clock import local_date
from db.errors import InvalidData
from engine.context import Context
from forms.words import long_date
from tracking import consent
from tracking import evidence
from tracking import trace
from tracking.models import ConsentStatus
from tracking.models import WorkPlan

EARLY = "{what}, {day}, es anterior al día en que se abrió el plan de trabajo, {opened}"


def demand_in_plan(*names: str) -> Any:
    """A check of a form: the days at `names` are not before the year of the plan. A day that lies ahead is refused."""

    def check(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
        plan, errors = trace.plan(session, context.ref("plan_id")), {}
        for name in names:
            day = day_at(data, name)
            try:
                if day is not None:
                    evidence.check_in_plan(day, name, plan, now=now)
            except InvalidData as error:
                errors.update(error.errors)
        if errors:
            raise InvalidData(errors)

    return check


def consent_doubts(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """An entity seldom answers before there is a plan to answer about, or before the plan was made known to it."""
    day = day_at(data, "date")
    found = _early(trace.plan(session, context.ref("plan_id")), "La fecha de la respuesta", day)
    met = day_at(context.answers("Activity_SocializarPlan"), "meeting_date")
    if day is not None and met is not None and not found and day < met:
        said, meeting = long_date(day.isoformat()), long_date(met.isoformat())
        found.append(f"La fecha de la respuesta, {said}, es anterior a la reunión de socialización, del {meeting}")
    return found


def meeting_doubts(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """Nor is a plan made known before it is there."""
    return _early(trace.plan(session, context.ref("plan_id")), "El día de la reunión", day_at(data, "meeting_date"))


def execution_doubts(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """Execution that began before the plan was opened, or before the entity agreed to be followed up."""
    plan, day = trace.plan(session, context.ref("plan_id")), day_at(data, "start_date")
    found = _early(plan, "El primer día de ejecución", day)
    given = [row for row in consent.of_plan(session, plan.id) if row.decision == ConsentStatus.GIVEN]
    if day is not None and given and not found and day < given[-1].decided_on:
        agreed = long_date(given[-1].decided_on.isoformat())
        first = long_date(day.isoformat())
        found.append(f"El primer día de ejecución, {first}, es anterior al consentimiento, del {agreed}")
    return found


def monitoring_doubts(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """Nobody has seen yet what is still to come in the period."""
    day = day_at(data, "period_end")
    if day is None or day <= local_date(now):
        return []
    return [f"El periodo termina el {long_date(day.isoformat())}, que todavía no llega"]


def demand_begun(data: Mapping[str, Any], now: datetime) -> None:
    """A period that has not begun cannot be monitored. Raises InvalidData (`period_start`)."""
    day = day_at(data, "period_start")
    if day is not None and day > local_date(now):
        raise InvalidData({"period_start": ["El periodo no ha empezado: elija una fecha que ya haya pasado, o hoy."]})


def _early(plan: WorkPlan, what: str, day: date | None) -> list[str]:
    opened = local_date(plan.opened_at)
    if day is None or day >= opened:
        return []
    return [EARLY.format(what=what, day=long_date(day.isoformat()), opened=long_date(opened.isoformat()))]


def day_at(data: Mapping[str, Any], name: str) -> date | None:
    """The day at `name`; None when nothing, or nothing that can be read, stands there."""
    try:
        return date.fromisoformat(str(data.get(name) or ""))
    except ValueError:
        return None
