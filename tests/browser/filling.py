"""Typing the answers to a declared form into its page, as somebody with a mouse, a keyboard and a spreadsheet does."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from lxml import etree
from playwright.sync_api import FilePayload
from playwright.sync_api import Page
from playwright.sync_api import expect

import workflows
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from tests.processes.office import PDF

PASTE = """(cell, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
PROPERTY = "{http://spiffworkflow.org/bpmn/schema/1.0/core}property"


@cache
def form_of(task: str) -> Form:
    """The form of the step that people know as `task`."""
    for process in workflows.ALL:
        for diagram in process.files.values():
            for step in etree.fromstring(diagram.encode()).iter(f"{BPMN}userTask"):
                if step.get("name") == task:
                    told = {item.get("name"): item.get("value") for item in step.iter(PROPERTY)}
                    return process.forms[told["form"] or ""]
    raise KeyError(task)


def fill(page: Page, form: Form, answers: Mapping[str, Any]) -> None:
    """Type `answers` by name into the page of a task. Files are names; entities are ids to tick or codes to paste."""
    # Nobody types before the page is there; what is pasted earlier than its script meets no one.
    page.locator("form[data-form]").wait_for()
    page.wait_for_load_state()
    for field in form.fields():
        if field.name in answers:
            _WAYS.get(field.kind, _type)(page, field, answers[field.name])


def attachment(name: str) -> FilePayload:
    """A small PDF to attach, different from any other name's."""
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF + name.encode()}


def _type(page: Page, field: Field, answer: Any) -> None:
    page.locator(f"[name='{field.name}']").fill(str(answer))


def _list(page: Page, field: Field, answer: Sequence[str]) -> None:
    page.locator(f"[name='{field.name}']").fill("\n".join(answer))


def _mark(page: Page, field: Field, answer: Any) -> None:
    value = str(answer).lower() if isinstance(answer, bool) else answer
    if page.locator(f"select[name='{field.name}']").count():
        page.locator(f"select[name='{field.name}']").select_option(value)
    else:
        page.locator(f"input[name='{field.name}'][value='{value}']").check()


def _tick(page: Page, field: Field, answer: Sequence[Any]) -> None:
    for value in answer:
        page.locator(f"input[name='{field.name}'][value='{value}']").check()


def _choose(page: Page, field: Field, answer: Sequence[Any]) -> None:
    codes = [value for value in answer if isinstance(value, str)]
    _tick(page, field, [value for value in answer if value not in codes])
    if codes:
        page.locator(f"[name='{field.name}__lines']").fill("\n".join(codes))


def _attach(page: Page, field: Field, answer: Sequence[str]) -> None:
    page.locator(f"[name='{field.name}__files']").set_input_files([attachment(name) for name in answer])


def _paste(page: Page, field: Field, answer: Sequence[Mapping[str, Any]]) -> None:
    if any(column.fixed for column in field.columns):
        _complete(page, field, answer)
        return
    rows = "\n".join("\t".join(_said(column, row.get(column.name)) for column in field.columns) for row in answer)
    table = page.locator(f"table[data-table='{field.name}']")
    first = table.locator("td[data-column]").first
    first.evaluate(PASTE, rows)
    expect(table.locator("[data-row]")).to_have_count(len(answer))
    expect(first.locator("input, select, textarea").first).not_to_have_value("")


def _complete(page: Page, field: Field, answer: Sequence[Mapping[str, Any]]) -> None:
    """The rows are there already, given by the case: only what is asked for in each is written."""
    fixed = next(column for column in field.columns if column.fixed)
    for index in range(page.locator(f"[name^='{field.name}-'][name$='-{fixed.name}']").count()):
        row = answer[min(index, len(answer) - 1)]
        for column in field.columns:
            value = row.get(column.name)
            if column.fixed or value is None:
                continue
            cell = page.locator(f"[name='{field.name}-{index}-{column.name}']")
            if column.kind in (Kind.BOOLEAN, Kind.CHOICE):
                cell.select_option(str(value).lower() if isinstance(value, bool) else value)
            else:
                cell.fill(str(value))


def _said(column: Field, value: Any) -> str:
    """A cell as a spreadsheet in Colombia shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Sí" if value else "No"
    if column.kind is Kind.DATE:
        return date.fromisoformat(value).strftime("%d/%m/%Y")
    return next((option.label for option in column.options if option.value == value), str(value))


_WAYS = {
    Kind.TEXTS: _list, Kind.BOOLEAN: _mark, Kind.CHOICE: _mark, Kind.PERSON: _mark, Kind.CHOICES: _tick,
    Kind.ENTITIES: _choose, Kind.FILES: _attach, Kind.TABLE: _paste,
}  # fmt: skip
