"""Nothing that the documents ask for is lost, and nothing is asked without a source or a reason."""

from pathlib import Path

import pytest
from lxml import etree

import workflows
from forms.declaration import Field
from forms.declaration import Kind
from workflows import sources
from workflows.forms import BY_PROCESS
from workflows.forms import FORMS
from workflows.sources_ours import OURS

ROOT = Path(workflows.__file__).parent
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"


def _user_tasks(process: str) -> dict[str, dict[str, str]]:
    tree = etree.parse(str(ROOT / "bpmn" / f"{process}.bpmn"))
    return {
        str(task.get("id")): {str(item.get("name")): str(item.get("value")) for item in task.iter(f"{SPIFF}property")}
        for task in tree.iter(f"{BPMN}userTask")
    }


TASKS = {process: _user_tasks(process) for process in BY_PROCESS}
ROWS = sources.rows()
IDS = [f"{row.code}-{row.form}-{row.field}".replace("/", ".") for row in ROWS]
TRACED = {(row.form, row.field.split("/")[0]) for row in ROWS}
REASONED = {
    (ours.form, name) for ours in OURS for name in (ours.fields or [field.name for field in FORMS[ours.form].fields()])
}


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_what_a_document_asks_for_is_answered_at_an_element(row: sources.Row) -> None:
    assert TASKS[row.process][row.element]["form"] == row.form
    assert sources.label(row.form, row.field)


@pytest.mark.parametrize("process", BY_PROCESS)
def test_every_human_step_comes_from_a_document_or_has_a_reason(process: str) -> None:
    known = {(row.process, row.element) for row in ROWS}
    whole = {ours.form for ours in OURS if not ours.fields or process == "modificacion_protocolo"}
    orphans = [
        element
        for element, task in TASKS[process].items()
        if (process, element) not in known and task["form"] not in whole
    ]
    assert orphans == []


@pytest.mark.parametrize("process", BY_PROCESS)
def test_every_form_of_a_process_stands_in_its_diagram(process: str) -> None:
    drawn = {task["form"] for task in TASKS[process].values()}
    assert {form.name for form in BY_PROCESS[process]} == drawn


def _repeats(form: str, question: Field) -> bool:
    """Whether `question` is the same as one of another form that comes from a document or has a reason there."""
    others = (name for name in FORMS if name != form)
    known = TRACED | REASONED
    return any((name, question.name) in known and question in tuple(FORMS[name].fields()) for name in others)


@pytest.mark.parametrize("form", FORMS)
def test_every_question_comes_from_a_document_or_has_a_reason(form: str) -> None:
    unknown = [
        field.name
        for field in FORMS[form].fields()
        if (form, field.name) not in TRACED | REASONED and not _repeats(form, field)
    ]
    assert unknown == []


@pytest.mark.parametrize(("form", "name"), sorted(REASONED))
def test_what_is_ours_is_not_said_to_come_from_a_document(form: str, name: str) -> None:
    assert FORMS[form].field(name).source == ""
    assert (form, name) not in TRACED


@pytest.mark.parametrize(("form", "name"), sorted(TRACED))
def test_what_comes_from_a_document_says_so(form: str, name: str) -> None:
    assert FORMS[form].field(name).source


@pytest.mark.parametrize(
    ("prefix", "count"), [("E1-", 7), ("E2-", 10), ("E3-", 5), ("E4-", 3), ("COM-", 9), ("GOB-P", 5), ("PROC-P", 8)]
)
def test_no_step_of_the_documents_is_missing(prefix: str, count: int) -> None:
    steps = {"-".join(step.code.split("-")[:2]) for step in sources.STEPS if step.code.startswith(prefix)}
    assert len(steps) == count


def test_every_gate_is_in_the_table() -> None:
    assert {row.gate for row in ROWS if row.gate} == {"C1", "C2", "C3", "C4", "D1"}


def test_composed_documents_are_never_typed() -> None:
    assert {FORMS[form].field(name).kind for form, name in TRACED if name.endswith("_document")} == {Kind.DOCUMENT}


def test_the_page_is_the_one_that_the_program_writes() -> None:
    assert (ROOT.parent / "docs" / "trazabilidad.md").read_text(encoding="utf-8") == sources.markdown()
