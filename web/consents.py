"""Decisiones posteriores sobre el seguimiento: an entity takes its consent back, or gives it after having said no."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from edge import finding
from edge import identity
from edge import names
from edge import steps
from edge.permission import permission
from tracking import consent
from tracking import life
from tracking.models import ConsentStatus
from tracking.models import WorkPlan
from web import once
from web import plans
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.reading_forms import Reader
from web.reading_forms import uploads

blueprint = Blueprint("web_consents", __name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of mind of an entity: who may record it, when it can be, what does it, and what its page says."""

    key: str
    action: str
    title: str
    template: str
    demand: Callable[[Session, WorkPlan], object]
    act: Callable[..., object]
    unconfirmed: str
    done: str


def _demand_given(session: Session, plan: WorkPlan) -> None:
    if plan.consent != ConsentStatus.GIVEN:
        raise Conflict("Este plan no tiene un consentimiento vigente que retirar.", code="no_consent")


def _demand_awaited(session: Session, plan: WorkPlan) -> None:
    consent.demand_changeable(plan)
    life.demand_consent_awaited(session, plan)


WITHDRAWAL = Turn(
    "retiro", "consent.withdraw", "Retiro del consentimiento", "consent_withdrawal.html", _demand_given,
    life.withdraw_consent, "Marque la casilla para confirmar que la entidad retira su consentimiento.",
    "Quedó registrado: la entidad ya no es objeto de seguimiento. Lo hecho se conserva.",
)  # fmt: skip
GIVING = Turn(
    "consentimiento", "consent.give", "Consentimiento posterior", "consent_giving.html", _demand_awaited,
    life.give_consent, "Marque la casilla para confirmar que la entidad acepta el seguimiento.",
    "Quedó registrado: empieza el seguimiento a la entidad. El monitoreo del trimestre ya está entre las tareas de "
    "quien la acompaña.",
)  # fmt: skip


@blueprint.get("/planes/<id:plan_id>/retiro-del-consentimiento")
@permission("consent.withdraw")
def ask_withdrawal(plan_id: int) -> Response:
    return _page(plan_id, WITHDRAWAL)


@blueprint.post("/planes/<id:plan_id>/retiro-del-consentimiento")
@permission("consent.withdraw")
def withdraw(plan_id: int) -> Response:
    return _send(plan_id, WITHDRAWAL, lambda read: {"reason": read.text("reason")})


@blueprint.get("/planes/<id:plan_id>/consentimiento-posterior")
@permission("consent.give")
def ask_giving(plan_id: int) -> Response:
    return _page(plan_id, GIVING)


@blueprint.post("/planes/<id:plan_id>/consentimiento-posterior")
@permission("consent.give")
def give(plan_id: int) -> Response:
    return _send(plan_id, GIVING, lambda read: {})


def _send(plan_id: int, turn: Turn, more: Callable[[Reader], dict[str, Any]]) -> Response:
    by, now, read = identity.current(), clock.now(), Reader()
    tokens = request.form.getlist("evidence_kept")
    try:
        day = read.day("date", "Escriba la fecha en que la entidad lo decidió.") or clock.local_date(now)
        if request.form.get("confirmed") != "si":
            read.errors["confirmed"] = [turn.unconfirmed]
        with transaction() as session:
            tokens = uploads(session, "evidence", by=by.actor(), now=now)
        read.check()
        with transaction() as session:
            plan = finding.plan(session, plan_id, by, turn.action)
            instance_id = plan.instance_id
            turn.act(
                session, plan_id, name=read.text("name"), post=read.text("post"), date=day, evidence_files=tokens,
                **more(read), by=by, now=now,
            )  # fmt: skip
    except InvalidData as error:
        return _page(plan_id, turn, error.errors, tokens)
    if instance_id is not None:
        steps.settle(instance_id)
    once.got_through(f"{turn.key}-{plan_id}", by)
    flash(turn.done, "success")
    return go(f"/planes/{plan_id}?parte=consentimiento")


def _page(
    plan_id: int, turn: Turn, problems: dict[str, list[str]] | None = None, tokens: list[str] | None = None
) -> Response:
    by = identity.current()
    with reading() as session:
        plan = finding.plan(session, plan_id, by, turn.action)
        values = plans.heading(session, plan, by)
        turn.demand(session, plan)
        files = names.of_files(session, tokens or [])
    return page(
        turn.template, turn.title, problems=problems or {}, typed=request.form,
        crumbs=[HOME, plans.LIST, (values["entity"], f"/planes/{plan_id}")], tokens=tokens or [], files=files,
        today=clock.local_date(clock.now()), code=422 if problems else 200, **values,
    )  # fmt: skip
