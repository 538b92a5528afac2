"""Advisories and quick contacts through the pages."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import accounts
from directory import grants
from directory.models import Entity
from directory.models import Person
from directory.principal import load
from tests.tracking import factories
from tests.web.conftest import Browse
from tests.web.world import LONG_AGO
from tests.web.world import PASSWORD
from tests.web.world import World
from tracking import contacts
from tracking.milestone_acts import standing_advances
from tracking.models import Advisory
from tracking.models import PlanMilestone
from tracking.models import Product
from tracking.models import QuickContact
from tracking.models import WorkPlan
from web import picking

PDF = b"%PDF-1.4 evidencia"
TODAY = clock.local_date(clock.now()).isoformat()


@pytest.fixture
def second(world: World, plan: int) -> int:
    """Another plan of the same product, in the second entity."""
    with transaction() as session:
        product = session.get_one(Product, session.get_one(WorkPlan, plan).product_id)
        advisor = session.get_one(Person, world.people["asesor"])
        return factories.plan(session, product, world.entities[1], clock.now(), advisor=advisor).id


def product_of(plan_id: int) -> int:
    with reading() as session:
        return session.get_one(WorkPlan, plan_id).product_id


def milestone_of(plan_id: int) -> int:
    with reading() as session:
        return session.query(PlanMilestone).filter_by(plan_id=plan_id, number=1).one().id


def status_of(milestone_id: int) -> str:
    with reading() as session:
        return session.get_one(PlanMilestone, milestone_id).status


def said(plan_id: int, **more: Any) -> dict[str, Any]:
    """What is typed of an advisory in one plan."""
    return {"producto": str(product_of(plan_id)), "plans": str(plan_id), "occurred_on": TODAY, "modality": "advisory",
            "summary": "Se revisó el diagnóstico", **more}  # fmt: skip


def papers(*names: str) -> dict[str, Any]:
    return {name: (BytesIO(PDF + name.encode()), f"{name}.pdf") for name in names}


def end(plan_id: int) -> None:
    """Let the assistance of a plan end."""
    with transaction() as session:
        factories.finish(session, session.get_one(WorkPlan, plan_id), clock.now())


def test_an_advisory_with_its_files_moves_the_milestone(browse: Browse, plan: int) -> None:
    advisor, key = browse("asesor"), milestone_of(plan)
    assert f"milestone-{key}" in advisor.get(f"/asesorias/nueva?plan={plan}")
    people = {"people_name": "Carlos Mena", "people_position": "Secretario", "people_email": ""}
    data = said(plan, **{f"milestone-{key}": "achieved"}, **people, **papers("minutes_file", "attendance_file"))
    page = advisor.get(advisor.post("/asesorias/nueva", data).location)
    assert all(words in page for words in ("Completa", "Carlos Mena", "Bancos al día, vigencia 2026", "se cumplió"))
    assert status_of(key) == "reported"


def test_an_advisory_of_several_entities_moves_milestones_of_each(browse: Browse, plan: int, second: int) -> None:
    advisor, keys = browse("asesor"), [milestone_of(plan), milestone_of(second)]
    advisor.get("/asesorias/nueva")
    data = said(plan, **{f"milestone-{key}": "achieved" for key in keys}, **papers("minutes_file", "attendance_file"))
    where = advisor.post("/asesorias/nueva", {**data, "plans": [str(plan), str(second)]}).location
    assert [status_of(key) for key in keys] == ["reported", "reported"]
    assert "y 1 entidad más" in advisor.get(where)
    listed = advisor.get("/asesorias")
    assert "y 1 entidad más · Bancos al día" in listed


def test_the_milestones_of_the_marked_entities_are_shown_on_asking(browse: Browse, plan: int, second: int) -> None:
    advisor = browse("asesor")
    page = advisor.get("/asesorias/nueva")
    assert f"milestone-{milestone_of(plan)}" not in page
    data = {**said(plan), "plans": [str(plan), str(second)], "acto": "hitos"}
    page = advisor.post("/asesorias/nueva", data, 200).get_data(as_text=True)
    assert all(f"milestone-{milestone_of(one)}" in page for one in (plan, second))
    assert "Se revisó el diagnóstico" in page


def test_an_advisor_of_several_products_chooses_one_first(browse: Browse, world: World, plan: int) -> None:
    with transaction() as session:
        lead, advisor = (session.get_one(Person, world.people[name]) for name in ("lider", "asesor"))
        other = factories.product(session, lead, world.unit_id, clock.now(), name="Catastro al día")
        factories.plan(session, other, world.entities[1], clock.now(), advisor=advisor)
        other_id = other.id
    page = browse("asesor").get("/asesorias/nueva")
    links = re.findall(r'href="/asesorias/nueva\?producto=(\d+)"', page)
    assert sorted(int(link) for link in links) == sorted([product_of(plan), other_id])
    assert "Catastro al día" in browse("asesor").get(f"/asesorias/nueva?producto={other_id}")


def test_a_row_more_keeps_what_was_typed(browse: Browse, plan: int) -> None:
    advisor = browse("asesor")
    rows = advisor.get("/asesorias/nueva").count('name="people_name"')
    names = ["Carlos Mena", *[""] * (rows - 1)]
    data = said(plan, people_name=names, people_position=[""] * rows, people_email=[""] * rows, acto="fila")
    page = advisor.post("/asesorias/nueva", {**data, **papers("minutes_file")}, 200).get_data(as_text=True)
    assert page.count('name="people_name"') == rows + 1
    assert "Carlos Mena" in page
    assert "minutes_file_kept" in page
    with reading() as session:
        assert session.scalars(select(Advisory)).all() == []


def test_all_mistakes_are_shown_at_once_and_nothing_typed_is_lost(browse: Browse, plan: int, second: int) -> None:
    advisor = browse("asesor")
    advisor.get("/asesorias/nueva")
    people = {"people_name": ["", "Rita"], "people_position": ["Alcaldesa", ""], "people_email": ["", ""]}
    data: dict[str, Any] = {
        "producto": str(product_of(plan)), "place": "Auditorio", "occurred_on": "2999-01-01", **people,
        **papers("minutes_file"), "attendance_file": (BytesIO(b"MZ"), "programa.exe"),
    }  # fmt: skip
    page = advisor.post("/asesorias/nueva", data, 422).get_data(as_text=True)
    fields = ("occurred_on", "modality", "summary", "plans", "attendance_file")
    assert all(f'href="#{name}"' in page for name in fields)
    assert all(words in page for words in ("Auditorio", "Alcaldesa", "Rita", "minutes_file_kept"))
    page = advisor.post(
        "/asesorias/nueva", {**data, **papers("minutes_file"), "attendance_file": "", "plans": str(plan)}, 422
    ).get_data(as_text=True)
    assert 'href="#people_name-1"' in page
    assert 'id="people_name-1-error"' in page


def test_a_plan_that_is_not_under_way_is_not_offered_and_says_why(browse: Browse, plan: int, second: int) -> None:
    end(second)
    advisor = browse("asesor")
    page = advisor.get("/asesorias/nueva")
    assert "1 entidad más no está en ejecución" in page
    assert f'name="plans" value="{second}"' not in page
    assert "lo terminó el" in advisor.get(f"/asesorias/nueva?plan={second}")
    refused = advisor.post("/asesorias/nueva", said(second), 422).get_data(as_text=True)
    assert "mientras el paso 4 del procedimiento" in refused
    shown = advisor.get(f"/planes/{second}")
    assert f"/asesorias/nueva?plan={second}" not in shown
    assert "mientras el paso 4 del procedimiento" in shown


def test_progress_is_not_offered_once_the_assistance_ended(browse: Browse, plan: int) -> None:
    advisor, key = browse("asesor"), milestone_of(plan)
    assert "Reportar como cumplido" in advisor.get(f"/hitos/{key}")
    end(plan)
    page = advisor.get(f"/hitos/{key}")
    assert "Reportar como cumplido" not in page
    assert "mientras el paso 4 del procedimiento" in page
    sent = {"occurred_on": TODAY, "note": "Hecho", "without_evidence": "Se perdió"}
    answer = advisor.post(f"/hitos/{key}/cumplido", sent, 409).get_data(as_text=True)
    assert "mientras el paso 4 del procedimiento" in answer


def test_who_directs_a_unit_sees_the_contacts_with_the_entities_of_its_plans(
    browse: Browse, world: World, plan: int
) -> None:
    with transaction() as session:
        by, now = load(session, world.people["asesor"], now=clock.now()), clock.now()
        told = {"channel": "call", "minutes": 15, "occurred_on": clock.local_date(now), "by": by, "now": now}
        here, elsewhere = (
            contacts.register(session, entity_id=entity, topic=f"Llamada {n}", **told).id
            for n, entity in enumerate(world.entities[:2])
        )
    director = browse("director")
    page = director.get("/interacciones")
    assert "Llamada 0" in page
    assert "Llamada 1" not in page
    assert "Llamada 0" in director.get(f"/interacciones/{here}")
    assert "Llamada 0" in director.get(f"/entidades/{world.entities[0]}")
    director.get(f"/interacciones/{elsewhere}", 404)
    browse("lider").get(f"/interacciones/{elsewhere}", 404)


def test_the_weights_shown_are_those_that_count(browse: Browse, plan: int) -> None:
    advisor = browse("asesor")
    with reading() as session:
        left_out = session.query(PlanMilestone).filter_by(plan_id=plan, number=3).one().id
    assert "no cuenta" not in advisor.get(f"/planes/{plan}")
    advisor.get(f"/hitos/{left_out}")
    advisor.post(f"/hitos/{left_out}/no-aplica", {"reason": "No tiene banco"})
    page = advisor.get(f"/planes/{plan}").replace("\xa0", " ").replace("&nbsp;", " ")
    told = re.findall(r'data-label="Peso">([^<]+)<div class="secondary small">([^<]+) en la plantilla', page)
    assert told == [("40 %", "12 %"), ("60 %", "18 %"), ("no cuenta", "70 %")]
    assert "los que se muestran son los que forman el avance del plan" in page
    assert "no cuenta (70" in advisor.get(f"/hitos/{left_out}")


def test_progress_of_a_day_before_the_plan_is_confirmed(browse: Browse, plan: int) -> None:
    advisor, key = browse("asesor"), milestone_of(plan)
    advisor.get(f"/hitos/{key}")
    sent = {"occurred_on": (clock.local_date(clock.now()) - timedelta(days=1)).isoformat(), "note": "Antes"}
    page = advisor.post(f"/hitos/{key}/avance", sent, 422).get_data(as_text=True)
    assert "anterior al día en que el plan de trabajo se abrió" in page
    assert 'name="confirmed"' in page
    advisor.post(f"/hitos/{key}/avance", {**sent, "confirmed": "si"})
    assert status_of(key) == "in_progress"


def test_one_paper_is_kept_while_the_other_is_missing(browse: Browse, plan: int) -> None:
    advisor = browse("asesor")
    advisor.get("/asesorias/nueva")
    where = advisor.post("/asesorias/nueva", said(plan)).location
    advisor.get(where)
    page = advisor.post(f"{where}/cierre", papers("minutes_file"), 422).get_data(as_text=True)
    assert 'href="#attendance_file"' in page
    assert "minutes_file.pdf" in advisor.get(where)
    advisor.post(f"{where}/cierre", papers("attendance_file"))
    assert "Completa" in advisor.get(where)


def test_papers_that_come_after_the_assistance_are_kept_and_move_nothing(browse: Browse, plan: int) -> None:
    advisor, key = browse("asesor"), milestone_of(plan)
    advisor.get("/asesorias/nueva")
    where = advisor.post("/asesorias/nueva", said(plan, **{f"milestone-{key}": "achieved"})).location
    end(plan)
    assert "Ya no se puede completar con sus hitos" in advisor.get(where)
    page = advisor.post(f"{where}/cierre", papers("minutes_file", "attendance_file"), 422).get_data(as_text=True)
    assert "lo terminó el" in page
    assert "attendance_file.pdf" in advisor.get(where)
    assert status_of(key) == "pending"


def test_an_advisory_is_rectified_with_a_reason(browse: Browse, plan: int) -> None:
    advisor = browse("asesor")
    advisor.get("/asesorias/nueva")
    where = advisor.post("/asesorias/nueva", said(plan)).location
    changes = {"occurred_on": TODAY, "modality": "advisory", "summary": "Se revisó el plan indicativo."}
    refused = advisor.post(f"{where}/rectificacion", changes, 422).get_data(as_text=True)
    assert 'href="#rectify_reason"' in refused
    advisor.post(f"{where}/rectificacion", {**changes, "rectify_reason": "Faltaba decir cuál plan."})
    assert "Se revisó el plan indicativo." in advisor.get(where)


def test_a_quick_contact_is_one_line_in_the_life_of_the_entity(browse: Browse, world: World, plan: int) -> None:
    advisor = browse("asesor")
    advisor.get("/interacciones/nueva")
    data = {"entity_id": str(world.entities[0]), "channel": "call", "topic": "Duda del formato", "minutes": "15"}
    assert "Duda del formato" in advisor.get(advisor.post("/interacciones/nueva", data).location)


def test_a_contact_says_all_that_is_wrong_at_once(browse: Browse, plan: int) -> None:
    advisor = browse("asesor")
    advisor.get("/interacciones/nueva")
    data = {"minutes": "99999", "occurred_on": "2999-01-01"}
    page = advisor.post("/interacciones/nueva", data, 422).get_data(as_text=True)
    assert all(f'href="#{name}"' in page for name in ("entity_id", "channel", "topic", "minutes", "occurred_on"))


def test_the_lead_registers_a_contact_from_a_plan_of_their_product(browse: Browse, world: World, plan: int) -> None:
    lead = browse("lider")
    found = re.search(r'href="(/interacciones/nueva[^"]+)"', lead.get(f"/planes/{plan}"))
    assert found
    lead.get(found.group(1).replace("&amp;", "&"))
    data = {"entity_id": str(world.entities[0]), "channel": "email", "topic": "Envío de la guía", "minutes": "5"}
    lead.post("/interacciones/nueva", data)


def test_the_button_of_a_contact_is_for_whoever_may(browse: Browse, world: World, plan: int) -> None:
    lead = browse("lider")
    assert "/interacciones/nueva?entidad" in lead.get(f"/entidades/{world.entities[0]}")
    assert "/interacciones/nueva?entidad" not in lead.get(f"/entidades/{world.entities[1]}")


def test_a_contact_is_annulled_with_its_reason(browse: Browse, world: World, plan: int) -> None:
    with transaction() as session:
        advisor_id, now = world.people["asesor"], clock.now()
        by = factories.principal(session.get_one(Person, advisor_id), "territorial_advisor")
        key = contacts.register(
            session, entity_id=world.entities[0], channel="call", topic="Repetida", minutes=5,
            occurred_on=clock.local_date(now), by=by, now=now,
        ).id  # fmt: skip
    advisor = browse("asesor")
    assert f"/interacciones/{key}" in advisor.get("/interacciones")
    assert "Anular la interacción" in advisor.get(f"/interacciones/{key}")
    assert 'href="#reason"' in advisor.post(f"/interacciones/{key}/anulacion", {}, 422).get_data(as_text=True)
    where = advisor.post(f"/interacciones/{key}/anulacion", {"reason": "Se registró dos veces."}).location
    page = advisor.get(where)
    assert "Registró una interacción: Repetida." in page
    assert "Anuló la interacción." in page
    assert page.count("Se registró dos veces.") == 2
    assert "Repetida" not in advisor.get("/interacciones")
    assert "Repetida" in advisor.get("/interacciones?anuladas=1")
    with reading() as session:
        assert session.get_one(QuickContact, key).annulled_by == advisor_id


def test_whoever_only_reads_is_not_offered_to_annul(browse: Browse, world: World, plan: int) -> None:
    advisor = browse("asesor")
    advisor.get("/interacciones/nueva")
    data = {"entity_id": str(world.entities[0]), "channel": "call", "topic": "Duda", "minutes": "15"}
    advisor.post("/interacciones/nueva", data)
    with reading() as session:
        key = session.scalars(select(QuickContact.id)).one()
    assert "Anular la interacción" not in browse("control").get(f"/interacciones/{key}")


def complete(advisor: Any, *plans: int, effect: str = "achieved", moved: int = 0) -> str:
    """A complete advisory in some plans that moves a milestone of one; returns its address."""
    data = said(plans[0], plans=[str(key) for key in plans], **{f"milestone-{moved}": effect} if moved else {})
    return advisor.post("/asesorias/nueva", {**data, **papers("minutes_file", "attendance_file")}).location


def corrected(plan_id: int, **changes: Any) -> dict[str, Any]:
    return {"occurred_on": TODAY, "modality": "advisory", "summary": "Se revisó el plan", "place": "",
            "plans_asked": "si", "plans": [str(plan_id)], "rectify_reason": "Se escribió mal", **changes}  # fmt: skip


def test_a_municipality_too_many_is_taken_off_with_what_was_moved_in_it(
    browse: Browse, world: World, plan: int, second: int
) -> None:
    advisor, milestone = browse("asesor"), milestone_of(second)
    advisor.get(f"/asesorias/nueva?plan={plan}")
    place = complete(advisor, plan, second, moved=milestone)
    assert status_of(milestone) == "reported"
    advisor.get(place)
    advisor.post(f"{place}/rectificacion", corrected(plan))
    assert status_of(milestone) == "pending"
    page = advisor.get(place)
    assert f"/planes/{second}" not in page
    assert "salió" in page
    advisor.post(f"{place}/rectificacion", corrected(plan, plans=[]), 422)


def test_papers_and_attendants_of_a_complete_advisory_are_corrected(browse: Browse, plan: int) -> None:
    advisor, milestone = browse("asesor"), milestone_of(plan)
    advisor.get(f"/asesorias/nueva?plan={plan}")
    place = complete(advisor, plan, moved=milestone)
    browse("articulador").get(f"/hitos/{milestone}")
    coordinator = browse("articulador")
    coordinator.get(f"/hitos/{milestone}")
    coordinator.post(f"/hitos/{milestone}/verificacion", {"note": "Visto"})
    assert "este hito pierde su verificación" in advisor.get(place)
    people = {"people_name": ["Rosa Díaz", ""], "people_position": ["Alcaldesa", ""], "people_email": ["", ""]}
    advisor.post(f"{place}/rectificacion", corrected(plan, **people))
    assert status_of(milestone) == "verified"
    fresh = {"minutes_file": (BytesIO(PDF), "acta-buena.pdf")}
    advisor.post(f"{place}/rectificacion", corrected(plan, **people, **fresh))
    assert status_of(milestone) == "reported"
    page = advisor.get(place)
    for told in ("Rosa Díaz", "acta-buena.pdf", "asistentes, eran", "acta, decía"):
        assert told in page
    assert "acta-buena.pdf" in advisor.get(f"/hitos/{milestone}")


def test_what_it_said_before_and_who_annulled_it_stand_on_its_page(browse: Browse, plan: int) -> None:
    advisor = browse("asesor")
    advisor.get(f"/asesorias/nueva?plan={plan}")
    place = complete(advisor, plan)
    advisor.get(place)
    advisor.post(f"{place}/rectificacion", corrected(plan, modality="remote"))
    assert "modalidad, decía «Asesoría»" in advisor.get(place)
    advisor.post(f"{place}/anulacion", {"reason": "No se dio"})
    page = advisor.get(place)
    assert "Anulada" in page
    assert "Anuló la asesoría" in page
    assert re.search(r"Anulada</span> por [^:]+, ", page)


def test_progress_moves_with_the_day_of_its_advisory(browse: Browse, plan: int) -> None:
    advisor, milestone = browse("asesor"), milestone_of(plan)
    advisor.get(f"/asesorias/nueva?plan={plan}")
    place = complete(advisor, plan, effect="advanced", moved=milestone)
    advisor.get(place)
    day = (clock.local_date(clock.now()) - timedelta(days=3)).isoformat()
    advisor.post(f"{place}/rectificacion", corrected(plan, occurred_on=day))
    with reading() as session:
        (standing,) = standing_advances(session, milestone)
        assert standing.occurred_on.isoformat() == day


def test_every_entity_of_a_long_list_is_found_and_marked(
    browse: Browse, plan: int, second: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picking, "MOST", 1)
    monkeypatch.setattr(picking, "PAGE", 1)
    advisor = browse("asesor")
    page = advisor.get("/asesorias/nueva")
    assert 'name="plans" value=' not in page  # nothing to scroll through before anybody looks for something
    with reading() as session:
        names = {key: session.get_one(Entity, session.get_one(WorkPlan, key).entity_id).name for key in (plan, second)}
    every = {**said(plan), "plans": [], "_buscar": "plans"}
    page = advisor.post("/asesorias/nueva", every, 200).get_data(as_text=True)
    assert "Coinciden 2; abajo están las primeras 1." in page
    shown = {key for key in (plan, second) if f'name="plans" value="{key}"' in page}
    assert len(shown) == 1
    further = {**every, "plans_vistas": "1", "_buscar": "plans+"}
    page = advisor.post("/asesorias/nueva", further, 200).get_data(as_text=True)
    assert all(f'name="plans" value="{key}"' in page for key in (plan, second))
    assert "Ver más" not in page
    (other,) = {plan, second} - shown
    data = {**said(plan), "plans": [str(key) for key in shown], "plans_buscar": names[other].upper()}
    page = advisor.post("/asesorias/nueva", data, 200).get_data(as_text=True)  # Enter in the box, or its button
    assert f'value="{other}"' in page
    assert all(re.search(rf'name="plans" value="{key}" checked', page) for key in shown)
    assert "Se revisó el diagnóstico" in page
    both = {**data, "plans": [str(plan), str(second)], "plans_buscado": names[other].upper()}
    assert "y 1 entidad más" in advisor.get(advisor.post("/asesorias/nueva", both).location)


def test_whoever_moves_no_milestones_is_offered_none(browse: Browse, world: World, plan: int) -> None:
    now = clock.now()
    with transaction() as session:
        expert = factories.person(session, "Experta", now)
        accounts.create(session, expert.id, "experta", PASSWORD, by=SYSTEM, now=now)
        grants.add(session, expert.id, "thematic_expert", "national", None, since=LONG_AGO, by=SYSTEM, now=now)
    browser, key = browse("experta"), milestone_of(plan)
    page = browser.get(f"/asesorias/nueva?plan={plan}")
    assert f"milestone-{key}" not in page
    assert "Los hitos los mueve quien acompaña cada plan" in page
    refused = browser.post("/asesorias/nueva", said(plan, **{f"milestone-{key}": "achieved"}), 422)
    assert "Se revisó el diagnóstico" in refused.get_data(as_text=True)
    browser.post("/asesorias/nueva", said(plan))
    assert status_of(key) != "reported"
