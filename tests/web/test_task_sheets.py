"""A form leaves as a workbook and comes back into the draft."""

from io import BytesIO

import xlsxwriter
from python_calamine import CalamineWorkbook

from db import reading
from engine import drafts
from forms.workbook import ANSWERS_SHEET
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.world import World


def open_task(world: World) -> int:
    code = desk.product(world, "Activity_DelimitarProblema")
    return desk.task(world, code, "Activity_DelimitarProblema")


def filled(content: bytes, answers: dict[str, str]) -> bytes:
    """The workbook with other answers in its sheet of questions, as a program of spreadsheets writes it."""
    grid = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name(ANSWERS_SHEET).to_python(
        skip_empty_area=False
    )  # fmt: skip
    target = BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet(ANSWERS_SHEET)
        for line, row in enumerate(grid):
            for place, value in enumerate([*row[:2], answers.get(row[0], row[2]), *row[3:]]):
                sheet.write(line, place, value)
    return target.getvalue()


def sent(browser: Browser, task_id: int, content: bytes, status: int) -> str:
    data = {"libro": (BytesIO(content), "libro.xlsx"), "revision": "0", "page": "p"}
    return browser.post(f"/tareas/{task_id}/libro", data, status).get_data(as_text=True)


def draft(task_id: int) -> dict[str, object]:
    with reading() as session:
        found = drafts.find(session, task_id)
        return dict(found.data) if found else {}


def test_the_form_comes_back_from_its_workbook(world: World, browse: Browse) -> None:
    task_id, lead = open_task(world), browse("lider")
    assert f'href="/tareas/{task_id}/libro"' in lead.get(f"/tareas/{task_id}")
    answer = lead.client.get(f"/tareas/{task_id}/libro", buffered=True)
    assert "delimitar" in answer.headers["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(BytesIO(answer.data))
    names = [row[0] for row in book.get_sheet_by_name(ANSWERS_SHEET).to_python(skip_empty_area=False)[1:]]
    text = next(name for name in names if name)
    sent(lead, task_id, filled(answer.data, {text: "Lo escribí en Excel"}), 303)
    assert "Lo escribí en Excel" in str(draft(task_id))
    again = lead.client.get(f"/tareas/{task_id}/libro", buffered=True).data
    assert "Lo escribí en Excel" in str(
        CalamineWorkbook.from_filelike(BytesIO(again)).get_sheet_by_index(0).to_python()
    )


def test_what_is_no_workbook_leaves_the_draft_alone(world: World, browse: Browse) -> None:
    task_id, lead = open_task(world), browse("lider")
    assert "no es un libro de Excel" in sent(lead, task_id, b"nada", 422)
    assert "Elija el libro de Excel" in sent(lead, task_id, b"", 422)
    assert draft(task_id) == {}


def test_only_who_fills_the_form_in_takes_its_workbook(world: World, browse: Browse) -> None:
    task_id = open_task(world)
    browse("control").get(f"/tareas/{task_id}/libro", 403)
    browse("der").get(f"/tareas/{task_id}/libro", 403)
