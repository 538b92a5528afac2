"""Units of the DNP and its allies: a tree."""

from collections.abc import Collection
from collections.abc import Sequence
from datetime import datetime

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
"""Of units that are made from now on; lists and headings hold as much. The numbers are ours."""


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
    """Create a unit. Raises InvalidData for an empty or repeated code or name, or an unknown parent."""
    errors = wrong(session, code, name)
    if parent_id is not None and session.get(Unit, parent_id) is None:
        errors["parent_id"] = ["Elija una dependencia superior que exista."]
    if errors:
        raise InvalidData(errors)
    unit = Unit(code=code.strip(), name=name.strip(), search_name=normalise(name), parent_id=parent_id)
    session.add(unit)
    session.flush()
    _record(session, unit, "unit.added", f"Creó la dependencia {unit.name}.", by, now)
    return unit


def wrong(session: Session, code: str, name: str) -> dict[str, list[str]]:
    """Why a unit is not made, by path: its code or name is empty or too long, or its code is taken."""
    long = {"code": too_long(code, LONGEST_CODE, "Sigla"), "name": too_long(name, LONGEST_NAME, "Nombre")}
    errors = {field: [told] for field, told in long.items() if told}
    if not code.strip():
        errors["code"] = ["Escriba la sigla de la dependencia."]
    elif find(session, code.strip()):
        errors["code"] = [f"Ya existe una dependencia con la sigla {code.strip()}."]
    if not name.strip():
        errors["name"] = ["Escriba el nombre de la dependencia."]
    return errors


def move(session: Session, unit_id: int, parent_id: int | None, *, by: Actor, now: datetime) -> Unit:
    """Hang a unit under another. Raises NotFound, or InvalidData when it would hang under itself."""
    unit = get(session, unit_id)
    if parent_id is not None:
        get(session, parent_id)
        if parent_id in below(session, [unit_id])[unit_id]:
            raise InvalidData({"parent_id": ["Una dependencia no puede depender de sí misma."]})
    details = {"parent_id": [unit.parent_id, parent_id]}
    unit.parent_id = parent_id
    session.flush()
    _record(session, unit, "unit.moved", f"Cambió de qué depende {unit.name}.", by, now, details)
    return unit


def disable(session: Session, unit_id: int, *, by: Actor, now: datetime) -> Unit:
    """Stop offering a unit in lists. Does nothing when it already was. Raises NotFound."""
    unit = get(session, unit_id)
    if unit.disabled_at is None:
        unit.disabled_at = now
        _record(session, unit, "unit.disabled", f"Desactivó la dependencia {unit.name}.", by, now)
    return unit


def _reach(unit_id: int, children: dict[int, list[int]]) -> set[int]:
    reached: set[int] = set()
    waiting: Sequence[int] = [unit_id]
    while waiting:
        reached.update(waiting)
        waiting = [child for parent in waiting for child in children.get(parent, []) if child not in reached]
    return reached


def _record(
    session: Session,
    unit: Unit,
    action: str,
    summary: str,
    by: Actor,
    now: datetime,
    details: dict[str, list[int | None]] | None = None,
) -> None:
    history.record(session, history.Subject("unit", unit.id), action, by=by, now=now, summary=summary, details=details)
