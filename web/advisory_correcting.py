"""Correcting an advisory: what it says, its papers, who attended and where it was given."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from db.errors import Conflict
from db.errors import InvalidData
from directory.principal import Principal
from edge import names
from tracking import advisories
from tracking import advisory_follow
from tracking import advisory_parts
from tracking import advisory_places
from tracking import execution
from tracking.advisory_parts import Attendee
from tracking.advisory_places import Place
from tracking.models import Advisory
from tracking.models import WorkPlan
from web import advising
from web import once
from web.reading_forms import Reader
from web.reading_forms import kept

MORE_ROWS = 2


def correct(advisory_id: int, *, by: Principal, now: datetime) -> dict[str, list[str]]:
    """Correct an advisory as the form says; returns what is wrong with it, by the ids that fields have on the page."""
    read, (files, problems) = Reader(), advising.keep_files(by)
    try:
        changes = _said(read) | {name: kept(tokens) for name, tokens in files.items() if tokens}
        if problems or read.errors:
            raise InvalidData(problems | read.errors)
        reason = read.text("rectify_reason")

        def act(session: Session) -> dict[str, Any]:
            whole = _whole(session, advisory_id, read)
            advisories.rectify(session, advisory_id, changes, **whole, reason=reason, by=by, now=now)
            return {"id": advisory_id}

        once.run(act, by=by, now=now)
    except InvalidData as error:
        return {_field(path): texts for path, texts in error.errors.items()}
    except Conflict as error:
        return {"plans": [error.message]}
    return {}


def offered(session: Session, row: Advisory, at: Sequence[Place], by: Principal) -> dict[str, Any]:
    """What the form of a correction shows: where it could have been given, who attended, what would lose its check."""
    plans = [place.plan for place in at if place.plan is not None]
    products = {plan.product_id for plan in plans}
    if len(plans) == len(at) and len(products) == 1:
        known = {plan.id for plan in plans}
        more = advisory_places.plans_to_advise(session, by, products.pop())
        under_way = execution.open_among(session, more)
        plans += [plan for plan in more if plan.id in under_way and plan.id not in known]
    else:
        plans = []
    return {
        "plan_options": _named(session, plans), "plan_ids": [place.plan_id for place in at],
        "rows_of_people": _rows(session, row), "loses": advisory_follow.verified_on(session, row),
    }  # fmt: skip


def _named(session: Session, plans: Sequence[WorkPlan]) -> list[tuple[int, str]]:
    entities = names.of_entities(session, [plan.entity_id for plan in plans])
    return [(plan.id, entities[plan.entity_id]) for plan in plans]


def _rows(session: Session, row: Advisory) -> list[tuple[str, str, str]]:
    """The people as they were typed, or as they stand, and some rows more."""
    if "people_name" in request.form:
        columns = [request.form.getlist(f"people_{part}") for part in ("name", "position", "email")]
        return list(zip(*columns, strict=False))
    standing = [(one.name, one.position, one.email) for one in advisory_parts.people_of(session, row.id)]
    return standing + [("", "", "")] * MORE_ROWS


def _said(read: Reader) -> dict[str, Any]:
    return {
        "occurred_on": read.day("occurred_on", "Escriba la fecha de la asesoría."),
        "modality": read.text("modality", "Elija la modalidad."),
        "place": read.text("place"),
        "summary": read.text("summary", "Escriba qué se hizo y qué se acordó."),
    }


def _whole(session: Session, advisory_id: int, read: Reader) -> dict[str, Any]:
    """The whole lists that were sent and say something else than what stands."""
    whole: dict[str, Any] = {}
    if "people_name" in request.form:
        before = advisory_parts.people_of(session, advisory_id)
        typed = [row for _, row in advising.people_typed()]
        if typed != [(one.name, one.position, one.email) for one in before]:
            known = {one.name: one for one in before}
            whole["people"] = [_attendee(row, known.get(row[0])) for row in typed]
    if "plans_asked" in request.form:
        whole["plans"] = read.numbers("plans")
    return whole


def _attendee(row: Sequence[str], before: Any) -> Attendee:
    """Who attended as typed, with what the form does not ask and was known of the same name."""
    name, position, email = row
    phone, entity_id = (before.phone, before.entity_id) if before is not None else ("", None)
    return Attendee(name, position, email, phone, entity_id)


def _field(path: str) -> str:
    """The id that a field has on the page."""
    return "rectify_reason" if path == "reason" else "people" if path.startswith("people/") else path
