"""Scopes of roles: which are right, and how they are called."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import InvalidData
from directory import roles
from directory import units
from directory.models import Entity
from directory.models import Region
from directory.models import Unit

_TABLES: dict[str, Any] = {
    roles.UNIT: Unit,
    roles.REGION: Region,
    roles.ENTITY: Entity,
}

_NOUNS = {roles.UNIT: "una dependencia", roles.REGION: "una región", roles.ENTITY: "una entidad"}
_NAMES = {roles.NATIONAL: "nacional", roles.UNIT: "dependencia", roles.REGION: "región", roles.ENTITY: "entidad"}

# Coverage says who accompanies an entity, one person on each day: a role beside it would be a second one.
_OTHER_WAYS = {
    ("territorial_advisor", roles.ENTITY): "El enlace de una entidad no se da como rol: asígnele la entidad en "
    "Cobertura, donde cada entidad tiene a lo sumo un enlace.",
}


def check(session: Session, role: str, scope_kind: str, scope_id: int | None) -> None:
    """Raises InvalidData (`role`, `scope_kind`, `scope_id`) when `role` cannot be held over this scope."""
    if role not in roles.ROLES:
        raise InvalidData({"role": ["Elija un rol de la lista."]})
    declared = roles.ROLES[role]
    if (role, scope_kind) in _OTHER_WAYS:
        raise InvalidData({"scope_kind": [_OTHER_WAYS[role, scope_kind]]})
    if scope_kind not in declared.scope_kinds:
        fitting = " o ".join(_NAMES[kind] for kind in declared.scope_kinds)
        raise InvalidData({"scope_kind": [f"El ámbito del rol {declared.label} debe ser: {fitting}."]})
    if scope_kind == roles.NATIONAL:
        if scope_id is not None:
            raise InvalidData({"scope_id": ["Un rol nacional no lleva dependencia, región ni entidad."]})
        return
    if scope_id is None or session.get(_TABLES[scope_kind], scope_id) is None:
        raise InvalidData({"scope_id": [f"Elija {_NOUNS[scope_kind]} que exista."]})
    if scope_kind == roles.UNIT:
        units.demand_in_use(session, scope_id, "scope_id")


def name(session: Session, scope_kind: str, scope_id: int | None) -> str:
    """The scope in words: «todo el país», or the name of the unit, region or entity."""
    if scope_id is None or scope_kind == roles.NATIONAL:
        return "todo el país"
    row: Unit | Region | Entity | None = session.get(_TABLES[scope_kind], scope_id)
    return row.name if row else f"{_NAMES[scope_kind]} {scope_id}"


def names(session: Session, held: Collection[tuple[str, int | None]]) -> dict[tuple[str, int | None], str]:
    """The scopes (kind, id) in words, each kind looked up once."""
    rows: dict[tuple[str, int | None], str] = {}
    for kind, table in _TABLES.items():
        ids = {scope_id for one, scope_id in held if one == kind and scope_id is not None}
        if ids:
            found = session.execute(select(table.id, table.name).where(table.id.in_(ids)))
            rows |= {(kind, key): told for key, told in found}
    return {(kind, key): rows.get((kind, key)) or name(session, kind, key) for kind, key in held}
