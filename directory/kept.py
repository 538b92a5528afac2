"""What the system keeps about somebody, for whoever asks for their own data (Ley 1581 de 2012, arts. 8 and 14).

Each room says with `kept` what its tables hold of a person; tests/edge/test_person_file.py demands that every table
that names people is told here, or in a list with the reason why not.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from datetime import datetime

from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.files import StoredFile
from db.history import HistoryRow
from directory import absences
from directory import accounts
from directory import delegations
from directory import encargos
from directory import entities
from directory import grants
from directory import identities
from directory import people
from directory import readings
from directory import roles
from directory import scopes
from directory import second_factor
from directory.models import ApiToken
from directory.models import Coverage
from directory.models import LoginSession
from directory.models import Period
from directory.models import Person
from directory.models import PersonalReading
from directory.models import Unit

MOST = 2_000
"""So many rows of a kind leave at once, the newest; how many there are is always said. The number is ours."""

Value = str | int | bool | date | datetime | None
Row = Mapping[str, Value]
Reader = Callable[[Session, int], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of data: how it is called, what it says, and in which tables it stands."""

    key: str
    title: str
    tables: tuple[str, ...]
    read: Reader


PARTS: dict[str, Part] = {}


def kept(key: str, title: str, *tables: str) -> Callable[[Reader], Reader]:
    """Register what `tables` hold of a person: a function from a person to rows, label → value."""

    def register(read: Reader) -> Reader:
        PARTS[key] = Part(key, title, tables, read)
        return read

    return register


def of(session: Session, person_id: int) -> list[tuple[Part, list[Row]]]:
    """Every part with its rows, in the order in which rooms registered. Raises NotFound for nobody."""
    people.get(session, person_id)
    return [(part, list(part.read(session, person_id))) for part in PARTS.values()]


@kept("identity", "Quién es", "person", "account", "second_factor", "recovery_code")
def _identity(session: Session, person_id: int) -> Iterable[Row]:
    row, account = people.get(session, person_id), accounts.of(session, person_id)
    unit = session.get(Unit, row.unit_id) if row.unit_id is not None else None
    yield {
        "Nombre": row.name, "Correo": row.email, "Cargo": row.position, "Dependencia": unit.name if unit else "",
        "Registrada el": row.created_at, "Sin acceso desde": row.disabled_at,
        "Usuario": account.username if account else "",
        "Contraseña cambiada el": account.changed_at if account else None,
        "Segundo paso": second_factor.holds(session, person_id),
    }  # fmt: skip


@kept("roles", "Roles", "role_grant")
def _roles(session: Session, person_id: int) -> Iterable[Row]:
    rows = grants.of(session, person_id)
    where = scopes.names(session, [(row.scope_kind, row.scope_id) for row in rows])
    for row in rows:
        yield {"Rol": roles.label(row.role), "Sobre": where[row.scope_kind, row.scope_id], **_days(row)}


@kept("encargos", "Encargos", "encargo")
def _encargos(session: Session, person_id: int) -> Iterable[Row]:
    rows = encargos.of(session, person_id)
    where = scopes.names(session, [(row.scope_kind, row.scope_id) for row in rows])
    for row in rows:
        yield {"Cargo": roles.label(row.role), "Sobre": where[row.scope_kind, row.scope_id], "Acto": row.act,
               **_days(row)}  # fmt: skip


@kept("coverage", "Entidades que acompaña o acompañó", "coverage")
def _coverage(session: Session, person_id: int) -> Iterable[Row]:
    mine = select(Coverage).where(Coverage.person_id == person_id).order_by(Coverage.id.desc()).limit(MOST)
    rows = session.scalars(mine).all()
    named = entities.names(session, [row.entity_id for row in rows])
    for row in rows:
        yield {"Entidad": named.get(row.entity_id, ""), **_days(row)}


@kept("absences", "Ausencias", "absence")
def _absences(session: Session, person_id: int) -> Iterable[Row]:
    for row in absences.of(session, person_id):
        yield {"Clase": absences.KINDS.get(row.kind, row.kind), "Nota": row.note, **_days(row)}


@kept("delegations", "Delegaciones", "delegation")
def _delegations(session: Session, person_id: int) -> Iterable[Row]:
    rows = delegations.of(session, person_id)
    named = people.many(session, {key for row in rows for key in (row.from_id, row.to_id)})
    for row in rows:
        yield {
            "Delega": named[row.from_id].name, "En": named[row.to_id].name,
            "Rol": roles.label(row.role) if row.role else "Todos", "Motivo": row.reason, **_days(row),
        }  # fmt: skip


@kept("sessions", "Ingresos", "login_session")
def _sessions(session: Session, person_id: int) -> Iterable[Row]:
    mine = select(LoginSession).where(LoginSession.person_id == person_id).order_by(LoginSession.id.desc())
    for row in session.scalars(mine.limit(MOST)):
        yield {
            "Desde": row.created_at, "Vista por última vez": row.last_seen_at, "Terminó": row.ended_at,
            "Dirección": row.address, "Navegador": row.user_agent,
        }  # fmt: skip


@kept("identities", "Cuentas institucionales", "external_identity")
def _identities(session: Session, person_id: int) -> Iterable[Row]:
    for row in identities.of(session, person_id):
        yield {"Proveedor": row.issuer, "Nombre allí": row.subject, "Correo": row.email, "Enlazada el": row.linked_at,
               "Usada por última vez": row.last_in_at, "Retirada el": row.removed_at}  # fmt: skip


@kept("tokens", "Claves para programas", "api_token")
def _tokens(session: Session, person_id: int) -> Iterable[Row]:
    for row in session.scalars(select(ApiToken).where(ApiToken.person_id == person_id).order_by(ApiToken.id.desc())):
        yield {"Para qué": row.name, "Creada el": row.created_at, "Vence el": row.expires_at,
               "Usada por última vez": row.last_used_at, "Revocada el": row.revoked_at}  # fmt: skip


@kept("files", "Archivos que adjuntó", "stored_file")
def _files(session: Session, person_id: int) -> Iterable[Row]:
    mine = select(StoredFile).where(StoredFile.uploaded_by == person_id).order_by(StoredFile.id.desc()).limit(MOST)
    for row in session.scalars(mine):
        yield {"Nombre": row.name, "Adjuntado el": row.uploaded_at}


@kept("history", "Su historia y lo que hizo", "history")
def _history(session: Session, person_id: int) -> Iterable[Row]:
    about = (HistoryRow.subject_kind == "person") & (HistoryRow.subject_id == person_id)
    ids = select(HistoryRow.id).where(or_(about, HistoryRow.actor_id == person_id)).order_by(HistoryRow.id.desc())
    for row in sorted(history.read(session, session.scalars(ids.limit(MOST)).all()), key=lambda one: -one.id):
        yield {"Cuándo": row.at, "Quién": row.actor_name, "En calidad de": row.capacity, "Qué": row.summary,
               "Motivo": row.reason}  # fmt: skip


@kept("readings", "Quién leyó sus datos", "personal_reading")
def _readings(session: Session, person_id: int) -> Iterable[Row]:
    for row in readings.of_person(session, person_id, limit=200).items:
        yield {"Cuándo": row.at, "Quién": row.reader_name, "Qué": readings.KINDS[row.kind], "Para qué": row.purpose}


@kept("readings_made", "Qué datos de otras personas leyó")
def _readings_made(session: Session, person_id: int) -> Iterable[Row]:
    mine = select(PersonalReading, Person.name).outerjoin(Person, Person.id == PersonalReading.person_id)
    mine = mine.where(PersonalReading.reader_id == person_id).order_by(PersonalReading.id.desc()).limit(MOST)
    for row, name in session.execute(mine):
        yield {"Cuándo": row.at, "Qué": readings.KINDS[row.kind], "De quién": name or str(row.count),
               "Para qué": row.purpose}  # fmt: skip


def _days(row: Period) -> dict[str, Value]:
    return {"Desde el": row.since, "Hasta el": row.until, "Terminada el": row.revoked_at}
