"""A version is proposed by one person and decided on by another."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db.errors import Conflict
from db.errors import DefinitionError
from db.errors import InvalidData
from db.errors import NotAllowed
from db.errors import NotFound
from db.errors import NotNow
from directory.models import Delegation
from directory.models import RoleGrant
from directory.principal import Principal
from directory.principal import load
from engine import comparing
from engine import definitions
from engine import instances
from engine import proposals
from engine import registry
from engine.models import Definition
from engine.models import Proposal
from engine.registry import Process
from tests.engine import diagrams as d
from tests.engine.conftest import NOTE
from tests.engine.conftest import REVIEWED
from tests.engine.conftest import person
from tests.questions import asked

Propose = Callable[..., Proposal]
NEW = d.drawn(d.diagram("tramite", REVIEWED.replace("working_days:3", "working_days:5"), variables="again:yes_no"))
OTHER = NEW.replace("working_days:5", "working_days:8")


@pytest.fixture
def ivan(session: Session, now: datetime) -> Principal:
    return person(session, "Iván Cruz", "administrator", now)


@pytest.fixture
def elena(session: Session, now: datetime) -> Principal:
    return person(session, "Elena Soto", "der_monitoring", now)


@pytest.fixture
def propose(session: Session, toy: Process, ivan: Principal, now: datetime) -> Propose:
    def proposed(text: str = NEW, by: Principal = ivan, reason: str = "El plazo era corto.") -> Proposal:
        checked = proposals.check("tramite", {"tramite.bpmn": text})
        return proposals.propose(session, checked, reason=reason, by=by, now=now)

    return proposed


def publish(session: Session, row: Proposal, by: Principal, now: datetime, reason: str = "Lo revisé.") -> Definition:
    checked = proposals.check_again(session, row.id)
    return proposals.publish(session, row.id, checked, reason=reason, by=by, now=now)


def test_what_is_proposed_starts_nothing(session: Session, propose: Propose, now: datetime) -> None:
    propose()
    links = instances.Links("Trámite")
    case = instances.start(session, "tramite", "T-1", links=links, by=SYSTEM, now=now)
    assert case.definition.version == 1
    assert [row.version for row in definitions.every(session)] == [1]


def test_the_same_is_looked_for_once_nobody_else_proposes(session: Session, propose: Propose) -> None:
    """Whoever proposes it at the same moment waits, and then sees it: the lock comes before the look."""
    with asked() as statements:
        propose()
    lock = next(place for place, one in enumerate(statements) if "ORDER BY definition.version DESC" in one)
    look = next(place for place, one in enumerate(statements) if "FROM proposal" in one)
    assert lock < look


def test_what_somebody_else_publishes_rules(
    session: Session, propose: Propose, elena: Principal, now: datetime
) -> None:
    row = propose()
    published = publish(session, row, elena, now)
    assert (published.version, row.status, row.definition_id) == (2, "published", published.id)
    links = instances.Links("Trámite")
    assert instances.start(session, "tramite", "T-1", links=links, by=SYSTEM, now=now).definition_id == published.id
    told = {one.element: one.details for one in definitions.changes(session, published)}
    assert told["Activity_Revisar"] == ("Plazo: pasa de «working_days:3» a «working_days:5»",)


def test_both_acts_stand_in_the_history(
    session: Session, propose: Propose, ivan: Principal, elena: Principal, now: datetime
) -> None:
    row = propose()
    published = publish(session, row, elena, now)
    acts = history.of(session, proposals.subject(row.id))
    assert [(act.action, act.actor_id, act.reason) for act in acts] == [
        ("definition.proposed", ivan.person_id, "El plazo era corto."),
        ("definition.published", elena.person_id, "Lo revisé."),
    ]
    (deployed,) = history.of(session, definitions.subject(published.id))
    assert deployed.summary == "Publicó la versión 2 de «Trámite», que propuso Iván Cruz."


def test_what_is_rejected_never_rules(session: Session, propose: Propose, elena: Principal, now: datetime) -> None:
    row = propose()
    proposals.reject(session, row.id, reason="El plazo no cabe.", by=elena, now=now)
    assert (row.status, row.decision_reason) == ("rejected", "El plazo no cabe.")
    with pytest.raises(Conflict, match="Elena Soto ya la rechazó"):
        publish(session, row, elena, now)
    assert definitions.latest(session, "tramite").version == 1


def test_whoever_proposed_decides_nothing(session: Session, propose: Propose, ivan: Principal, now: datetime) -> None:
    row = propose()
    with pytest.raises(NotAllowed, match="Quien propone"):
        publish(session, row, ivan, now)
    with pytest.raises(NotAllowed, match="Quien propone"):
        proposals.reject(session, row.id, reason="No.", by=ivan, now=now)
    assert not proposals.may_decide(row, ivan)
    assert proposals.waiting_for(session, ivan) == 0


def test_nor_does_whoever_acts_for_them(session: Session, propose: Propose, ivan: Principal, now: datetime) -> None:
    """Who proposed holds the monitoring too, and lends it: it is still the same person who decides."""
    day = now.date()
    session.add(RoleGrant(person_id=ivan.person_id, role="der_monitoring", scope_kind="national", since=day))
    delegate = person(session, "Julio Peña", "technical_lead", now)
    until = day + timedelta(9)
    session.add(Delegation(from_id=ivan.person_id, to_id=delegate.person_id, since=day, until=until))
    session.flush()
    julio = load(session, delegate.person_id, now=now)
    row = propose()
    assert julio.has_role("der_monitoring")
    with pytest.raises(NotAllowed, match="actúa por esa persona"):
        publish(session, row, julio, now)
    assert proposals.waiting_for(session, julio) == 0


def test_nor_the_one_for_whom_it_was_proposed(
    session: Session, propose: Propose, elena: Principal, now: datetime
) -> None:
    row = propose()
    row.proposed_for = elena.person_id
    with pytest.raises(NotAllowed, match="Quien propone"):
        publish(session, row, elena, now)


def test_another_administrator_may_decide(session: Session, propose: Propose, now: datetime) -> None:
    other = person(session, "Olga Ríos", "administrator", now)
    assert proposals.waiting_for(session, other) == 0
    row = propose()
    assert proposals.waiting_for(session, other) == 1
    assert publish(session, row, other, now).version == 2


@pytest.mark.parametrize("role", ["technical_lead", "der_reviewer", "internal_control", "der_monitoring"])
def test_proposing_is_a_permission_of_its_own(session: Session, propose: Propose, role: str, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        propose(by=person(session, "Otra", role, now))


@pytest.mark.parametrize("role", ["technical_lead", "der_reviewer", "internal_control"])
def test_so_is_publishing(session: Session, propose: Propose, role: str, now: datetime) -> None:
    row = propose()
    with pytest.raises(NotAllowed):
        publish(session, row, person(session, "Otra", role, now), now)


def test_every_act_says_why(session: Session, propose: Propose, elena: Principal, now: datetime) -> None:
    with pytest.raises(InvalidData):
        propose(reason=".")
    row = propose()
    with pytest.raises(InvalidData):
        publish(session, row, elena, now, reason=" ")
    with pytest.raises(InvalidData):
        proposals.reject(session, row.id, reason="", by=elena, now=now)
    assert row.status == "waiting"


def test_what_rules_already_is_not_proposed(
    session: Session, propose: Propose, elena: Principal, now: datetime
) -> None:
    publish(session, propose(), elena, now)
    with pytest.raises(Conflict, match="ya está publicada: es la 2"):
        propose()


def test_the_same_does_not_wait_twice(propose: Propose) -> None:
    row = propose()
    with pytest.raises(Conflict, match=f"propuesta {row.id}"):
        propose()


def test_what_was_rejected_may_be_proposed_again(
    session: Session, propose: Propose, elena: Principal, now: datetime
) -> None:
    proposals.reject(session, propose().id, reason="Todavía no.", by=elena, now=now)
    assert publish(session, propose(), elena, now).version == 2


def test_a_comparison_with_what_rules_no_more_is_not_published(
    session: Session, propose: Propose, elena: Principal, now: datetime
) -> None:
    first, second = propose(), propose(OTHER)
    publish(session, first, elena, now)
    with pytest.raises(NotNow, match="se publicó la versión 2"):
        publish(session, second, elena, now)


def test_nor_is_what_was_checked_with_other_forms(
    session: Session, propose: Propose, toy: Process, elena: Principal, now: datetime
) -> None:
    row = propose()
    registry.register(replace(toy, forms={"nota": replace(NOTE, title="Otra nota")}))
    with pytest.raises(NotNow, match="sus formularios son otros"):
        publish(session, row, elena, now)


def test_it_is_checked_again_before_it_is_published(
    session: Session, propose: Propose, toy: Process, elena: Principal, now: datetime
) -> None:
    row = propose()
    registry.register(replace(toy, handlers={}))
    registry._handlers.pop("toy.note")
    with pytest.raises(DefinitionError):
        publish(session, row, elena, now)


def test_a_broken_bundle_is_not_even_kept(session: Session, propose: Propose) -> None:
    with pytest.raises(DefinitionError):
        propose(NEW.replace('value="technical_lead"', 'value="king"'))
    assert proposals.listed(session).items == []


def test_what_cannot_be_seen_is_refused(propose: Propose) -> None:
    unseen = d.drawn(d.diagram("tramite", REVIEWED, variables="again:yes_no"), but="Activity_Revisar")
    with pytest.raises(DefinitionError) as caught:
        propose(unseen)
    assert (caught.value.code, caught.value.element) == ("undrawn", "Activity_Revisar")


def test_an_unknown_process_is_not_found(toy: Process) -> None:
    with pytest.raises(NotFound):
        proposals.check("otro", {"otro.bpmn": NEW})


def test_the_difference_is_with_what_rules(session: Session, propose: Propose) -> None:
    (one,) = [one for one in proposals.difference(session, propose()) if one.kind != "Diagrama"]
    assert (one.element, one.state) == ("Activity_Revisar", comparing.CHANGED)


def test_the_list_is_searched_by_what_it_says_and_who_proposed(session: Session, propose: Propose) -> None:
    row = propose()
    for text in ("plazo corto", "tramite", "ivan"):
        assert proposals.listed(session, text=text, status="waiting").items == [row]
    assert proposals.listed(session, text="nada").items == []
    assert proposals.listed(session, status="rejected").items == []


def test_diagrams_that_stay_need_not_be_sent(session: Session, toy: Process, now: datetime) -> None:
    child = d.diagram("hijo", d.start() + d.user("Activity_Hija") + d.end()
                      + d.chain("Event_Inicio", "Activity_Hija", "Event_Fin"))  # fmt: skip
    mother = d.diagram("madre", d.start() + d.call("Activity_Llamar", "hijo") + d.end()
                       + d.chain("Event_Inicio", "Activity_Llamar", "Event_Fin"))  # fmt: skip
    process = Process("madre", "Madre", {"madre.bpmn": mother, "hijo.bpmn": child}, {"nota": NOTE})
    definitions.deploy(session, process, by=SYSTEM, now=now)
    sent = {"madre.bpmn": mother.replace('name="Activity_Llamar"', 'name="Llamar"')}
    assert proposals.completed(session, "madre", sent) == {**sent, "hijo.bpmn": child}
    alone = {"madre.bpmn": child.replace('id="hijo"', 'id="madre"')}
    assert proposals.completed(session, "madre", alone) == alone
