"""What is told before and after an act of a product, on accessible pages no wider than the screen."""

from collections.abc import Callable

import pytest

from db import transaction
from tests.browser.conftest import People
from tests.browser.house import House
from tests.browser.test_accessibility import demand_accessible
from tests.processes.office import Office
from tracking import life
from tracking import work_plans
from tracking.models import Product

ARRIVAL, DEVELOPMENT, RESULTS = (
    "Activity_ActivarLlegada", "Activity_DesarrollarAsistencia", "Activity_AplicarMonitoreo360",
)  # fmt: skip


def activation(office: Office, product: Product) -> str:
    office.push(product.instance_id, until=ARRIVAL)
    return f"/tareas/{office.task(product.instance_id, ARRIVAL).id}"


def receipt(office: Office, product: Product) -> str:
    activation(office, product)
    return f"/tareas/{office.do(product.instance_id, ARRIVAL).task.id}/recibo"


def returned(office: Office, product: Product) -> str:
    why = [{"number": 1, "reason": "No dice qué evidencia lo da por cumplido"}]
    office.push(product.instance_id, until="Activity_ParametrizarHitos")
    office.do(product.instance_id, "Activity_ParametrizarHitos", trackable=False, untrackable=why)
    office.do(product.instance_id, "Activity_ValidarProtocolo", verdict="returned", remarks="Atienda a monitoreo.")
    return f"/tareas/{office.task(product.instance_id, 'Activity_DiligenciarProtocolo').id}"


def modification(office: Office, product: Product) -> str:
    office.push(product.instance_id, until=DEVELOPMENT)
    office.work_through()
    lead = office.people["technical_lead"]
    life.request_modification(office.session, product.id, "Sale una entidad.", by=lead, now=office.now)
    office.settle(product.instance_id)
    office.do(product.instance_id, "Activity_SolicitarModificacion", entities=[office.entities[0].id])
    return f"/tareas/{office.task(product.instance_id, 'Activity_ValidarModificacion').id}"


def results(office: Office, product: Product) -> str:
    office.push(product.instance_id, until=DEVELOPMENT)
    office.work_through()
    by = office.people["technical_lead"].actor()
    for plan_id in work_plans.running(office.session, product.id):
        work_plans.cancel(office.session, plan_id, "No hubo convenio.", by=by, now=office.now)
    office.push(product.instance_id, until=RESULTS)
    return f"/tareas/{office.task(product.instance_id, RESULTS).id}"


@pytest.mark.parametrize(
    ("reach", "who", "said"),
    [
        (activation, "lider", "Se abrirán los procedimientos de ATT de 2 entidades"),
        (receipt, "lider", "Ver cómo va"),
        (returned, "lider", "No dice qué evidencia lo da por cumplido"),
        (modification, "der", "Frente al protocolo vigente hay"),
        (results, "lider", "El sistema calculó con corte al"),
    ],
)
def test_what_is_told_is_read_at_every_width(
    house: House, seated: People, reach: Callable[[Office, Product], str], who: str, said: str
) -> None:
    with transaction() as session:
        office = house.office(session)
        path = reach(office, office.start_product())
    desk = seated(who)
    desk.open(path)
    desk.reads(said)
    demand_accessible(desk)
