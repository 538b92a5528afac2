"""Days and months as people in Colombia write them in a spreadsheet: «24/11/2026», «30-abr-27», «15 de agosto de 2027».

The tables of a page read what is pasted in the same spellings (web/static/js/pasting.js).
"""

import re
from datetime import date

from forms.words import MONTHS

_WEEKDAY = re.compile(r"^(lunes|martes|miercoles|jueves|viernes|sabado|domingo),?\s+")
_YEAR = r"(\d{4}|\d{2})"
_DAY = re.compile(rf"(\d{{1,2}})(?:[/.-]|\s+(?:de\s+)?)([a-z]+\.?|\d{{1,2}})(?:[/.-]|\s+(?:del?\s+)?){_YEAR}")
_MONTH = re.compile(rf"([a-z]+\.?|\d{{1,2}})(?:[/.-]|\s+(?:del?\s+)?){_YEAR}")
SHORTEST = 3  # letters of the name of a month


def iso_day(text: str) -> str:
    """The day that `text` means, as 2026-11-24; empty for what is none, as 31 June."""
    plain = _WEEKDAY.sub("", _plain(text))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", plain):
        return _real(plain)
    found = _DAY.fullmatch(plain)
    if found is None:
        return ""
    day, month, year = found.groups()
    return _real(f"{_whole(year)}-{_number(month):02}-{int(day):02}")


def iso_month(text: str) -> str:
    """The month that `text` means, as 2026-11; empty for what is none."""
    plain = _plain(text)
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", plain):
        return plain
    found = _MONTH.fullmatch(plain)
    month = _number(found[1]) if found else 0
    return f"{_whole(found[2])}-{month:02}" if found and 1 <= month <= len(MONTHS) else ""


def _plain(text: str) -> str:
    """Without accents and capitals; the signs between figures stay."""
    return " ".join(re.sub(r"[áéíóú]", lambda found: "aeiou"["áéíóú".index(found[0])], text.casefold()).split())


def _number(word: str) -> int:
    """1 to 12 by its figures or its name, whole or shortened; 0 for what is no month."""
    if word.isdecimal():
        return int(word)
    name = re.sub(r"^sept$", "sep", re.sub(r"^set(?!p)", "sept", word.rstrip(".")))
    if len(name) < SHORTEST:
        return 0
    return next((place for place, month in enumerate(MONTHS, start=1) if month.startswith(name)), 0)


def _whole(year: str) -> str:
    return year if len(year) == 4 else f"20{year}"


def _real(iso: str) -> str:
    try:
        return date.fromisoformat(iso).isoformat()
    except ValueError:
        return ""
