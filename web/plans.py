"""Planes de trabajo: the list, and a plan with its milestones, advisories, consent and steps."""

from datetime import date
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask import Response
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db.history import Subject
from directory import access
from directory import coverage
from directory import people
from directory import readings
from directory import regions
from directory.principal import Principal
from edge import finding
from edge import identity
from edge import labels
from edge import names
from edge import personal_reads
from edge.exports import answering
from edge.exports.of_plans import PLANS
from edge.file_names import file_name
from edge.permission import permission
from engine import instances
from engine import sight
from engine import status
from engine import submissions
from engine import tasks
from tracking import advisories
from tracking import consent
from tracking import contacts
from tracking import corrective_actions
from tracking import execution
from tracking import followed
from tracking import progress
from tracking import support
from tracking import trace
from tracking import unfocalised
from tracking import work_plans
from tracking.models import Product
from tracking.models import WorkPlan
from web import histories
from web import plan_milestones
from web import plan_papers
from web import reached
from web import supports
from web.frame import HOME
from web.frame import chosen
from web.frame import number
from web.frame import page
from web.frame import paging
from web.frame import tabs
from web.submissions import attachment

blueprint = Blueprint("web_plans", __name__)

STATUS = labels.PLAN
MILESTONE = {
    "pending": "Pendiente", "in_progress": "En curso", "reported": "Reportado, por verificar", "verified": "Verificado",
    "blocked": "Bloqueado por la entidad", "not_applicable": "No aplica",
}  # fmt: skip
PARTS = {
    "hitos": "Hitos", "asesorias": "Asesorías", "procedimiento": "Procedimiento", "consentimiento": "Consentimiento",
    "apoyos": "Apoyo experto", "historia": "Historia",
}  # fmt: skip
ACTIONS = labels.ACTION
SORTS = {
    "-opened": "Los más recientes primero", "entity": "Por entidad", "product": "Por producto",
    "reported": "Los de menor avance primero", "-reported": "Los de mayor avance primero",
}  # fmt: skip
LIST = ("Planes de trabajo", "/planes")


@blueprint.get("/planes")
@permission("plan.read")
def listed() -> Response:
    by = identity.current()
    filters = work_plans.Filters(
        text=request.args.get("buscar", "").strip(),
        status=chosen("estado", STATUS),
        consent=chosen("consentimiento", [key.value for key in consent.IN_WORDS]),
        region_id=number("region"),
        vigencia=number("vigencia"),
        advisor_id=by.person_id if request.args.get("mios") else None,
        product_id=number("producto"),
        unfocalised=bool(request.args.get("sin_focalizar")),
    )
    sort = chosen("orden", SORTS, "-opened")
    if answering.by_page():
        return answering.workbook(
            PLANS, lambda session, part: work_plans.listing(session, by, filters, sort=sort, **part), filters, by=by
        )
    with reading() as session:
        found = work_plans.listing(session, by, filters, sort=sort, cursor=request.args.get("desde", ""))
        of_products = work_plans.products(session, by)
        whole = work_plans.count(session, by, filters)
        lines = progress.by_dimension(session, by, "vigencia", filters)
        offered = [(region.id, region.name) for region in regions.current(session)]
        lookups = _lookups(session, found.items)
    return page(
        "plans.html", "Planes de trabajo", crumbs=[HOME], rows=found.items, filters=filters, statuses=STATUS,
        consents={key.value: label for key, label in consent.IN_WORDS.items()}, regions=offered, whole=whole,
        of_products=of_products, sorts=SORTS, sort=sort,
        lines=lines[::-1], without_advisor=sum(line.without_advisor for line in lines),
        **lookups, **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/planes/<id:plan_id>")
@permission("plan.read")
def show(plan_id: int) -> Response:
    by, now = identity.current(), clock.now()
    part = chosen("parte", PARTS, "hitos")
    with reading() as session:
        plan = finding.plan(session, plan_id, by)
        values = heading(session, plan, by) | _READERS[part](session, plan, by, now)
        values["findings"] = corrective_actions.cases(session, plan.id)
        values["waiting"] += tasks.open_of(session, *values["findings"]) if values["findings"] else []
        today = clock.local_date(now)
        advisor = plan.advisor_id if values["running"] else coverage.advisor_of(session, plan.entity_id, today)
        values["asked"] = reached.asked(session, by, advisor, plan.region_id, where=values["entity"], now=now)
    return page(
        "plan.html", f"Plan de trabajo: {values['entity']}", crumbs=[HOME, LIST], part=part,
        parts=tabs(f"/planes/{plan_id}", PARTS, part), now=now, **values,
    )  # fmt: skip


@blueprint.get("/planes/<id:plan_id>/documento")
@permission("plan.read")
def document(plan_id: int) -> Response:
    """The plan as it stands, as a PDF to print or to take to a meeting."""
    by, now = identity.current(), clock.now()
    with reading() as session:
        plan = finding.plan(session, plan_id, by)
        about, actions = heading(session, plan, by), corrective_actions.of_plan(session, plan.id)
        content = plan_papers.pdf(session, about, _steps(session, plan), actions, by=by, now=now)
    named = file_name("Plan de trabajo", about["entity"], about["product"].code, str(plan.vigencia), ending="pdf")
    return attachment(content, "application/pdf", named)


def heading(session: Session, plan: WorkPlan, by: Principal) -> dict[str, Any]:
    """What every page about a plan says of it."""
    where = trace.scope_of_plan(session, plan)
    running = plan.status in ("open", "without_advisor")
    may = {action: running and access.allowed(by, action, where) is not None for action in _ACTS}
    return {
        "plan": plan,
        "product": session.get_one(Product, plan.product_id),
        "entity": names.of_entities(session, [plan.entity_id]).get(plan.entity_id, ""),
        "advisor": names.of_people(session, [plan.advisor_id]).get(plan.advisor_id or 0, ""),
        "left": running and plan.advisor_id in people.gone(session, [plan.advisor_id or 0]),
        "coming": _coming(session, plan) if running else None,
        "region": names.of_regions(session, [plan.region_id]).get(plan.region_id or 0, ""),
        "statuses": STATUS,
        "milestone_statuses": MILESTONE,
        "consent_word": {key.value: label for key, label in consent.IN_WORDS.items()}[plan.consent],
        "allowed": may,
        "running": running,
        "followed": followed.of_plans(session, [plan])[plan.id],
        "execution_refusal": execution.refusal(session, [plan]) if running else "",
        "unfocalised": running and unfocalised.waits(session, plan.id),
        "waiting": tasks.open_of(session, plan.instance_id) if plan.instance_id else [],
    }


def _coming(session: Session, plan: WorkPlan) -> tuple[str, date] | None:
    """Who accompanies the entity from a day to come, and which: what is assigned is not assigned again."""
    row = coverage.upcoming(session, [plan.entity_id], clock.local_date(clock.now())).get(plan.entity_id)
    return (names.of_people(session, [row.person_id]).get(row.person_id, ""), row.since) if row is not None else None


_ACTS = (
    "plan.write", "support.ask", "milestone.verify", "advisory.write", "contact.write", "consent.withdraw",
    "consent.give", "plan.transfer", "plan.cancel",
)  # fmt: skip


def _milestones(session: Session, plan: WorkPlan, by: Principal, now: datetime) -> dict[str, Any]:
    return plan_milestones.values(session, plan)


def _advisories(session: Session, plan: WorkPlan, by: Principal, now: datetime) -> dict[str, Any]:
    cursor = request.args.get("desde", "")
    given = advisories.listing(session, by, advisories.Filters(plan_id=plan.id), cursor=cursor)
    brief = contacts.listing(session, by, contacts.Filters(entity_id=plan.entity_id), limit=10)
    people = names.of_people(session, [row.advisor_id for row in given.items] + [row.advisor_id for row in brief.items])
    return {
        "advisories": given.items, "contacts": brief.items, "people": people, "modalities": advisories.MODALITIES,
        "channels": contacts.CHANNELS, **paging(given.next_cursor),
    }  # fmt: skip


def _procedure(session: Session, plan: WorkPlan, by: Principal, now: datetime) -> dict[str, Any]:
    instance = instances.get(session, plan.instance_id) if plan.instance_id else None
    sent = submissions.of_instance(session, instance.id) if instance else []
    steps = _steps(session, plan)
    actions = corrective_actions.of_plan(session, plan.id)
    waiting = tasks.open_of(session, *(row.instance_id for row in actions if row.instance_id is not None))
    return {
        "steps": steps,
        "sent": sent,
        "readable": sight.readable(sent, instance, by),
        "titles": {step.element: step.name for step in steps},
        "people": names.of_people(
            session,
            [
                *(row.author_id for row in sent),
                *(task.assignee_id for task in waiting),
                *(row.closed_by for row in actions),
            ],
        ),
        "actions": actions,
        "action_statuses": ACTIONS,
    }


def _steps(session: Session, plan: WorkPlan) -> list[status.Step]:
    """What people do in the procedure of a plan, step by step."""
    instance = instances.get(session, plan.instance_id) if plan.instance_id else None
    return [step for step in status.steps(session, instance) if step.kind == "user"] if instance else []


def _consent(session: Session, plan: WorkPlan, by: Principal, now: datetime) -> dict[str, Any]:
    rows = consent.of_plan(session, plan.id)
    if rows:
        personal_reads.note(readings.CONSENT, [plan.id])
    return {"decisions": rows, "people": names.of_people(session, [row.recorded_by for row in rows])}


def _supports(session: Session, plan: WorkPlan, by: Principal, now: datetime) -> dict[str, Any]:
    rows = support.of_plan(session, plan.id)
    support.narrow(rows, by=by)
    return {"requests": rows, "withdrawable": supports.withdrawable(rows, by), **supports.told(session, rows)}


def _history(session: Session, plan: WorkPlan, by: Principal, now: datetime) -> dict[str, Any]:
    ours = [instances.subject(plan.instance_id)] if plan.instance_id else []
    return histories.values(session, Subject("work_plan", plan.id), *ours, unexplained=support.unexplained(by))


def _lookups(session: Session, rows: list[WorkPlan]) -> dict[str, Any]:
    return {
        "entities": names.of_entities(session, [row.entity_id for row in rows]),
        "products": names.of_products(session, [row.product_id for row in rows]),
        "people": names.of_people(session, [row.advisor_id for row in rows]),
        "region_names": names.of_regions(session, [row.region_id for row in rows]),
    }


_READERS = {
    "hitos": _milestones, "asesorias": _advisories, "procedimiento": _procedure, "consentimiento": _consent,
    "apoyos": _supports, "historia": _history,
}  # fmt: skip
