"""For everybody: no violation that axe can see at three widths, the keyboard alone, and no JavaScript."""

import re
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.desk import Desk
from tests.browser.filling import form_of
from tests.browser.house import House
from tests.browser.work import Places
from tests.browser.work import in_progress
from tests.web import world as worlds

WIDTHS = (360, 768, 1280)
OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
ALIGNMENT = "Revisar la alineación estratégica"

# Each page and who opens it; nobody opens the public ones.
PAGES = {
    "/portafolio": "", "/portafolio?buscar=nada": "", "/portafolio/{product}": "", "/ingreso": "",
    "/bandeja": "asesor", "/bandeja?ver=todas&buscar=nada": "lider", "/mi-cuenta": "lider", "/salida": "lider",
    "/tareas/{protocol}": "lider", "/tareas/{protocol}/revision": "lider", "/tareas/{review}": "der",
    "/tareas/{held}": "control", "/tareas/{done}": "der", "/tareas/{done}/recibo": "der",
    "/envios/{sent}": "asesor", "/envios/{sent}/rectificacion": "asesor",
    "/envios/{sent}/rectificacion?dato=meeting_date&dato=responsibilities/0": "asesor",
    "/productos/{product}?parte=indicadores": "lider", "/productos/{product}/indicadores/captura": "lider",
    "/tareas/{execution}": "asesor", "/productos": "lider", "/productos/nuevo": "lider",
    "/productos/{product}": "lider", "/productos/{product}?parte=historia": "lider",
    "/productos/{product}?parte=entidades": "lider", "/productos/{product}?parte=personas": "lider",
    "/productos/{product}?parte=archivos": "lider", "/productos/{product}/retiro": "director",
    "/productos/{product}/modificacion": "lider", "/estrategias": "director", "/estrategias/{strategy}": "director",
    "/planes": "asesor", "/planes/{plan}": "asesor", "/planes/{plan}?parte=asesorias": "asesor",
    "/planes/{plan}?parte=procedimiento": "asesor", "/planes/{plan}?parte=consentimiento": "asesor",
    "/planes/{plan}?parte=historia": "asesor", "/planes/{plan}/retiro-del-consentimiento": "asesor",
    "/planes/{refused}/consentimiento-posterior": "asesor",
    "/hitos/{milestone}": "monitoreo", "/asesorias": "asesor", "/asesorias/nueva?plan={plan}": "asesor",
    "/asesorias/{advisory}": "asesor", "/interacciones/nueva": "asesor", "/entidades": "asesor",
    "/entidades/{entity}": "asesor", "/personas": "admin", "/personas/{person}": "admin", "/personas/nueva": "admin",
    "/cobertura": "articulador", "/cobertura?departamento=05": "articulador", "/tareas-del-equipo": "articulador",
    "/hitos-por-verificar": "monitoreo", "/operaciones": "admin", "/operaciones/{operation}": "admin",
    "/incidentes": "admin", "/invariantes": "admin", "/ajustes": "control", "/bandeja?agrupar=asunto": "control",
    "/ajustes/grupos": "admin", "/dependencias": "admin", "/dependencias/1": "admin", "/dependencias/nueva": "admin",
    "/buscar?que=bancos": "lider", "/acciones-correctivas": "monitoreo", "/calendario/2026-11-26": "asesor",
    "/procesos": "admin", "/procesos/propuestas": "admin", "/procesos/propuestas/nueva": "admin",
    "/procesos/gobernanza/versiones/1/casos": "admin",
    "/mi-cuenta/avisos": "lider", "/mensajes": "admin", "/mensajes/sin-direccion": "admin",
    "/lecturas": "control", "/mi-cuenta/lecturas": "lider", "/mi-cuenta/datos": "lider",
    "/personas/{person}/datos-personales": "admin", "/ajustes/conservacion": "admin", "/tratamiento-de-datos": "",
    "/ayuda": "asesor", "/ayuda?buscar=radicado": "asesor", "/ayuda/comun": "", "/ayuda/administracion": "admin",
}  # fmt: skip

# Whatever takes the focus and shows nothing where it stands.
WITHOUT_FOCUS = """() => {
  const shown = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.closest("[aria-hidden=true]");
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const found = [];
  for (const element of document.querySelectorAll(all)) {
    if (!shown(element) || element.disabled || element.tabIndex < 0) continue;
    element.focus({ focusVisible: true });
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    if (document.activeElement !== element || !outlined) found.push(element.outerHTML.slice(0, 120));
  }
  return found;
}"""


@pytest.fixture(scope="module")
def places(house: House) -> Places:
    """What there is to look at."""
    return in_progress(house)


def violations(page: Page) -> list[Any]:
    """What axe objects to, with the first places where it does."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("options => axe.run(options)", OPTIONS)["violations"]
    return [(item["id"], [node["html"][:160] for node in item["nodes"]][:3]) for item in found]


def demand_accessible(desk: Desk) -> None:
    """The page as it stands, with everything that it folds away, at every width."""
    desk.page.wait_for_load_state()
    desk.main.locator("details").evaluate_all("folds => folds.forEach((fold) => { fold.open = true; })")
    for width in WIDTHS:
        desk.page.set_viewport_size({"width": width, "height": 900})
        assert (width, violations(desk.page)) == (width, [])
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width
    assert desk.page.evaluate(WITHOUT_FOCUS) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_and_no_wider_than_the_screen(
    seated: People, visit: People, places: Places, path: str
) -> None:
    desk = seated(PAGES[path]) if PAGES[path] else visit()
    desk.open(path.format(**places))
    demand_accessible(desk)


def test_errors_are_read_out_and_lead_to_their_questions(seated: People, places: Places) -> None:
    lead = seated("lider")
    lead.open(f"/tareas/{places['protocol']}")
    lead.page.locator("[name=resource_operation]").fill("")
    lead.press("Revisar y enviar")
    expect(lead.page).to_have_title(re.compile("^Error: "))
    expect(lead.page.locator("#resumen-de-errores")).to_be_focused()
    assert violations(lead.page) == []
    lead.page.locator("#resumen-de-errores a").click()
    expect(lead.page.locator("[name=resource_operation]")).to_be_focused()
    expect(lead.page.locator("[name=resource_operation]")).to_have_attribute("aria-invalid", "true")


def test_a_task_is_done_with_the_keyboard_alone(house: House, visit: People) -> None:
    task = "Nombrar el producto o servicio"
    house.begin(task)
    house.begin(task)
    lead = visit("lider")
    lead.open("/ingreso")
    keys = lead.page.keyboard
    reach(lead, lead.page.get_by_label("Usuario"))
    keys.type("lider")
    keys.press("Tab")
    keys.type(f"{worlds.PASSWORD}\n")
    lead.reads("Lo que espera por usted")

    lead.page.wait_for_load_state()  # its scripts have run
    keys.press("/")
    expect(lead.page.get_by_role("main").get_by_role("searchbox")).to_be_focused()
    keys.type("Nombrar\n")
    expect(lead.page).to_have_url(re.compile("buscar=Nombrar"))
    lead.page.wait_for_load_state()
    first, second = (lead.page.locator("[data-keys] .title a").nth(place) for place in range(2))
    keys.press("j")
    keys.press("j")
    expect(second).to_be_focused()
    keys.press("k")
    expect(first).to_be_focused()
    keys.press("Enter")
    expect(lead.page.get_by_role("heading", level=1)).to_have_text(task)

    reach(lead, lead.page.locator("[name=name]"))
    keys.press("ControlOrMeta+a")
    keys.type("Bancos de proyectos fortalecidos")
    reach(lead, lead.page.get_by_role("button", name="Revisar y enviar"))
    keys.press("Enter")
    lead.reads("Revise sus respuestas", "Bancos de proyectos fortalecidos")
    reach(lead, lead.page.get_by_role("button", name=form_of(task).submit))
    keys.press("Enter")
    lead.reads(f"Enviado: {task}")


def test_a_task_with_a_table_is_sent_without_javascript(house: House, seated: People) -> None:
    lead = seated("lider", java_script_enabled=False)
    lead.open(house.begin(ALIGNMENT))
    lead.page.locator("[name=mission_functions]").fill("Orientar la inversión pública territorial")
    lead.page.get_by_label("Gestión de la inversión pública", exact=True).check()
    lead.page.locator("[name=action_plan_goals-0-year]").fill("2026")
    lead.page.locator("[name=action_plan_goals-0-goal]").fill("400 entidades asistidas")
    lead.page.get_by_role("button", name="Agregar fila").click()
    lead.page.locator("[name=action_plan_goals-1-year]").fill("2027")
    lead.page.locator("[name=action_plan_goals-1-goal]").fill("500 entidades asistidas")
    lead.sends(ALIGNMENT)
    lead.follow("Ver lo enviado")
    lead.reads("400 entidades asistidas", "500 entidades asistidas")


def test_remarks_are_written_without_javascript(seated: People, places: Places) -> None:
    der = seated("der", java_script_enabled=False)
    der.open(f"/tareas/{places['review']}")
    der.remarks("Hitos de trabajo, fila 1", "¿Con qué soporte?")
    der.reads("Hitos de trabajo, fila 1")


def reach(desk: Desk, target: Any) -> None:
    """Press the tab key until `target`, on a page that is whole by then, has the focus."""
    target.wait_for()
    desk.page.wait_for_load_state()
    for _ in range(60):
        desk.page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("the keyboard does not get there")
