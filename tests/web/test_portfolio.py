"""The public portfolio: found by what it strengthens, told in words and never in stored values."""

import pytest

from db import clock
from db import transaction
from tests.web.conftest import Browse
from tests.web.test_flow import start_product
from tests.web.world import World
from tracking.models import Product
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


@pytest.mark.parametrize("wanted", ["capacidad=administrative", "tema=functional", "momento=planning", "buscar=bancos"])
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
