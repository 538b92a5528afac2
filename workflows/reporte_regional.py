"""What the coordination of a region presents to the DER: ten questions, monthly progress, quarterly balance."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from db import Actor
from db import files
from engine.context import Context
from engine.registry import Process
from tracking import owed_steps
from tracking.reports import composing
from tracking.reports import kinds
from tracking.reports import presenting
from workflows import diagrams
from workflows import reports

FORMS = {
    kinds.FORM: ("Activity_DiligenciarFormulario", "formulario_desempeno"),
    kinds.PLAN: ("Activity_ReportarPlan", "reporte_convergencia"),
    kinds.BALANCE: ("Activity_ElaborarBalance", "balance_regional"),
}
"""Kind of report → the step at which it is written, and its form."""


def regional_report(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """The figures of the region in the period."""
    return reports.answers(session, context, FORMS[context.variables["report"]][1], now=now)


def _demand_current(
    session: Session, context: Context, data: Mapping[str, Any], *, form: str, now: datetime
) -> None:  # fmt: skip
    reports.demand_current(session, context, form, data, now=now)


def present_regional_report(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Freeze the figures and meet what is owed, at the instant at which the form was sent."""
    row = reports.report_of(session, context)
    sent = context.submission(FORMS[row.kind][0])
    assert sent is not None, "the form was just sent"
    content = composing.registered(session, row, now)
    presenting.present(
        session, row.id, content, receipt=sent.receipt, at=sent.at, attached=files.tokens_in(sent.data), by=by, now=now
    )


PROCESS = Process(
    key=kinds.REGIONAL_REPORT,
    title="Reportes de la articulación regional",
    reserved="report.read",
    files=diagrams.files(kinds.REGIONAL_REPORT),
    forms=diagrams.forms(kinds.REGIONAL_REPORT),
    handlers={"tracking.present_regional_report": present_regional_report},
    prefills={"regional_report": regional_report},
    checks={form: partial(_demand_current, form=form) for _, form in FORMS.values()},
    doubts={form: reports.presented_early for _, form in FORMS.values()},
    owed={form: owed_steps.report for _, form in FORMS.values()},
    begun_with=frozenset({"report"}),
)
