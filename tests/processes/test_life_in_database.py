"""A product lives its whole life in the database, with real forms, permissions, rows and history."""

from collections import Counter

import pytest
from sqlalchemy import select

from db import history
from db.clock import local_date
from db.errors import Conflict
from db.errors import NotAllowed
from engine import instances
from engine import operations
from engine import tasks
from engine.models import InstanceStatus
from notifications import sources
from notifications.calendar import Due
from notifications.models import Fact
from tests.processes.office import Office
from tracking import life
from tracking import products
from tracking.models import CorrectiveAction
from tracking.models import Product
from tracking.models import ProductStage
from tracking.models import ProductStatus
from tracking.models import WorkPlan


def plans(office: Office, product: Product) -> list[WorkPlan]:
    return list(office.session.scalars(select(WorkPlan).where(WorkPlan.product_id == product.id).order_by(WorkPlan.id)))


def _decided(office: Office, plan: WorkPlan) -> history.HistoryRow:
    rows = history.of(office.session, history.Subject("work_plan", plan.id))
    return next(row for row in rows if row.action == "plan.modification_decided")


def test_a_new_product_waits_for_its_name(office: Office, product: Product) -> None:
    assert "Activity_NombrarProducto" in office.waiting(product.instance_id)


def test_naming_names_the_product(office: Office, product: Product) -> None:
    office.do(product.instance_id, "Activity_NombrarProducto", name="Bancos de proyectos")
    assert products.get(office.session, product.id).name == "Bancos de proyectos"


def test_c1_suggests_and_the_author_decides(office: Office, product: Product) -> None:
    office.push(product.instance_id, until="Activity_RetroalimentarFicha")
    office.do(product.instance_id, "Activity_RetroalimentarFicha", suggests_round=True)
    office.do(product.instance_id, "Activity_ResponderRetroalimentacion", another_round=True)
    task = office.task(product.instance_id, "Activity_ElaborarFicha")
    assert task.round == 2


def test_c2_returns_and_c3_returns_to_c2(office: Office, product: Product) -> None:
    case = product.instance_id
    office.push(case, until="Activity_ValidarProtocolo")
    office.do(case, "Activity_ValidarProtocolo", verdict="returned", remarks="Precise las metas.")
    office.do(case, "Activity_DiligenciarProtocolo")
    office.do(case, "Activity_ValidarProtocolo", verdict="validated")
    office.do(
        case, "Activity_ParametrizarHitos", trackable=False,
        untrackable=[{"number": 1, "reason": "No tiene medio de verificación."}],
    )  # fmt: skip
    assert "Activity_ValidarProtocolo" in office.waiting(case)


def test_the_lead_does_not_validate_what_they_wrote(office: Office, product: Product) -> None:
    office.push(product.instance_id, until="Activity_ValidarProtocolo")
    task = office.task(product.instance_id, "Activity_ValidarProtocolo")
    lead = office.people["technical_lead"]
    with pytest.raises(NotAllowed):
        tasks.complete(office.session, task.id, office.answer(task, {}), by=lead, now=office.now)


def facts_of(office: Office) -> dict[str, int]:
    """Kind of fact → how many were recorded."""
    return Counter(office.session.scalars(select(Fact.kind)))


def test_answering_at_a_gate_meets_its_term(office: Office, product: Product) -> None:
    office.push(product.instance_id, until="Activity_RetroalimentarFicha")
    (gate,) = list(sources.subjects(office.session, "gates", local_date(office.now)))
    task = office.task(product.instance_id, "Activity_RetroalimentarFicha")
    assert (gate.id, gate.product_id, gate.due) == (task.id, product.id, Due(task.due_at, task.due_reason))
    assert "gate.completed" not in facts_of(office)
    office.do(product.instance_id, "Activity_RetroalimentarFicha", suggests_round=False)
    fact = office.session.scalars(select(Fact).where(Fact.kind == "gate.completed")).one()
    assert (fact.kind, fact.subject_kind, fact.subject_id, fact.period) == (
        "gate.completed", "task", task.id, f"E{task.id}",
    )  # fmt: skip


def test_activation_opens_one_procedure_per_entity_with_its_advisor(
    active: None, office: Office, product: Product
) -> None:
    advisor = office.people["territorial_advisor"].person_id
    found = plans(office, product)
    assert [(plan.entity_id, plan.advisor_id) for plan in found] == [(e.id, advisor) for e in office.entities]
    assert all(office.waiting(plan.instance_id) == ["Activity_IdentificarNecesidad"] for plan in found)


def test_operation_does_not_end_while_procedures_run(active: None, office: Office, product: Product) -> None:
    with pytest.raises(Conflict, match="planes de trabajo en curso"):
        office.do(product.instance_id, "Activity_DesarrollarAsistencia")


def test_the_whole_life_reaches_its_end(active: None, office: Office, product: Product) -> None:
    for plan in plans(office, product):
        office.push(plan.instance_id)
        assert office.instance(plan.instance_id).status == InstanceStatus.COMPLETED
        assert plan.status == "closed"
    for action in office.session.scalars(select(CorrectiveAction)).all():
        office.push(action.instance_id)
        assert action.status == "closed"
    office.push(product.instance_id)
    counted = facts_of(office)
    assert counted["gate.completed"] == 4  # C1 to C4
    assert counted["evaluation.recorded"] == len(plans(office, product))
    assert counted["monitoring.recorded"] >= len(plans(office, product))
    assert counted["content_schedule.sent"] >= 1
    row = products.get(office.session, product.id)
    assert (row.status, row.stage) == (ProductStatus.CLOSED, ProductStage.FOLLOW_UP)
    assert office.instance(product.instance_id).outcome == "Event_ProductoTerminado"
    assert list(history.verify(office.session)) == []


def test_a_withdrawn_product_takes_its_plans_along(active: None, office: Office, product: Product) -> None:
    found = plans(office, product)
    lead = office.people["technical_lead"]
    life.withdraw_product(office.session, product.id, "Se fusiona con otro producto.", by=lead, now=office.now)
    office.settle(product.instance_id)
    office.work_through()
    assert products.get(office.session, product.id).status == ProductStatus.WITHDRAWN
    assert {plan.status for plan in found} == {"cancelled"}
    assert {office.instance(plan.instance_id).status for plan in found} == {InstanceStatus.CANCELLED}


def test_a_validated_protocol_can_be_modified(active: None, office: Office, product: Product) -> None:
    lead = office.people["technical_lead"]
    life.request_modification(office.session, product.id, "Cambian las metas.", by=lead, now=office.now)
    office.settle(product.instance_id)
    office.do(product.instance_id, "Activity_SolicitarModificacion")
    office.do(product.instance_id, "Activity_ValidarModificacion", verdict="validated")
    office.do(product.instance_id, "Activity_DecidirAdopcion", adoption="all")
    (adoption,) = [row for row in operations.listed(office.session).items if row.kind == "adopt_modification"]
    assert (adoption.done, adoption.total) == (0, 2)
    office.work_through()
    assert (adoption.done, adoption.status) == (2, "done")
    assert all(_decided(office, plan).capacity == "Líder técnico" for plan in plans(office, product))
    assert life.MODIFICATION in instances.accepts(office.session, office.instance(product.instance_id).id)


def test_a_protocol_that_is_not_validated_cannot_be_modified(office: Office, product: Product) -> None:
    with pytest.raises(Conflict):
        life.request_modification(
            office.session, product.id, "Antes de tiempo.", by=office.people["technical_lead"], now=office.now
        )
