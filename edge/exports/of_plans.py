"""Work plans, milestones that wait to be verified, corrective actions and requests for experts, as workbooks."""

from collections.abc import Iterator
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from edge import labels
from edge import names
from edge import support_words
from edge.exports.export import Export
from forms.list_workbook import Column
from forms.list_workbook import Value
from forms.references import codes_of
from tracking import consent
from tracking import support
from tracking import support_acts
from tracking.models import ConsentStatus
from tracking.models import CorrectiveAction
from tracking.models import PlanMilestone
from tracking.models import SupportRequest
from tracking.models import WorkPlan

_CONSENT = {key.value: label for key, label in consent.IN_WORDS.items()}
_PLACE = (Column("Entidad", 36), Column("Código de la entidad", 14), Column("Producto", 44),
          Column("Código del producto", 16), Column("Vigencia", 10), Column("Enlace territorial", 28))  # fmt: skip


def _places(session: Session, plans: Sequence[WorkPlan]) -> dict[int, list[Value]]:
    """Plan → the cells of `_PLACE`."""
    entities = names.of_entities(session, [plan.entity_id for plan in plans])
    codes = codes_of(session, [plan.entity_id for plan in plans])
    products = names.of_products(session, [plan.product_id for plan in plans])
    people = names.of_people(session, [plan.advisor_id for plan in plans])
    return {
        plan.id: [
            entities.get(plan.entity_id, ""), codes.get(plan.entity_id, ""), products[plan.product_id].name,
            products[plan.product_id].code, plan.vigencia, people.get(plan.advisor_id or 0, ""),
        ]
        for plan in plans
    }  # fmt: skip


def _plans_of(session: Session, rows: Sequence[PlanMilestone | CorrectiveAction | SupportRequest]) -> list[WorkPlan]:
    return list(session.scalars(select(WorkPlan).where(WorkPlan.id.in_({row.plan_id for row in rows}))))


def _plans(session: Session, rows: Sequence[WorkPlan]) -> Iterator[list[Value]]:
    places, regions = _places(session, rows), names.of_regions(session, [row.region_id for row in rows])
    for row in rows:
        yield [
            *places[row.id], regions.get(row.region_id or 0, ""), labels.PLAN[row.status], _CONSENT[row.consent],
            *((None, None) if row.consent == ConsentStatus.REFUSED else (row.reported_progress, row.verified_progress)),
        ]  # fmt: skip


def _milestones(session: Session, rows: Sequence[PlanMilestone]) -> Iterator[list[Value]]:
    places = _places(session, _plans_of(session, rows))
    people = names.of_people(session, [row.reported_by for row in rows])
    for row in rows:
        who = people.get(row.reported_by or 0, "el sistema")
        yield [row.number, row.name, *places[row.plan_id], row.achieved_on, who, row.reported_at]


def _actions(session: Session, rows: Sequence[CorrectiveAction]) -> Iterator[list[Value]]:
    places = _places(session, _plans_of(session, rows))
    for row in rows:
        yield [
            labels.ACTION_KIND.get(row.kind, row.kind), row.finding, row.cause, row.action, row.responsible, row.due_on,
            labels.ACTION[row.status], row.opened_at, row.closed_at, *places[row.plan_id],
        ]  # fmt: skip


def _supports(session: Session, rows: Sequence[SupportRequest]) -> Iterator[list[Value]]:
    places = _places(session, _plans_of(session, rows))
    acts = support_acts.of(session, rows)
    taking_part = [key for row in rows for key in (row.asker_id, row.expert_id, *acts[row.id].people)]
    people = names.of_people(session, taking_part)
    advisories = support.named(session, {key for row in rows for key in row.advisories})
    files = names.of_files(session, [token for row in rows for token in row.files])
    for row in rows:
        done = acts[row.id]
        yield [
            row.other_theme or labels.EXPERT_THEME.get(row.theme, ""), row.need,
            people.get(done.asked_by or row.asker_id, ""), people.get(row.asker_id, ""),
            people.get(row.expert_id or 0, ""), labels.of_support(row), row.since, row.wanted_on, row.agreed_on,
            row.given_on, support_words.doer(done.given, people), row.outcome,
            "\n".join(advisories[key] for key in row.advisories),
            "\n".join(files.get(token, "") for token in row.files),
            support_words.doer(done.withdrawn, people), row.closing_reason, *places[row.plan_id],
        ]  # fmt: skip


PLANS = Export(
    "Planes de trabajo",
    (*_PLACE, Column("Región", 22), Column("Estado"), Column("Consentimiento", 24), Column("Avance reportado (%)", 12),
     Column("Avance verificado (%)", 12)),
    _plans, {"status": labels.PLAN, "consent": _CONSENT},
)  # fmt: skip
MILESTONES = Export(
    "Hitos por verificar",
    (Column("Número", 9), Column("Hito", 48), *_PLACE, Column("Cumplido el", 12), Column("Lo reportó", 28),
     Column("Reportado el", 17)),
    _milestones,
)  # fmt: skip
ACTIONS = Export(
    "Acciones correctivas, preventivas y de mejora",
    (Column("Tipo", 14), Column("Hallazgo", 48), Column("Causa", 36), Column("Acción", 48), Column("Responsable", 30),
     Column("Plazo", 12), Column("Estado", 12), Column("Se abrió", 17), Column("Se cerró", 17), *_PLACE),
    _actions, {"status": labels.ACTION, "kind": labels.ACTION_KIND},
)  # fmt: skip
SUPPORTS = Export(
    "Apoyos expertos",
    (Column("Tema", 26), Column("Lo pedido", 48), Column("Lo pidió", 28), Column("Lo sigue", 28), Column("Experto", 28),
     Column("Estado", 20), Column("Desde", 17), Column("Para cuándo", 12), Column("Día acordado", 12),
     Column("Se dio", 12), Column("Lo dio", 40), Column("Lo hecho o recomendado", 48), Column("Asesorías", 40),
     Column("Archivos", 30), Column("Lo retiró", 28), Column("Por qué terminó sin atenderse", 40), *_PLACE),
    _supports, {"status": labels.SUPPORT, "theme": labels.EXPERT_THEME},
)  # fmt: skip
