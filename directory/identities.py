"""Institutional accounts: the accounts at a provider of identities (OpenID Connect) by which people enter.

An account is known by who vouches for it and its name there (`issuer`, `sub`), which never change. The first time it
comes it is linked by its address, once the provider says that this was verified, to the one person who is registered
with it; afterwards the address decides nothing. Nobody is registered by entering (ADR 20).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import Conflict
from db.errors import NotAllowed
from db.errors import NotFound
from directory import group_grants
from directory import people
from directory import reasons
from directory import sessions
from directory import trace
from directory.models import ExternalIdentity
from directory.models import Person

UNKNOWN = (
    "Su cuenta institucional no está registrada en este sistema. Pida a la administración que registre su correo "
    "institucional, o ingrese con su usuario y contraseña."
)
UNVERIFIED = (
    "Su cuenta institucional no dice que su correo esté verificado, y por él se reconoce a las personas la primera "
    "vez. Ingrese con su usuario y contraseña, o pida a quien administra las cuentas institucionales que lo verifique."
)
REMOVED = (
    "La administración del sistema retiró esta cuenta institucional de la persona a la que correspondía. Pídale que "
    "la vuelva a permitir, o ingrese con su usuario y contraseña."
)
TAKEN = (
    "La persona registrada con su correo ya ingresa con otra cuenta institucional. Si ésta la reemplaza, pida a la "
    "administración del sistema que retire la anterior."
)
DISABLED = "Usted ya no tiene acceso a este sistema. Si es un error, hable con la administración."


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a provider says of who comes, once all of it was checked. `email` is empty unless it was verified."""

    issuer: str
    subject: str
    email: str = ""
    groups: frozenset[str] = frozenset()


def of(session: Session, person_id: int) -> list[ExternalIdentity]:
    """Every institutional account of a person, the removed ones too, newest first."""
    statement = select(ExternalIdentity).where(ExternalIdentity.person_id == person_id)
    return list(session.scalars(statement.order_by(ExternalIdentity.linked_at.desc(), ExternalIdentity.id.desc())))


def in_use(session: Session, person_id: int) -> list[ExternalIdentity]:
    """The institutional accounts by which a person enters."""
    return [row for row in of(session, person_id) if row.removed_at is None]


def linked(session: Session, person_id: int, issuer: str) -> ExternalIdentity | None:
    """The account at `issuer` by which a person may enter."""
    return next((row for row in in_use(session, person_id) if row.issuer == issuer), None)


def is_of(session: Session, vouched: Vouched, person_id: int) -> bool:
    """Whether an account is the one by which this very person enters."""
    row = _find(session, vouched)
    return row is not None and row.person_id == person_id and row.removed_at is None


def arrive(session: Session, vouched: Vouched, *, now: datetime) -> ExternalIdentity:
    """Let somebody in by their institutional account: link it if it is new, and give and end what its groups say.

    Raises NotAllowed, with a sentence that says what to do.
    """
    row = _find(session, vouched)
    person = trace.lock(session, row.person_id) if row is not None else _registered(session, vouched)
    row = _find(session, vouched)  # who came at the same moment may have linked or removed it
    if row is None:
        row = _link(session, person, vouched, now)
    if row.removed_at is not None:
        raise NotAllowed(REMOVED)
    if person.disabled_at is not None or row.person_id != person.id:
        raise NotAllowed(DISABLED)
    row.last_in_at = now
    group_grants.follow(session, row, vouched.groups, now=now)
    session.flush()
    return row


def remove(session: Session, person_id: int, identity_id: int, *, reason: str, by: Actor, now: datetime) -> None:
    """Let an institutional account in no more: what it opened ends, and the roles that its groups gave.

    The caller has demanded `people.manage`. Raises NotFound when it is not theirs; InvalidData (`reason`, missing);
    Conflict when nobody else would administer the system.
    """
    person = trace.lock(session, person_id)
    why = reasons.demand(reason, "Diga por qué se retira la cuenta institucional.")
    row = _theirs(session, person_id, identity_id)
    if row.removed_at is not None:
        return
    group_grants.end(session, person_id, reason="Se retiró su cuenta institucional.", by=by, now=now)
    row.removed_at = now
    sessions.close_of(session, row.id, now=now)
    summary = f"Retiró la cuenta institucional con que ingresaba {person.name}."
    trace.record(session, person_id, "identity.removed", summary, reason=why, by=by, now=now, issuer=row.issuer)


def restore(session: Session, person_id: int, identity_id: int, *, by: Actor, now: datetime) -> None:
    """Let an account that was removed in again. The caller has demanded `people.manage`.

    Raises NotFound when it is not theirs, Conflict when the person enters with another one of the same provider.
    """
    person = trace.lock(session, person_id)
    row = _theirs(session, person_id, identity_id)
    if row.removed_at is None:
        return
    if linked(session, person_id, row.issuer) is not None:
        raise Conflict("Ya ingresa con otra cuenta institucional: retírela antes.", code="identity-there")
    row.removed_at = None
    summary = f"Permitió de nuevo la cuenta institucional de {person.name}."
    trace.record(session, person_id, "identity.restored", summary, by=by, now=now, issuer=row.issuer)


def _find(session: Session, vouched: Vouched) -> ExternalIdentity | None:
    same = ExternalIdentity.issuer == vouched.issuer, ExternalIdentity.subject == vouched.subject
    found = select(ExternalIdentity).where(*same).execution_options(populate_existing=True)
    return session.scalars(found).one_or_none()


def _registered(session: Session, vouched: Vouched) -> Person:
    """The person whom the verified address names, locked. Raises NotAllowed."""
    if not vouched.email:
        raise NotAllowed(UNVERIFIED)
    found = people.find(session, vouched.email)
    if found is None or found.disabled_at is not None:
        raise NotAllowed(UNKNOWN)
    return trace.lock(session, found.id)


def _link(session: Session, person: Person, vouched: Vouched, now: datetime) -> ExternalIdentity:
    if linked(session, person.id, vouched.issuer) is not None:
        raise NotAllowed(TAKEN)
    row = ExternalIdentity(
        person_id=person.id, issuer=vouched.issuer, subject=vouched.subject, email=vouched.email, linked_at=now,
        last_in_at=now, withheld=[],
    )  # fmt: skip
    session.add(row)
    session.flush()
    summary = f"{person.name} ingresó por primera vez con su cuenta institucional."
    by = Actor(person.id, person.name)
    trace.record(session, person.id, "identity.linked", summary, by=by, now=now, issuer=row.issuer)
    return row


def _theirs(session: Session, person_id: int, identity_id: int) -> ExternalIdentity:
    row = session.get(ExternalIdentity, identity_id, populate_existing=True)
    if row is None or row.person_id != person_id:
        raise NotFound("la cuenta institucional", identity_id)
    return row
