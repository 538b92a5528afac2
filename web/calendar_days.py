"""Días no hábiles: those that people declared, and changing them after seeing which due dates move."""

from collections.abc import Callable
from collections.abc import Mapping
from datetime import date
from datetime import time
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.actor import Actor
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory import entities
from directory import regions
from edge import identity
from edge import names
from edge import words
from edge.permission import permission
from notifications import days
from notifications import foreseen
from notifications.calendar import in_words
from notifications.foreseen import Foreseen
from notifications.models import NonWorkingDay
from notifications.words import at_hour
from web import histories
from web.calendars import FIRST
from web.calendars import LAST
from web.frame import HOME
from web.frame import go
from web.frame import number
from web.frame import page
from web.frame import same_list
from web.reading_forms import Reader

blueprint = Blueprint("web_calendar_days", __name__)

CALENDAR = ("Calendario", "/calendario")
DAYS = ("Días no hábiles", "/calendario/dias")
AT_ONCE = 50  # of the list of all that would move


@blueprint.get("/calendario/dias")
@permission("calendar.read")
def declared() -> Response:
    """The days of a year that people declared, the versions of the calendar and, for who may, how to change it."""
    return _page()


@blueprint.post("/calendario/dias")
@permission("calendar.change")
def add() -> Response:
    """Show which due dates the day would move; declare it when that was seen and confirmed."""
    try:
        with reading() as session:
            new = _new(session)
            if "confirmar" not in request.form:
                row = days.proposed(session, **new)
                place = days.place_names(session, [row])[row.id]
                return _foreseen_page(foreseen.of_added(session, **new), row, place, _all_of(request.form))
        with transaction() as session:
            actor = access.demand(identity.current(), "calendar.change")
            days.add(session, **new, by=actor, now=clock.now())
    except InvalidData as error:
        field = f"{request.form.get('scope_kind', '')}_code"
        return _page({field if path == "scope_code" else path: said for path, said in error.errors.items()})
    except Conflict as error:
        return _page({"day": [error.message]})
    flash("El día quedó declarado. Los plazos abiertos que cambien se recalculan en unos minutos.", "success")
    return go(f"/calendario/dias?anio={new['day'].year}")


@blueprint.post("/calendario/dias/<id:day_id>/retiro")
@permission("calendar.change")
def remove(day_id: int) -> Response:
    """Make a declared day a working day again, after a look at which due dates move."""
    field = f"reason-{day_id}"
    reason = request.form.get(field, "")
    if reason.strip() and "confirmar" not in request.form:
        try:
            with reading() as session:
                row, found = foreseen.of_removed(session, day_id)
                place = days.place_names(session, [row])[row.id]
        except Conflict as error:
            return _page({"": [error.message]})
        return _foreseen_page(found, row, place, f"/calendario/dias/efecto?retiro={day_id}")
    return _changed(
        lambda session, actor: days.remove(session, day_id, reason, by=actor, now=clock.now()),
        "El día volvió a ser hábil.",
        field,
    )


@blueprint.get("/calendario/dias/efecto")
@permission("calendar.change")
def all_moves() -> Response:
    """Every open due date that a change of the calendar would move; the address says which change."""
    access.demand(identity.current(), "calendar.change")
    with reading() as session:
        found, lead, place = _hour_asked(session) if "hora" in request.args else _day_asked(session)
    first = max(number("desde") or 0, 0)
    following = first + AT_ONCE
    return page(
        "calendar_moves.html", "Plazos que se mueven", crumbs=[HOME, CALENDAR, DAYS], found=found, lead=lead,
        place=place, moves=found.moves[first:following], first=first,
        next_url=same_list(desde=str(following)) if following < found.count else "",
        first_url=same_list(desde="") if first else "",
    )  # fmt: skip


@blueprint.post("/calendario/dias/hora")
@permission("calendar.change")
def cut_off() -> Response:
    """Show which due dates another hour would move; change it when that was seen and confirmed."""
    try:
        hour = time.fromisoformat(request.form.get("cut_off", ""))
    except ValueError:
        return _page({"cut_off": ["Escriba la hora, por ejemplo las 5:00 p. m."]})
    reason = request.form.get("why", "")
    if "confirmar" not in request.form:
        try:
            with reading() as session:
                found = foreseen.of_cut_off(session, hour, reason)
        except InvalidData as error:
            return _page({"why" if path == "reason" else path: said for path, said in error.errors.items()})
        return _hour_page(found, hour, reason)
    return _changed(
        lambda session, actor: days.set_cut_off(session, hour, reason, by=actor, now=clock.now()),
        "La hora límite quedó cambiada.",
        "why",
    )


def _new(session: Session) -> dict[str, Any]:
    """The day that was typed. Raises InvalidData."""
    read = Reader()
    day = read.day("day", "Escriba el día.") or date.min
    kind = read.text("scope_kind", "Elija dónde no se trabaja.")
    reason = read.text("reason", "Diga por qué no se trabaja ese día.")
    read.check()
    return {"day": day, "scope_kind": kind, "scope_code": _place(session, kind, request.form), "reason": reason}


def _day_asked(session: Session) -> tuple[Foreseen, str, str]:
    """What the change of a day that the address names would move, that change in words, and where it is."""
    removed = number("retiro")
    if removed is not None:
        row, found = foreseen.of_removed(session, removed)
    else:
        new = _asked(session)
        row, found = days.proposed(session, **new), foreseen.of_added(session, **new)
    said = "no es hábil" if removed is None else "vuelve a ser hábil"
    return found, f"Si el {in_words(row.day)} {said}.", days.place_names(session, [row])[row.id]


def _hour_asked(session: Session) -> tuple[Foreseen, str, str]:
    """What the hour that the address names would move, that change in words, and where it is. Raises NotFound."""
    try:
        hour = time.fromisoformat(request.args["hora"])
    except ValueError:
        raise NotFound("la hora", request.args["hora"]) from None
    found = foreseen.of_cut_off(session, hour, "Por cambiar")
    return found, words.ended(f"Si el día hábil termina {at_hour(hour)}"), days.SCOPES["national"]


def _asked(session: Session) -> dict[str, Any]:
    """The day that the address names; one that nobody could declare does not exist. Raises NotFound, InvalidData."""
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        raise NotFound("el día", request.args.get("day", "")) from None
    kind = request.args.get("scope_kind", "")
    reason = request.args.get("reason", "").strip() or "Por declarar"
    return {"day": day, "scope_kind": kind, "scope_code": _place(session, kind, request.args), "reason": reason}


def _place(session: Session, kind: str, given: Mapping[str, str]) -> str:
    """The place that was chosen; an entity is named by its DANE code."""
    code = given.get(f"{kind}_code", "").strip()
    if kind != "entity":
        return code
    try:
        return str(entities.with_code(session, code).id)
    except NotFound:
        raise InvalidData({"scope_code": ["Ninguna entidad tiene ese código DANE."]}) from None


def _all_of(form: Mapping[str, str]) -> str:
    """The address of all that the day in `form` would move."""
    wanted = ("day", "scope_kind", "region_code", "department_code", "entity_code", "reason")
    return f"/calendario/dias/efecto?{urlencode({name: form[name] for name in wanted if form.get(name)})}"


def _foreseen_page(found: Foreseen, row: NonWorkingDay, place: str, all_url: str) -> Response:
    removing = row.id is not None
    title = f"El {in_words(row.day)} {'vuelve a ser hábil' if removing else 'no será hábil'}"
    return page(
        "calendar_foreseen.html", title, crumbs=[HOME, CALENDAR, DAYS], found=found, place=place, all_url=all_url,
        shown=found.moves[: foreseen.SHOWN], sent=_sent_again(), cut_off=False,
        reason=request.form[f"reason-{row.id}"] if removing else row.reason,
        confirm="Volverlo hábil" if removing else "Declarar el día no hábil",
        leave=f"/calendario/dias?anio={row.day.year}",
    )  # fmt: skip


def _hour_page(found: Foreseen, hour: time, reason: str) -> Response:
    title = f"El día hábil terminará {at_hour(hour)}"
    return page(
        "calendar_foreseen.html", title, crumbs=[HOME, CALENDAR, DAYS], found=found, place=days.SCOPES["national"],
        all_url=f"/calendario/dias/efecto?{urlencode({'hora': f'{hour:%H:%M}'})}",
        shown=found.moves[: foreseen.SHOWN], sent=_sent_again(), cut_off=True, reason=reason,
        confirm="Cambiar la hora", leave=DAYS[1],
    )  # fmt: skip


def _sent_again() -> list[tuple[str, str]]:
    """What was typed, for the form that confirms it."""
    return [(name, text) for name, text in request.form.items() if text and name != "csrf_token"]


def _changed(act: Callable[[Session, Actor], object], done: str, reason_field: str) -> Response:
    try:
        with transaction() as session:
            act(session, access.demand(identity.current(), "calendar.change"))
    except InvalidData as error:
        return _page({reason_field if path == "reason" else path: said for path, said in error.errors.items()})
    except Conflict as error:
        return _page({"": [error.message]})
    flash(f"{done} Los plazos abiertos que cambien se recalculan en unos minutos.", "success")
    return go("/calendario/dias")


def _page(problems: Mapping[str, list[str]] | None = None) -> Response:
    today = clock.local_date(clock.now())
    asked = request.args.get("anio", "")
    year = int(asked) if asked.isdecimal() and FIRST <= int(asked) <= LAST else today.year
    with reading() as session:
        rows = days.extra(session, year)
        versions = days.versions(session)
        values: dict[str, Any] = {
            "rows": rows,
            "places": days.place_names(session, rows),
            "people": names.of_people(session, [row.created_by for row in rows]),
            "departments": [(row.code, row.name) for row in entities.departments(session)],
            "regions": [(row.id, row.name) for row in regions.current(session)],
            "cut_off": days.load(session).cut_off,
            "version": versions[0] if versions else None,
            **histories.values(session, days.CHAIN),
        }
    return page(
        "calendar_days.html", "Días no hábiles", crumbs=[HOME, CALENDAR], year=year, scopes=days.SCOPES.items(),
        typed=request.form, problems=problems or {}, code=422 if problems else 200, **values,
    )  # fmt: skip
