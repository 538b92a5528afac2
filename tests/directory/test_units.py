"""Acts on units, the tree that they form, and where a retired one is still taken."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory import grants
from directory import people
from directory import seed
from directory import unit_acts
from directory import unit_tree
from directory import units
from tests.directory.conftest import AddPerson

WHY = "Decreto 1893 de 2021"


@pytest.fixture
def ally(session: Session, now: datetime) -> int:
    """A unit that the installation does not bring."""
    return units.add(session, "ESAP", "Escuela Superior", by=SYSTEM, now=now).id


def refused(act: Any, *given: Any, **named: Any) -> list[str]:
    with pytest.raises(InvalidData) as caught:
        act(*given, **named, by=SYSTEM)
    return list(caught.value.errors)


def test_units_below(session: Session, unit_id: int, now: datetime) -> None:
    child = units.add(session, "A", "Grupo A", parent_id=unit_id, by=SYSTEM, now=now).id
    grandchild = units.add(session, "B", "Grupo B", parent_id=child, by=SYSTEM, now=now).id
    assert units.below(session, [unit_id, grandchild]) == {
        unit_id: {unit_id, child, grandchild}, grandchild: {grandchild},
    }  # fmt: skip


def test_codes_of_units_are_unique(session: Session, unit_id: int, now: datetime) -> None:
    with pytest.raises(InvalidData) as caught:
        units.add(session, "DER", "Otra", parent_id=99, by=SYSTEM, now=now)
    assert set(caught.value.errors) == {"code", "parent_id"}


@pytest.mark.parametrize(
    ("code", "name", "paths"),
    [
        ("", "", ["code", "name"]), ("...", "—", ["code", "name"]), ("A" * 21, "Una", ["code"]),
        ("A", "u" * 201, ["name"]), ("ESAP", "Otra", ["code"]),
    ],
)  # fmt: skip
def test_what_no_unit_is_called_is_refused_where_it_is(
    session: Session, ally: int, now: datetime, code: str, name: str, paths: list[str]
) -> None:
    assert refused(unit_acts.add, session, code, name, now=now) == paths


def test_one_called_as_another_is_confirmed(session: Session, ally: int, now: datetime) -> None:
    assert refused(unit_acts.add, session, "E2", "ESCUELA  SUPERIÓR", now=now) == ["confirmed"]
    assert unit_acts.add(session, "E3", "Escuela superior", confirmed=True, by=SYSTEM, now=now).code == "E3"


def test_a_correction_says_what_changed_and_why(session: Session, ally: int, unit_id: int, now: datetime) -> None:
    change = {"code": "ESP", "name": "Escuela de Administración", "parent_id": unit_id}
    row = unit_acts.change(session, ally, **change, reason=WHY, by=SYSTEM, now=now)
    assert (row.code, row.search_name, row.parent_id) == ("ESP", "escuela de administracion", unit_id)
    last = history.of(session, units.subject(ally))[-1]
    assert (last.action, last.reason) == ("unit.changed", WHY)
    assert last.summary == (
        "Corrigió la dependencia «Escuela Superior»: la sigla, de «ESAP» a «ESP»; el nombre, de «Escuela Superior» a "
        "«Escuela de Administración»; de qué depende, de ninguna a «Dirección de Estrategia Regional»."
    )
    assert last.details["parent_id"] == [None, unit_id]


def test_a_correction_of_nothing_asks_for_no_reason_and_records_nothing(
    session: Session, ally: int, now: datetime
) -> None:
    unit_acts.change(session, ally, name="Escuela Superior ", reason="", by=SYSTEM, now=now)
    assert len(history.of(session, units.subject(ally))) == 1


def test_a_correction_takes_a_reason_that_says_something(session: Session, ally: int, now: datetime) -> None:
    assert refused(unit_acts.change, session, ally, name="Otra", reason=".", now=now) == ["reason"]


def test_a_unit_may_keep_a_name_like_its_own(session: Session, ally: int, now: datetime) -> None:
    assert unit_acts.change(session, ally, name="ESCUELA SUPERIOR", reason=WHY, by=SYSTEM, now=now)


def test_a_corrected_name_like_another_is_confirmed(session: Session, ally: int, unit_id: int, now: datetime) -> None:
    change = {"name": "Direccion de estrategia regional", "reason": WHY, "now": now}
    assert refused(unit_acts.change, session, ally, **change) == ["confirmed"]
    assert unit_acts.change(session, ally, **change, confirmed=True, by=SYSTEM)


def test_the_code_that_the_program_knows_a_unit_by_stays(session: Session, unit_id: int, now: datetime) -> None:
    assert refused(unit_acts.change, session, unit_id, code="DERR", reason=WHY, now=now) == ["code"]
    unit_acts.change(session, unit_id, name="Dirección Regional", reason=WHY, by=SYSTEM, now=now)
    seed.load_catalogues(session, by=SYSTEM, now=now)
    assert [unit.name for unit in units.alike(session, code="DER")] == ["Dirección Regional"]


def test_a_unit_hangs_under_none_of_its_own_and_under_none_that_is_retired(
    session: Session, ally: int, now: datetime
) -> None:
    child = units.add(session, "A", "Grupo A", parent_id=ally, by=SYSTEM, now=now).id
    assert refused(unit_acts.change, session, ally, parent_id=child, reason=WHY, now=now) == ["parent_id"]
    other = units.add(session, "B", "Grupo B", by=SYSTEM, now=now).id
    unit_acts.disable(session, other, reason=WHY, by=SYSTEM, now=now)
    assert refused(unit_acts.change, session, ally, parent_id=other, reason=WHY, now=now) == ["parent_id"]
    assert refused(units.add, session, "C", "Grupo C", parent_id=other, now=now) == ["parent_id"]
    assert refused(units.add, session, "C", "Grupo C", parent_id=999, now=now) == ["parent_id"]


def test_a_move_that_changes_who_reaches_it_is_confirmed(
    session: Session, add_person: AddPerson, ally: int, unit_id: int, now: datetime
) -> None:
    grants.add(session, add_person().id, "technical_director", "unit", unit_id, by=SYSTEM, now=now)
    move = {"parent_id": unit_id, "reason": WHY, "now": now}
    with pytest.raises(InvalidData) as caught:
        unit_acts.change(session, ally, **move, by=SYSTEM)
    (told,) = caught.value.errors["confirmed"]
    assert "dejan de alcanzarla: 0; que la alcanzan desde ahora: 1." in told
    assert unit_acts.change(session, ally, **move, confirmed=True, by=SYSTEM).parent_id == unit_id
    assert refused(unit_acts.change, session, ally, parent_id=None, reason=WHY, now=now) == ["confirmed"]


def test_a_retired_unit_is_brought_back_after_the_one_above_it(session: Session, ally: int, now: datetime) -> None:
    child = units.add(session, "A", "Grupo A", parent_id=ally, by=SYSTEM, now=now).id
    for key in (child, ally):
        unit_acts.disable(session, key, reason=WHY, by=SYSTEM, now=now)
    with pytest.raises(Conflict):
        unit_acts.restore(session, child, by=SYSTEM, now=now)
    for key in (ally, child, child):
        assert unit_acts.restore(session, key, by=SYSTEM, now=now).disabled_at is None
    told = [row.action for row in history.of(session, units.subject(child))]
    assert told == ["unit.added", "unit.disabled", "unit.restored"]


@pytest.mark.parametrize("act", [unit_acts.change, unit_acts.disable])
def test_what_is_not_there_is_not_found(session: Session, now: datetime, act: Any) -> None:
    with pytest.raises(NotFound):
        act(session, 99, reason=WHY, by=SYSTEM, now=now)


def test_a_retired_unit_is_taken_nowhere_and_whoever_stands_in_it_stays(
    session: Session, add_person: AddPerson, ally: int, now: datetime
) -> None:
    ana, luis = add_person("Ana", unit_id=ally), add_person("Luis")
    unit_acts.disable(session, ally, reason=WHY, by=SYSTEM, now=now)
    assert refused(people.change, session, luis.id, unit_id=ally, now=now) == ["unit_id"]
    assert refused(people.add, session, "Eva", unit_id=ally, now=now) == ["unit_id"]
    assert refused(grants.add, session, luis.id, "partner_entity", "unit", ally, now=now) == ["scope_id"]
    assert people.change(session, ana.id, position="Decana", by=SYSTEM, now=now).unit_id == ally
    assert units.offered(session) == []
    assert [unit.id for unit in units.offered(session, ally)] == [ally]


def test_the_tree_reads_from_top_to_bottom_page_by_page(session: Session, now: datetime) -> None:
    seed.load_catalogues(session, by=SYSTEM, now=now)
    seen, cursor = [], ""
    while True:
        part = unit_tree.listing(session, limit=5, cursor=cursor)
        seen += part.items
        cursor = part.next_cursor
        if not cursor:
            break
    codes = [row.unit.code for row in seen]
    assert codes[0] == "DNP"
    assert len(codes) == len(set(codes)) == len(units.every(session))
    assert codes.index("DER") == codes.index("SGDDT") + 1
    assert [unit.code for unit in seen[codes.index("DER")].above] == ["DNP", "SGDDT"]


def test_units_are_found_by_code_and_by_name_and_retired_ones_when_asked(
    session: Session, ally: int, unit_id: int, now: datetime
) -> None:
    def codes(text: str, *, retired: bool = False) -> list[str]:
        return [row.unit.code for row in unit_tree.listing(session, text, retired=retired).items]

    assert (codes("esap"), codes("regiónal"), codes("nada")) == (["ESAP"], ["DER"], [])
    unit_acts.disable(session, ally, reason=WHY, by=SYSTEM, now=now)
    assert (codes("esap"), codes("esap", retired=True)) == ([], ["ESAP"])
