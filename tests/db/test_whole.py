"""A row read whole is to the session as one that it read itself."""

from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy import inspect
from sqlalchemy import update
from sqlalchemy.orm import Session

from db import reading
from db import transaction
from db.whole import Whole
from directory.models import Unit
from engine.models import Definition
from tests.questions import asked

WITH_CODE = Whole(Unit, narrow=lambda units: units.where(Unit.code == bindparam("code")))
ANEW = Whole(Unit, narrow=lambda units: units.where(Unit.code == bindparam("code")), anew=True)
DEFINITION = Whole(Definition, narrow=lambda rows: rows.where(Definition.key == bindparam("key")))
FILES = Whole(Definition, narrow=lambda rows: rows.where(Definition.key == bindparam("key")), also=[Definition.files])


def stored(session: Session, now: datetime) -> Unit:
    unit = Unit(code="A", name="Una", search_name="una", disabled_at=now)
    session.add(unit)
    session.flush()
    return unit


def unit_of(session: Session, question: Whole = WITH_CODE) -> Unit:
    found = question.first(session, {"code": "A"})
    assert found is not None
    (unit,) = found
    assert isinstance(unit, Unit)
    return unit


def test_it_has_what_its_columns_hold(database: None, now: datetime) -> None:
    with transaction() as session:
        first = stored(session, now)
    with reading() as session:
        unit = unit_of(session)
        assert (unit.id, unit.name, unit.parent_id, unit.disabled_at) == (first.id, "Una", None, now)
        assert inspect(unit).persistent


def test_what_is_set_on_it_is_written(database: None, now: datetime) -> None:
    with transaction() as session:
        stored(session, now)
    with transaction() as session:
        unit_of(session).name = "Otra"
    with reading() as session:
        assert unit_of(session).name == "Otra"


def test_no_row_is_none(session: Session) -> None:
    assert WITH_CODE.first(session, {"code": "ninguna"}) is None


def test_a_row_that_the_session_knows_is_that_row(database: None, now: datetime) -> None:
    with transaction() as session:
        stored(session, now)
    with reading() as session:
        unit = unit_of(session)
        assert session.get(Unit, unit.id) is unit
        assert unit_of(session) is unit


def test_what_was_set_and_not_yet_written_stays(session: Session, now: datetime) -> None:
    unit = stored(session, now)
    with session.no_autoflush:
        unit.name = "Otra"
        assert unit_of(session).name == "Otra"
        assert inspect(unit).modified


def test_what_was_set_is_written_before_it_is_read(session: Session, now: datetime) -> None:
    session.add(Unit(code="A", name="Nueva", search_name="nueva"))
    assert unit_of(session).name == "Nueva"


def test_anew_it_holds_what_is_stored_now(session: Session, now: datetime) -> None:
    unit = stored(session, now)
    session.connection().execute(update(Unit).values(name="Otra"))
    assert unit_of(session).name == "Una"
    assert unit_of(session, ANEW) is unit
    assert unit.name == "Otra"


def test_what_is_left_out_is_read_when_it_is_asked_for(session: Session, now: datetime) -> None:
    session.add(
        Definition(key="k", version=1, hash="h", title="t", files={"a.bpmn": "<a/>"}, deployed_at=now, deployed_by=None)
    )
    session.flush()
    session.expunge_all()
    (slim,) = DEFINITION.first(session, {"key": "k"}) or [None]
    with asked() as seen:
        assert slim.files == {"a.bpmn": "<a/>"}
    assert len(seen) == 1


def test_what_is_read_besides_is_there(session: Session, now: datetime) -> None:
    session.add(
        Definition(key="k", version=1, hash="h", title="t", files={"a.bpmn": "<a/>"}, deployed_at=now, deployed_by=None)
    )
    session.flush()
    session.expunge_all()
    (full,) = FILES.first(session, {"key": "k"}) or [None]
    with asked() as seen:
        assert full.files == {"a.bpmn": "<a/>"}
    assert seen == []
