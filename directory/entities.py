"""Territorial entities: who receives technical assistance."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import case
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from db.errors import InvalidData
from db.errors import NotFound
from directory.chunks import chunks
from directory.models import Department
from directory.models import Entity
from directory.models import EntityAlias
from directory.models import RegionDepartment
from directory.models import RegionScheme
from directory.names import normalise

__all__ = [
    "KINDS", "MUNICIPAL", "add", "add_alias", "departments", "get", "label", "many", "missing", "normalise",
    "region_of", "regions_of", "said", "search",
]  # fmt: skip

KINDS = {
    "municipality": "Municipio",
    "non_municipal_area": "Área no municipalizada",
    "island": "Isla",
    "governorate": "Gobernación",
    "planning_council": "Consejo territorial de planeación",
    "council": "Concejo municipal",
    "assembly": "Asamblea departamental",
    "association": "Asociación o esquema asociativo",
}

MUNICIPAL = ("municipality", "non_municipal_area", "island")
"""Kinds that DANE's file lists, one row each."""

_PREFIXES = {"planning_council": "CTP", "council": "CON", "assembly": "ASA", "association": "ASO"}


def get(session: Session, entity_id: int) -> Entity:
    """The entity with this id. Raises NotFound."""
    entity = session.get(Entity, entity_id)
    if entity is None:
        raise NotFound("la entidad", entity_id)
    return entity


def with_code(session: Session, code: str) -> Entity:
    """The entity with DANE's code, or ours where DANE gives none. Raises NotFound."""
    entity = session.scalars(select(Entity).where(Entity.code == code)).one_or_none()
    if entity is None:
        raise NotFound("la entidad", code)
    return entity


def many(session: Session, ids: Collection[int]) -> dict[int, Entity]:
    """The entities with these ids; unknown ids are left out."""
    found: dict[int, Entity] = {}
    for piece in chunks(ids):
        found.update((row.id, row) for row in session.scalars(select(Entity).where(Entity.id.in_(piece))))
    return found


def missing(session: Session, ids: Collection[int]) -> set[int]:
    """Those of `ids` that no entity has."""
    known: set[int] = set()
    for piece in chunks(ids):
        known.update(session.scalars(select(Entity.id).where(Entity.id.in_(piece))))
    return set(ids) - known


def search(
    session: Session, text: str = "", *, kinds: Collection[str] = (), department: str = "", limit: int = 20
) -> list[Entity]:
    """At most `limit` entities that `text` may mean; `department` is a code.

    Each word must stand in the name, an alias, or the name of the department, or begin the code. Names that are the
    text come first, then those that hold it as whole words, then those that begin with it.
    """
    wanted = normalise(text)
    if text.strip() and not wanted:
        return []  # signs alone stand in no name
    statement = select(Entity).join(Department, Department.code == Entity.department_code)
    for word in wanted.split():
        statement = statement.where(_holds(word))
    if kinds:
        statement = statement.where(Entity.kind.in_(kinds))
    if department:
        statement = statement.where(Entity.department_code == department)
    order = (_rank(wanted), Entity.search_name, Entity.id)
    return list(session.scalars(statement.order_by(*order).limit(limit)))


def region_of(session: Session, entity_id: int) -> int | None:
    """The region of an entity in the current scheme; None when it has none or the entity is unknown."""
    return regions_of(session, [entity_id]).get(entity_id)


def regions_of(session: Session, entity_ids: Collection[int]) -> dict[int, int]:
    """Entity → region in the current scheme; entities without region are left out."""
    statement = (
        select(Entity.id, RegionDepartment.region_id)
        .join(RegionDepartment, RegionDepartment.department_code == Entity.department_code)
        .join(RegionScheme, RegionScheme.id == RegionDepartment.scheme_id)
        .where(RegionScheme.current)
    )
    found: dict[int, int] = {}
    for piece in chunks(entity_ids):
        found.update((row.id, row.region_id) for row in session.execute(statement.where(Entity.id.in_(piece))))
    return found


def departments(session: Session) -> list[Department]:
    """The 32 departments and Bogotá D.C., by name."""
    return list(session.scalars(select(Department).order_by(Department.search_name)))


def label(entity: Entity, department: Department) -> str:
    """How an entity is told from others of its name: «Andes (Antioquia)»; a gobernación needs no department."""
    return entity.name if entity.kind == "governorate" else f"{entity.name} ({department.name})"


def add(session: Session, kind: str, name: str, department_code: str, *, by: Actor, now: datetime) -> Entity:
    """Add a beneficiary that DANE does not list (council, planning council, assembly, association).

    It gets a code of ours (`CTP-05-1`). The caller has demanded `people.manage`.
    Raises InvalidData (`kind`, `name`, `department_code`).
    """
    department = session.scalars(
        select(Department).where(Department.code == department_code).with_for_update()
    ).one_or_none()
    errors = {}
    if kind not in _PREFIXES:
        errors["kind"] = ["Elija una clase de beneficiario de la lista."]
    if not normalise(name):
        errors["name"] = ["Escriba el nombre de la entidad."]
    if department is None:
        errors["department_code"] = ["Elija un departamento de la lista."]
    elif not errors and _exists(session, kind, name, department_code):
        errors["name"] = ["Ya existe una entidad de esta clase con ese nombre en el departamento."]
    if errors:
        raise InvalidData(errors)
    entity = Entity(
        kind=kind, name=" ".join(name.split()), search_name=normalise(name), department_code=department_code,
        code=_next_code(session, kind, department_code),
    )  # fmt: skip
    session.add(entity)
    session.flush()
    _record(session, entity, "entity.added", f"Registró {entity.name}.", by, now)
    return entity


def add_alias(session: Session, entity_id: int, name: str, *, by: Actor, now: datetime) -> EntityAlias:
    """Another name for an entity; the same alias twice is one. Raises NotFound, InvalidData (`name`)."""
    entity = get(session, entity_id)
    key = normalise(name)
    if not key:
        raise InvalidData({"name": ["Escriba el otro nombre de la entidad."]})
    same = select(EntityAlias).where(EntityAlias.entity_id == entity_id, EntityAlias.search_name == key)
    known = session.scalars(same).one_or_none()
    if known is not None:
        return known
    alias = EntityAlias(entity_id=entity_id, name=" ".join(name.split()), search_name=key)
    session.add(alias)
    session.flush()
    _record(session, entity, "entity.alias_added", f"{entity.name} también se llama {alias.name}.", by, now)
    return alias


def other_names(session: Session, entity_id: int) -> list[str]:
    """The other names by which an entity is found: those it had before, too."""
    statement = select(EntityAlias.name).where(EntityAlias.entity_id == entity_id)
    return list(session.scalars(statement.order_by(EntityAlias.search_name)))


def _holds(word: str) -> ColumnElement[bool]:
    alias = exists().where(EntityAlias.entity_id == Entity.id, EntityAlias.search_name.contains(word))
    named = or_(Entity.search_name.contains(word), alias, Department.search_name.contains(word))
    return or_(named, Entity.code.startswith(word)) if word.isdigit() else named


def _rank(wanted: str) -> ColumnElement[int]:
    name = Entity.search_name
    alias = exists().where(EntityAlias.entity_id == Entity.id, EntityAlias.search_name == wanted)
    whole_words = or_(name.startswith(f"{wanted} "), name.endswith(f" {wanted}"), name.contains(f" {wanted} "))
    return case(
        (or_(name == wanted, alias), 0),
        (whole_words, 1),
        (name.startswith(wanted), 2),
        (name.contains(f" {wanted}"), 3),
        else_=4,
    )


def _exists(session: Session, kind: str, name: str, department_code: str) -> bool:
    return bool(session.scalar(_same_kind(kind, department_code).where(Entity.search_name == normalise(name))))


def _next_code(session: Session, kind: str, department_code: str) -> str:
    return f"{_PREFIXES[kind]}-{department_code}-{(session.scalar(_same_kind(kind, department_code)) or 0) + 1}"


def _same_kind(kind: str, department_code: str) -> Select[Any]:
    return select(func.count(Entity.id)).where(Entity.kind == kind, Entity.department_code == department_code)


def _record(session: Session, entity: Entity, action: str, summary: str, by: Actor, now: datetime) -> None:
    history.record(session, history.Subject("entity", entity.id), action, by=by, now=now, summary=summary)


def names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Entity id → name with its department («Sonsón, Antioquia»); unknown ids are left out."""
    found: dict[int, str] = {}
    for piece in chunks(ids):
        statement = (
            select(Entity.id, Entity.name, Entity.kind, Department.name)
            .join(Department, Department.code == Entity.department_code)
            .where(Entity.id.in_(piece))
        )
        found |= {key: said(name, kind, department) for key, name, kind, department in session.execute(statement)}
    return found


def said(name: str, kind: str, department: str) -> str:
    """«Sonsón, Antioquia»: places share names. An office that names its department already does not repeat it."""
    tells = name == department if kind in MUNICIPAL else department in name
    return name if tells else f"{name}, {department}"
