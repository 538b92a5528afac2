"""Who may act on what is assigned to them, asked for many at once."""

from datetime import datetime
from datetime import timedelta

from sqlalchemy.orm import Session

from db import SYSTEM
from db.clock import local_date
from directory import access
from directory import acting
from directory import coverage
from directory import encargos
from directory import grants
from directory import people
from directory import principal
from tests.directory.conftest import AddEntity
from tests.directory.conftest import AddPerson


def test_the_rule_is_that_of_the_table(
    session: Session, add_person: AddPerson, place: AddEntity, now: datetime
) -> None:
    """One person of each kind: `unable` says of each what `access.allowed` says of a task of theirs."""
    today = local_date(now)
    lead, stayed, covering, charged, reader, nobody, gone, ended = (add_person(f"Persona {n}") for n in range(8))
    grants.add(session, lead.id, "der_reviewer", by=SYSTEM, now=now)
    grant = grants.add(session, stayed.id, "der_reviewer", by=SYSTEM, now=now)
    grants.revoke(session, grant.id, reason="Se fue del equipo.", by=SYSTEM, now=now)
    coverage.cover(session, covering.id, place("Turbaco", "13836").id, today, by=SYSTEM, now=now)
    encargos.add(
        session, charged.id, "der_monitoring", "national", None, today, today, act="Res. 1", by=SYSTEM, now=now
    )
    grants.add(session, reader.id, "internal_control", by=SYSTEM, now=now)
    grants.add(session, gone.id, "der_reviewer", by=SYSTEM, now=now)
    people.disable(session, gone.id, by=SYSTEM, now=now)
    yesterday = today - timedelta(days=1)
    grants.add(session, ended.id, "der_reviewer", since=yesterday, until=yesterday, by=SYSTEM, now=now)
    everybody = [one.id for one in (lead, stayed, covering, charged, reader, nobody, gone, ended)]
    known = principal.load_many(session, everybody, now=now)
    by_table = {
        key for key in everybody
        if access.allowed(known[key], "task.complete", access.Subject(assignee_id=key, role="der_reviewer")) is None
    }  # fmt: skip
    assert acting.unable(session, everybody, today) == by_table == {stayed.id, reader.id, nobody.id, gone.id, ended.id}
    assert reader.id not in acting.unable(session, everybody, today, {"internal_control"})


def test_the_only_post_is_the_one_without_which_nobody_acts(
    session: Session, add_person: AddPerson, place: AddEntity, now: datetime
) -> None:
    today, ana = local_date(now), add_person()
    assert acting.only_post(session, ana.id, today) is None
    grant = grants.add(session, ana.id, "der_reviewer", by=SYSTEM, now=now)
    assert acting.only_post(session, ana.id, today) is grant
    more = grants.add(session, ana.id, "thematic_expert", by=SYSTEM, now=now)
    assert acting.only_post(session, ana.id, today) is None
    grants.revoke(session, more.id, reason="Ya no hace falta.", by=SYSTEM, now=now)
    coverage.cover(session, ana.id, place("Turbaco", "13836").id, today, by=SYSTEM, now=now)
    assert acting.only_post(session, ana.id, today) is None
