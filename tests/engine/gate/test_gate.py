"""What is refused at deployment, each for its own reason, and controls that pass."""

import pytest

import workflows
from db.errors import DefinitionError
from engine import gate
from engine import registry
from engine.bundle import Bundle
from engine.registry import Process
from forms.declaration import hash_of
from tests.engine.gate import cases
from tests.engine.gate import decisions
from tests.engine.gate import elements
from tests.engine.gate import flows
from tests.engine.gate import names
from tests.engine.gate import texts
from tests.engine.gate import ways

GROUPS = (texts, names, elements, flows, ways, decisions)
REFUSED = [case for group in GROUPS for case in group.cases()]


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names that the diagrams of the corpus use stand for something."""
    workflows.register()
    monkeypatch.setitem(registry._handlers, cases.SERVICE, lambda *_args, **_named: None)
    monkeypatch.setitem(registry._prefills, cases.PREFILL, lambda *_args, **_named: {})


def check(process: Process) -> None:
    forms = {name: hash_of(form) for name, form in process.forms.items()}
    gate.check(Bundle(process.key, process.files, forms), process)


@pytest.mark.parametrize("case", [cases.good(), *ways.controls()], ids=lambda case: case.name)
def test_the_controls_pass(case: cases.Case) -> None:
    check(case.process)


@pytest.mark.parametrize("process", workflows.ALL, ids=[process.key for process in workflows.ALL])
def test_what_is_built_in_passes(process: Process) -> None:
    check(process)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_it_is_refused_for_its_own_reason(case: cases.Case) -> None:
    with pytest.raises(DefinitionError) as caught:
        check(case.process)
    assert caught.value.code == case.code, caught.value.message
    assert case.says in caught.value.message


def test_the_corpus_is_large_and_says_nothing_twice() -> None:
    assert len(REFUSED) >= 300
    assert len({case.name for case in REFUSED}) == len(REFUSED)
    assert len({(tuple(case.files.items()), case.rules) for case in REFUSED}) == len(REFUSED)


def test_a_refusal_names_file_element_and_line() -> None:
    case = cases.spoiled("role", "role", 'value="technical_lead"', 'value="king"')
    with pytest.raises(DefinitionError, match=r"caso\.bpmn, Activity_Escribir, línea 1"):
        check(case.process)
