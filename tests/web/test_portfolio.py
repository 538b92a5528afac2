"""The public portfolio: found by what it strengthens, told in words and never in stored values."""

import re

import pytest

from db import clock
from db import transaction
from directory.models import Entity
from engine.models import Submission
from tests.web.conftest import Browse
from tests.web.test_flow import fill
from tests.web.test_flow import start_product
from tests.web.world import World
from tracking.models import Product
from tracking.models import ProductEntity
from tracking.models import ProductTag

SHEET = {"summary": "Ayudamos a su entidad.", "capacity_types": ["administrative"], "descriptors": ["functional"],
         "moments": ["planning"], "modalities": ["training", "remote"]}  # fmt: skip


@pytest.fixture
def code(browse: Browse, world: World) -> str:
    """A product in the portfolio."""
    start_product(browse("lider"), world)
    with transaction() as session:
        row = session.query(Product).one()
        row.published_at, row.sheet = clock.now(), SHEET
        tags = {"capacity": "administrative", "descriptor": "functional", "moment": "planning"}
        session.add_all(ProductTag(product_id=row.id, kind=kind, value=value) for kind, value in tags.items())
        return row.code


@pytest.mark.parametrize(
    "wanted",
    [
        "capacidad=administrative",
        "tema=functional",
        "momento=planning",
        "buscar=bancos",
        "buscar=banco+de+proyecto",
        "buscar=Bancos+de+proyectos",
    ],
)
def test_a_product_is_found_by_what_it_is(browse: Browse, code: str, wanted: str) -> None:
    assert f"/portafolio/{code}" in browse("").get(f"/portafolio?{wanted}")


@pytest.mark.parametrize("other", ["capacidad=political", "tema=sectoral", "momento=control", "departamento=05"])
def test_a_product_is_not_found_by_what_it_is_not(browse: Browse, code: str, other: str) -> None:
    assert f"/portafolio/{code}" not in browse("").get(f"/portafolio?{other}")


def test_the_sheet_says_labels_and_no_stored_value(browse: Browse, code: str) -> None:
    page = browse("").get(f"/portafolio/{code}")
    for words in ("Capacidades administrativas", "Planificación", "Capacitación y Asistencia técnica remota"):
        assert words in page
    assert "administrative" not in page


def test_the_sheet_groups_its_places_by_department(browse: Browse, world: World, code: str) -> None:
    with transaction() as session:
        row = session.query(Product).one()
        session.add_all(ProductEntity(product_id=row.id, entity_id=key, since=clock.now()) for key in world.entities)
    page = browse("").get(f"/portafolio/{code}").replace("\xa0", " ")
    assert "3 entidades en 1 departamento." in page
    assert "Antioquia (3)" in page


def test_the_departments_stand_in_order_whatever_their_accents(browse: Browse, world: World, code: str) -> None:
    with transaction() as session:
        row = session.query(Product).one()
        for name in ("23", "25"):
            one = session.query(Entity).filter_by(department_code=name).order_by(Entity.id).limit(1).one()
            session.add(ProductEntity(product_id=row.id, entity_id=one.id, since=clock.now()))
    page = browse("").get(f"/portafolio/{code}")
    assert page.index("<summary>Córdoba") < page.index("<summary>Cundinamarca")


def test_the_receipt_of_the_publication_leads_to_the_public_sheet(browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    fill(task_id, lead)
    sent = dict(re.findall(r'name="(key|revision)" value="([^"]*)"', lead.get(f"/tareas/{task_id}/revision")))
    lead.post(f"/tareas/{task_id}/enviar", sent)
    assert "Ver la ficha pública" not in lead.get(f"/tareas/{task_id}/recibo")
    with transaction() as session:
        product = session.query(Product).one()
        product.published_at = clock.now()
        submission = session.query(Submission).filter_by(task_id=task_id).one()
        submission.data = {**submission.data, "published": True}
        code = product.code
    assert f'href="/portafolio/{code}">Ver la ficha pública' in lead.get(f"/tareas/{task_id}/recibo")


@pytest.mark.parametrize("text", ["antioquia", "ANTIOQUIA bancos", "acompañamos", "Medellin", "{code}"])
def test_the_search_looks_in_what_is_shown_and_in_where_it_reaches(
    browse: Browse, world: World, code: str, text: str
) -> None:
    with transaction() as session:
        row = session.query(Product).one()
        row.sheet = {"summary": "Acompañamos a su municipio.", "provider": "DNP"}
        session.add_all(ProductEntity(product_id=row.id, entity_id=key, since=clock.now()) for key in world.entities)
    for asked, seen in ((text.format(code=code), True), ("vichada", False)):
        assert (f"/portafolio/{code}" in browse("").get(f"/portafolio?buscar={asked}")) is seen
