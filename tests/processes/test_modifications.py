"""A validated protocol is modified: what changes is computed and told, and only plans within it adopt it."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from db.errors import InvalidData
from engine import prefill
from engine.registry import Consequence
from tests.processes.office import Office
from tracking import life
from tracking import modifications
from tracking.models import ModificationAdoption
from tracking.models import Product
from tracking.models import WorkPlan
from workflows import protocol_changes
from workflows import vocabularies

REQUEST, VERDICT, ADOPTION = (
    "Activity_SolicitarModificacion", "Activity_ValidarModificacion", "Activity_DecidirAdopcion",
)  # fmt: skip


@pytest.fixture
def asked(active: None, office: Office, product: Product) -> Product:
    """A product in operation whose lead writes a request of modification."""
    lead = office.people["technical_lead"]
    life.request_modification(office.session, product.id, "Cambian las entidades.", by=lead, now=office.now)
    office.settle(product.instance_id)
    return product


def told(office: Office, product: Product, element: str, **data: Any) -> dict[str, Consequence]:
    task = office.task(product.instance_id, element)
    start = prefill.initial(office.session, task, now=office.now)
    found = prefill.consequences(office.session, task, {**start, **data}, now=office.now)
    return {one.kind: one for one in found}


def plan_of(office: Office, product: Product, entity_id: int) -> WorkPlan:
    found = select(WorkPlan).where(WorkPlan.product_id == product.id, WorkPlan.entity_id == entity_id)
    return office.session.scalars(found).one()


def without_last_entity(office: Office) -> dict[str, Any]:
    return {"entities": [office.entities[0].id], "changes": ["targeting"]}


def test_nothing_changed_is_said_as_it_is(asked: Product, office: Office) -> None:
    found = told(office, asked, REQUEST)
    assert set(found) == {"unchanged"}
    assert found["unchanged"].warning


def test_an_entity_taken_out_is_named_with_what_becomes_of_its_plan(asked: Product, office: Office) -> None:
    found = told(office, asked, REQUEST, **without_last_entity(office))
    assert [list(one.entity_ids) for one in found["entities_removed"].named] == [[office.entities[1].id]]
    assert "entities_added" not in found
    (change,) = found["difference"].named
    assert change.text.startswith("Entidades focalizadas: salen ")


def test_a_cell_and_a_row_are_told_with_both_values(asked: Product, office: Office) -> None:
    start = prefill.initial(office.session, office.task(asked.instance_id, REQUEST), now=office.now)
    rows = [dict(row) for row in start["milestones"]]
    rows[0]["name"] = "Otro nombre del hito"
    rows.append({"number": 99, "name": "Hito nuevo"})
    found = told(office, asked, REQUEST, milestones=rows, changes=["milestones"])
    texts = [one.text for one in found["difference"].named]
    assert any(f"de «{start['milestones'][0]['name']}» a «Otro nombre del hito»" in text for text in texts)
    assert any("se agrega la fila" in text and "Hito nuevo" in text for text in texts)
    assert {"unmarked", "marked_only"}.isdisjoint(found)


def test_what_is_typed_in_another_spelling_is_no_change(asked: Product, office: Office) -> None:
    start = prefill.initial(office.session, office.task(asked.instance_id, REQUEST), now=office.now)
    rows = [{**row, "number": str(row["number"])} for row in start["milestones"]]
    assert set(told(office, asked, REQUEST, milestones=rows)) == {"unchanged"}


def test_what_is_marked_and_what_changed_are_compared(asked: Product, office: Office) -> None:
    found = told(office, asked, REQUEST, entities=[office.entities[0].id], changes=["costs"])
    assert "«Entidades focalizadas»" in found["unmarked"].text
    assert "«Costos y recursos»" in found["marked_only"].text


def test_every_part_that_can_be_marked_has_its_questions(office: Office) -> None:
    assert set(protocol_changes.PARTS.values()) == {option.value for option in vocabularies.PROTOCOL_PARTS}


def test_whoever_desists_need_not_say_what_changes(asked: Product, office: Office) -> None:
    assert set(told(office, asked, REQUEST, desist=True)) == {"desisted"}
    office.do(asked.instance_id, REQUEST, desist=True, changes=[])
    assert VERDICT not in office.waiting(asked.instance_id)
    assert modifications.of_product(office.session, asked.id) == []


def test_whoever_asks_says_what_changes(asked: Product, office: Office) -> None:
    with pytest.raises(InvalidData) as refused:
        office.do(asked.instance_id, REQUEST, changes=[])
    assert "changes" in refused.value.errors


def test_the_der_sees_the_same_difference(asked: Product, office: Office) -> None:
    office.do(asked.instance_id, REQUEST, **without_last_entity(office))
    found = told(office, asked, VERDICT)
    assert [list(one.entity_ids) for one in found["entities_removed"].named] == [[office.entities[1].id]]


def test_adoption_does_not_reach_an_entity_that_is_taken_out(asked: Product, office: Office) -> None:
    kept, out = (plan_of(office, asked, entity.id) for entity in office.entities)
    _validated(office, asked)
    found = told(office, asked, ADOPTION, adoption="all")
    assert _reached(found) == {"adopting": [kept.entity_id], "out": [out.entity_id]}
    office.do(asked.instance_id, ADOPTION, adoption="all")
    office.work_through()
    (modification,) = modifications.of_product(office.session, asked.id)
    decided = office.session.scalars(select(ModificationAdoption).where(ModificationAdoption.adopted)).all()
    assert [(row.modification_id, row.plan_id) for row in decided] == [(modification.id, kept.id)]
    assert office.session.get(ModificationAdoption, (modification.id, out.id)) is None
    assert out.status == "open"  # it goes on until it is decided to end or keep it


def test_an_entity_that_is_out_cannot_be_chosen(asked: Product, office: Office) -> None:
    _validated(office, asked)
    with pytest.raises(InvalidData) as refused:
        office.do(asked.instance_id, ADOPTION, adoption="chosen", entities=[office.entities[1].id])
    assert office.entities[1].name in refused.value.errors["entities"][0]


def _validated(office: Office, product: Product) -> None:
    office.do(product.instance_id, REQUEST, **without_last_entity(office))
    office.do(product.instance_id, VERDICT, verdict="validated")
    office.work_through()


def _reached(found: Mapping[str, Consequence]) -> dict[str, list[int]]:
    return {kind: [key for one in told.named for key in one.entity_ids] for kind, told in found.items()}
