"""What turns a whole work plan: another advisor, its early end, and going on when its entity was taken out."""

from collections.abc import Callable
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import history
from db import reading
from db import transaction
from db.errors import InvalidData
from db.history import Subject
from directory import coverage
from directory import coverage_counts
from edge import finding
from edge import identity
from edge import names
from edge.permission import permission
from tracking import corrective_actions
from tracking import following
from tracking import life
from tracking import loads
from tracking import support
from tracking import unfocalised
from tracking.models import WorkPlan
from web import picking
from web import plans
from web import stale
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.reading_forms import Reader

blueprint = Blueprint("web_plan_acts", __name__)

ADVISOR = "present_advisor"  # who accompanies the plan, as the page of its transfer shows it

Problems = dict[str, list[str]]


@blueprint.get("/planes/<id:plan_id>/traspaso")
@permission("plan.transfer")
def ask_transfer(plan_id: int) -> Response:
    return _transfer_page(plan_id)


@blueprint.post("/planes/<id:plan_id>/traspaso")
@permission("plan.transfer")
def transfer(plan_id: int) -> Response:
    """Give the plan, with its procedure and its tasks, to another advisor; once more asked if they cannot attend it."""
    by, now, read = identity.current(), clock.now(), Reader()
    if picking.asked():
        return _transfer_page(plan_id)
    try:
        person_id = read.number("advisor_id", "Elija quién acompañará este plan.") or 0
        reason = read.text("reason", "Escriba por qué cambia quien acompaña.")
        read.check()
        doubts = _doubts(person_id, now)
        if doubts and request.form.get("confirmed") != str(person_id):
            return _transfer_page(plan_id, doubts=doubts)
        with transaction() as session:
            _demand_same_advisor(session, plan_id)
            following.transfer(session, plan_id, person_id, reason=reason, by=by, now=now)
    except InvalidData as error:
        return _transfer_page(plan_id, error.errors)
    flash("El plan y sus tareas pasaron a quien lo acompañará ahora.", "success")
    return go(f"/planes/{plan_id}")


@blueprint.get("/planes/<id:plan_id>/cancelacion")
@permission("plan.cancel")
def ask_end(plan_id: int) -> Response:
    return _end_page(plan_id)


@blueprint.post("/planes/<id:plan_id>/cancelacion")
@permission("plan.cancel")
def end(plan_id: int) -> Response:
    """End the plan before its time, once the reason is there and the box is ticked."""
    read = Reader()
    if request.form.get("confirmed") != "si":
        read.errors["confirmed"] = ["Marque la casilla para confirmar que quiere cancelar el plan."]
    return _done(plan_id, read, life.cancel_plan, _end_page, "El plan se canceló. Lo hecho se conserva.")


@blueprint.get("/planes/<id:plan_id>/permanencia")
@permission("plan.cancel")
def ask_keep(plan_id: int) -> Response:
    return _keep_page(plan_id)


@blueprint.post("/planes/<id:plan_id>/permanencia")
@permission("plan.cancel")
def keep(plan_id: int) -> Response:
    """Let the plan go on although its entity was taken out of the focalisation."""
    return _done(plan_id, Reader(), unfocalised.keep, _keep_page, "El plan se mantiene y sigue su curso.")


def _done(
    plan_id: int, read: Reader, act: Callable[..., Any], again: Callable[[int, Problems], Response], said: str
) -> Response:
    reason = read.text("reason", "Escriba el motivo.")
    try:
        read.check()
        with transaction() as session:
            act(session, plan_id, reason, by=identity.current(), now=clock.now())
    except InvalidData as error:
        return again(plan_id, error.errors)
    flash(said, "success")
    return go(f"/planes/{plan_id}")


def _demand_same_advisor(session: Session, plan_id: int) -> None:
    """Raises InvalidData when somebody else gave the plan to another person since the page was shown."""
    plan = following.held(session, plan_id)
    last = history.last_by_person(session, Subject("work_plan", plan_id), action="plan.assigned")
    stale.demand_shown(request.form, ADVISOR, str(plan.advisor_id or ""), last)


def _doubts(person_id: int, now: datetime) -> list[str]:
    """Why somebody could not attend what they are given now, in words."""
    with reading() as session:
        name = names.of_people(session, [person_id]).get(person_id, "")
        load = loads.of_people(session, [person_id], now=now)[person_id]
    doubts = [f"{name} está ausente hoy: las tareas quedarán esperando."] if name and load.away else []
    if name and not load.account:
        doubts.append(
            f"{name} no tiene cuenta: no podrá entrar a atender el plan hasta que la administración se la cree."
        )
    return doubts


def _transfer_page(plan_id: int, problems: Problems | None = None, *, doubts: Sequence[str] = ()) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        plan = finding.plan(session, plan_id, by, "plan.transfer")
        values = plans.heading(session, plan, by)
        offered = _offered(session, plan, now)
        asked = [row for row in support.open_of(session, plan_id) if row.asker_id == plan.advisor_id]
    return _page("plan_transfer.html", "Pasar el plan a otra persona", plan_id, values, problems, doubts=doubts,
                 supports=len(asked),
                 picker=picking.picker("advisor_id", offered, request.form.get("advisor_id")),
                 standing=stale.shown(request.form, ADVISOR, str(plan.advisor_id or ""), problems))  # fmt: skip


def _offered(session: Session, plan: WorkPlan, now: datetime) -> list[tuple[int, str]]:
    """Who may receive a plan, with what they carry; first those who work in its region."""
    fitting = [one for one in coverage.advisors(session, now=now) if one[0] != plan.advisor_id]
    totals = coverage_counts.departments(session, clock.local_date(now))
    here = [row.code for row in totals if row.region_id == plan.region_id]
    carried = loads.of_people(session, [key for key, _ in fitting], department_codes=here, now=now)
    ordered = sorted(fitting, key=lambda one: carried[one[0]].here == 0)
    return [(key, f"{name}: {loads.in_words(carried[key])}") for key, name in ordered]


def _end_page(plan_id: int, problems: Problems | None = None) -> Response:
    by = identity.current()
    with reading() as session:
        plan = finding.plan(session, plan_id, by, "plan.cancel")
        values = plans.heading(session, plan, by)
        opened = [row for row in corrective_actions.of_plan(session, plan_id) if row.status == "open"]
        asked = support.open_of(session, plan_id)
    return _page("plan_end.html", "Cancelar el plan de trabajo", plan_id, values, problems, actions=len(opened),
                 supports=len(asked))  # fmt: skip


def _keep_page(plan_id: int, problems: Problems | None = None) -> Response:
    by = identity.current()
    with reading() as session:
        values = plans.heading(session, finding.plan(session, plan_id, by, "plan.cancel"), by)
    return _page("plan_keep.html", "Mantener el plan de trabajo", plan_id, values, problems)


def _page(
    template: str, title: str, plan_id: int, values: dict[str, Any], problems: Problems | None, **more: Any
) -> Response:
    crumbs = [HOME, plans.LIST, (values["entity"], f"/planes/{plan_id}")]
    return page(
        template, title, crumbs=crumbs, problems=problems or {}, typed=request.form, code=422 if problems else 200,
        **values, **more,
    )  # fmt: skip
