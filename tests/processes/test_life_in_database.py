"""A product lives its whole life in the database, with real forms, permissions, rows and history."""

import pytest
from sqlalchemy import select

from db import history
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from engine import instances
from engine import tasks
from engine.models import InstanceStatus
from tracking import life
from tracking import products
from tracking.models import CorrectiveAction
from tracking.models import ProductStage
from tracking.models import ProductStatus
from tracking.models import WorkPlan


def plans(office, product) -> list[WorkPlan]:
    return list(office.session.scalars(select(WorkPlan).where(WorkPlan.product_id == product.id).order_by(WorkPlan.id)))


def test_a_new_product_waits_for_its_name(office, product) -> None:
    assert "Activity_NombrarProducto" in office.waiting(product.instance_id)


def test_naming_names_the_product(office, product) -> None:
    office.do(product.instance_id, "Activity_NombrarProducto", name="Bancos de proyectos")
    assert products.get(office.session, product.id).name == "Bancos de proyectos"


def test_c1_suggests_and_the_author_decides(office, product) -> None:
    office.push(product.instance_id, until="Activity_RetroalimentarFicha")
    office.do(product.instance_id, "Activity_RetroalimentarFicha", suggests_round=True)
    office.do(product.instance_id, "Activity_ResponderRetroalimentacion", another_round=True)
    task = next(t for t in tasks.open_of(office.session, product.instance_id) if t.element == "Activity_ElaborarFicha")
    assert task.round == 2


def test_c2_returns_and_c3_returns_to_c2(office, product) -> None:
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


def test_the_lead_does_not_validate_what_they_wrote(office, product) -> None:
    office.push(product.instance_id, until="Activity_ValidarProtocolo")
    task = next(
        t for t in tasks.open_of(office.session, product.instance_id) if t.element == "Activity_ValidarProtocolo"
    )
    lead = office.people["technical_lead"]
    with pytest.raises(NotAllowed):
        tasks.complete(office.session, task.id, office.answer(task, {}), by=lead, now=office.now)


def test_activation_opens_one_procedure_per_entity_with_its_advisor(active, office, product) -> None:
    advisor = office.people["territorial_advisor"].person_id
    found = plans(office, product)
    assert [(plan.entity_id, plan.advisor_id) for plan in found] == [(e.id, advisor) for e in office.entities]
    assert all(office.waiting(plan.instance_id) == ["Activity_IdentificarNecesidad"] for plan in found)


def test_operation_does_not_end_while_procedures_run(active, office, product) -> None:
    with pytest.raises(InvalidData):
        office.do(product.instance_id, "Activity_DesarrollarAsistencia")


def test_the_whole_life_reaches_its_end(active, office, product) -> None:
    for plan in plans(office, product):
        office.push(plan.instance_id)
        assert office.instance(plan.instance_id).status == InstanceStatus.COMPLETED
        assert plan.status == "closed"
    for action in office.session.scalars(select(CorrectiveAction)).all():
        office.push(action.instance_id)
        assert action.status == "closed"
    office.push(product.instance_id)
    row = products.get(office.session, product.id)
    assert (row.status, row.stage) == (ProductStatus.CLOSED, ProductStage.FOLLOW_UP)
    assert office.instance(product.instance_id).outcome == "Event_ProductoTerminado"
    assert list(history.verify(office.session)) == []


def test_a_refused_consent_skips_monitoring_and_execution_goes_on(active, office, product) -> None:
    plan = plans(office, product)[0]
    office.push(plan.instance_id, until="Activity_RegistrarConsentimiento")
    office.do(plan.instance_id, "Activity_RegistrarConsentimiento", consent=False, reason="No dispone de equipo.")
    assert office.waiting(plan.instance_id) == ["Activity_EjecutarAsistencia"]
    assert plan.consent == "refused"


def test_a_withdrawn_consent_ends_monitoring(active, office, product) -> None:
    plan = plans(office, product)[0]
    office.push(plan.instance_id, until="Activity_MonitorearAsistencia")
    life.withdraw_consent(
        office.session, plan.id, name="Alcaldesa", post="Alcaldesa municipal", date=office.now.date(),
        evidence_files=[office.file], reason="Cambio de administración.", by=office.people["territorial_advisor"],
        now=office.now,
    )  # fmt: skip
    office.settle(plan.instance_id)
    assert office.waiting(plan.instance_id) == ["Activity_EjecutarAsistencia"]


def test_a_withdrawn_product_takes_its_plans_along(active, office, product) -> None:
    found = plans(office, product)
    lead = office.people["technical_lead"]
    life.withdraw_product(office.session, product.id, "Se fusiona con otro producto.", by=lead, now=office.now)
    office.settle(product.instance_id)
    office.work_through()
    assert products.get(office.session, product.id).status == ProductStatus.WITHDRAWN
    assert {plan.status for plan in found} == {"cancelled"}
    assert {office.instance(plan.instance_id).status for plan in found} == {InstanceStatus.CANCELLED}


def test_a_validated_protocol_can_be_modified(active, office, product) -> None:
    lead = office.people["technical_lead"]
    life.request_modification(office.session, product.id, "Cambian las metas.", by=lead, now=office.now)
    office.settle(product.instance_id)
    office.do(product.instance_id, "Activity_SolicitarModificacion")
    office.do(product.instance_id, "Activity_ValidarModificacion", verdict="validated")
    office.do(product.instance_id, "Activity_DecidirAdopcion", adoption="all")
    assert life.MODIFICATION in instances.accepts(office.session, product.instance_id)


def test_a_protocol_that_is_not_validated_cannot_be_modified(office, product) -> None:
    with pytest.raises(Conflict):
        life.request_modification(
            office.session, product.id, "Antes de tiempo.", by=office.people["technical_lead"], now=office.now
        )
