"""A product passes to another lead, unit or strategy by whom it befits; what is under way goes with it."""

from html import unescape

import pytest

from db import SYSTEM
from db import clock
from db import transaction
from directory import units
from directory.models import Person
from directory.models import RoleGrant
from engine.models import Instance
from engine.models import Task
from tests.snapshots import Stage
from tests.tracking import factories
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.test_stale import opened
from tests.web.world import LONG_AGO
from tests.web.world import World
from tracking.models import Product
from tracking.models import Strategy
from tracking.models import WorkPlan

NAME = "Activity_NombrarProducto"


def lead(world: World, unit_id: int) -> int:
    with transaction() as session:
        person: Person = factories.person(session, "Nora Líder", clock.now(), unit_id)
        session.add(RoleGrant(person_id=person.id, role="technical_lead", scope_kind="unit", scope_id=unit_id,
                              since=LONG_AGO))  # fmt: skip
        session.flush()
        return person.id


@pytest.fixture
def code(world: World, snapshot: Stage) -> str:
    """A product in operation with running plans."""

    def build() -> str:
        code = desk.product(world, "Activity_DesarrollarAsistencia")
        desk.work(world, lambda office: office.work_through())
        return code

    return snapshot("product_place", build)


def test_another_lead_takes_over_what_is_under_way(browse: Browse, world: World, code: str) -> None:
    fresh = lead(world, world.unit_id)
    director = browse("director")
    assert "quién lo lidera" in director.get(f"/productos/{code}")
    director.get(f"/productos/{code}/lugar")
    sent = {"unit_id": str(world.unit_id), "lead_id": str(fresh), "reason": "Cambio de contrato."}
    director.post(f"/productos/{code}/lugar", sent)
    page = director.get(f"/productos/{code}?parte=historia")
    assert "Cambió quién lo lidera: de Ana Ruiz a Nora Líder." in page
    assert "Cambio de contrato." in page
    with transaction() as session:
        row = session.query(Product).filter_by(code=code).one()
        assert row.lead_id == fresh
        waiting = session.query(Task).filter_by(instance_id=row.instance_id, status="open", role="technical_lead")
        assert {task.assignee_id for task in waiting} == {fresh}
        for plan in session.query(WorkPlan).filter_by(product_id=row.id):
            assert session.get_one(Instance, plan.instance_id).people["lead"] == fresh


def test_another_unit_is_for_whoever_decides_in_both(browse: Browse, world: World, code: str) -> None:
    with transaction() as session:
        other = units.add(session, "OTRA", "Otra dirección", by=SYSTEM, now=clock.now()).id
    fresh = lead(world, other)
    director = browse("director")
    assert "Otra dirección" not in director.get(f"/productos/{code}/lugar")
    sent = {"unit_id": str(other), "lead_id": str(fresh), "reason": "Reorganización."}
    refused = director.post(f"/productos/{code}/lugar", sent, 403).get_data(as_text=True)
    assert "no dirige «Otra dirección»" in unescape(refused)
    with transaction() as session:
        session.add(RoleGrant(person_id=world.people["director"], role="technical_director", scope_kind="unit",
                              scope_id=other, since=LONG_AGO))  # fmt: skip
    assert "Otra dirección" in director.get(f"/productos/{code}/lugar")
    director.post(f"/productos/{code}/lugar", sent)
    with transaction() as session:
        row = session.query(Product).filter_by(code=code).one()
        assert {plan.unit_id for plan in session.query(WorkPlan).filter_by(product_id=row.id)} == {other}
        assert {task.unit_id for task in session.query(Task).filter_by(instance_id=row.instance_id, status="open")} == {
            other
        }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"reason": ""}, "Escriba el motivo"), ({"lead_id": "director"}, "no es líder técnica"), ({}, "nada que cambiar")],
)
def test_what_cannot_be_is_said(browse: Browse, world: World, code: str, wrong: dict[str, str], said: str) -> None:
    director = browse("director")
    director.get(f"/productos/{code}/lugar")
    sent = {"unit_id": str(world.unit_id), "lead_id": str(world.people["lider"]), "reason": "Porque sí.", **wrong}
    sent["lead_id"] = str(world.people.get(sent["lead_id"], sent["lead_id"]))
    assert said in director.post(f"/productos/{code}/lugar", sent, 422).get_data(as_text=True)


def test_it_is_not_for_everybody(browse: Browse, world: World, code: str) -> None:
    browse("monitoreo").get(f"/productos/{code}/lugar", 403)


def strategy(world: World) -> int:
    with transaction() as session:
        row = Strategy(name="Fortalecer la inversión", search_name="fortalecer la inversion",
                       objective="Invertir mejor", goals=[], details={}, unit_id=world.unit_id,
                       lead_id=world.people["lider"], created_at=clock.now())  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def test_what_another_window_changed_meanwhile_is_kept(browse: Browse, world: World, code: str) -> None:
    fresh, chosen = lead(world, world.unit_id), strategy(world)
    director, path = browse("director"), f"/productos/{code}/lugar"
    first = opened(director, path)
    second = dict(first)
    director.post(path, {**first, "lead_id": str(fresh), "reason": "Cambio de contrato."})
    answer = director.post(path, {**second, "strategy_id": str(chosen)}, 422).get_data(as_text=True)
    assert f'<option value="{fresh}" selected' in answer  # comes back for its reason, with the lead that stands
    assert f'<option value="{chosen}" selected' in answer
    director.post(path, {**second, "strategy_id": str(chosen), "reason": "La nueva estrategia."})
    page = director.get(f"/productos/{code}")
    assert "lo cambió" in page
    assert "Eso se conserva" in page
    with transaction() as session:
        row = session.query(Product).filter_by(code=code).one()
        assert (row.lead_id, row.strategy_id) == (fresh, chosen)


def test_the_same_datum_is_changed_only_by_whoever_was_told(browse: Browse, world: World, code: str) -> None:
    nora, lia = lead(world, world.unit_id), lead(world, world.unit_id)
    director, path = browse("director"), f"/productos/{code}/lugar"
    old = opened(director, path)
    director.post(path, {**old, "lead_id": str(nora), "reason": "Cambio de contrato."})
    late = {**old, "lead_id": str(lia), "reason": "Conoce mejor el tema."}
    answer = director.post(path, late, 422).get_data(as_text=True)
    assert "cambió quién lo lidera: de Ana Ruiz a Nora Líder" in unescape(answer)
    assert "Conoce mejor el tema." in answer
    director.post(path, {**late, "shown-lead_id": str(nora)})
    with transaction() as session:
        assert session.query(Product).filter_by(code=code).one().lead_id == lia


def test_a_program_says_for_which_version_it_moves_a_product(browse: Browse, world: World, code: str) -> None:
    fresh, director = lead(world, world.unit_id), browse("director")
    address = f"/api/v1/products/{code}"
    read = director.client.get(address).headers["ETag"]
    sent = {"unit_id": world.unit_id, "lead_id": fresh, "strategy_id": None, "reason": "Cambio de contrato."}
    headers = {"If-Match": read, "X-CSRF-Token": director.token}
    assert director.client.put(f"{address}/place", json=sent, headers=headers).status_code == 200
    back = {**sent, "lead_id": world.people["lider"]}
    assert director.client.put(f"{address}/place", json=back, headers=headers).status_code == 412
