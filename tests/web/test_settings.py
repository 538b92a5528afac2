"""Ajustes: what the administrator decides for everybody."""

import pytest

from db import reading
from db import settings
from tests.web.conftest import Browse
from tests.web.conftest import Browser

AS_IT_IS = {
    "entity_name": "", "logo_text": "", "portfolio_publisher_role": "der_monitoring", "term_c1": "10", "term_c2": "15",
    "term_c3": "5", "term_c4": "5",
}  # fmt: skip


def change(browse: Browse, status: int = 303, **changes: str) -> tuple[Browser, str]:
    """Send the form with some settings changed; returns the administrator's browser and the answer."""
    admin = browse("admin")
    admin.get("/ajustes")
    return admin, admin.post("/ajustes", {**AS_IT_IS, **changes}, status).get_data(as_text=True)


def kept(key: str) -> object:
    with reading() as session:
        return settings.get(session, key, None)


def test_what_nobody_changed_is_said_to_be_proposed(browse: Browse) -> None:
    assert browse("admin").get("/ajustes").count("Propuesto por el sistema") == 8


def test_a_term_is_kept_as_the_engine_reads_it(browse: Browse) -> None:
    admin, _ = change(browse, term_c1="12")
    assert kept("term_c1") == "working_days:12"
    assert "de 10 días hábiles a 12 días hábiles" in admin.get("/ajustes")


def test_what_stays_the_same_is_not_written(browse: Browse) -> None:
    change(browse)
    assert kept("term_c1") is None


def test_the_name_and_the_bar_are_on_every_page(browse: Browse) -> None:
    change(browse, entity_name="Departamento Nacional de Planeación", show_govco_bar="si")
    page = browse("").get("/portafolio")
    assert "Departamento Nacional de Planeación" in page
    assert 'class="govco"' in page


@pytest.mark.parametrize(
    "wrong", [{"term_c1": "0"}, {"term_c2": "mucho"}, {"portfolio_publisher_role": "administrator"}]
)
def test_a_wrong_value_is_told_at_its_field(browse: Browse, wrong: dict[str, str]) -> None:
    _, text = change(browse, 422, **wrong)
    assert f'href="#{next(iter(wrong))}"' in text


def test_a_scheme_that_leaves_a_department_out_is_refused(browse: Browse) -> None:
    assert "no dice a qué región pertenece" in change(browse, 422, region_scheme="2024")[1]
