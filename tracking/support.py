"""The support of thematic experts that work plans ask for: what each step of its process comes to.

Experts «actúan por demanda, de forma transversal» (Gobierno al Plan, 2020). How they are called is ours.
"""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from textwrap import shorten

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from db import rows
from db.actor import Actor
from db.errors import Conflict
from db.errors import NotAllowed
from directory.principal import Principal
from forms.words import long_date
from tracking import attachments
from tracking import evidence
from tracking import trace
from tracking.advisory_places import outside
from tracking.models import Advisory
from tracking.models import AdvisoryEntity
from tracking.models import AdvisoryStatus
from tracking.models import SupportAdvisory
from tracking.models import SupportRequest
from tracking.models import SupportStatus

OVER = (SupportStatus.ATTENDED, SupportStatus.WITHDRAWN, SupportStatus.ENDED)
OPEN = tuple(status for status in SupportStatus if status not in OVER)
EXPERT = "expert"
"""The part in the case of a request of whoever attends it."""
WITHDRAWAL = "support.withdrawn"
"""The act of withdrawing a request, as the history of its plan names it."""
BEFORE_EXPERT = (SupportStatus.WAITING, SupportStatus.ACCEPTED)
"""An expert is to do something: whoever asked cannot send it anew, and may still withdraw it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, as the form `solicitud_apoyo` says it. Without an expert it is for whoever takes it."""

    theme: str
    need: str
    wanted_on: date
    modality: str
    other_theme: str = ""
    expert_id: int | None = None


def begin(session: Session, plan_id: int, *, asker_id: int, by: Actor, now: datetime) -> SupportRequest:
    """A request that is still to be written, in a plan that the caller holds."""
    row = SupportRequest(
        plan_id=plan_id, asker_id=asker_id, status=SupportStatus.PREPARING, since=now, opened_at=now,
        opened_by=by.person_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def call(session: Session, request_id: int, asked: Asked, *, by: Actor, now: datetime) -> SupportRequest:
    """Keep what is asked for, the first time or anew after somebody declined.

    Raises NotFound, Conflict when it is over, InvalidData (`need`).
    """
    row = _open(session, request_id)
    row.theme, row.other_theme, row.modality = asked.theme, asked.other_theme.strip(), asked.modality
    row.need = trace.required(asked.need, "need", "Escriba qué necesita.")
    row.wanted_on, row.expert_id = asked.wanted_on, asked.expert_id
    row.decline_reason, row.suggested_id = "", None
    _turn(session, row, SupportStatus.WAITING, "support.asked", f"Pidió apoyo experto: {row.need}", by, now)
    return row


def accept(
    session: Session, request_id: int, *, expert_id: int, agreed_on: date, by: Actor, now: datetime
) -> SupportRequest:
    """Take a request on, with the day by which the support is given. Raises NotFound, Conflict when it is over."""
    row = _open(session, request_id)
    row.expert_id, row.agreed_on = expert_id, agreed_on
    _turn(session, row, SupportStatus.ACCEPTED, "support.accepted", "Aceptó dar el apoyo experto.", by, now)
    return row


def decline(
    session: Session, request_id: int, *, reason: str, suggested_id: int | None = None, by: Actor, now: datetime
) -> SupportRequest:
    """Say that it cannot be attended, why, and who else might. Raises NotFound, Conflict, InvalidData."""
    row = _open(session, request_id)
    row.decline_reason = trace.required(reason, "decline_reason", "Escriba por qué no puede.")
    row.expert_id, row.suggested_id, row.agreed_on = None, suggested_id, None
    said = "No pudo dar el apoyo experto."  # why stands in the case: the entity reads the history of its plan
    _turn(session, row, SupportStatus.DECLINED, "support.declined", said, by, now)
    return row


def give(
    session: Session, request_id: int, *, outcome: str, given_on: date, advisories: Sequence[int] = (),
    files: Sequence[str] = (), by: Actor, now: datetime,
) -> SupportRequest:  # fmt: skip
    """Keep what the expert did or recommended, with the advisories of the plan and the files that show it.

    Whoever gives a support that had been left free is its expert. Raises NotFound, Conflict when it is over,
    InvalidData (`outcome`, `files`).
    """
    row = _open(session, request_id)
    row.outcome = trace.required(outcome, "outcome", "Escriba qué se hizo o se recomendó.")
    row.expert_id = row.expert_id or by.on_behalf_of or by.person_id
    row.given_on, row.files = given_on, evidence.check_files(session, files, "files")
    known = {one.advisory_id: one for one in row.shown_by}
    row.shown_by = [known.get(key) or SupportAdvisory(advisory_id=key) for key in sorted(set(advisories))]
    _turn(session, row, SupportStatus.GIVEN, "support.given", f"Registró el apoyo dado: {row.outcome}", by, now)
    attachments.of_plan(session, row.plan_id, row.files, now=now)
    return row


def send_back(
    session: Session, request_id: int, *, missing: str, agreed_on: date, by: Actor, now: datetime
) -> SupportRequest:
    """Say what is missing of a support, and by when. Raises NotFound, Conflict, InvalidData (`missing`)."""
    row = _open(session, request_id)
    trace.required(missing, "missing", "Escriba qué falta.")
    row.agreed_on = agreed_on
    said = "Dijo qué falta del apoyo experto."  # what it is stands in the case, as why somebody declined
    _turn(session, row, SupportStatus.ACCEPTED, "support.returned", said, by, now)
    return row


def attend(session: Session, request_id: int, *, by: Actor, now: datetime) -> SupportRequest:
    """End a request whose support was received. Raises NotFound, Conflict when it is over."""
    row = _open(session, request_id)
    _turn(session, row, SupportStatus.ATTENDED, "support.attended", "Confirmó que recibió el apoyo experto.", by, now)
    return row


def demand_withdrawable(row: SupportRequest, by: Principal) -> None:
    """The request waits for its expert, and `by` asked for it or acts for who did. Raises Conflict, NotAllowed."""
    if row.asker_id not in by.stands_for():
        raise NotAllowed("Esta solicitud la retira quien la pidió.", action="support.ask")
    _demand_open(row)
    if row.status == SupportStatus.GIVEN:
        raise Conflict(
            "El experto ya registró el apoyo: diga si lo recibió o qué falta, en «Confirmar el apoyo recibido».",
            code="support_given",
        )
    if row.status not in BEFORE_EXPERT:
        raise Conflict("Esta solicitud está en su bandeja: desista de ella en «Pedir apoyo experto».", code="unasked")


def withdraw(session: Session, request_id: int, reason: str, *, by: Actor, now: datetime) -> SupportRequest:
    """End a request that is not needed any more. Raises NotFound, Conflict, InvalidData (`desist_reason`)."""
    row = _open(session, request_id)
    row.closing_reason = trace.required(reason, "desist_reason", "Escriba por qué desiste.")
    said = "Retiró la solicitud de apoyo experto."
    _turn(session, row, SupportStatus.WITHDRAWN, WITHDRAWAL, said, by, now, row.closing_reason)
    return row


def pass_on(session: Session, request_id: int, asker_id: int) -> None:
    """Let somebody else have asked: what was open goes with its plan. Raises NotFound, Conflict when it is over."""
    _open(session, request_id).asker_id = asker_id
    session.flush()


def free(session: Session, request_id: int, *, by: Actor, now: datetime) -> SupportRequest:
    """Let whoever holds the role take a request whose expert may not attend it any more. Raises NotFound, Conflict."""
    row = _open(session, request_id)
    former, row.expert_id = row.expert_id, None
    session.flush()
    details = {"support_id": row.id, "expert_id": former}
    said = "La solicitud de apoyo experto quedó libre: quien la atendía ya no tiene el rol."
    trace.record(session, trace.plan(session, row.plan_id), "support.freed", said, by=by, now=now, details=details)
    return row


def end(session: Session, request_id: int, reason: str, *, by: Actor, now: datetime) -> SupportRequest:
    """End a request with its plan. Raises NotFound, Conflict when it is over."""
    row = _open(session, request_id)
    row.closing_reason = reason
    said = "La solicitud de apoyo experto terminó con el plan."
    _turn(session, row, SupportStatus.ENDED, "support.ended", said, by, now, reason)
    return row


def narrow(rows: Iterable[SupportRequest], *, by: Principal) -> None:
    """Leave on requests what `by` is shown of them: what staff write one another of them is for the staff.

    That is why an expert could not, whom they suggest, and why who asked withdrew it; why a request ended with its plan
    is what the plan says too. What is taken off is not written.
    """
    if not outside(by):
        return
    for row in rows:
        set_committed_value(row, "decline_reason", "")
        set_committed_value(row, "suggested_id", None)
        if row.status == SupportStatus.WITHDRAWN:
            set_committed_value(row, "closing_reason", "")


def unexplained(by: Principal) -> frozenset[str]:
    """The acts in the history of a plan whose reason is not for `by`, as `narrow` leaves it out of the requests."""
    return frozenset({WITHDRAWAL}) if outside(by) else frozenset()


def get(session: Session, request_id: int) -> SupportRequest:
    """The request with this id. Raises NotFound."""
    return rows.get(session, SupportRequest, request_id, "la solicitud de apoyo")


def of_plan(session: Session, plan_id: int) -> list[SupportRequest]:
    """The requests of a plan, the newest first."""
    mine = select(SupportRequest).where(SupportRequest.plan_id == plan_id)
    return list(session.scalars(mine.order_by(SupportRequest.id.desc())))


def open_of(session: Session, plan_id: int) -> list[SupportRequest]:
    """The requests of a plan that still wait for somebody, in the order of their cases."""
    mine = select(SupportRequest).where(SupportRequest.plan_id == plan_id, SupportRequest.status.in_(OPEN))
    return list(session.scalars(mine.order_by(SupportRequest.instance_id, SupportRequest.id)))


def preparing(session: Session, plan_id: int, asker_id: int) -> SupportRequest | None:
    """The request of a plan that somebody has begun and not sent yet."""
    mine = SupportRequest.plan_id == plan_id, SupportRequest.asker_id == asker_id
    statement = select(SupportRequest).where(*mine, SupportRequest.status == SupportStatus.PREPARING)
    return session.scalars(statement.order_by(SupportRequest.id).limit(1)).one_or_none()


def in_words(advisory: Advisory) -> str:
    """An advisory by its day and its subject, as whoever chose it knows it."""
    day, about = long_date(advisory.occurred_on.isoformat()), shorten(advisory.summary, 120, placeholder="…")
    return f"{day} · {about}{' (anulada)' if advisory.status == AdvisoryStatus.ANNULLED else ''}"


def named(session: Session, advisory_ids: Collection[int], plan_id: int | None = None) -> dict[int, str]:
    """Advisories in words, by id; those of a plan alone when it is said. The annulled ones are told as such."""
    if not advisory_ids:
        return {}
    found = select(Advisory).where(Advisory.id.in_(sorted(advisory_ids)))
    if plan_id is not None:
        of_plan = select(AdvisoryEntity.advisory_id).where(AdvisoryEntity.plan_id == plan_id)
        found = found.where(Advisory.id.in_(of_plan))
    return {row.id: in_words(row) for row in session.scalars(found.order_by(Advisory.id))}


def given_in(session: Session, plan_id: int) -> list[Advisory]:
    """The advisories of a plan by which a support may have been given, the newest first."""
    given = select(Advisory).join(AdvisoryEntity, AdvisoryEntity.advisory_id == Advisory.id)
    given = given.where(AdvisoryEntity.plan_id == plan_id, Advisory.status != AdvisoryStatus.ANNULLED)
    return list(session.scalars(given.order_by(Advisory.occurred_on.desc(), Advisory.id.desc())))


def _open(session: Session, request_id: int) -> SupportRequest:
    row = rows.held(session, SupportRequest, request_id, "la solicitud de apoyo")
    _demand_open(row)
    return row


def _demand_open(row: SupportRequest) -> None:
    if row.status in OVER:
        raise Conflict("Esta solicitud de apoyo ya terminó.", code="support_over")


def _turn(
    session: Session, row: SupportRequest, status: SupportStatus, action: str, summary: str, by: Actor, now: datetime,
    reason: str = "",
) -> None:  # fmt: skip
    row.status, row.since = status, now
    row.closed_at = now if status in OVER else None
    session.flush()
    plan = trace.plan(session, row.plan_id)
    details = {"support_id": row.id, "expert_id": row.expert_id}
    trace.record(session, plan, action, summary, by=by, now=now, details=details, reason=reason)
