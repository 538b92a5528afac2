"""Hitos: lo que se reporta, se verifica y se corrige. Nada se borra."""

from typing import Any

from api.blueprint import Blueprint
from api.lists import slice_of
from api.lookups import milestone
from api.schemas.base import Paging
from api.schemas.instances import ReasonSchema
from api.schemas.plans import AdvanceSchema
from api.schemas.plans import MilestoneSchema
from api.schemas.plans import NoteSchema
from api.schemas.plans import RecordPageSchema
from api.schemas.plans import RecordSchema
from api.schemas.plans import RectifySchema
from api.schemas.plans import ReportSchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from edge import identity
from edge.permission import permission
from tracking import milestones
from tracking.milestone_acts import records_of
from tracking.models.milestones import MilestoneRecord
from tracking.models.milestones import PlanMilestone

blueprint = Blueprint("milestones", __doc__, "/milestones/<id:milestone_id>")


@blueprint.route("")
@permission("plan.read")
@blueprint.response(200, MilestoneSchema)
def show(milestone_id: int) -> PlanMilestone:
    """Ver un hito."""
    with reading() as session:
        return milestone(session, milestone_id, by=identity.current())


@blueprint.route("/records")
@permission("plan.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, RecordPageSchema)
def records(query: dict[str, Any], milestone_id: int) -> Page[MilestoneRecord]:
    """Ver todo lo que se ha registrado sobre un hito."""
    with reading() as session:
        row = milestone(session, milestone_id, by=identity.current())
        return slice_of(records_of(session, row.id), **query)


@blueprint.route("/report", methods=["POST"])
@permission("plan.write")
@blueprint.arguments(ReportSchema)
@blueprint.response(201, RecordSchema)
def report(sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Reportar que el hito se logró, con su evidencia."""
    with transaction() as session:
        return milestones.report(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/progress", methods=["POST"])
@permission("plan.write")
@blueprint.arguments(AdvanceSchema)
@blueprint.response(201, RecordSchema)
def progress(sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Registrar que se trabajó en el hito sin lograrlo todavía."""
    with transaction() as session:
        return milestones.advance(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/rectify", methods=["POST"])
@permission("plan.write")
@blueprint.arguments(RectifySchema)
@blueprint.response(201, RecordSchema)
def rectify(sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Corregir el reporte vigente; el anterior queda en los registros."""
    with transaction() as session:
        return milestones.rectify(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/annul", methods=["POST"])
@permission("plan.write")
@blueprint.arguments(ReasonSchema)
@blueprint.response(201, RecordSchema)
def annul(sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Anular el reporte vigente, con la razón."""
    with transaction() as session:
        return milestones.annul(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/verify", methods=["POST"])
@permission("milestone.verify")
@blueprint.arguments(NoteSchema)
@blueprint.response(201, RecordSchema)
def verify(sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Verificar el reporte de otra persona."""
    with transaction() as session:
        return milestones.verify(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/reject", methods=["POST"])
@permission("milestone.verify")
@blueprint.arguments(ReasonSchema)
@blueprint.response(201, RecordSchema)
def reject(sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Rechazar el reporte de otra persona y decir qué falta."""
    with transaction() as session:
        return milestones.reject(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/not-applicable", methods=["POST"])
@permission("plan.write")
@blueprint.arguments(ReasonSchema)
@blueprint.response(201, RecordSchema)
def not_applicable(sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Dejar el hito por fuera en esta entidad."""
    with transaction() as session:
        return milestones.not_applicable(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/applicable", methods=["POST"])
@permission("plan.write")
@blueprint.arguments(ReasonSchema)
@blueprint.response(201, RecordSchema)
def applicable(sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Volver a incluir un hito que se había dejado por fuera."""
    with transaction() as session:
        return milestones.applicable(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/block", methods=["POST"])
@permission("plan.write")
@blueprint.arguments(ReasonSchema)
@blueprint.response(201, RecordSchema)
def block(sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Registrar que la entidad detiene el hito."""
    with transaction() as session:
        return milestones.block(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/unblock", methods=["POST"])
@permission("plan.write")
@blueprint.arguments(NoteSchema)
@blueprint.response(201, RecordSchema)
def unblock(sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Registrar que el hito puede seguir."""
    with transaction() as session:
        return milestones.unblock(session, milestone_id, **sent, by=identity.current(), now=clock.now())
