"""The page of a unit: where it stands, who and what is in it, and what the administrator changes of it."""

from typing import Any

from flask import Response
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from directory import access
from directory import people
from directory import unit_acts
from directory import units
from directory.models import Unit
from edge import identity
from tracking import unit_ties
from web import histories
from web import stale
from web.frame import HOME
from web.frame import page

LIST = ("Dependencias", "/dependencias")


def render(unit_id: int, problems: dict[str, list[str]] | None = None) -> Response:
    """The page, with what is wrong in the form that was sent."""
    by, now = identity.current(), clock.now()
    with reading() as session:
        row = units.get(session, unit_id)
        members = people.search(session, unit_id=row.id, disabled=True)
        every = units.every(session, disabled=True)
        values: dict[str, Any] = {
            "above": units.above(session, row.id)[:0:-1],
            "children": [unit for unit in every if unit.parent_id == row.id],
            "members": members.items, "more_members": bool(members.next_cursor),
            "ties": unit_ties.of(session, row.id, now=now),
            "roles": unit_ties.holders(session, row.id, now=now),
            **histories.values(session, units.subject(row.id)),
        }  # fmt: skip
        if access.may(by, "unit.manage"):
            values |= {"units": _parents(session, row), "fixed": unit_acts.code_is_fixed(row.code)}
    return page(
        "unit.html", row.name, crumbs=[HOME, LIST], row=row, problems=problems or {}, words=unit_ties.WORDS,
        typed=_typed(row), standing=_shown(row, problems), code=422 if problems else 200, **values,
    )  # fmt: skip


def standing(row: Unit) -> dict[str, str]:
    """The data of a unit as the form that corrects them shows them."""
    return {"code": row.code, "name": row.name, "parent_id": str(row.parent_id or "")}


def _parents(session: Session, row: Unit) -> list[tuple[int, str]]:
    """The units under which it may hang, and the one under which it does."""
    own = units.below(session, [row.id])[row.id]
    return [(unit.id, unit.name) for unit in units.offered(session, row.parent_id) if unit.id not in own]


def _typed(row: Unit) -> dict[str, Any]:
    """What was typed in the form that was sent, and else the unit's data as they stand."""
    return {**standing(row), **request.form, **(stale.kept(request.form, standing(row)) if _corrects() else {})}


def _shown(row: Unit, problems: dict[str, list[str]] | None) -> dict[str, str]:
    """What the data are compared with when the form that corrects them is sent."""
    return stale.still_shown(request.form, standing(row), problems) if _corrects() else standing(row)


def _corrects() -> bool:
    """Whether what was sent is the form that corrects the data, and not another of the page."""
    return f"{stale.SHOWN}name" in request.form
