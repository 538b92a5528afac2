"""Whether an entity agrees to be followed up, and who therefore counts in the figures.

Source of the rule: step 5 of the procedure, where only who gives consent is followed up. Assistance itself goes on.
"""

from collections.abc import Sequence
from datetime import date
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import Conflict
from directory.access import demand
from directory.principal import Principal
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


def counts_in_denominators(plan: WorkPlan) -> bool:
    """Whether a plan counts in the figures of follow-up: its entity consents and it was not cancelled."""
    return plan.consent == ConsentStatus.GIVEN and plan.status != PlanStatus.CANCELLED


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
        reason = trace.required(reason, "reason", "Escriba el motivo por el que la entidad no acepta.")
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

    Raises as `record`, NotAllowed without `consent.withdraw`, Conflict when there is no consent to take back.
    """
    plan = trace.running_plan(session, plan_id)
    actor = demand(by, "consent.withdraw", trace.scope_of_plan(session, plan))
    if plan.consent != ConsentStatus.GIVEN:
        raise Conflict("Este plan no tiene un consentimiento vigente que retirar.", code="no_consent")
    reason = trace.required(reason, "reason", "Escriba el motivo del retiro.")
    return _decide(session, plan, ConsentStatus.WITHDRAWN, name, post, date, evidence_files, reason, actor, now)


def of_plan(session: Session, plan_id: int) -> list[Consent]:
    """Every decision about a plan, oldest first. Holds personal data."""
    return list(session.scalars(select(Consent).where(Consent.plan_id == plan_id).order_by(Consent.id)))


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
    # Who answered stands in the consent alone: history is read by more people than personal data.
    details = {"consent": [before, decision.value], "consent_id": row.id}
    trace.record(session, plan, f"consent.{decision}", f"{IN_WORDS[decision]}.", by=by, now=now, details=details,
                 reason=reason)  # fmt: skip
    return row
