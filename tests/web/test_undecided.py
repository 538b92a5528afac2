"""A decision that nobody could take: said before an absence or a delegation, and where it was presented."""

from datetime import timedelta

import pytest

from db import SYSTEM
from db import clock
from db import transaction
from directory import absences
from directory import delegations
from directory import grants
from directory import people
from directory import principal
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.world import LONG_AGO
from tests.web.world import World

GATE = "Activity_ValidarProtocolo"
SAID = "no habría quien atienda 1 tarea que espera por usted: «Validar el protocolo»"


@pytest.fixture
def code(world: World) -> str:
    """A product whose protocol, which the lead wrote, waits for the only reviewer of the DER."""
    return desk.product(world, GATE)


def _days(prefix: str = "") -> dict[str, str]:
    today = clock.local_date(clock.now())
    return {f"{prefix}since": str(today), f"{prefix}until": str(today + timedelta(days=5))}


def _another(role: str) -> int:
    with transaction() as session:
        row = people.add(session, "Nora Vega", by=SYSTEM, now=clock.now())
        grants.add(session, row.id, role, "national", since=LONG_AGO, by=SYSTEM, now=clock.now())
        return row.id


def test_an_absence_that_leaves_a_gate_to_nobody_is_confirmed(browse: Browse, code: str) -> None:
    reviewer = browse("der")
    reviewer.get("/mi-cuenta")
    sent = {"kind": "vacaciones", **_days()}
    assert SAID in reviewer.post("/mi-cuenta/ausencias", sent, 422).get_data(as_text=True).replace("\xa0", " ")
    reviewer.post("/mi-cuenta/ausencias", {**sent, "confirmed": "si"})
    assert "Vacaciones" in reviewer.get("/mi-cuenta")


def test_an_absence_beside_another_reviewer_is_not_asked_about(browse: Browse, code: str) -> None:
    _another("der_reviewer")
    reviewer = browse("der")
    reviewer.get("/mi-cuenta")
    reviewer.post("/mi-cuenta/ausencias", {"kind": "vacaciones", **_days()})


def test_a_day_on_which_the_other_reviewer_is_away_too_counts(browse: Browse, code: str) -> None:
    other, day = _another("der_reviewer"), clock.local_date(clock.now()) + timedelta(days=3)
    with transaction() as session:
        absences.add(session, other, "licencia", day, day, by=SYSTEM, now=clock.now())
    reviewer = browse("der")
    reviewer.get("/mi-cuenta")
    reviewer.post("/mi-cuenta/ausencias", {"kind": "vacaciones", **_days()}, 422)


def test_lending_the_gate_to_who_wrote_is_confirmed(browse: Browse, world: World, code: str) -> None:
    reviewer, author, other = browse("der"), world.people["lider"], world.people["monitoreo"]
    reviewer.get("/mi-cuenta")
    days = _days("delegated_")
    refused = reviewer.post("/mi-cuenta/delegaciones", {"to_id": str(author), **days}, 422)
    assert SAID in refused.get_data(as_text=True).replace("\xa0", " ")
    reviewer.post("/mi-cuenta/delegaciones", {"to_id": str(other), **days})
    assert "Usted delega en Elena Soto" in reviewer.get("/mi-cuenta")


def test_whoever_registers_the_absence_of_another_is_told_how_much_and_not_of_what(
    browse: Browse, world: World, code: str
) -> None:
    admin, path = browse("admin"), f"/personas/{world.people['der']}"
    admin.get(path)
    sent = {"absence_kind": "incapacidad", "absence_reason": "Está en el hospital.", **_days("absence_")}
    refused = admin.post(f"{path}/ausencias", sent, 422).get_data(as_text=True).replace("\xa0", " ")
    assert "1 tarea que espera por Rosa Díaz." in refused
    assert "Bancos de proyectos" not in refused
    admin.post(f"{path}/ausencias", {**sent, "absence_confirmed": "si"})


def test_the_receipt_says_that_nobody_may_decide_today(browse: Browse, world: World) -> None:
    code = desk.product(world, "Activity_DiligenciarProtocolo")
    sent, today, now = desk.do(world, code, "Activity_DiligenciarProtocolo"), clock.local_date(clock.now()), clock.now()
    lead = browse("lider")
    assert "Hoy no hay quien lo atienda" not in lead.get(f"/tareas/{sent}/recibo")
    with transaction() as session:
        reviewer = principal.load(session, world.people["der"], now=now)
        absences.add(session, reviewer.person_id, "licencia", today, today, by=SYSTEM, now=now)
        delegations.add(session, reviewer.person_id, world.people["lider"], today, today, by=reviewer, now=now)
    assert "Hoy no hay quien lo atienda" in lead.get(f"/tareas/{sent}/recibo")
