"""The people of the demonstration, invented and named by what they do: «Asesora territorial 07»."""

import csv
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from att.demo.cast import address
from att.demo.scale import Scale
from att.demo.scene import Scene
from db.actor import SYSTEM
from db.clock import local_date
from db.errors import NotFound
from directory import accounts
from directory import coverage
from directory import entities
from directory import grants
from directory import people
from directory import regions
from directory import roles
from directory import seed
from directory import units
from directory.models import Entity
from directory.models import Person

SINCE = timedelta(days=900)
"""How long before loading everybody was appointed."""

PER_ADVISOR = 10.2
"""Municipalities per advisor: about ten (Gobierno al Plan, 2020)."""

ADVISOR = "asesoria"

SECOND_PHASE = Path(__file__).parent / "second_phase.csv"

PARTNER = "ES1"
"""The code of the unit that is the partner entity."""

OWN_ADVISOR = 7
"""The number of the advisor who has the account `asesor`."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the national team: key of their address, name, unit, and role; `scope` is a unit or empty."""

    key: str
    name: str
    unit: str
    role: str
    scope: str = ""


STAFF = (
    Member("lider", "Líder técnica 1", "DER", "technical_lead", "DER"),
    Member("lider2", "Líder técnico 2", "DER", "technical_lead", "DER"),
    Member("director", "Directora técnica 1", "DER", "technical_director", "DER"),
    Member("subdireccion", "Subdirector general 1", "SGDDT", "subdirectorate", "SGDDT"),
    Member("der", "Revisora DER 1", "DER", "der_reviewer"),
    Member("der2", "Revisor DER 2", "DER", "der_reviewer"),
    Member("monitoreo", "Profesional de monitoreo DER 1", "DER", "der_monitoring"),
    Member("monitoreo2", "Profesional de monitoreo DER 2", "DER", "der_monitoring"),
    Member("acompanamiento", "Enlace de acompañamiento 1", "DER", "support_liaison"),
    Member("planeacion", "Profesional del Grupo de Planeación 1", "GP", "planning_group"),
    Member("enlaceplaneacion", "Enlace de planeación 1", "DER", "planning_liaison", "DER"),
    Member("comunicaciones", "Comunicadora 1", "OAC", "communications"),
    Member("experto", "Experta temática 1", "DER", "thematic_expert"),
    Member("altadireccion", "Directivo 1", "DNP", "senior_management"),
    Member("control", "Profesional de control interno 1", "OCI", "internal_control"),
    Member("admin", "Administradora del sistema 1", "OTSI", "administrator"),
)

ACCOUNTS = (
    "lider", "lider2", "der", "monitoreo", "asesor", "articulador", "acompanamiento", "experto", "director",
    "subdireccion", "altadireccion", "enlaceplaneacion", "planeacion", "comunicaciones", "control", "admin", "entidad",
    "socia",
)  # fmt: skip
"""The usernames of the demonstration; the key of who has them is the same but for `asesor` and `articulador`."""


def load_catalogues(scene: Scene) -> str:
    """Units, regions, departments and entities."""
    seed.load_catalogues(scene.session, by=SYSTEM, now=scene.now)
    of_all = len(seed.read("municipalities.csv"))
    return f"Catálogos: las {of_all} filas de la DIVIPOLA; la demostración trata de {count(scene.scale)} entidades"


def appoint(scene: Scene) -> str:
    """The national team, the regional coordinators and the advisors with the entities that they cover."""
    scene.go_to(SINCE.days)
    for member in STAFF:
        scope = units.find(scene.session, member.scope) if member.scope else None
        kind = roles.UNIT if scope else roles.NATIONAL
        _person(scene, member.key, member.name, member.unit, (member.role, kind, scope.id if scope else None))
    advisors = 0
    for number, region in enumerate(regions.current(scene.session), start=1):
        _coordinator(scene, number, region.id)
        for group in _groups(reached(scene.session, scene.scale), scene.session, region.id):
            advisors += 1
            _advisor(scene, advisors, group)
    contacted = _own_entities(scene)[0]
    _person(scene, "entidad", "Contacto de entidad 1", "", ("beneficiary_contact", roles.ENTITY, contacted))
    partner = ("partner_entity", roles.UNIT, partner_unit(scene))
    _person(scene, "socia", "Profesional de entidad socia 1", PARTNER, partner)
    return (
        f"{len(STAFF)} personas del nivel nacional, los articuladores regionales y asesores territoriales: {advisors}"
    )


def partner_unit(scene: Scene) -> int:
    """The unit that is the partner entity, made when it is not there."""
    found = units.find(scene.session, PARTNER)
    return (found or units.add(scene.session, PARTNER, "Entidad socia 1", by=SYSTEM, now=scene.now)).id


def open_accounts(scene: Scene, password: str) -> str:
    """One account per profile, all with the same password."""
    scene.go_to(SINCE.days - 1)
    for username, key in keys(scene.session).items():
        person = people.find(scene.session, address(key))
        if person is None:
            raise NotFound("la persona de la demostración", key)
        accounts.create(scene.session, person.id, username, password, by=SYSTEM, now=scene.now)
    return f"{len(ACCOUNTS)} cuentas para ingresar"


def keys(session: Session) -> dict[str, str]:
    """Username → key of the person who has it."""
    return {username: own_key(session, username) for username in ACCOUNTS}


def own_key(session: Session, username: str) -> str:
    """The key of the person who has the account `username`."""
    if username == "asesor":
        return advisor_key(_own_number(session))
    if username == "articulador":
        return coordinator_key(_numbers(session)[_own_region(session) or 0])
    return username


def another_coordinator(session: Session) -> str:
    """The key of a coordinator who has no account."""
    own = own_key(session, "articulador")
    return next(key for key in map(coordinator_key, _numbers(session).values()) if key != own)


def advisor_key(number: int) -> str:
    """The key of an advisor."""
    return f"{ADVISOR}{number:02}"


def coordinator_key(number: int) -> str:
    """The key of a regional coordinator."""
    return f"articulacion{number}"


def advisor_keys(session: Session) -> list[str]:
    """The keys of all advisors, in order."""
    begin = select(Person.email).where(Person.email_key.startswith(ADVISOR)).order_by(Person.email_key)
    return [email.partition("@")[0] for email in session.scalars(begin)]


def reached(session: Session, scale: Scale) -> list[Entity]:
    """The municipalities and gobernaciones of the second phase of Gobierno al Plan, as many as the scale admits."""
    codes = second_phase_codes()
    found = {row.code: row for row in session.scalars(select(Entity).where(Entity.code.in_(codes)))}
    municipalities = [found[code] for code in codes if code in found][: scale.municipalities]
    statement = select(Entity).where(Entity.kind == "governorate").order_by(Entity.code)
    return municipalities + list(session.scalars(statement))[: scale.governorates]


def second_phase_codes() -> list[str]:
    """DANE's codes of the 365 municipalities of the second phase of Gobierno al Plan (2020), in order."""
    with SECOND_PHASE.open(encoding="utf-8", newline="") as source:
        return [row["code"] for row in csv.DictReader(source)]


def count(scale: Scale) -> int:
    """How many entities the scale admits."""
    municipalities = second_phase_codes()[: scale.municipalities]
    governorates = [row for row in seed.read("departments.csv") if row["governorate"]][: scale.governorates]
    return len(municipalities) + len(governorates)


def _own_entities(scene: Scene) -> list[int]:
    advisor = scene.cast.of(scene.session, own_key(scene.session, "asesor"))
    return coverage.entities_of(scene.session, advisor.person_id, local_date(scene.loaded))


def _own_region(session: Session) -> int | None:
    """The region of whoever has the account `asesor`."""
    advisor = people.find(session, address(advisor_key(_own_number(session))))
    assert advisor is not None, "the advisors are appointed first"
    covered = coverage.entities_of(session, advisor.id, local_date(advisor.created_at))
    return entities.region_of(session, covered[0])


def _numbers(session: Session) -> dict[int, int]:
    """Region → the number of its coordinator."""
    return {one.id: number for number, one in enumerate(regions.current(session), start=1)}


def _own_number(session: Session) -> int:
    return min(OWN_ADVISOR, len(advisor_keys(session)))


def _person(scene: Scene, key: str, name: str, unit: str, grant: tuple[str, str, int | None] | None = None) -> int:
    place = units.find(scene.session, unit)
    person = people.add(
        scene.session, name, email=address(key), unit_id=place.id if place else None, by=SYSTEM, now=scene.now
    )
    if grant is not None:
        role, kind, scope_id = grant
        grants.add(scene.session, person.id, role, kind, scope_id, by=SYSTEM, now=scene.now)
    return person.id


def _coordinator(scene: Scene, number: int, region_id: int) -> None:
    """A regional coordinator, who also assists the gobernaciones of the region."""
    grant = ("regional_coordinator", roles.REGION, region_id)
    name = f"{'Articuladora' if number % 2 else 'Articulador'} regional {number}"
    person_id = _person(scene, coordinator_key(number), name, "DER", grant)
    mine = [entity for entity in reached(scene.session, scene.scale) if entity.kind == "governorate"]
    _cover(scene, person_id, _inside(scene.session, mine, region_id))


def _advisor(scene: Scene, number: int, group: Sequence[Entity]) -> None:
    name = f"{'Asesora' if number % 2 else 'Asesor'} territorial {number:02}"
    _cover(scene, _person(scene, advisor_key(number), name, "DER"), group)


def _cover(scene: Scene, person_id: int, group: Sequence[Entity]) -> None:
    for entity in group:
        coverage.cover(scene.session, person_id, entity.id, local_date(scene.now), by=SYSTEM, now=scene.now)


def _groups(found: Sequence[Entity], session: Session, region_id: int) -> Iterator[list[Entity]]:
    """The municipalities of a region in groups of about ten, neighbours together; the very last one has no advisor."""
    municipalities = [entity for entity in found if entity.kind != "governorate"]
    inside = _inside(session, municipalities, region_id)
    count = max(round(len(inside) / PER_ADVISOR), 1) if inside else 0
    for index in range(count):
        group = inside[index * len(inside) // count : (index + 1) * len(inside) // count]
        yield [entity for entity in group if entity is not municipalities[-1]]


def _inside(session: Session, found: Sequence[Entity], region_id: int) -> list[Entity]:
    where = entities.regions_of(session, [entity.id for entity in found])
    return [entity for entity in found if where.get(entity.id) == region_id]
