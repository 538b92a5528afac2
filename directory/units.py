"""Units of the DNP and its allies: a tree."""

from collections.abc import Collection
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from db.characters import too_long
from db.errors import InvalidData
from db.errors import NotFound
from db.ready import read
from directory.models import Unit
from directory.names import normalise

LONGEST_CODE = 20
LONGEST_NAME = 200
"""Characters of those that are made or corrected from now on; lists and headings hold as much. The numbers are ours."""

RETIRED = "«{name}» fue retirada: elija una dependencia en uso."


def get(session: Session, unit_id: int) -> Unit:
    """The unit with this id. Raises NotFound."""
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFound("la dependencia", unit_id)
    return unit


def find(session: Session, code: str) -> Unit | None:
    """The unit with this code (`DER`), if there is one."""
    return session.scalars(select(Unit).where(Unit.code == code)).one_or_none()


def every(session: Session, *, disabled: bool = False) -> list[Unit]:
    """All units by name; with those no longer in use when `disabled`."""
    statement = select(Unit).order_by(Unit.search_name, Unit.id)
    return list(session.scalars(statement if disabled else statement.where(Unit.disabled_at.is_(None))))


def alike(session: Session, *, code: str = "", name: str = "") -> list[Unit]:
    """The units, also those not in use, whose code or name is the one given but for capitals, accents and signs."""
    by_code, by_name = normalise(code), normalise(name)
    return [
        unit for unit in every(session, disabled=True)
        if (by_code and normalise(unit.code) == by_code) or (by_name and unit.search_name == by_name)
    ]  # fmt: skip


def offered(session: Session, keeping: int | None = None) -> list[Unit]:
    """The units in use by name, to choose from; with the one that stands (`keeping`), be it in use or not."""
    return [unit for unit in every(session, disabled=True) if unit.disabled_at is None or unit.id == keeping]


def demand_in_use(session: Session, unit_id: int, path: str = "unit_id") -> Unit:
    """The unit, to which something new may be tied. Raises NotFound; InvalidData at `path` when it was retired."""
    unit = get(session, unit_id)
    if unit.disabled_at is not None:
        raise InvalidData({path: [RETIRED.format(name=unit.name)]})
    return unit


_TREE = select(Unit.id, Unit.parent_id)


def below(session: Session, unit_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """For each of `unit_ids`, itself and every unit below it; one query."""
    children: dict[int, list[int]] = {}
    for unit_id, parent_id in read(session, _TREE, {}):
        if parent_id is not None:
            children.setdefault(parent_id, []).append(unit_id)
    return {unit_id: frozenset(_reach(unit_id, children)) for unit_id in unit_ids}


def above(session: Session, unit_id: int) -> list[Unit]:
    """A unit and those it belongs to, from the inside out."""
    found: list[Unit] = []
    key: int | None = unit_id
    while key is not None and key not in {unit.id for unit in found}:
        found.append(session.get_one(Unit, key))
        key = found[-1].parent_id
    return found


def add(session: Session, code: str, name: str, *, parent_id: int | None = None, by: Actor, now: datetime) -> Unit:
    """Create a unit. Raises InvalidData: code or name empty, too long or a code repeated, or a parent not in use."""
    errors = wrong(session, code, name) | wrong_parent(session, parent_id)
    if errors:
        raise InvalidData(errors)
    unit = Unit(code=code.strip(), name=name.strip(), search_name=normalise(name), parent_id=parent_id)
    session.add(unit)
    session.flush()
    record(session, unit, "unit.added", f"Creó la dependencia «{unit.name}».", by=by, now=now)
    return unit


def wrong(session: Session, code: str, name: str, *, but: Unit | None = None) -> dict[str, list[str]]:
    """Why a unit, `but` when it is there already, may not be called so, by path."""
    errors = {}
    if not normalise(code):
        errors["code"] = ["Escriba la sigla de la dependencia."]
    elif long := too_long(code, LONGEST_CODE, "Sigla"):
        errors["code"] = [long]
    elif find(session, code.strip()) not in (None, but):
        errors["code"] = [f"Ya existe una dependencia con la sigla {code.strip()}."]
    if not normalise(name):
        errors["name"] = ["Escriba el nombre de la dependencia."]
    elif long := too_long(name, LONGEST_NAME, "Nombre"):
        errors["name"] = [long]
    return errors


def wrong_parent(session: Session, parent_id: int | None) -> dict[str, list[str]]:
    """Why nothing hangs from now on under this unit, which is locked: it is not there, or was retired."""
    if parent_id is None:
        return {}
    parent = session.scalars(select(Unit).where(Unit.id == parent_id).with_for_update(key_share=True)).one_or_none()
    if parent is None:
        return {"parent_id": ["Elija una dependencia superior que exista."]}
    return {"parent_id": [RETIRED.format(name=parent.name)]} if parent.disabled_at is not None else {}


def subject(unit_id: int) -> history.Subject:
    """The chain of a unit."""
    return history.Subject("unit", unit_id)


def record(
    session: Session,
    unit: Unit,
    action: str,
    summary: str,
    *,
    reason: str = "",
    by: Actor,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> None:
    """Record an act in the history of a unit."""
    history.record(session, subject(unit.id), action, by=by, now=now, summary=summary, details=details, reason=reason)


def _reach(unit_id: int, children: dict[int, list[int]]) -> set[int]:
    reached: set[int] = set()
    waiting: Sequence[int] = [unit_id]
    while waiting:
        reached.update(waiting)
        waiting = [child for parent in waiting for child in children.get(parent, []) if child not in reached]
    return reached
