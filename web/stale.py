"""A form that stood open in another window: what somebody else changed meanwhile is neither undone nor hidden.

The page sends what it showed beside what is typed (`ui.shown`). Only what differs from that is changed.
"""

from collections.abc import Callable
from collections.abc import Mapping

from db import clock
from db.errors import InvalidData
from db.history import HistoryRow
from edge import words

SHOWN = "shown-"
MEANT = "Lo que usted escribió sigue aquí: revíselo y, si lo envía de nuevo, vale lo suyo."
OVERTAKEN = "Otra persona cambió este dato mientras usted tenía la página abierta. Si guarda de nuevo, vale lo suyo."


def changed(
    typed: Mapping[str, str],
    standing: Mapping[str, str],
    last: HistoryRow | None = None,
    *,
    said: Callable[[str, str], str] | None = None,
) -> set[str]:
    """The names of `standing`, what holds now, that the form in `typed` means to change.

    Raises InvalidData at each that somebody else changed to something else since the page was shown; it says who did
    what when `last`, the newest act on it, is given, and else what stands now, in the words of `said` (a name and its
    value) where the value is not what people read.
    """
    wanted = {name for name in standing if _typed(typed, name) != _shown(typed, standing, name)}
    seen = {name: {_shown(typed, standing, name), _typed(typed, name)} for name in wanted}
    overtaken = [name for name in wanted if standing[name].strip() not in seen[name]]
    if overtaken:
        now = {name: said(name, standing[name]) if said is not None else standing[name] for name in overtaken}
        raise InvalidData({name: [_overtaken(last) if last else f"{OVERTAKEN} {_now(now[name])}"] for name in now})
    return wanted


def kept(typed: Mapping[str, str], standing: Mapping[str, str]) -> dict[str, str]:
    """`standing` with what the form in `typed` means to change in it: what its page shows when it comes back.

    What others changed meanwhile is shown as it stands, so that sending the form again does not take it back.
    """
    return {
        name: value if _typed(typed, name) == _shown(typed, standing, name) else _typed(typed, name)
        for name, value in standing.items()
    }


def still_shown(
    typed: Mapping[str, str], standing: Mapping[str, str], problems: Mapping[str, object] | None
) -> dict[str, str]:
    """What `ui.shown` sends with a page of `kept`: what stands, but what was shown at first of an answer that is meant.

    So a change that its reader was not told of yet, because the page came back for something else, is still noticed.
    """
    mine = {name for name in standing if _typed(typed, name) != _shown(typed, standing, name)}
    waiting = mine - set(problems or {})
    return {name: _shown(typed, standing, name) if name in waiting else value for name, value in standing.items()}


def left(typed: Mapping[str, str], standing: Mapping[str, str]) -> bool:
    """Whether somebody else changed what the form in `typed` does not touch, since its page was shown."""
    return any(
        _typed(typed, name) == _shown(typed, standing, name) != value.strip() for name, value in standing.items()
    )


def demand_shown(typed: Mapping[str, str], name: str, standing: str, last: HistoryRow | None) -> None:
    """Raise InvalidData when what the page showed as `name` is not `standing` any more; `last` is the act behind it.

    The page that comes back shows what stands now beside what was typed: sent again, it is meant.
    """
    if typed.get(SHOWN + name, standing) != standing:
        raise InvalidData({"": [_overtaken(last)]})


def shown(typed: Mapping[str, str], name: str, standing: str, problems: Mapping[str, object] | None) -> dict[str, str]:
    """What `ui.shown` sends with a page that is given or comes back.

    What stands now, once its reader was told (`demand_shown`); while the page comes back for something else, what it
    showed at first, so that a change in between is still noticed.
    """
    return {name: standing if "" in (problems or {}) else typed.get(SHOWN + name, standing)}


def told(last: HistoryRow) -> str:
    """«Mientras usted tenía la página abierta, Elena Soto lo cambió (hoy a las 10:42): retiró la ficha pública.»"""
    did = last.summary[:1].lower() + last.summary[1:].rstrip(".")
    when = words.moment(last.at, now=clock.now())
    return f"Mientras usted tenía la página abierta, {last.actor_name} lo cambió ({when}): {did}."


def _overtaken(last: HistoryRow | None) -> str:
    return f"{told(last)} {MEANT}" if last else OVERTAKEN


def _now(words: str) -> str:
    return f"Ahora dice «{words.strip()}»." if words.strip() else "Ahora está vacío."


def _typed(typed: Mapping[str, str], name: str) -> str:
    return typed.get(name, "").strip()


def _shown(typed: Mapping[str, str], standing: Mapping[str, str], name: str) -> str:
    return typed.get(SHOWN + name, standing[name]).strip()
