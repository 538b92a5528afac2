"""The words in which templates show dates, numbers and states."""

from collections.abc import Sequence
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from decimal import InvalidOperation
from typing import Any

from flask import Flask

from db import clock
from directory import roles
from edge import words
from edge import working_days
from engine.models import Operation
from web import uploads
from web.frame import read_day
from web.typography import tight

SOON = timedelta(days=3)


def install(app: Flask) -> None:
    """Give the filters to the templates of `app`, and what boxes for files say."""
    app.jinja_env.filters.update(
        day=day, moment=moment, full_moment=full_moment, ago=ago, due=due, light=light, count=count, percent=percent,
        share_done=share_done, role=roles.label, joined=joined, ended=words.ended, figure=figure, boxed=boxed,
        tight=tight, counted=words.counted,
    )  # fmt: skip
    app.jinja_env.globals["upload_limits"] = uploads.ATTRIBUTES


def day(value: date | datetime) -> str:
    """«24 de noviembre de 2026»."""
    return tight(words.long_date(value).partition(" ")[2])


def boxed(value: Any) -> str:
    """A day as a box of days takes it: «2026-12-31» for «31/12/2026», so that what filters is seen."""
    text = str(value).strip()
    found = read_day(text)
    return found.isoformat() if found is not None else text


def moment(value: datetime) -> str:
    """«24 de noviembre a las 10:42 a. m.», with the year when it is another one."""
    return tight(words.moment(value, now=clock.now()))


def full_moment(value: datetime) -> str:
    """«24 de noviembre de 2026 a las 10:42 a. m.», for documents that are kept."""
    return tight(words.full_moment(value))


def ago(value: datetime) -> str:
    """«hace 2 minutos»."""
    return tight(words.ago(value, now=clock.now()))


def due(value: date | datetime | None, now: datetime, about: Any = None) -> str:
    """When something is due, in words; `about`, the row whose date it is, says by the working days of which place."""
    return tight(words.due(value, now=now, days=working_days.of(about))) if value is not None else "sin plazo"


def light(value: date | datetime | None, now: datetime) -> str:
    """The traffic light of a due date: `ok`, `soon` (three days or less), `late`, or `none` without a date."""
    if value is None:
        return "none"
    if words.is_overdue(value, now=now):
        return "late"
    limit = now + SOON
    near = value <= limit if isinstance(value, datetime) else value <= clock.local_date(limit)
    return "soon" if near else "ok"


def count(value: int) -> str:
    """«1.234»."""
    return words.number(value, places=0)


def percent(value: Decimal | int | float) -> str:
    """«45,5 %»."""
    return tight(words.percent(value))


def figure(value: str) -> str:
    """«1.234,5» for the text `1234.50`, as exact numbers are kept; any other text as it is."""
    try:
        return words.number(Decimal(value))
    except (InvalidOperation, TypeError):
        return str(value)


def share_done(operation: Operation) -> int:
    """How much of an operation is done, out of a hundred."""
    return 100 * operation.done // operation.total if operation.total else 100 * (operation.status == "done")


def joined(items: Sequence[str]) -> str:
    """«uno, dos y tres»."""
    if len(items) < 2:
        return "".join(items)
    last = items[-1]
    conjunction = "e" if last.lower().startswith(("i", "hi")) and not last.lower().startswith("hie") else "y"
    return f"{', '.join(items[:-1])} {conjunction} {last}"
