"""Whether an entity agrees to be followed up, and who therefore counts in the figures.

Source of the rule: step 5 of the procedure, where only who gives consent is followed up. Assistance itself goes on.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import ScalarSelect
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import Conflict
from db.errors import InvalidData
from directory.principal import Principal
from forms.words import long_date
from tracking import attachments
from tracking import evidence
from tracking import trace
from tracking.models import Consent
from tracking.models import ConsentStatus
from tracking.models import PlanStatus
from tracking.models import WorkPlan

IN_WORDS = {
    ConsentStatus.PENDING: "Pendiente",
    ConsentStatus.GIVEN: "Aceptó el seguimiento",
    ConsentStatus.REFUSED: "No aceptó el seguimiento",
    ConsentStatus.WITHDRAWN: "Retiró su consentimiento",
}


DENIED = (ConsentStatus.REFUSED, ConsentStatus.WITHDRAWN)
"""What a later consent changes."""

_RECTIFIABLE = {"name": "quién respondió", "post": "el cargo", "evidence": "el soporte"}

_NOT_FOLLOWED = {
    ConsentStatus.PENDING: "La entidad no ha dado su consentimiento para el seguimiento",
    ConsentStatus.REFUSED: "La entidad no aceptó el seguimiento",
    ConsentStatus.WITHDRAWN: "La entidad retiró su consentimiento",
}

_AFTER = {
    ConsentStatus.GIVEN: "al consentimiento",
    ConsentStatus.REFUSED: "a la negativa",
    ConsentStatus.WITHDRAWN: "al retiro",
}


def counts_in_denominators(plan: WorkPlan) -> bool:
    """Whether a plan counts in the figures of follow-up: its entity consents and it was not cancelled."""
    return plan.consent == ConsentStatus.GIVEN and plan.status != PlanStatus.CANCELLED


def not_followed(plan: WorkPlan) -> str:
    """Why the milestones of a plan are not verified, in words; empty when its entity consents."""
    if plan.consent == ConsentStatus.GIVEN:
        return ""
    why = _NOT_FOLLOWED[ConsentStatus(plan.consent)]
    return f"{why}: sus hitos no se verifican ni cuentan. Lo que se hace se registra igual."


def counted() -> ColumnElement[bool]:
    """The same as a condition on WorkPlan."""
    return and_(WorkPlan.consent == ConsentStatus.GIVEN, WorkPlan.status != PlanStatus.CANCELLED)


def record(
    session: Session,
    plan_id: int,
    *,
    given: bool,
    name: str,
    post: str,
    date: date,
    evidence_files: Sequence[str] = (),
    reason: str = "",
    by: Actor,
    now: datetime,
) -> Consent:
    """Keep what an entity answered: who, in which post, on which day. `reason` is required when it refuses.

    Raises NotFound, Conflict when the plan ended or the entity answered already, and InvalidData at the fields of the
    form `consentimiento` (`name, post, date, evidence, reason`).
    """
    plan = trace.running_plan(session, plan_id)
    if plan.consent == ConsentStatus.GIVEN:
        raise Conflict("La entidad ya dio su consentimiento.", code="consent_given")
    if not given:
        reason = trace.reasoned(reason, "Escriba el motivo por el que la entidad no acepta.")
    decision = ConsentStatus.GIVEN if given else ConsentStatus.REFUSED
    return _decide(session, plan, decision, name, post, date, evidence_files, reason, by, now)


def withdraw(
    session: Session,
    plan_id: int,
    *,
    name: str,
    post: str,
    date: date,
    evidence_files: Sequence[str] = (),
    reason: str,
    by: Principal,
    now: datetime,
) -> Consent:
    """Keep that an entity takes its consent back: from now on it is not followed up; what was done stays.

    It is proved with files and is not dated before the consent. Raises as `record`, NotAllowed without
    `consent.withdraw`, Conflict when there is no consent to take back.
    """
    plan, actor = trace.turning(session, plan_id, by, "consent.withdraw")
    if plan.consent != ConsentStatus.GIVEN:
        raise Conflict("Este plan no tiene un consentimiento vigente que retirar.", code="no_consent")
    _check_change(session, plan, date, evidence_files, "con que la entidad retira su consentimiento", "El retiro")
    reason = trace.reasoned(reason, "Escriba el motivo del retiro.")
    evidence.check_files(session, evidence_files, "evidence", by=by)
    return _decide(session, plan, ConsentStatus.WITHDRAWN, name, post, date, evidence_files, reason, actor, now)


def give(
    session: Session,
    plan_id: int,
    *,
    name: str,
    post: str,
    date: date,
    evidence_files: Sequence[str] = (),
    by: Principal,
    now: datetime,
) -> Consent:
    """Keep that an entity that refused, or withdrew, agrees after all: from that day it is followed up and counts.

    It is proved with files and is not dated before what it changes. Raises as `record`, NotAllowed without
    `consent.give`, Conflict when the entity consents already or was not asked yet (the step of the procedure asks it).
    """
    plan, actor = trace.turning(session, plan_id, by, "consent.give")
    demand_changeable(plan)
    _check_change(session, plan, date, evidence_files, "con que la entidad acepta el seguimiento", "El consentimiento")
    evidence.check_files(session, evidence_files, "evidence", by=by)
    return _decide(session, plan, ConsentStatus.GIVEN, name, post, date, evidence_files, "", actor, now)


def rectify(
    session: Session, plan_id: int, before: Mapping[str, Any], after: Mapping[str, Any], *, reason: str, by: Actor,
    now: datetime,
) -> Consent:  # fmt: skip
    """Correct who answered (`name`, `post`) and the support (`evidence`) of the answer that the procedure recorded.

    `before` are all its answers as they stood, `after` those that change. What it said stays with the rectification of
    what was sent: here, and in history, nobody's name is repeated. Raises NotFound, InvalidData, and Conflict when the
    plan ended or has no such answer.
    """
    plan = trace.running_plan(session, plan_id)
    row = next((one for one in reversed(of_plan(session, plan_id)) if _is_said(one, before)), None)
    if row is None:
        raise Conflict("El plan no tiene una respuesta de la entidad como la que se rectifica.", code="no_consent")
    if "name" in after:
        row.person_name = trace.required(str(after["name"] or ""), "name", "Escriba el nombre de quien responde.")
    if "post" in after:
        row.person_position = trace.required(str(after["post"] or ""), "post", "Escriba el cargo de quien responde.")
    if "evidence" in after:
        row.files = evidence.check_files(session, after["evidence"] or (), "evidence")
        attachments.of_plan(session, plan_id, row.files, now=now)
    session.flush()
    what = ", ".join(words for name, words in _RECTIFIABLE.items() if name in after)
    details = {"consent_id": row.id, "rectified": [name for name in _RECTIFIABLE if name in after]}
    trace.record(session, plan, "consent.rectified", f"Rectificó {what} de la respuesta de la entidad.", by=by, now=now,
                 details=details, reason=reason)  # fmt: skip
    return row


def demand_changeable(plan: WorkPlan) -> None:
    """Raise Conflict unless the entity of `plan` said no, or took back its yes: only that can turn into a yes."""
    if plan.consent == ConsentStatus.GIVEN:
        raise Conflict("La entidad ya dio su consentimiento.", code="consent_given")
    if plan.consent not in DENIED:
        raise Conflict(
            "La entidad aún no ha respondido: se registra en el paso «Registrar el consentimiento».",
            code="consent_pending",
        )


def given_on() -> ScalarSelect[Any]:
    """The day of the newest consent of a WorkPlan, as a column of a statement about plans; null without any."""
    given = (Consent.plan_id == WorkPlan.id, Consent.decision == ConsentStatus.GIVEN)
    return select(func.max(Consent.decided_on)).where(*given).correlate(WorkPlan).scalar_subquery()


def of_plan(session: Session, plan_id: int) -> list[Consent]:
    """Every decision about a plan, oldest first. Holds personal data."""
    return list(session.scalars(select(Consent).where(Consent.plan_id == plan_id).order_by(Consent.id)))


def _is_said(row: Consent, said: Mapping[str, Any]) -> bool:
    """Whether `row` is what these answers of the procedure recorded."""
    who = (row.person_name, row.person_position, row.decided_on.isoformat())
    return row.decision != ConsentStatus.WITHDRAWN and who == tuple(
        str(said.get(name) or "").strip() for name in ("name", "post", "date")
    )


def _check_change(session: Session, plan: WorkPlan, day: date, files: Sequence[str], what: str, which: str) -> None:
    """A change of mind is proved, as what it changes was, and comes after it."""
    errors: dict[str, list[str]] = {}
    if not files:
        errors["evidence"] = [f"Adjunte el soporte {what}."]
    last = next(reversed(of_plan(session, plan.id)), None)
    if last is not None and day < last.decided_on:
        before = f"{_AFTER[ConsentStatus(last.decision)]}, del {long_date(last.decided_on.isoformat())}"
        errors["date"] = [f"{which} no puede ser anterior {before}."]
    if errors:
        raise InvalidData(errors)


def _decide(
    session: Session, plan: WorkPlan, decision: ConsentStatus, name: str, post: str, day: date, files: Sequence[str],
    reason: str, by: Actor, now: datetime,
) -> Consent:  # fmt: skip
    row = Consent(
        plan_id=plan.id,
        decision=decision,
        reason=reason,
        person_name=trace.required(name, "name", "Escriba el nombre de quien responde."),
        person_position=trace.required(post, "post", "Escriba el cargo de quien responde."),
        decided_on=evidence.check_past(day, "date", now=now),
        files=evidence.check_files(session, files, "evidence"),
        recorded_at=now,
        recorded_by=by.person_id,
    )
    session.add(row)
    before, plan.consent = plan.consent, decision
    session.flush()
    attachments.of_plan(session, plan.id, row.files, now=now)
    # Who answered stands in the consent alone: history is read by more people than personal data.
    details = {"consent": [before, decision.value], "consent_id": row.id}
    trace.record(session, plan, f"consent.{decision}", f"{IN_WORDS[decision]}.", by=by, now=now, details=details,
                 reason=reason)  # fmt: skip
    return row
