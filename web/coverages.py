"""Cobertura: who accompanies each entity, in one's region or department by department, and giving entities to somebody.

What an assignment changes for others is shown before it is done: whose coverage ends or is left without effect, and
which running plans follow the entity or stay with whom somebody gave them to on purpose.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import Actor
from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from db.history import HistoryRow
from directory import access
from directory import coverage
from directory import entities
from directory.principal import Principal
from edge import identity
from edge import names
from edge.exports import answering
from edge.exports import of_places
from edge.permission import permission
from edge.words import counted
from tracking import following
from tracking.models import WorkPlan
from web import coverage_seen
from web import coverage_view
from web import picking
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.reading_forms import Reader

blueprint = Blueprint("web_coverages", __name__)

LIST = ("Cobertura", "/cobertura")
AT_ONCE = 50
"""So many plans follow their entity in the request itself; the rest are left to the sweep."""

Problems = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An assignment as it was asked for."""

    person_id: int
    since: date
    entity_ids: list[int]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The place that a list shows."""

    region_id: int | None
    department_code: str


@blueprint.get("/cobertura")
@permission("coverage.read")
def listed() -> Response:
    return _workbook() if answering.by_page() else render()


@blueprint.post("/cobertura")
@permission("coverage.manage")
def assign() -> Response:
    """Give the chosen entities to an advisor from a day on, once what it changes for others was seen."""
    by, now = identity.current(), clock.now()
    if picking.asked() or "volver" in request.form:
        return render()
    try:
        wanted = _wanted(now)
        with reading() as session:
            demand_all(session, by, wanted.entity_ids)
            coverage.demand_receiver(session, by, wanted.person_id, now=now)
            told = following.consequence(session, wanted.entity_ids, wanted.person_id, wanted.since)
            seen = coverage_seen.Seen.sent() if _confirmed() else _as_told(session, wanted, told, now)
            question = {} if _confirmed() else coverage_view.question(session, by, wanted, told, now)
        if question:
            return _ask(question, seen)
        if not _give(by, wanted, seen, now):
            return _ask_again(by, wanted, seen, now)
    except InvalidData as error:
        return render(error.errors)
    _tell(wanted, _follow(by, wanted, told, now), told)
    return go(coverage_view.address(request.form))


def _ask(
    question: Mapping[str, Any], seen: coverage_seen.Seen, changed: Sequence[HistoryRow] | None = None
) -> Response:
    return page(
        "coverage_confirm.html", "Confirmar la cobertura", crumbs=[HOME, LIST], seen=seen, changed=changed,
        code=200 if changed is None else 409, **question,
    )  # fmt: skip


def _ask_again(by: Principal, wanted: Wanted, seen: coverage_seen.Seen, now: datetime) -> Response:
    """The confirmation as it is now: somebody changed what it was computed from, while it stood open."""
    with reading() as session:
        told = following.consequence(session, wanted.entity_ids, wanted.person_id, wanted.since)
        question = coverage_view.question(session, by, wanted, told, now, always=True)
        changed = coverage_seen.acts_after(session, wanted.entity_ids, seen)
        fresh = _as_told(session, wanted, told, now)
    return _ask(question, fresh, changed)


def _as_told(session: Session, wanted: Wanted, told: following.Consequence, now: datetime) -> coverage_seen.Seen:
    return coverage_seen.standing(session, wanted.entity_ids, wanted.since, [told.follow, told.stay], now)


def render(problems: Problems | None = None) -> Response:
    with reading() as session:
        values = coverage_view.values(session, identity.current(), clock.now())
    return page(
        "coverage.html", "Cobertura", crumbs=[HOME], typed=request.form, problems=problems or {},
        code=422 if problems else 200, **values,
    )  # fmt: skip


def _workbook() -> Response:
    """The entities of the place that the page shows, or its departments while it shows those."""
    by, now = identity.current(), clock.now()
    with reading() as session:
        values = coverage_view.values(session, by, now)
    place = values["place"]
    filters = Narrowed(place.region_id, place.department)
    if place.department or place.without:
        return answering.workbook(
            of_places.of_entities(clock.local_date(now)), answering.whole(values["rows"]), filters, by=by
        )
    return answering.workbook(of_places.of_departments(), answering.whole(place.totals), filters, by=by)


def _confirmed() -> bool:
    return request.form.get("confirmed") == "si"


def _wanted(now: datetime) -> Wanted:
    read = Reader()
    person_id = read.number("person_id", "Elija a quién se asignan.") or 0
    since = read.day("since", "Escriba desde cuándo.") or clock.local_date(now)
    chosen = read.numbers("entity")
    if not chosen:
        read.errors["entity"] = ["Elija al menos una entidad."]
    read.check()
    return Wanted(person_id, since, chosen)


def demand_all(session: Session, by: Principal, entity_ids: Sequence[int]) -> None:
    """Raise InvalidData (`entity`) naming the entities whose coverage is not theirs to change."""
    places, known = entities.regions_of(session, entity_ids), entities.many(session, entity_ids)
    refused = [
        known[key].name if key in known else str(key)
        for key in entity_ids
        if access.allowed(by, "coverage.manage", access.Subject(entity_id=key, region_id=places.get(key))) is None
    ]
    if refused:
        whose = ", ".join(refused)
        raise InvalidData({"entity": [f"Usted no puede cambiar quién atiende {whose}: no están en su región."]})


def actors(session: Session, by: Principal, entity_ids: Sequence[int]) -> dict[int, Actor]:
    """As whom one changes the coverage of each entity. Raises NotAllowed."""
    places = entities.regions_of(session, entity_ids)
    return {
        key: access.demand(by, "coverage.manage", access.Subject(entity_id=key, region_id=places.get(key)))
        for key in entity_ids
    }


def _give(by: Principal, wanted: Wanted, seen: coverage_seen.Seen, now: datetime) -> bool:
    """Do what was seen; when something else would happen by now, nothing. Returns whether it was done."""
    with transaction() as session:
        whose = actors(session, by, wanted.entity_ids)
        coverage.hold(session, wanted.entity_ids)
        told = following.consequence(session, wanted.entity_ids, wanted.person_id, wanted.since)
        if _as_told(session, wanted, told, now).mark != seen.mark:
            return False
        for key, actor in whose.items():
            coverage.hand_over(
                session, key, wanted.person_id, wanted.since, confirmed=_confirmed(), by=actor, now=now
            )  # fmt: skip
    return True


def _follow(by: Principal, wanted: Wanted, told: following.Consequence, now: datetime) -> int:
    """Let the plans go with their entities, those that were chosen too; each on its own. Returns how many went."""
    if wanted.since > clock.local_date(now):
        return 0
    for plan in told.follow[:AT_ONCE]:
        with transaction() as session:
            following.give(session, plan.id, now=now)
    chosen = set(Reader().numbers("plan"))
    passed = [_passed(by, plan, wanted.person_id, now) for plan in told.stay if plan.id in chosen]
    return len(told.follow[:AT_ONCE]) + sum(passed)


def _passed(by: Principal, plan: WorkPlan, person_id: int, now: datetime) -> bool:
    try:
        with transaction() as session:
            following.transfer(session, plan.id, person_id, reason="Cambió la cobertura de la entidad.", by=by, now=now)
    except (NotAllowed, Conflict) as error:
        return _not_passed(plan, error.message)
    except InvalidData as error:
        return _not_passed(plan, " ".join(text for texts in error.errors.values() for text in texts))
    return True


def _not_passed(plan: WorkPlan, why: str) -> bool:
    with reading() as session:
        where = names.of_entities(session, [plan.entity_id]).get(plan.entity_id, "")
    flash(f"El plan de {where} no pasó: {why}", "warning")
    return False


def _tell(wanted: Wanted, moved: int, told: following.Consequence) -> None:
    count = len(wanted.entity_ids)
    flash(f"{'Entidad asignada' if count == 1 else 'Entidades asignadas'}: {count}.", "success")
    if moved:
        flash(f"Con ellas {'pasó' if moved == 1 else 'pasaron'} {counted(moved, 'plan', 'planes')} con sus tareas.",
              "success")  # fmt: skip
    elif told.follow:
        plans = counted(len(told.follow), "plan abierto pasa", "planes abiertos pasan")
        flash(f"Desde ese día {plans} con sus tareas.", "success")
