"""What hangs on a unit, and what stops its retirement."""

from datetime import date
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from directory import encargos
from directory import grants
from directory import group_roles
from directory import people
from directory import unit_acts
from directory import units
from directory.models import Person
from tests.tracking.conftest import Scene
from tracking import life
from tracking import strategies
from tracking import unit_ties
from tracking.models import StrategyPartner

WHY = "Se creó por error"


@pytest.fixture
def unit_id(session: Session, now: datetime) -> int:
    """A unit with nothing in it."""
    return units.add(session, "ESAP", "Escuela Superior", by=SYSTEM, now=now).id


def hangs(session: Session, unit_id: int, now: datetime) -> str:
    """What a retirement that is refused says, without the rest of its sentence."""
    with pytest.raises(Conflict) as caught:
        unit_ties.retire(session, unit_id, reason=WHY, by=SYSTEM, now=now)
    return caught.value.message.removeprefix("Todavía tiene ").split(":")[0]


def test_nothing_hangs_on_a_new_unit_and_it_is_retired_with_a_reason(
    session: Session, unit_id: int, now: datetime
) -> None:
    with pytest.raises(InvalidData):
        unit_ties.retire(session, unit_id, reason=" ", by=SYSTEM, now=now)
    assert unit_ties.retire(session, unit_id, reason=WHY, by=SYSTEM, now=now).disabled_at == now
    later = now + timedelta(days=1)
    assert unit_ties.retire(session, unit_id, reason=WHY, by=SYSTEM, now=later).disabled_at == now


def test_whoever_is_in_it_stops_it_while_they_may_enter(session: Session, unit_id: int, now: datetime) -> None:
    ana = people.add(session, "Ana", unit_id=unit_id, by=SYSTEM, now=now)
    assert hangs(session, unit_id, now) == "1 persona con acceso"
    people.disable(session, ana.id, by=SYSTEM, now=now)
    assert unit_ties.retire(session, unit_id, reason=WHY, by=SYSTEM, now=now)


def test_roles_over_it_stop_it_also_those_to_come(session: Session, unit_id: int, now: datetime) -> None:
    ana, day = people.add(session, "Ana", by=SYSTEM, now=now), local_date(now)
    past, to_come = date(2026, 1, 1), day + timedelta(days=30)
    grants.add(session, ana.id, "technical_lead", "unit", unit_id, since=past, until=past, by=SYSTEM, now=now)
    assert not unit_ties.of(session, unit_id, now=now).stops()
    held = grants.add(session, ana.id, "technical_lead", "unit", unit_id, since=to_come, by=SYSTEM, now=now)
    assert hangs(session, unit_id, now) == "1 rol vigente o por comenzar"
    assert unit_ties.holders(session, unit_id, now=now) == [("technical_lead", ana.id, "Ana")]
    grants.revoke(session, held.id, reason=WHY, by=SYSTEM, now=now)
    encargos.add(
        session, ana.id, "technical_director", "unit", unit_id, day, to_come, act="Acto 12", by=SYSTEM, now=now
    )
    assert hangs(session, unit_id, now) == "1 encargo vigente o por comenzar"


def test_what_a_group_gives_over_it_and_a_unit_below_stop_it(session: Session, unit_id: int, now: datetime) -> None:
    given = group_roles.add(session, "ATT", "technical_lead", "unit", unit_id, by=SYSTEM, now=now)
    child = units.add(session, "A", "Grupo A", parent_id=unit_id, by=SYSTEM, now=now).id
    assert hangs(session, unit_id, now) == "1 rol que da un grupo y 1 dependencia en uso que depende de ella"
    group_roles.remove(session, given.id, reason=WHY, by=SYSTEM, now=now)
    unit_ties.retire(session, child, reason=WHY, by=SYSTEM, now=now)
    assert unit_ties.retire(session, unit_id, reason=WHY, by=SYSTEM, now=now)


def test_products_and_open_cases_stop_it_and_strategies_do_not(session: Session, scene: Scene, now: datetime) -> None:
    for person in session.query(Person).filter_by(unit_id=scene.unit.id):
        person.unit_id = None
    assert "1 producto en curso" in hangs(session, scene.unit.id, now)
    scene.product.status = "closed"
    session.flush()
    ties = unit_ties.of(session, scene.unit.id, now=now)
    assert (ties.products, ties.people, ties.roles) == (0, 0, 0)


def test_a_participation_stops_it_until_it_ends(session: Session, scene: Scene, unit_id: int, now: datetime) -> None:
    day = local_date(now)
    strategy = strategies.create(
        session, name="Alianza", objective="Sumar", unit_id=scene.unit.id, lead_id=scene.lead.id, by=scene.leading,
        now=now,
    )  # fmt: skip
    row = StrategyPartner(strategy_id=strategy.id, unit_id=unit_id, contribution="Formación", since=day,
                          revision=1, registered_at=now)  # fmt: skip
    session.add(row)
    session.flush()
    assert unit_ties.of(session, scene.unit.id, now=now).strategies == 1
    assert hangs(session, unit_id, now) == "1 participación como socia"
    row.since, row.until = day - timedelta(days=9), day - timedelta(days=1)
    session.flush()
    assert unit_ties.retire(session, unit_id, reason=WHY, by=SYSTEM, now=now)


def test_nothing_begins_in_a_retired_unit(session: Session, scene: Scene, now: datetime) -> None:
    unit_acts.disable(session, scene.unit.id, reason=WHY, by=SYSTEM, now=now)
    place = {"unit_id": scene.unit.id, "lead_id": scene.lead.id, "by": scene.leading, "now": now}
    for act, said in ((life.start_product, {"name": "Otro"}), (life.start_strategy, {"name": "O", "objective": "U"})):
        with pytest.raises(InvalidData) as caught:
            act(session, **said, **place)  # type: ignore[operator]
        assert list(caught.value.errors) == ["unit_id"]
