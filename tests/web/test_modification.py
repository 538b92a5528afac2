"""A modification of a protocol on the pages: the difference beside what its author says, and what each act began."""

from typing import Any

import pytest

from db import reading
from engine import drafts
from engine import prefill
from engine.models import Submission
from tests.processes.office import Office
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.world import World
from tracking import life
from tracking.models import Product

REQUEST, VERDICT, ADOPTION = (
    "Activity_SolicitarModificacion", "Activity_ValidarModificacion", "Activity_DecidirAdopcion",
)  # fmt: skip


@pytest.fixture
def code(world: World) -> str:
    """A product in operation whose lead writes a request of modification."""
    code = desk.product(world, "Activity_DesarrollarAsistencia")

    def ask(office: Office) -> None:
        office.work_through()
        ask_again(office, code)

    desk.work(world, ask)
    return code


def ask_again(office: Office, code: str) -> None:
    """Let the lead of a product ask for a modification of its protocol."""
    product = office.session.query(Product).filter_by(code=code).one()
    lead = office.people["technical_lead"]
    life.request_modification(office.session, product.id, "Cambian las entidades.", by=lead, now=office.now)
    office.settle(product.instance_id)


def test_author_and_der_see_the_difference_and_each_act_its_operation(world: World, code: str, browse: Browse) -> None:
    lead, der = browse("lider"), browse("der")
    assert "No cambia nada frente al protocolo vigente" in lead.get(f"/tareas/{desk.task(world, code, REQUEST)}")
    desk.do(world, code, REQUEST, entities=world.entities[:2], changes=["costs"])
    page = der.get(f"/tareas/{desk.task(world, code, VERDICT)}")
    assert "Frente al protocolo vigente hay 1 cambio" in page
    assert "Entidades focalizadas: salen" in page
    assert "Está marcado en «¿Qué cambia?» y no cambió: «Costos y recursos»." in page
    decided = desk.do(world, code, VERDICT, verdict="validated")
    assert "Abrir los planes de trabajo" in der.get(f"/tareas/{decided}/recibo")
    desk.work(world, lambda office: office.work_through())
    page = lead.get(f"/tareas/{desk.task(world, code, ADOPTION)}")
    assert "Por decidir si la adoptan: 2 planes." in page
    assert "Seguirán con el protocolo anterior" not in page
    assert "No los alcanza, porque su entidad salió de la focalización" in page
    adopted = desk.do(world, code, ADOPTION, adoption="all")
    receipt = lead.get(f"/tareas/{adopted}/recibo")
    assert "Decidir la adopción" in receipt
    assert "En curso: 0 de 2" in receipt


def test_what_a_row_leaves_unsaid_is_no_change_and_both_accounts_agree(world: World, code: str, browse: Browse) -> None:
    desk.do(world, code, REQUEST, entities=world.entities[:2], changes=["targeting"])  # no row says which it goes on
    page = browse("der").get(f"/tareas/{desk.task(world, code, VERDICT)}")
    assert "Frente a lo vigente cambió: Entidades focalizadas." in page
    assert "Hay un cambio frente a lo vigente" in page
    assert "Frente al protocolo vigente hay 1 cambio" in page
    assert "Entran:" not in page  # one leaves, nobody comes


def test_a_milestone_in_force_given_up_for_a_new_one_counts_in_both_accounts(
    world: World, code: str, browse: Browse
) -> None:
    rows = desk.work(world, lambda office: _asked(office, code)["milestones"])
    desk.do(world, code, REQUEST, milestones=[{**rows[0], "continues": "new"}, *rows[1:]], changes=["milestones"])
    page = browse("der").get(f"/tareas/{desk.task(world, code, VERDICT)}")
    assert "Hay un cambio frente a lo vigente" in page
    assert "Frente al protocolo vigente hay 1 cambio" in page
    assert "Hito vigente que continúa: de «1 · " in page


def test_who_opens_it_and_leads_the_product_is_given_its_form(world: World, browse: Browse) -> None:
    code = desk.product(world, "Activity_DesarrollarAsistencia")
    lider = browse("lider")
    lider.get(f"/productos/{code}/modificacion")
    lider.post(f"/productos/{code}/modificacion", {"reason": "Cambian las entidades."})
    said = lider.get(f"/productos/{code}")
    assert f'<a href="/tareas/{desk.task(world, code, REQUEST)}">Solicitar la modificación</a>' in said


def test_who_opens_it_and_does_not_lead_the_product_is_told_who_has_its_form(world: World, browse: Browse) -> None:
    code, director = desk.product(world, "Activity_DesarrollarAsistencia"), browse("director")
    director.get(f"/productos/{code}/modificacion")
    director.post(f"/productos/{code}/modificacion", {"reason": "Cambian las entidades."})
    assert "está en la bandeja de quien lidera el producto" in director.get(f"/productos/{code}")


def test_a_second_round_is_compared_with_what_is_in_force_and_with_the_first(
    world: World, code: str, browse: Browse
) -> None:
    said = {"entities": world.entities[:2], "changes": ["targeting"]}
    desk.do(world, code, REQUEST, **said)
    desk.do(world, code, VERDICT, verdict="returned", remarks="Precise el motivo.")
    desk.do(world, code, REQUEST, **said, reason="Un municipio salió de la focalización.")
    page = browse("der").get(f"/tareas/{desk.task(world, code, VERDICT)}")
    assert "Frente a lo vigente cambió: Entidades focalizadas." in page
    assert "Frente a la ronda anterior cambió: Motivo de la modificación." in page


def test_the_last_look_asks_whether_a_renamed_milestone_goes_on(world: World, code: str, browse: Browse) -> None:
    look = f"/tareas/{desk.task(world, code, REQUEST)}/revision"
    _write(world, code, name="Diagnóstico del banco municipal", continues="")
    page = browse("lider").get(look, 422)
    assert "Diga si «Diagnóstico del banco municipal» continúa «1 · Diagnóstico del banco de proyectos»" in page
    assert "Se retira" not in page
    _write(world, code, name="Diagnóstico del banco municipal")
    assert "de «Diagnóstico del banco de proyectos» a «Diagnóstico del banco municipal»" in browse("lider").get(look)
    _write(world, code, name="Diagnóstico del banco municipal", continues="new")
    page = browse("lider").get(look)
    assert "en lugar de «Diagnóstico del banco de proyectos», el hito nuevo «Diagnóstico del banco municipal»" in page
    assert "a «Diagnóstico del banco municipal»" not in page


def _write(world: World, code: str, **first: Any) -> None:
    """The lead's draft of the request, its first milestone as given."""

    def save(office: Office) -> None:
        task = office.task(desk.case(office, code), REQUEST)
        rows = _asked(office, code)["milestones"]
        data = office.answer(task, {"milestones": [{**rows[0], **first}, *rows[1:]], "changes": ["milestones"]})
        drafts.save(office.session, task.id, data, by=office.people["technical_lead"], now=office.now)

    desk.work(world, save)


def _asked(office: Office, code: str) -> dict[str, Any]:
    task = office.task(desk.case(office, code), REQUEST)
    return prefill.initial(office.session, task, now=office.now)


def test_the_product_says_which_protocol_rules_and_keeps_modifications_apart(
    world: World, code: str, browse: Browse
) -> None:
    lead = browse("lider")
    page = lead.get(f"/productos/{code}")
    assert "Protocolo vigente: versión 1" in page
    first = sent(code, "Activity_DiligenciarProtocolo")
    assert "Rige la versión" not in lead.get(f"/envios/{first}")
    desk.do(world, code, REQUEST, entities=world.entities[:2], changes=["targeting"], reason="Salen dos.")
    desk.do(world, code, VERDICT, verdict="validated")
    desk.work(world, lambda office: office.work_through())
    desk.do(world, code, ADOPTION, adoption="none")
    desk.work(world, lambda office: office.work_through())
    desk.work(world, lambda office: ask_again(office, code))
    desk.do(world, code, REQUEST, desist=True)
    page = lead.get(f"/productos/{code}")
    assert "Protocolo vigente: versión 2" in page
    assert "Motivo: Salen dos." in page
    assert "Versiones anteriores (1)" in page
    assert f"/envios/{first}/documento" in page
    assert "Rondas anteriores" not in page  # two modifications are no rounds of one
    assert page.count("Versión 2 del protocolo") == 3  # asked for, validated, adopted
    assert page.count("No hace parte de ninguna versión del protocolo") == 1
    assert "Es la versión 1 del protocolo. Rige la versión 2." in lead.get(f"/envios/{first}")


def sent(code: str, element: str) -> int:
    with reading() as session:
        product = session.query(Product).filter_by(code=code).one()
        rows = session.query(Submission).filter_by(instance_id=product.instance_id, element=element)
        return int(rows.order_by(Submission.id.desc()).first().id)
