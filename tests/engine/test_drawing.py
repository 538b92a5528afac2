"""The picture of a diagram: complete, small, and safe to put into a page."""

from pathlib import Path

import pytest
from lxml import etree

import engine
from db.errors import DefinitionError
from engine import drawing

FILES = sorted((Path(engine.__file__).parent.parent / "workflows" / "bpmn").glob("*.bpmn"))
SVG = "{http://www.w3.org/2000/svg}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def drawn(file: Path, **states: str) -> etree._Element:
    return etree.fromstring(drawing.svg(file.read_bytes(), states))


def group(picture: etree._Element, element: str) -> etree._Element:
    (found,) = picture.xpath("//*[@data-element=$id]", id=element)
    return found


@every_file
def test_every_element_is_in_the_picture(file: Path) -> None:
    meant = {node.get("bpmnElement") for node in etree.parse(file).iter(f"{DI}BPMNShape", f"{DI}BPMNEdge")}
    assert {node.get("data-element") for node in drawn(file).iter(f"{SVG}g") if node.get("data-element")} == meant


@every_file
def test_it_needs_neither_inline_style_nor_script(file: Path) -> None:
    picture = drawn(file)
    assert not picture.xpath("//@style | //*[local-name() = 'style' or local-name() = 'script']")
    assert not [name for name in picture.xpath("//@*") if name.attrname.startswith("on")]


@every_file
def test_no_word_of_a_name_is_lost(file: Path) -> None:
    picture = drawn(file)
    for element, name, _kind in drawing.elements(file.read_bytes()):
        spans = group(picture, element).xpath(".//*[local-name() = 'tspan']/text()")
        assert " ".join(spans) == name


@every_file
def test_every_shape_has_a_title(file: Path) -> None:
    shapes = drawn(file).xpath("//*[local-name() = 'g' and @data-element and not(@class = 'bpmn-flow')]")
    assert all(shape[0].tag == f"{SVG}title" and shape[0].text for shape in shapes)


STATES = [("done", 1, "terminado"), ("now", 1, "en curso"), ("next", 0, "por venir")]


@pytest.mark.parametrize(("state", "marks", "word"), STATES)
def test_a_state_shows_by_class_mark_and_word(state: str, marks: int, word: str) -> None:
    (file,) = [one for one in FILES if one.stem == "gobernanza"]
    shape = group(drawn(file, Activity_DefinirRoles=state), "Activity_DefinirRoles")
    assert f"is-{state}" in shape.get("class", "").split()
    assert len(shape.xpath("*[@class = 'bpmn-mark']")) == marks
    assert word in (shape[0].text or "")


INSIDE = ("Activity_EjecucionYSeguimiento", "Activity_EjecutarAsistencia")


def test_an_address_points_at_the_innermost_element_where_the_case_stands() -> None:
    (file,) = [one for one in FILES if one.stem == "procedimiento_att"]
    picture = drawing.svg(file.read_bytes(), dict.fromkeys(INSIDE, "now"))
    (found,) = etree.fromstring(picture).xpath("//*[@id=$id]", id=drawing.HERE)
    assert found.get("data-element") == "Activity_EjecutarAsistencia"
    assert drawing.HERE not in drawing.svg(file.read_bytes(), {"Activity_EjecutarAsistencia": "done"})


def test_an_unknown_state_changes_nothing() -> None:
    file = FILES[0]
    assert drawing.svg(file.read_bytes(), {"Activity_FormularAccion": '"><script>'}) == drawing.svg(file.read_bytes())


def test_the_list_follows_the_file() -> None:
    (file,) = [one for one in FILES if one.stem == "seguimiento"]
    assert drawing.elements(file.read_bytes())[:3] == [
        ("Event_SeguimientoIniciado", "Seguimiento iniciado", "Inicio"),
        ("Activity_EntrarASeguimiento", "Registrar entrada a seguimiento", "Acción del sistema"),
        ("Activity_AplicarMonitoreo360", "Aplicar el monitoreo 360", "Tarea"),
    ]


def test_names_are_escaped() -> None:
    content = FILES[0].read_bytes().replace("Formular la acción".encode(), b"&lt;b&gt;Formular&lt;/b&gt;")
    assert "<b>" not in drawing.svg(content)


@pytest.mark.parametrize(
    "content", [b"", b"<a>", b"<a/>", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>']
)
def test_what_is_no_diagram_is_refused(content: bytes) -> None:
    with pytest.raises(DefinitionError):
        drawing.svg(content)
