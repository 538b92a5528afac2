"""What must always hold: a product that lives its whole life breaks none of it, and whatever is broken is found."""

from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db import invariants
from db import settings
from db.checkpoints import checking
from db.checkpoints.log import Checkpoint
from db.invariants import Finding
from engine import tasks
from engine.models import Incident
from engine.models import IncidentStatus
from engine.models import Submission
from engine.models import Timer
from notifications import outbox
from notifications.models import MessageStatus
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.models import Policy
from tests.processes.office import Office
from tracking.invariants import gate_has_its_decision
from tracking.models import Handover
from tracking.models import Product
from tracking.models import WorkPlan

Break = Callable[[Office, Product], None]

HOUR = timedelta(hours=1)


def looked(office: Office, now: datetime | None = None) -> dict[str, list[Finding]]:
    """What breaks each invariant that is broken."""
    office.session.flush()
    office.session.expire_all()
    at = now or office.now
    found = {key: list(check.look(office.session, at)) for key, check in invariants.CHECKS.items()}
    return {key: rows for key, rows in found.items() if rows}


def edit(statement: str, **values: Any) -> Break:
    """Write in the database what no act of the system writes; `:case` is the case of the product."""

    def broken(office: Office, product: Product) -> None:
        office.session.flush()
        given = {"case": product.instance_id, "product": product.id, **values}
        used = {name: value for name, value in given.items() if f":{name}" in statement}
        assert office.session.execute(text(statement), used).rowcount

    return broken


def timer(office: Office, product: Product) -> None:
    due = office.now - HOUR
    office.session.add(Timer(instance_id=product.instance_id, work_id="t", element="Event", due_at=due, due_reason="x"))


def incident(office: Office, product: Product) -> None:
    """Something failed at a service that does not wait."""
    now = office.now
    office.session.add(
        Incident(instance_id=product.instance_id, work_id="i", element="Activity", operation="x", message="x",
                 error="x", status=IncidentStatus.OPEN, attempts=1, first_at=now, last_at=now, retry_at=now)
    )  # fmt: skip


def message(office: Office, product: Product, status: MessageStatus = MessageStatus.QUEUED) -> None:
    someone = office.people["der_reviewer"].person_id
    row = outbox.enqueue(office.session, "k", "test", "email", someone, {}, stale_at=None, now=office.now - HOUR)
    row.status = status


def leaving(office: Office, product: Product) -> None:
    message(office, product, MessageStatus.SENDING)


def handover(office: Office, product: Product) -> None:
    one, other = (office.people[role].person_id for role in ("der_reviewer", "der_monitoring"))
    office.session.add(
        Handover(from_id=one, to_id=other, since=(office.now - timedelta(days=3)).date(), reason="Se va",
                 requested_at=office.now, requested_by=one, result={})
    )  # fmt: skip


def obligation(office: Office, product: Product) -> None:
    """Something that nobody met, whose limit passed an hour ago."""
    session, now = office.session, office.now
    policy = session.scalars(select(Policy).limit(1)).first()
    if policy is None:
        policy = Policy(key="prueba", version=1, enabled=True)
        session.add(policy)
        session.flush()
    session.add(
        Obligation(
            policy_id=policy.id, policy_version=1, subject_kind="product", subject_id=product.id, period="2026-11",
            period_start=now.date(), period_end=now.date(), title="Informe", subject_label="Bancos",
            due_on=now.date(), due_at=now - HOUR, limit_at=now - HOUR, explanation="", calendar_version=1,
            status=ObligationStatus.PENDING, created_at=now, changed_at=now,
        )
    )  # fmt: skip


def checkpoint_gone(office: Office, product: Product) -> None:
    settings.put(office.session, checking.LAST, {"number": 7, "hash": "x"}, by=SYSTEM, now=office.now)


def checkpoint_late(office: Office, product: Product) -> None:
    """The job stopped after the first one, hours ago."""
    line = Checkpoint(number=1, at=office.now - 5 * HOUR)
    log = checking.in_use()
    log.folder.mkdir(parents=True, exist_ok=True)
    log.add(None, line)
    at = office.now - 4 * HOUR
    history.record(office.session, history.Subject("work_plan", 77), "plan.changed", by=SYSTEM, now=at)


BREAKS: list[tuple[str, Break]] = [
    ("open_case_waits", edit("UPDATE task SET status = 'cancelled' WHERE instance_id = :case AND status = 'open'")),
    ("open_case_waits", edit("DELETE FROM task WHERE instance_id = :case AND status = 'open'")),
    ("ended_case_rests", edit("UPDATE instance SET status = 'completed' WHERE id = :case")),
    ("completed_step_was_sent", edit("DELETE FROM submission WHERE instance_id = :case AND round = 1")),
    ("completed_step_was_sent", edit("UPDATE task SET status = 'open' WHERE id IN (SELECT task_id FROM submission)")),
    ("service_moves", edit("UPDATE instance SET awaits_service = true WHERE id = :case")),
    ("service_moves", incident),
    ("timer_goes_off", timer),
    ("operation_advances", edit("UPDATE operation SET status = 'running'")),
    ("message_leaves", message),
    ("message_leaves", leaving),
    ("overdue_is_marked", obligation),
    ("gate_has_its_decision", edit("DELETE FROM history WHERE element = 'Activity_ValidarProtocolo'")),
    ("gate_has_its_decision", edit("DELETE FROM submission WHERE element = 'Activity_PublicarEnPortafolio'")),
    (
        "gate_has_its_decision",
        edit("UPDATE task SET status = 'open' WHERE element = 'Activity_ParametrizarHitos'"),
    ),
    ("checkpoints_go_on", checkpoint_gone),
    ("checkpoints_go_on", checkpoint_late),
    ("work_has_its_case", edit("UPDATE product SET status = 'closed' WHERE id = :product")),
    ("work_has_its_case", edit("UPDATE work_plan SET status = 'closed' WHERE product_id = :product")),
    ("handover_is_applied", handover),
    ("sums_follow_from_records", edit("UPDATE work_plan SET verified_weight = verified_weight + 1")),
    ("sums_follow_from_records", edit("UPDATE work_plan SET applicable_weight = 0")),
]


def test_every_invariant_is_broken_here() -> None:
    assert {key for key, _ in BREAKS} == set(invariants.CHECKS)


@pytest.mark.parametrize(("key", "spoil"), BREAKS, ids=[f"{key}-{place}" for place, (key, _) in enumerate(BREAKS)])
def test_what_is_broken_is_found(active: None, office: Office, product: Product, key: str, spoil: Break) -> None:
    assert looked(office, office.now + timedelta(minutes=10)) == {}
    spoil(office, product)
    found = looked(office, office.now + timedelta(minutes=45))
    assert key in found
    assert all(row.text for row in found[key])


def test_it_names_the_case_to_repair(active: None, office: Office, product: Product) -> None:
    edit("UPDATE task SET status = 'cancelled' WHERE instance_id = :case AND status = 'open'")(office, product)
    (found,) = looked(office)["open_case_waits"]
    assert (found.kind, found.id, found.instance_id) == ("instance", product.instance_id, product.instance_id)
    assert found.text.startswith("Bancos de proyectos")


def test_a_whole_life_breaks_nothing(office: Office, product: Product) -> None:
    """After every act of everybody, and once all of it is over."""
    case = product.instance_id
    assert case is not None
    for _ in range(60):
        waiting = tasks.open_of(office.session, case)
        if not waiting or waiting[0].element == "Activity_DesarrollarAsistencia":
            break
        office.complete(waiting[0])
        assert looked(office) == {}
    office.work_through()
    plan = office.session.scalars(select(WorkPlan).where(WorkPlan.product_id == product.id).limit(1)).one()
    office.push(plan.instance_id)
    assert office.session.scalar(select(Submission.id).where(Submission.instance_id == plan.instance_id).limit(1))
    assert looked(office) == {}


def test_a_gate_that_is_completed_twice_has_two_decisions(office: Office, product: Product) -> None:
    office.push(product.instance_id, until="Activity_ValidarProtocolo")
    office.do(product.instance_id, "Activity_ValidarProtocolo", verdict="returned", remarks="Precise las metas.")
    office.do(product.instance_id, "Activity_DiligenciarProtocolo")
    office.do(product.instance_id, "Activity_ValidarProtocolo", verdict="validated")
    office.session.flush()
    assert list(gate_has_its_decision(office.session, office.now)) == []


def test_no_check_names_more_than_it_may(session: Session, office: Office, product: Product) -> None:
    rows = [{"work": f"t-{number}", "case": product.instance_id} for number in range(invariants.MOST + 5)]
    session.execute(
        text(
            "INSERT INTO timer (instance_id, work_id, element, due_at, due_reason) "
            "VALUES (:case, :work, 'Event', '2026-01-01 00:00:00', 'x')"
        ),
        rows,
    )
    assert len(looked(office, datetime(2026, 11, 24, 14, 0, tzinfo=UTC))["timer_goes_off"]) == invariants.MOST
