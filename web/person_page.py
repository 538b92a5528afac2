"""The page of a person: what they hold and carry, and what the administrator changes of it."""

from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import Any

from flask import Response
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db.history import HistoryRow
from db.history import Subject
from directory import absences
from directory import access
from directory import accounts
from directory import acting
from directory import coverage
from directory import delegations
from directory import encargos
from directory import grants
from directory import identities
from directory import people
from directory import readings
from directory import roles
from directory import scopes
from directory import second_factor
from directory import sessions
from directory import units
from directory.models import Absence
from directory.models import Encargo
from directory.models import Period
from directory.models import Person
from directory.models import RoleGrant
from directory.principal import Principal
from edge import identity
from edge import names
from edge import personal_reads
from notifications import preferences
from tracking import handover
from tracking import left_behind
from tracking import role_ends
from tracking import work_plans
from web import absence_view
from web import histories
from web import scoped
from web import stale
from web.frame import HOME
from web.frame import page

LIST = ("Personas", "/personas")
PAST_SHOWN = 5
DATA = {"name": "Nombre", "email": "Correo", "position": "Cargo", "unit_id": "Dependencia"}


def render(person_id: int, problems: dict[str, list[str]] | None = None) -> Response:
    """The page, with what is wrong in the form that was sent."""
    by, now = identity.current(), clock.now()
    today = clock.local_date(now)
    with reading() as session:
        row = people.get(session, person_id)
        registers = absences.may_register(session, by, row.id, now=now)
        values = _held(session, row, by, now, meanwhile=registers)
        # Why somebody is away may be about their health (Ley 1581 de 2012).
        values |= {"registers": registers, "tells_why": row.id == by.person_id or registers}
        if access.may(by, "message.read"):
            values["barred_since"] = preferences.of(session, row.id).bounced_at
        if access.may(by, "people.manage") or access.may(by, "people.history"):
            values["institutional"] = identities.of(session, row.id)
        if access.may(by, "people.manage"):
            values |= _managed(session, row, [one for one, _ in values["grants"] + values["encargos"]], now)
        if access.may(by, "handover.run"):
            values["hands_over"] = handover.may_ask(session, row, by, today)
        if access.may(by, "people.history"):
            values |= _account(session, row) | histories.values(session, Subject("person", row.id))
            values["data_changed"] = _data_changed(session, values["acts"], access.may(by, "people.manage"))
    personal_reads.note(readings.PERSON, [row.id])
    return page(
        "person.html", row.name, crumbs=[HOME, LIST], row=row, problems=problems or {}, typed=_typed(row),
        standing=_shown(row, problems), today=today,
        role_options=[(role.key, role.label) for role in roles.ROLES.values()], kinds=absences.KINDS,
        code=422 if problems else 200, **values,
    )  # fmt: skip


def _held(session: Session, row: Person, by: Principal, now: datetime, *, meanwhile: bool) -> dict[str, Any]:
    """What everybody may know of a person."""
    today = clock.local_date(now)
    held, posts = grants.of(session, row.id), encargos.of(session, row.id)
    lent = [item for item in delegations.of(session, row.id) if _counts(item, today)]
    return {
        "outside": roles.OUTSIDE,
        "unit": names.of_units(session, [row.unit_id]).get(row.unit_id or 0, ""),
        "grants": [(item, scopes.name(session, item.scope_kind, item.scope_id)) for item in held],
        "encargos": [(item, scopes.name(session, item.scope_kind, item.scope_id)) for item in posts],
        "delegations": lent,
        "gone": people.gone(session, [item.to_id for item in lent]),
        "absences": absence_view.shown(
            session,
            _away(absences.of(session, row.id), today, past=meanwhile),
            now,
            meanwhile=meanwhile,
        ),
        "covered": names.of_entities(session, coverage.entities_of(session, row.id, today)),
        **_planned(session, row, by),
        **_given(session, row, today),
        "others": names.of_people(session, [key for item in lent for key in (item.from_id, item.to_id)]),
    }


def _away(rows: Sequence[Absence], today: date, *, past: bool) -> list[Absence]:
    """What counts today or later; with the last ones that went by, for whoever may correct a slip in their dates."""
    over = [item for item in rows if item.revoked_at is None and not _counts(item, today)]
    return [*(item for item in rows if _counts(item, today)), *over[: PAST_SHOWN if past else 0]]


def _planned(session: Session, row: Person, by: Principal) -> dict[str, Any]:
    """The handovers that wait for their day, given or received, for themselves and for who may read them."""
    waiting = [one for one in handover.seen(session, by=by) if row.id in (one.from_id, one.to_id)]
    people_of = names.of_people(session, [key for one in waiting for key in (one.from_id, one.to_id)])
    leaving = next((one for one in waiting if one.from_id == row.id), None)
    mine = {one.id for one in waiting if handover.may_cancel(session, one, by)}
    return {"handovers": waiting, "handing": people_of, "leaving": leaving, "cancellable": mine}


def _given(session: Session, row: Person, today: date) -> dict[str, Any]:
    """The running plans that somebody gave to them on purpose: of entities that they do not accompany."""
    covered = set(coverage.entities_of(session, row.id, today))
    plans = [plan for plan in work_plans.running_of(session, row.id) if plan.entity_id not in covered]
    return {
        "given": plans, "places": names.of_entities(session, [plan.entity_id for plan in plans]),
        "products": names.of_products(session, [plan.product_id for plan in plans]),
    }  # fmt: skip


def _managed(session: Session, row: Person, held: Sequence[RoleGrant | Encargo], now: datetime) -> dict[str, Any]:
    """What the administrator chooses from and looks at before changing something."""
    today, left = clock.local_date(now), left_behind.by(session, row.id, now=now)
    gives = {item: role_ends.given(session, item, now=now) for item in held if _counts(item, today)}
    last = acting.only_post(session, row.id, today)
    return {
        "coded": second_factor.holds(session, row.id),
        "scopes": scoped.offered(session),
        "units": [(unit.id, unit.name) for unit in units.offered(session, row.unit_id)],
        "carries": left_behind.in_words(left),
        "kept": left_behind.kept_in_words(left),
        "can_act": not acting.unable(session, [row.id], today),
        "gives": gives,
        "only_post": last,
        "leaves_behind": left_behind.in_words(left_behind.less(left, gives.get(last, 0) if last else 0)),
    }


def _account(session: Session, row: Person) -> dict[str, Any]:
    account = accounts.of(session, row.id)
    return {"username": account.username if account else "", "last_in": sessions.last_opened(session, row.id)}


def _data_changed(session: Session, acts: Sequence[HistoryRow], tells_values: bool) -> dict[int, list[str]]:
    """Which data each correction changed, by the id of the act, and from what to what for who administers people.

    They are personal data (Ley 1581 de 2012): whoever oversees reads what was touched, not what it said.
    """
    rows = [row for row in acts if row.action == "person.changed"]
    units_of = names.of_units(session, [key for row in rows for key in row.details.get("unit_id", ())])
    found = {}
    for row in rows:
        told = [(key, row.details[key]) for key in DATA if key in row.details]
        if tells_values:
            found[row.id] = [f"{DATA[key]}: {_said(key, old, units_of)} → {_said(key, new, units_of)}"
                             for key, (old, new) in told]  # fmt: skip
        else:
            found[row.id] = [f"Cambió: {', '.join(DATA[key].lower() for key, _ in told)}"]
    return found


def _said(key: str, value: Any, units_of: dict[int, str]) -> str:
    """A datum as it was or is, in words."""
    text = units_of.get(value or 0, "") if key == "unit_id" else value
    return f"«{text}»" if text else "vacío"


def standing(row: Person) -> dict[str, str]:
    """The data of a person as the form that corrects them shows them."""
    return {"name": row.name, "email": row.email, "position": row.position, "unit_id": str(row.unit_id or "")}


def _typed(row: Person) -> dict[str, Any]:
    """What was typed in the form that was sent, and else the person's data as they stand."""
    return {**standing(row), **request.form, **(stale.kept(request.form, standing(row)) if _corrects() else {})}


def _shown(row: Person, problems: dict[str, list[str]] | None) -> dict[str, str]:
    """What the data are compared with when the form that corrects them is sent."""
    return stale.still_shown(request.form, standing(row), problems) if _corrects() else standing(row)


def _corrects() -> bool:
    """Whether what was sent is the form that corrects the data, and not another of the page."""
    return f"{stale.SHOWN}name" in request.form


def _counts(item: Period, today: date) -> bool:
    """Whether a period counts today or is to come."""
    return item.revoked_at is None and (item.until is None or item.until >= today)
