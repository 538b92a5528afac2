"""What is said to be corrected elsewhere is asked somewhere, and the addresses have what they need."""

import pytest

from engine.registry import EVERY
from engine.registry import Elsewhere
from workflows import accion_correctiva
from workflows import apoyo_experto
from workflows import ciclo_de_vida
from workflows import procedimiento_att
from workflows import recorded

PROCESSES = (ciclo_de_vida.PROCESS, procedimiento_att.PROCESS, accion_correctiva.PROCESS, apoyo_experto.PROCESS)
REFS = {"product_id": 1, "plan_id": 2}
TOLD = [one for process in PROCESSES for told in process.elsewhere.values() for one in told.values()]


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.key)
def test_every_question_named_is_asked(process) -> None:
    for name, told in process.elsewhere.items():
        asked = {field.name for field in process.forms[name].fields()}
        assert told.keys() <= asked | {EVERY}, name


def test_every_form_on_which_somebody_decides_is_there() -> None:
    assert recorded.DECIDED.keys() <= ciclo_de_vida.PROCESS.forms.keys()


@pytest.mark.parametrize("one", [*TOLD, *recorded.DECIDED.values()], ids=lambda one: one.text[:30])
def test_every_address_can_be_written(one: Elsewhere) -> None:
    assert "{" not in one.url.format_map(REFS)
