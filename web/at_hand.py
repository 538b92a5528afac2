"""Whether work given to somebody would be seen: a mark beside their name where one chooses, and what is confirmed.

So is what nobody could do while somebody is away.
"""

from collections.abc import Iterable
from datetime import date
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import InvalidData
from directory import absences
from directory import ways_in
from directory.chunks import chunks
from directory.models import Absence
from directory.periods import overlapping
from edge.words import counted
from engine import undecided
from engine.undecided import StandIn
from web.filters import day

NAMED = 3
"""So many tasks are named; the others are counted."""


def marked(session: Session, people: Iterable[tuple[int, str]], today: date) -> list[tuple[int, str]]:
    """Id and name, with «sin cuenta» and the days on which each is away, from today on."""
    offered = list(people)
    ids = [key for key, _ in offered]
    able, away = ways_in.among(session, ids), _away(session, ids, today, None)
    return [(key, _label(name, key in able, away.get(key), today)) for key, name in offered]


def doubts(session: Session, person_id: int, name: str, since: date, until: date | None = None) -> list[str]:
    """Why what is given to somebody for these days (until None: for ever) may stay unattended; a sentence each."""
    told = []
    if not ways_in.has(session, person_id):
        told.append(f"{name} no tiene cuenta: no podrá entrar hasta que la administración se la cree.")
    away = _away(session, [person_id], since, until or since).get(person_id)
    if away is not None:
        told.append(f"{name} estará ausente del {day(away.since)} al {day(away.until or since)}.")
    return told


def undecidable(
    session: Session, person_id: int, since: date, until: date, *, to: StandIn | None = None, name: str = "",
    now: datetime,
) -> list[str]:  # fmt: skip
    """What nobody could do while a person is away, in a sentence; `name` when it is told to somebody else.

    Others are told how much it is, and not of which cases.
    """
    left = undecided.left_by(session, person_id, since, until, to=to, now=now)
    if not left:
        return []
    first, many = min(found for _, found in left), len(left) > 1
    what = counted(len(left), "tarea que espera", "tareas que esperan")
    whose = f"por {name}" if name else "por usted"
    which = "" if name else ": " + "; ".join(f"«{task.name}» de {task.instance.title}" for task, _ in left[:NAMED])
    rest = f" y {len(left) - NAMED} más" if not name and len(left) > NAMED else ""
    return [
        f"Desde el {day(first)} no habría quien atienda {what} {whose}{which}{rest}. Quien más podría "
        f"{'atenderlas' if many else 'atenderla'} está ausente, escribió lo que se decide o se pide, o no existe."
    ]


def demand_sure(
    session: Session, person_id: int, since: date, until: date, *, field: str, name: str = "", now: datetime
) -> None:
    """Raise InvalidData at `field` for an absence that leaves something to nobody, with what its dates ask."""
    told = undecidable(session, person_id, since, until, name=name, now=now) if since <= until else []
    if told:
        dates = [f"Revise las fechas: {doubt}." for doubt in absences.doubts(since, until, now=now)]
        raise InvalidData({field: [*dates, *told]})


def _label(name: str, able: bool, away: Absence | None, today: date) -> str:
    marks = [] if able else ["sin cuenta"]
    if away is not None and away.since <= today:
        marks.append("ausente hoy")
    elif away is not None:
        marks.append(f"ausente desde el {day(away.since)}")
    return f"{name} ({', '.join(marks)})" if marks else name


def _away(session: Session, ids: Iterable[int], since: date, until: date | None) -> dict[int, Absence]:
    """Person → their first absence on some day between two."""
    found: dict[int, Absence] = {}
    for some in chunks(sorted(set(ids))):
        rows = select(Absence).where(Absence.person_id.in_(some), overlapping(Absence, since, until))
        for row in session.scalars(rows.order_by(Absence.since.desc())):
            found[row.person_id] = row
    return found
