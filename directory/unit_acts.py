"""Acts on units: add one that is none of those known, correct and move it, retire it, bring it back.

The whole tree is locked for each, so that two acts at once neither close a circle nor leave a unit under a retired one.
What stops a retirement is said by the room above, which knows all that hangs on a unit (`tracking/unit_ties.py`).
"""

from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory import reasons
from directory import roles
from directory import seed
from directory import units
from directory.models import Encargo
from directory.models import RoleGrant
from directory.models import Unit
from directory.names import normalise
from directory.periods import overlapping

OF_THE_PROGRAM = "La sigla {code} viene con el sistema, que la reconoce por ella: corrija sólo el nombre."


def hold(session: Session, unit_id: int) -> Unit:
    """The unit as it stands, with the whole tree locked until the transaction ends. Raises NotFound."""
    # key_share: whoever is given a unit meanwhile does not wait
    statement = select(Unit).order_by(Unit.id).with_for_update(key_share=True).execution_options(populate_existing=True)
    unit = {row.id: row for row in session.scalars(statement)}.get(unit_id)
    if unit is None:
        raise NotFound("la dependencia", unit_id)
    return unit


def add(
    session: Session,
    code: str,
    name: str,
    *,
    parent_id: int | None = None,
    confirmed: bool = False,
    by: Actor,
    now: datetime,
) -> Unit:
    """Create a unit; the caller has demanded `unit.manage`.

    Raises what `units.add` raises, and InvalidData (`confirmed`) when it is called as another and nobody said that
    it is meant.
    """
    unit = units.add(session, code, name, parent_id=parent_id, by=by, now=now)
    doubts = [] if confirmed else _namesakes(session, code, name, but=unit)
    if doubts:
        raise InvalidData({"confirmed": doubts})
    return unit


def change(
    session: Session, unit_id: int, *, reason: str, confirmed: bool = False, by: Actor, now: datetime, **changes: Any
) -> Unit:
    """Correct `code` or `name`, or hang it under another unit (`parent_id`); what is not given stays.

    The caller has demanded `unit.manage`. Nothing is recorded when nothing changed. Raises NotFound; InvalidData: what
    may not be (`code`, `name`, `parent_id`), `reason`, and `confirmed` when it comes to be called as another, or roles
    over units above reach it or reach it no more.
    """
    unit = hold(session, unit_id)
    before = {"code": unit.code, "name": unit.name, "parent_id": unit.parent_id}
    after = before | {key: value.strip() if isinstance(value, str) else value for key, value in changes.items()}
    changed = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
    if not changed:
        return unit
    if errors := _wrong(session, unit, after):
        raise InvalidData(errors)
    why = reasons.demand(reason, "Diga por qué se corrige o se mueve.")
    doubts = [] if confirmed else _doubts(session, unit, changed, local_date(now))
    if doubts:
        raise InvalidData({"confirmed": doubts})
    summary = f"Corrigió la dependencia «{unit.name}»: {_in_words(session, changed)}."
    unit.code, unit.name, unit.parent_id = after["code"], after["name"], after["parent_id"]
    unit.search_name = normalise(unit.name)
    session.flush()
    units.record(session, unit, "unit.changed", summary, reason=why, by=by, now=now, details=changed)
    return unit


def disable(session: Session, unit_id: int, *, reason: str, by: Actor, now: datetime) -> Unit:
    """Offer a unit no more, when nothing hangs on it (`unit_ties.retire`). Does nothing when it already was retired.

    Raises NotFound, InvalidData (`reason`).
    """
    why = reasons.demand(reason, "Diga por qué se retira la dependencia.")
    unit = hold(session, unit_id)
    if unit.disabled_at is None:
        unit.disabled_at = now
        summary = f"Retiró la dependencia «{unit.name}»."
        units.record(session, unit, "unit.disabled", summary, reason=why, by=by, now=now)
    return unit


def restore(session: Session, unit_id: int, *, by: Actor, now: datetime) -> Unit:
    """Offer a retired unit again; the caller has demanded `unit.manage`. Does nothing when it is in use.

    Raises NotFound; Conflict while the unit that it belongs to is retired.
    """
    unit = hold(session, unit_id)
    if unit.disabled_at is None:
        return unit
    parent = session.get(Unit, unit.parent_id) if unit.parent_id is not None else None
    if parent is not None and parent.disabled_at is not None:
        raise Conflict(
            f"Depende de «{parent.name}», que fue retirada: vuelva a usar primero esa.", code="parent_retired"
        )
    unit.disabled_at = None
    summary = f"Volvió a usar la dependencia «{unit.name}»."
    units.record(session, unit, "unit.restored", summary, by=by, now=now)
    return unit


def code_is_fixed(code: str) -> bool:
    """Whether the program knows a unit by this code: what it installs, it would install again under the old one."""
    return code in {row["code"] for row in seed.read("units.csv")}


def _wrong(session: Session, unit: Unit, after: dict[str, Any]) -> dict[str, list[str]]:
    errors = units.wrong(session, after["code"], after["name"], but=unit)
    if after["code"] != unit.code and code_is_fixed(unit.code):
        errors["code"] = [OF_THE_PROGRAM.format(code=unit.code)]
    if after["parent_id"] != unit.parent_id:
        errors |= units.wrong_parent(session, after["parent_id"])
        if after["parent_id"] in units.below(session, [unit.id])[unit.id]:
            errors["parent_id"] = ["Una dependencia no puede depender de sí misma."]
    return errors


def _doubts(session: Session, unit: Unit, changed: dict[str, list[Any]], day: date) -> list[str]:
    """What is to be confirmed of a change."""
    called = {key: changed[key][1] for key in ("code", "name") if key in changed}
    doubts = _namesakes(session, but=unit, **called)
    lost, gained = _reach_of(session, changed, day) if "parent_id" in changed else (0, 0)
    if lost or gained:
        doubts.append(
            f"Roles sobre dependencias superiores que dejan de alcanzarla: {lost}; que la alcanzan desde ahora: "
            f"{gained}. Confirme que así debe ser."
        )
    return doubts


def _namesakes(session: Session, code: str = "", name: str = "", *, but: Unit) -> list[str]:
    """That other units than `but` are called so but for capitals, accents and signs."""
    same = [unit for unit in units.alike(session, code=code, name=name) if unit is not but]
    told = "; ".join(_told(unit) for unit in same)
    return [f"Ya existe {told}. Use esa, o confirme que esta es otra."] if same else []


def _reach_of(session: Session, changed: dict[str, list[Any]], day: date) -> tuple[int, int]:
    """How many roles over the units above reach a unit no more once it moves, and how many do from then on."""
    old, new = (
        {one.id for one in units.above(session, key)} if key is not None else set[int]()
        for key in changed["parent_id"]
    )  # fmt: skip
    return _held_over(session, old - new, day), _held_over(session, new - old, day)


def _held_over(session: Session, unit_ids: set[int], day: date) -> int:
    return sum(
        session.scalar(
            select(func.count()).select_from(table)
            .where(table.scope_kind == roles.UNIT, table.scope_id.in_(unit_ids), overlapping(table, day, None))
        ) or 0
        for table in (RoleGrant, Encargo)
    ) if unit_ids else 0  # fmt: skip


def _told(unit: Unit) -> str:
    gone = ", que ya no está en uso" if unit.disabled_at is not None else ""
    return f"«{unit.name}» ({unit.code}){gone}"


def _in_words(session: Session, changed: dict[str, list[Any]]) -> str:
    """«la sigla, de A a B; de qué depende, de «Una» a ninguna»."""
    told = []
    for key, what in (("code", "la sigla"), ("name", "el nombre"), ("parent_id", "de qué depende")):
        if key in changed:
            old, new = (_name(session, value) if key == "parent_id" else f"«{value}»" for value in changed[key])
            told.append(f"{what}, de {old} a {new}")
    return "; ".join(told)


def _name(session: Session, unit_id: int | None) -> str:
    return f"«{units.get(session, unit_id).name}»" if unit_id is not None else "ninguna"
