"""Products and reports, as workbooks."""

from collections.abc import Iterator
from collections.abc import Sequence

from sqlalchemy.orm import Session

from edge import labels
from edge import names
from edge.exports.export import Export
from forms.list_workbook import Column
from forms.list_workbook import Value
from tracking import products
from tracking.models import Product
from tracking.models import ProductStage
from tracking.models import Report
from tracking.models import ReportStatus
from tracking.reports import kinds
from tracking.reports import store

_STATES = {key.value: label for key, label in store.LABELS.items()}


def _products(session: Session, rows: Sequence[Product]) -> Iterator[list[Value]]:
    units = names.of_units(session, [row.unit_id for row in rows])
    people = names.of_people(session, [row.lead_id for row in rows])
    for row in rows:
        yield [
            row.code, row.name, units.get(row.unit_id, ""), people.get(row.lead_id or 0, ""),
            products.STAGES[ProductStage(row.stage)], labels.PRODUCT[row.status], row.created_at,
        ]  # fmt: skip


def _reports(session: Session, rows: Sequence[Report]) -> Iterator[list[Value]]:
    people = names.of_people(session, [row.person_id for row in rows])
    regions = names.of_regions(session, [row.region_id for row in rows])
    first_at = store.first_presentations(session, rows)
    for row in rows:
        yield [
            row.title, kinds.kind(row.kind).title, row.period, people.get(row.person_id or 0, "sin responsable"),
            regions.get(row.region_id or 0, ""),
            store.LABELS[ReportStatus(row.status)], first_at.get(row.id, row.presented_at),
            row.presented_at, row.decided_at, row.remarks,
        ]  # fmt: skip


PRODUCTS = Export(
    "Productos",
    (Column("Código", 16), Column("Producto", 60), Column("Dependencia", 40), Column("Lidera", 28),
     Column("Etapa", 30), Column("Estado", 12), Column("Creado el", 17)),
    _products, {"stage": {key.value: label for key, label in products.STAGES.items()}, "status": labels.PRODUCT},
)  # fmt: skip
REPORTS = Export(
    "Informes",
    (Column("Informe", 50), Column("Tipo", 36), Column("Periodo", 12), Column("De quién", 28), Column("Región", 22),
     Column("Estado"), Column("Presentado por primera vez", 17), Column("Presentado el", 17),
     Column("Decidido el", 17), Column("Observaciones de quien lo revisó", 50)),
    _reports, {"kind": {key: one.title for key, one in kinds.KINDS.items()}, "status": _STATES},
)  # fmt: skip
