"""What this room keeps about somebody: plans, advisories and contacts, contract, reports, and handovers."""

from collections.abc import Iterable

from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import entities
from directory import people
from directory.kept import MOST
from directory.kept import Row
from directory.kept import kept
from tracking.models import Advisory
from tracking.models import ContractObligation
from tracking.models import Handover
from tracking.models import PartnerAdvance
from tracking.models import Product
from tracking.models import QuickContact
from tracking.models import Report
from tracking.models import WorkPlan


@kept("products", "Productos que lidera", "product")
def _products(session: Session, person_id: int) -> Iterable[Row]:
    mine = select(Product).where(Product.lead_id == person_id).order_by(Product.id.desc()).limit(MOST)
    yield from ({"Código": row.code, "Nombre": row.name} for row in session.scalars(mine))


@kept("plans", "Planes de trabajo que acompaña o acompañó", "work_plan")
def _plans(session: Session, person_id: int) -> Iterable[Row]:
    mine = select(WorkPlan, Product.name).join(Product, Product.id == WorkPlan.product_id)
    mine = mine.where(WorkPlan.advisor_id == person_id).order_by(WorkPlan.id.desc()).limit(MOST)
    rows = session.execute(mine).all()
    named = entities.names(session, [row.entity_id for row, _ in rows])
    for row, name in rows:
        yield {"Producto": name, "Entidad": named.get(row.entity_id, ""), "Vigencia": row.vigencia}


@kept("advisories", "Asesorías e interacciones", "advisory", "quick_contact")
def _advisories(session: Session, person_id: int) -> Iterable[Row]:
    given = or_(Advisory.advisor_id == person_id, Advisory.registered_by == person_id)
    for row in session.scalars(select(Advisory).where(given).order_by(Advisory.id.desc()).limit(MOST)):
        yield {"Qué": row.summary, "Día": row.occurred_on, "Registrada el": row.registered_at}
    brief = select(QuickContact).where(QuickContact.advisor_id == person_id).order_by(QuickContact.id.desc())
    for one in session.scalars(brief.limit(MOST)):
        yield {"Qué": one.topic, "Día": one.occurred_on, "Registrada el": one.registered_at}


@kept("partner_advances", "Avances que reportó por una entidad socia", "partner_advance")
def _partner_advances(session: Session, person_id: int) -> Iterable[Row]:
    mine = select(PartnerAdvance).where(PartnerAdvance.author_id == person_id).order_by(PartnerAdvance.id.desc())
    for row in session.scalars(mine.limit(MOST)):
        yield {"Qué": row.text, "Día": row.occurred_on, "Registrado el": row.registered_at,
               "Anulado el": row.annulled_at}  # fmt: skip


@kept("contract", "Obligaciones de su contrato", "contract_obligation")
def _contract(session: Session, person_id: int) -> Iterable[Row]:
    mine = select(ContractObligation).where(ContractObligation.person_id == person_id)
    for row in session.scalars(mine.order_by(ContractObligation.number)):
        yield {"Número": row.number, "Obligación": row.text, "Desde el": row.since, "Hasta el": row.until}


@kept("reports", "Informes", "report")
def _reports(session: Session, person_id: int) -> Iterable[Row]:
    mine = select(Report).where(Report.person_id == person_id).order_by(Report.id.desc()).limit(MOST)
    for row in session.scalars(mine):
        yield {"Informe": row.title, "Periodo": row.period, "Presentado el": row.presented_at,
               "Radicado": row.receipt}  # fmt: skip


@kept("handovers", "Empalmes", "handover")
def _handovers(session: Session, person_id: int) -> Iterable[Row]:
    mine = or_(Handover.from_id == person_id, Handover.to_id == person_id)
    rows = session.scalars(select(Handover).where(mine).order_by(Handover.id.desc()).limit(MOST)).all()
    named = people.many(session, {key for row in rows for key in (row.from_id, row.to_id)})
    for row in rows:
        yield {"Entrega": named[row.from_id].name, "Recibe": named[row.to_id].name, "Desde el": row.since,
               "Motivo": row.reason}  # fmt: skip
