"""Who read personal data of others, when and what for (Ley 1581 de 2012, arts. 8 and 17).

What is kept: how people are reached, why they are away, who attended or answered for an entity, what was sent to
somebody else, and files. Names and posts of who works here stand on every page; reading them is not kept (ADR 21).
"""

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta

from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from db.clock import BOGOTA
from db.paging import DEFAULT_LIMIT
from db.paging import Key
from db.paging import Page
from db.paging import page
from directory.models import Person
from directory.models import PersonalReading
from directory.searching import standing
from directory.searching import words

PERSON, PEOPLE, PERSON_FILE = "person", "people", "person_file"
ATTENDEES, CONSENT, ANSWERS, MESSAGE, FILE, HISTORY = "attendees", "consent", "answers", "message", "file", "history"
KINDS = {
    PERSON: "Los datos de una persona",
    PEOPLE: "Datos de contacto de varias personas",
    PERSON_FILE: "Todo lo que se guarda de una persona",
    ATTENDEES: "Asistentes de una asesoría",
    CONSENT: "Quién respondió por una entidad",
    ANSWERS: "Respuestas con datos de personas",
    MESSAGE: "Mensajes enviados a otra persona",
    FILE: "Un archivo adjunto",
    HISTORY: "La historia con lo que se envió",
}
OF_PEOPLE = frozenset({PERSON, PEOPLE, PERSON_FILE, MESSAGE})
"""Kinds whose ids are those of people."""

MOST_IDS = 200
"""So many ids stand in a row; of a longer set only how many they were, and the filter. The number is ours."""
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: a kind of KINDS, the ids of its rows, how many there were if more, by which filter, what for."""

    kind: str
    ids: tuple[int, ...] = ()
    count: int = 0
    asked: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which reads: `text` in the names of who read and of whose data; both days included."""

    text: str = ""
    kind: str = ""
    person_id: int | None = None
    reader_id: int | None = None
    since: date | None = None
    until: date | None = None


def keep(
    session: Session, reads: Iterable[Read], *, reader_id: int | None, reader_name: str, route: str, now: datetime
) -> None:
    """Write down in one statement what somebody read; their own data is nothing."""
    rows = [_row(one) for one in (_of_others(read, reader_id) for read in reads) if one is not None]
    if rows:
        same = {"at": now, "reader_id": reader_id, "reader_name": reader_name, "route": route}
        session.execute(insert(PersonalReading), [row | same for row in rows])


def listing(
    session: Session, filters: Filters, *, limit: int = DEFAULT_LIMIT, cursor: str = ""
) -> Page[PersonalReading]:
    """Reads, the last first. Its caller has demanded `reading.read`."""
    return page(session, _found(filters), [Key(PersonalReading.id, descending=True)], limit=limit, cursor=cursor)


def of_person(
    session: Session, person_id: int, *, limit: int = DEFAULT_LIMIT, cursor: str = ""
) -> Page[PersonalReading]:
    """Who read the data of somebody, the last first."""
    return listing(session, Filters(person_id=person_id), limit=limit, cursor=cursor)


def ids_of(row: PersonalReading) -> list[int]:
    """The ids that a row names."""
    return [int(one) for one in row.among.split(",") if one]


def before(limit: datetime) -> Select[int]:
    """The ids of the reads before `limit`."""
    return select(PersonalReading.id).where(PersonalReading.at < limit)


def purge(session: Session, limit: datetime, *, batch: int = 500) -> int:
    """Delete some of the reads before `limit`. Returns how many."""
    ids = session.scalars(before(limit).order_by(PersonalReading.id).limit(batch)).all()
    session.execute(delete(PersonalReading).where(PersonalReading.id.in_(ids)))
    return len(ids)


def _of_others(read: Read, reader_id: int | None) -> Read | None:
    """`read` without the data of whoever reads; None when nothing is left."""
    if read.kind not in OF_PEOPLE:
        return read
    ids = tuple(one for one in read.ids if one != reader_id)
    left = max(len(ids), read.count - (len(read.ids) - len(ids)))
    return Read(read.kind, ids, left, read.asked, read.purpose) if left else None


def _row(read: Read) -> dict[str, object]:
    ids = sorted(set(read.ids))
    one = ids[0] if read.kind in OF_PEOPLE and len(ids) == 1 else None
    among = "".join(f",{key}" for key in ids) + "," if ids and len(ids) <= MOST_IDS else ""
    return {
        "kind": read.kind, "person_id": one, "among": among, "count": max(read.count, len(ids)),
        "asked": read.asked[:LONGEST], "purpose": read.purpose[:LONGEST],
    }  # fmt: skip


def _found(filters: Filters) -> Select[PersonalReading]:
    statement = select(PersonalReading)
    if filters.text:
        statement = _named(statement, words(filters.text))
    if filters.kind:
        statement = statement.where(PersonalReading.kind == filters.kind)
    if filters.reader_id is not None:
        statement = statement.where(PersonalReading.reader_id == filters.reader_id)
    if filters.person_id is not None:
        among = PersonalReading.among.contains(f",{filters.person_id},")
        listed = and_(PersonalReading.kind == PEOPLE, PersonalReading.person_id.is_(None), among)
        statement = statement.where(or_(PersonalReading.person_id == filters.person_id, listed))
    if filters.since is not None:
        statement = statement.where(PersonalReading.at >= _midnight(filters.since))
    if filters.until is not None:
        statement = statement.where(PersonalReading.at < _midnight(filters.until + timedelta(days=1)))
    return statement


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), BOGOTA)


def _named(statement: Select[PersonalReading], typed: Sequence[str]) -> Select[PersonalReading]:
    whose = aliased(Person)
    statement = statement.outerjoin(whose, whose.id == PersonalReading.person_id)
    for word in typed:
        statement = statement.where(
            or_(standing(word, PersonalReading.reader_name, PersonalReading.purpose), whose.search_name.contains(word))
        )
    return statement
