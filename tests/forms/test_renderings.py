"""Every rendering knows every kind: page, JSON Schema, workbook, PDF and words."""

import json
import re
from datetime import UTC
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import jinja2
import jsonschema_rs
import pypdfium2
import pytest
from lxml import html
from sqlalchemy.orm import Session

from db.errors import InvalidData
from forms import dates
from forms import display
from forms import posted
from forms import workbook
from forms.answers import READERS
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Option
from forms.declaration import Section
from forms.declaration import from_json
from forms.declaration import to_json
from forms.document import LEAST_WIDTH
from forms.document import LONGEST_WORD
from forms.document import MARGIN
from forms.document import Part
from forms.document import _widths as document_widths
from forms.document import paper
from forms.document import pdf
from forms.json_schema import json_schema
from forms.load import load
from forms.schema import schema_of
from forms.workbook_in import read
from tests.forms.samples import EVERY_KIND
from tests.forms.samples import answers
from web.forms_view import form_view
from web.question_view import FormView
from web.remark import Remark
from workflows.forms import FORMS
from workflows.forms.examples import example

TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
PAGES = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True)
NAMES = display.Lookups(
    catalogues={"people": [Option("1", "Ana Ruiz")]},
    entities={1: "Andes (Antioquia)", 2: "Jardín (Antioquia)"},
    people={1: "Ana Ruiz"},
    files={answers()["evidence"][0]: "acta.pdf"},
)
VALUED = [kind for kind in Kind if kind is not Kind.DOCUMENT]


def name_of(kind: Kind) -> str:
    return next(field.name for field in EVERY_KIND.fields() if field.kind is kind)


@cache
def test_a_set_to_which_only_some_came_is_left_by_nobody() -> None:
    form = FORMS["focalizacion"]
    data = {**example("focalizacion"), "entities": [1, 2]}
    known: dict[str, Any] = {"entities": {1: "Leticia", 2: "San Martín"}, "readonly": True}
    came = page_of("render_readonly").render(view=form_view(form, data, before={**data, "entities": [1]}, **known))
    left = page_of("render_readonly").render(view=form_view(form, {**data, "entities": [1]}, before=data, **known))
    assert "Entran: <ins>San Martín</ins>" in came
    assert "Salen:" not in came
    assert "Salen: <del>San Martín</del>" in left
    assert "Entran:" not in left


def page_of(macro: str) -> jinja2.Template:
    return PAGES.from_string(f'{{% from "forms/form.html" import {macro} %}}<main>{{{{ {macro}(view) }}}}</main>')


def drawn(macro: str, view: FormView) -> Any:
    return html.fromstring(page_of(macro).render(view=view))


def view_of(session: Session, data: dict[str, Any], **more: Any) -> FormView:
    names = display.lookups(session, EVERY_KIND, data)
    known = {"files": names.files, "entities": names.entities, "catalogues": names.catalogues, "people": names.people}
    return form_view(EVERY_KIND, data, **known, **more)


def typed(page: Any) -> dict[str, list[str]]:
    """What a browser would send of `page`."""
    sent: dict[str, list[str]] = {}
    for node in page.xpath("//input[@name] | //textarea[@name] | //select[@name]"):
        if node.tag == "select":
            values = node.xpath("./descendant::option[@selected]/@value") or [""]
        elif node.tag == "textarea":
            values = [(node.text or "").removeprefix("\n")]
        elif node.get("type") in ("radio", "checkbox"):
            values = [node.get("value")] if node.get("checked") is not None else []
        else:
            values = [] if node.get("type") == "file" else [node.get("value") or ""]
        if values:
            sent.setdefault(node.get("name"), []).extend(values)
    return sent


def test_the_sample_has_every_kind() -> None:
    assert {field.kind for field in EVERY_KIND.fields()} == set(Kind)


def test_the_declaration_survives_storage() -> None:
    assert to_json(from_json(json.loads(json.dumps(to_json(EVERY_KIND))))) == to_json(EVERY_KIND)


@pytest.mark.parametrize("kind", VALUED)
def test_schema(kind: Kind) -> None:
    assert name_of(kind) in schema_of(EVERY_KIND).fields
    assert kind in READERS or kind is Kind.TABLE


@pytest.mark.parametrize("kind", VALUED)
def test_words(kind: Kind, session: Session, sound: dict[str, Any]) -> None:
    field, names = EVERY_KIND.field(name_of(kind)), display.lookups(session, EVERY_KIND, sound)
    assert display.text(field, sound[field.name], names) not in ("", display.UNANSWERED)
    assert display.text(field, None, names) == display.UNANSWERED


@pytest.mark.parametrize("kind", VALUED)
def test_json_schema(kind: Kind, sound: dict[str, Any]) -> None:
    described = json_schema(EVERY_KIND)["properties"][name_of(kind)]
    assert jsonschema_rs.validator_for(described).is_valid(sound[name_of(kind)])
    assert not jsonschema_rs.validator_for(described).is_valid({"no": 1})


def test_json_schema_accepts_what_loads(session: Session, sound: dict[str, Any]) -> None:
    assert jsonschema_rs.validator_for(json_schema(EVERY_KIND)).is_valid(load(session, EVERY_KIND, sound).data)


@pytest.mark.parametrize("kind", list(Kind))
def test_page(kind: Kind, session: Session, sound: dict[str, Any]) -> None:
    page = drawn("render_form", view_of(session, sound))
    assert page.xpath(f"//*[contains(@class, 'f-of-{kind.value}')]")


def test_the_page_sends_back_what_it_shows(session: Session, sound: dict[str, Any]) -> None:
    raw = posted.raw(EVERY_KIND, typed(drawn("render_form", view_of(session, sound))))
    assert load(session, EVERY_KIND, raw).data == sound


def test_the_page_keeps_what_was_typed(session: Session, sound: dict[str, Any]) -> None:
    sound["cost"] = "un millón"
    assert typed(drawn("render_form", view_of(session, sound)))["cost"] == ["un millón"]


def test_every_input_has_a_label(session: Session, sound: dict[str, Any]) -> None:
    page = drawn("render_form", view_of(session, sound))
    labelled = set(page.xpath("//label/@for"))
    inputs = page.xpath("//input[not(@type='hidden')] | //textarea | //select")
    assert [node.get("id") for node in inputs if node.get("id") not in labelled and not node.get("aria-label")] == []


def test_ids_are_unique(session: Session, sound: dict[str, Any]) -> None:
    ids = drawn("render_form", view_of(session, sound)).xpath("//@id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", ["days", "mode", "travels", "entities", "milestones", "milestones/1/name", "evidence"])
def test_an_error_is_linked_and_described(path: str, session: Session, sound: dict[str, Any]) -> None:
    page = drawn("render_form", view_of(session, sound, errors={path: ["Corrija esto."]}))
    (link,) = page.xpath("//*[@id='resumen-de-errores']//a/@href")
    assert page.xpath(f"//*[@id='{link[1:]}']")
    assert page.xpath(f"//*[@aria-describedby and contains(@aria-describedby, '{link[1:]}-error')]")


def test_what_is_said_of_a_line_stands_at_its_question(session: Session, sound: dict[str, Any]) -> None:
    page = drawn("render_form", view_of(session, sound, warnings={"causes/1": ["Revise la causa 2."]}))
    assert page.xpath("//a[@href='#p-causes']/text()") == ["Revise la causa 2."]
    assert page.xpath("//*[@id='p-causes-aviso']//span/text()") == ["Revise la causa 2."]


def test_a_number_is_never_parted_from_its_unit(session: Session, sound: dict[str, Any]) -> None:
    names = display.lookups(session, EVERY_KIND, sound)
    said = [display.text(EVERY_KIND.field(name), sound[name], names) for name in ("share", "days", "cost")]
    assert said == ["33,33\xa0%", "1.250\xa0días hábiles", "$\xa01.500.000,50"]


def test_nothing_typed_becomes_markup(session: Session, sound: dict[str, Any]) -> None:
    sound["name"] = sound["milestones"][0]["name"] = "<script>alert(1)</script>"
    remarks = {"name": [Remark(1, "<script>x</script>", "<script>y</script>")]}
    for macro in ("render_form", "render_readonly", "render_review"):
        assert not drawn(macro, view_of(session, sound, observations=remarks)).xpath("//script")


def test_nothing_inline_for_a_strict_policy(session: Session, sound: dict[str, Any]) -> None:
    page = drawn("render_form", view_of(session, sound))
    assert not page.xpath("//style | //script | //@style | //@*[starts-with(name(), 'on')]")


def test_readonly_marks_what_changed(session: Session, sound: dict[str, Any]) -> None:
    view = view_of(session, sound, before={**sound, "name": "Antes así"}, readonly=True)
    assert view.changes == 1
    assert drawn("render_readonly", view).xpath("//del/text()") == ["Antes así"]


def test_weights_are_added_up_by_group_beside_their_table(session: Session) -> None:
    rows = [{"group": "A", "weight": "60", "group_weight": "30"}, {"group": "A", "weight": "50", "group_weight": "30"},
            {"group": "B", "weight": "100", "group_weight": "70"}]  # fmt: skip
    view = form_view(FORMS["parametrizacion_hitos"], {"milestones": rows})
    sums = next(q for section in view.sections for q in section.questions if q.field.name == "milestones").sums
    assert sums is not None
    said = [(name, words.replace("\xa0", " "), off) for name, words, off in sums.lines]
    assert said == [("A", "110 %, sobran 10 %", True), ("B", "100 %", False), ("Entre grupos", "100 %", False)]


def test_a_question_that_an_answer_may_demand_is_not_called_optional(session: Session) -> None:
    view = form_view(FORMS["parametrizacion_hitos"], {"trackable": True})
    demanded = [q.field.name for section in view.sections for q in section.questions if q.demanded]
    assert demanded == ["template_note"]


def test_progress_says_where_each_section_stands(session: Session, sound: dict[str, Any]) -> None:
    del sound["cost"]
    view = view_of(session, sound, observations={"name": [Remark(1, "Precise.", "Ana")]})
    assert [section.state_label for section in view.sections] == ["Con observaciones", "Falta", "Completa", "Completa"]


def test_the_workbook_comes_back_the_same(session: Session, sound: dict[str, Any]) -> None:
    book = read(session, EVERY_KIND, workbook.template(session, EVERY_KIND, sound))
    assert load(session, EVERY_KIND, {**book.raw, "evidence": sound["evidence"]}).data == sound


def test_the_noise_of_a_sum_in_a_cell_is_left_out(session: Session, sound: dict[str, Any]) -> None:
    sound["milestones"][0]["weight"] = "10.3"
    target = BytesIO()
    with ZipFile(BytesIO(workbook.template(session, EVERY_KIND, sound))) as before, ZipFile(target, "w") as after:
        for part in before.namelist():
            after.writestr(part, before.read(part).replace(b"<v>10.3</v>", b"<v>10.299999999999999</v>"))
    assert read(session, EVERY_KIND, target.getvalue()).raw["milestones"][0]["weight"] == 10.3


def test_what_was_typed_is_never_a_formula(session: Session, sound: dict[str, Any]) -> None:
    sound["name"] = '=HYPERLINK("https://malo.example")'
    assert read(session, EVERY_KIND, workbook.template(session, EVERY_KIND, sound)).raw["name"] == sound["name"]


def test_errors_of_a_workbook_name_the_cell(session: Session, sound: dict[str, Any]) -> None:
    sound["milestones"][1]["weight"] = "mucho"
    book = read(session, EVERY_KIND, workbook.template(session, EVERY_KIND, sound))
    with pytest.raises(InvalidData) as caught:
        load(session, EVERY_KIND, {**book.raw, "evidence": sound["evidence"]})
    (message,) = book.located(caught.value).errors["milestones/1/weight"]
    assert message.startswith("Hoja «Hitos de trabajo», celda B4: Escriba el peso del hito 2")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("20/11/2026", "2026-11-20"), ("05/01/27", "2027-01-05"), ("9-jun-27", "2027-06-09"), ("31/06/2026", ""),
        ("20 de enero del 2027", "2027-01-20"), ("lunes, 2 de sept. de 2027", "2027-09-02"), ("pronto", ""),
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(written: str, day: str) -> None:
    assert dates.iso_day(written) == day


@pytest.mark.parametrize(("written", "month"), [("abr-27", "2027-04"), ("Agosto de 2027", "2027-08"), ("13/2027", "")])
def test_a_month_is_read_as_people_write_it(written: str, month: str) -> None:
    assert dates.iso_month(written) == month


@pytest.mark.parametrize("content", [b"", b"nada", b"PK\x03\x04roto"])
def test_what_is_no_workbook_is_refused(content: bytes, session: Session) -> None:
    with pytest.raises(InvalidData):
        read(session, EVERY_KIND, content)


def text_of(content: bytes) -> str:
    return " ".join(
        "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(content)).split()
    )


@pytest.fixture(scope="module")
def document() -> str:
    """The words of the PDF of sound answers."""
    at = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
    return text_of(pdf(EVERY_KIND, answers(), at=at, names=NAMES))


@pytest.mark.parametrize("kind", [kind for kind in VALUED if kind is not Kind.LONG_TEXT])
def test_pdf(kind: Kind, document: str) -> None:
    field = EVERY_KIND.field(name_of(kind))
    said = "Diagnóstico" if kind is Kind.TABLE else display.shown(field, answers()[field.name], NAMES).text
    assert "".join(said.split()) in document.replace(" ", "")


def test_the_pdf_is_tagged_and_says_its_language(sound: dict[str, Any], now: datetime) -> None:
    content = pdf(EVERY_KIND, sound, at=now, code="ATT-2026-014", author="Ana Ruiz")
    assert b"/MarkInfo" in content
    assert b"pdfuaid" in content
    assert b"es-CO" in content


def test_the_pdf_never_reads_what_was_typed_as_code(sound: dict[str, Any], now: datetime) -> None:
    sound["name"] = '#read("/etc/passwd") *negrita* $x$ [a] \\ "'
    assert "#read(" in text_of(pdf(EVERY_KIND, sound, at=now))


WIDE = {name: example(name, entities=[1], files=["0" * 32]) for name in ("protocolo", "programacion_asistencia")}
LONG = {
    "code": "Responsabilidades interinstitucionales",
    "mail": "nombre.apellido.largo@planeacion.antioquia.gov.co",
    "link": "https://portalterritorial.dnp.gov.co/" + "a1" * 40,
    "word": "x" * 90,
    "text": "Se actualizan los proyectos del banco. " * 8,
    "last": "Última columna",
}
SIX = Form(
    "six",
    "Seis columnas",
    (
        Section(
            "only",
            "Sección",
            (
                Field(
                    kind=Kind.TABLE,
                    name="rows",
                    label="Filas",
                    columns=tuple(Field(kind=Kind.LONG_TEXT, name=name, label=name.capitalize()) for name in LONG),
                ),
            ),
        ),
    ),
)


def papers() -> dict[str, tuple[Form, dict[str, Any]]]:
    return {"six": (SIX, {"rows": [LONG]}), **{name: (FORMS[name], data) for name, data in WIDE.items()}}


@pytest.mark.parametrize("name", papers())
def test_nothing_of_a_wide_table_is_lost_on_paper(name: str, now: datetime) -> None:
    form, data = papers()[name]
    content = pdf(form, data, at=now)
    plain = printed(text_of(content))
    for _, answers_of_section in display.sections(form, data, display.Lookups()):
        for shown in answers_of_section:
            cells = [cell for row in shown.rows for cell in row] or [shown.text]
            assert [cell for cell in (shown.field.label, *shown.head, *cells) if printed(cell) not in plain] == []


@pytest.mark.parametrize("name", papers())
def test_nothing_on_paper_stands_outside_the_margins(name: str, now: datetime) -> None:
    form, data = papers()[name]
    edge = 2.2 / 2.54 * 72
    for page in pypdfium2.PdfDocument(pdf(form, data, at=now)):
        words = page.get_textpage()
        boxes = [words.get_rect(index) for index in range(words.count_rects())]
        assert boxes
        assert min(left for left, _, _, _ in boxes) >= edge - 1
        assert max(right for _, _, right, _ in boxes) <= page.get_width() - edge + 1


def printed(text: str) -> str:
    """Letters and figures alone: lines end, and words are divided, where the paper wants."""
    return re.sub(r"[\W_]", "", text)


def test_the_same_answers_give_the_same_pdf(sound: dict[str, Any], now: datetime) -> None:
    assert pdf(EVERY_KIND, sound, at=now) == pdf(EVERY_KIND, sound, at=now)


@pytest.mark.parametrize(("name", "table", "edited", "read"), [
    ("indicadores_y_metas", "indicators", {"f-cards"}, {"f-cards"}),
    ("hitos_de_trabajo", "milestones", {"f-wide"}, {"f-cards"}),
    ("costos_y_recursos", "budget", {"f-wide"}, set()),
    ("costos_y_recursos", "funding_sources", set(), set()),
])  # fmt: skip
def test_a_table_without_room_gets_the_whole_page_or_is_drawn_as_cards(
    name: str, table: str, edited: set[str], read: set[str]
) -> None:
    data = example(name, entities=[1])
    for macro, drawing in (("render_form", edited), ("render_readonly", read)):
        page = drawn(macro, form_view(FORMS[name], data))
        (found,) = page.xpath(f"//*[@id='p-{table}-0']/ancestor::table/@class")
        assert set(found.split()) & {"f-cards", "f-wide"} == drawing


def test_a_total_left_empty_shows_and_counts_what_it_comes_to() -> None:
    """The page says that it is worked out: its sum is not to leave it out until the last look."""
    budget = [{"quantity": "4", "unit_value": "60000000"}, {"total": "45000018"}]
    page = drawn("render_form", form_view(FORMS["costos_y_recursos"], {"budget": budget}))
    assert page.xpath("//*[@name='budget-0-total']/@placeholder") == ["240.000.000"]
    assert page.xpath("//*[@name='budget-0-total']/@value") == [""]
    assert page.xpath("string(//output[@data-total='total'])") == "Suma: $\u00a0285.000.018"


def test_a_column_of_a_pdf_has_room_for_its_words() -> None:
    head, row = ("N.º", "Hito", "¿Aplica?"), ("1", "Diagnóstico del banco de proyectos del municipio, al día", "Sí")
    number, name, applies = document_widths(head, [row])
    assert number < applies < name
    assert name >= len("Diagnóstico")
    assert document_widths(("x" * 40, "y"), []) == (LONGEST_WORD + MARGIN, LEAST_WIDTH)


@pytest.mark.parametrize(
    ("word", "divided"),
    [
        ("acta-de-mesa.pdf", "acta-\u200bde-\u200bmesa.\u200bpdf"),  # after its signs, and in no other place
        ("electroencefalografistadesconocida", "\xad\r\n"),  # anywhere, with a hyphen
        ("a94a8fe5ccb19ba61c4c0873d391e987982fbbd3", "\u200b\r\n"),  # anywhere, without one that it has not
    ],
)
def test_a_long_name_in_a_narrow_cell_is_divided_where_it_can_be(word: str, divided: str) -> None:
    table = Part("Archivos", head=tuple("ABCDE"), rows=[[word, *["x" * 19] * 4]])
    page = pypdfium2.PdfDocument(paper("Hoja", [], [table], at=datetime(2026, 11, 24, tzinfo=UTC)))[0]
    assert divided in page.get_textpage().get_text_range()
