"""The form in a real browser: accessibility at three widths, tables in place, drafts that survive."""

import functools
import http.server
import re
import threading
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from playwright.sync_api import Page
from playwright.sync_api import expect

from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Option
from forms.declaration import Section
from tests import browsers
from tests.forms.samples import EVERY_KIND
from tests.forms.samples import answers
from tests.slow_lines import held_back
from web import uploads
from web.forms_view import form_view
from web.question_view import FormView
from web.remark import Remark
from workflows.forms import FORMS
from workflows.forms.examples import example

WIDE = example("protocolo", entities=[1])
WEB = Path(__file__).parents[2] / "web"

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not browsers.CHROMIUM, reason="needs Debian's chromium")]

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


GIVEN = Form("desempeno", "Desempeño", (Section("notas", "Notas", (
    Field(kind=Kind.TABLE, name="ratings", label="Calificación", columns=(
        Field(kind=Kind.TEXT, name="advisor", label="Enlace", fixed=True),
        Field(kind=Kind.INTEGER, name="mark", label="Nota"), Field(kind=Kind.TEXT, name="why", label="Por qué"),
    )),
)),))  # fmt: skip


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the pages, and takes drafts."""

    def log_message(self, *args: Any) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()


COSTS = [
    {"concept": "Honorarios", "quantity": "4", "unit_value": "60000000"},
    {"concept": "Viajes", "quantity": "1", "unit_value": "45000018", "total": "45000018"},
]


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
        "costs": form_view(FORMS["costos_y_recursos"], {"budget": COSTS}),
        "given": form_view(GIVEN, {"ratings": [{"advisor": f"Enlace {n}"} for n in range(3)]}),
        **{f"wide-{kind}": form_view(FORMS["protocolo"], WIDE, readonly=kind == "read") for kind in ("form", "read")},
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    (folder / "static").symlink_to(WEB / "static")
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(WEB / "templates"), autoescape=True)
    environment.globals["upload_limits"] = uploads.ATTRIBUTES
    for name, view in views().items():
        page = environment.from_string(PAGE).render(
            view=view, kind="form" if name in ("blank", "given", "costs") else name.removeprefix("wide-")
        )
        (folder / f"{name}.html").write_text(page)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A blank form; anything that the browser complains about fails the test."""
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": 1280, "height": 800}, base_url=site)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Security Policy" in message.text else None)
    page.goto("/blank.html")
    yield page
    page.close()
    assert complaints == []


def test_a_total_left_empty_counts_as_what_it_comes_to(page: Page) -> None:
    page.goto("/costs.html")
    total, left = page.locator("output[data-total=total]"), page.locator("[name=budget-0-total]")
    expect(total).to_have_text("Suma: $\u00a0285.000.018")
    page.locator("[name=budget-0-quantity]").fill("5")
    expect(left).to_have_attribute("placeholder", "300.000.000")
    expect(left).to_have_value("")
    expect(total).to_have_text("Suma: $\u00a0345.000.018")
    page.locator("[name=budget-0-unit_value]").fill("")
    expect(left).to_have_attribute("placeholder", "")
    expect(total).to_have_text("Suma: $\u00a045.000.018")


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


CUT = """() => [...document.querySelectorAll(".f-scroll")].filter((box) => box.scrollWidth > box.clientWidth).length"""


@pytest.mark.parametrize("width", [360, 768, 1024, 1280])
@pytest.mark.parametrize("name", ["wide-form", "wide-read", "form", "read"])
def test_no_table_is_cut_at_the_right_edge(page: Page, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/{name}.html")
    assert page.evaluate(CUT) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def paste(page: Page) -> None:
    range_of_cells = "Uno\t33,33\t24/11/2026\tVirtual\nDos\t33,33\nTres\t33,34"
    page.evaluate(PASTE, ["[name=milestones-0-name]", range_of_cells])


def test_a_pasted_range_fills_rows_and_columns(page: Page) -> None:
    paste(page)
    expect(page.locator("[data-row]")).to_have_count(3)
    expect(page.locator("[name=milestones-2-name]")).to_have_value("Tres")
    expect(page.locator("[name=milestones-0-due]")).to_have_value("2026-11-24")
    expect(page.locator("[name=milestones-0-mode]")).to_have_value("remote")
    expect(page.locator("output")).to_have_text("Suma: 100\xa0%")


def test_the_headings_of_a_copied_table_are_no_row(page: Page) -> None:
    labels = page.locator("table[data-table=milestones] td[data-column]").evaluate_all(
        "cells => cells.slice(0, 2).map((cell) => cell.dataset.label.replace(/ \\(obligatorio\\)$/, ''))"
    )
    page.evaluate(PASTE, ["[name=milestones-0-name]", "\t".join(labels) + "\nUno\t100"])
    expect(page.locator("[name=milestones-0-name]")).to_have_value("Uno")
    expect(page.locator("[data-undo]").first).to_contain_text("Se pegó 1 fila.")


def test_an_option_that_is_not_in_the_list_is_said_and_never_left_as_it_was(page: Page) -> None:
    paste(page)
    page.evaluate(PASTE, ["[name=milestones-0-mode]", "virtu\nPor paloma"])
    expect(page.locator("[name=milestones-0-mode]")).to_have_value("remote")  # the only one that begins so
    expect(page.locator("[name=milestones-1-mode]")).to_have_value("")
    expect(page.locator("[data-undo]").first).to_contain_text("No se reconoció: fila 2, «Por paloma».")


def test_a_column_is_pasted_into_rows_that_are_given(page: Page) -> None:
    page.goto("/given.html")
    first = page.locator("[name=ratings-0-mark]")
    page.evaluate(PASTE, ["[name=ratings-0-mark]", "5\n4\n3\n2"])
    for row, mark in enumerate("543"):
        expect(page.locator(f"[name=ratings-{row}-mark]")).to_have_value(mark)
    expect(page.locator("[data-undo]")).to_contain_text(
        "Se pegaron 3 filas. La tabla no admite más filas: 1 quedó por fuera."
    )
    page.locator("[data-undo] button").click()
    expect(first).to_have_value("")
    first.press("Enter")
    expect(page.locator("[name=ratings-1-mark]")).to_be_focused()


def test_what_lies_beyond_the_last_column_is_said(page: Page) -> None:
    columns = page.locator("table[data-table=milestones] tr[data-row] td[data-column]").count()
    page.evaluate(PASTE, ["[name=milestones-0-name]", "Uno" + "\t" * columns + "De más"])
    expect(page.locator("[name=milestones-0-name]")).to_have_value("Uno")
    expect(page.locator("[data-undo]").first).to_contain_text("pasa de la última columna: fila 1, «De más».")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("30-abr-27", "2027-04-30"), ("30-abr.-2027", "2027-04-30"), ("15 de agosto de 2027", "2027-08-15"),
        ("miércoles, 15 de setiembre de 2027", "2027-09-15"), ("1 sept 2027", "2027-09-01"), ("15/08/27", "2027-08-15"),
        ("8/9/2027", "2027-09-08"), ("24.11.2026", "2026-11-24"), ("2026-11-24", "2026-11-24"),
        ("31/06/2027", ""), ("15 de brumario de 2027", ""), ("pronto", ""),
    ],
)  # fmt: skip
def test_a_pasted_day_is_read_as_spreadsheets_write_it_or_said(page: Page, written: str, read: str) -> None:
    page.evaluate(PASTE, ["[name=milestones-0-name]", f"Uno\t100\t{written}"])
    expect(page.locator("[name=milestones-0-due]")).to_have_value(read)
    told = expect(page.locator("[data-undo]").first)
    if read:
        told.not_to_contain_text("No se reconoció")
    else:
        told.to_contain_text(f"No se reconoció: fila 1, «{written}»")


def test_a_paste_is_taken_back(page: Page) -> None:
    page.fill("[name=milestones-0-name]", "Primero")
    before = page.locator("[data-row]").count()
    page.evaluate(PASTE, ["[name=milestones-0-name]", "Uno\nDos\nTres\nCuatro\nCinco\nSeis"])
    expect(page.locator("[data-row]")).to_have_count(6)
    page.locator("[data-undo]").get_by_role("button", name="Deshacer").first.click()
    expect(page.locator("[name=milestones-0-name]")).to_have_value("Primero")
    expect(page.locator("[data-row]")).to_have_count(before)


def test_a_removed_row_can_come_back(page: Page) -> None:
    paste(page)
    page.click("button[value='remove:milestones:1']")
    expect(page.locator("output")).to_have_text("Suma: 66,67\xa0%, faltan 33,33\xa0%")
    page.click("text=Deshacer")
    expect(page.locator("[name=milestones-1-name]")).to_have_value("Dos")


def test_weights_are_added_up_by_group_while_they_are_typed(page: Page) -> None:
    page.goto("/wide-form.html")
    sums = page.locator("[data-sums] li")
    before = sums.all_inner_texts()
    weight = page.locator("[name=milestones-0-weight]")
    weight.fill(str(int(float(weight.input_value().replace(",", "."))) + 10))
    expect(sums.first).to_have_text(f"{before[0]}, sobran 10\xa0%".replace("100\xa0%,", "110\xa0%,"))
    page.locator("[name=milestones-0-group]").fill("Otro grupo")
    expect(sums).to_have_count(len(before) + 1)


def test_rows_move_and_keep_their_numbers(page: Page) -> None:
    paste(page)
    page.click("button[value='up:milestones:2']")
    expect(page.locator("[name=milestones-1-name]")).to_have_value("Tres")
    expect(page.locator("#p-milestones-1-name")).to_have_attribute("aria-label", "Nombre, hito 2")


def test_enter_adds_a_row_and_goes_there(page: Page) -> None:
    page.press("[name=milestones-0-weight]", "Enter")
    expect(page.locator("[name=milestones-1-name]")).to_be_focused()


def test_enter_goes_down_and_with_shift_up(page: Page) -> None:
    paste(page)
    page.press("[name=milestones-0-name]", "Enter")
    expect(page.locator("[name=milestones-1-name]")).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(page.locator("[name=milestones-0-name]")).to_be_focused()
    expect(page.locator("[name=milestones-0-name]")).to_have_value("Uno")


def test_a_sentence_is_seen_whole_in_its_cell(page: Page) -> None:
    cell = page.locator("[name=milestones-0-name]")
    cell.fill("El equipo de planeación actualiza los proyectos del banco sin apoyo externo " * 3)
    assert cell.evaluate("box => box.scrollHeight <= box.clientHeight + 1 && box.scrollWidth <= box.clientWidth")


GROWN = """() => {
  const box = document.querySelector("[name=milestones-0-name]");
  return box.scrollHeight <= box.clientHeight + 1;
}"""


def test_a_cell_grows_where_css_does_not_do_it(page: Page) -> None:
    page.add_init_script("CSS.supports = () => false")
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { const sheet = document.styleSheets[2];"
        " sheet.insertRule('textarea.input { field-sizing: fixed !important }', sheet.cssRules.length); })"
    )
    page.goto("/blank.html")
    page.fill("[name=milestones-0-name]", "Los proyectos del banco se actualizan sin apoyo externo " * 4)
    assert page.evaluate(GROWN)


def test_a_cell_of_several_lines_in_a_spreadsheet_stays_one(page: Page) -> None:
    page.evaluate(PASTE, ["[name=milestones-0-name]", '"Uno\ny medio"\t50\nDos\t50'])
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator("[name=milestones-0-name]")).to_have_value("Uno y medio")
    expect(page.locator("[name=milestones-1-weight]")).to_have_value("50")
    page.evaluate(PASTE, ["[name=milestones-1-name]", '"Tres\ny medio"\n'])
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator("[name=milestones-1-name]")).to_have_value("DosTres y medio")


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


OPENED = """async () => {
  const { answersOf, openedWith } = await import("/static/js/answers.js");
  const form = document.querySelector("form");
  return [openedWith(form), answersOf(form)];
}"""


@pytest.mark.parametrize("name", ["blank", "form", "wide-form"])
def test_a_page_opens_with_what_the_server_wrote(page: Page, name: str) -> None:
    page.goto(f"/{name}.html")
    opened, shown = page.evaluate(OPENED)
    assert opened == shown


@pytest.fixture
def slow(page: Page) -> Callable[[], None]:
    """A page whose scripts are on their way until they are let go."""
    arrive = held_back(page, "forms.js")
    page.goto("/form.html", wait_until="commit")
    return arrive


def test_what_is_typed_before_the_scripts_are_there_is_saved(page: Page, slow: Callable[[], None]) -> None:
    page.fill("[name=name]", "Bancos al día, dicho de prisa")
    slow()
    expect(page.locator("[data-saving]")).to_contain_text("Borrador guardado a las")


def test_scripts_that_arrive_late_leave_the_focus_where_one_types(page: Page, slow: Callable[[], None]) -> None:
    page.fill("[name=name]", "Bancos")
    slow()
    expect(page.locator(".f-saving")).to_have_attribute("role", "status")  # by then the script has run
    expect(page.locator("[name=name]")).to_be_focused()


def test_a_row_added_later_has_nothing_of_what_was_typed_in_the_first(page: Page, slow: Callable[[], None]) -> None:
    page.fill("[name=milestones-0-name]", "Dicho de prisa")
    slow()
    page.press("[name=milestones-1-name]", "Enter")
    expect(page.locator("[name=milestones-2-name]")).to_be_focused()
    expect(page.locator("[name=milestones-2-name]")).to_have_value("")


KEEP = """(answers) => localStorage.setItem("att:task-1", JSON.stringify(
  { at: Date.now(), answers: JSON.stringify(answers) }))"""
KEEP_WITH_BASE = """([answers, base]) => localStorage.setItem("att:task-1", JSON.stringify(
  { at: Date.now(), answers: JSON.stringify(answers), base: JSON.stringify(base) }))"""
SAME = [
    ["name", " Bancos  de proyectos al día "],
    ["causes", "Rotación de personal\r\n\r\n Sistemas distintos"],
    ["cost", "1500000,5"],
    ["remark_text", ""],
    ["csrf_token", "otro"],
]
NOT_SAME = [["name", "Bancos de proyectos"], ["cost", "1.500.000,51"], ["milestones-5-name", "Otro hito"], ["name", ""]]
ALARM = ".f-restore"


def keep(page: Page, changes: list[list[str]]) -> None:
    """Leave a copy of the form on this device, with some answers in other words."""
    page.goto("/form.html")
    shown = page.evaluate("[...new FormData(document.querySelector('form'))].filter(([, value]) => value.trim)")
    changed = {name for name, _ in changes}
    page.evaluate(KEEP, [pair for pair in shown if pair[0] not in changed] + changes)
    page.reload()


def test_answers_that_the_server_wrote_in_another_way_are_no_alarm(page: Page) -> None:
    keep(page, SAME)
    expect(page.locator("#resumen-de-errores")).to_be_focused()  # by then the script has looked
    expect(page.locator(ALARM)).to_have_count(0)
    assert page.evaluate("localStorage.getItem('att:task-1')") is None


@pytest.mark.parametrize("change", NOT_SAME, ids=str)
def test_an_answer_that_was_not_saved_is_offered(page: Page, change: list[str]) -> None:
    keep(page, [change])
    expect(page.locator(ALARM)).to_have_count(1)


def test_only_what_was_written_here_is_put_back(page: Page) -> None:
    """Meanwhile another window answered something else: that stays."""
    page.goto("/form.html")
    shown = page.evaluate("[...new FormData(document.querySelector('form'))].filter(([, value]) => value.trim)")
    base = [[name, "Lo de antes" if name == "name" else value] for name, value in shown]
    typed = [[name, "12" if name == "cost" else value] for name, value in base]
    page.evaluate(KEEP_WITH_BASE, [typed, base])
    page.reload()
    written = page.locator("[name=name]").input_value()
    page.click("text=Recuperarlas")
    expect(page.locator("[name=cost]")).to_have_value("12")
    expect(page.locator("[name=name]")).to_have_value(written)


def test_what_was_typed_meanwhile_stays_and_what_was_kept_of_it_is_shown(page: Page) -> None:
    keep(page, [["name", "Lo que había quedado"], ["cost", "12"]])
    expect(page.locator(ALARM)).to_have_count(1)
    page.fill("[name=name]", "Dicho de prisa")
    page.click("text=Recuperarlas")
    expect(page.locator("[name=cost]")).to_have_value("12")
    expect(page.locator("[name=name]")).to_have_value("Dicho de prisa")
    beside = page.get_by_label("Lo que había quedado en este dispositivo")
    expect(beside).to_have_value(re.compile("Lo que había quedado$"))
    page.click("text=Descartarlo")
    expect(beside).to_have_count(0)


def test_errors_take_the_focus(page: Page) -> None:
    page.goto("/form.html")
    expect(page.locator("#resumen-de-errores")).to_be_focused()


def test_a_group_spelt_otherwise_is_added_to_the_same_sum(page: Page) -> None:
    page.goto("/wide-form.html")
    sums, second = page.locator("[data-sums] li"), page.locator("[name=milestones-1-group]")
    page.locator("[name=milestones-0-group]").fill("Gestión pública")
    second.fill("Gestión pública")
    before = sums.all_inner_texts()
    second.fill("  GESTION  publica ")
    expect(sums).to_have_text(before)
    second.fill("Gestion ñ")
    expect(sums).not_to_have_text(before)
