"""Milestones that a modification changes: who they go on with, C3 before any plan adopts, and what adopting does."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db import SYSTEM
from db.errors import InvalidData
from engine import definitions
from engine import prefill
from engine.registry import Consequence
from tests.processes.office import Office
from tests.processes.older import older
from tracking import life
from tracking import milestones
from tracking import modifications
from tracking import templates
from tracking.models import Product
from tracking.models import WorkPlan
from workflows import ciclo_de_vida
from workflows.forms import diseno
from workflows.forms import protocol

REQUEST, VERDICT, C3, ADOPTION = (
    "Activity_SolicitarModificacion", "Activity_ValidarModificacion", "Activity_ParametrizarModificacion",
    "Activity_DecidirAdopcion",
)  # fmt: skip
OLDER = Path(__file__).parent / "versions" / "modificacion_protocolo_1.bpmn"
"""The modification as it was before changed milestones passed C3; its picture is left out."""


def ask(office: Office, product: Product) -> None:
    lead = office.people["technical_lead"]
    life.request_modification(office.session, product.id, "Cambian los hitos.", by=lead, now=office.now)
    office.settle(product.instance_id)


@pytest.fixture
def asked(active: None, office: Office, product: Product) -> Product:
    """A product in operation whose lead writes a request of modification."""
    ask(office, product)
    return product


def rows_of(office: Office, product: Product, element: str = REQUEST) -> list[dict[str, Any]]:
    start = prefill.initial(office.session, office.task(product.instance_id, element), now=office.now)
    return [dict(row) for row in start["milestones"]]


def without_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first row taken out and the rest numbered from one, as any lead would; weights left to be equal."""
    kept = [{**row, "number": number} for number, row in enumerate(rows[1:], start=1)]
    for row in kept:
        row.pop("weight"), row.pop("group_weight")
    return kept


def plans(office: Office, product: Product) -> list[WorkPlan]:
    return list(office.session.scalars(select(WorkPlan).where(WorkPlan.product_id == product.id).order_by(WorkPlan.id)))


def told(office: Office, product: Product, element: str, **data: Any) -> Mapping[str, Consequence]:
    task = office.task(product.instance_id, element)
    start = prefill.initial(office.session, task, now=office.now)
    found = prefill.consequences(office.session, task, {**start, **data}, now=office.now)
    return {one.kind: one for one in found}


def report_first(office: Office, product: Product) -> WorkPlan:
    plan = plans(office, product)[0]
    office.push(plan.instance_id, until="Activity_EjecutarAsistencia")
    advisor = office.people["territorial_advisor"]
    first = milestones.of_plan(office.session, plan.id)[0]
    milestones.report(
        office.session, first.id, occurred_on=(office.now - timedelta(days=1)).date(), files=[office.file], by=advisor,
        now=office.now,
    )  # fmt: skip
    return plan


def request(office: Office, product: Product, rows: list[dict[str, Any]]) -> None:
    office.do(product.instance_id, REQUEST, milestones=rows, changes=["milestones"])
    office.do(product.instance_id, VERDICT, verdict="validated")


def test_every_row_in_force_says_which_milestone_it_is(asked: Product, office: Office) -> None:
    rows = rows_of(office, asked)
    assert [row["continues"] for row in rows] == [f"{row['number']} · {row['name']}" for row in rows]


def test_a_milestone_that_may_be_another_is_asked_about(asked: Product, office: Office) -> None:
    rows = rows_of(office, asked)
    rows[0] = {**rows[0], "name": "Diagnóstico del banco municipal de proyectos", "continues": ""}
    with pytest.raises(InvalidData) as refused:
        office.do(asked.instance_id, REQUEST, milestones=rows, changes=["milestones"])
    assert "continúa «1 · Diagnóstico del banco de proyectos»" in refused.value.errors["milestones/0/continues"][0]


def test_a_row_is_not_one_milestone_under_the_name_of_another(asked: Product, office: Office) -> None:
    rows = rows_of(office, asked)
    rows[0] = {**rows[0], "name": rows[1]["name"]}
    with pytest.raises(InvalidData) as refused:
        office.do(asked.instance_id, REQUEST, milestones=rows, changes=["milestones"])
    assert set(refused.value.errors) == {"milestones/0/continues"}


def test_the_author_is_told_of_the_progress_that_goes(asked: Product, office: Office) -> None:
    report_first(office, asked)
    found = told(office, asked, REQUEST, milestones=without_first(rows_of(office, asked)), changes=["milestones"])
    assert found["progress_retired"].warning
    assert "«1 · Diagnóstico del banco de proyectos», que ya está reportado en 1 plan" in found["progress_retired"].text


def test_changed_milestones_pass_c3_before_they_are_in_force(asked: Product, office: Office) -> None:
    request(office, asked, without_first(rows_of(office, asked)))
    assert C3 in office.waiting(asked.instance_id)
    assert templates.latest_version(office.session, asked.id) == 1
    assert modifications.of_product(office.session, asked.id) == []
    assert office.who(office.task(asked.instance_id, C3)) == office.people["der_monitoring"]


def test_without_changed_milestones_nobody_is_asked_for_c3(asked: Product, office: Office) -> None:
    office.do(asked.instance_id, REQUEST, entities=[office.entities[0].id], changes=["targeting"])
    office.do(asked.instance_id, VERDICT, verdict="validated")
    assert {C3, ADOPTION} & set(office.waiting(asked.instance_id)) == {ADOPTION}


def test_c3_sends_back_to_c2_what_cannot_be_followed(asked: Product, office: Office) -> None:
    request(office, asked, without_first(rows_of(office, asked)))
    why = [{"number": 1, "reason": "No dice qué evidencia lo da por cumplido."}]
    office.do(asked.instance_id, C3, trackable=False, untrackable=why, milestones=rows_of(office, asked, C3))
    assert VERDICT in office.waiting(asked.instance_id)
    office.do(asked.instance_id, VERDICT, verdict="returned", remarks="Diga la evidencia del hito 1.")
    request(office, asked, rows_of(office, asked))
    assert C3 in office.waiting(asked.instance_id)


def test_the_weights_of_c3_are_those_in_force(asked: Product, office: Office) -> None:
    request(office, asked, without_first(rows_of(office, asked)))
    rows = rows_of(office, asked, C3)
    for row, weight in zip(rows, ("100", "70", "30"), strict=True):
        row |= {"weight": weight, "group_weight": "20" if row["group"] == "Alistamiento" else "80"}
    office.do(asked.instance_id, C3, milestones=rows, weights_confirmed=False, template_note="Los revisa la unidad.")
    current = templates.latest(office.session, asked.id)
    assert current is not None
    assert (current.version, current.confirmed) == (2, False)
    assert [row.total_weight for row in templates.milestones_of(office.session, current.id)] == [20, 56, 24]
    office.do(asked.instance_id, ADOPTION, adoption="none")
    ask(office, asked)
    assert [row["weight"] for row in rows_of(office, asked)] == ["100.00", "70.00", "30.00"]


def test_adoption_is_told_per_plan_with_its_progress_and_done_so(asked: Product, office: Office) -> None:
    plan = report_first(office, asked)
    request(office, asked, without_first(rows_of(office, asked)))
    office.do(asked.instance_id, C3, milestones=rows_of(office, asked, C3))
    found = told(office, asked, ADOPTION, adoption="all")
    assert found["adopting"].text == "Adoptarán la modificación: 2 planes."
    said = next(one.text for one in found["adopting"].named if one.url == f"/planes/{plan.id}")
    assert "reportado, de 24\u00a0% a 0\u00a0%" in said
    assert "se retira «Diagnóstico del banco de proyectos», cumplido según reporte" in said
    assert "«Responsable del banco designado» pasa de hito 2 a hito 1" in said
    office.do(asked.instance_id, ADOPTION, adoption="all")
    office.work_through()
    assert [(row.number, row.status) for row in milestones.of_plan(office.session, plan.id)] == [
        (1, "pending"), (2, "pending"), (3, "pending"),
    ]  # fmt: skip


def test_a_case_of_the_version_before_goes_on_as_it_was_drawn(office: Office, product: Product) -> None:
    _go_back(office)
    older = office.start_product("Producto de la versión anterior")
    office.push(older.instance_id, until="Activity_DesarrollarAsistencia")
    office.work_through()
    ask(office, older)
    rows = without_first(rows_of(office, older))
    office.do(older.instance_id, REQUEST, milestones=rows, changes=["milestones"])
    office.do(older.instance_id, VERDICT, verdict="validated")
    assert {C3, ADOPTION} & set(office.waiting(older.instance_id)) == {ADOPTION}
    first = plans(office, older)[0]
    office.do(older.instance_id, ADOPTION, adoption="all")
    office.work_through()
    names = [row.name for row in milestones.of_plan(office.session, first.id)]
    assert names == [row["name"] for row in rows]


def _go_back(office: Office) -> None:
    """Deploy the life of a product with the modification as it was, and its forms."""
    files = {**ciclo_de_vida.PROCESS.files, "modificacion_protocolo.bpmn": OLDER.read_text(encoding="utf-8")}
    forms = dict(ciclo_de_vida.PROCESS.forms)
    asked = forms["solicitud_modificacion"]
    forms["solicitud_modificacion"] = replace(asked, sections=(asked.sections[0], *protocol.SECTIONS))
    del forms["parametrizacion_modificacion"]
    assert diseno.PARAMETERISATION.name in forms
    definitions.deploy(office.session, older(ciclo_de_vida.PROCESS, files, forms), by=SYSTEM, now=office.now)
