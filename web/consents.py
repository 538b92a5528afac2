"""Retiro del consentimiento: an entity takes back its agreement to be followed up."""

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from edge import identity
from edge import steps
from edge.permission import permission
from tracking import life
from web import plans
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.reading_forms import Reader
from web.reading_forms import uploads

blueprint = Blueprint("web_consents", __name__)


@blueprint.get("/planes/<id:plan_id>/retiro-del-consentimiento")
@permission("consent.withdraw")
def ask(plan_id: int) -> Response:
    return _page(plan_id)


@blueprint.post("/planes/<id:plan_id>/retiro-del-consentimiento")
@permission("consent.withdraw")
def withdraw(plan_id: int) -> Response:
    by, now, read = identity.current(), clock.now(), Reader()
    tokens: list[str] = []
    try:
        day = read.day("date", "Escriba la fecha en que la entidad lo decidió.") or clock.local_date(now)
        with transaction() as session:
            tokens = uploads(session, "evidence", by=by.actor(), now=now)
        read.check()
        with transaction() as session:
            plan = plans.found(session, plan_id, by, "consent.withdraw")
            instance_id = plan.instance_id
            life.withdraw_consent(
                session, plan_id, name=read.text("name"), post=read.text("post"), date=day, evidence_files=tokens,
                reason=read.text("reason"), by=by, now=now,
            )  # fmt: skip
    except InvalidData as error:
        return _page(plan_id, error.errors, tokens)
    if instance_id is not None:
        steps.settle(instance_id)
    flash("Quedó registrado: la entidad ya no es objeto de seguimiento. Lo hecho se conserva.", "success")
    return go(f"/planes/{plan_id}?parte=consentimiento")


def _page(plan_id: int, problems: dict[str, list[str]] | None = None, tokens: list[str] | None = None) -> Response:
    by = identity.current()
    with reading() as session:
        plan = plans.found(session, plan_id, by, "consent.withdraw")
        values = plans.heading(session, plan, by)
    return page(
        "consent_withdrawal.html", "Retiro del consentimiento", problems=problems or {}, typed=request.form,
        crumbs=[HOME, plans.LIST, (values["entity"], f"/planes/{plan_id}")], tokens=tokens or [],
        today=clock.local_date(clock.now()), code=422 if problems else 200, **values,
    )  # fmt: skip
