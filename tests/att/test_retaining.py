"""The job of the terms takes away what is over, and writes down in the history of the installation how much."""

from datetime import datetime
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from att import jobs
from att.cli import main
from db import SYSTEM
from db import history
from db import installation
from db import reading
from db import retention
from db import settings
from db import transaction
from db.jobs import Outcome
from directory import absences
from directory import people
from directory import readings
from directory import sessions
from directory.models import Absence
from directory.models import LoginSession
from directory.models import Person
from directory.models import PersonalReading
from notifications import retention as messages
from notifications.models import Webhook

YEAR = timedelta(days=366)


@pytest.fixture
def gone(database: None, now: datetime) -> int:
    """Somebody who had an illness and a webhook, and left."""
    with transaction() as session:
        person = people.add(session, "Julio Peña", email="julio@dnp.gov.co", position="Asesor", by=SYSTEM, now=now)
        today = now.date()
        absences.add(session, person.id, "incapacidad", today, today, note="Gripa", by=SYSTEM, now=now)
        session.add(Webhook(owner_id=person.id, url="https://julio.example.co", secret="s", created_at=now))
        sessions.open(session, person.id, address="10.0.0.1", now=now)
        people.disable(session, person.id, reason="Terminó su contrato", by=SYSTEM, now=now)
        return person.id


def term(key: str, count: int, now: datetime) -> None:
    with transaction() as session:
        settings.put(session, key, count, by=SYSTEM, now=now)


def told(session: Session) -> list[str]:
    return [row.summary for row in history.of(session, installation.SUBJECT)]


def test_a_session_goes_after_its_days_and_it_is_written_down(gone: int, now: datetime) -> None:
    assert jobs.run("retention", now + timedelta(days=89)) == Outcome()
    assert jobs.run("retention", now + timedelta(days=91)) == Outcome(found=1, done=1)
    assert jobs.run("retention", now + timedelta(days=91)) == Outcome()
    with reading() as session:
        assert session.scalars(select(LoginSession)).all() == []
        (said,) = told(session)
    assert said.startswith("Conservación de datos: Ingresos que terminaron, con su dirección y su navegador (1).")


def test_who_left_is_kept_whole_until_a_term_is_set(gone: int, now: datetime) -> None:
    jobs.run("retention", now + 20 * YEAR)
    with reading() as session:
        assert session.get_one(Person, gone).email == "julio@dnp.gov.co"


def test_who_left_cannot_be_reached_any_more_and_what_they_did_stays(gone: int, now: datetime) -> None:
    term(messages.LEFT, 12, now)
    jobs.run("retention", now + YEAR)
    with reading() as session:
        person, absence = session.get_one(Person, gone), session.scalars(select(Absence)).one()
        assert (person.name, person.position, person.email, person.email_key) == ("Julio Peña", "Asesor", "", None)
        assert (absence.kind, absence.note) == ("otra", "")
        assert session.scalars(select(Webhook)).one().url == ""
        last = history.of(session, history.Subject("person", gone))[-1]
        assert last.action == "person.forgotten"
        assert not list(history.verify(session))
    assert jobs.run("retention", now + YEAR) == Outcome()


def test_who_works_here_is_left_alone(gone: int, now: datetime) -> None:
    with transaction() as session:
        here = people.add(session, "Ana Ruiz", email="ana@dnp.gov.co", by=SYSTEM, now=now).id
    term(messages.LEFT, 1, now)
    jobs.run("retention", now + 20 * YEAR)
    with reading() as session:
        assert session.get_one(Person, here).email == "ana@dnp.gov.co"


def test_reads_go_after_their_term_alone(gone: int, now: datetime) -> None:
    with transaction() as session:
        read = [readings.Read(readings.PERSON, (gone,))]
        readings.keep(session, read, reader_id=None, reader_name="ana", route="x", now=now)
    jobs.run("retention", now + 20 * YEAR)
    with reading() as session:
        assert len(session.scalars(select(PersonalReading)).all()) == 1
    term("reading_months", 12, now)
    jobs.run("retention", now + YEAR)
    with reading() as session:
        assert session.scalars(select(PersonalReading)).all() == []


def test_a_batch_that_is_not_written_down_takes_nothing_away(
    gone: int, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise ValueError("la historia no lo tomó")

    monkeypatch.setattr("db.installation.record", refused)
    assert jobs.run("retention", now + YEAR).failed == 1
    with reading() as session:
        assert len(session.scalars(select(LoginSession)).all()) == 1


def test_where_the_program_may_not_delete_it_leaves_alone(
    gone: int, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = retention.TERMS["session_days"]
    monkeypatch.setitem(retention.TERMS, one.key, retention.Term(**{**_fields(one), "may": lambda session: False}))
    assert jobs.run("retention", now + YEAR) == Outcome()


def _fields(one: retention.Term) -> dict[str, object]:
    return {name: getattr(one, name) for name in retention.Term.__slots__}


@pytest.mark.usefixtures("newest")
def test_a_sweep_of_another_day_does_what_that_day_will(
    gone: int,
    now: datetime,
    database_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ATT_VAR", str(tmp_path_factory.mktemp("var")))
    monkeypatch.setenv("ATT_DATABASE_URL", database_url)
    day = (now + YEAR).isoformat()
    said = CliRunner().invoke(main, ["sweep", "retention", "--as-of", day])
    assert said.output == "retention: 1 encontrados, 1 hechos, 0 con error\n"
