"""An advisory that was given on another day, or never: what is owed for it follows in the same act, with a record."""

from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from notifications import policies
from notifications import specs
from notifications.ledger import obligation_chain
from notifications.models import DueMove
from notifications.models import Fact
from notifications.models import Obligation
from notifications.models import ObligationStatus
from tests.tracking.conftest import Scene
from tests.tracking.test_obligation_facts import advise
from tests.tracking.test_obligation_facts import rows
from tests.tracking.test_obligation_facts import sweep
from tracking import advisories

REASON = "Se escribió otro mes"


@pytest.fixture
def registered(session: Session, now: datetime, scene: Scene) -> int:
    """An advisory of yesterday, registered in time."""
    number = advise(session, scene, now, 1)
    sweep(session, now, "registro_asesoria")
    assert rows(session)[0].status == ObligationStatus.MET
    return number


def owed(session: Session) -> Obligation:
    session.flush()
    session.expire_all()
    (row,) = rows(session)
    return row


def redate(session: Session, scene: Scene, number: int, now: datetime, days_ago: int) -> None:
    day = now.date() - timedelta(days=days_ago)
    advisories.rectify(session, number, {"occurred_on": day}, reason=REASON, by=scene.advising, now=now)


def test_an_earlier_day_makes_it_late(session: Session, now: datetime, scene: Scene, registered: int) -> None:
    before = owed(session).due_at
    redate(session, scene, registered, now, 20)
    row = owed(session)
    day = now.date() - timedelta(days=20)
    assert row.status == ObligationStatus.LATE
    assert (row.period_start, row.period_end, row.subject_label) == (day, day, f"Asesoría del {day:%d/%m/%Y}")
    assert row.due_at < before
    assert row.version == 2
    assert session.scalars(select(Fact.on)).all() == [day]


def test_the_right_day_makes_it_met_again(session: Session, now: datetime, scene: Scene, registered: int) -> None:
    redate(session, scene, registered, now, 20)
    redate(session, scene, registered, now, 1)
    assert owed(session).status == ObligationStatus.MET


def test_it_leaves_a_record(session: Session, now: datetime, scene: Scene, registered: int) -> None:
    before = owed(session).due_at
    redate(session, scene, registered, now, 20)
    row = owed(session)
    (move,) = session.scalars(select(DueMove))
    assert (move.old_due_at, move.new_due_at) == (before, row.due_at)
    assert move.reason.endswith(REASON)
    act = history.of(session, obligation_chain(row.id))[-1]
    assert act.action == "obligation.moved"
    assert act.actor_name == scene.advisor.name
    assert "ahora cuenta tarde" in act.summary


def test_another_correction_moves_nothing(session: Session, now: datetime, scene: Scene, registered: int) -> None:
    changes = {"summary": "Se revisó el plan de acción"}
    advisories.rectify(session, registered, changes, reason="Faltaba", by=scene.advising, now=now)
    assert owed(session).version == 1


def test_a_policy_that_changed_since_does_not_reach_what_is_closed(
    session: Session, now: datetime, scene: Scene, registered: int
) -> None:
    held = policies.get(session, "registro_asesoria")
    longer = {**specs.to_json(held.spec), "due": {"rule": "term", "term": "working_days:30"}}
    policies.change(
        session, held.key, longer, enabled=True, reason="Acuerdo", version=held.version, by=scene.monitoring, now=now
    )
    redate(session, scene, registered, now, 20)
    assert owed(session).status == ObligationStatus.LATE
    assert owed(session).policy_version == held.version


def test_what_is_still_owed_falls_due_by_the_right_day(session: Session, now: datetime, scene: Scene) -> None:
    number = advise(session, scene, now, 1)
    sweep(session, now, "soportes_asesoria")
    assert owed(session).status == ObligationStatus.PENDING
    redate(session, scene, number, now, 45)
    assert owed(session).status == ObligationStatus.OVERDUE
    redate(session, scene, number, now, 1)
    assert owed(session).status == ObligationStatus.PENDING
    assert len(session.scalars(select(DueMove)).all()) == 2
    sweep(session, now)
    assert owed(session).status == ObligationStatus.PENDING


def test_before_the_policy_nothing_is_owed(session: Session, now: datetime, scene: Scene) -> None:
    number = advise(session, scene, now, 1)
    sweep(session, now, "soportes_asesoria")
    redate(session, scene, number, now, 60)
    assert owed(session).status == ObligationStatus.WAIVED
    redate(session, scene, number, now, 1)
    sweep(session, now)
    assert owed(session).status == ObligationStatus.PENDING


def test_annulled_it_is_owed_no_more_at_once(session: Session, now: datetime, scene: Scene, registered: int) -> None:
    advisories.annul(session, registered, reason="Se registró dos veces", by=scene.advising, now=now)
    row = owed(session)
    assert (row.status, row.met_by) == (ObligationStatus.WAIVED, None)
    assert row.reason.endswith("Se registró dos veces")
    acts = [act.action for act in history.of(session, obligation_chain(row.id))]
    assert acts == ["obligation.reopened", "obligation.waived"]


def test_what_somebody_waived_stays_waived(session: Session, now: datetime, scene: Scene) -> None:
    number = advise(session, scene, now, 1)
    sweep(session, now, "soportes_asesoria")
    row = owed(session)
    row.status, row.reason = ObligationStatus.WAIVED, "Licencia"
    session.flush()
    redate(session, scene, number, now, 20)
    assert (owed(session).status, owed(session).reason) == (ObligationStatus.WAIVED, "Licencia")
