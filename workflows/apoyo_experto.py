"""The support of a thematic expert: asked for in a work plan, answered, given, and confirmed by whoever asked."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import Actor
from db.errors import InvalidData
from directory import people
from engine import participants
from engine import tasks
from engine.context import Context
from engine.demands import Mandatory
from engine.models import Task
from engine.registry import Hint
from engine.registry import Process
from forms.catalogues import catalogue
from forms.catalogues import resolve
from forms.declaration import Option
from forms.words import long_date
from tracking import life
from tracking import support
from tracking import support_experts
from tracking import work_plans
from tracking.models import SupportRequest
from tracking.models import SupportStatus
from workflows import diagrams
from workflows import recorded
from workflows import support_doubts

ASKING, ANSWERING, GIVING, CONFIRMING = (
    "Activity_PedirApoyo", "Activity_ResponderSolicitud", "Activity_RegistrarApoyo", "Activity_ConfirmarApoyo",
)  # fmt: skip
ASKER, EXPERT = "asker", support.EXPERT


@catalogue("plan_advisories")
def plan_advisories(session: Session, context: Mapping[str, Any]) -> list[Option]:
    """The advisories of the plan of a case, the newest first; then those chosen before that were annulled since.

    What is read where nobody chooses says no plan: it names what was chosen.
    """
    plan_id = int(context["plan_id"]) if context.get("plan_id") else None
    offered = {row.id: support.in_words(row) for row in support.given_in(session, plan_id)} if plan_id else {}
    chosen = {int(key) for key in context.get("chosen", ()) if str(key).isdecimal() and len(str(key)) <= 18}
    known = offered | support.named(session, chosen - set(offered), plan_id)
    return [Option(str(key), words) for key, words in known.items()]


@catalogue("other_experts")
def other_experts(session: Session, context: Mapping[str, Any]) -> list[Option]:
    """The thematic experts but the one who has the task of a case: who says that they cannot suggests another."""
    task = session.get(Task, context["task_id"]) if context.get("task_id") else None
    held_by = str(task.assignee_id) if task is not None else ""
    return [one for one in resolve(session, "people:thematic_expert", context) if one.value != held_by]


def what_was_asked(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """The request as it was sent before, for whom the one who declined suggests; whether to desist is said anew.

    Nobody begins a request to desist from it.
    """
    row = _request(session, context)
    before = context.answers(ASKING)
    if not before:
        return {"desist": False}
    asked = {name: value for name, value in before.items() if name not in ("desist", "desist_reason", "expert")}
    return {**asked, "expert": row.suggested_id} if row.suggested_id is not None else asked


def why_declined(session: Session, context: Context, data: Mapping[str, Any]) -> Sequence[Hint]:
    """Why the request came back, and who might attend it."""
    row = _request(session, context)
    if row.status != SupportStatus.DECLINED:
        return []
    declined = context.submission(ANSWERING)
    who = _name(session, declined.author_id if declined is not None else None) or "El experto"
    suggested = f" Sugiere a {_name(session, row.suggested_id)}." if row.suggested_id else ""
    return [Hint("desist", f"{who} no pudo atenderla: {row.decline_reason}{suggested}")]


def where_it_is(session: Session, context: Context, data: Mapping[str, Any]) -> Sequence[Hint]:
    """The plan for which the support is, and by when it is wanted."""
    row = _request(session, context)
    wanted = f"Lo necesitan para el {long_date(row.wanted_on.isoformat())}. " if row.wanted_on else ""
    return [Hint("accepted", f"{wanted}Ver el plan de trabajo", f"/planes/{row.plan_id}")]


def what_shows_it(session: Session, context: Context, data: Mapping[str, Any]) -> Sequence[Hint]:
    """The advisories by which the support was given, each with its page."""
    named = support.named(session, _request(session, context).advisories)
    return [Hint("received", f"Asesoría del {words}", f"/asesorias/{key}") for key, words in named.items()]


def what_is_missing(session: Session, context: Context, data: Mapping[str, Any]) -> Sequence[Hint]:
    """What whoever asked says is missing of the support, and by when."""
    answers = context.answers(CONFIRMING)
    if answers.get("received") is not False:
        return []
    return [Hint("outcome", f"Falta, para el {long_date(answers['agreed_on'])}: {answers['missing']}")]


def demand_expert(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """Who is asked may attend it. Raises InvalidData (`expert`)."""
    _demand_able(session, context, data, "expert", now)


def demand_suggested(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """Who is suggested may attend it, and is not who says that they cannot. Raises InvalidData (`suggested`)."""
    answering = {task.assignee_id for task in tasks.open_of(session, context.instance.id)} - {None}
    if data.get("suggested") in answering:
        raise InvalidData({"suggested": ["Sugiera a otra persona: quien responde dice que no puede."]})
    _demand_able(session, context, data, "suggested", now)


def demand_of_plan(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """The advisories that are named are of this plan. Raises InvalidData (`advisories`)."""
    known = {str(row.id) for row in support.given_in(session, context.ref("plan_id"))}
    if not set(data.get("advisories") or ()) <= known:
        raise InvalidData({"advisories": ["Elija asesorías registradas en este plan."]})


def call_expert(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Keep what is asked, for the expert who was chosen or for whoever takes it."""
    sent = context.answers(ASKING)
    asked = support.Asked(
        theme=sent["theme"],
        other_theme=str(sent.get("other_theme") or "") if sent["theme"] == "other" else "",
        need=sent["need"],
        wanted_on=date.fromisoformat(sent["wanted_on"]),
        modality=sent["modality"],
        expert_id=sent.get("expert"),
    )
    row = support.call(session, context.ref("support_id"), asked, by=by, now=now)
    participants.put(context.instance, EXPERT, row.expert_id)


def record_support_answer(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Keep the answer; whoever accepted gives the support."""
    sent, key = context.answers(ANSWERING), context.ref("support_id")
    if sent["accepted"]:
        submission = context.submission(ANSWERING)
        assert submission is not None, "the answer was just sent"
        expert, day = submission.on_behalf_of or submission.author_id, date.fromisoformat(sent["agreed_on"])
        support.accept(session, key, expert_id=expert, agreed_on=day, by=by, now=now)
        participants.put(context.instance, EXPERT, expert)
    else:
        reason, suggested = sent["decline_reason"], sent.get("suggested")
        support.decline(session, key, reason=reason, suggested_id=suggested, by=by, now=now)
        participants.put(context.instance, EXPERT, None)


def record_outcome(session: Session, context: Context, task: Task, *, by: Actor, now: datetime) -> None:
    """Keep what the expert did, as soon as it is sent."""
    sent = context.answers(GIVING)
    row = support.give(
        session,
        context.ref("support_id"),
        outcome=sent["outcome"],
        given_on=date.fromisoformat(sent["given_on"]),
        advisories=[int(key) for key in sent.get("advisories") or ()],
        files=sent.get("files") or (),
        by=by,
        now=now,
    )
    participants.put(context.instance, EXPERT, row.expert_id)  # what is missing is asked of whoever gave it


def record_missing(session: Session, context: Context, task: Task, *, by: Actor, now: datetime) -> None:
    """Keep what is missing, when something is."""
    sent = context.answers(CONFIRMING)
    if sent["received"] is False:
        day, key = date.fromisoformat(sent["agreed_on"]), context.ref("support_id")
        support.send_back(session, key, missing=sent["missing"], agreed_on=day, by=by, now=now)


def attend_support(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """End the request as attended."""
    support.attend(session, context.ref("support_id"), by=by, now=now)


def withdraw_support(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """End the request as withdrawn, with the reason of the form, or of the act that withdrew it from the expert."""
    desisted = context.answers(ASKING).get("desist_reason")
    reason = str(desisted or context.reason(life.SUPPORT_WITHDRAWAL))
    support.withdraw(session, context.ref("support_id"), reason, by=by, now=now)


def _request(session: Session, context: Context) -> SupportRequest:
    return support.get(session, context.ref("support_id"))


def _demand_able(session: Session, context: Context, data: Mapping[str, Any], path: str, now: datetime) -> None:
    person_id = data.get(path)
    if person_id is None:
        return
    plan = work_plans.get(session, context.ref("plan_id"))
    asker = context.people.get(ASKER)
    if said := support_experts.refusal(session, plan, person_id, not_for=asker, now=now):
        raise InvalidData({path: [said]})


def _name(session: Session, person_id: int | None) -> str:
    return people.get(session, person_id).name if person_id is not None else ""


PROCESS = Process(
    key=life.EXPERT_SUPPORT,
    title="Apoyo experto",
    read_with="plan.read",
    files=diagrams.files(life.EXPERT_SUPPORT),
    forms=diagrams.forms(life.EXPERT_SUPPORT),
    handlers={
        "tracking.call_expert": call_expert,
        "tracking.record_support_answer": record_support_answer,
        "tracking.attend_support": attend_support,
        "tracking.withdraw_support": withdraw_support,
    },
    prefills={"support_request": what_was_asked},
    hints={
        "solicitud_apoyo": why_declined,
        "respuesta_apoyo": where_it_is,
        "registro_apoyo": what_is_missing,
        "confirmacion_apoyo": what_shows_it,
    },
    checks={
        "solicitud_apoyo": demand_expert,
        "respuesta_apoyo": demand_suggested,
        "registro_apoyo": demand_of_plan,
    },
    doubts={
        "solicitud_apoyo": support_doubts.asking,
        "respuesta_apoyo": support_doubts.answering,
        "registro_apoyo": support_doubts.giving,
        "confirmacion_apoyo": support_doubts.confirming,
    },
    sent={"registro_apoyo": record_outcome, "confirmacion_apoyo": record_missing},
    elsewhere=recorded.SUPPORT,
    deciding=recorded.WITHDRAWABLE,
    messages=frozenset({life.SUPPORT_WITHDRAWAL}),
    mandatory=(
        Mandatory(
            life.EXPERT_SUPPORT,
            "form:confirmacion_apoyo",
            ("tracking.attend_support",),
            roles=("territorial_advisor",),
            verdict="received == True",
            apart=True,
        ),
    ),
)
