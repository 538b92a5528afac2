"""Asesorías: the list, and one of them, which is completed, corrected and taken back."""

from collections.abc import Mapping
from collections.abc import Sequence

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from directory import access
from directory import coverage
from directory import readings
from edge import finding
from edge import identity
from edge import labels
from edge import names
from edge import personal_reads
from edge import words
from edge.exports import answering
from edge.exports.of_assistance import ADVISORIES
from edge.exports.of_assistance import products_of
from edge.permission import permission
from tracking import advisories
from tracking import advisory_follow
from tracking import advisory_parts
from tracking import advisory_places
from tracking import execution
from tracking.advisory_places import Place
from tracking.models import Advisory
from tracking.models import AdvisoryPerson
from tracking.models import PlanMilestone
from web import advising
from web import advisory_correcting as correcting
from web import advisory_past
from web import once
from web.advising import LIST
from web.frame import HOME
from web.frame import chosen
from web.frame import go
from web.frame import number
from web.frame import page
from web.frame import paging
from web.frame import span
from web.reading_forms import kept

blueprint = Blueprint("web_advisories", __name__)

STATUS = labels.ADVISORY


@blueprint.get("/asesorias")
@permission("plan.read")
def listed() -> Response:
    by = identity.current()
    since, until = span("del", "al")
    filters = advisories.Filters(
        modality=chosen("modalidad", advisories.MODALITIES),
        status=chosen("estado", STATUS),
        entity_id=number("entidad"),
        advisor_id=by.person_id if request.args.get("mias") else number("persona"),
        text=request.args.get("buscar", "").strip(),
        since=since,
        until=until,
    )
    if answering.by_page():
        return answering.workbook(
            ADVISORIES, lambda session, part: advisories.listing(session, by, filters, **part), filters, by=by
        )
    with reading() as session:
        offered = [] if advisory_places.outside(by) else coverage.advisors(session, now=clock.now())
        found = advisories.listing(session, by, filters, cursor=request.args.get("desde", ""))
        people = names.of_people(session, [row.advisor_id for row in found.items])
        given = [one.entity_id for row in found.items for one in row.entities]
        places = names.of_entities(session, [filters.entity_id, *given])
        told = _told(found.items, places, products_of(session, found.items), in_part=advisory_places.outside(by))
    return page(
        "advisories.html", "Asesorías", crumbs=[HOME], rows=found.items, people=people, filters=filters, places=places,
        offered=offered,
        told=told, modalities=advisories.MODALITIES, statuses=STATUS, **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/asesorias/<id:advisory_id>")
@permission("plan.read")
def show(advisory_id: int) -> Response:
    return _page(advisory_id)


@blueprint.post("/asesorias/<id:advisory_id>/cierre")
@permission("advisory.correct")
def close(advisory_id: int) -> Response:
    """Attach what was missing and complete the advisory; what was attached stays even when it cannot be completed."""
    by, now = identity.current(), clock.now()
    files, problems = advising.keep_files(by)
    changes = {name: kept(tokens) for name, tokens in files.items() if tokens}
    try:
        if changes:
            with transaction() as session:
                reason = "Se adjuntó lo que faltaba."
                advisories.rectify(session, advisory_id, changes, reason=reason, by=by, now=now)
        if not problems:
            with transaction() as session:
                advisories.close(session, advisory_id, by=by, now=now)
                moved = bool(advisory_parts.moves_of(session, advisory_id))
    except InvalidData as error:
        problems |= error.errors
    except Conflict as error:
        problems |= {"": [error.message]}
    if problems:
        return _page(advisory_id, problems)
    flash("La asesoría quedó completa." + (" Sus hitos quedaron al día." if moved else ""), "success")
    return go(f"/asesorias/{advisory_id}")


@blueprint.post("/asesorias/<id:advisory_id>/rectificacion")
@permission("advisory.correct")
def rectify(advisory_id: int) -> Response:
    """Correct what an advisory says; history keeps what it said before."""
    by = identity.current()
    problems = correcting.correct(advisory_id, by=by, now=clock.now())
    if problems:
        return _page(advisory_id, problems)
    once.got_through(f"rectificacion-{advisory_id}", by)
    flash("La asesoría quedó rectificada. Lo que decía antes se conserva en su historia.", "success")
    return go(f"/asesorias/{advisory_id}")


@blueprint.post("/asesorias/<id:advisory_id>/anulacion")
@permission("advisory.correct")
def annul(advisory_id: int) -> Response:
    reason = request.form.get("reason", "")
    try:
        with transaction() as session:
            advisories.annul(session, advisory_id, reason=reason, by=identity.current(), now=clock.now())
    except InvalidData as error:
        return _page(advisory_id, error.errors)
    once.got_through(f"anulacion-{advisory_id}", identity.current())
    flash("La asesoría quedó anulada. Se conserva en la historia.", "success")
    return go(f"/asesorias/{advisory_id}")


def _page(advisory_id: int, problems: dict[str, list[str]] | None = None) -> Response:
    by = identity.current()
    with reading() as session:
        row = finding.advisory(session, advisory_id, by)
        whole = advisory_places.of_advisory(session, row.id)
        at = advisory_places.in_sight(whole, row.advisor_id, by=by)
        mine = all(access.allowed(by, "advisory.correct", place.subject(row.advisor_id)) for place in at)
        shown = {place.plan_id for place in at}
        moved = [one for one in advisory_parts.moves_of(session, row.id) if one[0].plan_id in shown]
        past = advisory_past.values(session, row)
        entities = names.of_entities(session, [place.entity_id for place in at])
        partly = advisory_places.partly(row, whole, by=by)
        values = {
            "places": at,
            "entities": entities,
            "products": products_of(session, [row]),
            "attendees": _attendees(session, row, at, partly=partly),
            "partly": partly,
            "moved": moved,
            "held": _held(session, row, at, moved),
            "people": names.of_people(session, [row.advisor_id, row.registered_by]),
            "file_names": names.of_files(session, [row.minutes_file, row.attendance_file]),
            "annulled": advisory_past.annulled(past),
        }
        over = advisory_follow.ended(session, row)
        fixed = names.of_entities(session, [plan.entity_id for plan in over]) if over else {}
        if mine and row.status != "annulled" and not fixed:
            values |= correcting.offered(session, row, at, by)
    title = f"{advisories.MODALITIES.get(row.modality, 'Asesoría')} en {_where(list(entities.values()))}"
    return page(
        "advisory.html", title, crumbs=[HOME, LIST], row=row, mine=mine, problems=problems or {}, statuses=STATUS,
        fixed=sorted(fixed.values()), effects=advising.EFFECTS, modalities=advisories.MODALITIES,
        typed=request.form, today=clock.local_date(clock.now()), code=422 if problems else 200, **past, **values,
    )  # fmt: skip


def _attendees(session: Session, row: Advisory, at: Sequence[Place], *, partly: bool) -> list[AdvisoryPerson]:
    """Who attended; of a part of the advisory, only those of its entities."""
    found, here = advisory_parts.people_of(session, row.id), {place.entity_id for place in at}
    told = [one for one in found if one.entity_id in here] if partly else found
    if told:
        personal_reads.note(readings.ATTENDEES, [row.id], asked=words.counted(len(told), "asistente", "asistentes"))
    return told


def _held(session: Session, row: Advisory, at: Sequence[Place], moved: Sequence[tuple[PlanMilestone, str]]) -> str:
    """Why an open advisory can no longer move its milestones; empty when it can."""
    ids = {milestone.plan_id for milestone, _ in moved} if row.status == "open" else set()
    return execution.refusal(session, [place.plan for place in at if place.plan is not None and place.plan_id in ids])


def _told(
    rows: Sequence[Advisory], entities: Mapping[int, str], products: Mapping[int, str], *, in_part: bool
) -> dict[int, str]:
    """Advisory → where it was given, and in which products; `in_part` when joint ones are shown in part."""
    told: dict[int, str] = {}
    for row in rows:
        of_row = dict.fromkeys(products[one.plan_id] for one in row.entities if one.plan_id is not None)
        where = _where([entities.get(one.entity_id, "") for one in row.entities])
        apart = ", con otras entidades" if in_part and row.mass_event and len(row.entities) == 1 else ""
        told[row.id] = " · ".join((where + apart, *of_row))
    return told


def _where(places: list[str]) -> str:
    """«Buenavista, Córdoba, y 4 entidades más»."""
    if len(places) < 2:
        return "".join(places) or "el territorio"
    return f"{places[0]}, y {words.counted(len(places) - 1, 'entidad', 'entidades')} más"
