"""Consentimientos: si la entidad acepta que se le haga seguimiento."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import slice_of
from api.schemas.base import Paging
from api.schemas.follow_up import ConsentGivingSchema
from api.schemas.follow_up import ConsentPageSchema
from api.schemas.follow_up import ConsentSchema
from api.schemas.follow_up import WithdrawalSchema
from db import clock
from db import reading
from db.paging import Page
from directory import readings
from edge import identity
from edge import personal_reads
from edge.finding import plan
from edge.permission import permission
from edge.steps import settle
from tracking import consent
from tracking import life
from tracking import work_plans
from tracking.models.follow_up import Consent

blueprint = Blueprint("consents", __doc__, "/work-plans/<id:plan_id>/consents")


@blueprint.route("")
@permission("plan.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, ConsentPageSchema)
def of_plan(query: dict[str, Any], plan_id: int) -> Page[Consent]:
    """Listar lo que la entidad ha decidido, en orden."""
    with reading() as session:
        row = plan(session, plan_id, by=identity.current())
        rows = consent.of_plan(session, row.id)
    if rows:
        personal_reads.note(readings.CONSENT, [row.id])
    return slice_of(rows, **query)


def _settle(row: Consent) -> None:
    with reading() as session:
        instance_id = work_plans.get(session, row.plan_id).instance_id
    if instance_id is not None:
        settle(instance_id)


@blueprint.route("/withdraw", methods=["POST"])
@permission("consent.withdraw")
@blueprint.arguments(WithdrawalSchema)
@blueprint.creates(ConsentSchema, then=_settle)
def withdraw(session: Session, sent: dict[str, Any], plan_id: int) -> Consent:
    """Registrar que la entidad retira su consentimiento: el seguimiento termina, la asistencia sigue."""
    by, now = identity.current(), clock.now()
    return life.withdraw_consent(session, plan_id, **sent, by=by, now=now)


@blueprint.route("/give", methods=["POST"])
@permission("consent.give")
@blueprint.arguments(ConsentGivingSchema)
@blueprint.creates(ConsentSchema, then=_settle)
def give(session: Session, sent: dict[str, Any], plan_id: int) -> Consent:
    """Registrar que una entidad que se había negado, o retirado, acepta: empieza el seguimiento."""
    by, now = identity.current(), clock.now()
    return life.give_consent(session, plan_id, **sent, by=by, now=now)
