"""Leaving entities without advisor from a day on, when nobody can take them yet; what that leaves is shown first."""

from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from db.history import HistoryRow
from directory import coverage
from edge import identity
from edge import names
from edge.permission import permission
from edge.words import counted
from tracking import work_plans
from web import coverage_seen
from web import coverage_view
from web import coverages
from web.coverages import LIST
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.reading_forms import Reader

blueprint = Blueprint("web_uncovering", __name__)


@blueprint.post("/cobertura/sin-enlace")
@permission("coverage.manage")
def vacate() -> Response:
    """Let the coverage of the chosen entities end, once what stays without anybody was seen."""
    by, now, read = identity.current(), clock.now(), Reader()
    try:
        since = read.day("since", "Escriba desde cuándo.") or clock.local_date(now)
        chosen = read.numbers("entity")
        if not chosen:
            read.errors["entity"] = ["Elija al menos una entidad."]
        read.check()
        if request.form.get("confirmed") != "si":
            with reading() as session:
                coverages.demand_all(session, by, chosen)
                question = _question(session, chosen, since, now)
            return _ask(question)
        seen = coverage_seen.Seen.sent()
        with transaction() as session:
            actors = coverages.actors(session, by, chosen)
            coverage.hold(session, chosen)
            if _as_told(session, chosen, since, now).mark != seen.mark:
                question = _question(session, chosen, since, now)
                return _ask(question, coverage_seen.acts_after(session, chosen, seen))
            for key, actor in actors.items():
                coverage.vacate(session, key, since, by=actor, now=now)
    except InvalidData as error:
        return coverages.render(error.errors)
    flash(f"Sin enlace territorial desde ese día: {counted(len(chosen), 'entidad', 'entidades')}.", "success")
    return go(coverage_view.address(request.form))


def _ask(question: dict[str, Any], changed: Sequence[HistoryRow] | None = None) -> Response:
    return page(
        "coverage_vacate.html", "Dejar sin enlace territorial", crumbs=[HOME, LIST], changed=changed,
        code=200 if changed is None else 409, **question,
    )  # fmt: skip


def _as_told(session: Session, chosen: list[int], since: date, now: datetime) -> coverage_seen.Seen:
    touched = coverage.displaced(session, chosen, since)
    return coverage_seen.standing(session, chosen, since, [work_plans.running_in(session, touched)], now)


def _question(session: Session, chosen: list[int], since: date, now: datetime) -> dict[str, Any]:
    """Whose coverage ends, and which running plans stay in their name. Raises InvalidData (`since`, `entity`)."""
    coverage.demand_plausible(since, now=now)
    displaced = coverage.displaced(session, chosen, since)
    if not displaced:
        raise InvalidData({"entity": ["Nadie atiende esas entidades desde esa fecha."]})
    known = names.of_entities(session, chosen)
    plans = work_plans.running_in(session, displaced)
    holders = [one.coverage.person_id for rows in displaced.values() for one in rows]
    return {
        "seen": _as_told(session, chosen, since, now), "chosen": list(displaced),
        "idle": [known[key] for key in chosen if key not in displaced], "since": since,
        "displaced": displaced, "plans": plans, "past": since < clock.local_date(now), "entities": known,
        "products": names.of_products(session, [plan.product_id for plan in plans]),
        "people": names.of_people(session, [*holders, *(plan.advisor_id for plan in plans)]),
        "kept": [(name, request.form[name]) for name in coverage_view.PLACE if request.form.get(name)],
    }  # fmt: skip
