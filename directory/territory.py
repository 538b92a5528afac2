"""Importing DANE's territorial entities: one pass, in bulk, and the same file twice changes nothing."""

import hashlib
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from db.errors import InvalidData
from directory import divipola
from directory import seed
from directory.divipola import Place
from directory.entities import MUNICIPAL
from directory.models import Department
from directory.models import Entity
from directory.models import EntityAlias
from directory.models import TerritoryImport
from directory.names import normalise

SOURCE = "DANE, División Político-Administrativa de Colombia (DIVIPOLA)"

ATTRIBUTION = (
    "Códigos, nombres y coordenadas: Departamento Administrativo Nacional de Estadística (DANE), "
    "División Político-Administrativa de Colombia (DIVIPOLA)."
)


@dataclass(frozen=True, slots=True)
class Change:
    """What the import does to an entity: the values it replaces and those it puts; both empty for a new one."""

    code: str
    name: str
    before: dict[str, str | None] = field(default_factory=dict)
    after: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do when `dry_run`. `unmatched` are municipalities of ours that the file lacks."""

    name: str
    sha256: str
    dry_run: bool
    created: list[Change]
    updated: list[Change]
    unchanged: int
    unmatched: list[Change]
    differences: list[str] = field(default_factory=list)  # what is to be confirmed: see import_file


def import_file(
    session: Session,
    content: bytes,
    name: str,
    *,
    dry_run: bool,
    by: Actor,
    now: datetime,
    confirmed: bool = False,
) -> ImportReport:
    """Bring departments, gobernaciones and municipalities up to DANE's file.

    The caller has demanded `territory.import`. An entity is found by code, or else by name and department. A new name
    keeps the old one as alias; nothing is deleted. A file with more or fewer departments or rows than are known, or
    that brings, lacks or calls otherwise any of them, is only imported when `confirmed`: the country makes or renames a
    municipality now and then, and files come cut off or mixed up more often.
    Raises InvalidData for a malformed file, whole, and at `confirmed`.
    """
    places = divipola.read(content)
    plan = _plan(session, places)
    differences = _differences(session, places, plan)
    if differences and not (confirmed or dry_run):
        raise InvalidData({"confirmed": differences}, "El archivo no se importó: confirme que así es.")
    sha256 = hashlib.sha256(content).hexdigest()
    if not dry_run:
        _write(session, plan)
        _record(session, name, sha256, plan, by, now)
    return ImportReport(
        name=name,
        sha256=sha256,
        dry_run=dry_run,
        created=[Change(row["code"], row["name"]) for row in plan.new],
        updated=plan.changed,
        unchanged=plan.unchanged,
        unmatched=plan.unmatched,
        differences=differences,
    )


def _differences(session: Session, places: Sequence[Place], plan: "_Plan") -> list[str]:
    rows = session.scalar(select(func.count()).where(Entity.kind.in_(MUNICIPAL))) or 0
    departments = session.scalar(
        select(func.count(Entity.department_code.distinct())).where(Entity.kind.in_(MUNICIPAL))
    )
    if not rows:
        return divipola.differences(places)
    renamed = [f"{_called(one)} → {one.name} ({one.code})" for one in plan.changed if TOLD & set(one.before)]
    arrived = [f"{row['name']} ({row['code']})" for row in plan.new if row["kind"] in MUNICIPAL]
    lost = [f"{one.name} ({one.code})" for one in plan.unmatched]
    return divipola.differences(places, departments or 0, rows) + [
        f"{heading}: {_some(found)}."
        for heading, found in (("Llega lo que no se conocía", arrived), ("El archivo no trae", lost),
                               ("Cambia de nombre, código, departamento o clase", renamed))
        if found
    ]  # fmt: skip


NAMED = 10
"""So many are named in what is to be confirmed; the dry run lists all."""


def _called(one: Change) -> str:
    """What a place is called today."""
    return f"{one.before.get('name', one.name)} ({one.before.get('code', one.code)})"


def _some(found: Sequence[str]) -> str:
    more = len(found) - NAMED
    return "; ".join(found[:NAMED]) + (f"; y {more} más" if more > 0 else "")


@dataclass(slots=True)
class _Plan:
    departments: list[dict[str, Any]] = field(default_factory=list)
    new: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    told: list[history.Entry] = field(default_factory=list)
    aliases: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0
    unmatched: list[Change] = field(default_factory=list)


def _plan(session: Session, places: Sequence[Place]) -> _Plan:
    plan = _Plan()
    known = set(session.scalars(select(Department.code)))
    named = {place.department_code: place.department for place in places}
    plan.departments = [_named(code=code, name=name) for code, name in named.items() if code not in known]
    ours = list(session.scalars(select(Entity).where(Entity.kind.in_((*MUNICIPAL, "governorate")))))
    _plan_governorates(plan, named, {entity.code for entity in ours})
    municipal = [entity for entity in ours if entity.kind != "governorate"]
    find = _Finder(session, municipal, places)
    for place in places:
        _plan_place(plan, place, find(place))
    plan.unmatched = [Change(entity.code, entity.name) for entity in municipal if entity.id not in find.found]
    return plan


class _Finder:
    """Finds our entity for a place: by code, or by name and department among those whose code the file lacks."""

    def __init__(self, session: Session, ours: Iterable[Entity], places: Sequence[Place]) -> None:
        codes = {place.code for place in places}
        self.found: set[int] = set()
        self._by_code = {entity.code: entity for entity in ours}
        astray = {entity.id: entity for entity in self._by_code.values() if entity.code not in codes}
        self._by_name = {(entity.department_code, entity.search_name): entity for entity in astray.values()}
        for alias in session.scalars(select(EntityAlias).where(EntityAlias.entity_id.in_(astray))) if astray else ():
            entity = astray[alias.entity_id]
            self._by_name.setdefault((entity.department_code, alias.search_name), entity)

    def __call__(self, place: Place) -> Entity | None:
        entity = self._by_code.get(place.code) or self._by_name.get((place.department_code, normalise(place.name)))
        if entity is None or entity.id in self.found:
            return None
        self.found.add(entity.id)
        return entity


def _plan_governorates(plan: _Plan, departments: dict[str, str], known: set[str]) -> None:
    names = {row["code"]: row["governorate"] for row in seed.read("departments.csv")}
    for code, department in departments.items():
        name = names.get(code, f"Gobernación de {department}")
        if name and code not in known:
            plan.new.append(_row(code=code, name=name, kind="governorate", department_code=code))
        elif name:
            plan.unchanged += 1


def _plan_place(plan: _Plan, place: Place, entity: Entity | None) -> None:
    values = {
        "code": place.code, "name": place.name, "kind": place.kind, "department_code": place.department_code,
        "latitude": place.latitude, "longitude": place.longitude,
    }  # fmt: skip
    if entity is None:
        plan.new.append(_row(**values))
        return
    before = {key: getattr(entity, key) for key, value in values.items() if getattr(entity, key) != value}
    if not before:
        plan.unchanged += 1
        return
    plan.updates.append({"id": entity.id, **_row(**values)})
    shown, put = _as_text(before), _as_text({key: values[key] for key in before})
    plan.changed.append(Change(place.code, place.name, shown, put))
    if shown.keys() & TOLD:
        plan.told.append(_entry(entity, place, shown))
    if entity.search_name != normalise(place.name):
        plan.aliases.append(_named(entity_id=entity.id, name=entity.name))


def _as_text(values: Mapping[str, Any]) -> dict[str, str | None]:
    return {key: None if value is None else str(value) for key, value in values.items()}


TOLD = frozenset({"name", "code", "department_code", "kind"})
"""What an entity's own history tells of: coordinates are not."""

_WORDS = {"name": "se llamaba", "code": "tenía el código", "department_code": "era del departamento"}


def _entry(entity: Entity, place: Place, before: dict[str, str | None]) -> history.Entry:
    told = [f"{_WORDS[key]} «{value}»" for key, value in before.items() if key in _WORDS]
    summary = f"El DANE la lista como {place.name} ({place.code})" + (f"; antes {', '.join(told)}." if told else ".")
    subject = history.Subject("entity", entity.id)
    return history.Entry(subject, "territory.changed", summary=summary, details={"before": before})


def _write(session: Session, plan: _Plan) -> None:
    if plan.departments:
        session.execute(insert(Department), plan.departments)
    if plan.new:
        session.execute(insert(Entity), plan.new)
    if plan.updates:
        session.execute(update(Entity), plan.updates)
    _write_aliases(session, plan.aliases)


def _write_aliases(session: Session, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    known = {(row.entity_id, row.search_name) for row in session.scalars(select(EntityAlias))}
    new = [row for row in rows if (row["entity_id"], row["search_name"]) not in known]
    if new:
        session.execute(insert(EntityAlias), new)


def _record(session: Session, name: str, sha256: str, plan: _Plan, by: Actor, now: datetime) -> None:
    counts = {"created": len(plan.new), "updated": len(plan.changed), "unchanged": plan.unchanged}
    row = TerritoryImport(
        name=name, sha256=sha256, source=SOURCE, imported_at=now, imported_by=by.person_id, **counts
    )  # fmt: skip
    session.add(row)
    session.flush()
    summary = f"Importó las entidades territoriales de «{name}»."
    subject = history.Subject("territory_import", row.id)
    details = {"sha256": sha256, **counts}
    history.record(session, subject, "territory.imported", by=by, now=now, summary=summary, details=details)
    history.record_all(session, plan.told, by=by, now=now)


def _named(*, name: str, **values: Any) -> dict[str, Any]:
    return {"name": name, "search_name": normalise(name), **values}


def _row(**values: Any) -> dict[str, Any]:
    return _named(**{"latitude": None, "longitude": None, **values})
