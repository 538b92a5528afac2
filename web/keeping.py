"""Conservación: for how long personal data are kept, what a term would touch, and who changed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import Actor
from db import clock
from db import history
from db import reading
from db import retention
from db import settings
from db import transaction
from db.errors import InvalidData
from db.retention import Term
from directory import access
from edge import identity
from edge import names
from edge.permission import permission
from edge.words import counted
from web import histories
from web import stale
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.settings import SUBJECT

blueprint = Blueprint("web_keeping", __name__)

HERE = "/ajustes/conservacion"
SETTINGS = ("Ajustes", "/ajustes")
UNIT = {retention.MONTHS: ("mes", "meses"), retention.DAYS: ("día", "días")}
CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Shown:
    """A term as the page shows it: what it is now, how many rows are over it, and how many over what was typed."""

    term: Term
    unit: str
    said: str
    origin: settings.Setting | None
    over: int
    would: int | None
    may: bool


@blueprint.get(HERE)
@permission("setting.read")
def show() -> Response:
    return _page()


@blueprint.post(HERE)
@permission("setting.change")
def change() -> Response:
    """Keep what differs from what it is; what it would take away at once is told and confirmed first."""
    by, now = identity.current(), clock.now()
    actor = access.demand(by, "setting.change")
    try:
        wanted = _read(request.form)
        if request.form.get("act") == "rehearse":
            return _page(wanted=wanted)
        with transaction() as session:
            mine = stale.changed(request.form, _standing(session))
            wanted = {key: count for key, count in wanted.items() if key in mine}
            _demand_confirmed(session, wanted, now)
            changed = _keep(session, wanted, actor, now)
    except InvalidData as error:
        return _page(dict(error.errors))
    flash("Los términos quedaron guardados." if changed else "No había nada por cambiar.", "success")
    return go(HERE)


def _read(typed: Mapping[str, str]) -> dict[str, int]:
    wanted, errors = {}, {}
    for one in retention.TERMS.values():
        text = typed.get(one.key, "").strip() or ("0" if one.least == 0 else "")
        if not (text.isascii() and text.isdecimal() and len(text) < 6 and one.least <= int(text) <= one.most):
            ever = ", o déjelo vacío" if one.least == 0 else ""
            units = UNIT[one.unit][1]
            errors[one.key] = [f"Escriba entre {max(one.least, 1)} y {one.most} {units} en «{one.label}»{ever}."]
        else:
            wanted[one.key] = int(text)
    if errors:
        raise InvalidData(errors)
    return wanted


def _demand_confirmed(session: Session, wanted: Mapping[str, int], now: datetime) -> None:
    """Raise InvalidData until it is confirmed that what is over the new terms goes, which nothing brings back."""
    told = []
    for key, count in wanted.items():
        one = retention.TERMS[key]
        gone = retention.waiting(session, one, count, now)
        if gone and gone > retention.waiting(session, one, retention.length(session, one), now):
            told.append(f"«{one.label}»: {counted(gone, 'registro', 'registros')}. {one.becomes}")
    agreed = "|".join(f"{key}={wanted[key]}" for key in sorted(wanted))
    if told and request.form.get(CONFIRMED) != agreed:
        raise InvalidData({CONFIRMED: [*told, "Esto no se puede deshacer y empieza hoy mismo."], "agreed": [agreed]})


def _keep(session: Session, wanted: Mapping[str, int], by: Actor, now: datetime) -> int:
    changed = 0
    for key, after in wanted.items():
        one = retention.TERMS[key]
        before = retention.length(session, one)
        if after == before:
            continue
        changed += 1
        settings.put(session, key, after, by=by, now=now)
        summary = f"Cambió cuánto se conserva «{one.label}» de {_said(one, before)} a {_said(one, after)}."
        details = {"key": key, "before": before, "after": after}
        history.record(session, SUBJECT, "setting.changed", by=by, now=now, summary=summary, details=details)
        session.flush()
    return changed


def _said(one: Term, count: int) -> str:
    return counted(count, *UNIT[one.unit]) if count else "siempre"


def _standing(session: Session) -> dict[str, str]:
    return {key: str(count) if count else "" for key, count in retention.lengths(session).items()}


def _page(problems: dict[str, list[str]] | None = None, *, wanted: Mapping[str, int] | None = None) -> Response:
    now = clock.now()
    agreed = "".join((problems or {}).pop("agreed", []))
    with reading() as session:
        rows = {row.key: row for row in session.scalars(select(settings.Setting).where(_ours()))}
        shown = [_shown(session, one, rows.get(one.key), (wanted or {}).get(one.key), now) for one in _terms()]
        people = names.of_people(session, [row.changed_by for row in rows.values()])
        standing, acts = _standing(session), histories.values(session, SUBJECT)
    sent = bool(problems) or wanted is not None
    return page(
        "keeping.html", "Conservación de datos personales", crumbs=[HOME, SETTINGS], shown=shown, people=people,
        typed=stale.kept(request.form, standing) if sent else standing, agreed=agreed, rehearsed=wanted is not None,
        standing=stale.still_shown(request.form, standing, problems) if sent else standing,
        problems=problems or {}, code=422 if problems else 200, **acts,
    )  # fmt: skip


def _shown(
    session: Session, one: Term, origin: settings.Setting | None, typed: int | None, now: datetime
) -> Shown:  # fmt: skip
    count = retention.length(session, one)
    would = retention.waiting(session, one, typed, now) if typed is not None else None
    over = retention.waiting(session, one, count, now)
    return Shown(one, UNIT[one.unit][1], _said(one, count), origin, over, would, one.may(session))


def _terms() -> list[Term]:
    return list(retention.TERMS.values())


def _ours() -> Any:
    return settings.Setting.key.in_(list(retention.TERMS))
