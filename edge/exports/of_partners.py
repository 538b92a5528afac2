"""What the partners of a strategy did, as a workbook."""

from collections.abc import Iterator
from collections.abc import Sequence

from sqlalchemy.orm import Session

from edge import names
from edge.exports.export import Export
from forms.list_workbook import Column
from forms.list_workbook import Value
from forms.references import codes_of
from tracking.models import PartnerAdvance


def _advances(session: Session, rows: Sequence[PartnerAdvance]) -> Iterator[list[Value]]:
    people = names.of_people(session, [row.author_id for row in rows])
    units = names.of_units(session, [row.partner.unit_id for row in rows])
    strategies = names.of_strategies(session, [row.partner.strategy_id for row in rows])
    ids = [key for row in rows for key in row.entities]
    entities, codes = names.of_entities(session, ids), codes_of(session, ids)
    for row in rows:
        yield [
            row.occurred_on, units.get(row.partner.unit_id, ""), strategies.get(row.partner.strategy_id, ""), row.text,
            "; ".join(entities.get(key, "") for key in row.entities),
            "; ".join(codes.get(key, "") for key in row.entities), len(row.files), people.get(row.author_id, ""),
            row.registered_at, "Anulado" if row.annulled_at else "Vigente",
        ]  # fmt: skip


ADVANCES = Export(
    "Avances de entidades socias",
    (Column("Fecha", 12), Column("Entidad socia", 32), Column("Estrategia", 32), Column("Qué se hizo", 60),
     Column("Entidades alcanzadas", 40), Column("Códigos de las entidades", 20), Column("Soportes", 10),
     Column("Quién lo reportó", 28), Column("Registrado el", 17), Column("Estado", 12)),
    _advances, {"status": {"standing": "vigentes", "annulled": "anulados"}},
)  # fmt: skip
