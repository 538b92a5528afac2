"""The year of the plans fits the protocol or is confirmed; closing the development is told what the system knows."""

import pytest

from db.errors import InvalidData
from engine import prefill
from engine import tasks
from tests.processes.conftest import Play
from tests.processes.office import Office
from tracking.models import Product

ARRIVAL, DEVELOPMENT = "Activity_ActivarLlegada", "Activity_DesarrollarAsistencia"


@pytest.fixture
def validated(played: Play) -> None:
    """The design is done."""
    played("designed", lambda office, product: office.push(product.instance_id, until=ARRIVAL))


@pytest.fixture
def designed(validated: None, product: Product) -> Product:
    """A product that waits to be activated."""
    return product


def test_the_year_begins_as_the_present_one(designed: Product, office: Office) -> None:
    task = office.task(designed.instance_id, ARRIVAL)
    assert prefill.initial(office.session, task, now=office.now)["year"] == office.now.year


def test_the_year_begins_within_the_horizon(designed: Product, office: Office) -> None:
    year = office.now.year + 3
    designed.protocol = {**designed.protocol, "horizon_start": f"{year}-01-15", "horizon_end": f"{year + 1}-12-15"}
    office.session.flush()
    task = office.task(designed.instance_id, ARRIVAL)
    assert prefill.initial(office.session, task, now=office.now)["year"] == year


@pytest.mark.parametrize(("years", "said"), [(-1, "ya terminó"), (24, "está fuera del horizonte del protocolo")])
def test_another_year_is_confirmed(designed: Product, office: Office, years: int, said: str) -> None:
    task = office.task(designed.instance_id, ARRIVAL)
    answers = office.answer(task, {"year": office.now.year + years})
    with pytest.raises(InvalidData) as refused:
        tasks.complete(office.session, task.id, answers, by=office.who(task), now=office.now)
    assert said in refused.value.errors["confirmed"][0]
    assert tasks.complete(office.session, task.id, answers, by=office.who(task), now=office.now, confirmed=True).receipt


def test_whoever_closes_the_development_sees_what_the_system_knows(
    active: None, office: Office, product: Product
) -> None:
    task = office.task(product.instance_id, DEVELOPMENT)
    found = {one.kind: one for one in prefill.consequences(office.session, task, {}, now=office.now)}
    assert found["running"].warning
    assert found["running"].text.startswith("2 planes en curso")
    assert found["without_advisories"].count == 2
    start = prefill.initial(office.session, task, now=office.now)
    assert start["advisories_and_progress"].startswith("2 planes (0 cerrados); 0 asesorías en 0 entidades; avance")
