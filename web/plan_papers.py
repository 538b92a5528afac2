"""A work plan as a document: whose it is, where its procedure stands, its milestones, what was done and asked."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.clock import local
from db.paging import MAX_LIMIT
from directory.principal import Principal
from edge import labels
from edge import names
from edge import support_words
from edge import words
from engine.status import Step
from forms import document
from forms.document import Part
from forms.words import capital
from tracking import advisories
from tracking import support
from tracking import support_acts
from tracking.models import Advisory
from tracking.models import CorrectiveAction
from tracking.models import PlanMilestone
from tracking.models import PlanStatus
from tracking.models import SupportRequest
from tracking.models import WorkPlan
from web import plan_milestones

STEP = {"done": "Hecho", "now": "Ahora", "next": "Después", "stopped": "Interrumpido", "undone": "No se hizo"}


def pdf(
    session: Session, about: Mapping[str, Any], steps: Sequence[Step], actions: Sequence[CorrectiveAction], *,
    by: Principal, now: datetime,
) -> bytes:  # fmt: skip
    """The document of a plan as `by` reads it now; `about` is what the head of its page says of it."""
    plan: WorkPlan = about["plan"]
    parts = [
        _procedure(steps),
        *_milestones(session, plan, about["milestone_statuses"]),
        _advisories(session, plan, by),
        _supports(session, plan, by),
        _actions(actions),
    ]
    title = f"Plan de trabajo: {about['entity']}"
    said = [part for part in parts if part is not None]
    return document.paper(title, _facts(about, plan, now), said, at=now.replace(microsecond=0), author=by.name)


def _facts(about: Mapping[str, Any], plan: WorkPlan, now: datetime) -> list[tuple[str, str]]:
    product, reported, verified = about["product"], plan.reported_progress, plan.verified_progress
    progress = f"{words.percent(reported)} reportado, {words.percent(verified)} verificado"
    return [
        ("Entidad", about["entity"]),
        ("Producto", f"{product.name} ({product.code})"),
        ("Vigencia", str(plan.vigencia)),
        ("Región", about["region"]),
        ("Acompaña", about["advisor"] or "sin enlace territorial"),
        ("Estado", about["statuses"][plan.status]),
        ("Consentimiento", about["consent_word"]),
        ("Protocolo que sigue", str(about["followed"])),
        ("Abierto", _day(local(plan.opened_at).date())),
        ("Cancelado" if plan.status == PlanStatus.CANCELLED else "Cerrado", _closed(plan)),
        ("Motivo", plan.closing_reason),
        ("Avance", "sin seguimiento: la entidad no lo aceptó" if plan.consent == "refused" else progress),
        ("Como está registrado", words.full_moment(now)),
    ]


def _closed(plan: WorkPlan) -> str:
    return _day(local(plan.closed_at).date()) if plan.closed_at else ""


def _procedure(steps: Sequence[Step]) -> Part | None:
    rows = [[step.name, STEP[step.state], _done(step)] for step in steps]
    return Part("Procedimiento", head=("Paso", "Estado", "Quién y cuándo"), rows=rows) if rows else None


def _done(step: Step) -> str:
    told = [step.who, _day(local(step.at).date()) if step.at else "", f"ronda {step.round}" if step.round > 1 else ""]
    return ", ".join(one for one in told if one) if step.state == "done" else ""


def _milestones(session: Session, plan: WorkPlan, statuses: Mapping[str, str]) -> list[Part]:
    """The milestones in their groups, a table each."""
    found = plan_milestones.values(session, plan)
    head = ("N.º", "Hito", "Peso", "Fecha prevista", "Estado")
    parts = []
    for group in found["groups"]:
        rows = [_milestone(row, found["counting"], found["returned"], statuses) for row in group.rows]
        parts.append(Part(f"Hitos: {group.title}" if group.title else "Hitos", head=head, rows=rows))
    return parts


def _milestone(
    row: PlanMilestone, counting: Mapping[int, Any], returned: Mapping[int, Any], statuses: Mapping[str, str]
) -> list[str]:
    weight = words.percent(counting[row.id]) if row.id in counting else "no cuenta"
    state = f"Devuelto: {returned[row.id].reason}" if row.id in returned else statuses[row.status]
    told = f"{state}. Cumplido el {words.short_date(row.achieved_on)}" if row.achieved_on else state
    planned = words.short_date(row.planned_on) if row.planned_on else "sin fecha"
    name = f"{row.name}. Meta: {row.target}" if row.target else row.name
    return [str(row.number), name, weight, planned, told]


def _advisories(session: Session, plan: WorkPlan, by: Principal) -> Part | None:
    """All that were given in the plan, the newest first."""
    found: list[Advisory] = []
    cursor = ""
    while True:
        given = advisories.listing(session, by, advisories.Filters(plan_id=plan.id), limit=MAX_LIMIT, cursor=cursor)
        found += given.items
        cursor = given.next_cursor
        if not cursor:
            break
    people = names.of_people(session, [row.advisor_id for row in found])
    rows = [
        [words.short_date(row.occurred_on), advisories.MODALITIES[row.modality], row.summary,
         people.get(row.advisor_id, ""), labels.ADVISORY[row.status]]
        for row in found
    ]  # fmt: skip
    head = ("Fecha", "Modalidad", "Qué se hizo y se acordó", "Acompañó", "Estado")
    return Part("Asesorías", head=head, rows=rows) if rows else None


def _supports(session: Session, plan: WorkPlan, by: Principal) -> Part | None:
    """What was asked of the experts, the newest first, with what `by` is shown of it."""
    found = support.of_plan(session, plan.id)
    support.narrow(found, by=by)
    acts = support_acts.of(session, found)
    taking_part = [key for row in found for key in (row.asker_id, row.expert_id, *acts[row.id].people)]
    people = names.of_people(session, taking_part)
    rows = [
        [row.other_theme or labels.EXPERT_THEME.get(row.theme, ""), row.need or "Solicitud sin enviar",
         people.get(row.expert_id or 0, "sin experto"), labels.of_support(row),
         ". ".join(said for said in (_given(row), support_words.ending(row, acts[row.id], people)) if said)]
        for row in found
    ]  # fmt: skip
    head = ("Tema", "Qué se pidió", "Experto", "Estado", "Qué se hizo o recomendó, o cómo terminó")
    return Part("Apoyo experto", head=head, rows=rows) if rows else None


def _given(row: SupportRequest) -> str:
    told = row.outcome.rstrip(".")
    return f"{words.short_date(row.given_on)}: {told}" if row.given_on else told


def _actions(actions: Sequence[CorrectiveAction]) -> Part | None:
    rows = [
        [row.finding, row.action or "sin formular", row.responsible or "sin responsable",
         words.short_date(row.due_on) if row.due_on else "sin plazo", labels.ACTION[row.status]]
        for row in actions
    ]  # fmt: skip
    head = ("Hallazgo", "Acción", "Responsable", "Plazo", "Estado")
    return Part("Acciones preventivas, correctivas y de mejora", head=head, rows=rows) if rows else None


def _day(day: date) -> str:
    return capital(words.long_date(day).partition(" ")[2])
