"""Reports as people read them: one, one's own, and those of whoever one coordinates."""

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import case
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db import paging
from db import rows
from db.actor import Actor
from db.errors import InvalidData
from directory import access
from directory import units
from directory.attachments import reads
from directory.principal import Principal
from directory.searching import holding
from notifications.models import Fact
from tracking.models import Report
from tracking.models import ReportStatus
from tracking.reports import kinds

DER = "DER"
"""The unit to which regions present their forms, plans and balances (P010, P017, P018): who directs it reads them."""
REGIONAL = tuple(one.key for one in kinds.KINDS.values() if one.subject_kind == kinds.REGION)

NEWEST_FIRST = (paging.Key(Report.period_end, descending=True), paging.Key(Report.id, descending=True))

LABELS = {
    ReportStatus.DRAFT: "En preparación",
    ReportStatus.PRESENTED: "Presentado",
    ReportStatus.RETURNED: "Devuelto",
    ReportStatus.ACCEPTED: "Aceptado",
}

FROZEN = (ReportStatus.PRESENTED, ReportStatus.ACCEPTED)
"""States in which what was composed does not change."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which reports to list; what is empty does not filter."""

    text: str = ""
    kind: str = ""
    status: str = ""
    period: str = ""
    region_id: int | None = None
    person_id: int | None = None


def get(session: Session, report_id: int, *, by: Principal) -> Report:
    """The report with this id. Raises NotFound, NotAllowed."""
    row = rows.get(session, Report, report_id, "el informe")
    access.demand(by, "report.read", _as_read(session, row))
    return row


def held(session: Session, report_id: int) -> Report:
    """The report, locked until the transaction ends. Raises NotFound."""
    return rows.held(session, Report, report_id, "el informe")


def find(session: Session, kind: str, subject_id: int, period: str) -> Report | None:
    """The report of a kind about a subject for a period, if it was begun."""
    statement = select(Report).where(Report.kind == kind, Report.subject_id == subject_id, Report.period == period)
    return session.scalars(statement).one_or_none()


def begun(session: Session, subject_ids: Collection[int]) -> set[tuple[str, int, str]]:
    """Kind, subject and period of every report about these subjects that was begun."""
    statement = select(Report.kind, Report.subject_id, Report.period).where(Report.subject_id.in_(subject_ids))
    return {(row.kind, row.subject_id, row.period) for row in session.execute(statement)}


def first_presented(session: Session, row: Report) -> datetime | None:
    """When a report was presented for the first time; None before."""
    return first_presentations(session, [row]).get(row.id)


def first_presentations(session: Session, rows: Sequence[Report]) -> dict[int, datetime]:
    """Report → when it was presented for the first time; the fact of its presentation is written once."""
    named = {(kinds.kind(row.kind).fact, reference(row.id)): row.id for row in rows if row.presented_at is not None}
    statement = select(Fact.kind, Fact.reference, Fact.at).where(
        Fact.kind.in_({kind for kind, _ in named}), Fact.reference.in_({name for _, name in named})
    )
    found = {(kind, name): at for kind, name, at in session.execute(statement)} if named else {}
    return {named[key]: at for key, at in found.items() if key in named}


def reference(report_id: int) -> str:
    """How the facts about a report name it."""
    return f"report:{report_id}"


def subject(row: Report) -> access.Subject:
    """Where a report stands and who takes part in it."""
    people = frozenset({row.person_id}) if row.person_id is not None else frozenset[int]()
    return access.Subject(unit_id=row.unit_id, region_id=row.region_id, people=people)


def _as_read(session: Session, row: Report) -> access.Subject:
    """Where a report stands for whoever reads it: what a region presents is of the unit that receives it, too."""
    received = row.kind in REGIONAL and row.unit_id is None
    return replace(subject(row), unit_id=_receiving(session)) if received else subject(row)


def _receiving(session: Session) -> int | None:
    unit = units.find(session, DER)
    return unit.id if unit is not None else None


def _scope(session: Session) -> access.ScopeColumns:
    received = Report.kind.in_(REGIONAL) & Report.unit_id.is_(None)
    unit = case((received, _receiving(session)), else_=Report.unit_id)
    return access.ScopeColumns(unit_id=unit, region_id=Report.region_id, people=(Report.person_id,))


def chain(report_id: int) -> history.Subject:
    """The chain of history of a report."""
    return history.Subject("report", report_id)


def mine(
    session: Session, by: Principal, filters: Filters, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[Report]:
    """The reports of `by` and of those for whom they stand in, newest period first."""
    statement = select(Report).where(Report.person_id.in_(sorted(by.stands_for())))
    return paging.page(session, matching(statement, filters), NEWEST_FIRST, limit=limit, cursor=cursor)


def listing(
    session: Session, by: Principal, filters: Filters, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[Report]:
    """The reports that `by` may read, newest period first. Raises InvalidData (`status`, `kind`)."""
    statement = access.visible(select(Report), by, "report.read", _scope(session))
    return paging.page(session, matching(statement, filters), NEWEST_FIRST, limit=limit, cursor=cursor)


def matching(statement: Select[Any], filters: Filters) -> Select[Any]:
    """`statement` over reports narrowed by `filters`. Raises InvalidData (`status`)."""
    if filters.status and filters.status not in LABELS:
        raise InvalidData({"status": ["Elija un estado de la lista."]})
    for column, value in (
        (Report.kind, filters.kind or None),
        (Report.status, filters.status or None),
        (Report.period, filters.period or None),
        (Report.region_id, filters.region_id),
        (Report.person_id, filters.person_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return statement.where(*holding(filters.text, Report.title))


def record(
    session: Session, row: Report, action: str, summary: str, *, by: Actor, now: datetime, reason: str = ""
) -> None:
    """Append an act to the history of a report."""
    history.record(session, chain(row.id), action, by=by, now=now, summary=summary, reason=reason)


@reads("report")
def _of_reports(session: Session, by: Principal, ids: Sequence[int]) -> bool:
    rows = session.scalars(select(Report).where(Report.id.in_(ids)))
    return any(access.allowed(by, "report.read", _as_read(session, row)) for row in rows)
