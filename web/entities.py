"""Entidades: finding one, and everything done there in one time line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from flask import Response
from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db.paging import Key
from db.paging import Page
from db.paging import page as page_of
from directory import access
from directory import coverage
from directory import entities
from directory import people
from directory.access import Subject
from directory.models import Department
from directory.models import Entity
from directory.principal import Principal
from directory.roles import ENTITY
from edge import identity
from edge import names
from edge.exports import answering
from edge.exports.of_places import of_entities
from edge.permission import permission
from tracking import contacts
from tracking import entity_view
from tracking import work_plans
from tracking.models import CorrectiveAction
from tracking.models import WorkPlan
from web import reached
from web.frame import HOME
from web.frame import chosen
from web.frame import page
from web.frame import paging
from web.plans import STATUS

blueprint = Blueprint("web_entities", __name__)

LIST = ("Entidades", "/entidades")
SHOWN = 100


# Where an event of the time line is told in full.
PAGES = {"plan": "/planes/{}", "advisory": "/asesorias/{}", "contact": "/interacciones/{}"}


@blueprint.get("/entidades")
@permission("plan.read")
def listed() -> Response:
    by, today = identity.current(), clock.local_date(clock.now())
    if not access.may(by, "people.read"):
        return _own(by)
    text, kind = request.args.get("buscar", "").strip(), chosen("clase", entities.KINDS)
    if answering.by_page():
        return _workbook(text, kind)
    with reading() as session:
        departments = {row.code: row.name for row in entities.departments(session)}
        department = chosen("departamento", departments)
        asked = bool(text or kind or department)
        mine = coverage.entities_of(session, by.person_id, today)
        found, cursor = _listed(session, text, kind, department, mine)
        advisors = coverage.advisors_of(session, [row.id for row in found], today)
        people = names.of_people(session, advisors.values())
    where: dict[str, Any] = {"departments": departments, "department": department}
    return page(
        "entities.html", "Entidades", crumbs=[HOME], rows=found, finds=True, asked=asked, text=text, kind=kind,
        kinds=entities.KINDS, **where, advisors=advisors, people=people, shown=SHOWN, **paging(cursor),
    )  # fmt: skip


def _own(by: Principal) -> Response:
    """The entities of which somebody is the contact: of the others they are not told who accompanies them."""
    today = clock.local_date(clock.now())
    ids = [grant.scope_id for grant in by.grants if grant.scope_kind == ENTITY and grant.scope_id is not None]
    if answering.by_page():
        asked = Asked("", "", "", mine=True)
        return answering.workbook(of_entities(today), lambda session, _: Page(_by_name(session, ids), ""), asked, by=by)
    with reading() as session:
        found = _by_name(session, ids)
        advisors = coverage.advisors_of(session, [row.id for row in found], today)
        people = names.of_people(session, advisors.values())
        departments = {row.code: row.name for row in entities.departments(session)}
    return page(
        "entities.html", "Entidades", crumbs=[HOME], rows=found, finds=False, asked=False, text="",
        kinds=entities.KINDS, departments=departments, advisors=advisors, people=people, shown=SHOWN, **paging(""),
    )  # fmt: skip


@blueprint.get("/entidades/<id:entity_id>")
@permission("plan.read")
def show(entity_id: int) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        row = entities.get(session, entity_id)
        plans = work_plans.listing(session, by, work_plans.Filters(entity_id=entity_id), limit=SHOWN).items
        advisor = coverage.advisor_of(session, entity_id, clock.local_date(now))
        past = coverage.of_entity(session, entity_id, revoked=True)
        coming = coverage.upcoming(session, [entity_id], clock.local_date(now)).get(entity_id)
        region = entities.region_of(session, entity_id)
        open_actions = _open_actions(session, plans)
        events = entity_view.timeline(session, by, entity_id, cursor=request.args.get("desde", ""))
        values: dict[str, Any] = {
            "department": session.get_one(Department, row.department_code).name,
            "region": names.of_regions(session, [region]).get(region or 0, ""),
            "products": names.of_products(session, [plan.product_id for plan in plans]),
            "people": names.of_people(session, [advisor, *(item.person_id for item in past)]),
            "events": events.items,
            "other_names": entities.other_names(session, entity_id),
            "event_pages": PAGES,
            "readable": bool(plans)
            or access.allowed(by, "plan.read", Subject(entity_id=entity_id, region_id=region)) is not None,
            "left": advisor in people.gone(session, [advisor or 0]),
            "tells_who": entity_view.tells_who(session, by, entity_id),
            "contacting": contacts.may_register(session, by, entity_id),
            **paging(events.next_cursor),
        }
        if values["contacting"]:
            values["answering"] = reached.answering(session, entity_id, where=row.name, now=now)
        if values["readable"]:
            values["asked"] = reached.asked(session, by, advisor, region, where=row.name, now=now)
    return page(
        "entity.html", row.name, crumbs=[HOME, LIST], row=row, plans=plans, advisor=advisor, past=past, coming=coming,
        now=now, kinds=entities.KINDS, statuses=STATUS, open_actions=open_actions, **values,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is narrowed by."""

    text: str
    kind: str
    department_code: str
    mine: bool


def _workbook(text: str, kind: str) -> Response:
    """The entities that the filters show, all of them."""
    by, today = identity.current(), clock.local_date(clock.now())
    with reading() as session:
        department = chosen("departamento", {row.code for row in entities.departments(session)})
        mine = coverage.entities_of(session, by.person_id, today)

    def read(session: Session, part: dict[str, Any]) -> Page[Entity]:
        if (kind and not text) or (department and not text):
            return _inside(session, kind, department, **part)
        if not text and not mine:
            return _inside(session, "", "", **part)
        found, _ = _listed(session, text, kind, department, mine, limit=answering.MOST_ROWS + 1)
        return Page(found, "")

    filters = Asked(text, kind, department, mine=bool(mine) and not (text or kind or department))
    return answering.workbook(of_entities(today), read, filters, by=by)


def _listed(
    session: Session, text: str, kind: str, department: str, mine: Iterable[int], *, limit: int = SHOWN
) -> tuple[list[Entity], str]:
    """Those that best match the words; without words, a page of the place asked for, or one's own."""
    if text:
        kinds = [kind] if kind else ()
        return entities.search(session, text, kinds=kinds, department=department, limit=limit), ""
    if kind or department:
        found = _inside(session, kind, department, limit=50, cursor=request.args.get("desde", ""))
        return found.items, found.next_cursor
    return _by_name(session, mine), ""


def _by_name(session: Session, ids: Iterable[int]) -> list[Entity]:
    return sorted(entities.many(session, set(ids)).values(), key=lambda row: row.search_name)


def _inside(session: Session, kind: str, department: str, *, limit: int, cursor: str) -> Page[Entity]:
    """A page of all of a department or of a kind, by name."""
    statement = select(Entity)
    statement = statement.where(Entity.kind == kind) if kind else statement
    statement = statement.where(Entity.department_code == department) if department else statement
    keys = (Key(Entity.search_name), Key(Entity.id))
    return page_of(session, statement, keys, limit=limit, cursor=cursor)


def _open_actions(session: Session, plans: list[WorkPlan]) -> list[CorrectiveAction]:
    """What the entity is still committed to, the most urgent first."""
    ours = CorrectiveAction.plan_id.in_([plan.id for plan in plans])
    found = session.scalars(select(CorrectiveAction).where(ours, CorrectiveAction.status == "open"))
    return sorted(found, key=lambda row: (row.due_on is None, row.due_on, row.id))
