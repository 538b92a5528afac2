"""Ajustes: what the administrator decides for everybody."""

import pytest
from sqlalchemy import select

from db import SYSTEM
from db import clock
from db import reading
from db import settings
from db import transaction
from directory import regions
from directory.models import Department
from tests.web.conftest import Browse
from tests.web.conftest import Browser

AS_IT_IS = {
    "entity_name": "", "logo_text": "", "portfolio_publisher_role": "der_monitoring", "term_c1": "10", "term_c2": "15",
    "term_c3": "5", "term_c4": "5", "term_corrective_formulation": "5", "term_corrective_closing": "5",
    "term_support_answer": "5", "term_support_confirmation": "5"
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
    assert browse("admin").get("/ajustes").count("Propuesto por el sistema") == 20


def test_a_term_is_kept_as_the_engine_reads_it(browse: Browse) -> None:
    admin, _ = change(browse, term_c1="12")
    assert kept("term_c1") == "working_days:12"
    assert "de 10 días hábiles a 12 días hábiles" in admin.get("/ajustes")


def test_checkpoints_are_sent_to_addresses_that_are_some(browse: Browse) -> None:
    long = ", ".join(f"control{number}@entidad-de-control.gov.co" for number in range(5))
    admin, _ = change(browse, checkpoint_addresses=long)
    assert kept("checkpoint_addresses") == long
    assert "Cambió «A quién se envía cada día el punto de control de la historia»" in admin.get("/ajustes")
    assert "«nadie» no es un correo ni una dirección https://." in change(browse, 422, checkpoint_addresses="nadie")[1]


def test_what_stays_the_same_is_not_written(browse: Browse) -> None:
    change(browse)
    assert kept("term_c1") is None


def test_the_name_and_the_bar_are_on_every_page(browse: Browse) -> None:
    change(browse, entity_name="Departamento Nacional de Planeación", show_govco_bar="si")
    page = browse("").get("/portafolio")
    assert "Departamento Nacional de Planeación" in page
    assert 'class="govco"' in page


@pytest.mark.parametrize("wrong", [
    {"term_c1": "0"}, {"term_c2": "mucho"}, {"portfolio_publisher_role": "administrator"},
    {"portfolio_publisher_role": "partner_entity"},
])  # fmt: skip
def test_a_wrong_value_is_told_at_its_field(browse: Browse, wrong: dict[str, str]) -> None:
    _, text = change(browse, 422, **wrong)
    assert f'href="#{next(iter(wrong))}"' in text


def test_a_scheme_that_leaves_a_department_out_is_refused(browse: Browse) -> None:
    assert "no dice a qué región pertenece" in change(browse, 422, region_scheme="2024")[1]
    assert browse("admin").get("/ajustes").count("Todavía no se puede elegir") == 2


def test_a_scheme_whose_regions_were_named_can_be_chosen(browse: Browse) -> None:
    with transaction() as session:
        codes = sorted(session.scalars(select(Department.code)))
        named = {f"Región {number}": codes[number::8] for number in range(8)}
        regions.define(session, "2024", named, by=SYSTEM, now=clock.now())
    admin, _ = change(browse, region_scheme="2024")
    page = admin.get("/ajustes")
    assert page.count("Todavía no se puede elegir") == 1
    assert "Ocho regiones de la estructura de 2024 (8 regiones), vigente" in page
    assert "El país se divide según" in browse("control").get("/ajustes")


def test_internal_control_reads_the_settings_and_their_history(browse: Browse) -> None:
    change(browse, term_c1="12")
    control = browse("control")
    page = control.get("/ajustes")
    assert "de 10 días hábiles a 12 días hábiles" in page
    assert "Guardar los ajustes" not in page
    control.post("/ajustes", AS_IT_IS, 403)
    browse("director").get("/ajustes", 403)
