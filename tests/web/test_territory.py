"""Plans, milestones, advisories and contacts through the pages."""

import re
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import event

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from db.session import current_engine
from directory import coverage
from directory import people
from directory.models import Person
from tests.tracking import factories
from tests.web.conftest import Browse
from tests.web.world import World
from tracking import work_plans
from tracking.models import Advisory
from tracking.models import PlanMilestone
from tracking.models import WorkPlan

PDF = b"%PDF-1.4 evidencia"
TODAY = clock.local_date(clock.now()).isoformat()


@pytest.fixture
def plan(world: World) -> int:
    """A plan of 2026 in the first entity, which consents, with its advisor."""
    with transaction() as session:
        lead, advisor = (session.get_one(Person, world.people[name]) for name in ("lider", "asesor"))
        product = factories.product(session, lead, world.unit_id, clock.now())
        return factories.plan(session, product, world.entities[0], clock.now(), advisor=advisor).id


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


def test_an_advisory_with_its_files_moves_the_milestone(browse: Browse, world: World, plan: int) -> None:
    advisor, key = browse("asesor"), first_milestone(plan).id
    advisor.get(f"/asesorias/nueva?plan={plan}")
    with reading() as session:
        product_id = session.get_one(WorkPlan, plan).product_id
    data = {
        "plan": str(plan), "product_id": str(product_id), "occurred_on": TODAY, "modality": "advisory",
        "summary": "Se revisó el diagnóstico", "entities": str(world.entities[0]), f"milestone-{key}": "achieved",
        "people_name": "Carlos Mena", "people_position": "Secretario", "people_email": "",
        "minutes_file": (BytesIO(PDF), "acta.pdf"), "attendance_file": (BytesIO(PDF + b"2"), "listado.pdf"),
    }  # fmt: skip
    page = advisor.get(advisor.post("/asesorias/nueva", data).location)
    assert "Completa" in page
    assert "Carlos Mena" in page
    assert first_milestone(plan).status == "reported"


def test_an_advisory_without_attendance_waits_for_it(browse: Browse, world: World, plan: int) -> None:
    advisor = browse("asesor")
    advisor.get("/asesorias/nueva")
    data = {"occurred_on": TODAY, "modality": "advisory", "summary": "Visita", "entities": str(world.entities[0]),
            "minutes_file": (BytesIO(PDF), "acta.pdf")}  # fmt: skip
    where = advisor.post("/asesorias/nueva", data).location
    advisor.get(where)
    advisor.post(f"{where}/cierre", {"attendance_file": (BytesIO(PDF), "listado.pdf")})
    with reading() as session:
        assert session.query(Advisory).one().status == "closed"


def test_a_mistake_does_not_lose_the_files_of_an_advisory(browse: Browse, plan: int) -> None:
    advisor = browse("asesor")
    advisor.get("/asesorias/nueva")
    text = advisor.post("/asesorias/nueva", {"minutes_file": (BytesIO(PDF), "acta.pdf")}, 422).get_data(as_text=True)
    assert "acta.pdf" in text
    assert "minutes_file_kept" in text


def test_a_quick_contact_is_one_line_in_the_life_of_the_entity(browse: Browse, world: World, plan: int) -> None:
    advisor = browse("asesor")
    advisor.get("/interacciones/nueva")
    data = {"entity_id": str(world.entities[0]), "channel": "call", "topic": "Duda del formato", "minutes": "15"}
    assert "Duda del formato" in advisor.get(advisor.post("/interacciones/nueva", data).location)


def test_withdrawing_consent_says_what_it_means(browse: Browse, plan: int) -> None:
    advisor = browse("asesor")
    assert "dejará de ser objeto de monitoreo" in advisor.get(f"/planes/{plan}/retiro-del-consentimiento")
    data = {"name": "Carlos Mena", "post": "Alcalde", "date": TODAY, "reason": "Ya no lo necesita",
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
    few = statements(lambda: monitor.get("/planes"))
    with transaction() as session:
        product_id = session.get_one(WorkPlan, plan).product_id
        work_plans.open_many(session, product_id, world.entities[1:], 2026, by=SYSTEM, now=clock.now())
    assert statements(lambda: monitor.get("/planes")) <= few + 1


def statements(act: object) -> int:
    """How many statements `act` sends to the database."""
    assert callable(act)
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(current_engine(), "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(current_engine(), "before_cursor_execute", note)
    return len(seen)


def test_an_advisory_is_rectified_with_a_reason(browse: Browse, world: World, plan: int) -> None:
    advisor = browse("asesor")
    advisor.get("/asesorias/nueva")
    data = {"occurred_on": TODAY, "modality": "advisory", "summary": "Se revisó el plan.",
            "entities": str(world.entities[0])}  # fmt: skip
    where = advisor.post("/asesorias/nueva", data).location
    changes = {"occurred_on": TODAY, "modality": "advisory", "summary": "Se revisó el plan indicativo."}
    refused = advisor.post(f"{where}/rectificacion", changes, 422).get_data(as_text=True)
    assert 'href="#rectify_reason"' in refused
    advisor.post(f"{where}/rectificacion", {**changes, "rectify_reason": "Faltaba decir cuál plan."})
    assert "Se revisó el plan indicativo." in advisor.get(where)


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
        stranger = people.add(session, "Nora Vega", by=SYSTEM, now=clock.now()).id
    coordinator = browse("articulador")
    coordinator.get("/empalmes/nuevo")
    data = {"from_id": str(world.people["asesor"]), "to_id": str(stranger), "since": "2026-11-21", "reason": "Traslado"}
    text = coordinator.post("/empalmes/nuevo", data, 200).get_data(as_text=True)
    assert "Nora Vega no tiene cuenta" in text
    assert "desde el 21 de noviembre de 2026" in unescape(text).replace("\xa0", " ")
