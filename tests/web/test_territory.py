"""Plans, milestones, advisories and contacts through the pages."""

import re
from decimal import Decimal
from html import unescape
from io import BytesIO

import pytest

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import coverage
from directory import grants
from directory import people
from tests.questions import asked
from tests.web.conftest import Browse
from tests.web.world import World
from tracking import work_plans
from tracking.models import PlanMilestone
from tracking.models import WorkPlan
from web import filters

PDF = b"%PDF-1.4 evidencia"
TODAY = clock.local_date(clock.now()).isoformat()


def first_milestone(plan_id: int) -> PlanMilestone:
    with reading() as session:
        row = session.query(PlanMilestone).filter_by(plan_id=plan_id, number=1).one()
        session.expunge(row)
        return row


@pytest.mark.parametrize("part", ["hitos", "asesorias", "procedimiento", "consentimiento", "historia"])
def test_every_part_of_a_plan_opens(browse: Browse, plan: int, part: str) -> None:
    assert "Acompaña" in browse("asesor").get(f"/planes/{plan}?parte={part}")


def test_a_milestone_is_reported_with_evidence_and_verified_by_somebody_else(browse: Browse, plan: int) -> None:
    advisor, key = browse("asesor"), first_milestone(plan).id
    assert "Verificar" not in advisor.get(f"/hitos/{key}")
    data = {"occurred_on": TODAY, "note": "Hecho", "files": (BytesIO(PDF), "acta.pdf")}
    advisor.post(f"/hitos/{key}/cumplido", data)
    monitor = browse("monitoreo")
    assert "acta.pdf" in monitor.get(f"/hitos/{key}")
    monitor.post(f"/hitos/{key}/verificacion", {"note": "Visto"})
    assert first_milestone(plan).status == "verified"


def test_a_refused_file_says_so_at_its_field(browse: Browse, plan: int) -> None:
    advisor, key = browse("asesor"), first_milestone(plan).id
    advisor.get(f"/hitos/{key}")
    data = {"occurred_on": TODAY, "files": (BytesIO(b"MZ"), "programa.exe")}
    assert "no es un archivo admitido" in advisor.post(f"/hitos/{key}/cumplido", data, 422).get_data(as_text=True)


def test_a_milestone_without_reason_stays_as_it_was(browse: Browse, plan: int) -> None:
    advisor, key = browse("asesor"), first_milestone(plan).id
    advisor.get(f"/hitos/{key}")
    advisor.post(f"/hitos/{key}/bloqueo", {"reason": ""}, 422)
    assert first_milestone(plan).status == "pending"


def test_withdrawing_consent_says_what_it_means(browse: Browse, plan: int) -> None:
    advisor = browse("asesor")
    assert "dejará de ser objeto de monitoreo" in advisor.get(f"/planes/{plan}/retiro-del-consentimiento")
    data = {"name": "Carlos Mena", "post": "Alcalde", "date": TODAY, "reason": "Ya no lo necesita", "confirmed": "si",
            "evidence": (BytesIO(PDF), "carta.pdf")}  # fmt: skip
    advisor.post(f"/planes/{plan}/retiro-del-consentimiento", data)
    assert "retiró su consentimiento" in advisor.get(f"/planes/{plan}?parte=consentimiento")


def test_coverage_hands_an_entity_to_an_advisor(browse: Browse, world: World) -> None:
    coordinator = browse("articulador")
    coordinator.get("/cobertura?departamento=05")
    data = {"entity": str(world.entities[2]), "person_id": str(world.people["asesor"]), "since": TODAY,
            "departamento": "05"}  # fmt: skip
    coordinator.post("/cobertura", data)
    assert "Julio Peña" in coordinator.get(f"/entidades/{world.entities[2]}")


def test_the_list_of_plans_asks_as_much_for_many_as_for_few(browse: Browse, world: World, plan: int) -> None:
    monitor = browse("monitoreo")
    with asked() as few:
        monitor.get("/planes")
    with transaction() as session:
        product_id = session.get_one(WorkPlan, plan).product_id
        work_plans.open_many(session, product_id, world.entities[1:], 2026, by=SYSTEM, now=clock.now())
    with asked() as many:
        monitor.get("/planes")
    assert len(many) <= len(few) + 1


def test_the_figures_of_a_list_of_plans_say_of_which_they_are_and_tell_the_years_apart(
    browse: Browse, world: World, plan: int
) -> None:
    with transaction() as session:
        product_id = session.get_one(WorkPlan, plan).product_id
        session.get_one(WorkPlan, plan).reported_progress = Decimal(50)
        work_plans.open_many(session, product_id, world.entities[1:], 2026, by=SYSTEM, now=clock.now())
        work_plans.open_many(session, product_id, world.entities[1:2], 2025, by=SYSTEM, now=clock.now())
    shown = browse("monitoreo").get("/planes").replace("\xa0", " ")
    assert "cuya entidad aceptó el seguimiento" in shown
    cells = [re.findall(r'<td class="number"[^>]*>([^<]+)<', row) for row in re.findall(r"<tr[^>]*>.*?</tr>", shown)]
    assert [row for row in cells if len(row) == 4] == [["3", "1", "50 %", "0 %"], ["1", "0", "sin dato", "sin dato"]]


def test_the_entities_of_a_kind_come_in_pages(browse: Browse) -> None:
    lead = browse("lider")
    first = lead.get("/entidades?clase=municipality")
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following
    shown = [set(re.findall(r'href="/entidades/(\d+)"', text)) for text in (first, lead.get(following.group(1)))]
    assert len(shown[0]) == 50
    assert not shown[0] & shown[1]


def options(page: str, name: str) -> set[str]:
    """The values that the list called `name` offers."""
    found = re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)
    assert found
    return set(re.findall(r'value="(\d+)"', found.group(0)))


def test_whoever_covers_an_entity_is_offered_without_an_appointment(browse: Browse, world: World) -> None:
    with transaction() as session:
        person = people.add(session, "Nora Vega", by=SYSTEM, now=clock.now())
        key = person.id
        coverage.cover(session, key, world.entities[2], clock.local_date(clock.now()), by=SYSTEM, now=clock.now())
    assert str(key) in options(browse("articulador").get("/cobertura?departamento=05"), "person_id")


def test_work_is_offered_only_to_who_can_carry_it(browse: Browse, world: World) -> None:
    with transaction() as session:
        stranger = people.add(session, "Nora Vega", by=SYSTEM, now=clock.now()).id
    offered = options(browse("articulador").get("/empalmes/nuevo"), "to_id")
    assert str(world.people["lider"]) in offered
    assert not offered & {str(key) for key in (world.people["admin"], world.people["control"], stranger)}


def test_a_handover_to_somebody_without_account_warns(browse: Browse, world: World) -> None:
    with transaction() as session:
        now = clock.now()
        stranger = people.add(session, "Nora Vega", by=SYSTEM, now=now).id
        grants.add(session, stranger, "territorial_advisor", "region", world.region_id, by=SYSTEM, now=now)
    coordinator = browse("articulador")
    coordinator.get("/empalmes/nuevo")
    since = clock.local_date(now)
    data = {"from_id": str(world.people["asesor"]), "to_id": str(stranger), "since": str(since), "reason": "Traslado"}
    text = coordinator.post("/empalmes/nuevo", data, 200).get_data(as_text=True)
    assert "Nora Vega no tiene cuenta" in text
    assert "2 entidades" in unescape(text).replace("\xa0", " ")
    assert f"desde el {filters.day(since)}" in unescape(text)
