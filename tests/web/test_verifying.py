"""Hitos por verificar: what waits for whoever verifies, through the pages and the API's room."""

from datetime import timedelta

import pytest

from db import SYSTEM
from db import clock
from db import files
from db import reading
from db import transaction
from directory import coverage
from directory import delegations
from directory import principal
from directory.models import Person
from tests.tracking import factories
from tests.web.conftest import Browse
from tests.web.world import World
from tracking import milestones
from tracking import verification
from tracking import work_plans
from tracking.models import PlanMilestone
from tracking.models import Product
from tracking.models import WorkPlan

LIST = "/hitos-por-verificar"


def ids(plan_id: int) -> list[int]:
    with reading() as session:
        return [row.id for row in milestones.of_plan(session, plan_id)]


@pytest.fixture
def reported(world: World, plan: int) -> list[int]:
    """The first two milestones of the plan, reported by its advisor: the second one twenty days ago."""
    now = clock.now()
    with transaction() as session:
        by = principal.load(session, world.people["asesor"], now=now)
        for key, at in ((ids(plan)[0], now), (ids(plan)[1], now - timedelta(days=20))):
            milestones.report(
                session, key, occurred_on=clock.local_date(at), without_evidence="Se perdió el acta.", by=by, now=at
            )
    return ids(plan)[:2]


def test_a_plan_that_was_closed_says_why_nothing_is_verified(browse: Browse, plan: int, reported: list[int]) -> None:
    coordinator, page = browse("articulador"), f"/hitos/{reported[0]}"
    assert "Lo que se reportó, por verificar" in coordinator.get(page)
    with transaction() as session:
        work_plans.close(session, plan, by=SYSTEM, now=clock.now())
    ended = coordinator.get(page)
    assert "Lo que se reportó, que nadie verificó" in ended
    assert "ya no se verifican ni se devuelven" in ended
    assert f'action="{page}' not in ended


def test_what_waits_longest_comes_first_and_one_goes_on_with_the_list(browse: Browse, reported: list[int]) -> None:
    coordinator = browse("articulador")
    assert LIST in coordinator.get("/bandeja")
    page = coordinator.get(LIST)
    assert "2 hitos por verificar" in page
    assert page.index(f"/hitos/{reported[1]}?de=por-verificar") < page.index(f"/hitos/{reported[0]}?de=por-verificar")
    assert f"/hitos/{reported[1]}" in coordinator.get(f"{LIST}?hace=15")
    assert f"/hitos/{reported[0]}" not in coordinator.get(f"{LIST}?hace=15")
    assert "Ningún hito coincide" in coordinator.get(f"{LIST}?departamento=91")
    coordinator.get(f"/hitos/{reported[1]}?de=por-verificar")
    answer = coordinator.post(f"/hitos/{reported[1]}/verificacion?de=por-verificar", {"note": "Visto"})
    assert answer.location == LIST
    assert "1 hito por verificar" in coordinator.get(LIST)


def test_a_verification_made_by_mistake_is_taken_back(browse: Browse, world: World, reported: list[int]) -> None:
    coordinator, key = browse("articulador"), reported[0]
    coordinator.get(f"/hitos/{key}")
    coordinator.post(f"/hitos/{key}/verificacion", {"note": ""}, 422)
    coordinator.post(f"/hitos/{key}/verificacion", {"note": "Se llamó a la alcaldía"})
    assert "Retirar la verificación" not in browse("asesor").get(f"/hitos/{key}")
    assert "Retirar la verificación" in coordinator.get(f"/hitos/{key}")
    coordinator.post(f"/hitos/{key}/retiro-de-la-verificacion", {"reason": ""}, 422)
    coordinator.post(f"/hitos/{key}/retiro-de-la-verificacion", {"reason": "Era el de otro municipio"})
    with reading() as session:
        row = session.get_one(PlanMilestone, key)
        plan = session.get_one(WorkPlan, row.plan_id)
        assert (row.status, row.verified_by, row.reported_by) == ("reported", None, world.people["asesor"])
        assert plan.verified_weight == 0
    assert "Era el de otro municipio" in coordinator.get(f"/hitos/{key}")
    assert f"/hitos/{key}?" in coordinator.get(LIST)


def test_only_what_one_may_verify_is_listed(browse: Browse, world: World, plan: int, reported: list[int]) -> None:
    browse("asesor").get(LIST, 403)
    now = clock.now()
    with transaction() as session:
        monitor, far = (principal.load(session, world.people[name], now=now) for name in ("monitoreo", "articulador"))
        assert verification.count(session, monitor) == 2
        session.get_one(PlanMilestone, reported[0]).reported_by = monitor.person_id
        assert verification.count(session, monitor) == 1
        session.get_one(WorkPlan, plan).region_id = None
        assert verification.count(session, far) == 0
        session.get_one(WorkPlan, plan).consent = "withdrawn"
        assert verification.count(session, monitor) == 0


def test_the_list_comes_in_pages(world: World, plan: int, reported: list[int]) -> None:
    now = clock.now()
    with transaction() as session:
        lead, advisor = (session.get_one(Person, world.people[name]) for name in ("lider", "asesor"))
        product = session.get_one(Product, session.get_one(WorkPlan, plan).product_id)
        other = factories.plan(session, product, world.entities[1], now, advisor=advisor)
        by = principal.load(session, advisor.id, now=now)
        third = milestones.of_plan(session, other.id)[0].id
        milestones.report(
            session,
            third,
            occurred_on=clock.local_date(now),
            without_evidence="Se perdió el acta.",
            by=by,
            now=now + timedelta(minutes=1),
        )
        monitor = principal.load(session, world.people["monitoreo"], now=now)
        first = verification.listing(session, monitor, verification.Filters(), limit=2)
        rest = verification.listing(session, monitor, verification.Filters(), limit=2, cursor=first.next_cursor)
        assert [row.id for row in [*first.items, *rest.items]] == [reported[1], reported[0], third]
        wanted = verification.Filters(entity_id=world.entities[1], reported_by=advisor.id)
        assert [row.id for row in verification.listing(session, monitor, wanted).items] == [third]
        assert verification.count(session, monitor, verification.Filters(reported_by=lead.id)) == 0


@pytest.mark.parametrize("wrong", ["99999999999999999999", "abc", "-1"])
def test_a_number_that_is_none_is_refused_instead_of_listing_everything(browse: Browse, plan: int, wrong: str) -> None:
    assert "escriba un número entero" in browse("monitoreo").get(f"{LIST}?vigencia={wrong}", 422)
    assert "escriba un número entero" in browse("monitoreo").get(f"/planes?vigencia={wrong}", 422)


def test_what_is_not_accepted_comes_back_to_the_advisor(browse: Browse, plan: int, reported: list[int]) -> None:
    coordinator, advisor = browse("articulador"), browse("asesor")
    coordinator.get(f"/hitos/{reported[0]}")
    coordinator.post(f"/hitos/{reported[0]}/rechazo", {"reason": "Falta la firma de la alcaldía"})
    for path in ("/bandeja", "/hitos-devueltos", f"/planes/{plan}", f"/hitos/{reported[0]}"):
        page = advisor.get(path)
        assert "Falta la firma de la alcaldía" in page, path
        assert "evuelto" in page, path
    assert "Falta la firma" not in coordinator.get("/bandeja")


def test_what_came_back_names_its_product(browse: Browse, plan: int, reported: list[int]) -> None:
    browse("articulador").post(f"/hitos/{reported[0]}/rechazo", {"reason": "Falta el acta."})
    with reading() as session:
        product = session.get_one(Product, session.get_one(WorkPlan, plan).product_id).name
    assert f"{product} · " in browse("asesor").get("/bandeja")


def test_a_verified_milestone_is_not_among_those_that_came_back(browse: Browse, plan: int, reported: list[int]) -> None:
    browse("articulador").get(f"/planes/{plan}")
    assert "Devuelto" not in browse("asesor").get(f"/planes/{plan}")
    assert "No tiene hitos devueltos" in browse("asesor").get("/hitos-devueltos")


def test_who_stands_in_is_not_offered_what_the_other_reported(
    browse: Browse, world: World, plan: int, reported: list[int]
) -> None:
    now = clock.now()
    today = clock.local_date(now)
    with transaction() as session:
        own = principal.load(session, world.people["articulador"], now=now)
        coverage.hand_over(session, world.entities[0], own.person_id, today, by=SYSTEM, now=now)
        own = principal.load(session, world.people["articulador"], now=now)
        milestones.report(
            session, ids(plan)[2], occurred_on=today, without_evidence="Se perdió el acta.", by=own, now=now
        )
        delegations.add(
            session, own.person_id, world.people["lider"], today, today, role="regional_coordinator", by=own, now=now
        )
    stand_in, third = browse("lider"), ids(plan)[2]
    page = stand_in.get(LIST)
    assert "2 hitos por verificar" in page.replace("\xa0", " ")
    assert f"/hitos/{third}?" not in page
    assert "Verificar el cumplimiento" not in stand_in.get(f"/hitos/{third}")
    assert "Verificar el cumplimiento" in stand_in.get(f"/hitos/{reported[0]}")
    answer = stand_in.post(f"/hitos/{third}/verificacion", {"note": "Visto"}, 403)
    assert "la persona por la que usted actúa" in answer.get_data(as_text=True)


@pytest.fixture
def proved(world: World, plan: int) -> list[int]:
    """Two milestones of the plan, reported by its advisor with evidence, and the third one without."""
    now = clock.now()
    with transaction() as session:
        by = principal.load(session, world.people["asesor"], now=now)
        for key in ids(plan)[:2]:
            token = files.save(session, f"acta-{key}.pdf", b"%PDF-1.4 acta", by=by.actor(), now=now).token
            milestones.report(session, key, occurred_on=clock.local_date(now), files=[token], by=by, now=now)
        milestones.report(
            session, ids(plan)[2], occurred_on=clock.local_date(now), without_evidence="No hubo acta.", by=by, now=now
        )
    return ids(plan)[:3]


def statuses(keys: list[int]) -> list[str]:
    with reading() as session:
        return [session.get_one(PlanMilestone, key).status for key in keys]


def test_several_are_verified_together_with_one_note(browse: Browse, proved: list[int]) -> None:
    coordinator = browse("articulador")
    first, second, bare = proved
    page = coordinator.get(LIST)
    assert f'name="hito" value="{first}"' in page
    assert f'name="hito" value="{bare}"' not in page
    assert "sin evidencia" in page
    chosen = "&".join(f"hito={key}" for key in proved)
    page = coordinator.get(f"{LIST}/verificacion?{chosen}&vigencia=2026")
    for said in (f"acta-{first}.pdf", f"acta-{second}.pdf", "se verifican uno por uno"):
        assert said in page
    address = f"{LIST}/verificacion?vigencia=2026"
    assert address in page
    sent = {"hito": [first, second, bare], "note": "Vi las actas"}
    assert "Marque la casilla" in coordinator.post(address, sent, 422).get_data(as_text=True)
    assert statuses(proved) == ["reported"] * 3
    answer = coordinator.post(address, {**sent, "confirmed": "si"})
    assert answer.location == f"{LIST}?vigencia=2026"
    assert statuses(proved) == ["verified", "verified", "reported"]


def test_what_somebody_else_verified_meanwhile_says_where_and_how_many(browse: Browse, proved: list[int]) -> None:
    first, second = browse("articulador"), browse("monitoreo")
    sent = {"hito": [str(key) for key in proved], "confirmed": "si", "note": "Se miraron"}
    first.post(f"{LIST}/verificacion", sent)
    late = second.post(f"{LIST}/verificacion", sent)
    page = second.get(late.location)
    assert page.count("No se verificó un hito (Medellín, Antioquia): El hito") == 2


def test_the_list_is_narrowed_by_what_and_who(browse: Browse, world: World, proved: list[int]) -> None:
    coordinator = browse("articulador")
    first, second, bare = (f"/hitos/{key}?de=por-verificar" for key in proved)
    assert second not in coordinator.get(f"{LIST}?nombre=1")
    only = coordinator.get(f"{LIST}?evidencia=without")
    assert bare in only
    assert first not in only
    assert "Ningún hito coincide" in coordinator.get(f"{LIST}?reporto={world.people['lider']}")
    assert first in coordinator.get(f"{LIST}?reporto={world.people['asesor']}&evidencia=with")
    assert "(3)" in coordinator.get(LIST)


def test_after_one_the_list_is_as_it_was(browse: Browse, proved: list[int]) -> None:
    coordinator, kept = browse("articulador"), "vigencia=2026&evidencia=with"
    page = coordinator.get(f"{LIST}?{kept}")
    assert f"/hitos/{proved[0]}?de=por-verificar&{kept}" in page
    page = coordinator.get(f"/hitos/{proved[0]}?de=por-verificar&{kept}")
    path = f"/hitos/{proved[0]}/verificacion?de=por-verificar&{kept}"
    assert path in page
    assert coordinator.post(path, {"note": ""}).location == f"{LIST}?{kept}"
