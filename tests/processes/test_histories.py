"""What the histories of a product, its plans and its cases say after all kinds of events: words, no identifiers."""

import re
from collections.abc import Iterable
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import workflows
from db.history import HistoryRow
from engine import definitions
from engine import observations
from engine.models import Definition
from tests.processes.conftest import Play
from tests.processes.office import Office
from tracking import life
from tracking import work_plans
from tracking.models import CorrectiveAction
from tracking.models import Product
from workflows import diagrams

# The kinds of events of a case, each brought about below.
KINDS = {
    "instance.started", "task.completed", "service.completed", "message.sent", "observation.answered",
    "operation.begun", "operation.done", "product.modified", "plan.opened", "plan.closed", "plan.cancelled",
    "plan.modification_decided",
}  # fmt: skip
RAW = re.compile(r"\b\w+_\w+\b|\b[a-z]+\.[a-z]+\b(?!\.co)")


@pytest.fixture
def past(active: None, played: Play) -> None:
    """A life that ended."""

    def live(office: Office, product: Product) -> None:
        case, lead = product.instance_id, office.people["technical_lead"]
        life.request_modification(office.session, product.id, "Sale una entidad.", by=lead, now=office.now)
        office.settle(case)
        office.do(case, "Activity_SolicitarModificacion", entities=[office.entities[0].id])
        review = office.task(case, "Activity_ValidarModificacion")
        by = office.who(review)
        remark = observations.add(office.session, review.id, "entities", "Diga por qué sale.", by=by, now=office.now)
        office.complete(review, {"verdict": "returned", "remarks": "Precise."})
        observations.answer(office.session, remark.id, "No tiene equipo.", by=lead, now=office.now)
        office.do(case, "Activity_SolicitarModificacion", entities=[office.entities[0].id])
        office.do(case, "Activity_ValidarModificacion", verdict="validated")
        office.do(case, "Activity_DecidirAdopcion", adoption="all")
        office.work_through()
        _end_a_plan(office, product)
        life.withdraw_product(office.session, product.id, "Se fusiona con otro.", by=lead, now=office.now)
        office.settle(case)
        office.work_through()

    played("past", live)


@pytest.fixture
def lived(past: None, product: Product) -> Product:
    """A product that was modified and withdrawn; one of its plans went to its end before."""
    return product


def _end_a_plan(office: Office, product: Product) -> None:
    first = work_plans.get(office.session, work_plans.running(office.session, product.id)[0])
    office.push(first.instance_id)
    for action in office.session.scalars(select(CorrectiveAction)).all():
        office.push(action.instance_id)


def identifiers(session: Session) -> set[str]:
    """What diagrams and forms call things; the messages with blanks for their underscores too."""
    known = set(diagrams.forms(*_called()))
    for definition in session.scalars(select(Definition)):
        bundle = definitions.bundle(session, definition)
        known |= {one.id for elements in bundle.elements.values() for one in elements} | set(bundle.variables)
        sent = set(_messages(bundle.files.values()))
        known |= sent | {name.replace("_", " ") for name in sent}
    return {name for name in known if "_" in name or " " in name}


def _called() -> list[str]:
    return [name.removesuffix(".bpmn") for process in workflows.ALL for name in process.files]


def _messages(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from re.findall(r'<bpmn:message [^>]*name="([^"]+)"', text)


def test_every_line_is_in_words(lived: Product, office: Office) -> None:
    rows = office.session.scalars(select(HistoryRow)).all()
    assert {row.action for row in rows} >= KINDS
    known = identifiers(office.session)
    assert "modificacion solicitada" in known
    told = {re.sub(r"Persona \w+", "Alguien", row.summary) for row in rows}  # whom this office calls by their role
    assert [text for text in told if not text] == []
    assert [text for text in told if RAW.search(text)] == []
    assert [(name, text) for text in told for name in known if name in text] == []


def test_a_message_is_told_as_its_diagram_calls_it(lived: Product, office: Office) -> None:
    sent = office.session.scalars(select(HistoryRow.summary).where(HistoryRow.action == "message.sent"))
    assert set(sent) == {"Modificación solicitada.", "Retiro solicitado."}
