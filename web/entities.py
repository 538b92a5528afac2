"""Entidades: finding one, and everything done there in one time line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint
from flask import Response
from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db.paging import Key
from db.paging import page as page_of
from directory import coverage
from directory import entities
from directory.models import Department
from directory.models import Entity
from directory.principal import Principal
from edge import identity
from edge.permission import permission
from tracking import advisories
from tracking import contacts
from tracking import work_plans
from tracking.models import CorrectiveAction
from tracking.models import MilestoneRecord
from tracking.models import PlanMilestone
from tracking.models import WorkPlan
from web import names
from web.frame import HOME
from web.frame import chosen
from web.frame import page
from web.frame import paging
from web.milestones import IN_WORDS
from web.plans import STATUS

blueprint = Blueprint("web_entities", __name__)

LIST = ("Entidades", "/entidades")
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in an entity."""

    day: date
    text: str
    url: str
    who: str


@blueprint.get("/entidades")
@permission("plan.read")
def listed() -> Response:
    by, today = identity.current(), clock.local_date(clock.now())
    text, kind = request.args.get("buscar", "").strip(), chosen("clase", entities.KINDS)
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
        "entities.html", "Entidades", crumbs=[HOME], rows=found, asked=asked, text=text, kind=kind,
        kinds=entities.KINDS, **where, advisors=advisors, people=people, shown=SHOWN, **paging(cursor),
    )  # fmt: skip


@blueprint.get("/entidades/<id:entity_id>")
@permission("plan.read")
def show(entity_id: int) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        row = entities.get(session, entity_id)
        plans = work_plans.listing(session, by, work_plans.Filters(entity_id=entity_id), limit=SHOWN).items
        advisor = coverage.advisor_of(session, entity_id, clock.local_date(now))
        past = coverage.of_entity(session, entity_id)
        region = entities.region_of(session, entity_id)
        open_actions = _open_actions(session, plans)
        values: dict[str, Any] = {
            "department": session.get_one(Department, row.department_code).name,
            "region": names.of_regions(session, [region]).get(region or 0, ""),
            "products": names.of_products(session, [plan.product_id for plan in plans]),
            "people": names.of_people(session, [advisor, *(item.person_id for item in past)]),
            "events": _events(session, by, entity_id, plans),
        }
    return page(
        "entity.html", row.name, crumbs=[HOME, LIST], row=row, plans=plans, advisor=advisor, past=past, now=now,
        kinds=entities.KINDS, statuses=STATUS, open_actions=open_actions, **values,
    )  # fmt: skip


def _listed(session: Session, text: str, kind: str, department: str, mine: Iterable[int]) -> tuple[list[Entity], str]:
    """Those that best match the words; without words, a page of the place asked for, or one's own."""
    if text:
        kinds = [kind] if kind else ()
        return entities.search(session, text, kinds=kinds, department=department, limit=SHOWN), ""
    if kind or department:
        return _inside(session, kind, department)
    return sorted(entities.many(session, set(mine)).values(), key=lambda row: row.search_name), ""


def _inside(session: Session, kind: str, department: str) -> tuple[list[Entity], str]:
    """A page of all of a department or of a kind, by name, and where the next one begins."""
    statement = select(Entity)
    statement = statement.where(Entity.kind == kind) if kind else statement
    statement = statement.where(Entity.department_code == department) if department else statement
    keys = (Key(Entity.search_name), Key(Entity.id))
    found = page_of(session, statement, keys, limit=50, cursor=request.args.get("desde", ""))
    return found.items, found.next_cursor


def _open_actions(session: Session, plans: list[WorkPlan]) -> list[CorrectiveAction]:
    """What the entity is still committed to, the most urgent first."""
    ours = CorrectiveAction.plan_id.in_([plan.id for plan in plans])
    found = session.scalars(select(CorrectiveAction).where(ours, CorrectiveAction.status == "open"))
    return sorted(found, key=lambda row: (row.due_on is None, row.due_on, row.id))


def _events(session: Session, by: Principal, entity_id: int, plans: list[WorkPlan]) -> list[Event]:
    """Advisories, contacts and acts on milestones, newest first, as far as this person may see them."""
    given = advisories.listing(session, by, advisories.Filters(entity_id=entity_id), limit=SHOWN).items
    brief = contacts.listing(session, by, contacts.Filters(entity_id=entity_id), limit=SHOWN).items
    people = names.of_people(session, [row.advisor_id for row in given] + [row.advisor_id for row in brief])
    found = [
        Event(row.occurred_on, f"{advisories.MODALITIES.get(row.modality, 'Asesoría')}: {row.summary}",
              f"/asesorias/{row.id}", people.get(row.advisor_id, ""))
        for row in given
    ]  # fmt: skip
    found += [
        Event(row.occurred_on, f"{contacts.CHANNELS.get(row.channel, '')}: {row.topic}", "",
              people.get(row.advisor_id, ""))
        for row in brief
    ]  # fmt: skip
    records = select(MilestoneRecord, PlanMilestone.name).join(
        PlanMilestone, PlanMilestone.id == MilestoneRecord.milestone_id
    )
    ours = records.where(MilestoneRecord.plan_id.in_([plan.id for plan in plans]))
    for record, name in session.execute(ours.order_by(MilestoneRecord.id.desc()).limit(SHOWN)):
        day = record.occurred_on or clock.local_date(record.at)
        text = f"{IN_WORDS.get(record.act, record.act)}: «{name}»"
        found.append(Event(day, text, f"/hitos/{record.milestone_id}", record.author_name))
    return sorted(found, key=lambda event: event.day, reverse=True)
