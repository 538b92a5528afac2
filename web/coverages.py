"""Cobertura: who accompanies each entity, department by department, and handing work over."""

from datetime import date
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from directory import access
from directory import coverage
from directory import entities
from directory import people
from directory.models import Account
from directory.models import Coverage
from directory.models import Person
from directory.models import RoleGrant
from directory.periods import active_on
from directory.principal import Principal
from edge import identity
from edge.permission import permission
from tracking import handover
from tracking import work_plans
from web import names
from web.frame import HOME
from web.frame import chosen
from web.frame import go
from web.frame import page
from web.reading_forms import Reader

blueprint = Blueprint("web_coverages", __name__)

LIST = ("Cobertura", "/cobertura")
MOST = 200
NEVER_RECEIVE = ("administrator", "internal_control", "senior_management", "beneficiary_contact")


@blueprint.get("/cobertura")
@permission("coverage.manage")
def listed() -> Response:
    return _page()


@blueprint.post("/cobertura")
@permission("coverage.manage")
def assign() -> Response:
    """Give the chosen entities to an advisor from a day on; whoever had them stops the day before."""
    by, now, read = identity.current(), clock.now(), Reader()
    try:
        person_id = read.number("person_id", "Elija a quién se asignan.") or 0
        since = read.day("since", "Escriba desde cuándo.") or clock.local_date(now)
        chosen_ids = read.numbers("entity")
        if not chosen_ids:
            read.errors["entity"] = ["Elija al menos una entidad."]
        read.check()
        with transaction() as session:
            places = entities.regions_of(session, chosen_ids)
            for entity_id in chosen_ids:
                where = access.Subject(entity_id=entity_id, region_id=places.get(entity_id))
                actor = access.demand(by, "coverage.manage", where)
                coverage.hand_over(session, entity_id, person_id, since, by=actor, now=now)
    except InvalidData as error:
        return _page(error.errors)
    flash(f"Entidades asignadas: {len(chosen_ids)}.", "success")
    return go(f"/cobertura?departamento={request.form.get('departamento', '')}")


@blueprint.get("/empalmes/nuevo")
@permission("handover.run")
def new_handover() -> Response:
    return _handover_page()


@blueprint.post("/empalmes/nuevo")
@permission("handover.run")
def hand_over() -> Response:
    """Ask first, naming what changes hands; then do it, or leave it for its day."""
    by, now, read = identity.current(), clock.now(), Reader()
    try:
        from_id = read.number("from_id", "Elija quién entrega.") or 0
        to_id = read.number("to_id", "Elija quién recibe.") or 0
        since = read.day("since", "Escriba desde cuándo.") or clock.local_date(now)
        reason = read.text("reason", "Escriba el motivo.")
        read.check()
        if request.form.get("confirmed") != "si":
            return _handover_page(confirm=True)
        with transaction() as session:
            row = handover.request(session, from_id, to_id, since, reason=reason, by=by, now=now)
            if since <= clock.local_date(now):
                handover.apply(session, row.id, by=by.actor(), now=now)
    except InvalidData as error:
        return _handover_page(error.errors)
    except Conflict as error:
        return _handover_page({"from_id": [error.message]})
    flash("El empalme quedó hecho." if row.applied_at else "El empalme quedó programado para su día.", "success")
    return go(f"/personas/{to_id}")


@blueprint.post("/empalmes/<id:handover_id>/cancelacion")
@permission("handover.run")
def cancel(handover_id: int) -> Response:
    with transaction() as session:
        handover.cancel(session, handover_id, by=identity.current(), now=clock.now())
    flash("El empalme se canceló.", "success")
    return go("/empalmes/nuevo")


def _page(problems: dict[str, list[str]] | None = None) -> Response:
    today = clock.local_date(clock.now())
    with reading() as session:
        departments = {row.code: row.name for row in entities.departments(session)}
        code = request.values.get("departamento", "")
        department = code if code in departments else chosen("departamento", departments)
        rows = entities.search(session, department=department, limit=2000) if department else []
        advisors = coverage.advisors_of(session, [row.id for row in rows], today)
        without = bool(request.values.get("sin"))
        known = names.of_people(session, advisors.values())
        offered = _advisors(session)
    uncovered = sum(row.id not in advisors for row in rows)
    shown = [row for row in rows if not without or row.id not in advisors]
    return page(
        "coverage.html", "Cobertura", crumbs=[HOME], departments=departments, department=department, rows=shown,
        total=len(rows), uncovered=uncovered, advisors=advisors, people=known, offered=offered, without=without,
        today=today, typed=request.form, problems=problems or {}, code=422 if problems else 200,
    )  # fmt: skip


def _advisors(session: Session) -> list[tuple[int, str]]:
    """Whoever holds the role by appointment, and whoever covers some entity today: coverage makes an advisor."""
    now = clock.now()
    covering = select(Coverage.person_id).where(active_on(Coverage, clock.local_date(now)))
    known = session.scalars(select(Person).where(Person.disabled_at.is_(None), Person.id.in_(covering)))
    rows = {row.id: row for row in [*people.holders(session, "territorial_advisor", now=now), *known]}
    return [(row.id, row.name) for row in sorted(rows.values(), key=lambda row: row.search_name)]


def _receivers(session: Session, today: date) -> list[tuple[int, str]]:
    """Active people with an account who may carry work."""
    barred = select(RoleGrant.person_id).where(RoleGrant.role.in_(NEVER_RECEIVE), active_on(RoleGrant, today))
    with_account = select(Account.person_id)
    statement = select(Person).where(
        Person.disabled_at.is_(None), Person.id.in_(with_account), Person.id.not_in(barred)
    )
    return [(row.id, row.name) for row in session.scalars(statement.order_by(Person.search_name, Person.id))]


def _load(session: Session, typed: dict[str, str], by: Principal, today: date) -> dict[str, Any]:
    """What changes hands, for the page that asks before."""
    from_id, to_id = int(typed["from_id"]), int(typed["to_id"])
    covered = coverage.entities_of(session, from_id, today)
    carried = work_plans.listing(session, by, work_plans.Filters(advisor_id=from_id, status="open"), limit=MOST)
    called = names.of_people(session, [from_id, to_id])
    return {
        "entities": len(covered), "plans": len(carried.items), "more": bool(carried.next_cursor),
        "giver": called.get(from_id, ""), "receiver": called.get(to_id, ""),
        "since": date.fromisoformat(typed["since"]), "no_account": session.get(Account, to_id) is None,
    }  # fmt: skip


def _handover_page(problems: dict[str, list[str]] | None = None, *, confirm: bool = False) -> Response:
    by, today = identity.current(), clock.local_date(clock.now())
    typed = request.form.to_dict() or {"from_id": request.args.get("de", "")}
    with reading() as session:
        everybody = [(row.id, row.name) for row in people.search(session, limit=MOST).items]
        waiting = handover.waiting(session)
        known = names.of_people(session, [key for row in waiting for key in (row.from_id, row.to_id)])
        receivers = _receivers(session, today)
        load = _load(session, typed, by, today) if confirm else {}
    return page(
        "handover.html", "Empalme", crumbs=[HOME], typed=typed, people=everybody, receivers=receivers, load=load,
        confirm=confirm, waiting=waiting, known=known, today=today, problems=problems or {},
        code=422 if problems else 200,
    )  # fmt: skip
