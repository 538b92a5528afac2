"""People with how they are reached, and who read personal data, as workbooks."""

from collections.abc import Iterator
from collections.abc import Sequence

from sqlalchemy.orm import Session

from db.clock import local_date
from directory import readings
from directory.models import Person
from directory.models import PersonalReading
from edge import names
from edge.exports.export import Export
from forms.list_workbook import Column
from forms.list_workbook import Value


def _people(session: Session, rows: Sequence[Person]) -> Iterator[list[Value]]:
    units = names.of_units(session, [row.unit_id for row in rows])
    for row in rows:
        gone = local_date(row.disabled_at) if row.disabled_at else None
        yield [row.name, row.email, row.position, units.get(row.unit_id or 0, ""), gone]


def _readings(session: Session, rows: Sequence[PersonalReading]) -> Iterator[list[Value]]:
    whose = names.of_people(session, [row.person_id for row in rows])
    for row in rows:
        yield [
            row.at, row.reader_name, readings.KINDS[row.kind], whose.get(row.person_id or 0, ""), row.count,
            row.asked, row.purpose, row.route,
        ]  # fmt: skip


PEOPLE = Export(
    "Personas",
    (Column("Nombre", 36), Column("Correo", 34), Column("Cargo", 36), Column("Dependencia", 36),
     Column("Sin acceso desde", 14)),
    _people, personal=readings.PEOPLE,
)  # fmt: skip
READINGS = Export(
    "Lecturas de datos personales",
    (Column("Cuándo", 17), Column("Quién leyó", 30), Column("Qué", 36), Column("De quién", 30), Column("Cuántas", 9),
     Column("Filtro", 30), Column("Para qué", 50), Column("Por dónde", 44)),
    _readings, {"kind": readings.KINDS},
)  # fmt: skip
