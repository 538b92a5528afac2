"""What is confirmed first in the steps of the support of a thematic expert: unlikely days, and who would not see it."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.clock import local_date
from directory import people
from engine.context import Context
from forms.words import long_date
from notifications import days
from tracking import support
from tracking import support_experts
from tracking.models import SupportRequest
from workflows.plan_dates import day_at


def asking(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """A day that went by, and an expert who is away until then while nobody acts for them."""
    if data.get("desist") is True:
        return []
    wanted, expert_id = day_at(data, "wanted_on"), data.get("expert")
    found = list(_gone_by("Pido el apoyo para el", wanted, now))
    if isinstance(expert_id, int):
        today = local_date(now)
        until, asker_id = max(wanted or today, today), _request(session, context).asker_id
        away = support_experts.unattended(session, expert_id, today, until, but=asker_id)
        if away is not None:
            name, last = people.get(session, expert_id).name, away.until or until
            stretch = f"del {long_date(away.since.isoformat())} al {long_date(last.isoformat())}"
            found.append(f"Pido el apoyo a {name}, que estará ausente {stretch} sin quien actúe en su nombre")
    return found


def answering(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """A day that went by, after that on which the support is of use, or on which nobody works."""
    wanted, agreed = _request(session, context).wanted_on, day_at(data, "agreed_on")
    if data.get("accepted") is not True:
        return []
    found = list(_gone_by("Daré el apoyo el", agreed, now))
    if wanted is not None and agreed is not None and agreed > wanted:
        found.append(f"El día es posterior al que se pidió ({long_date(wanted.isoformat())})")
    return [*found, *_idle("Daré el apoyo el", agreed, session, context)]


def giving(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """A support leaves something to show, and is given after it was asked, on a working day."""
    row, day = _request(session, context), day_at(data, "given_on")
    found = [] if data.get("advisories") or data.get("files") else [
        "Registro el apoyo sin asesorías ni archivos que lo muestren"
    ]  # fmt: skip
    if day is None:
        return found
    said, begun = "Di el apoyo el", local_date(row.opened_at)
    if day < begun:
        found.append(
            f"{said} {long_date(day.isoformat())}, antes de que se pidiera (el {long_date(begun.isoformat())})"
        )
    return [*found, *_idle(said, day, session, context)]


def confirming(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """A day that went by for what is missing."""
    return [] if data.get("received") is not False else list(
        _gone_by("Pido lo que falta para el", day_at(data, "agreed_on"), now)
    )  # fmt: skip


def _gone_by(said: str, day: date | None, now: datetime) -> Iterator[str]:
    if day is not None and day < local_date(now):
        yield f"{said} {long_date(day.isoformat())}, que ya pasó"


def _idle(said: str, day: date | None, session: Session, context: Context) -> Iterator[str]:
    case = context.instance
    if day and not days.load(session, entity_id=case.entity_id, region_id=case.region_id).is_working(day):
        yield f"{said} {long_date(day.isoformat())}, que no es día hábil"


def _request(session: Session, context: Context) -> SupportRequest:
    return support.get(session, context.ref("support_id"))
