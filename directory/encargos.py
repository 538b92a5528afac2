"""Encargos: somebody fills a post between two days while it has no holder, or its holder is away."""

from datetime import date
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from db.errors import InvalidData
from db.errors import NotFound
from directory import apart
from directory import reasons
from directory import roles
from directory import scopes
from directory import trace
from directory.models import Encargo
from directory.periods import check_order
from directory.periods import overlapping


def of(session: Session, person_id: int) -> list[Encargo]:
    """Every encargo of a person, ended ones too, newest first."""
    statement = select(Encargo).where(Encargo.person_id == person_id)
    return list(session.scalars(statement.order_by(Encargo.since.desc(), Encargo.id.desc())))


def add(
    session: Session,
    person_id: int,
    role: str,
    scope_kind: str,
    scope_id: int | None,
    since: date,
    until: date,
    *,
    act: str,
    by: Actor,
    now: datetime,
) -> Encargo:
    """Put somebody in charge of a post; `act` names the resolution. The caller has demanded `people.manage`.

    Raises NotFound; InvalidData for role (also one kept apart from what they hold, or of another entity), scope, a
    missing `act`, dates in disorder (`until`), or a post that somebody else already fills by encargo on one of those
    days (`since`).
    """
    person = trace.lock(session, person_id)
    scopes.check(session, role, scope_kind, scope_id)
    check_order(since, until)
    apart.demand(session, person_id, role, since, until, now=now)
    _demand_inside(session, person_id, role, now)
    if not act.strip():
        raise InvalidData({"act": ["Escriba el acto administrativo del encargo."]})
    same = select(Encargo.id).where(
        Encargo.role == role, Encargo.scope_kind == scope_kind, Encargo.scope_id == scope_id,
        overlapping(Encargo, since, until),
    )  # fmt: skip
    if session.scalars(same.limit(1)).first():
        raise InvalidData({"since": ["Ya hay una persona encargada de este cargo en esas fechas."]})
    encargo = Encargo(
        person_id=person_id, role=role, scope_kind=scope_kind, scope_id=scope_id, since=since, until=until,
        act=act.strip(),
    )  # fmt: skip
    session.add(encargo)
    session.flush()
    where = scopes.name(session, scope_kind, scope_id)
    summary = f"Encargó a {person.name} de {roles.label(role)} ({where}) {trace.in_words(encargo)}."
    _record(session, encargo, "encargo.added", summary, by, now)
    return encargo


def revoke(session: Session, encargo_id: int, *, reason: str, by: Actor, now: datetime) -> Encargo:
    """End an encargo at once. Does nothing when it already was. Raises NotFound, InvalidData (`reason`, missing)."""
    reason = reasons.demand(reason, "Diga por qué termina el encargo.")
    encargo = session.get(Encargo, encargo_id)
    if encargo is None:
        raise NotFound("el encargo", encargo_id)
    person = trace.lock(session, encargo.person_id)
    if encargo.revoked_at is None:
        encargo.revoked_at = now
        session.flush()
        summary = f"Terminó el encargo de {person.name} como {roles.label(encargo.role)}."
        _record(session, encargo, "encargo.revoked", summary, by, now, reason)
    return encargo


def _demand_inside(session: Session, person_id: int, role: str, now: datetime) -> None:
    """A post is filled by people of the entity whose post it is: not by a partner's, nor a partner's by the house."""
    if role in roles.OUTSIDE:
        raise InvalidData({"role": ["Representar a una entidad socia no es un cargo que se encargue: dé el rol."]})
    if person_id in apart.who_is_outside(session, now=now):
        raise InvalidData({"role": ["Es de una entidad socia: los cargos de aquí se encargan a personas de aquí."]})


def _record(
    session: Session, encargo: Encargo, action: str, summary: str, by: Actor, now: datetime, reason: str = ""
) -> None:
    details = {
        "role": encargo.role, "scope_kind": encargo.scope_kind, "scope_id": encargo.scope_id, "act": encargo.act,
        **trace.days(encargo),
    }  # fmt: skip
    subject = trace.person(encargo.person_id)
    history.record(session, subject, action, by=by, now=now, summary=summary, details=details, reason=reason)
