"""Cuts: figures frozen at an instant. Registering goes on; what was cut does not change."""

from collections.abc import Callable
from collections.abc import Mapping
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import case
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory.principal import Principal
from notifications import periods
from notifications import policies
from notifications import waiting
from notifications.calendar import in_words
from notifications.models import Cut
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.periods import Period
from notifications.periods import bounds

Figures = Callable[[Session, Period], Mapping[str, Any]]
"""The figures of a period as they stood when it ended, ready to be kept as JSON."""

_figures: dict[str, tuple[str, Figures]] = {}


def figures(kind: str, title: str) -> Callable[[Figures], Figures]:
    """Register whose figures may be cut; `title` says it in Spanish."""

    def register(function: Figures) -> Figures:
        _figures[kind] = (title, function)
        return function

    return register


def known() -> dict[str, str]:
    """Every kind of cut with its title."""
    return {kind: title for kind, (title, _) in _figures.items()}


def take(session: Session, kind: str, key: str, *, by: Principal, now: datetime) -> Cut:
    """Freeze the figures of a period; once for each.

    Raises NotAllowed, InvalidData (`kind`, `period`: unknown, or not ended yet), Conflict when it was cut.
    """
    actor = access.demand(by, "cut.take")
    period = _period(kind, key, local_date(now))
    cut = _fresh(session, kind, period, by, now)
    session.add(cut)
    session.flush()
    history.record(
        session, history.Subject("cut", cut.id), "cut.taken", by=actor, now=now,
        summary=f"Hizo el corte {periods.of_the(period.label)} ({_figures[kind][0].lower()}).",
    )  # fmt: skip
    return cut


def foreseen(session: Session, kind: str, key: str, *, by: Principal, now: datetime) -> Cut:
    """What the cut would freeze, without taking it. Raises as `take`."""
    access.demand(by, "cut.take")
    return _fresh(session, kind, _period(kind, key, local_date(now)), by, now)


def every(session: Session, kind: str = "", period: str = "", as_of: datetime | None = None) -> list[Cut]:
    """The cuts, newest first: of a `kind`, of a `period`, and of them those that had been taken by `as_of`."""
    statement = select(Cut).order_by(Cut.taken_at.desc(), Cut.id.desc())
    if kind:
        statement = statement.where(Cut.kind == kind)
    if period:
        statement = statement.where(Cut.period == period)
    if as_of is not None:
        statement = statement.where(Cut.taken_at <= as_of)
    return list(session.scalars(statement))


def get(session: Session, cut_id: int) -> Cut:
    """The cut with this id. Raises NotFound."""
    cut = session.get(Cut, cut_id)
    if cut is None:
        raise NotFound("el corte", cut_id)
    return cut


def find(session: Session, kind: str, key: str) -> Cut | None:
    """The cut of a period, if it was taken."""
    return session.scalars(select(Cut).where(Cut.kind == kind, Cut.period == key)).one_or_none()


def _fresh(session: Session, kind: str, period: Period, by: Principal, now: datetime) -> Cut:
    if find(session, kind, period.key) is not None:
        raise Conflict(f"El corte {periods.of_the(period.label)} ya se hizo; no se cambia.", code="cut_taken")
    found = {"label": period.label, "as_of": period.end.isoformat(), **_figures[kind][1](session, period)}
    return Cut(kind=kind, period=period.key, taken_at=now, taken_by=by.person_id, figures=found)


def _period(kind: str, key: str, today: date) -> Period:
    errors = {}
    if kind not in _figures:
        errors["kind"] = ["Elija de qué cifras es el corte."]
    period = periods.of_key(key)
    if period is None:
        errors["period"] = ["Elija un periodo, por ejemplo 2026-Q4."]
    elif period.end >= today:
        errors["period"] = [f"Ese periodo termina el {in_words(period.end)}: su corte se hace después."]
    if errors or period is None:
        raise InvalidData(errors)
    return period


@figures("obligations", "Cumplimiento de plazos")
def _of_obligations(session: Session, period: Period) -> Mapping[str, Any]:
    """How what fell due in the period stood at its end, by policy and by region; recommendations do not count."""
    counting, stood = ~policies.recommended(session), _stood(bounds(period)[1])
    sums = [func.count().filter(stood == status) for status in _STANDINGS]
    return {
        name: [
            {"key": row[0], **dict(zip(("met", "late", "overdue", "pending", "waived"), row[1:], strict=True))}
            for row in session.execute(
                select(column, *sums)
                .where(Obligation.due_on.between(period.start, period.end), counting)
                .group_by(column)
                .order_by(column)
            )
        ]
        for name, column in (("policies", Obligation.policy_id), ("regions", Obligation.region_id))
    }


_STANDINGS = (
    ObligationStatus.MET, ObligationStatus.LATE, ObligationStatus.OVERDUE, ObligationStatus.PENDING,
    ObligationStatus.WAIVED,
)  # fmt: skip


def _stood(until: datetime) -> ColumnElement[Any]:
    """How an obligation stood at `until`: what was met or waived later was still open then.

    What waited for the step before, then or when the cut is taken, was not overdue.
    """
    done = Obligation.status.in_((ObligationStatus.MET, ObligationStatus.LATE))
    waived = (Obligation.status == ObligationStatus.WAIVED) & (Obligation.changed_at < until)
    status = Obligation.status.type
    return case(
        (done & (Obligation.met_at < until), Obligation.status),
        (waived, literal(ObligationStatus.WAIVED, status)),
        ((Obligation.limit_at < until) & ~waiting.waited(until), literal(ObligationStatus.OVERDUE, status)),
        else_=literal(ObligationStatus.PENDING, status),
    )
