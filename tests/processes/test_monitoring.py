"""The monitoring of results comes filled in from the registers; what differs from them is explained."""

from typing import Any

import pytest

from db.errors import InvalidData
from engine import prefill
from tests.processes.conftest import Play
from tests.processes.office import Office
from tests.processes.test_life_in_database import plans
from tracking.models import Product

STEP = "Activity_AplicarMonitoreo360"


@pytest.fixture
def ended(active: None, played: Play) -> None:
    """The plans went to their end."""

    def end(office: Office, product: Product) -> None:
        for plan in plans(office, product):
            office.push(plan.instance_id)
        office.push(product.instance_id, until=STEP)

    played("ended", end)


@pytest.fixture
def measured(ended: None, product: Product) -> Product:
    """A product whose plans went to their end and whose results are to be measured."""
    return product


def filled(office: Office, product: Product) -> list[dict[str, Any]]:
    task = office.task(product.instance_id, STEP)
    return [dict(row) for row in prefill.initial(office.session, task, now=office.now)["milestone_progress"]]


def refused(office: Office, product: Product, **changes: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidData) as error:
        office.do(product.instance_id, STEP, **changes)
    return error.value.errors


def test_the_form_brings_what_is_registered(measured: Product, office: Office) -> None:
    rows = filled(office, measured)
    found = {plan.entity_id: plan for plan in plans(office, measured)}
    assert [row["entity"] for row in rows] == sorted(found)
    for row in rows:
        plan = found[row["entity"]]
        assert row["plan_status"] == f"Cerrado, vigencia {plan.vigencia}"
        assert row["verified"] == row["progress"] == f"{plan.verified_progress:.2f}"
        assert row["reported"] == f"{plan.reported_progress:.2f}"
        assert " de " in row["milestones"]
        assert row["last_term"]
        assert row["as_of"] == "2026-11-24"


def test_what_is_registered_is_sent_as_it_is(measured: Product, office: Office) -> None:
    office.do(measured.instance_id, STEP, milestone_progress=filled(office, measured))
    assert STEP not in office.waiting(measured.instance_id)


def test_another_figure_is_explained(measured: Product, office: Office) -> None:
    rows = filled(office, measured)
    rows[1]["progress"] = "33.00"
    errors = refused(office, measured, milestone_progress=rows)
    assert set(errors) == {"milestone_progress/1/explanation"}
    rows[1]["explanation"] = "La evidencia de un hito está en verificación."
    office.do(measured.instance_id, STEP, milestone_progress=rows)


def test_a_computed_figure_is_not_typed(measured: Product, office: Office) -> None:
    rows = filled(office, measured)
    rows[0]["advisories"] = 900
    assert set(refused(office, measured, milestone_progress=rows)) == {"milestone_progress/0"}


def test_an_entity_without_a_plan_is_refused_and_none_is_left_out(measured: Product, office: Office) -> None:
    rows = filled(office, measured)
    rows[0]["entity"] = office.entities[-1].id + 1
    errors = refused(office, measured, milestone_progress=rows)
    assert "no tiene plan" in errors["milestone_progress/0/entity"][0]
    assert office.entities[0].name in errors["milestone_progress"][0]


def test_a_month_that_has_not_come_is_refused(measured: Product, office: Office) -> None:
    coming = [{"indicator": "Bancos de proyectos actualizados", "month": "2026-12", "achieved": "3"}]
    errors = refused(office, measured, indicator_results=coming)
    assert "el mes en curso o uno anterior" in errors["indicator_results/0/month"][0]
    present = [{"indicator": "Bancos de proyectos actualizados", "month": "2026-11", "achieved": "3"}]
    office.do(measured.instance_id, STEP, indicator_results=present)


def test_an_indicator_that_the_protocol_does_not_have_is_refused(measured: Product, office: Office) -> None:
    results = [
        {"indicator": " BANCOS de proyectos  actualizados", "month": "2026-10", "achieved": "3"},
        {"indicator": "Inventado", "month": "2026-10", "achieved": "3"},
    ]
    errors = refused(office, measured, indicator_results=results)
    said = "Escriba un indicador como aparece en el protocolo: «Bancos de proyectos actualizados»."
    assert errors == {"indicator_results/1/indicator": [said]}
    office.do(measured.instance_id, STEP, indicator_results=results[:1])


def test_what_was_computed_and_from_when_is_told(measured: Product, office: Office) -> None:
    task, rows = office.task(measured.instance_id, STEP), filled(office, measured)
    rows[0]["progress"] = "1.00"
    found = prefill.consequences(office.session, task, {"milestone_progress": rows}, now=office.now)
    told = {one.kind: one for one in found}
    assert "con corte al 24 de noviembre de 2026" in told["computed"].text
    assert (told["computed"].count, told["differing"].count) == (2, 1)


def test_what_a_draft_holds_badly_does_not_break_the_telling(measured: Product, office: Office) -> None:
    task, rows = office.task(measured.instance_id, STEP), [{"as_of": "ayer", "progress": "mucho"}, {}]
    (computed, _) = prefill.consequences(office.session, task, {"milestone_progress": rows}, now=office.now)
    assert "con corte al 24 de noviembre de 2026" in computed.text
