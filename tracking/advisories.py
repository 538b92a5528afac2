"""Advisories: assistance given on a day, to one entity or to several at once, with minutes and attendance list."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import paging
from db import rows
from db.actor import Actor
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from directory import access
from directory.models import Entity
from directory.principal import Principal
from directory.searching import standing
from directory.searching import words
from forms.words import long_date
from tracking import advisory_doubts
from tracking import advisory_follow
from tracking import advisory_parts
from tracking import advisory_places
from tracking import attachments
from tracking import evidence
from tracking import execution
from tracking import facts
from tracking import trace
from tracking.advisory_parts import Attendee
from tracking.advisory_parts import Move
from tracking.advisory_places import Place
from tracking.models import Advisory
from tracking.models import AdvisoryEntity
from tracking.models import AdvisoryStatus
from tracking.models import WorkPlan

MODALITIES = {
    "training": "Capacitación",
    "advisory": "Asesoría",
    "on_site": "Asistencia técnica en sitio",
    "remote": "Asistencia técnica remota",
    "experience_exchange": "Intercambio de experiencias",
}

KEYS = (paging.Key(Advisory.occurred_on, descending=True), paging.Key(Advisory.id, descending=True))

SCOPE = access.ScopeColumns(
    unit_id=Advisory.unit_id,
    entity_id=AdvisoryEntity.entity_id,
    region_id=AdvisoryEntity.region_id,
    people=(Advisory.advisor_id,),
)

RECTIFIABLE = ("occurred_on", "modality", "place", "summary", "minutes_file", "attendance_file")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAdvisory:
    """What is said of an advisory.

    It is given to the entities of `plans`, and to `entities`: of those that have none among `plans`, the plan is the
    one that runs in the product.
    """

    occurred_on: date
    modality: str
    summary: str
    entities: Sequence[int] = ()
    plans: Sequence[int] = ()
    place: str = ""
    people: Sequence[Attendee] = ()
    minutes_file: str = ""
    attendance_file: str = ""
    product_id: int | None = None
    milestones: Sequence[Move] = ()
    confirmed: bool = False  # it is meant, although there is one like it or its day is unlikely


@dataclass(frozen=True, slots=True)
class Filters:
    """Which advisories to list; what is empty does not filter."""

    text: str = ""
    entity_id: int | None = None
    advisor_id: int | None = None
    plan_id: int | None = None
    modality: str = ""
    status: str = ""
    since: date | None = None
    until: date | None = None


def register(session: Session, new: NewAdvisory, *, by: Principal, now: datetime) -> Advisory:
    """Keep an advisory given by `by`; with minutes and attendance list it is closed at once (see `close`).

    Several entities make it a mass event. The day may be past: `lag_days` shows how late it was registered. Raises
    InvalidData at the fields of NewAdvisory, or at `confirmed` while something is to be confirmed (see
    `advisory_doubts`), NotAllowed without `advisory.write` in every entity (and `plan.write` in
    the plans it moves), Conflict unless the assistance of every plan is under way (see `execution`).
    """
    errors, places = _checked(session, new, by, now)
    if errors:
        raise InvalidData(errors)
    actor = advisory_places.demand(places, "advisory.write", by=by)
    execution.demand(session, [place.plan for place in places if place.plan is not None])
    row = _drafted(new, places, by, now)
    advisory_doubts.demand_none(
        advisory_doubts.of_advisory(session, row, places, by=by, now=now), confirmed=new.confirmed
    )
    session.add(row)
    session.flush()
    attachments.of_advisory(session, row, now=now)
    advisory_parts.add(session, row, places, new.people, new.milestones, by=by)
    count = "1 entidad" if len(places) == 1 else f"{len(places)} entidades"
    summary = f"Registró una asesoría del {long_date(new.occurred_on.isoformat())} a {count}."
    details = {"entities": [place.entity_id for place in places], "lag_days": row.lag_days}
    trace.record(session, row, "advisory.registered", summary, by=actor, now=now, details=details)
    facts.advisory_registered(session, row, by=actor, now=now)
    if row.minutes_file and row.attendance_file:
        _close(session, row, actor, now)
    return row


def like(session: Session, new: NewAdvisory, *, by: Principal, now: datetime) -> Advisory | None:
    """The last advisory that `by` registered and that says the same as `new`, if there is one."""
    places = advisory_places.find(session, new.entities, new.plans, new.product_id).places
    return advisory_doubts.twin(session, _drafted(new, places, by, now), places, by=by)


def problems(session: Session, new: NewAdvisory, *, by: Principal, now: datetime) -> dict[str, list[str]]:
    """Everything that is wrong with what is said of an advisory, by field; empty when it can be registered so."""
    return _checked(session, new, by, now)[0]


def get(session: Session, advisory_id: int) -> Advisory:
    """The advisory with this id. Raises NotFound."""
    return rows.get(session, Advisory, advisory_id, "la asesoría")


def listing(
    session: Session, by: Principal, filters: Filters, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[Advisory]:
    """The advisories that `by` may read, newest first; annulled ones only when `status` asks for them.

    Of a joint one, the contact of an entity gets the part of that entity (`advisory_places.narrow`).
    """
    found = paging.page(session, _matching(filters, by), KEYS, limit=limit, cursor=cursor)
    advisory_places.narrow(session, found.items, by=by)
    return found


def close(session: Session, advisory_id: int, *, by: Principal, now: datetime) -> Advisory:
    """Complete an advisory: its milestones move, with its minutes and attendance list as evidence.

    Raises NotFound, NotAllowed, Conflict when it is not open or a milestone cannot move, and InvalidData
    (`minutes_file`, `attendance_file`) when one of them is missing.
    """
    row = _locked(session, advisory_id)
    actor = advisory_places.demand_correcting(session, row, by=by)
    if row.status != AdvisoryStatus.OPEN:
        raise Conflict("Esta asesoría ya no está abierta.", code="advisory_state")
    _close(session, row, actor, now)
    return row


def rectify(
    session: Session, advisory_id: int, changes: Mapping[str, Any], *, people: Sequence[Attendee] | None = None,
    plans: Sequence[int] | None = None, reason: str, by: Principal, now: datetime,
) -> Advisory:  # fmt: skip
    """Correct an advisory: `changes` has some of RECTIFIABLE; `people`, when given, is the whole list who attended.

    `plans`, when given, are all the plans in which it was given: what it moved in one that goes is annulled. History
    keeps what it said before, except personal data. Raises NotFound, NotAllowed without `advisory.correct` in every
    entity, Conflict when it was annulled or milestones of a plan that ended stand on it, InvalidData at the fields
    changed, at `reason`, and when nothing changes.
    """
    row = _locked(session, advisory_id)
    actor = advisory_places.demand_correcting(session, row, by=by)
    if row.status == AdvisoryStatus.ANNULLED:
        raise Conflict("Esta asesoría se anuló; no admite cambios.", code="advisory_state")
    advisory_follow.demand_alterable(session, row)
    reason = trace.reasoned(reason, "Escriba por qué rectifica la asesoría.")
    places = {} if plans is None else _placed(session, row, plans, reason, by, now)
    details = _change(session, row, changes, by, now)
    if places:
        details["entities"] = places
    if people is not None and not advisory_parts.are_those(session, row.id, people):
        wrong = advisory_parts.people_problems(people, {one.entity_id for one in row.entities})
        if wrong:
            raise InvalidData(wrong)
        details["people"] = advisory_parts.replace_people(session, row.id, people, now=now)
    if not details:
        raise InvalidData({"": ["No cambió nada: lo que escribió es lo que la asesoría ya dice."]})
    row.revision += 1
    session.flush()
    if row.status == AdvisoryStatus.CLOSED and (
        moved := advisory_follow.follow(session, row, details, reason=reason, by=actor, now=now)
    ):
        details["milestones"] = moved
    attachments.of_advisory(session, row, now=now)
    if "occurred_on" in details:
        facts.advisory_redated(session, row, reason, by=actor, now=now)
    trace.record(session, row, "advisory.rectified", "Rectificó la asesoría.", by=actor, now=now, details=details,
                 reason=reason)  # fmt: skip
    return row


def annul(session: Session, advisory_id: int, *, reason: str, by: Principal, now: datetime) -> Advisory:
    """Take an advisory back; reports of milestones that stand on it are annulled with it.

    Raises NotFound, NotAllowed, Conflict when it was annulled or milestones of a plan that ended stand on it,
    InvalidData (`reason`).
    """
    row = _locked(session, advisory_id)
    actor = advisory_places.demand_correcting(session, row, by=by)
    if row.status == AdvisoryStatus.ANNULLED:
        raise Conflict("Esta asesoría ya se anuló.", code="advisory_state")
    advisory_follow.demand_alterable(session, row)
    row.annulment_reason = trace.reasoned(reason, "Escriba por qué anula la asesoría.")
    if row.status == AdvisoryStatus.CLOSED:
        advisory_follow.take_back(session, row, row.annulment_reason, by=actor, now=now)
    row.status = AdvisoryStatus.ANNULLED
    session.flush()
    trace.record(session, row, "advisory.annulled", "Anuló la asesoría.", by=actor, now=now, reason=reason)
    facts.advisory_annulled(session, row, by=actor, now=now)
    return row


def incomplete_in(session: Session, plan_id: int) -> int:
    """How many advisories given in a plan lack their minutes or their attendance list."""
    return _count(session, plan_id, AdvisoryStatus.OPEN)


def given_in(session: Session, plan_id: int) -> int:
    """How many advisories were given in a plan, complete or not."""
    return _count(session, plan_id, AdvisoryStatus.OPEN, AdvisoryStatus.CLOSED)


def _count(session: Session, plan_id: int, *statuses: AdvisoryStatus) -> int:
    given = select(func.count()).select_from(Advisory).join(AdvisoryEntity, AdvisoryEntity.advisory_id == Advisory.id)
    return session.scalar(given.where(AdvisoryEntity.plan_id == plan_id, Advisory.status.in_(statuses))) or 0


def _drafted(new: NewAdvisory, places: Sequence[Place], by: Principal, now: datetime) -> Advisory:
    return Advisory(
        occurred_on=new.occurred_on, registered_at=now, registered_by=by.person_id,
        lag_days=(local_date(now) - new.occurred_on).days, advisor_id=by.person_id,
        unit_id=next((place.plan.unit_id for place in places if place.plan), by.unit_id), modality=new.modality,
        place=new.place.strip(), summary=new.summary.strip(), mass_event=len(places) > 1,
        minutes_file=new.minutes_file, attendance_file=new.attendance_file, status=AdvisoryStatus.OPEN, revision=1,
    )  # fmt: skip


def _checked(
    session: Session, new: NewAdvisory, by: Principal, now: datetime
) -> tuple[dict[str, list[str]], list[Place]]:
    """What is wrong with `new`, all of it, and its places."""
    found = advisory_places.find(session, new.entities, new.plans, new.product_id)
    errors = dict(found.errors)
    if new.modality not in MODALITIES:
        errors["modality"] = ["Elija la modalidad de la asesoría."]
    if not new.summary.strip():
        errors["summary"] = ["Escriba qué se trabajó en la asesoría."]
    if not found.errors:  # a plan that was not found says more than the milestones that hang on it
        errors |= advisory_parts.problems(session, new.people, new.milestones, found.places)
    for check in (
        partial(_check_day, session, new.occurred_on, [place.plan_id for place in found.places], now),
        partial(_check_files, session, new.minutes_file, new.attendance_file, by),
    ):
        try:
            check()
        except InvalidData as error:
            errors |= error.errors
    return errors, found.places


def _check_day(session: Session, day: date, plan_ids: Sequence[int | None], now: datetime) -> None:
    for plan_id in plan_ids:
        if plan_id is not None:
            evidence.check_in_plan(day, "occurred_on", session.get_one(WorkPlan, plan_id), now=now)
    evidence.check_past(day, "occurred_on", now=now)


def _check_files(session: Session, minutes: str, attendance: str, by: Principal) -> None:
    errors: dict[str, list[str]] = {}
    for path, token in (("minutes_file", minutes), ("attendance_file", attendance)):
        try:
            evidence.check_files(session, [token] if token else [], path, by=by)
        except InvalidData as error:
            errors |= error.errors
    if errors:
        raise InvalidData(errors)


def _close(session: Session, row: Advisory, actor: Actor, now: datetime) -> None:
    missing = {
        path: [message]
        for path, token, message in (
            ("minutes_file", row.minutes_file, "Adjunte el acta para cerrar la asesoría."),
            ("attendance_file", row.attendance_file, "Adjunte la planilla de asistencia para cerrar la asesoría."),
        )
        if not token
    }
    if missing:
        raise InvalidData(missing)
    row.status, row.closed_at = AdvisoryStatus.CLOSED, now
    session.flush()
    moved = advisory_parts.move(session, row, by=actor, now=now)
    trace.record(
        session, row, "advisory.closed", "Cerró la asesoría.", by=actor, now=now, details={"milestones": moved}
    )
    facts.advisory_closed(session, row, by=actor, now=now)


def _change(
    session: Session, row: Advisory, changes: Mapping[str, Any], by: Principal, now: datetime
) -> dict[str, Any]:
    unknown = set(changes) - set(RECTIFIABLE)
    if unknown:
        raise InvalidData({name: ["Este dato no se rectifica; anule la asesoría y regístrela."] for name in unknown})
    if changes.get("modality", row.modality) not in MODALITIES:
        raise InvalidData({"modality": ["Elija la modalidad de la asesoría."]})
    details: dict[str, Any] = {}
    for name, value in changes.items():
        before = getattr(row, name)
        if not advisory_parts.same(before, value):
            details[name] = [str(before), str(value)]
            setattr(row, name, value)
    row.summary = trace.required(row.summary, "summary", "Escriba qué se trabajó en la asesoría.")
    _check_day(session, row.occurred_on, [one.plan_id for one in row.entities], now)
    _check_files(session, row.minutes_file, row.attendance_file, by)
    if row.status == AdvisoryStatus.CLOSED and not (row.minutes_file and row.attendance_file):
        raise InvalidData({"minutes_file": ["Una asesoría cerrada conserva su acta y su planilla de asistencia."]})
    row.lag_days = (local_date(row.registered_at) - row.occurred_on).days
    return details


def _placed(
    session: Session, row: Advisory, plans: Sequence[int], reason: str, by: Principal, now: datetime
) -> dict[str, list[int]]:
    """Give an advisory other plans; returns which entities went and came, nothing when it is the same ones."""
    if set(plans) == {one.plan_id for one in row.entities}:
        return {}
    found = advisory_places.find(session, (), plans, None)
    if found.errors:
        raise InvalidData({"plans": found.errors.get("plans") or found.errors.get("entities") or ["Elija un plan."]})
    known = {one.plan_id for one in row.entities}
    fresh = [place for place in found.places if place.plan_id not in known]
    actor = advisory_places.demand(fresh, "advisory.write", row.advisor_id, by=by) if fresh else by.actor()
    execution.demand(session, [place.plan for place in fresh if place.plan is not None])
    gone = {key for key in known - set(plans) if key is not None}
    if row.status == AdvisoryStatus.CLOSED:
        advisory_follow.take_back(session, row, reason, plans=gone, by=actor, now=now)
    return advisory_parts.replace_places(session, row, found.places)


def _locked(session: Session, advisory_id: int) -> Advisory:
    return rows.held(session, Advisory, advisory_id, "la asesoría")


def _matching(filters: Filters, by: Principal) -> Select[Any]:
    reached = select(AdvisoryEntity.advisory_id).join(Advisory, Advisory.id == AdvisoryEntity.advisory_id)
    if filters.entity_id is not None:
        reached = reached.where(AdvisoryEntity.entity_id == filters.entity_id)
    if filters.plan_id is not None:
        reached = reached.where(AdvisoryEntity.plan_id == filters.plan_id)
    statement = select(Advisory).where(Advisory.id.in_(access.visible(reached, by, "plan.read", SCOPE)))
    if filters.status:
        statement = statement.where(Advisory.status == filters.status)
    else:
        statement = statement.where(Advisory.status != AdvisoryStatus.ANNULLED)
    if filters.advisor_id is not None:
        statement = statement.where(Advisory.advisor_id == filters.advisor_id)
    if filters.modality:
        statement = statement.where(Advisory.modality == filters.modality)
    if filters.since is not None:
        statement = statement.where(Advisory.occurred_on >= filters.since)
    if filters.until is not None:
        statement = statement.where(Advisory.occurred_on <= filters.until)
    return statement.where(*(_told(word, by) for word in words(filters.text)))


def _told(word: str, by: Principal) -> ColumnElement[bool]:
    """`word` stands in what was done, in where, or in the name of an entity that it was given to and `by` is shown."""
    given = select(AdvisoryEntity.advisory_id).join(Entity, Entity.id == AdvisoryEntity.entity_id)
    if advisory_places.outside(by):
        mine = given.join(Advisory, Advisory.id == AdvisoryEntity.advisory_id)
        given = access.visible(mine, by, "plan.read", SCOPE)
    named = given.where(Entity.search_name.contains(word, autoescape=True))
    return or_(standing(word, Advisory.summary, Advisory.place), Advisory.id.in_(named))
