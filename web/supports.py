"""Apoyos expertos: what plans ask of the thematic experts, in a list and in each plan."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from directory import regions
from directory.principal import Principal
from edge import finding
from edge import identity
from edge import labels
from edge import names
from edge import steps as running
from edge import support_words
from edge.exports import answering
from edge.exports.of_plans import SUPPORTS
from edge.permission import permission
from engine import tasks
from engine.models import Task
from engine.models import TaskStatus
from forms.catalogues import resolve
from tracking import life
from tracking import support
from tracking import support_acts
from tracking import support_list
from tracking.models import SupportRequest
from tracking.models import WorkPlan
from web.frame import HOME
from web.frame import chosen
from web.frame import go
from web.frame import number
from web.frame import page
from web.frame import paging
from web.reading_forms import Reader

blueprint = Blueprint("web_supports", __name__)

STATES = {"open": "Sin terminar", **labels.SUPPORT, "returned": labels.SUPPORT_RETURNED}
OF_STATE: dict[str, dict[str, Any]] = {
    "open": {"open": True}, "returned": {"returned": True}, "accepted": {"status": "accepted", "returned": False},
}  # fmt: skip


@blueprint.get("/apoyos-expertos")
@permission("plan.read")
def listed() -> Response:
    by, now = identity.current(), clock.now()
    state = chosen("estado", STATES)
    filters = support_list.Filters(
        text=request.args.get("buscar", "").strip(),
        **OF_STATE.get(state, {"status": state}),
        theme=chosen("tema", labels.EXPERT_THEME),
        region_id=number("region"),
        expert_id=by.person_id if request.args.get("mios") else None,
    )
    if answering.by_page():
        return answering.workbook(
            SUPPORTS, lambda session, part: support_list.listing(session, by, filters, **part), filters, by=by
        )
    with reading() as session:
        found = support_list.listing(session, by, filters, cursor=request.args.get("desde", ""))
        whole = support_list.count(session, by, filters)
        offered = [(region.id, region.name) for region in regions.current(session)]
        values = {**told(session, found.items), **_places(session, found.items)}
    return page(
        "supports.html", "Apoyos expertos", crumbs=[HOME], rows=found.items, whole=whole, filters=filters,
        choices=STATES, regions=offered, now=now, expert=by.has_role("thematic_expert"), **values,
        **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.post("/planes/<id:plan_id>/apoyos")
@permission("support.ask")
def ask(plan_id: int) -> Response:
    """Begin to ask for an expert: whoever asks goes on to the form, which waits in their inbox too."""
    by, now = identity.current(), clock.now()
    with transaction() as session:
        row = life.ask_support(session, plan_id, by=by, now=now)
        waiting = tasks.open_of(session, row.instance_id) if row.instance_id is not None else []
        place = f"/tareas/{waiting[0].id}" if waiting else f"/planes/{plan_id}?parte=apoyos"
    flash("Escriba lo que necesita y envíelo. Hasta entonces, la solicitud espera en su bandeja.", "success")
    return go(place)


@blueprint.get("/apoyos-expertos/<id:support_id>/retiro")
@permission("support.ask")
def ask_withdrawal(support_id: int) -> Response:
    return _withdrawal_page(support_id)


@blueprint.post("/apoyos-expertos/<id:support_id>/retiro")
@permission("support.ask")
def withdraw(support_id: int) -> Response:
    """Take back a request that an expert has in the inbox, once the reason is there."""
    read = Reader()
    reason = read.text("reason", "Escriba por qué retira la solicitud.")
    try:
        read.check()
        with transaction() as session:
            stepped = life.withdraw_support(session, support_id, reason, by=identity.current(), now=clock.now())
            plan_id = support.get(session, support_id).plan_id
    except InvalidData as error:
        return _withdrawal_page(support_id, error.errors)
    running.settle(stepped.instance_id)
    flash("La solicitud se retiró: ya no espera al experto.", "success")
    return go(f"/planes/{plan_id}?parte=apoyos")


def _withdrawal_page(support_id: int, problems: dict[str, list[str]] | None = None) -> Response:
    by = identity.current()
    with reading() as session:
        row = support.get(session, support_id)
        plan = finding.plan(session, row.plan_id, by, "support.ask")
        life.demand_withdrawable(session, row, by)
        place = names.of_entities(session, [plan.entity_id]).get(plan.entity_id, "")
        expert = names.of_people(session, [row.expert_id]).get(row.expert_id or 0, "")
    return page(
        "support_withdrawal.html", "Retirar la solicitud de apoyo",
        crumbs=[HOME, ("Apoyos expertos", "/apoyos-expertos"), (place, f"/planes/{plan.id}?parte=apoyos")],
        row=row, expert=expert, problems=problems or {}, typed=request.form, code=422 if problems else 200,
    )  # fmt: skip


def withdrawable(rows: Sequence[SupportRequest], by: Principal) -> set[int]:
    """Ids of the requests that `by` asked for, or acts for who did, and that wait for their expert."""
    mine = (row for row in rows if row.asker_id in by.stands_for())
    return {row.id for row in mine if row.status in support.BEFORE_EXPERT}


def told(session: Session, rows: Sequence[SupportRequest]) -> dict[str, Any]:
    """What a list of requests says of them besides: their words, who takes part, what waits and what was given."""
    cases = {row.instance_id for row in rows if row.instance_id is not None}
    waiting = select(Task).where(Task.instance_id.in_(cases), Task.status == TaskStatus.OPEN)
    waiting = waiting.options(joinedload(Task.instance))  # who takes part in its case decides whether it may be opened
    steps = {task.instance_id: task for task in session.scalars(waiting)} if cases else {}
    acts = support_acts.of(session, rows)
    people = [key for row in rows for key in (row.asker_id, row.expert_id, row.suggested_id, *acts[row.id].people)]
    people += [task.assignee_id for task in steps.values()]
    return {
        "steps": steps,
        "acts": acts,
        "in_words": support_words,
        "people": names.of_people(session, people),
        "state": labels.of_support,
        "over": support.OVER,
        "themes": labels.EXPERT_THEME,
        "modalities": {option.value: option.label for option in resolve(session, "modalities")},
        "advisories": support.named(session, {key for row in rows for key in row.advisories}),
        "files": names.of_files(session, [token for row in rows for token in row.files]),
    }


def _places(session: Session, rows: Sequence[SupportRequest]) -> dict[str, Any]:
    plans = {row.id: row for row in session.scalars(select(WorkPlan).where(WorkPlan.id.in_({r.plan_id for r in rows})))}
    return {
        "plans": plans,
        "entities": names.of_entities(session, [plan.entity_id for plan in plans.values()]),
        "products": names.of_products(session, [plan.product_id for plan in plans.values()]),
    }
