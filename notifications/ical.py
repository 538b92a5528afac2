"""Due dates as an iCalendar file (RFC 5545) that calendar programs read again and again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

from icalendar import Alarm
from icalendar import Calendar
from icalendar import Event

from db.clock import BOGOTA
from notifications import letterhead
from notifications.letterhead import Letterhead

REFRESH = timedelta(hours=6)
LENGTH = timedelta(minutes=30)
"""How long an event lasts: it ends at its due instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that falls due. `key` never changes, `version` grows when what it says does."""

    key: str
    title: str
    detail: str
    due_at: datetime
    path: str
    version: int
    changed_at: datetime
    warnings: tuple[timedelta, ...] = ()  # how long before it an alarm goes off
    tentative: bool = False  # its day does not run yet


def file(name: str, items: Iterable[Item]) -> bytes:
    """A calendar called `name`, with one event for each of `items`.

    What is no longer among `items` is no longer in the file, and so leaves the calendars that read it.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//ATT//Asistencia tecnica territorial//ES")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", str(BOGOTA))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    head = letterhead.current()
    for item in items:
        calendar.add_component(_event(item, head))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(item: Item, head: Letterhead) -> Event:
    due, link = item.due_at.astimezone(BOGOTA), head.link(item.path)
    event = Event()
    event.add("uid", f"{item.key}@{head.host}")
    event.add("dtstamp", item.changed_at)
    event.add("last-modified", item.changed_at)
    event.add("sequence", item.version)
    event.add("dtstart", due - LENGTH)
    event.add("dtend", due)
    event.add("summary", item.title)
    event.add("description", f"{item.detail}\n{link}" if item.detail else link)
    event.add("url", link)
    event.add("transp", "TRANSPARENT")
    event.add("status", "TENTATIVE" if item.tentative else "CONFIRMED")
    for before in item.warnings:
        event.add_component(_alarm(item.title, before))
    return event


def _alarm(title: str, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -before)
    return alarm
