"""A form leaves as a workbook and comes back into the draft."""

import re
from io import BytesIO
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from db import reading
from db import transaction
from directory.models import Entity
from edge import names
from engine import drafts
from engine.models import Instance
from engine.models import Task
from forms.workbook import ANSWERS_SHEET
from forms.workbook import KEY
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


def draft(task_id: int) -> dict[str, Any]:
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


def book_of(browser: Browser, task_id: int) -> bytes:
    return bytes(browser.client.get(f"/tareas/{task_id}/libro", buffered=True).data)


def grid(content: bytes) -> list[list[Any]]:
    """The sheet of questions."""
    return every_sheet(content)[ANSWERS_SHEET]


def every_sheet(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def rewritten(lines: list[list[Any]], others: dict[str, list[list[Any]]] | None = None) -> bytes:
    """A workbook whose sheet of questions says `lines`, and that has no other sheets than `others`."""
    target = BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for name, rows in {ANSWERS_SHEET: lines, **(others or {})}.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row)
    return target.getvalue()


def answered(browser: Browser, task_id: int) -> tuple[bytes, dict[str, Any]]:
    """A workbook of the task that was filled in and taken, and the draft that it left."""
    content = book_of(browser, task_id)
    content = filled(content, {str(grid(content)[2][0]): "De esta tarea"})
    sent(browser, task_id, content, 303)
    return content, draft(task_id)


def test_a_workbook_says_whose_it_is(world: World, browse: Browse) -> None:
    key, title = grid(book_of(browse("lider"), open_task(world)))[0][:2]
    assert str(key).startswith(KEY)
    assert "Delimitar" in str(title)
    assert "Bancos de proyectos" in str(title)


def test_the_title_of_a_plan_names_its_entity_with_the_department(world: World, browse: Browse) -> None:
    task_id = open_task(world)
    with transaction() as session:
        task, entity = session.get_one(Task, task_id), session.get_one(Entity, world.entities[0])
        task.entity_id = entity.id
        session.get_one(Instance, task.instance_id).title = f"{entity.name} · Bancos de proyectos"
        place = names.of_entities(session, [entity.id])[entity.id]
    words = str(grid(book_of(browse("lider"), task_id))[0][1])
    assert f"{place} · Bancos de proyectos" in words
    assert words.count(place.partition(",")[0]) == 1


def test_the_workbook_of_another_product_is_refused_by_its_name(world: World, browse: Browse) -> None:
    lead, first, second = browse("lider"), open_task(world), open_task(world)
    foreign, _ = answered(lead, first)
    _, before = answered(lead, second)
    assert "Este libro es de otra tarea que se llama igual" in sent(lead, second, foreign, 422)
    with transaction() as session:
        session.get_one(Instance, session.get_one(Task, second).instance_id).title = "Otro producto"
    page = sent(lead, second, foreign, 422)
    assert f"Este libro es de «{grid(foreign)[0][1]}»; descargue el de esta tarea." in page
    assert draft(second) == before


def test_the_workbook_of_another_form_is_refused(world: World, browse: Browse) -> None:
    lead, task_id = browse("lider"), open_task(world)
    content, before = answered(lead, task_id)
    foreign = rewritten([[f"{KEY}otro_formulario#{task_id}", "Otro formulario"], *grid(content)[1:]])
    assert "Este libro es de «Otro formulario»" in sent(lead, task_id, foreign, 422)
    assert draft(task_id) == before


def test_a_workbook_that_says_of_no_task_is_refused(world: World, browse: Browse) -> None:
    lead, task_id = browse("lider"), open_task(world)
    content, before = answered(lead, task_id)
    assert "Este libro no dice de qué tarea es" in sent(lead, task_id, rewritten(grid(content)[1:]), 422)
    assert draft(task_id) == before


def test_a_cell_with_three_decimals_is_told_and_never_cut(world: World, browse: Browse) -> None:
    code = desk.product(world, "Activity_DiligenciarProtocolo")
    task_id, lead = desk.task(world, code, "Activity_DiligenciarProtocolo"), browse("lider")
    content = book_of(lead, task_id)
    sheet, lines = next(
        (name, lines)
        for name, lines in every_sheet(content).items()
        if lines and {"description", "value"} <= set(lines[0])
    )
    line = [7.125 if name == "value" else "Cobertura" if name == "description" else "" for name in lines[0]]
    page = sent(lead, task_id, rewritten(grid(content), {sheet: [*lines[:2], line]}), 422)
    assert re.search(rf"Hoja «{sheet}», celda [A-Z]3: Escriba [^.]+ con 2 decimales como máximo\.", page)
    (row,) = draft(task_id)["gaps"]
    assert row["value"] == 7.125
    assert 'value="7,125"' in lead.get(f"/tareas/{task_id}")


def test_what_a_workbook_says_with_other_accents_is_understood(world: World, browse: Browse) -> None:
    code = desk.product(world, "Activity_UbicarEnCiclo")
    task_id, lead = desk.task(world, code, "Activity_UbicarEnCiclo"), browse("lider")
    sent(lead, task_id, filled(book_of(lead, task_id), {"moments": "planificacion\nEJECUCIÓN"}), 303)
    assert draft(task_id)["moments"] == ["planning", "execution"]


def test_what_a_workbook_says_and_nobody_knows_takes_nothing_away(world: World, browse: Browse) -> None:
    code = desk.product(world, "Activity_UbicarEnCiclo")
    task_id, lead = desk.task(world, code, "Activity_UbicarEnCiclo"), browse("lider")
    sent(lead, task_id, filled(book_of(lead, task_id), {"moments": "Planificación\nEjecución"}), 303)
    lines = {"moments": "Evaluación\nPlaneación total", "moments_contribution": "Lo demás sí"}
    data = {"libro": (BytesIO(filled(book_of(lead, task_id), lines)), "libro.xlsx"), "revision": "1", "page": "p"}
    page = lead.post(f"/tareas/{task_id}/libro", data, 422).get_data(as_text=True)
    assert "No se reconoció «Planeación total»." in page
    assert "El libro se recibió, salvo lo que se señala" in page
    assert draft(task_id)["moments"] == ["planning", "execution"]
    assert draft(task_id)["moments_contribution"] == "Lo demás sí"


def test_a_blank_line_between_two_rows_is_no_row(world: World, browse: Browse) -> None:
    code = desk.product(world, "Activity_DiligenciarProtocolo")
    task_id, lead = desk.task(world, code, "Activity_DiligenciarProtocolo"), browse("lider")
    content = book_of(lead, task_id)
    sheet, lines = next(
        (name, lines)
        for name, lines in every_sheet(content).items()
        if lines and {"description", "value"} <= set(lines[0])
    )
    first, last = ([words if name == "description" else "" for name in lines[0]] for words in ("Una", "Otra"))
    blank = ["" for _ in lines[0]]
    sent(lead, task_id, rewritten(grid(content), {sheet: [*lines[:2], first, blank, last]}), 422)
    assert [row["description"] for row in draft(task_id)["gaps"]] == ["Una", "Otra"]
