"""Advisories and quick contacts, as workbooks."""

from collections.abc import Iterator
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from edge import labels
from edge import names
from edge.exports.export import Export
from forms.list_workbook import Column
from forms.list_workbook import Value
from forms.references import codes_of
from tracking import advisories
from tracking import contacts
from tracking.models import Advisory
from tracking.models import Product
from tracking.models import QuickContact
from tracking.models import WorkPlan


def products_of(session: Session, rows: Sequence[Advisory]) -> dict[int, str]:
    """Plan of an advisory → the name of its product."""
    plan_ids = {one.plan_id for row in rows for one in row.entities if one.plan_id is not None}
    statement = select(WorkPlan.id, Product.name).join(Product, Product.id == WorkPlan.product_id)
    return dict(session.execute(statement.where(WorkPlan.id.in_(plan_ids))).all()) if plan_ids else {}


def _advisories(session: Session, rows: Sequence[Advisory]) -> Iterator[list[Value]]:
    people = names.of_people(session, [row.advisor_id for row in rows])
    ids = [one.entity_id for row in rows for one in row.entities]
    entities, codes, products = names.of_entities(session, ids), codes_of(session, ids), products_of(session, rows)
    for row in rows:
        of_row = dict.fromkeys(products[one.plan_id] for one in row.entities if one.plan_id is not None)
        yield [
            row.occurred_on, row.summary, "; ".join(entities.get(one.entity_id, "") for one in row.entities),
            "; ".join(codes.get(one.entity_id, "") for one in row.entities), "; ".join(of_row),
            advisories.MODALITIES[row.modality], people.get(row.advisor_id, ""), row.place, row.registered_at,
            row.lag_days, labels.ADVISORY[row.status],
        ]  # fmt: skip


def _contacts(session: Session, rows: Sequence[QuickContact]) -> Iterator[list[Value]]:
    people = names.of_people(session, [row.advisor_id for row in rows])
    ids = [row.entity_id for row in rows]
    entities, codes = names.of_entities(session, ids), codes_of(session, ids)
    for row in rows:
        yield [
            row.occurred_on, row.topic, entities.get(row.entity_id, ""), codes.get(row.entity_id, ""),
            contacts.CHANNELS.get(row.channel, row.channel), row.minutes, people.get(row.advisor_id, ""),
            row.registered_at, "Anulada" if row.annulled_at else "Vigente",
        ]  # fmt: skip


ADVISORIES = Export(
    "Asesorías",
    (Column("Fecha", 12), Column("Qué se hizo", 60), Column("Entidades", 40), Column("Códigos de las entidades", 20),
     Column("Productos", 44), Column("Modalidad", 24), Column("Quién la dio", 28), Column("Lugar", 24),
     Column("Registrada el", 17), Column("Días hasta registrarla", 12), Column("Estado")),
    _advisories, {"modality": advisories.MODALITIES, "status": labels.ADVISORY},
)  # fmt: skip
CONTACTS = Export(
    "Interacciones cortas",
    (Column("Fecha", 12), Column("Tema", 60), Column("Entidad", 36), Column("Código de la entidad", 14),
     Column("Por dónde", 18), Column("Minutos", 10), Column("Quién", 28), Column("Registrada el", 17),
     Column("Estado", 12)),
    _contacts, {"channel": contacts.CHANNELS, "status": {"standing": "vigentes", "annulled": "anuladas"}},
)  # fmt: skip
