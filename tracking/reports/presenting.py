"""Presenting a report, and accepting or returning it: what the processes and the page of SETA do when that happens.

A presentation is the fact that meets what is owed (`activity_report.presented`…). A return does not undo it: who
presented in time did so, and the correction is a matter between author and reviewer. A policy that wants more says so
by what it lists in `met_by`: `activity_report.accepted` is a fact of its own, and counts from the day on which the
report was first presented, however often it was corrected, so that nobody is late because of whoever reviews.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.actor import Actor
from db.clock import local_date
from directory.attachments import use
from notifications import facts as ledger_facts
from notifications.facts import NewFact
from tracking import facts
from tracking.models import Report
from tracking.models import ReportStatus
from tracking.reports import kinds
from tracking.reports import store


def present(
    session: Session, report_id: int, content: Mapping[str, Any], *, receipt: str = "", at: datetime | None = None,
    attached: Iterable[str] = (), by: Actor, now: datetime,
) -> Report:  # fmt: skip
    """Freeze what was composed and record that the report was presented, `at` when it was sent (now).

    `attached` are the tokens of the files that its author added: whoever may read the report may read them.
    """
    row = store.held(session, report_id)
    again = row.presented_at is not None
    row.content, row.status = dict(content), ReportStatus.PRESENTED
    row.presented_at, row.presented_by, row.receipt = at or now, by.person_id, receipt
    row.decided_at, row.decided_by, row.remarks = None, None, ""
    row.revision += 1
    session.flush()
    use(session, attached, store.chain(row.id), now=now)
    of = kinds.kind(row.kind)
    _fact(session, row, of.fact, f"Presentó: {of.title}", at or now, by, now)
    words = "Presentó el informe corregido." if again else "Presentó el informe."
    store.record(session, row, "report.presented", words, by=by, now=now)
    return row


def decide(session: Session, report_id: int, *, accepted: bool, remarks: str, by: Actor, now: datetime) -> Report:
    """Record that a presented report was accepted, or returned with remarks."""
    row = store.held(session, report_id)
    row.status = ReportStatus.ACCEPTED if accepted else ReportStatus.RETURNED
    row.decided_at, row.decided_by, row.remarks = now, by.person_id, remarks.strip()
    row.revision += 1
    session.flush()
    if accepted and row.kind == kinds.ACTIVITIES:
        at = store.first_presented(session, row) or row.presented_at or now
        _fact(session, row, facts.ACTIVITIES_ACCEPTED, "Informe mensual de actividades aceptado", at, by, now)
    words = "Aceptó el informe." if accepted else "Devolvió el informe."
    act = "report.accepted" if accepted else "report.returned"
    store.record(session, row, act, words, by=by, now=now, reason=row.remarks)
    return row


def _fact(session: Session, row: Report, kind: str, label: str, at: datetime, by: Actor, now: datetime) -> None:
    new = NewFact(
        kind=kind, reference=store.reference(row.id), subject_kind=kinds.kind(row.kind).subject_kind,
        subject_id=row.subject_id, period=row.period, on=local_date(at), label=label, link=f"/informes/{row.id}", at=at,
    )  # fmt: skip
    ledger_facts.record(session, new, by=by, now=now)
