"""Calendario: the working days of a month, and what falls due on them."""

from calendar import Calendar
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint
from flask import Response
from flask import request

from db import clock
from db import reading
from db.errors import NotFound
from directory import access
from edge import identity
from edge import words
from edge import working_days
from edge.permission import permission
from notifications import days
from notifications.calendar import WorkingDays
from notifications.calendar import month_name
from notifications.ical import Item
from notifications.words import at_hour
from tracking import agenda
from web.frame import HOME
from web.frame import number
from web.frame import page
from web.frame import paging

blueprint = Blueprint("web_calendars", __name__)

FIRST, LAST = 2016, 2060
A_PAGE = 50  # what falls due on a day, in the list of that day


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the month as the page shows it; `why_not` says why it is not worked, `items` what falls due on it."""

    day: date
    inside: bool
    today: bool
    why_not: str
    items: list[Item]


@blueprint.get("/calendario")
@permission("calendar.read")
def month() -> Response:
    """A month, week by week, with what falls due; `mes` is like 2026-11, `de` says whose: mine or my team's."""
    by, now = identity.current(), clock.now()
    today = clock.local_date(now)
    first = _month(request.args.get("mes", ""), today)
    team = request.args.get("de") == "equipo" and access.may(by, "obligation.oversee")
    worked = working_days.of_person(by)
    with reading() as session:
        due = agenda.by_day(agenda.between(session, by, first, _last(first), team=team, now=now))
        extra = [row for row in days.extra(session, first.year) if row.day.month == first.month]
        places = days.place_names(session, extra)
    return page(
        "calendar.html", "Calendario", crumbs=[HOME], first=first, name=f"{month_name(first.month)} de {first.year}",
        weeks=_weeks(first, today, worked, due), team=team, worked=worked, extra=extra, places=places,
        before=_shifted(first, -1), after=_shifted(first, 1), count=_count(first, worked),
        cut_off=at_hour(worked.cut_off), now=now,
    )  # fmt: skip


@blueprint.get("/calendario/<day_text>")
@permission("calendar.read")
def day(day_text: str) -> Response:
    """All that falls due on a day, a page at a time. Raises NotFound for what is no day of the calendar."""
    by, on = identity.current(), _day(day_text)
    team = request.args.get("de") == "equipo" and access.may(by, "obligation.oversee")
    with reading() as session:
        found = agenda.between(session, by, on, on, team=team, now=clock.now())
    start = min(number("desde") or 0, len(found))
    following = str(start + A_PAGE) if start + A_PAGE < len(found) else ""
    month_of_it = f"/calendario?mes={on:%Y-%m}" + ("&de=equipo" if team else "")
    return page(
        "calendar_day.html", words.long_date(on).capitalize(), crumbs=[HOME, ("Calendario", month_of_it)],
        rows=found[start : start + A_PAGE], whole=len(found), team=team, why_not=working_days.of_person(by).why_not(on),
        **paging(following),
    )  # fmt: skip


def _day(text: str) -> date:
    try:
        on = date.fromisoformat(text)
    except ValueError:
        on = date.min
    if not FIRST <= on.year <= LAST:
        raise NotFound("el día", text)
    return on


def _month(text: str, today: date) -> date:
    """The first day of the month `text` (2026-11); of this month when it says none."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = today.replace(day=1)
    return first if FIRST <= first.year <= LAST else today.replace(day=1)


def _shifted(first: date, months: int) -> str:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return f"{year}-{month + 1:02}" if FIRST <= year <= LAST else ""


def _last(first: date) -> date:
    return date(first.year, first.month, monthrange(first.year, first.month)[1])


def _weeks(first: date, today: date, worked: WorkingDays, due: Mapping[date, list[Item]]) -> list[list[Cell]]:
    return [
        [Cell(day, day.month == first.month, day == today, worked.why_not(day), due.get(day, [])) for day in week]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]


def _count(first: date, worked: WorkingDays) -> int:
    inside = Calendar().itermonthdates(first.year, first.month)
    return sum(worked.is_working(day) for day in inside if day.month == first.month)
