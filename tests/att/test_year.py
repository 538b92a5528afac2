"""Over the demonstration, the program owes and tells day by day exactly what an independent oracle computes."""

from collections.abc import Iterator
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from att import jobs  # noqa: F401 - registers what is owed and told
from db import SYSTEM
from db.clock import local_date
from db.rehearsal import rehearsal
from directory.models import Absence
from directory.models import Coverage
from directory.models import Delegation
from directory.models import RoleGrant
from directory.principal import load
from notifications import chains
from notifications import days
from notifications import policies
from notifications import recompute
from notifications import specs
from notifications.models import DueMove
from notifications.models import Obligation
from notifications.places import Places
from tests.att import years
from tests.att.test_demo import NOW
from tests.att.test_demo import Loaded
from tests.att.test_demo import prepared

TODAY = local_date(NOW)

pytestmark = pytest.mark.xdist_group("demonstration")


@pytest.fixture
def session(demonstration: Loaded) -> Iterator[Session]:
    """A rehearsal on the small demonstration, with a calendar and absences of its own."""
    engine = prepared(demonstration.url, demonstration.folder)
    with rehearsal() as session:
        years.clear(session)
        _stir(session)
        _change(session)
        yield session
    engine.dispose()


def test_the_turn_of_a_year_is_as_foretold(session: Session) -> None:
    _compare(session, date(2026, 12, 24), date(2027, 1, 12))


@pytest.mark.soak
def test_a_year_is_as_foretold(session: Session) -> None:
    _compare(session, TODAY, TODAY + timedelta(days=364))


def _compare(session: Session, since: date, until: date) -> None:
    lived = years.live(session, since, until, seed=since.year)
    debts, told = years.foretold(lived.world, since, until)
    assert sorted(lived.debts ^ debts, key=str)[:10] == []
    assert sorted(lived.told ^ told, key=str)[:10] == []
    assert {debt[-1] for debt in debts} >= {"pending", "overdue", "met", "late"}
    assert len(told) > 100
    _stepped(session, lived)
    assert _recomputed(session, until) == 0


def _stepped(session: Session, lived: years.Lived) -> None:
    """People acted on the steps of chains; days moved because of it, and steps waited beyond their own day."""
    assert {act.what for act in lived.world.acts} >= {"presented", "returned", "accepted"}
    held = {policy.key: policy.id for policy in policies.every(session)}
    steps = Obligation.policy_id.in_([held[key] for key, _ in chains.links()])
    moved = session.scalar(select(func.count()).where(steps, Obligation.id.in_(select(DueMove.obligation_id))))
    assert min(moved or 0, lived.waited) > 5


def _recomputed(session: Session, until: date) -> int:
    """How many of the year's open obligations are others once all of them are computed anew."""
    session.execute(update(Obligation).values(policy_version=0))
    held = {policy.id: policy for policy in policies.every(session)}
    changed, after = 0, 0
    while after is not None:
        now = datetime.combine(until, time(22), UTC)
        after, counts = recompute.batch(session, held, Places(session), after=after, now=now)
        changed += counts.total
    return changed


def _change(session: Session) -> None:
    """Policies that say something else from a period on: another day and ladder, another frequency, another fact."""
    by = load(session, _holding(session, "der_monitoring")[0], now=NOW)

    def say(key: str, since: date, **changes: Any) -> None:
        known = policies.get(session, key)
        policies.change(
            session, key, {**specs.to_json(known.spec), **changes}, enabled=True, reason="Acuerdo",
            version=known.version, applies_from=since, by=by, now=NOW,
        )  # fmt: skip

    ladder = [{"days": -3, "to": "debtor"}, {"days": 2, "to": "supervisor"}]
    say("informe_actividades", date(2027, 1, 1), due={"rule": "day_of_next_month", "day": 6}, ladder=ladder)
    say("informe_actividades", date(2026, 12, 1), grace=1, due={"rule": "working_day_of_next_month", "count": 4})
    say("hitos_quincenales", date(2027, 1, 4), frequency="weekly", due={"rule": "weekday", "day": 4}, ladder=ladder)
    say("registro_asesoria", date(2026, 12, 28), due={"rule": "term", "term": "working_days:2"})


def _stir(session: Session) -> None:
    """Days off for all and for some, a coordinator who is away and lends the role, an advisor who is away."""
    days.add(session, date(2026, 12, 24), "national", "", "Nochebuena", by=SYSTEM, now=NOW)
    days.add(session, date(2026, 12, 9), "department", "05", "Fiesta local", by=SYSTEM, now=NOW)
    coordinators = _holding(session, "regional_coordinator")
    advisors = list(session.scalars(select(Coverage.person_id).distinct().order_by(Coverage.person_id)))
    away = (date(2026, 12, 28), date(2027, 1, 8))
    for person in (coordinators[0], advisors[0]):
        session.add(Absence(person_id=person, kind="vacaciones", since=away[0], until=away[1]))
    session.add(Delegation(from_id=coordinators[0], to_id=coordinators[1], role=None, since=away[0], until=away[1]))
    session.add(Delegation(from_id=advisors[0], to_id=advisors[1], role="territorial_advisor", since=TODAY,
                           until=away[1]))  # fmt: skip
    session.flush()


def _holding(session: Session, role: str) -> list[int]:
    statement = select(RoleGrant.person_id).where(RoleGrant.role == role).distinct().order_by(RoleGrant.person_id)
    return list(session.scalars(statement))
