"""Days and counts in words, as messages say them."""

from datetime import date
from datetime import datetime
from datetime import time

from babel.dates import format_date
from babel.dates import format_datetime
from babel.dates import format_time

from db.clock import local
from db.clock import local_date
from notifications.calendar import WorkingDays

LOCALE = "es_CO"


def day_of(day: date, *, today: date) -> str:
    """«martes 24 de noviembre», with the year when it is not the present one."""
    pattern = "EEEE d 'de' MMMM" if day.year == today.year else "EEEE d 'de' MMMM 'de' y"
    return format_date(day, pattern, locale=LOCALE)


def clock_time(instant: datetime) -> str:
    """«5:00 p. m.»."""
    text = format_datetime(local(instant), "h:mm a", locale=LOCALE)
    return text.replace("\u202f", " ").replace("\xa0", " ")


def hour(time_of_day: time) -> str:
    """«8:00 a. m.»."""
    return format_time(time_of_day, "h:mm a", locale=LOCALE).replace("\u202f", " ").replace("\xa0", " ")


def at_hour(time_of_day: time) -> str:
    """«a las 5:00 p. m.», «a la 1:30 p. m.»."""
    return f"{'a la' if time_of_day.hour % 12 == 1 else 'a las'} {hour(time_of_day)}"


def counted(count: int, one: str, many: str) -> str:
    """A number with its noun: «1 vencido», «22 vencidos»."""
    return f"{count} {one if count == 1 else many}"


def due(at: datetime, *, now: datetime, days: WorkingDays) -> str:
    """«vence el martes 24 de noviembre, en 3 días hábiles»; the day is never left to be counted by the reader."""
    today, day = local_date(now), local_date(at)
    if day == today:
        return f"{'venció' if at <= now else 'vence'} hoy a las {clock_time(at)}"
    left = days.between(today, day)
    span = counted(abs(left), "día hábil", "días hábiles")
    if day < today:
        return f"venció el {day_of(day, today=today)}" + (f", hace {span}" if left else "")
    return f"vence el {day_of(day, today=today)}" + (f", en {span}" if left else ", antes del próximo día hábil")
