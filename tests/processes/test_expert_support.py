"""A plan asks for a thematic expert, and what becomes of it: declined, attended, given up, or left with its plan."""

from datetime import date
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db import settings
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory import absences
from directory import delegations
from directory import principal
from directory.models import Person
from directory.models import RoleGrant
from directory.principal import Principal
from engine import prefill
from engine import state
from engine import tasks
from engine.completable import may_complete
from engine.models import Instance
from engine.models import InstanceStatus
from engine.models import Task
from forms.walk import visible
from forms.words import long_date
from notifications import calendar
from tests.processes.conftest import Play
from tests.processes.office import Office
from tests.processes.test_life_in_database import plans
from tracking import following
from tracking import life
from tracking import support
from tracking import support_acts
from tracking.models import PlanStatus
from tracking.models import Product
from tracking.models import SupportRequest
from tracking.models import WorkPlan

ASKING, ANSWERING, GIVING, CONFIRMING = (
    "Activity_PedirApoyo", "Activity_ResponderSolicitud", "Activity_RegistrarApoyo", "Activity_ConfirmarApoyo",
)  # fmt: skip
NO = {"accepted": False, "decline_reason": "No es mi tema."}
BACK = {"received": False, "missing": "Falta la guía.", "agreed_on": "2026-12-18"}
DIGITAL = {"desist": False, "theme": "digital"}


@pytest.fixture
def asked(active: None, played: Play) -> dict[str, int]:
    """A plan whose advisor has begun to ask, and two experts, by id."""

    def ask(office: Office, product: Product) -> dict[str, int]:
        plan = plans(office, product)[0]
        experts = {name: hired(office, name, "thematic_expert") for name in ("experta", "experto")}
        row = life.ask_support(office.session, plan.id, by=office.people["territorial_advisor"], now=office.now)
        return {"plan": plan.id, "row": row.id, **experts}

    return dict(played("asked", ask))


@pytest.fixture
def row(asked: dict[str, int], session: Session) -> SupportRequest:
    return support.get(session, asked["row"])


@pytest.fixture
def plan(asked: dict[str, int], session: Session) -> WorkPlan:
    return session.get_one(WorkPlan, asked["plan"])


@pytest.fixture
def desk(asked: dict[str, int], office: Office) -> Office:
    """The office with the first expert in it."""
    office.people["thematic_expert"] = principal.load(office.session, asked["experta"], now=office.now)
    return office


def hired(office: Office, name: str, role: str) -> int:
    person = Person(name=name.capitalize(), search_name=name, created_at=office.now)
    office.session.add(person)
    office.session.flush()
    office.session.add(RoleGrant(person_id=person.id, role=role, scope_kind="national", since=office.now.date()))
    office.session.flush()
    return person.id


def given(desk: Office, row: SupportRequest, **changes: Any) -> None:
    """As far as the support was given and is to be confirmed."""
    desk.do(row.instance_id, ASKING, **changes)
    desk.do(row.instance_id, ANSWERING)
    desk.do(row.instance_id, GIVING)


@pytest.mark.parametrize("declined", [0, 1, 2])
@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_request_is_attended_once_it_is_accepted_and_received(
    desk: Office, row: SupportRequest, declined: int, missing: int
) -> None:
    for _ in range(declined):
        desk.do(row.instance_id, ASKING)
        desk.do(row.instance_id, ANSWERING, **NO)
        assert (row.status, row.expert_id, row.decline_reason) == ("declined", None, NO["decline_reason"])
    given(desk, row)
    for _ in range(missing):
        assert row.status == "given"
        desk.do(row.instance_id, CONFIRMING, **BACK)
        assert (row.status, row.agreed_on) == ("accepted", date(2026, 12, 18))
        desk.do(row.instance_id, GIVING)
    desk.do(row.instance_id, CONFIRMING)
    assert (row.status, row.closed_at, row.decline_reason) == ("attended", desk.now, "")
    assert desk.instance(row.instance_id).outcome == "Event_SolicitudAtendida"
    told = [one.action for one in history.of(desk.session, history.Subject("work_plan", row.plan_id))]
    assert told.count("support.asked") == declined + 1
    assert told.count("support.returned") == missing


@pytest.mark.parametrize("declined", [0, 1, 2])
def test_whoever_asked_gives_it_up_with_a_reason(desk: Office, row: SupportRequest, declined: int) -> None:
    for _ in range(declined):
        desk.do(row.instance_id, ASKING)
        desk.do(row.instance_id, ANSWERING, **NO)
    desk.do(row.instance_id, ASKING, desist=True, desist_reason="Ya lo resolvió la gobernación.")
    assert (row.status, row.closing_reason) == ("withdrawn", "Ya lo resolvió la gobernación.")
    assert desk.instance(row.instance_id).outcome == "Event_SolicitudRetirada"


@pytest.mark.parametrize("steps", [1, 2])
def test_whoever_asked_withdraws_what_waits_for_the_expert(desk: Office, row: SupportRequest, steps: int) -> None:
    for element in (ASKING, ANSWERING)[:steps]:
        desk.do(row.instance_id, element)
    withdrawn(desk, row)
    assert (row.status, row.closing_reason) == ("withdrawn", "Ya no hace falta.")
    assert desk.waiting(row.instance_id) == []
    assert desk.instance(row.instance_id).outcome == "Event_SolicitudRetirada"
    (told,) = [
        one
        for one in history.of(desk.session, history.Subject("work_plan", row.plan_id))
        if one.action == "support.withdrawn"
    ]
    assert (told.actor_id, told.reason) == (row.asker_id, "Ya no hace falta.")


@pytest.mark.parametrize("steps", [0, 3, 4])
def test_what_waits_for_whoever_asked_is_not_withdrawn_by_that_act(
    desk: Office, row: SupportRequest, steps: int
) -> None:
    for element in (ASKING, ANSWERING, GIVING, CONFIRMING)[:steps]:
        desk.do(row.instance_id, element)
    with pytest.raises(Conflict):
        withdrawn(desk, row)


def test_nobody_else_withdraws_what_somebody_asked(desk: Office, row: SupportRequest) -> None:
    desk.do(row.instance_id, ASKING)
    for role in ("technical_lead", "regional_coordinator", "thematic_expert"):
        with pytest.raises(NotAllowed):
            withdrawn(desk, row, role)


def withdrawn(desk: Office, row: SupportRequest, role: str = "territorial_advisor") -> None:
    by = desk.people[role]
    life.withdraw_support(desk.session, row.id, "Ya no hace falta.", by=by, now=desk.now)
    desk.settle(row.instance_id)


def test_what_was_sent_back_begins_with_what_was_recorded(desk: Office, row: SupportRequest) -> None:
    given(desk, row)
    kept = row.files
    desk.do(row.instance_id, CONFIRMING, **BACK)
    again = prefill.initial(desk.session, desk.task(row.instance_id, GIVING), now=desk.now)
    assert (again["outcome"], again["files"]) == (row.outcome, kept)
    assert kept


def test_a_request_begins_as_one_that_is_wanted(desk: Office, row: SupportRequest) -> None:
    asking = desk.task(row.instance_id, ASKING)
    assert prefill.initial(desk.session, asking, now=desk.now)["desist"] is False


def test_asking_twice_goes_on_with_what_was_begun(desk: Office, row: SupportRequest, plan: WorkPlan) -> None:
    by = desk.people["territorial_advisor"]
    assert life.ask_support(desk.session, plan.id, by=by, now=desk.now).id == row.id
    desk.do(row.instance_id, ASKING)
    assert life.ask_support(desk.session, plan.id, by=by, now=desk.now).id != row.id


@pytest.mark.parametrize("role", ["technical_lead", "regional_coordinator"])
def test_who_leads_or_coordinates_asks_and_is_asked_to_confirm(
    desk: Office, row: SupportRequest, plan: WorkPlan, role: str
) -> None:
    by = desk.people[role]
    mine = life.ask_support(desk.session, plan.id, by=by, now=desk.now)
    assert (mine.id != row.id, mine.asker_id) == (True, by.person_id)
    given(desk, mine)
    assert desk.task(mine.instance_id, CONFIRMING).assignee_id == by.person_id


@pytest.mark.parametrize("role", ["thematic_expert", "der_monitoring", "technical_director"])
def test_nobody_else_asks(desk: Office, plan: WorkPlan, role: str) -> None:
    with pytest.raises(NotAllowed):
        life.ask_support(desk.session, plan.id, by=desk.people[role], now=desk.now)


def test_without_a_name_it_is_for_whoever_takes_it_and_stays_theirs(
    desk: Office, row: SupportRequest, asked: dict[str, int]
) -> None:
    desk.do(row.instance_id, ASKING)
    waiting = desk.task(row.instance_id, ANSWERING)
    other = principal.load(desk.session, asked["experto"], now=desk.now)
    assert waiting.assignee_id is None
    assert may_complete(desk.session, waiting, other)
    assert may_complete(desk.session, waiting, desk.people["thematic_expert"])
    answer = {"accepted": True, "agreed_on": "2026-12-10"}
    tasks.complete(desk.session, waiting.id, answer, by=other, now=desk.now, confirmed=True)
    desk.settle(row.instance_id)
    assert row.expert_id == desk.task(row.instance_id, GIVING).assignee_id == asked["experto"]


def test_who_was_named_is_asked_and_who_declines_leaves_it_free(
    desk: Office, row: SupportRequest, asked: dict[str, int]
) -> None:
    desk.do(row.instance_id, ASKING, expert=asked["experta"])
    assert desk.task(row.instance_id, ANSWERING).assignee_id == row.expert_id == asked["experta"]
    desk.do(row.instance_id, ANSWERING, **NO, suggested=asked["experto"])
    again = desk.task(row.instance_id, ASKING)
    known = prefill.initial(desk.session, again, now=desk.now)
    assert (known["expert"], known["theme"]) == (asked["experto"], "digital")
    assert "desist" not in known
    (hint,) = prefill.hints(desk.session, again, known)
    assert hint.text == "Experta no pudo atenderla: No es mi tema. Sugiere a Experto."
    desk.do(row.instance_id, ASKING, expert=None)
    assert desk.task(row.instance_id, ANSWERING).assignee_id is None


def test_nobody_is_asked_who_cannot_attend_it(desk: Office, row: SupportRequest, asked: dict[str, int]) -> None:
    asker = desk.people["territorial_advisor"].person_id
    for person, said in ((asker, "a sí mismo"), (desk.people["der_monitoring"].person_id, "experticia temática")):
        with pytest.raises(InvalidData) as refused:
            desk.do(row.instance_id, ASKING, expert=person)
        assert said in refused.value.errors["expert"][0]


def test_who_cannot_attend_it_suggests_somebody_else(desk: Office, row: SupportRequest, asked: dict[str, int]) -> None:
    desk.do(row.instance_id, ASKING, expert=asked["experta"])
    with pytest.raises(InvalidData) as refused:
        desk.do(row.instance_id, ANSWERING, **NO, suggested=asked["experta"])
    assert "suggested" in refused.value.errors


def test_nobody_answers_or_confirms_their_own(desk: Office, row: SupportRequest) -> None:
    asker, session = desk.people["territorial_advisor"].person_id, desk.session
    for person, role in ((asker, "thematic_expert"), (desk.people["thematic_expert"].person_id, "territorial_advisor")):
        session.add(RoleGrant(person_id=person, role=role, scope_kind="national", since=desk.now.date()))
    session.flush()
    by = principal.load(session, asker, now=desk.now)
    desk.do(row.instance_id, ASKING)
    assert not may_complete(session, desk.task(row.instance_id, ANSWERING), by)
    desk.do(row.instance_id, ANSWERING)
    desk.do(row.instance_id, GIVING)
    confirming = desk.task(row.instance_id, CONFIRMING)
    confirming.assignee_id = row.expert_id
    expert = principal.load(session, row.expert_id or 0, now=desk.now)
    assert not may_complete(session, confirming, expert)


def test_only_advisories_of_the_plan_show_a_support(desk: Office, row: SupportRequest) -> None:
    desk.do(row.instance_id, ASKING)
    desk.do(row.instance_id, ANSWERING)
    with pytest.raises(InvalidData) as refused:
        desk.do(row.instance_id, GIVING, advisories=["987654"])
    assert "advisories" in refused.value.errors


def test_days_that_went_by_are_confirmed(desk: Office, row: SupportRequest) -> None:
    gone = str(local_date(desk.now) - timedelta(days=1))
    assert doubts(desk, row, ASKING, wanted_on=gone) == [f"Pido el apoyo para el {long_date(gone)}, que ya pasó"]
    assert doubts(desk, row, ASKING, desist=True, wanted_on=gone) == []
    desk.do(row.instance_id, ASKING)
    assert doubts(desk, row, ANSWERING, agreed_on=gone)[0] == f"Daré el apoyo el {long_date(gone)}, que ya pasó"
    desk.do(row.instance_id, ANSWERING)
    desk.do(row.instance_id, GIVING)
    sent_back = {"received": False, "missing": "Falta la guía.", "agreed_on": gone}
    assert doubts(desk, row, CONFIRMING, **sent_back) == [f"Pido lo que falta para el {long_date(gone)}, que ya pasó"]
    assert doubts(desk, row, CONFIRMING) == []


def test_promising_a_support_for_a_day_without_work_is_confirmed(desk: Office, row: SupportRequest) -> None:
    desk.do(row.instance_id, ASKING)
    assert doubts(desk, row, ANSWERING, agreed_on="2026-12-08") == [
        f"Daré el apoyo el {long_date('2026-12-08')}, que no es día hábil"
    ]
    assert doubts(desk, row, ANSWERING, agreed_on="2026-12-09") == []


def test_a_support_before_it_was_asked_or_on_a_day_without_work_is_confirmed(desk: Office, row: SupportRequest) -> None:
    desk.do(row.instance_id, ASKING)
    desk.do(row.instance_id, ANSWERING)
    asked_on = local_date(desk.now)
    sunday = asked_on - timedelta(days=asked_on.isoweekday())
    assert [said.partition(", ")[2] for said in doubts(desk, row, GIVING, given_on=str(sunday), files=["x"])] == [
        f"antes de que se pidiera (el {long_date(str(asked_on))})", "que no es día hábil",
    ]  # fmt: skip
    assert doubts(desk, row, GIVING, given_on=str(asked_on), files=["x"]) == []


def test_an_expert_who_is_away_is_asked_only_when_it_is_meant(
    desk: Office, row: SupportRequest, asked: dict[str, int]
) -> None:
    today, expert = local_date(desk.now), desk.people["thematic_expert"]
    until = today + timedelta(days=3)
    sent = {"expert": expert.person_id, "wanted_on": str(today + timedelta(days=1))}
    assert doubts(desk, row, ASKING, **sent) == []
    absences.add(desk.session, expert.person_id, "vacaciones", today, until, by=SYSTEM, now=desk.now)
    (said,) = doubts(desk, row, ASKING, **sent)
    assert said.startswith("Pido el apoyo a Experta, que estará ausente del ")
    lent = delegations.add(desk.session, expert.person_id, row.asker_id, today, until, by=expert, now=desk.now)
    assert doubts(desk, row, ASKING, **sent) == [said]
    delegations.revoke(desk.session, lent.id, by=expert, now=desk.now)
    delegations.add(desk.session, expert.person_id, asked["experto"], today, until, by=expert, now=desk.now)
    assert doubts(desk, row, ASKING, **sent) == []


def doubts(desk: Office, row: SupportRequest, element: str, **changes: Any) -> list[str]:
    """What whoever sends the example of a step, changed so, is asked first."""
    task = desk.task(row.instance_id, element)
    return list(prefill.doubts(desk.session, task, desk.answer(task, changes), now=desk.now))


def test_each_step_has_its_term(desk: Office, row: SupportRequest) -> None:
    settings.put(desk.session, "term_support_answer", "working_days:8", by=SYSTEM, now=desk.now)
    desk.do(row.instance_id, ASKING)
    assert ends(desk.task(row.instance_id, ANSWERING)) == date(2026, 12, 4)
    desk.do(row.instance_id, ANSWERING, agreed_on="2026-12-14")
    assert desk.task(row.instance_id, GIVING).due_at == calendar.LAW.at_cut_off(date(2026, 12, 14))
    desk.do(row.instance_id, GIVING)
    assert ends(desk.task(row.instance_id, CONFIRMING)) == date(2026, 12, 1)
    desk.do(row.instance_id, CONFIRMING, **BACK)
    assert desk.task(row.instance_id, GIVING).due_at == calendar.LAW.at_cut_off(date(2026, 12, 18))


def ends(task: Task) -> date:
    return local_date(task.due_sort)


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_a_request_does_not_outlive_a_plan_that_is_cancelled(
    desk: Office, row: SupportRequest, plan: WorkPlan, steps: int
) -> None:
    for element in (ASKING, ANSWERING, GIVING)[:steps]:
        desk.do(row.instance_id, element)
    life.cancel_plan(desk.session, plan.id, "La entidad se retiró", by=desk.people["technical_lead"], now=desk.now)
    ended(desk, row, "La entidad se retiró")


def test_the_cases_of_a_plan_that_ends_are_locked_in_their_order(
    desk: Office, row: SupportRequest, plan: WorkPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    lock = state.lock

    def kept(session: Session, instance_id: int) -> Instance:
        held.append(instance_id)
        return lock(session, instance_id)

    monkeypatch.setattr(state, "lock", kept)
    life.cancel_plan(desk.session, plan.id, "La entidad se retiró", by=desk.people["technical_lead"], now=desk.now)
    assert list(dict.fromkeys(held)) == sorted([plan.instance_id or 0, row.instance_id or 0])


def test_a_request_does_not_outlive_a_plan_that_is_closed(desk: Office, row: SupportRequest, plan: WorkPlan) -> None:
    desk.do(row.instance_id, ASKING)
    desk.push(plan.instance_id, until="Activity_SistematizarResultados")
    last = desk.task(plan.instance_id, "Activity_SistematizarResultados")
    foreseen = prefill.consequences(desk.session, last, {}, now=desk.now)
    assert [(one.count, one.warning) for one in foreseen if one.kind == "supports"] == [(1, True)]
    desk.complete(last)
    assert plan.status == PlanStatus.CLOSED
    ended(desk, row, "El plan de trabajo se cerró.")
    with pytest.raises(Conflict):
        life.ask_support(desk.session, plan.id, by=desk.people["technical_lead"], now=desk.now)


def ended(desk: Office, row: SupportRequest, reason: str) -> None:
    assert (row.status, row.closing_reason, row.closed_at) == ("ended", reason, desk.now)
    assert desk.session.get_one(Instance, row.instance_id).status == InstanceStatus.CANCELLED
    assert desk.waiting(row.instance_id) == []


def test_what_the_former_advisor_asked_goes_to_the_next(desk: Office, row: SupportRequest, plan: WorkPlan) -> None:
    of_lead = life.ask_support(desk.session, plan.id, by=desk.people["technical_lead"], now=desk.now)
    heir = hired(desk, "otra", "territorial_advisor")
    by = desk.people["regional_coordinator"]
    following.transfer(desk.session, plan.id, heir, reason="Cambio de contrato", by=by, now=desk.now)
    assert desk.task(row.instance_id, ASKING).assignee_id == row.asker_id == heir
    assert life.ask_support(desk.session, plan.id, by=successor(desk, heir), now=desk.now).id == row.id
    assert desk.task(of_lead.instance_id, ASKING).assignee_id == desk.people["technical_lead"].person_id


def successor(desk: Office, person_id: int) -> Principal:
    return principal.load(desk.session, person_id, now=desk.now)


def test_who_stands_in_for_an_expert_answers_for_them(desk: Office, row: SupportRequest, asked: dict[str, int]) -> None:
    expert = desk.people["thematic_expert"]
    today = local_date(desk.now)
    delegations.add(desk.session, expert.person_id, asked["experto"], today, today, by=expert, now=desk.now)
    desk.do(row.instance_id, ASKING, expert=expert.person_id)
    waiting = desk.task(row.instance_id, ANSWERING)
    by = principal.load(desk.session, asked["experto"], now=desk.now)
    answer = {"accepted": True, "agreed_on": "2026-12-10"}
    tasks.complete(desk.session, waiting.id, answer, by=by, now=desk.now, confirmed=True)
    desk.settle(row.instance_id)
    assert row.expert_id == expert.person_id


def test_the_name_of_another_theme_goes_with_that_theme(desk: Office, row: SupportRequest) -> None:
    desk.do(row.instance_id, ASKING, theme="other", other_theme="Catastro")
    assert (row.theme, row.other_theme) == ("other", "Catastro")
    desk.do(row.instance_id, ANSWERING, **NO)
    again = desk.task(row.instance_id, ASKING)
    known = prefill.initial(desk.session, again, now=desk.now)
    shown = [field.name for field in visible(tuple(tasks.form_of(desk.session, again).fields()), {**known, **DIGITAL})]
    assert "other_theme" not in shown
    sent = desk.complete(again, {**known, **DIGITAL}).submission
    assert (row.theme, row.other_theme, "other_theme" in sent.data) == ("digital", "", False)


def test_the_history_tells_who_asked_gave_and_withdrew_for_whom(
    desk: Office, row: SupportRequest, asked: dict[str, int]
) -> None:
    assert support_acts.of(desk.session, [row]) == {row.id: support_acts.Acts()}
    desk.do(row.instance_id, ASKING)
    desk.do(row.instance_id, ANSWERING)
    expert, advisor = desk.people["thematic_expert"], row.asker_id
    today = local_date(desk.now)
    delegations.add(desk.session, expert.person_id, asked["experto"], today, today, by=expert, now=desk.now)
    giving = desk.task(row.instance_id, GIVING)
    by = principal.load(desk.session, asked["experto"], now=desk.now)
    tasks.complete(desk.session, giving.id, desk.answer(giving, {}), by=by, now=desk.now, confirmed=True)
    heir = hired(desk, "otra", "territorial_advisor")
    giver = desk.people["regional_coordinator"]
    following.transfer(desk.session, row.plan_id, heir, reason="Cambio de contrato", by=giver, now=desk.now)
    acts = support_acts.of(desk.session, [row])[row.id]
    assert acts.given == support_acts.Act(asked["experto"], asked["experta"], desk.now)
    assert (acts.asked_by, row.asker_id, acts.withdrawn) == (advisor, heir, None)
