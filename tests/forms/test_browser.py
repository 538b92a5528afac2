"""The form in a real browser: accessibility at three widths, tables in place, drafts that survive."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from playwright.sync_api import Page
from playwright.sync_api import expect
from playwright.sync_api import sync_playwright

from forms.declaration import Option
from tests.forms.samples import EVERY_KIND
from tests.forms.samples import answers
from web.forms_view import FormView
from web.forms_view import Remark
from web.forms_view import form_view

WEB = Path(__file__).parents[2] / "web"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium")]

PAGE = """<!doctype html><html lang="es-CO"><head><meta charset="utf-8"><title>Formulario</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; img-src 'self' data:">
{% for name in ("base", "parts", "forms") %}<link rel="stylesheet" href="/static/css/{{ name }}.css">{% endfor %}
<script type="module" src="/static/js/forms.js"></script></head><body><main>
{% from "forms/form.html" import render_form, render_progress, render_readonly, render_review %}
{% if kind == "form" %}<h1>Diligenciar</h1>{{ render_progress(view) }}
<form data-form method="post" data-draft-url="/draft" data-draft-key="task-1">{{ render_form(view) }}
<p class="f-saving" data-saving></p><button class="button primary">Enviar</button></form>
{% elif kind == "read" %}<h1>Protocolo</h1>{{ render_readonly(view) }}
{% else %}{{ render_review(view, "/edit") }}{% endif %}</main></body></html>"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the pages, and takes drafts."""

    def log_message(self, *args: Any) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()


def views() -> dict[str, FormView]:
    data = answers()
    known: dict[str, Any] = {
        "files": {data["evidence"][0]: "Acta.pdf"},
        "entities": {1: "Andes (Antioquia)", 2: "Armenia (Quindío)"},
        "catalogues": {"people": [Option("1", "Ana Ruiz")]},
    }
    remarks = {"problem": [Remark(1, "¿A quién afecta?", "Luis Peña", answer="Ya se dice.", answered_by="Ana Ruiz")]}
    errors = {"days": ["Escriba la duración."], "milestones/1/name": ["Escriba el nombre del hito 2."]}
    return {
        "blank": form_view(EVERY_KIND, {}, **known),
        "form": form_view(EVERY_KIND, data, errors, {"problem": ["Revise."]}, remarks, **known),
        "read": form_view(EVERY_KIND, data, observations=remarks, before={**data, "name": "Antes"}, **known),
        "review": form_view(EVERY_KIND, data, **known),
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    (folder / "static").symlink_to(WEB / "static")
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(WEB / "templates"), autoescape=True)
    for name, view in views().items():
        page = environment.from_string(PAGE).render(view=view, kind="form" if name == "blank" else name)
        (folder / f"{name}.html").write_text(page)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    """A blank form; anything that the browser complains about fails the test."""
    complaints: list[str] = []
    page = chromium.new_page(viewport={"width": 1280, "height": 800}, base_url=site)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Security Policy" in message.text else None)
    page.goto("/blank.html")
    yield page
    page.close()
    assert complaints == []


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("name", ["blank", "form", "read", "review"])
def test_accessible_and_no_wider_than_the_screen(page: Page, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/{name}.html")
    found = Axe().run(page).response["violations"]
    assert [(item["id"], [node["html"] for node in item["nodes"]]) for item in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


PASTE = """([selector, text]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.querySelector(selector).dispatchEvent(event);
}"""


def paste(page: Page) -> None:
    range_of_cells = "Uno\t33,33\t24/11/2026\tVirtual\nDos\t33,33\nTres\t33,34"
    page.evaluate(PASTE, ["[name=milestones-0-name]", range_of_cells])


def test_a_pasted_range_fills_rows_and_columns(page: Page) -> None:
    paste(page)
    expect(page.locator("[data-row]")).to_have_count(3)
    expect(page.locator("[name=milestones-2-name]")).to_have_value("Tres")
    expect(page.locator("[name=milestones-0-due]")).to_have_value("2026-11-24")
    expect(page.locator("[name=milestones-0-mode]")).to_have_value("remote")
    expect(page.locator("output")).to_have_text("Suma: 100 %")


def test_a_removed_row_can_come_back(page: Page) -> None:
    paste(page)
    page.click("button[value='remove:milestones:1']")
    expect(page.locator("output")).to_have_text("Suma: 66,67 %, faltan 33,33 %")
    page.click("text=Deshacer")
    expect(page.locator("[name=milestones-1-name]")).to_have_value("Dos")


def test_rows_move_and_keep_their_numbers(page: Page) -> None:
    paste(page)
    page.click("button[value='up:milestones:2']")
    expect(page.locator("[name=milestones-1-name]")).to_have_value("Tres")
    expect(page.locator("#p-milestones-1-name")).to_have_attribute("aria-label", "Nombre, hito 2")


def test_enter_adds_a_row_and_goes_there(page: Page) -> None:
    page.press("[name=milestones-0-weight]", "Enter")
    expect(page.locator("[name=milestones-1-name]")).to_be_focused()


def test_a_conditional_question_comes_and_goes(page: Page) -> None:
    expect(page.locator("[name=reason]")).to_be_hidden()
    page.check("#p-travels")
    expect(page.locator("[name=reason]")).to_be_visible()
    page.check("#p-travels-no")
    expect(page.locator("[name=reason]")).to_be_hidden()


def test_a_draft_is_saved_and_says_when(page: Page) -> None:
    page.fill("[name=name]", "Bancos")
    page.locator("[name=name]").blur()
    expect(page.locator("[data-saving]")).to_contain_text("Borrador guardado a las")


def test_without_network_nothing_is_lost(page: Page) -> None:
    page.route("**/draft", lambda route: route.abort())
    paste(page)
    page.fill("[name=name]", "Bancos")
    page.locator("[name=name]").blur()
    expect(page.locator("[data-saving]")).to_contain_text("queda en este dispositivo")
    page.reload()
    page.click("text=Recuperarlas")
    expect(page.locator("[name=name]")).to_have_value("Bancos")
    expect(page.locator("[name=milestones-2-name]")).to_have_value("Tres")


def test_errors_take_the_focus(page: Page) -> None:
    page.goto("/form.html")
    expect(page.locator("#resumen-de-errores")).to_be_focused()
