"""Hitos: lo que se reporta, se verifica y se corrige. Nada se borra."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import slice_of
from api.schemas.base import Paging
from api.schemas.instances import ReasonSchema
from api.schemas.plans import AdvanceSchema
from api.schemas.plans import AnnulAdvanceSchema
from api.schemas.plans import MilestoneSchema
from api.schemas.plans import NoteSchema
from api.schemas.plans import RecordPageSchema
from api.schemas.plans import RecordSchema
from api.schemas.plans import RectifySchema
from api.schemas.plans import ReportSchema
from db import clock
from db import reading
from db.paging import Page
from edge import identity
from edge.finding import milestone
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
@blueprint.creates(RecordSchema)
def report(session: Session, sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Reportar que el hito se logró, con su evidencia."""
    return milestones.report(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/progress", methods=["POST"])
@permission("plan.write")
@blueprint.arguments(AdvanceSchema)
@blueprint.creates(RecordSchema)
def progress(session: Session, sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Registrar que se trabajó en el hito sin lograrlo todavía."""
    return milestones.advance(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/progress/annul", methods=["POST"])
@permission("plan.write")
@blueprint.arguments(AnnulAdvanceSchema)
@blueprint.creates(RecordSchema)
def annul_progress(session: Session, sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Anular un avance mal registrado; queda en los registros."""
    return milestones.annul_advance(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/rectify", methods=["POST"])
@permission("plan.write")
@blueprint.arguments(RectifySchema)
@blueprint.creates(RecordSchema)
def rectify(session: Session, sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Corregir el reporte vigente; el anterior queda en los registros."""
    return milestones.rectify(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/annul", methods=["POST"])
@permission("plan.write")
@blueprint.arguments(ReasonSchema)
@blueprint.creates(RecordSchema)
def annul(session: Session, sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Anular el reporte vigente, con la razón."""
    return milestones.annul(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/verify", methods=["POST"])
@permission("milestone.verify")
@blueprint.arguments(NoteSchema)
@blueprint.creates(RecordSchema)
def verify(session: Session, sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Verificar el reporte de otra persona."""
    return milestones.verify(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/unverify", methods=["POST"])
@permission("milestone.verify")
@blueprint.arguments(ReasonSchema)
@blueprint.creates(RecordSchema)
def unverify(session: Session, sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Retirar una verificación hecha por error; lo reportado espera otra vez."""
    return milestones.unverify(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/reject", methods=["POST"])
@permission("milestone.verify")
@blueprint.arguments(ReasonSchema)
@blueprint.creates(RecordSchema)
def reject(session: Session, sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Rechazar el reporte de otra persona y decir qué falta."""
    return milestones.reject(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/not-applicable", methods=["POST"])
@permission("plan.write")
@blueprint.arguments(ReasonSchema)
@blueprint.creates(RecordSchema)
def not_applicable(session: Session, sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Dejar el hito por fuera en esta entidad."""
    return milestones.not_applicable(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/applicable", methods=["POST"])
@permission("plan.write")
@blueprint.arguments(ReasonSchema)
@blueprint.creates(RecordSchema)
def applicable(session: Session, sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Volver a incluir un hito que se había dejado por fuera."""
    return milestones.applicable(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/block", methods=["POST"])
@permission("plan.write")
@blueprint.arguments(ReasonSchema)
@blueprint.creates(RecordSchema)
def block(session: Session, sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Registrar que la entidad detiene el hito."""
    return milestones.block(session, milestone_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/unblock", methods=["POST"])
@permission("plan.write")
@blueprint.arguments(NoteSchema)
@blueprint.creates(RecordSchema)
def unblock(session: Session, sent: dict[str, Any], milestone_id: int) -> MilestoneRecord:
    """Registrar que el hito puede seguir."""
    return milestones.unblock(session, milestone_id, **sent, by=identity.current(), now=clock.now())
