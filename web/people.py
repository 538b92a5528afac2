"""Personas: finding them, what each may do and when they are away, and what the administrator changes."""

from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from db.history import Subject
from directory import absences
from directory import access
from directory import accounts
from directory import coverage
from directory import delegations
from directory import encargos
from directory import grants
from directory import people
from directory import regions
from directory import roles
from directory import scopes
from directory import units
from edge import identity
from edge.permission import permission
from web import histories
from web import names
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.frame import paging
from web.reading_forms import Reader

blueprint = Blueprint("web_people", __name__)

LIST = ("Personas", "/personas")


@blueprint.get("/personas")
@permission("people.read")
def listed() -> Response:
    text, unit_id = request.args.get("buscar", "").strip(), request.args.get("dependencia", type=int)
    disabled = bool(request.args.get("inactivas"))
    with reading() as session:
        cursor = request.args.get("desde", "")
        found = people.search(session, text, unit_id=unit_id, disabled=disabled, cursor=cursor)
        every = [(unit.id, unit.name) for unit in units.every(session)]
    return page(
        "people.html", "Personas", crumbs=[HOME], rows=found.items, units=every, unit_names=dict(every), text=text,
        unit_id=unit_id, disabled=disabled, **paging(found.next_cursor),
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
        with transaction() as session:
            row = people.add(
                session, read.text("name"), email=read.text("email"), position=read.text("position"),
                unit_id=read.number("unit_id"), by=actor, now=now,
            )  # fmt: skip
            if read.text("username"):
                accounts.create(session, row.id, read.text("username"), request.form.get("password", ""), by=actor,
                                now=now)  # fmt: skip
    except InvalidData as error:
        return _new_page(error.errors)
    flash(f"Agregó a {row.name}. Déle un rol para que pueda trabajar.", "success")
    return go(f"/personas/{row.id}")


@blueprint.get("/personas/<id:person_id>")
@permission("people.read")
def show(person_id: int) -> Response:
    return _page(person_id)


@blueprint.post("/personas/<id:person_id>/roles")
@permission("people.manage")
def grant(person_id: int) -> Response:
    by, now, read = identity.current(), clock.now(), Reader()
    actor = access.demand(by, "people.manage")
    kind, scope_id = _scope("scope")
    try:
        since, until = read.day("since"), read.day("until")
        read.check()
        with transaction() as session:
            grants.add(
                session, person_id, read.text("role"), kind, scope_id, since=since, until=until, by=actor, now=now,
            )  # fmt: skip
    except InvalidData as error:
        return _page(person_id, error.errors)
    flash("El rol quedó asignado.", "success")
    return go(f"/personas/{person_id}")


@blueprint.post("/personas/<id:person_id>/roles/<id:grant_id>/revocacion")
@permission("people.manage")
def revoke(person_id: int, grant_id: int) -> Response:
    actor = access.demand(identity.current(), "people.manage")
    with transaction() as session:
        grants.revoke(session, grant_id, by=actor, now=clock.now())
    flash("El rol se retiró.", "success")
    return go(f"/personas/{person_id}")


@blueprint.post("/personas/<id:person_id>/encargos")
@permission("people.manage")
def put_in_charge(person_id: int) -> Response:
    """Let somebody fill a post for some days."""
    by, now, read = identity.current(), clock.now(), Reader()
    actor = access.demand(by, "people.manage")
    kind, scope_id = _scope("encargo_scope")
    try:
        since = read.day("encargo_since", "Escriba desde cuándo.") or clock.local_date(now)
        until = read.day("encargo_until", "Escriba hasta cuándo.") or since
        role = read.text("encargo_role", "Elija el cargo.")
        read.check()
        with transaction() as session:
            encargos.add(session, person_id, role, kind, scope_id, since, until, act=read.text("act"), by=actor,
                         now=now)  # fmt: skip
    except InvalidData as error:
        return _page(person_id, {_ENCARGO.get(path, path): messages for path, messages in error.errors.items()})
    flash("El encargo quedó registrado.", "success")
    return go(f"/personas/{person_id}")


@blueprint.post("/personas/<id:person_id>/encargos/<id:encargo_id>/fin")
@permission("people.manage")
def end_charge(person_id: int, encargo_id: int) -> Response:
    actor = access.demand(identity.current(), "people.manage")
    with transaction() as session:
        encargos.revoke(session, encargo_id, by=actor, now=clock.now())
    flash("El encargo terminó.", "success")
    return go(f"/personas/{person_id}")


@blueprint.post("/personas/<id:person_id>/estado")
@permission("people.manage")
def switch(person_id: int) -> Response:
    """Disable somebody, or let them in again."""
    actor = access.demand(identity.current(), "people.manage")
    act = people.disable if request.form.get("active") == "no" else people.enable
    with transaction() as session:
        row = act(session, person_id, by=actor, now=clock.now())
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
        return _page(person_id, error.errors)
    flash("La contraseña quedó fijada; entréguela por un medio seguro.", "success")
    return go(f"/personas/{person_id}")


# Where the messages about an encargo stand: its form shares the page with that of roles.
_ENCARGO = {
    "role": "encargo_role", "scope_kind": "encargo_scope", "scope_id": "encargo_scope", "since": "encargo_since",
    "until": "encargo_until",
}  # fmt: skip


def _scope(name: str) -> tuple[str, int | None]:
    """Kind and id of the scope chosen at `name`, written `unit:3` or `national:`."""
    kind, _, scope = request.form.get(name, "").partition(":")
    return kind or roles.NATIONAL, int(scope) if scope.isdecimal() else None


def _new_page(problems: dict[str, list[str]] | None = None) -> Response:
    with reading() as session:
        every = [(unit.id, unit.name) for unit in units.every(session)]
    return page(
        "person_new.html", "Nueva persona", crumbs=[HOME, LIST], units=every, typed=request.form,
        problems=problems or {}, code=422 if problems else 200,
    )  # fmt: skip


def _page(person_id: int, problems: dict[str, list[str]] | None = None) -> Response:
    by, today = identity.current(), clock.local_date(clock.now())
    with reading() as session:
        row = people.get(session, person_id)
        held, posts, lent = grants.of(session, row.id), encargos.of(session, row.id), delegations.of(session, row.id)
        covered = coverage.entities_of(session, row.id, today)
        values: dict[str, Any] = {
            "unit": names.of_units(session, [row.unit_id]).get(row.unit_id or 0, ""),
            "grants": [(item, scopes.name(session, item.scope_kind, item.scope_id)) for item in held],
            "encargos": [(item, scopes.name(session, item.scope_kind, item.scope_id)) for item in posts],
            "delegations": [item for item in lent if item.revoked_at is None],
            "absences": [item for item in absences.of(session, row.id) if item.revoked_at is None],
            "covered": names.of_entities(session, covered),
            "others": names.of_people(session, [key for item in lent for key in (item.from_id, item.to_id)]),
        }
        if access.may(by, "people.manage"):
            account = accounts.of(session, row.id)
            values |= {"username": account.username if account else "", "scopes": _scopes(session)}
            values |= histories.values(session, Subject("person", row.id))
    return page(
        "person.html", row.name, crumbs=[HOME, LIST], row=row, problems=problems or {}, typed=request.form, today=today,
        role_options=[(role.key, role.label) for role in roles.ROLES.values()], kinds=absences.KINDS,
        code=422 if problems else 200, **values,
    )  # fmt: skip


def _scopes(session: Any) -> list[tuple[str, str]]:
    found = [("national:", "Todo el país")]
    found += [(f"unit:{unit.id}", f"Dependencia: {unit.name}") for unit in units.every(session)]
    return found + [(f"region:{region.id}", f"Región: {region.name}") for region in regions.current(session)]
