"""People: add, change, disable, find."""

from collections.abc import Collection
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.characters import too_long
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from db.paging import DEFAULT_LIMIT
from db.paging import Key
from db.paging import Page
from db.paging import page
from directory import administrators
from directory import principal
from directory import sessions
from directory import tokens
from directory import trace
from directory import units
from directory.models import Account
from directory.models import Encargo
from directory.models import Person
from directory.models import RoleGrant
from directory.models import Unit
from directory.names import normalise
from directory.periods import active_on
from directory.searching import standing

LONGEST_NAME = 200
"""Characters of a name and of a post. The number is ours."""

LONGEST_LOCAL, LONGEST_EMAIL = 64, 254
"""Octets of an address before its @, and of the whole (RFC 5321, 4.5.3.1; RFC 3696, erratum 1690)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which people a list is narrowed to."""

    text: str = ""
    unit_id: int | None = None
    role: str = ""
    disabled: bool = False


def get(session: Session, person_id: int) -> Person:
    """The person with this id. Raises NotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("la persona", person_id)
    return person


def many(session: Session, ids: Collection[int]) -> dict[int, Person]:
    """The people with these ids; unknown ids are left out."""
    return {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(ids)))} if ids else {}


def find(session: Session, email: str) -> Person | None:
    """The person with this e-mail address, whatever its case."""
    return session.scalars(select(Person).where(Person.email_key == email.strip().lower())).one_or_none()


def search(
    session: Session,
    text: str = "",
    *,
    unit_id: int | None = None,
    role: str = "",
    on: date | None = None,
    disabled: bool = False,
    usernames: bool = False,
    limit: int = DEFAULT_LIMIT,
    cursor: str = "",
) -> Page[Person]:
    """A page of people by name who are found by every word of `text`; with disabled ones when asked for.

    A word is looked for in names, posts and addresses, and with `usernames` in those, for who may know them.
    With `role`, those who hold it in their own right on the day `on`.
    """
    statement = _found(text, usernames) if disabled else _found(text, usernames).where(Person.disabled_at.is_(None))
    if unit_id is not None:
        statement = statement.where(Person.unit_id == unit_id)
    if role and on is not None:
        statement = statement.where(Person.id.in_(principal.holders_of(role, on)))
    return page(session, statement, [Key(Person.search_name), Key(Person.id)], limit=limit, cursor=cursor)


def active(session: Session) -> list[tuple[int, str]]:
    """Id and name of everybody who is active, by name: to choose from."""
    statement = select(Person.id, Person.name).where(Person.disabled_at.is_(None))
    rows = session.execute(statement.order_by(Person.search_name, Person.id))
    return [(key, name) for key, name in rows]


def gone(session: Session, person_ids: Iterable[int]) -> set[int]:
    """Those of some people who may not enter any more."""
    wanted = sorted(set(person_ids))
    if not wanted:
        return set()
    return set(session.scalars(select(Person.id).where(Person.id.in_(wanted), Person.disabled_at.is_not(None))))


def holders(session: Session, role: str, *, now: datetime) -> list[Person]:
    """Those who hold `role` today by appointment or encargo, by name; disabled people are left out."""
    day = local_date(now)
    appointed = select(RoleGrant.person_id).where(RoleGrant.role == role, active_on(RoleGrant, day))
    acting = select(Encargo.person_id).where(Encargo.role == role, active_on(Encargo, day))
    statement = select(Person).where(Person.disabled_at.is_(None), Person.id.in_(appointed.union(acting)))
    return list(session.scalars(statement.order_by(Person.search_name, Person.id)))


def add(
    session: Session,
    name: str,
    *,
    email: str = "",
    position: str = "",
    unit_id: int | None = None,
    by: Actor,
    now: datetime,
) -> Person:
    """Create a person; the caller has demanded `people.manage`. Raises InvalidData (name, email, unit_id)."""
    person = Person(created_at=now)
    _fill(session, person, name=name, email=email, position=position, unit_id=unit_id)
    session.add(person)
    session.flush()
    trace.record(session, person.id, "person.added", f"Registró a {person.name}.", by=by, now=now)
    return person


def change(session: Session, person_id: int, *, by: Actor, now: datetime, **changes: Any) -> Person:
    """Change `name`, `email`, `position` or `unit_id`; those not given stay.

    Nothing is recorded when nothing changed. Raises NotFound, InvalidData.
    """
    person = trace.lock(session, person_id)
    before = {field: getattr(person, field) for field in ("name", "email", "position", "unit_id")}
    _fill(session, person, **{**before, **changes})
    changed = {field: old for field, old in before.items() if old != getattr(person, field)}
    details: dict[str, Any] = {field: [old, getattr(person, field)] for field, old in changed.items()}
    if details:
        session.flush()
        summary = f"Cambió los datos de {person.name}."
        trace.record(session, person.id, "person.changed", summary, by=by, now=now, **details)
    return person


def disable(session: Session, person_id: int, *, reason: str = "", by: Actor, now: datetime) -> Person:
    """Let a person in no more: their roles stop counting, their sessions and tokens end at once.

    Raises NotFound; Conflict for oneself, and when nobody else administers the system.
    """
    person = trace.lock(session, person_id)
    if person_id == by.person_id:
        raise Conflict("Nadie se desactiva a sí mismo: pídalo a otra persona.", code="oneself")
    if person.disabled_at is None:
        if administrators.runs_the_system(session, person_id, now=now):
            administrators.demand_another(session, person_id, now=now)
        person.disabled_at = now
        sessions.close_all(session, person_id, now=now)
        tokens.revoke_all(session, person_id, now=now)
        summary = f"Desactivó a {person.name}."
        trace.record(session, person_id, "person.disabled", summary, reason=reason.strip(), by=by, now=now)
    return person


def enable(session: Session, person_id: int, *, by: Actor, now: datetime) -> Person:
    """Let a disabled person in again, with the roles they had. Raises NotFound."""
    person = trace.lock(session, person_id)
    if person.disabled_at is not None:
        person.disabled_at = None
        trace.record(session, person_id, "person.enabled", f"Activó a {person.name}.", by=by, now=now)
    return person


def _found(text: str, usernames: bool) -> Select[Any]:
    statement = select(Person)
    for typed in text.split():
        plain = typed.lower()
        found = [Person.email_key.contains(plain, autoescape=True)]
        if usernames:
            accounts = select(Account.person_id).where(Account.username_key.contains(plain, autoescape=True))
            found.append(Person.id.in_(accounts))
        words = normalise(typed).split()
        if words:
            named = [or_(Person.search_name.contains(word), standing(word, Person.position)) for word in words]
            found.append(and_(*named))
        statement = statement.where(or_(*found))
    return statement


def _fill(session: Session, person: Person, *, name: str, email: str, position: str, unit_id: int | None) -> None:
    name, email = " ".join(name.split()), email.strip()
    errors: dict[str, list[str]] = {}
    if not normalise(name):
        errors["name"] = ["Escriba el nombre de la persona."]
    long = {"name": too_long(name, LONGEST_NAME, "Nombre"), "position": too_long(position, LONGEST_NAME, "Cargo"),
            "email": too_long(email, LONGEST_EMAIL, "Correo")}  # fmt: skip
    errors |= {field: [wrong] for field, wrong in long.items() if wrong}
    if email and "email" not in errors and not _like_an_address(email):
        errors["email"] = ["Escriba una dirección de correo como nombre@dnp.gov.co."]
    with session.no_autoflush:
        other = find(session, email) if email else None
        if other is not None and other is not person:
            errors["email"] = [f"{other.name} ya tiene esta dirección de correo."]
        if unit_id is not None and unit_id != person.unit_id and (wrong := _wrong_unit(session, unit_id)):
            errors["unit_id"] = [wrong]
    if errors:
        raise InvalidData(errors)
    person.name, person.search_name, person.position, person.unit_id = name, normalise(name), position.strip(), unit_id
    person.email, person.email_key = email, email.lower() or None


def _wrong_unit(session: Session, unit_id: int) -> str:
    """Why nobody is put in this unit; empty when they may be."""
    unit = session.get(Unit, unit_id)
    if unit is None:
        return "Elija una dependencia que exista."
    return units.RETIRED.format(name=unit.name) if unit.disabled_at is not None else ""


def _like_an_address(email: str) -> bool:
    name, _, host = email.partition("@")
    return 0 < len(name) <= LONGEST_LOCAL and "." in host.strip(".") and " " not in email and "@" not in host
