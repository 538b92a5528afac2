"""The monthly activity report: composed, completed, presented, and accepted or returned by somebody else."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import Actor
from db import files
from engine.context import Context
from engine.demands import END
from engine.demands import Mandatory
from engine.registry import Hint
from engine.registry import Process
from tracking import owed_steps
from tracking.models import Report
from tracking.models import ReportStatus
from tracking.reports import composing
from tracking.reports import kinds
from tracking.reports import presenting
from tracking.reports.starting import IN_DER
from workflows import diagrams
from workflows import reports

FORM = "informe_mensual"


def activity_report(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """What was registered in the month, and what its author had added before."""
    return reports.answers(session, context, FORM, now=now)


def demand_current(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """Nobody presents a report that does not show what is registered."""
    reports.demand_current(session, context, FORM, data, now=now)


def returned_or_linked(session: Session, context: Context, data: Mapping[str, Any]) -> Sequence[Hint]:
    """Why the report came back, and where its activities have links to their evidence."""
    row = session.get_one(Report, context.ref("report_id"))
    page = f"/informes/{row.id}"
    linked = Hint("obligations", "Ver estas actividades con los enlaces a su evidencia", page)
    returned = row.status == ReportStatus.RETURNED
    return [Hint("obligations", f"El informe fue devuelto: {row.remarks}"), linked] if returned else [linked]


def linked(session: Session, context: Context, data: Mapping[str, Any]) -> Sequence[Hint]:
    """Where the reviewer finds the evidence."""
    page = f"/informes/{context.ref('report_id')}"
    return [Hint("verdict", "Ver el informe con los enlaces a sus evidencias", page)]


def present_report(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Freeze what was composed and meet what is owed, at the instant at which it was sent."""
    row = reports.report_of(session, context)
    sent = context.submission(_written_at(context))
    assert sent is not None, "the form was just sent"
    content = composing.registered(session, row, now)
    presenting.present(
        session, row.id, content, receipt=sent.receipt, at=sent.at, attached=files.tokens_in(sent.data), by=by, now=now
    )


def decide_report(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Keep what the reviewer decided."""
    answers = context.answers(_reviewed_at(context))
    accepted, remarks = answers["verdict"] == "validated", str(answers.get("remarks") or "")
    presenting.decide(session, context.ref("report_id"), accepted=accepted, remarks=remarks, by=by, now=now)


def _written_at(context: Context) -> str:
    in_der = context.variables["reviewer"] == IN_DER
    return "Activity_PrepararInformeParaDer" if in_der else "Activity_PrepararInforme"


def _reviewed_at(context: Context) -> str:
    return "Activity_RevisarInformeEnDer" if context.variables["reviewer"] == IN_DER else "Activity_RevisarInforme"


PROCESS = Process(
    key=kinds.MONTHLY_REPORT,
    title="Informe mensual de actividades",
    reserved="report.read",
    files=diagrams.files(kinds.MONTHLY_REPORT),
    forms=diagrams.forms(kinds.MONTHLY_REPORT),
    handlers={"tracking.present_report": present_report, "tracking.decide_report": decide_report},
    prefills={"activity_report": activity_report},
    hints={FORM: returned_or_linked, "revision_informe": linked},
    checks={FORM: demand_current},
    doubts={FORM: reports.presented_early},
    owed={FORM: owed_steps.report},
    personal=frozenset({"Activity_PrepararInforme", "Activity_PrepararInformeParaDer"}),
    mandatory=(
        Mandatory(
            kinds.MONTHLY_REPORT,
            "form:revision_informe",
            (END, "tracking.decide_report"),
            roles=("regional_coordinator", "der_monitoring"),
        ),
        Mandatory(kinds.MONTHLY_REPORT, "form:revision_informe", (END,), verdict='verdict == "validated"'),
    ),
    begun_with=frozenset({"reviewer"}),
)
