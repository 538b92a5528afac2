"""Attached files in pages: who opens one, and what listing those of a product costs."""

import re
from pathlib import Path

import pytest

from db import clock
from db import files
from db import transaction
from db.history import Subject
from directory import attachments
from directory.principal import load
from edge.steps import settle
from engine import tasks
from tests.questions import asked
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.test_flow import start_product
from tests.web.world import World
from tracking.models import Product
from web import uploads
from workflows.forms.examples import example

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def product(browse: Browse, world: World) -> tuple[str, int]:
    """The code and the case of a product of the lead."""
    lead = browse("lider")
    start_product(lead, world)
    with transaction() as session:
        row = session.query(Product).one()
        return row.code, row.instance_id or 0


def attach(world: World, instance_id: int, name: str = "acta.pdf") -> str:
    """A file of the lead that the case uses."""
    now = clock.now()
    with transaction() as session:
        by = load(session, world.people["lider"], now=now).actor()
        token = files.save(session, name, PDF, by=by, now=now).token
        attachments.use(session, [token], Subject("instance", instance_id), now=now)
    return token


def status(browser: Browser, token: str) -> int:
    return browser.client.get(f"/archivos/{token}").status_code


def test_a_file_is_opened_by_whoever_may_read_where_it_is_used(
    browse: Browse, world: World, product: tuple[str, int]
) -> None:
    token = attach(world, product[1])
    expected = {"lider": 200, "der": 200, "director": 200, "control": 200, "articulador": 404, "admin": 403}
    assert {name: status(browse(name), token) for name in expected} == expected


def test_a_visitor_is_asked_to_sign_in(browse: Browse, world: World, product: tuple[str, int]) -> None:
    assert "/ingreso" in (browse("").client.get(f"/archivos/{attach(world, product[1])}").location or "")


def test_a_file_that_nothing_uses_is_for_whoever_attached_it(browse: Browse, world: World) -> None:
    now = clock.now()
    with transaction() as session:
        by = load(session, world.people["asesor"], now=now).actor()
        token = files.save(session, "acta.pdf", PDF, by=by, now=now).token
    assert (status(browse("asesor"), token), status(browse("monitoreo"), token)) == (200, 404)


def test_listing_the_files_of_a_product_costs_the_same_however_much_was_sent(
    browse: Browse, world: World, product: tuple[str, int]
) -> None:
    lead, address = browse("lider"), f"/productos/{product[0]}?parte=archivos"
    send_next(world, product[1], attach(world, product[1]))
    with asked() as few:
        lead.get(address)
    for number in range(3):
        send_next(world, product[1], attach(world, product[1], f"anexo-{number}.pdf"))
    with asked() as many:
        assert "anexo-2.pdf" in lead.get(address)
    assert len(many) == len(few)


def test_files_that_are_not_for_somebody_are_not_told_as_none(
    browse: Browse, world: World, product: tuple[str, int]
) -> None:
    reader, address = browse("asesor"), f"/productos/{product[0]}?parte=archivos"
    assert "Sin archivos" in reader.get(address)
    send_next(world, product[1], attach(world, product[1], "reservado.pdf"))
    shown = reader.get(address)
    assert "Archivos fuera de su alcance" in shown
    assert "reservado.pdf" not in shown
    assert "Sin archivos" not in shown


def send_next(world: World, instance_id: int, token: str) -> None:
    """The lead sends what waits, by example, with a file where one is asked for."""
    now = clock.now()
    with transaction() as session:
        lead = world.people["lider"]
        task = next(task for task in tasks.open_of(session, instance_id) if task.assignee_id == lead)
        form = tasks.form_of(session, task).name
        answers = example(form, entities=world.entities, files=[token], year=now.year)
        tasks.complete(session, task.id, answers, by=load(session, lead, now=now), now=now)
    settle(instance_id)


def test_every_box_for_files_that_are_kept_says_what_the_server_takes() -> None:
    templates = Path(__file__).parents[2] / "web" / "templates"
    pages = [page.read_text() for page in templates.rglob("*.html")]
    found = [box for text in pages for box in re.findall(r'<input[^>]*type="file"[^\n]*', text)]
    read_at_once = [box for box in found if re.search(r'accept="\.(xlsx|bpmn)"', box)]
    assert [box for box in found if "{{ upload_limits }}" not in box] == read_at_once
    assert f'data-most="{files.MAX_BYTES}"' in uploads.ATTRIBUTES
    assert all(ending in uploads.ATTRIBUTES for kind in files.KINDS for ending in kind.extensions)
