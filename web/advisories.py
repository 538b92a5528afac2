"""Asesorías: the list, one of them, registering and closing it, taking it back."""

from datetime import date
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from directory import access
from directory import coverage
from directory.principal import Principal
from edge import identity
from edge import words
from edge.permission import permission
from tracking import advisories
from tracking import advisory_parts
from tracking import milestones
from tracking.models import Advisory
from tracking.models import AdvisoryMilestone
from tracking.models import PlanMilestone
from tracking.models import Product
from web import names
from web import plans
from web.frame import HOME
from web.frame import chosen
from web.frame import go
from web.frame import page
from web.frame import paging
from web.reading_forms import Reader
from web.reading_forms import kept
from web.reading_forms import uploads

blueprint = Blueprint("web_advisories", __name__)

STATUS = {"open": "Faltan acta o listado", "closed": "Completa", "annulled": "Anulada"}
EFFECTS = {"advanced": "Avanzó", "achieved": "Se cumplió"}
LIST = ("Asesorías", "/asesorias")
PEOPLE_ROWS = 5


@blueprint.get("/asesorias")
@permission("plan.read")
def listed() -> Response:
    by = identity.current()
    filters = advisories.Filters(
        modality=chosen("modalidad", advisories.MODALITIES),
        status=chosen("estado", STATUS),
        entity_id=request.args.get("entidad", type=int),
        advisor_id=by.person_id if request.args.get("mias") else None,
        since=request.args.get("del", type=date.fromisoformat),
        until=request.args.get("al", type=date.fromisoformat),
    )
    with reading() as session:
        found = advisories.listing(session, by, filters, cursor=request.args.get("desde", ""))
        people = names.of_people(session, [row.advisor_id for row in found.items])
        places = names.of_entities(session, [filters.entity_id])
    return page(
        "advisories.html", "Asesorías", crumbs=[HOME], rows=found.items, people=people, filters=filters, places=places,
        modalities=advisories.MODALITIES, statuses=STATUS, **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/asesorias/nueva")
@permission("advisory.write")
def new() -> Response:
    return _new_page()


@blueprint.post("/asesorias/nueva")
@permission("advisory.write")
def register() -> Response:
    """Keep an advisory. Files are kept first and on their own, so that a mistake elsewhere does not lose them."""
    by, now, read = identity.current(), clock.now(), Reader()
    files: dict[str, list[str]] = {"minutes_file": [], "attendance_file": []}
    try:
        with transaction() as session:
            files = {name: uploads(session, name, by=by.actor(), now=now) for name in files}
        new = _read(read, files)
        read.check()
        with transaction() as session:
            row = advisories.register(session, new, by=by, now=now)
    except InvalidData as error:
        return _new_page(error.errors, files)
    except Conflict as error:
        return _new_page({"": [error.message]}, files)
    closed = row.status == "closed"
    flash("La asesoría quedó registrada." if closed else "Registrada. Falta adjuntar el acta o el listado.", "success")
    return go(f"/asesorias/{row.id}")


@blueprint.get("/asesorias/<id:advisory_id>")
@permission("plan.read")
def show(advisory_id: int) -> Response:
    return _page(advisory_id)


@blueprint.post("/asesorias/<id:advisory_id>/cierre")
@permission("advisory.write")
def close(advisory_id: int) -> Response:
    """Attach what was missing and complete the advisory."""
    by, now = identity.current(), clock.now()
    try:
        with transaction() as session:
            row = advisories.get(session, advisory_id)
            slots = ("minutes_file", "attendance_file")
            changes = {name: kept(uploads(session, name, by=by.actor(), now=now)) for name in slots}
            changes = {name: token for name, token in changes.items() if token}
            if changes:
                advisories.rectify(session, row.id, changes, reason="Se adjuntó lo que faltaba.", by=by, now=now)
            if row.status == "open":
                advisories.close(session, row.id, by=by, now=now)
    except InvalidData as error:
        return _page(advisory_id, error.errors)
    flash("La asesoría quedó completa y sus hitos, reportados.", "success")
    return go(f"/asesorias/{advisory_id}")


@blueprint.post("/asesorias/<id:advisory_id>/rectificacion")
@permission("advisory.write")
def rectify(advisory_id: int) -> Response:
    """Correct what an advisory says; history keeps what it said before."""
    by, now, read = identity.current(), clock.now(), Reader()
    try:
        changes = {
            "occurred_on": read.day("occurred_on", "Escriba la fecha de la asesoría."),
            "modality": read.text("modality", "Elija la modalidad."),
            "place": read.text("place"),
            "summary": read.text("summary", "Escriba qué se hizo y qué se acordó."),
        }
        read.check()
        with transaction() as session:
            advisories.rectify(session, advisory_id, changes, reason=read.text("rectify_reason"), by=by, now=now)
    except InvalidData as error:
        found = {"rectify_reason" if path == "reason" else path: texts for path, texts in error.errors.items()}
        return _page(advisory_id, found)
    flash("La asesoría quedó rectificada. Lo que decía antes se conserva en la historia.", "success")
    return go(f"/asesorias/{advisory_id}")


@blueprint.post("/asesorias/<id:advisory_id>/anulacion")
@permission("advisory.write")
def annul(advisory_id: int) -> Response:
    reason = request.form.get("reason", "")
    try:
        with transaction() as session:
            advisories.annul(session, advisory_id, reason=reason, by=identity.current(), now=clock.now())
    except InvalidData as error:
        return _page(advisory_id, error.errors)
    flash("La asesoría quedó anulada. Se conserva en la historia.", "success")
    return go(f"/asesorias/{advisory_id}")


def _read(read: Reader, files: dict[str, list[str]]) -> advisories.NewAdvisory:
    moves = [
        advisory_parts.Move(int(name.removeprefix("milestone-")), effect)
        for name, effect in request.form.items()
        if name.startswith("milestone-") and effect in EFFECTS
    ]
    return advisories.NewAdvisory(
        occurred_on=read.day("occurred_on", "Escriba la fecha de la asesoría.") or clock.local_date(clock.now()),
        modality=read.text("modality", "Elija la modalidad."),
        summary=read.text("summary", "Escriba qué se hizo."),
        entities=read.numbers("entities"),
        place=read.text("place"),
        people=_attendees(),
        minutes_file=kept(files["minutes_file"]),
        attendance_file=kept(files["attendance_file"]),
        product_id=read.number("product_id"),
        milestones=moves,
    )


def _attendees() -> list[advisory_parts.Attendee]:
    columns = [request.form.getlist(f"people_{part}") for part in ("name", "position", "email")]
    rows = [tuple(cell.strip() for cell in row) for row in zip(*columns, strict=False)]
    return [
        advisory_parts.Attendee(name, position, email) for name, position, email in rows if name or position or email
    ]


def _new_page(problems: dict[str, list[str]] | None = None, files: dict[str, list[str]] | None = None) -> Response:
    by, now = identity.current(), clock.now()
    plan_id = request.values.get("plan", type=int)
    with reading() as session:
        offered = names.of_entities(session, coverage.entities_of(session, by.person_id, clock.local_date(now)))
        about = _about(session, plan_id, by) if plan_id else {}
        if about:
            offered[about["plan"].entity_id] = about["entity"]
        tokens = [token for group in (files or {}).values() for token in group]
        stored = names.of_files(session, tokens)
    rows = max(PEOPLE_ROWS, len(request.form.getlist("people_name")) + 1)
    return page(
        "advisory_new.html", "Registrar asesoría", crumbs=[HOME, LIST], problems=problems or {}, files=files or {},
        file_names=stored, entities=sorted(offered.items(), key=lambda item: item[1]), effects=EFFECTS,
        modalities=advisories.MODALITIES, rows=rows, today=clock.local_date(now), code=422 if problems else 200,
        **about,
    )  # fmt: skip


def _about(session: Session, plan_id: int, by: Principal) -> dict[str, Any]:
    """The plan for which the advisory is registered, with the milestones it may move."""
    plan = plans.found(session, plan_id, by)
    movable = [row for row in milestones.of_plan(session, plan.id) if row.status in ("pending", "in_progress")]
    return {
        "plan": plan,
        "entity": names.of_entities(session, [plan.entity_id]).get(plan.entity_id, ""),
        "product": session.get_one(Product, plan.product_id),
        "movable": movable,
    }


def _page(advisory_id: int, problems: dict[str, list[str]] | None = None) -> Response:
    by = identity.current()
    with reading() as session:
        row = advisories.get(session, advisory_id)
        at = advisory_parts.places_of(session, row.id)
        mine = any(access.allowed(by, "advisory.write", _subject(row, place)) for place in at)
        seen = any(access.allowed(by, "plan.read", _subject(row, place)) for place in at)
        if not seen:
            access.demand(by, "plan.read", _subject(row, at[0]) if at else access.ANYWHERE)
        entities = names.of_entities(session, [place.entity_id for place in at])
        values = {
            "entities": entities,
            "plans": {place.entity_id: place.plan_id for place in at},
            "attendees": advisory_parts.people_of(session, row.id),
            "moved": _moved(session, row),
            "people": names.of_people(session, [row.advisor_id, row.registered_by]),
            "file_names": names.of_files(session, [row.minutes_file, row.attendance_file]),
        }
    title = f"{advisories.MODALITIES.get(row.modality, 'Asesoría')} en {_where(list(entities.values()))}"
    return page(
        "advisory.html", title, crumbs=[HOME, LIST], row=row, mine=mine, problems=problems or {}, statuses=STATUS,
        effects=EFFECTS, modalities=advisories.MODALITIES, typed=request.form, today=clock.local_date(clock.now()),
        code=422 if problems else 200, **values,
    )  # fmt: skip


def _where(places: list[str]) -> str:
    """«Buenavista, Córdoba, y 4 entidades más»."""
    if len(places) < 2:
        return "".join(places) or "el territorio"
    return f"{places[0]}, y {words.counted(len(places) - 1, 'entidad', 'entidades')} más"


def _subject(row: Advisory, place: advisory_parts.Place) -> access.Subject:
    people = frozenset(key for key in (row.advisor_id, place.advisor_id) if key is not None)
    return access.Subject(
        unit_id=place.unit_id or row.unit_id, entity_id=place.entity_id, region_id=place.region_id, people=people
    )


def _moved(session: Session, row: Advisory) -> list[tuple[PlanMilestone, str]]:
    statement = (
        select(PlanMilestone, AdvisoryMilestone.effect)
        .join(AdvisoryMilestone, AdvisoryMilestone.milestone_id == PlanMilestone.id)
        .where(AdvisoryMilestone.advisory_id == row.id)
        .order_by(PlanMilestone.position)
    )
    return [(milestone, effect) for milestone, effect in session.execute(statement)]
