"""Personas: finding them, what each may do and when they are away, and what the administrator changes."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import Actor
from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from directory import access
from directory import accounts
from directory import administrators
from directory import encargos
from directory import grants
from directory import people
from directory import principal
from directory import readings
from directory import reasons
from directory import roles
from directory import units
from directory.models import Encargo
from directory.models import RoleGrant
from edge import identity
from edge import names
from edge import personal_reads
from edge.exports import answering
from edge.exports.of_people import PEOPLE
from edge.permission import permission
from notifications import preferences
from tracking import left_behind
from tracking import role_ends
from web import once
from web import person_page
from web import scoped
from web import stale
from web.frame import HOME
from web.frame import chosen
from web.frame import go
from web.frame import number
from web.frame import page
from web.frame import paging
from web.reading_forms import Reader

blueprint = Blueprint("web_people", __name__)

OWN = "Es su propio acceso a la administración: al retirarlo deja de abrir estas páginas, y sólo otra persona se lo da."


@blueprint.get("/personas")
@permission("people.read")
def listed() -> Response:
    text, unit_id = request.args.get("buscar", "").strip(), number("dependencia")
    disabled, role, now = bool(request.args.get("inactivas")), chosen("rol", roles.ROLES), clock.now()
    by, problems = identity.current(), dict[str, list[str]]()
    find = partial(
        people.search, text=text, unit_id=unit_id, role=role, on=clock.local_date(now), disabled=disabled,
        usernames=access.may(by, "people.history"),
    )  # fmt: skip
    if answering.by_page():
        access.demand(by, "people.history")
        asked = people.Asked(text, unit_id, role, disabled)
        try:
            return answering.workbook(
                PEOPLE, lambda session, part: find(session, **part), asked, by=by,
                purpose=request.args.get(personal_reads.PURPOSE, ""),
            )  # fmt: skip
        except InvalidData as error:
            problems = dict(error.errors)
    with reading() as session:
        found = find(session, cursor=request.args.get("desde", ""))
        held = principal.roles_held(session, {row.id for row in found.items}, now=now)
        every = units.every(session, disabled=True)
    reached = [row.id for row in found.items if row.email and row.disabled_at is None]
    personal_reads.note(readings.PEOPLE, reached, asked=text)
    return page(
        "people.html", "Personas", crumbs=[HOME], rows=found.items, text=text,
        units=[(unit.id, unit.name) for unit in every if unit.disabled_at is None or unit.id == unit_id],
        unit_names={unit.id: unit.name for unit in every},
        unit_id=unit_id, disabled=disabled, role=role, held=held, problems=problems, code=422 if problems else 200,
        role_options=[(one.key, one.label) for one in roles.ROLES.values()], **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/personas/nueva")
@permission("people.manage")
def new() -> Response:
    return _new_page()


@blueprint.post("/personas/nueva")
@permission("people.manage")
def add() -> Response:
    by, now, read = identity.current(), clock.now(), Reader()
    actor = access.demand(by, "people.manage")
    try:
        made = once.run(partial(_added, read, actor, now), by=by, now=now)
    except InvalidData as error:
        return _new_page(error.errors)
    flash(f"Agregó a {made['name']}. Dele un rol para que pueda trabajar.", "success")
    return go(f"/personas/{made['id']}")


def _added(read: Reader, actor: Actor, now: datetime, session: Session) -> dict[str, Any]:
    row = people.add(
        session, read.text("name"), email=read.text("email"), position=read.text("position"),
        unit_id=read.number("unit_id"), by=actor, now=now,
    )  # fmt: skip
    if read.text("username"):
        accounts.create(session, row.id, read.text("username"), request.form.get("password", ""), by=actor, now=now)
    return {"id": row.id, "name": row.name}


@blueprint.get("/personas/<id:person_id>")
@permission("people.read")
def show(person_id: int) -> Response:
    return person_page.render(person_id)


@blueprint.post("/personas/<id:person_id>/datos")
@permission("people.manage")
def change(person_id: int) -> Response:
    """Correct the name, the mail, the post or the unit of somebody."""
    actor, read = access.demand(identity.current(), "people.manage"), Reader()
    try:
        data: dict[str, Any] = {name: read.text(name) for name in ("name", "email", "position")}
        data["unit_id"] = read.number("unit_id")
        read.check()
        with transaction() as session:
            standing = person_page.standing(people.get(session, person_id))
            mine = stale.changed(request.form, standing, said=partial(_in_words, session))
            people.change(session, person_id, **{name: data[name] for name in mine}, by=actor, now=clock.now())
            preferences.forget_former(session, person_id)
    except InvalidData as error:
        return person_page.render(person_id, error.errors)
    flash("Los datos quedaron corregidos.", "success")
    return go(f"/personas/{person_id}")


def _in_words(session: Session, name: str, value: str) -> str:
    """A datum of a person as people read it: the name of their unit, and the rest as it is."""
    return names.of_units(session, [int(value)]).get(int(value), "") if name == "unit_id" and value else value


@blueprint.post("/personas/<id:person_id>/roles")
@permission("people.manage")
def grant(person_id: int) -> Response:
    by, now, read = identity.current(), clock.now(), Reader()
    actor = access.demand(by, "people.manage")
    try:
        since, until = read.day("since"), read.day("until")
        read.check()
        with transaction() as session:
            kind, scope_id = scoped.entity(session, read.text("entity")) or scoped.chosen("scope")
            grants.add(
                session, person_id, read.text("role"), kind, scope_id, since=since, until=until, by=actor, now=now,
            )  # fmt: skip
    except InvalidData as error:
        return person_page.render(person_id, error.errors)
    flash("El rol quedó asignado.", "success")
    return go(f"/personas/{person_id}")


@blueprint.post("/personas/<id:person_id>/roles/<id:grant_id>/revocacion")
@permission("people.manage")
def revoke(person_id: int, grant_id: int) -> Response:
    by, read, field = identity.current(), Reader(), f"reason-{grant_id}"
    actor = access.demand(by, "people.manage")
    try:
        with transaction() as session:
            row = grants.revoke(session, grant_id, reason=read.text(field), by=actor, now=clock.now())
            own = row.person_id == by.person_id and row.role == administrators.ROLE
            if own and not request.form.get(f"own-{grant_id}"):
                raise InvalidData({f"own-{grant_id}": [OWN]})  # after the reason, and whether somebody else is left
            after = _after(session, row, actor)
    except InvalidData as error:
        told = {field if path == "reason" else path: messages for path, messages in error.errors.items()}
        return person_page.render(person_id, told)
    except Conflict as error:
        return person_page.render(person_id, {field: [error.message]})
    flash(f"El rol se retiró.{after}", "success")
    return go("/mi-cuenta" if own else f"/personas/{person_id}")


@blueprint.post("/personas/<id:person_id>/encargos")
@permission("people.manage")
def put_in_charge(person_id: int) -> Response:
    """Let somebody fill a post for some days."""
    by, now, read = identity.current(), clock.now(), Reader()
    actor = access.demand(by, "people.manage")
    kind, scope_id = scoped.chosen("encargo_scope")
    try:
        since = read.day("encargo_since", "Escriba desde cuándo.") or clock.local_date(now)
        until = read.day("encargo_until", "Escriba hasta cuándo.") or since
        role = read.text("encargo_role", "Elija el cargo.")
        act = read.text("act", "Escriba el acto administrativo del encargo.")
        read.check()
        with transaction() as session:
            encargos.add(session, person_id, role, kind, scope_id, since, until, act=act, by=actor,
                         now=now)  # fmt: skip
    except InvalidData as error:
        shown = {_ENCARGO.get(path, path): messages for path, messages in error.errors.items()}
        return person_page.render(person_id, shown)
    flash("El encargo quedó registrado.", "success")
    return go(f"/personas/{person_id}")


@blueprint.post("/personas/<id:person_id>/encargos/<id:encargo_id>/fin")
@permission("people.manage")
def end_charge(person_id: int, encargo_id: int) -> Response:
    actor, read = access.demand(identity.current(), "people.manage"), Reader()
    field = f"encargo-reason-{encargo_id}"
    try:
        with transaction() as session:
            row = encargos.revoke(session, encargo_id, reason=read.text(field), by=actor, now=clock.now())
            after = _after(session, row, actor)
    except InvalidData as error:
        return person_page.render(person_id, {field: error.errors["reason"]})
    flash(f"El encargo terminó.{after}", "success")
    return go(f"/personas/{person_id}")


@blueprint.post("/personas/<id:person_id>/estado")
@permission("people.manage")
def switch(person_id: int) -> Response:
    """Disable somebody, which asks for a reason, or let them in again."""
    actor, now = access.demand(identity.current(), "people.manage"), clock.now()
    try:
        with transaction() as session:
            if request.form.get("active") == "no":
                why = reasons.demand(request.form.get("why", ""), "Diga por qué deja de tener acceso.", "why")
                row = people.disable(session, person_id, reason=why, by=actor, now=now)
            else:
                row = people.enable(session, person_id, by=actor, now=now)
    except InvalidData as error:
        return person_page.render(person_id, error.errors)
    except Conflict as error:
        return person_page.render(person_id, {"active": [error.message]})
    flash(f"{row.name} ya no puede entrar." if row.disabled_at else f"{row.name} puede entrar otra vez.", "success")
    return go(f"/personas/{person_id}")


@blueprint.post("/personas/<id:person_id>/contrasena")
@permission("people.manage")
def reset(person_id: int) -> Response:
    actor = access.demand(identity.current(), "people.manage")
    try:
        with transaction() as session:
            if accounts.of(session, person_id) is None:
                accounts.create(session, person_id, request.form.get("username", ""), request.form.get("password", ""),
                                by=actor, now=clock.now())  # fmt: skip
            else:
                accounts.reset_password(session, person_id, request.form.get("password", ""), by=actor, now=clock.now())
    except InvalidData as error:
        return person_page.render(person_id, error.errors)
    flash("La contraseña quedó fijada; entréguela por un medio seguro.", "success")
    return go(f"/personas/{person_id}")


# Where the messages about an encargo stand: its form shares the page with that of roles.
_ENCARGO = {
    "role": "encargo_role", "scope_kind": "encargo_scope", "scope_id": "encargo_scope", "since": "encargo_since",
    "until": "encargo_until",
}  # fmt: skip


def _after(session: Session, ended: RoleGrant | Encargo, by: Actor) -> str:
    """What the end of a role brings about: the tasks that go back, and what nobody attends any more after the last."""
    now = clock.now()
    freed = role_ends.freed_in_words(role_ends.free(session, ended, by=by, now=now))
    left = left_behind.unattended(session, ended.person_id, now=now)
    stays = f"Siguen a su nombre, sin quien los atienda: {left_behind.in_words(left)}." if left else ""
    return "".join(f" {said}" for said in (freed, stays) if said)


def _new_page(problems: dict[str, list[str]] | None = None) -> Response:
    with reading() as session:
        every = [(unit.id, unit.name) for unit in units.every(session)]
    return page(
        "person_new.html", "Nueva persona", crumbs=[HOME, person_page.LIST], units=every, typed=request.form,
        problems=problems or {}, code=422 if problems else 200,
    )  # fmt: skip
