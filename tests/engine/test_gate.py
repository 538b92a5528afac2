"""What is refused at deployment, each for its own reason, and a control that passes."""

import pytest

from db.errors import DefinitionError
from engine import gate
from engine import registry
from engine.bundle import Bundle
from tests.engine import diagrams as d
from tests.engine.conftest import NOTE
from tests.engine.conftest import REVIEWED

SIMPLE = d.start() + d.user("Activity_A") + d.end() + d.chain("Event_Inicio", "Activity_A", "Event_Fin")


@pytest.fixture(autouse=True)
def handlers():
    before = dict(registry._handlers)
    registry._handlers["toy.note"] = lambda *args, **kwargs: None
    yield
    registry._handlers.clear()
    registry._handlers.update(before)


def check(body: str, **kwargs: object) -> None:
    gate.check(Bundle("caso", {"caso.bpmn": d.diagram("caso", body, **kwargs)}), {"nota": NOTE})


def test_a_good_diagram_passes() -> None:
    check(REVIEWED, variables="again:yes_no")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (SIMPLE.replace("userTask", "scriptTask"), "scriptTask"),
        (SIMPLE.replace("userTask", "task"), "task"),
        (SIMPLE.replace("userTask", "manualTask"), "manualTask"),
        (SIMPLE.replace('value="nota"', 'value="otra"'), "element"),
        (SIMPLE.replace("technical_lead", "king"), "element"),
        (SIMPLE.replace('name="role"', 'name="rol"'), "element"),
        (SIMPLE.replace("Activity_A", "start"), "id"),
        (SIMPLE + d.user("ACTIVITY_a"), "id"),
        (d.start() + d.service("Activity_S", "no.such") + d.end(), "element"),
        (d.start() + d.call("Activity_C", "otro") + d.end(), "element"),
        (d.start() + d.user("Activity_A", outputs="again=text") + d.end(), "element"),
        (d.start() + d.user("Activity_A", term="P1D") + d.end(), "element"),
        (d.start() + d.user("Activity_A", prefill="@nobody") + d.end(), "element"),
        (
            d.start() + d.choice("Gateway_A") + d.choice("Gateway_B") + d.chain("Gateway_A", "Gateway_B", "Gateway_A"),
            "loop",
        ),
        ("".join(d.user(f"Activity_{n}") for n in range(151)), "userTask"),
    ],
)
def test_it_is_refused(body: str, code: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        check(body)
    assert caught.value.code == code


def test_a_decision_without_a_way_out_is_refused() -> None:
    with pytest.raises(DefinitionError) as caught:
        check(REVIEWED.replace('default="Flow_Seguir"', ""), variables="again:yes_no")
    assert caught.value.code == "default"


def test_a_condition_on_an_undeclared_variable_is_refused() -> None:
    with pytest.raises(DefinitionError) as caught:
        check(REVIEWED.replace("again == True", "other == True"), variables="again:yes_no")
    assert caught.value.code == "condition"


def test_a_refusal_names_file_element_and_line() -> None:
    with pytest.raises(DefinitionError, match=r"caso\.bpmn, Activity_A, línea 1"):
        check(SIMPLE.replace("technical_lead", "king"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<a", "xml"),
        ("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>", "doctype"),
        ("<a>" + " " * 1_000_001 + "</a>", "too-large"),
    ],
)
def test_a_broken_file_is_refused(text: str, code: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        gate.check(Bundle("caso", {"caso.bpmn": text}), {})
    assert caught.value.code == code
