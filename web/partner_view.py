"""The partners of a strategy and their advances, as the page of the strategy shows them."""

from datetime import datetime
from typing import Any

from flask import Response
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from directory import access
from directory.principal import Principal
from edge import finding
from edge import names
from edge.exports import answering
from edge.exports.of_partners import ADVANCES
from tracking import partner_advances
from tracking import partners
from tracking import strategies
from tracking.models import Strategy
from tracking.models import StrategyPartner
from tracking.partner_advances import Filters
from web.frame import chosen
from web.frame import paging


def values(session: Session, row: Strategy, by: Principal, now: datetime) -> dict[str, Any]:
    """The partners, what may be done with them, and a page of the advances that `by` may read."""
    every, today = partners.listing(session, row, by=by, now=now), clock.local_date(now)
    found = partner_advances.listing(session, by, _filters(row.id), cursor=request.args.get("desde", ""))
    return {
        "partners": every,
        "units": names.of_units(session, [one.unit_id for one in every]),
        "states": {one.id: state(one, now) for one in every},
        "reporting": [one.id for one in every if partners.may_report(one, row, by, now)],
        "manages": partners.may_manage(row, by),
        "follows": _follows(row, every, by),
        "advances": found.items,
        "authors": names.of_people(session, [one.author_id for one in found.items]),
        "reached": names.of_entities(session, [key for one in found.items for key in one.entities]),
        "filters": _filters(row.id), "today": today, **paging(found.next_cursor),
    }  # fmt: skip


def workbook(strategy_id: int, by: Principal) -> Response:
    """The advances as the page lists them, all of them."""
    with reading() as session:
        finding.strategy(session, strategy_id, by)
    asked = _filters(strategy_id)
    return answering.workbook(
        ADVANCES, lambda session, part: partner_advances.listing(session, by, asked, **part), asked, by=by
    )


def state(row: StrategyPartner, now: datetime) -> str:
    """Whether a participation lasts: `now`, `over`, `coming`, or `never` when it was taken back."""
    today = clock.local_date(now)
    if row.until is not None and row.until < row.since:
        return "never"
    return "now" if partners.lasts(row, today) else "over" if partners.over(row, today) else "coming"


def _filters(strategy_id: int) -> Filters:
    status = "annulled" if chosen("anulados", ("1",)) else "standing"
    return Filters(text=request.args.get("buscar", "").strip(), strategy_id=strategy_id, status=status)


def _follows(row: Strategy, every: list[StrategyPartner], by: Principal) -> bool:
    """Whether `by` reads the advances of a strategy, of all its partners or of their own."""
    subjects = (strategies.subject(row, one.unit_id) for one in every)
    return any(access.allowed(by, "advance.read", subject) for subject in subjects)
