"""Avances de entidades socias: what a partner did in a strategy, its correction, and taking it back."""

from datetime import datetime
from functools import partial
from typing import Any

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
from directory.pasted import recognise
from directory.principal import Principal
from edge import identity
from edge import names
from edge.permission import permission
from forms.references import codes_of
from tracking import partner_advances
from tracking import partner_endings
from tracking import partners
from tracking.partner_advances import NewAdvance
from web import conflicts
from web import once
from web import partner_past
from web.frame import go
from web.frame import page
from web.partners import at_field
from web.partners import crumbs
from web.reading_forms import Reader
from web.reading_forms import uploads

blueprint = Blueprint("web_partner_advances", __name__)

Problems = dict[str, list[str]]

WRITTEN = {
    "occurred_on": "Qué día ocurrió", "text": "Qué se hizo", "entities": "Entidades alcanzadas", "reason": "Por qué",
    "why": "Por qué",
}  # fmt: skip


@blueprint.get("/socias/<id:partner_id>/avances/nuevo")
@permission("advance.write")
def new(partner_id: int) -> Response:
    return _new(partner_id)


@blueprint.post("/socias/<id:partner_id>/avances/nuevo")
@permission("advance.write")
def report(partner_id: int) -> Response:
    by, now, read = identity.current(), clock.now(), Reader()
    tokens, said = request.form.getlist("files_kept"), None
    try:
        with transaction() as session:
            tokens = uploads(session, "files", by=by.actor(), now=now)
            said = NewAdvance(files=tokens, confirmed=request.form.get("confirmed") == "si", **_said(read, session))
        made = once.run(partial(_reported, partner_id, said, read, by, now), by=by, now=now)
    except InvalidData as error:
        return _new(partner_id, error.errors, tokens, 422, said)
    except Conflict as error:
        if error.code == partner_endings.ENDED:
            return _too_late(error, tokens)
        return _new(partner_id, {"": [error.message]}, tokens, 409)
    once.got_through(f"avance-{partner_id}", by)
    flash("El avance quedó reportado.", "success")
    return go(f"/estrategias/{made['strategy']}?parte=socias")


@blueprint.get("/avances-de-socias/<id:advance_id>")
@permission("advance.read")
def show(advance_id: int) -> Response:
    return _one(advance_id)


@blueprint.post("/avances-de-socias/<id:advance_id>/<any(rectificacion, anulacion):act>")
@permission("advance.correct")
def change(advance_id: int, act: str) -> Response:
    """Correct an advance, or annul it; either with its reason."""
    by, now, read = identity.current(), clock.now(), Reader()
    field = {"rectificacion": "reason", "anulacion": "why"}[act]
    how: dict[str, Any] = {"reason": read.text(field), "revision": request.form.get("revision", type=int)}
    tokens = request.form.getlist("files_kept") if act == "rectificacion" else None
    try:
        if act == "rectificacion":
            with transaction() as session:
                tokens = uploads(session, "files", by=by.actor(), now=now)
                said = _said(read, session)
        with transaction() as session, read.together():
            if act == "anulacion":
                partner_advances.annul(session, advance_id, **how, by=by, now=now)
            else:
                partner_advances.rectify(session, advance_id, {**said, "files": tokens}, **how, by=by, now=now)
    except InvalidData as error:
        return _one(advance_id, act, at_field(error.errors, "reason", field), tokens, 422)
    except Conflict as error:
        if error.code == partner_endings.ENDED:
            return _too_late(error, tokens or [])
        return _one(advance_id, act, conflicts.told(error, f"/avances-de-socias/{advance_id}"), tokens, 409)
    once.got_through(f"{act}-avance-{advance_id}", by)
    flash("El avance quedó rectificado." if act == "rectificacion" else "El avance quedó anulado.", "success")
    return go(f"/avances-de-socias/{advance_id}")


def _reported(
    partner_id: int, said: NewAdvance, read: Reader, by: Principal, now: datetime, session: Session
) -> dict[str, Any]:
    with read.together():
        row = partner_advances.report(session, partner_id, said, by=by, now=now)
    return {"id": row.id, "strategy": row.partner.strategy_id}


def _said(read: Reader, session: Session) -> dict[str, Any]:
    found = recognise(session, read.text("entities").splitlines())
    if found.refused:
        read.errors["entities"] = list(found.refused.values())
    return {
        "occurred_on": read.day("occurred_on", "Escriba qué día ocurrió."),
        "text": read.text("text"),
        "entities": found.ids,
    }


def _new(
    partner_id: int, problems: Problems | None = None, tokens: list[str] | None = None, status: int = 200,
    said: NewAdvance | None = None,
) -> Response:  # fmt: skip
    by, now = identity.current(), clock.now()
    with reading() as session:
        row, strategy = partners.get(session, partner_id, by=by, now=now)
        partners.demand_report(row, strategy, by)
        unit = names.of_units(session, [row.unit_id])[row.unit_id]
        files = names.of_files(session, tokens or [])
        twin = partner_advances.like(session, partner_id, said) if said and "confirmed" in (problems or {}) else None
    return page(
        "partner_advance_new.html", "Reportar un avance", crumbs=crumbs(strategy), row=row, strategy=strategy,
        unit=unit, typed=request.form, tokens=tokens or [], files=files, today=clock.local_date(now),
        problems=problems or {}, twin=twin, code=status,
    )  # fmt: skip


def _too_late(error: Conflict, tokens: list[str]) -> Response:
    """What was written for a participation that ended meanwhile, to be copied: its form is theirs no more."""
    written = [(label, said) for name, label in WRITTEN.items() if (said := request.form.get(name, "").strip())]
    with reading() as session:
        files = names.of_files(session, tokens)
    return page(
        "partner_too_late.html",
        "Avance de entidad socia",
        message=error.message,
        written=written,
        files=files,
        code=409,
    )


def _one(
    advance_id: int, opened: str = "", problems: Problems | None = None, tokens: list[str] | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    by, now = identity.current(), clock.now()
    with reading() as session:
        row, strategy = partner_advances.get(session, advance_id, by=by)
        if opened:  # what they sent is told to be wrong only to who may send it
            partner_advances.demand_correct(row, by)
        codes, fresh = codes_of(session, row.entities), [one for one in tokens or [] if one not in row.files]
        values = {
            "unit": names.of_units(session, [row.partner.unit_id])[row.partner.unit_id],
            "people": names.of_people(session, [row.author_id]),
            "reached": names.of_entities(session, row.entities),
            "lines": "\n".join(codes[key] for key in row.entities),
            "files": names.of_files(session, row.files),
            "kept": names.of_files(session, fresh),
            "taken_off": [one for one in row.files if tokens is not None and one not in tokens],
            "writes": partner_advances.may_correct(session, row, by, now),
            **partner_past.values(session, partner_advances.chain(row.id)),
        }
    return page(
        "partner_advance.html", "Avance de entidad socia", crumbs=crumbs(strategy), row=row, strategy=strategy,
        opened=opened, typed=request.form, today=clock.local_date(now), tokens=fresh, problems=problems or {},
        code=status, **values,
    )  # fmt: skip
