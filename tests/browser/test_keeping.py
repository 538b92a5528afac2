"""What is typed in the field, in a form without a draft on the server, is never lost either."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Route
from playwright.sync_api import expect

from db import clock
from db import reading
from db import transaction
from directory.models import Person
from tests.browser.conftest import People
from tests.browser.desk import Desk
from tests.browser.filling import attachment
from tests.browser.house import House
from tests.browser.test_drafts import end_every_session
from tests.browser.test_drafts import kept_on
from tests.slow_lines import held_back
from tests.tracking import factories
from tracking import milestones
from tracking.models import AdvisoryEntity
from tracking.models import PlanMilestone
from tracking.models import Product
from tracking.models import WorkPlan
from web import picking

SAID = "Se acordó actualizar el banco de proyectos."


@pytest.fixture
def plan(house: House) -> int:
    """A plan under way of the advisor."""
    with transaction() as session:
        lead, advisor = (session.get_one(Person, house.world.people[name]) for name in ("lider", "asesor"))
        product = factories.product(session, lead, house.world.unit_id, clock.now())
        return factories.plan(session, product, house.world.entities[0], clock.now(), advisor=advisor).id


@pytest.fixture
def other_plan(house: House, plan: int) -> int:
    """A plan of the same product in another entity."""
    with transaction() as session:
        advisor = session.get_one(Person, house.world.people["asesor"])
        product = session.get_one(Product, session.get_one(WorkPlan, plan).product_id)
        return factories.plan(session, product, house.world.entities[1], clock.now(), advisor=advisor).id


@pytest.fixture
def milestone(plan: int) -> int:
    with transaction() as session:
        return session.query(PlanMilestone).filter_by(plan_id=plan, number=1).one().id


def write(desk: Desk, plan: int, milestone: int) -> None:
    """An advisory with somebody in a row of their own and a milestone that moves."""
    desk.open(f"/asesorias/nueva?plan={plan}")
    page = desk.page
    page.locator("[name=occurred_on]").fill(clock.local_date(clock.now()).isoformat())
    page.locator("[name=modality]").select_option("advisory")
    page.locator("[name=summary]").fill(SAID)
    desk.press("Agregar fila")
    page.locator("[name=people_name]").last.fill("Carlos Mena")
    page.locator(f"[name=milestone-{milestone}]").select_option("advanced")
    page.locator("[name=place]").focus()


def has_it(desk: Desk, milestone: int) -> None:
    expect(desk.page.locator("[name=summary]")).to_have_value(SAID)
    expect(desk.page.locator("[name=people_name]").last).to_have_value("Carlos Mena")
    expect(desk.page.locator(f"[name=milestone-{milestone}]")).to_have_value("advanced")


def test_an_advisory_outlives_a_reload_and_is_offered_no_more_once_sent(
    seated: People, plan: int, milestone: int
) -> None:
    advisor = seated("asesor")
    write(advisor, plan, milestone)
    advisor.page.reload()
    advisor.press("Recuperarlas")
    has_it(advisor, milestone)
    advisor.page.get_by_role("button", name="Registrar la asesoría", exact=True).last.click()
    advisor.reads("Falta adjuntar el acta o el listado")
    advisor.open(f"/asesorias/nueva?plan={plan}")
    expect(advisor.page.get_by_role("button", name="Recuperarlas")).to_have_count(0)


def test_what_was_refused_is_offered_whole_on_coming_back(seated: People, plan: int, milestone: int) -> None:
    """A page that shows again what was sent, for a correction, has stored nothing of it."""
    advisor = seated("asesor")
    write(advisor, plan, milestone)
    advisor.page.locator("[name=modality]").select_option("")
    advisor.press("Registrar la asesoría")
    advisor.reads("Hay algo por corregir")
    advisor.page.locator("[name=modality]").select_option("advisory")
    advisor.open("/bandeja")
    advisor.open(f"/asesorias/nueva?plan={plan}")
    advisor.press("Recuperarlas")
    expect(advisor.page.locator("[name=summary]")).to_have_value(SAID)
    expect(advisor.page.locator("[name=modality]")).to_have_value("advisory")
    expect(advisor.page.locator("[name=occurred_on]")).not_to_have_value("")


def test_what_stands_beside_a_search_is_offered_whole_on_coming_back(
    seated: People, plan: int, other_plan: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking for an entity neither loads the page again nor makes what was typed before it a thing that arrived."""
    monkeypatch.setattr(picking, "MOST", 1)
    with reading() as session:
        address = f"/asesorias/nueva?producto={session.get_one(WorkPlan, plan).product_id}"
    advisor = seated("asesor")
    page = advisor.page
    advisor.open(address)
    page.locator("[name=summary]").fill(SAID)
    assert page.locator("[name=plans]").count() == 0
    page.locator("[name=plans_buscar]").press("Enter")
    page.locator(f"[name=plans][value='{plan}']").check()
    page.locator(f"[name=plans][value='{other_plan}']").check()
    advisor.open("/bandeja")
    advisor.open(address)
    advisor.press("Recuperarlas")
    expect(page.locator("[name=summary]")).to_have_value(SAID)
    for key in (plan, other_plan):
        expect(page.locator(f"[name=plans][value='{key}']:not([type=hidden])")).to_be_checked()


def test_what_a_button_shows_again_is_offered_whole_on_coming_back(seated: People, plan: int) -> None:
    """The same where the script of the page is not there, and the button loads it again."""
    advisor = seated("asesor")
    page = advisor.page
    page.route("**/advising.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    advisor.open(f"/asesorias/nueva?plan={plan}")
    page.locator("[name=summary]").fill(SAID)
    advisor.press("Ver los hitos de las entidades marcadas")
    expect(page.locator("[name=summary]")).to_have_value(SAID)
    page.locator("[name=place]").fill("Casa de la cultura")
    advisor.open("/bandeja")
    advisor.open(f"/asesorias/nueva?plan={plan}")
    advisor.press("Recuperarlas")
    expect(page.locator("[name=summary]")).to_have_value(SAID)
    expect(page.locator("[name=place]")).to_have_value("Casa de la cultura")


def test_an_advisory_sent_after_the_session_is_offered_on_coming_back(
    seated: People, plan: int, milestone: int
) -> None:
    advisor = seated("asesor")
    write(advisor, plan, milestone)
    end_every_session()
    advisor.page.get_by_role("button", name="Registrar la asesoría", exact=True).last.click()
    advisor.reads("Su sesión terminó y lo que envió no se registró")
    advisor.sign_in()
    expect(advisor.page).to_have_url(re.compile(f"/asesorias/nueva\\?plan={plan}$"))
    advisor.press("Recuperarlas")
    has_it(advisor, milestone)


def test_a_short_form_sent_after_the_session_is_offered_on_coming_back(seated: People) -> None:
    lead, name = seated("lider"), "Un producto que se escribió tarde"
    lead.open("/productos/nuevo")
    lead.page.get_by_label("Nombre del producto").fill(name)
    end_every_session()
    lead.press("Crear el producto")
    lead.reads("Su sesión terminó y lo que envió no se registró")
    lead.sign_in()
    expect(lead.page.get_by_role("button", name="Recuperarlas")).to_have_count(1)
    lead.open("/bandeja")
    lead.open("/productos/nuevo")  # until somebody takes it
    lead.press("Recuperarlas")
    expect(lead.page.get_by_label("Nombre del producto")).to_have_value(name)
    lead.press("Crear el producto")
    lead.page.wait_for_url(re.compile("/tareas/"))
    lead.open("/productos/nuevo")
    expect(lead.page.get_by_role("button", name="Recuperarlas")).to_have_count(0)


def test_two_clicks_make_one_product(seated: People) -> None:
    lead, name = seated("lider"), "Mapas de riesgo de los municipios"
    lead.open("/productos/nuevo")
    lead.page.get_by_label("Nombre del producto").fill(name)
    lead.page.get_by_role("button", name="Crear el producto").dblclick()
    lead.page.wait_for_url(re.compile("/tareas/"))
    with reading() as session:
        assert session.query(Product).filter_by(name=name).count() == 1


def test_an_entity_marked_before_the_scripts_are_there_brings_its_milestones(
    seated: People, other_plan: int, plan: int, milestone: int
) -> None:
    advisor = seated("asesor")
    arrive = held_back(advisor.page, "advising.js")
    advisor.page.goto(f"/asesorias/nueva?plan={other_plan}", wait_until="commit")
    box = advisor.page.locator(f"[name=plans][value='{plan}']")
    expect(box).not_to_be_checked()
    box.check()
    arrive()
    expect(advisor.page.locator(f"[name=milestone-{milestone}]")).to_be_attached()


def test_people_are_pasted_from_a_spreadsheet(seated: People, plan: int) -> None:
    advisor = seated("asesor")
    advisor.open(f"/asesorias/nueva?plan={plan}")
    rows = "\n".join(["Nombre\tCargo\tCorreo", *(f"Persona {n}\tCargo {n}\tp{n}@example.org" for n in range(1, 6))])
    advisor.page.locator("[name=people_name]").first.focus()
    advisor.page.evaluate(
        """(text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const options = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        rows,
    )
    expect(advisor.page.locator("[name=people_name]")).to_have_count(5)
    expect(advisor.page.locator("[name=people_name]").last).to_have_value("Persona 5")
    expect(advisor.page.locator("[name=people_position]").nth(1)).to_have_value("Cargo 2")
    expect(advisor.page.locator("[name=people_email]").first).to_have_value("p1@example.org")


def lose_the_answer(desk: Desk, path: str) -> None:
    """The server does what is sent to `path`, and its answer never arrives."""

    def drop(route: Route) -> None:
        if route.request.method == "POST":
            cookies = desk.page.context.cookies()
            route.fetch(max_redirects=0)
            desk.page.context.clear_cookies()  # those of an answer that never came either
            desk.page.context.add_cookies(cookies)
            route.abort("connectionreset")
        else:
            route.continue_()

    desk.page.route(f"**{path}", drop)


def counted(plan: int) -> int:
    with reading() as session:
        return session.query(AdvisoryEntity).filter_by(plan_id=plan).count()


def test_an_advisory_whose_answer_was_lost_is_registered_once(seated: People, plan: int, milestone: int) -> None:
    advisor = seated("asesor")
    write(advisor, plan, milestone)
    lose_the_answer(advisor, "/asesorias/nueva")
    advisor.page.get_by_role("button", name="Registrar la asesoría", exact=True).last.click()
    expect(advisor.page).to_have_url(re.compile("chrome-error"))
    assert counted(plan) == 1
    advisor.page.unroute("**/asesorias/nueva")
    advisor.open(f"/asesorias/nueva?plan={plan}")
    advisor.press("Recuperarlas")
    has_it(advisor, milestone)
    advisor.page.get_by_role("button", name="Registrar la asesoría", exact=True).last.click()
    advisor.reads("Falta adjuntar el acta o el listado")
    assert counted(plan) == 1
    advisor.open(f"/asesorias/nueva?plan={plan}")
    expect(advisor.page.get_by_role("button", name="Recuperarlas")).to_have_count(0)


def test_a_milestone_report_whose_answer_was_lost_is_kept_once(seated: People, milestone: int) -> None:
    advisor = seated("asesor")
    advisor.open(f"/hitos/{milestone}")
    advisor.page.locator("#avance-dia").fill(clock.local_date(clock.now()).isoformat())
    advisor.page.locator("#avance-nota").fill(SAID)
    lose_the_answer(advisor, f"/hitos/{milestone}/avance")
    advisor.press("Registrar avance")
    expect(advisor.page).to_have_url(re.compile("chrome-error"))
    advisor.page.unroute(f"**/hitos/{milestone}/avance")
    advisor.open(f"/hitos/{milestone}")
    advisor.press("Recuperarlas")
    advisor.press("Registrar avance")
    advisor.reads("El avance quedó registrado")
    with reading() as session:
        assert len(milestones.records_of(session, milestone)) == 1


def test_an_advisory_sent_again_after_going_back_is_confirmed_first(seated: People, plan: int, milestone: int) -> None:
    advisor = seated("asesor")
    write(advisor, plan, milestone)
    advisor.page.get_by_role("button", name="Registrar la asesoría", exact=True).last.click()
    advisor.reads("Falta adjuntar el acta o el listado")
    write(advisor, plan, milestone)
    advisor.page.get_by_role("button", name="Registrar la asesoría", exact=True).last.click()
    advisor.reads("Ya registró una asesoría igual hace")
    assert counted(plan) == 1


def test_nothing_leaves_the_page_without_connection(seated: People, milestone: int) -> None:
    advisor = seated("asesor")
    advisor.open(f"/hitos/{milestone}")
    advisor.page.locator("#avance-dia").fill(clock.local_date(clock.now()).isoformat())
    advisor.page.locator("#avance-nota").fill(SAID)
    advisor.page.context.set_offline(True)
    advisor.press("Registrar avance")
    advisor.reads("Sin conexión: no se envió")
    expect(advisor.page.locator("#avance-nota")).to_have_value(SAID)
    advisor.page.context.set_offline(False)
    advisor.press("Registrar avance")
    advisor.reads("El avance quedó registrado")


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [("notas.txt", 10, "«notas.txt» no es un archivo admitido"), ("acta.pdf", 0, "«acta.pdf» está vacío"),
     ("video.pdf", 20 * 1024 * 1024 + 1, "«video.pdf» pesa más de 20 MB")],
)  # fmt: skip
def test_files_are_checked_before_they_are_sent(
    seated: People, milestone: int, tmp_path: Path, name: str, size: int, said: str
) -> None:
    advisor, path = seated("asesor"), tmp_path / name
    path.write_bytes(b"%PDF-1.4" * (size // 8 + 1) if size else b"")
    advisor.open(f"/hitos/{milestone}")
    advisor.page.locator("#avance-archivos").set_input_files(path)
    advisor.reads(said)
    advisor.page.locator("#avance-nota").fill(SAID)
    advisor.press("Registrar avance")
    expect(advisor.page).to_have_url(re.compile(f"/hitos/{milestone}$"))
    expect(advisor.page.locator("#avance-nota")).to_have_value(SAID)


def test_a_refused_file_leaves_its_box_and_takes_no_other_along(seated: People, milestone: int, tmp_path: Path) -> None:
    advisor, paths = seated("asesor"), [tmp_path / "notas.txt", tmp_path / "acta.pdf"]
    for path in paths:
        path.write_bytes(b"%PDF-1.4")
    advisor.open(f"/hitos/{milestone}")
    box = advisor.page.locator("#avance-archivos")
    box.set_input_files(paths)
    advisor.reads("«notas.txt» no es un archivo admitido")
    assert box.evaluate("box => [...box.files].map((file) => file.name)") == ["acta.pdf"]
    advisor.page.locator("#avance-dia").fill(clock.local_date(clock.now()).isoformat())
    advisor.page.locator("#avance-nota").fill(SAID)
    advisor.press("Registrar avance")
    advisor.reads("Ya no está elegido: si pulsa otra vez, se envía sin él.")
    advisor.press("Registrar avance")
    advisor.reads("El avance quedó registrado")


def test_what_is_hidden_is_not_shown_whatever_its_layout(seated: People, plan: int, other_plan: int) -> None:
    advisor = seated("asesor")
    advisor.open(f"/asesorias/nueva?plan={plan}")
    entity = advisor.page.locator("[data-plans] .choice").first
    expect(entity).to_be_visible()
    entity.evaluate("choice => { choice.hidden = true; }")  # as the box «Buscar en la lista» does
    expect(entity).to_be_hidden()


def test_what_was_written_for_one_entity_is_offered_only_where_it_is_of(
    seated: People, house: House, plan: int, other_plan: int
) -> None:
    """A note never comes to stand in the form of another municipality."""
    advisor, (one, other) = seated("asesor"), house.world.entities[:2]
    with reading() as session:
        product = session.get_one(WorkPlan, plan).product_id
    contact, advising = "/interacciones/nueva", "/asesorias/nueva"
    forms = [
        ("topic", contact, f"entidad={one}", (f"entidad={other}", "")),
        ("summary", advising, f"plan={plan}", (f"plan={other_plan}", f"producto={product}")),
    ]
    for name, page, mine, others in forms:
        its = f"{page}?{mine}"
        advisor.open(its)
        advisor.page.locator(f"[name={name}]").fill(SAID)
        for query in others:
            advisor.open(f"{page}?{query}")
            expect(advisor.page.get_by_role("button", name=re.compile("^Registrar")).last).to_be_visible()
            expect(advisor.page.get_by_role("button", name="Recuperarlas")).to_have_count(0)
        advisor.open(its)
        advisor.press("Recuperarlas")
        expect(advisor.page.locator(f"[name={name}]")).to_have_value(SAID)


def test_a_contact_that_was_registered_is_not_offered_again(seated: People, house: House) -> None:
    advisor, address = seated("asesor"), f"/interacciones/nueva?entidad={house.world.entities[0]}"
    advisor.open(address)
    for name, value in (("topic", SAID), ("minutes", "x")):
        advisor.page.locator(f"[name={name}]").fill(value)
    advisor.page.locator("[name=channel]").select_option("call")
    advisor.page.get_by_role("button", name="Registrar", exact=True).last.click()
    advisor.reads("Escriba cuántos minutos tomó")
    advisor.page.locator("[name=minutes]").fill("5")
    advisor.page.get_by_role("button", name="Registrar", exact=True).last.click()
    advisor.reads("La interacción quedó registrada.")
    assert kept_on(advisor) == []


def test_what_was_sent_is_not_offered_to_whoever_went_back_to_its_form(seated: People, house: House) -> None:
    advisor, address = seated("asesor"), f"/interacciones/nueva?entidad={house.world.entities[0]}"
    advisor.open(address)
    topic = "Una duda sobre el banco de proyectos"
    for name, value in (("topic", topic), ("minutes", "5")):
        advisor.page.locator(f"[name={name}]").fill(value)
    advisor.page.locator("[name=channel]").select_option("call")
    advisor.page.get_by_role("button", name="Registrar", exact=True).last.click()
    advisor.reads("La interacción quedó registrada.")
    advisor.page.go_back()
    expect(advisor.page.locator("[name=topic]")).to_have_value(topic)  # the browser puts it back
    advisor.open("/interacciones")
    assert kept_on(advisor) == []
    advisor.open(address)
    expect(advisor.page.locator(".f-restore")).to_have_count(0)


def test_whoever_leaves_takes_along_only_their_own(seated: People, plan: int) -> None:
    """A device that two people use: the session of one ended, and the other comes and leaves."""
    first = seated("asesor")
    address = f"/asesorias/nueva?plan={plan}"
    first.open(address)
    first.page.locator("[name=summary]").fill(SAID)
    first.open("/productos")
    mine = kept_on(first)
    assert mine
    end_every_session()
    second = Desk(first.page, "lider")
    second.open("/ingreso")
    second.sign_in()
    second.open("/productos/nuevo")
    second.page.get_by_label("Nombre del producto").fill("Un producto que no llegó")
    second.open("/salida")
    second.page.locator("main").get_by_role("button", name="Salir").click()
    expect(second.page).to_have_url(re.compile("/ingreso"))
    assert kept_on(second) == mine
    first.sign_in()
    first.open(address)
    first.press("Recuperarlas")
    expect(first.page.locator("[name=summary]")).to_have_value(SAID)
    first.open("/salida")
    first.page.locator("main").get_by_role("button", name="Salir").click()
    expect(first.page).to_have_url(re.compile("/ingreso"))
    assert kept_on(first) == []


def test_a_support_that_arrived_is_named_and_not_asked_for_again(seated: People, plan: int) -> None:
    advisor = seated("asesor")
    advisor.open(f"/planes/{plan}/retiro-del-consentimiento")
    advisor.page.locator("[name=date]").fill("1999-01-01")
    advisor.page.locator("[name=evidence]").set_input_files(attachment("retiro.pdf"))
    advisor.press("Registrar el retiro")
    advisor.reads("«retiro.pdf» ya llegó")
    advisor.does_not_read("no alcanzaron a llegar")
