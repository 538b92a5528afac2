"""What is told of the difference between two versions: all of it, in words, and nothing else."""

import pytest

from engine import comparing
from engine import drawing
from engine.bundle import Bundle
from tests.engine import diagrams as d
from tests.engine.conftest import REVIEWED

KEY = "tramite"
BEFORE = d.drawn(d.diagram(KEY, REVIEWED, variables="again:yes_no"))


def compared(after: str, before: str = BEFORE) -> dict[str, comparing.Change]:
    forms = {"nota": "1"}
    found = comparing.compare(Bundle(KEY, {"a.bpmn": before}, forms), Bundle(KEY, {"a.bpmn": after}, forms))
    return {one.element: one for one in found}


def test_a_version_is_not_other_than_itself() -> None:
    assert compared(BEFORE) == {}


def test_blanks_between_elements_mean_nothing() -> None:
    assert compared(BEFORE.replace("><", ">\n  <")) == {}


@pytest.mark.parametrize(
    ("old", "new", "element", "told"),
    [
        ('value="working_days:3"', 'value="working_days:5"', "Activity_Revisar",
         "Plazo: pasa de «working_days:3» a «working_days:5»"),
        ('value="der_reviewer"', 'value="der_monitoring"', "Activity_Revisar",
         "Rol: pasa de «Revisión DER» a «Monitoreo DER»"),
        ('<spiffworkflow:property name="term" value="working_days:3"/>', "", "Activity_Revisar",
         "Plazo: se quita «working_days:3»"),
        ('name="Activity_Escribir"', 'name="Redactar"', "Activity_Escribir",
         "Nombre: pasa de «Activity_Escribir» a «Redactar»"),
        ("again == True", "again == False", "Flow_Gateway_Otra_Gateway_Union",
         "Condición: pasa de «again == True» a «again == False»"),
        ('id="toy.note"', 'id="toy.other"', "Activity_Anotar", "Servicio: pasa de «toy.note» a «toy.other»"),
        ('default="Flow_Seguir"', 'default="Flow_Gateway_Otra_Gateway_Union"', "Gateway_Otra",
         "Camino por defecto: pasa de «Flow_Seguir» a «Flow_Gateway_Otra_Gateway_Union»"),
        ('value="again:yes_no"', 'value="again:yes_no=true"', KEY,
         "Variables: pasa de «again:yes_no» a «again:yes_no=true»"),
        ('resultVariable=""', 'resultVariable="x"', "Activity_Anotar", "Cambia otra parte de lo que dice."),
    ],
)  # fmt: skip
def test_each_change_is_told_with_its_element(old: str, new: str, element: str, told: str) -> None:
    assert old in BEFORE
    found = compared(BEFORE.replace(old, new))
    assert {element: (comparing.CHANGED, (told,))} == {name: (one.state, one.details) for name, one in found.items()}


def test_what_is_added_and_what_is_gone() -> None:
    longer = REVIEWED.replace(d.flow("Activity_Anotar", "Event_Fin"), "")
    longer += d.user("Activity_Firmar") + d.chain("Activity_Anotar", "Activity_Firmar", "Event_Fin")
    after = d.drawn(d.diagram(KEY, longer, variables="again:yes_no"))
    assert {name: one.state for name, one in compared(after).items()} == {
        "Activity_Firmar": comparing.ADDED,
        "Flow_Activity_Anotar_Activity_Firmar": comparing.ADDED,
        "Flow_Activity_Firmar_Event_Fin": comparing.ADDED,
        "Flow_Activity_Anotar_Event_Fin": comparing.REMOVED,
    }
    assert compared(BEFORE, after)["Activity_Firmar"].state == comparing.REMOVED


def test_an_arrow_is_called_by_what_it_joins() -> None:
    found = compared(BEFORE.replace("again == True", "again == False"))
    assert found["Flow_Gateway_Otra_Gateway_Union"].name == "De «Gateway_Otra» a «Gateway_Union»"


def test_a_drawing_that_moved_is_told_as_that() -> None:
    (one,) = compared(BEFORE.replace('y="0"', 'y="7"')).values()
    assert one.details == ("Sólo cambia el dibujo; el proceso hace lo mismo.",)


def test_what_a_file_declares_beside_its_process_is_told() -> None:
    (one,) = compared(BEFORE.replace("<bpmn:process", '<bpmn:message id="M" name="m"/><bpmn:process', 1)).values()
    assert "declara el archivo" in one.details[0]


def test_a_form_that_changed_is_called_by_its_title() -> None:
    before, after = (Bundle(KEY, {"a.bpmn": BEFORE}, {"nota": identity}) for identity in ("1", "2"))
    (one,) = comparing.compare(before, after, {"nota": "Nota"})
    assert (one.name, one.kind, one.state) == ("Nota", "Formulario", comparing.CHANGED)


def test_all_is_new_in_the_first_version() -> None:
    found = comparing.compare(None, Bundle(KEY, {"a.bpmn": BEFORE}))
    assert {one.state for one in found} == {comparing.ADDED}


def test_the_drawing_tells_each_state_by_a_class_a_mark_and_a_title() -> None:
    arrow = "Flow_Gateway_Otra_Gateway_Union"
    picture = drawing.svg(BEFORE.encode(), {"Activity_Revisar": "changed", arrow: "removed"})
    assert 'is-changed" data-element="Activity_Revisar"' in picture
    assert "(cambia)</title>" in picture
    assert f'is-removed" data-element="{arrow}"><title>Camino (se retira)</title>' in picture
    assert picture.count("bpmn-mark") == 1
