"""Advisories: assistance given on a day, to one entity or to several at once, with minutes and attendance list."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import paging
from db.actor import Actor
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory import entities
from directory.principal import Principal
from tracking import advisory_parts
from tracking import evidence
from tracking import trace
from tracking.advisory_parts import Attendee
from tracking.advisory_parts import Move
from tracking.models import Advisory
from tracking.models import AdvisoryEntity
from tracking.models import AdvisoryStatus

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
    """What is said of an advisory. `product_id` ties it to the plans of its entities for the year of `occurred_on`."""

    occurred_on: date
    modality: str
    summary: str
    entities: Sequence[int]
    place: str = ""
    people: Sequence[Attendee] = ()
    minutes_file: str = ""
    attendance_file: str = ""
    product_id: int | None = None
    milestones: Sequence[Move] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """Which advisories to list; what is empty does not filter."""

    entity_id: int | None = None
    advisor_id: int | None = None
    plan_id: int | None = None
    modality: str = ""
    status: str = ""
    since: date | None = None
    until: date | None = None


def register(session: Session, new: NewAdvisory, *, by: Principal, now: datetime) -> Advisory:
    """Keep an advisory given by `by`; with minutes and attendance list it is closed at once (see `close`).

    Several entities make it a mass event. Raises NotAllowed without `advisory.write` in every entity (and `plan.write`
    in the plans it moves), InvalidData at the fields of NewAdvisory.
    """
    _check(session, new, now)
    places = advisory_parts.places(session, new.entities, new.product_id, new.occurred_on.year)
    actor = _demand(by, places)
    row = Advisory(
        occurred_on=new.occurred_on, registered_at=now, registered_by=by.person_id,
        lag_days=(local_date(now) - new.occurred_on).days, advisor_id=by.person_id,
        unit_id=next((place.unit_id for place in places if place.unit_id), by.unit_id), modality=new.modality,
        place=new.place.strip(), summary=new.summary.strip(), mass_event=len(places) > 1,
        minutes_file=new.minutes_file, attendance_file=new.attendance_file, status=AdvisoryStatus.OPEN, revision=1,
    )  # fmt: skip
    session.add(row)
    session.flush()
    advisory_parts.add(session, row.id, places, new.people, new.milestones, by=by)
    summary = f"Registró una asesoría del {new.occurred_on.isoformat()} a {len(places)} entidad(es)."
    details = {"entities": [place.entity_id for place in places], "lag_days": row.lag_days}
    trace.record(session, row, "advisory.registered", summary, by=actor, now=now, details=details)
    if row.minutes_file and row.attendance_file:
        _close(session, row, actor, now)
    return row


def get(session: Session, advisory_id: int) -> Advisory:
    """The advisory with this id. Raises NotFound."""
    row = session.get(Advisory, advisory_id)
    if row is None:
        raise NotFound("la asesoría", advisory_id)
    return row


def listing(
    session: Session, by: Principal, filters: Filters, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[Advisory]:
    """The advisories that `by` may read, newest first; annulled ones only when `status` asks for them."""
    return paging.page(session, _matching(filters, by), KEYS, limit=limit, cursor=cursor)


def close(session: Session, advisory_id: int, *, by: Principal, now: datetime) -> Advisory:
    """Complete an advisory: its milestones move, with its minutes and attendance list as evidence.

    Raises NotFound, NotAllowed, Conflict when it is not open or a milestone cannot move, and InvalidData
    (`minutes_file`, `attendance_file`) when one of them is missing.
    """
    row = _locked(session, advisory_id)
    actor = _demand(by, advisory_parts.places_of(session, row.id), row.advisor_id)
    if row.status != AdvisoryStatus.OPEN:
        raise Conflict("Esta asesoría ya no está abierta.", code="advisory_state")
    _close(session, row, actor, now)
    return row


def rectify(
    session: Session, advisory_id: int, changes: Mapping[str, Any], *, people: Sequence[Attendee] | None = None,
    reason: str, by: Principal, now: datetime,
) -> Advisory:  # fmt: skip
    """Correct an advisory: `changes` has some of RECTIFIABLE; `people`, when given, is the whole list who attended.

    History keeps what it said before, except personal data. Raises NotFound, NotAllowed, Conflict when it was annulled,
    InvalidData at the fields changed and at `reason`.
    """
    row = _locked(session, advisory_id)
    actor = _demand(by, advisory_parts.places_of(session, row.id), row.advisor_id)
    if row.status == AdvisoryStatus.ANNULLED:
        raise Conflict("Esta asesoría se anuló; no admite cambios.", code="advisory_state")
    reason = trace.required(reason, "reason", "Escriba por qué rectifica la asesoría.")
    details = _change(session, row, changes, now)
    if people is not None:
        details["people"] = advisory_parts.replace_people(session, row.id, people, now=now)
    row.revision += 1
    session.flush()
    trace.record(session, row, "advisory.rectified", "Rectificó la asesoría.", by=actor, now=now, details=details,
                 reason=reason)  # fmt: skip
    return row


def annul(session: Session, advisory_id: int, *, reason: str, by: Principal, now: datetime) -> Advisory:
    """Take an advisory back; reports of milestones that stand on it are annulled with it.

    Raises NotFound, NotAllowed, Conflict when it was annulled, InvalidData (`reason`).
    """
    row = _locked(session, advisory_id)
    actor = _demand(by, advisory_parts.places_of(session, row.id), row.advisor_id)
    if row.status == AdvisoryStatus.ANNULLED:
        raise Conflict("Esta asesoría ya se anuló.", code="advisory_state")
    row.annulment_reason = trace.required(reason, "reason", "Escriba por qué anula la asesoría.")
    if row.status == AdvisoryStatus.CLOSED:
        advisory_parts.take_back(session, row, by=actor, now=now)
    row.status = AdvisoryStatus.ANNULLED
    session.flush()
    trace.record(session, row, "advisory.annulled", "Anuló la asesoría.", by=actor, now=now, reason=reason)
    return row


def _check(session: Session, new: NewAdvisory, now: datetime) -> None:
    errors: dict[str, list[str]] = {}
    if new.modality not in MODALITIES:
        errors["modality"] = ["Elija la modalidad de la asesoría."]
    if not new.summary.strip():
        errors["summary"] = ["Escriba qué se trabajó en la asesoría."]
    if not new.entities:
        errors["entities"] = ["Elija al menos una entidad."]
    elif entities.missing(session, new.entities):
        errors["entities"] = ["Una de las entidades ya no está en el directorio."]
    if errors:
        raise InvalidData(errors)
    evidence.check_past(new.occurred_on, "occurred_on", now=now)
    _check_files(session, new.minutes_file, new.attendance_file)


def _check_files(session: Session, minutes: str, attendance: str) -> None:
    for path, token in (("minutes_file", minutes), ("attendance_file", attendance)):
        evidence.check_files(session, [token] if token else [], path)


def _demand(by: Principal, places: Sequence[advisory_parts.Place], advisor_id: int | None = None) -> Actor:
    actors = [access.demand(by, "advisory.write", place.subject(advisor_id)) for place in places]
    return actors[0]


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


def _change(session: Session, row: Advisory, changes: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    unknown = set(changes) - set(RECTIFIABLE)
    if unknown:
        raise InvalidData({name: ["Este dato no se rectifica; anule la asesoría y regístrela."] for name in unknown})
    if changes.get("modality", row.modality) not in MODALITIES:
        raise InvalidData({"modality": ["Elija la modalidad de la asesoría."]})
    details: dict[str, Any] = {}
    for name, value in changes.items():
        before = getattr(row, name)
        if value != before:
            details[name] = [str(before), str(value)]
            setattr(row, name, value)
    row.summary = trace.required(row.summary, "summary", "Escriba qué se trabajó en la asesoría.")
    evidence.check_past(row.occurred_on, "occurred_on", now=now)
    _check_files(session, row.minutes_file, row.attendance_file)
    if row.status == AdvisoryStatus.CLOSED and not (row.minutes_file and row.attendance_file):
        raise InvalidData({"minutes_file": ["Una asesoría cerrada conserva su acta y su planilla de asistencia."]})
    row.lag_days = (local_date(row.registered_at) - row.occurred_on).days
    return details


def _locked(session: Session, advisory_id: int) -> Advisory:
    statement = select(Advisory).where(Advisory.id == advisory_id).with_for_update()
    row = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound("la asesoría", advisory_id)
    return row


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
    return statement if filters.until is None else statement.where(Advisory.occurred_on <= filters.until)
