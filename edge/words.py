"""Dates, instants and numbers as people in Colombia read them.

Instants are shown in America/Bogota. «Hace» and «vence» depend on `now`, which is passed in.
"""

from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal

from babel.dates import format_date
from babel.dates import format_datetime
from babel.numbers import format_decimal

from db.clock import local
from db.clock import local_date
from forms.words import elapsed
from notifications.calendar import LAW
from notifications.calendar import WorkingDays

LOCALE = "es_CO"
NUMBERS = "es"  # decimal comma and point of thousands, as the Spanish of Colombia writes them


def long_date(when: date | datetime) -> str:
    """«martes 24 de noviembre de 2026»."""
    return format_date(_day(when), "EEEE d 'de' MMMM 'de' y", locale=LOCALE)


def short_date(when: date | datetime) -> str:
    """«24/11/2026»."""
    return format_date(_day(when), "dd/MM/y", locale=LOCALE)


def day_of(when: date | datetime, *, now: datetime) -> str:
    """«martes 24 de noviembre», with the year when it is not the present one."""
    day = _day(when)
    return long_date(day) if day.year != local_date(now).year else format_date(day, "EEEE d 'de' MMMM", locale=LOCALE)


def clock_time(instant: datetime) -> str:
    """«10:42 a. m.»."""
    return _plain(format_datetime(local(instant), "h:mm a", locale=LOCALE))


def moment(instant: datetime, *, now: datetime | None = None) -> str:
    """«24 de noviembre a las 10:42 a. m.», with the year when `now` is given and lies in another."""
    other = now is not None and local(now).year != local(instant).year
    return _moment(instant, "d 'de' MMMM 'de' y" if other else "d 'de' MMMM")


def full_moment(instant: datetime) -> str:
    """«24 de noviembre de 2026 a las 10:42 a. m.»: for what is kept or printed, which is read in another year."""
    return _moment(instant, "d 'de' MMMM 'de' y")


def _moment(instant: datetime, pattern: str) -> str:
    day = format_datetime(local(instant), pattern, locale=LOCALE)
    preposition = "a la" if local(instant).hour % 12 == 1 else "a las"
    return f"{day} {preposition} {clock_time(instant)}"


def ended(text: str) -> str:
    """`text` as the end of a sentence: with a full stop, which «10:42 a. m.» has already."""
    return text if text.endswith(".") else text + "."


def ago(instant: datetime, *, now: datetime) -> str:
    """«hace 2 minutos», «hace 3 horas», «hace 5 días»; the day itself once it is over a month old."""
    if now - instant < timedelta(days=31):
        return elapsed(now - instant)
    return f"el {day_of(instant, now=now)}"


def due(instant: date | datetime, *, now: datetime, days: WorkingDays = LAW) -> str:
    """«vence el martes 24 de noviembre, en 3 días hábiles», or how long ago it was due; with the hour on the day."""
    day, today = _day(instant), local_date(now)
    if isinstance(instant, datetime) and day == today:
        return f"{'venció' if instant <= now else 'vence'} hoy a las {clock_time(instant)}"
    if day == today:
        return "vence hoy"
    left = days.between(today, day)
    if day < today:
        late = f"hace {working_days(-left) if left else counted((today - day).days, 'día', 'días')}"
        return f"venció el {day_of(day, now=now)}, {late}"
    return f"vence el {day_of(day, now=now)}, {f'en {working_days(left)}' if left else 'antes del próximo día hábil'}"


def is_overdue(instant: date | datetime | None, *, now: datetime) -> bool:
    """Whether the time for it is over."""
    if instant is None:
        return False
    return instant < now if isinstance(instant, datetime) else instant < local_date(now)


def working_days(count: int) -> str:
    """«1 día hábil», «3 días hábiles»."""
    return counted(count, "día hábil", "días hábiles")


def counted(count: int, one: str, many: str) -> str:
    """A number with its noun: «1 hito», «22 hitos»."""
    return f"{number(count)} {one if count == 1 else many}"


def number(value: Decimal | int | float, *, places: int = 2) -> str:
    """«1.234,5»: at most `places` decimals, none that is zero."""
    pattern = f"#,##0.{'#' * places}" if places else "#,##0"
    return str(format_decimal(value, format=pattern, locale=NUMBERS))


def percent(value: Decimal | int | float, *, places: int = 1) -> str:
    """«45,5 %» for 45.5: the value is already out of a hundred."""
    return f"{number(value, places=places)} %"


def _day(when: date | datetime) -> date:
    return local_date(when) if isinstance(when, datetime) else when


def _plain(text: str) -> str:
    """Unbroken spaces made ordinary, so that words compare and wrap as they are written."""
    return text.replace("\u202f", " ").replace("\xa0", " ")
