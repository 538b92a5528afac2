"""Mi cuenta: password, sessions, tokens, absences and delegations of the person who is signed in."""

from datetime import date
from datetime import datetime
from datetime import timedelta
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
from db.errors import NotFound
from directory import absences
from directory import access
from directory import accounts
from directory import delegations
from directory import identities
from directory import people
from directory import principal
from directory import roles
from directory import scopes
from directory import second_factor
from directory import sessions
from directory import tokens
from edge import browsers
from edge import identity
from edge import names
from edge import proving
from edge.permission import signed_in
from edge.words import counted
from engine.undecided import StandIn
from web import absence_view
from web import at_hand
from web import picking
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.reading_forms import Reader

blueprint = Blueprint("web_account", __name__)

HERE = "/mi-cuenta"
MOST_DAYS = 365


@blueprint.get(HERE)
@signed_in
def show() -> Response:
    return _page()


@blueprint.post(f"{HERE}/contrasena")
@signed_in
def change_password() -> Response:
    by, now, read = identity.current(), clock.now(), Reader()
    current, new = request.form.get("current", ""), request.form.get("new", "")
    if new != request.form.get("again", ""):
        read.errors["again"] = ["Escriba dos veces la misma contraseña nueva."]
    try:
        read.check()
        with transaction() as session:
            accounts.change_password(
                session, by.person_id, current, new, keep=identity.secret(), by=by.actor(), now=now
            )
    except InvalidData as error:
        return _page(problems=error.errors)
    flash("Su contraseña cambió. Las demás sesiones se cerraron.", "success")
    return go(HERE)


@blueprint.post(f"{HERE}/sesiones/<id:session_id>/cierre")
@signed_in
def end_session(session_id: int) -> Response:
    with transaction() as session:
        sessions.revoke(session, identity.current().person_id, session_id, now=clock.now())
    flash("La sesión se cerró.", "success")
    return go(HERE)


@blueprint.post(f"{HERE}/sesiones/cierre")
@signed_in
def end_other_sessions() -> Response:
    by, now = identity.current(), clock.now()
    with transaction() as session:
        count = sessions.close_all(session, by.person_id, now=now, but=identity.secret())
    closed = counted(count, "sesión", "sesiones")
    flash(f"Se cerraron las demás: {closed}. Ésta sigue abierta." if count else "No había otras sesiones.", "success")
    return go(HERE)


@blueprint.post(f"{HERE}/tokens")
@signed_in
def issue() -> Response:
    """A new token; its secret is shown on this answer and never again."""
    proving.demand()
    by, now, read = identity.current(), clock.now(), Reader()
    try:
        days = read.number("lasts", "Escriba cuántos días dura.") or 0
        if days > MOST_DAYS:
            read.errors["lasts"] = [f"Escriba {MOST_DAYS} días como máximo."]
        read.check()
        with transaction() as session:
            issued = tokens.issue(
                session, by.person_id, read.text("name"), lasts=timedelta(days=days), by=by.actor(), now=now
            )
    except InvalidData as error:
        return _page(problems=error.errors)
    response = _page(secret=issued.secret)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post(f"{HERE}/tokens/<id:token_id>/revocacion")
@signed_in
def revoke(token_id: int) -> Response:
    by = identity.current()
    with transaction() as session:
        tokens.revoke(session, by.person_id, token_id, by=by.actor(), now=clock.now())
    flash("La clave dejó de servir.", "success")
    return go(HERE)


@blueprint.post(f"{HERE}/ausencias")
@signed_in
def add_absence() -> Response:
    by, now, read = identity.current(), clock.now(), Reader()
    sure = request.form.get("confirmed") == "si"
    try:
        since = read.day("since", "Escriba el primer día.") or clock.local_date(now)
        until = read.day("until", "Escriba el último día.") or since
        read.check()
        with transaction() as session:
            if not sure:
                at_hand.demand_sure(session, by.person_id, since, until, field="confirmed", now=now)
            absences.add(session, by.person_id, read.text("kind"), since, until, note=read.text("note"),
                         confirmed=sure, by=by.actor(), now=now)  # fmt: skip
    except InvalidData as error:
        return _page(problems=error.errors)
    flash("La ausencia quedó registrada.", "success")
    return go(f"{HERE}#ausencias")


@blueprint.post(f"{HERE}/ausencias/<id:absence_id>/cancelacion")
@signed_in
def cancel_absence(absence_id: int) -> Response:
    by = identity.current()
    with transaction() as session:
        if absence_id not in {row.id for row in absences.of(session, by.person_id)}:
            raise NotFound("la ausencia", absence_id)
        row = absences.cancel(session, absence_id, by=by.actor(), now=clock.now())
        lent = delegations.covering(session, by.person_id, row.since, row.until or row.since)
        ended = [one.id for one in lent if str(one.id) in request.form.getlist("delegation")]
        for key in ended:
            delegations.revoke(session, key, by=by, now=clock.now())
    said = " y la delegación terminó" if len(ended) == 1 else " y las delegaciones terminaron" if ended else ""
    kept = " La delegación de esos días sigue: si ya no hace falta, termínela." if len(lent) > len(ended) else ""
    flash(f"La ausencia se canceló{said}.{kept}", "success")
    return go(f"{HERE}#ausencias")


@blueprint.post(f"{HERE}/delegaciones")
@signed_in
def delegate() -> Response:
    by, now, read = identity.current(), clock.now(), Reader()
    access.demand(by, "delegation.own")
    if picking.asked():
        return _page()
    try:
        to_id = read.number("to_id", "Elija a quién delega.") or 0
        since = read.day("delegated_since", "Escriba desde cuándo.") or clock.local_date(now)
        until = read.day("delegated_until", "Escriba hasta cuándo.") or since
        read.check()
        with transaction() as session:
            _demand_at_hand(session, StandIn(to_id, read.text("role")), since, until, by.person_id, now)
            delegations.add(session, by.person_id, to_id, since, until, role=read.text("role") or None,
                            reason=read.text("reason"), by=by, now=now)  # fmt: skip
    except InvalidData as error:
        here = {"since": "delegated_since", "until": "delegated_until"}
        return _page(problems={here.get(path, path): messages for path, messages in error.errors.items()})
    flash("La delegación quedó registrada.", "success")
    return go(HERE)


def _demand_at_hand(
    session: Session, to: StandIn, since: date, until: date, from_id: int, now: datetime
) -> None:  # fmt: skip
    """Raise InvalidData until it is confirmed that who would not see what is lent, or not decide it, is meant."""
    name = names.of_people(session, [to.person_id]).get(to.person_id)
    if name is None or until < since or request.form.get("delegate_confirmed") == str(to.person_id):
        return
    doubts = at_hand.doubts(session, to.person_id, name, since, until)
    doubts += at_hand.undecidable(session, from_id, since, until, to=to, now=now)
    if doubts:
        raise InvalidData({"delegate_confirmed": doubts})


@blueprint.post(f"{HERE}/delegaciones/<id:delegation_id>/revocacion")
@signed_in
def end_delegation(delegation_id: int) -> Response:
    with transaction() as session:
        delegations.revoke(session, delegation_id, by=identity.current(), now=clock.now())
    flash("La delegación terminó.", "success")
    return go(HERE)


def _page(*, problems: dict[str, list[str]] | None = None, secret: str = "") -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        here = sessions.find(session, identity.secret(), now=now)
        lent = delegations.of(session, by.person_id)
        values: dict[str, Any] = {
            "sessions": sessions.of(session, by.person_id, now=now),
            "here": here.id if here else 0,
            "tokens": [row for row in tokens.of(session, by.person_id) if row.revoked_at is None],
            "absences": absence_view.shown(
                session, [row for row in absences.of(session, by.person_id) if row.revoked_at is None], now
            ),
            "delegations": [row for row in lent if row.revoked_at is None],
            "gone": people.gone(session, [row.to_id for row in lent if row.revoked_at is None]),
            "people": names.of_people(session, [key for row in lent for key in (row.from_id, row.to_id)]),
            "others": picking.picker(
                "to_id",
                at_hand.marked(session, delegations.receivers(session, by.person_id, now=now), clock.local_date(now)),
                request.form.get("to_id"),
            ),
            "lendable": principal.lendable(session, by.person_id, now=now),
            "with_password": accounts.of(session, by.person_id) is not None,
            "institutional": next(
                (row for row in identities.of(session, by.person_id) if row.removed_at is None), None
            ),
            "coded": second_factor.holds(session, by.person_id),
            "held": [(grant, scopes.name(session, grant.scope_kind, grant.scope_id)) for grant in by.grants],
        }
    # A delegation is offered for the days of an absence: its dates come in the address.
    typed = request.form or {"delegated_since": request.args.get("desde"), "delegated_until": request.args.get("hasta")}
    held = {grant.role: roles.label(grant.role) for grant in by.grants if grant.on_behalf_of is None}
    own = {role: label for role, label in held.items() if role in values["lendable"]}
    kept = sorted(label for role, label in held.items() if role not in own)
    return page(
        "account.html", "Mi cuenta", crumbs=[HOME], problems=problems or {}, typed=typed, secret=secret, now=now,
        kinds=absences.KINDS, own_roles=own, kept_roles=kept, me=by.person_id, min_length=accounts.MIN_LENGTH,
        today=clock.local_date(now), browser_of=browsers.in_words, code=422 if problems else 200, **values,
    )  # fmt: skip
