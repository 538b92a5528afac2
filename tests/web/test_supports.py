"""Asking for a thematic expert, through the pages and by programs."""

from datetime import timedelta
from typing import Any

import pytest
from pypdfium2 import PdfDocument
from sqlalchemy.orm import Session

from att import jobs
from db import SYSTEM
from db import clock
from db import files
from db import history
from db import reading
from db import transaction
from db.errors import InvalidData
from directory import absences
from directory import accounts
from directory import delegations
from directory import grants
from directory import principal
from edge import steps
from engine import submissions
from engine import tasks
from engine.instances import subject
from engine.models import Task
from tests.tracking import factories
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.sheets import downloaded
from tests.web.sheets import rows
from tests.web.test_entity_contact import contact
from tests.web.world import LONG_AGO
from tests.web.world import PASSWORD
from tests.web.world import World
from tracking import advisories
from tracking import following
from tracking import support
from tracking.advisories import NewAdvisory

__all__ = ["contact"]

SOON = str(clock.local_date(clock.now()) + timedelta(days=10))
ASKED = {"desist": False, "theme": "digital", "need": "Revisar la apertura de datos", "wanted_on": SOON,
         "modality": "remote"}  # fmt: skip
EMPTY = "Este plan no ha pedido apoyo experto"
BUTTON = "Pedir apoyo experto"


@pytest.fixture
def expert(browse: Browse, world: World) -> Browser:
    with transaction() as session:
        now = clock.now()
        row = factories.person(session, "Experta Digital", now)
        accounts.create(session, row.id, "experta", PASSWORD, by=SYSTEM, now=now)
        grants.add(session, row.id, "thematic_expert", "national", None, since=LONG_AGO, by=SYSTEM, now=now)
        world.people["experta"] = row.id
    return browse("experta")


def begun(browser: Browser, plan: int) -> int:
    """The task in which whoever asks says what they need."""
    browser.get(f"/planes/{plan}?parte=apoyos")
    return int(str(browser.post(f"/planes/{plan}/apoyos").location).rpartition("/")[2])


def sent(world: World, plan: int, who: str, **answers: Any) -> int:
    """Complete the step that waits in the only request of a plan; returns the one that waits then, or 0."""
    with transaction() as session:
        (row,) = support.of_plan(session, plan)
        (task,) = tasks.open_of(session, row.instance_id or 0)
        by = principal.load(session, world.people[who], now=clock.now())
        tasks.complete(session, task.id, answers, by=by, now=clock.now(), confirmed=True)
        case = row.instance_id or 0
    steps.settle(case)
    with reading() as session:
        return next((one.id for one in tasks.open_of(session, case)), 0)


def test_a_plan_says_what_it_asked_and_who_may_ask(browse: Browse, plan: int, expert: Browser) -> None:
    advisor = browse("asesor")
    page = advisor.get(f"/planes/{plan}?parte=apoyos")
    assert (EMPTY in page, BUTTON in page) == (True, True)
    assert BUTTON not in expert.get(f"/planes/{plan}?parte=apoyos")
    expert.post(f"/planes/{plan}/apoyos", status=403)
    task = begun(advisor, plan)
    assert begun(advisor, plan) == task
    page = advisor.get(f"/planes/{plan}?parte=apoyos")
    assert (EMPTY in page, page.count("Solicitud sin enviar")) == (False, 1)


def test_who_needs_an_expert_writes_it_in_the_form(browse: Browse, world: World, plan: int, expert: Browser) -> None:
    advisor = browse("asesor")
    task = begun(advisor, plan)
    page = advisor.get(f"/tareas/{task}")
    themes = ("Planeación y Proyectos", "Gobierno Digital", "Articulación interinstitucional")
    for said in ("Pide el apoyo", *themes, "Experta Digital"):
        assert said in page
    answering = sent(world, plan, "asesor", **ASKED)
    assert "Responder la solicitud de apoyo" in expert.get("/bandeja")
    page = expert.get(f"/tareas/{answering}")
    assert "Revisar la apertura de datos" in page
    assert f"/planes/{plan}" in page


def test_a_plan_and_the_list_follow_a_request_to_its_end(
    browse: Browse, world: World, plan: int, expert: Browser
) -> None:
    advisor = browse("asesor")
    place = f"/planes/{plan}?parte=apoyos"
    begun(advisor, plan)
    sent(world, plan, "asesor", **ASKED)
    page = advisor.get(place)
    assert "Espera respuesta" in page
    assert "Libre: la toma cualquier experto" in page
    sent(world, plan, "experta", accepted=True, agreed_on=SOON)
    assert "Experto: Experta Digital" in advisor.get(place)
    assert "Ninguna solicitud coincide" in expert.get("/apoyos-expertos?estado=returned")
    assert "Revisar la apertura" in expert.get("/apoyos-expertos?mios=1&estado=open")
    today = str(clock.local_date(clock.now()))
    confirming = sent(world, plan, "experta", given_on=today, outcome="Se recomendó empezar por contratación")
    page = advisor.get(f"/tareas/{confirming}")
    assert "Se recomendó empezar por contratación" in page
    assert sent(world, plan, "asesor", received=True) == 0
    page = advisor.get(place)
    assert "Atendida" in page
    assert "Se recomendó empezar por contratación" in page
    assert "Ninguna solicitud coincide" in expert.get("/apoyos-expertos?estado=open")
    assert "Apoyo experto" in advisor.get(f"/planes/{plan}?parte=historia")


def test_the_list_is_searched_narrowed_and_downloaded(browse: Browse, world: World, plan: int, expert: Browser) -> None:
    assert "No hay solicitudes de apoyo" in expert.get("/apoyos-expertos")
    begun(browse("asesor"), plan)
    sent(world, plan, "asesor", **ASKED)
    for part in ("buscar=APERTURA", "tema=digital", "estado=waiting", f"region={world.region_id}"):
        assert "Revisar la apertura de datos" in expert.get(f"/apoyos-expertos?{part}"), part
    for part in ("buscar=catastro", "tema=planning", "estado=attended", "mios=1"):
        assert "Ninguna solicitud coincide" in expert.get(f"/apoyos-expertos?{part}"), part
    (row,) = rows(downloaded(expert, "/apoyos-expertos?estado=open&formato=xlsx"))
    assert row["Tema"] == "Gobierno Digital"
    assert (row["Lo pedido"], row["Estado"]) == ("Revisar la apertura de datos", "Espera respuesta")
    browse("admin").get("/apoyos-expertos", 403)


def test_the_advisories_and_files_that_show_a_support_are_named_wherever_it_is_read(
    browse: Browse, world: World, plan: int, expert: Browser
) -> None:
    advisor, words = browse("asesor"), "Revisión del plan de apertura"
    begun(advisor, plan)
    sent(world, plan, "asesor", **ASKED)
    sent(world, plan, "experta", accepted=True, agreed_on=SOON)
    shown, token = advised(world, plan, words), attached(world)
    told: dict[str, Any] = {"given_on": str(clock.local_date(clock.now())), "outcome": "Se ajustó"}
    confirming = sent(world, plan, "experta", **told, advisories=[str(shown)], files=[token])
    link = f'href="/asesorias/{shown}"'
    for place in (f"/tareas/{confirming}", f"/planes/{plan}?parte=apoyos", "/apoyos-expertos"):
        page = advisor.get(place)
        assert (words in page, link in page, f"/archivos/{token}" in page) == (True, True, True), place
    (line,) = rows(downloaded(advisor, "/apoyos-expertos?formato=xlsx"))
    assert (words in line["Asesorías"], line["Archivos"]) == (True, "Recomendaciones.pdf")
    with transaction() as session:
        by = principal.load(session, world.people["asesor"], now=clock.now())
        advisories.annul(session, shown, reason="Fue otro día", by=by, now=clock.now())
        (row,) = support.of_plan(session, plan)
        submission = submissions.latest(session, row.instance_id or 0, "Activity_RegistrarApoyo")
        assert submission is not None
    paper = PdfDocument(expert.client.get(f"/envios/{submission.id}/documento").data)
    printed = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in paper).split())
    for said in (printed, expert.get(f"/envios/{submission.id}")):
        assert f"{words} (anulada)" in said


def test_a_support_is_shown_by_what_was_said_last(world: World, browse: Browse, plan: int, expert: Browser) -> None:
    begun(browse("asesor"), plan)
    sent(world, plan, "asesor", **ASKED)
    sent(world, plan, "experta", accepted=True, agreed_on=SOON)
    first, second, third = (advised(world, plan, f"Visita {number}") for number in (1, 2, 3))
    told: dict[str, Any] = {"given_on": str(clock.local_date(clock.now())), "outcome": "Se ajustó"}
    for chosen in ([first, second], [second, third]):
        confirming = sent(world, plan, "experta", **told, advisories=[str(key) for key in chosen])
        with reading() as session:
            assert support.of_plan(session, plan)[0].advisories == chosen
        page = browse("asesor").get(f"/tareas/{confirming}")
        sent(world, plan, "asesor", received=False, missing="Falta una", agreed_on=SOON)
        assert "Devuelta, por completar" in expert.get("/apoyos-expertos")
        assert "Revisar la apertura" in expert.get("/apoyos-expertos?estado=returned")
        assert "Ninguna solicitud coincide" in expert.get("/apoyos-expertos?estado=accepted")
    assert all(f"Visita {number}" in page for number in (1, 2, 3))  # the first is told as what was taken out


def test_whoever_gave_a_support_by_delegation_is_said_with_whom_they_act_for(
    browse: Browse, world: World, plan: int, expert: Browser
) -> None:
    begun(browse("asesor"), plan)
    sent(world, plan, "asesor", **ASKED)
    sent(world, plan, "experta", accepted=True, agreed_on=SOON)
    lent_to(world, "Experto Delegado")
    today = str(clock.local_date(clock.now()))
    sent(world, plan, "delegado", given_on=today, outcome="Se recomendó empezar por contratación")
    said = "Experto Delegado por delegación de Experta Digital"
    for place in (f"/planes/{plan}?parte=apoyos", "/apoyos-expertos"):
        page = expert.get(place)
        assert ("Experto: Experta Digital" in page, f"dado por {said}: Se recomendó" in page) == (True, True), place
    (row,) = rows(downloaded(expert, "/apoyos-expertos?formato=xlsx"))
    assert (row["Experto"], row["Lo dio"]) == ("Experta Digital", said)


def test_a_support_that_its_expert_gave_names_nobody_else(
    browse: Browse, world: World, plan: int, expert: Browser
) -> None:
    begun(browse("asesor"), plan)
    sent(world, plan, "asesor", **ASKED)
    sent(world, plan, "experta", accepted=True, agreed_on=SOON)
    sent(world, plan, "experta", given_on=str(clock.local_date(clock.now())), outcome="Se recomendó empezar")
    assert "dado por" not in expert.get("/apoyos-expertos")
    assert rows(downloaded(expert, "/apoyos-expertos?formato=xlsx"))[0]["Lo dio"] == "Experta Digital"


def test_once_a_plan_goes_to_somebody_else_who_asked_is_not_who_follows(
    browse: Browse, world: World, plan: int, expert: Browser
) -> None:
    begun(browse("asesor"), plan)
    sent(world, plan, "asesor", **ASKED)
    place, asked, heir = f"/planes/{plan}?parte=apoyos", "Julio Peña", "Nueva Asesora"
    assert f"la pide {asked}" in expert.get(place)
    with transaction() as session:
        now = clock.now()
        to_id = factories.person(session, heir, now).id
        grants.add(session, to_id, "territorial_advisor", "region", world.region_id, since=LONG_AGO, by=SYSTEM, now=now)
        by = principal.load(session, world.people["articulador"], now=now)
        following.transfer(session, plan, to_id, reason="Cambio de contrato", by=by, now=now)
    for page in (expert.get(place), expert.get("/apoyos-expertos")):
        assert f"la pidió {asked} y la sigue {heir}" in page
    (row,) = rows(downloaded(expert, "/apoyos-expertos?formato=xlsx"))
    assert (row["Lo pidió"], row["Lo sigue"]) == (asked, heir)


def test_an_advisory_that_was_annulled_meanwhile_is_named_where_it_is_refused(
    browse: Browse, world: World, plan: int, expert: Browser
) -> None:
    begun(browse("asesor"), plan)
    sent(world, plan, "asesor", **ASKED)
    sent(world, plan, "experta", accepted=True, agreed_on=SOON)
    shown = advised(world, plan, "Revisión del plan de apertura")
    with transaction() as session:
        by = principal.load(session, world.people["asesor"], now=clock.now())
        advisories.annul(session, shown, reason="Fue otro día", by=by, now=clock.now())
    today = str(clock.local_date(clock.now()))
    with pytest.raises(InvalidData) as refused:
        sent(world, plan, "experta", given_on=today, outcome="Se ajustó", advisories=[str(shown)])
    (said,) = refused.value.errors["advisories"]
    assert said.startswith("Quite de las asesorías del plan lo que ya no se puede elegir: «")
    assert "Revisión del plan de apertura (anulada)»." in said


def test_handing_a_plan_over_names_the_requests_that_go_with_it(
    browse: Browse, world: World, plan: int, expert: Browser
) -> None:
    place, said = f"/planes/{plan}/traspaso", "pasa su solicitud de apoyo experto abierta"
    assert said not in browse("articulador").get(place)
    begun(browse("asesor"), plan)
    assert said in browse("articulador").get(place)
    sent(world, plan, "asesor", **ASKED)
    assert said in browse("articulador").get(place)
    begun(browse("asesor"), plan)
    assert "pasan sus 2 solicitudes de apoyo experto abiertas" in browse("articulador").get(place)


def test_what_was_asked_says_that_it_may_be_taken_back_and_not_that_it_is_reviewed(
    browse: Browse, world: World, plan: int, expert: Browser
) -> None:
    begun(browse("asesor"), plan)
    sent(world, plan, "asesor", **ASKED)
    with reading() as session:
        (row,) = support.of_plan(session, plan)
        asked = submissions.latest(session, row.instance_id or 0, "Activity_PedirApoyo")
        assert asked is not None
    page = browse("asesor").get(f"/envios/{asked.id}/rectificacion")
    assert ("retírela en su plan y pida de nuevo" in page, "Pida que se las devuelva" in page) == (True, False)
    assert f'href="/planes/{plan}?parte=apoyos"' in page


def test_whoever_answers_is_not_among_those_whom_they_may_suggest(
    browse: Browse, world: World, plan: int, expert: Browser
) -> None:
    with transaction() as session:
        now = clock.now()
        other = factories.person(session, "Otra Experta", now).id
        grants.add(session, other, "thematic_expert", "national", None, since=LONG_AGO, by=SYSTEM, now=now)
    begun(browse("asesor"), plan)
    answering = sent(world, plan, "asesor", **ASKED, expert=world.people["experta"])
    page = expert.get(f"/tareas/{answering}")
    offered = page.partition('name="suggested"')[2]
    assert (f'value="{other}"' in offered, f'value="{world.people["experta"]}"' in offered) == (True, False)


def lent_to(world: World, name: str) -> None:
    """Somebody to whom the expert delegates what is hers for some days, as `delegado`."""
    with transaction() as session:
        now = clock.now()
        today, by = clock.local_date(now), principal.load(session, world.people["experta"], now=now)
        world.people["delegado"] = factories.person(session, name, now).id
        delegations.add(session, by.person_id, world.people["delegado"], today, today, by=by, now=now)


def advised(world: World, plan: int, summary: str) -> int:
    """An advisory of the plan, by whoever accompanies it."""
    with transaction() as session:
        now = clock.now()
        new = NewAdvisory(
            occurred_on=clock.local_date(now), modality="advisory", summary=summary, plans=[plan], confirmed=True
        )
        by = principal.load(session, world.people["asesor"], now=now)
        return advisories.register(session, new, by=by, now=now).id


def attached(world: World) -> str:
    """A file of the expert."""
    with transaction() as session:
        by = principal.load(session, world.people["experta"], now=clock.now()).actor()
        return files.save(session, "Recomendaciones.pdf", b"%PDF-1.7\n%%EOF\n", by=by, now=clock.now()).token


def test_an_expert_is_told_before_lending_to_who_asked_that_nobody_could_attend_it(
    browse: Browse, world: World, plan: int, expert: Browser
) -> None:
    begun(browse("asesor"), plan)
    sent(world, plan, "asesor", **ASKED, expert=world.people["experta"])
    today = str(clock.local_date(clock.now()))
    lent = {"delegated_since": today, "delegated_until": SOON}
    expert.get("/mi-cuenta")
    steps_of_hers: dict[str, dict[str, Any]] = {
        "Responder la solicitud de apoyo": {"accepted": True, "agreed_on": SOON},
        "Registrar el apoyo dado": {"given_on": today, "outcome": "Se ajustó"},
    }
    for name, answers in steps_of_hers.items():
        refused = expert.post("/mi-cuenta/delegaciones", {"to_id": str(world.people["asesor"]), **lent}, 422)
        said = refused.get_data(as_text=True).replace("\xa0", " ")
        assert f"no habría quien atienda 1 tarea que espera por usted: «{name}»" in said
        sent(world, plan, "experta", **answers)
    expert.post("/mi-cuenta/delegaciones", {"to_id": str(world.people["asesor"]), **lent})


def test_the_receipt_of_a_request_says_that_nobody_may_attend_it_today(
    browse: Browse, world: World, plan: int, expert: Browser
) -> None:
    advisor, said = browse("asesor"), "Hoy no hay quien lo atienda"
    asking = begun(advisor, plan)
    sent(world, plan, "asesor", **ASKED, expert=world.people["experta"])
    assert said not in advisor.get(f"/tareas/{asking}/recibo")
    today = clock.local_date(clock.now())
    with transaction() as session:
        absences.add(session, world.people["experta"], "licencia", today, today, by=SYSTEM, now=clock.now())
    assert said in advisor.get(f"/tareas/{asking}/recibo")


def test_who_asked_withdraws_with_a_reason_what_waits_for_the_expert(
    browse: Browse, world: World, plan: int, expert: Browser
) -> None:
    advisor, link = browse("asesor"), "Retirar la solicitud"
    begun(advisor, plan)
    parts = f"/planes/{plan}?parte=apoyos"
    assert link not in advisor.get(parts)
    sent(world, plan, "asesor", **ASKED)
    with reading() as session:
        place = f"/apoyos-expertos/{support.of_plan(session, plan)[0].id}/retiro"
    assert (link in advisor.get(parts), link in browse("articulador").get(parts)) == (True, False)
    page = advisor.get(place)
    assert ("Revisar la apertura de datos" in page, "pida de nuevo" in page) == (True, True)
    assert "Escriba por qué retira la solicitud." in advisor.post(place, {"reason": " "}, 422).get_data(as_text=True)
    advisor.post(place, {"reason": "La gobernación lo resolvió"})
    page = advisor.get(parts)
    assert ("La retiró Julio Peña: La gobernación lo resolvió" in page, link in page) == (True, False)
    (row,) = rows(downloaded(advisor, "/apoyos-expertos?formato=xlsx"))
    assert (row["Lo retiró"], row["Por qué terminó sin atenderse"]) == ("Julio Peña", "La gobernación lo resolvió")
    assert "Retiró la solicitud de apoyo experto." in advisor.get(f"/planes/{plan}?parte=historia")
    assert "Responder la solicitud" not in expert.get("/bandeja")
    advisor.get(place, 409)


def test_the_entity_sees_what_was_asked_and_not_the_words_between_the_staff(
    browse: Browse, world: World, plan: int, expert: Browser, contact: Browser
) -> None:
    advisor, places = browse("asesor"), [f"/planes/{plan}?parte={part}" for part in ("apoyos", "historia")]
    begun(advisor, plan)
    sent(world, plan, "asesor", **ASKED)
    name = "Otra Experta"
    with transaction() as session:
        now = clock.now()
        asked_too = factories.person(session, name, now).id
        grants.add(session, asked_too, "thematic_expert", "national", None, since=LONG_AGO, by=SYSTEM, now=now)
    sent(world, plan, "experta", accepted=False, decline_reason="Estoy en incapacidad", suggested=asked_too)
    for place in (*places, "/apoyos-expertos"):
        page = contact.get(place)
        assert ("Revisar la apertura de datos" in page, "incapacidad" in page) == (True, False)
        assert name not in page
    assert f"Estoy en incapacidad · sugiere a {name}" in advisor.get(places[0])
    sent(world, plan, "asesor", **ASKED)
    sent(world, plan, "experta", accepted=True, agreed_on=SOON)
    sent(world, plan, "experta", given_on=str(clock.local_date(clock.now())), outcome="Se recomendó empezar")
    sent(world, plan, "asesor", received=False, missing="No sirvió de nada", agreed_on=SOON)
    for place in places:
        page = contact.get(place)
        assert ("Se recomendó empezar" in page, "No sirvió" in page) == (True, False)


def test_the_entity_sees_who_withdrew_a_request_and_not_why(
    browse: Browse, world: World, plan: int, expert: Browser, contact: Browser
) -> None:
    advisor = browse("asesor")
    begun(advisor, plan)
    sent(world, plan, "asesor", **ASKED)
    with reading() as session:
        (row,) = support.of_plan(session, plan)
    advisor.get(f"/apoyos-expertos/{row.id}/retiro")
    advisor.post(f"/apoyos-expertos/{row.id}/retiro", {"reason": "La gobernación lo resolvió"})
    for place in (f"/planes/{plan}?parte=apoyos", "/apoyos-expertos", f"/planes/{plan}?parte=historia"):
        assert "La gobernación lo resolvió" in advisor.get(place), place
        page = contact.get(place)
        assert ("retiró" in page.lower(), "La gobernación" in page) == (True, False), place
    found = f"/planes/{plan}?parte=historia&buscar=gobernacion"
    assert ["Nada coincide" in who.get(found) for who in (advisor, contact)] == [False, True]
    for who, told in ((advisor, "La gobernación lo resolvió"), (contact, "")):
        (line,) = rows(downloaded(who, "/apoyos-expertos?formato=xlsx"))
        assert line["Por qué terminó sin atenderse"] == told


def test_a_cancelled_plan_leaves_nobody_asked(browse: Browse, world: World, plan: int, expert: Browser) -> None:
    advisor, lead, place = browse("asesor"), browse("lider"), f"/planes/{plan}/cancelacion"
    assert "apoyo experto" not in lead.get(place)
    begun(advisor, plan)
    sent(world, plan, "asesor", **ASKED)
    assert "Termina su solicitud de apoyo experto abierta." in lead.get(place)
    begun(advisor, plan)
    assert "Terminan sus 2 solicitudes de apoyo experto abiertas." in lead.get(place)
    lead.post(place, {"reason": "La entidad se retiró", "confirmed": "si"})
    page = advisor.get(f"/planes/{plan}?parte=apoyos")
    assert "Terminada con el plan" in page
    assert BUTTON not in page
    assert "Responder la solicitud" not in expert.get("/bandeja")


def test_who_loses_the_role_gives_back_what_they_were_asked(
    browse: Browse, world: World, plan: int, expert: Browser
) -> None:
    admin, advisor, person = browse("admin"), browse("asesor"), world.people["experta"]
    begun(advisor, plan)
    sent(world, plan, "asesor", **ASKED, expert=person)
    giving = sent(world, plan, "experta", accepted=True, agreed_on=SOON)
    other = another_role(world, "experta")
    assert "Con él tiene 1 tarea abierta, que vuelve al grupo" in admin.get(f"/personas/{person}").replace("\xa0", " ")
    with reading() as session:
        held = next(one.id for one in grants.of(session, person) if one.id != other)
    admin.post(f"/personas/{person}/roles/{held}/revocacion", {f"reason-{held}": "Cambió de área."})
    page = admin.get(f"/personas/{person}").replace("\xa0", " ")
    assert "El rol se retiró. 1 tarea que tenía con él volvió al grupo." in page
    expert.post(f"/tareas/{giving}", {}, 404)
    assert "Registrar el apoyo dado" not in expert.get("/bandeja")
    told = advisor.get(f"/planes/{plan}?parte=apoyos")
    assert ("Libre: la toma cualquier experto" in told, "Experto: Experta Digital" in told) == (True, False)
    assert "quedó libre" in advisor.get(f"/planes/{plan}?parte=historia")
    with transaction() as session:
        now = clock.now()
        assert "volvió al grupo: Experta Digital ya no tiene el rol" in task_history(session, giving)
        world.people["otra"] = factories.person(session, "Otro Experto", now).id
        grants.add(session, world.people["otra"], "thematic_expert", since=LONG_AGO, by=SYSTEM, now=now)
    sent(world, plan, "otra", given_on=str(clock.local_date(clock.now())), outcome="Se ajustó")
    assert "Experto: Otro Experto" in advisor.get(f"/planes/{plan}?parte=apoyos")
    again = sent(world, plan, "asesor", received=False, missing="Falta el anexo", agreed_on=SOON)
    with reading() as session:
        assert session.get_one(Task, again).assignee_id == world.people["otra"]


def test_a_role_that_ends_by_its_day_gives_back_what_was_asked(
    browse: Browse, world: World, plan: int, expert: Browser
) -> None:
    begun(browse("asesor"), plan)
    giving = sent(world, plan, "asesor", **ASKED, expert=world.people["experta"])
    now = clock.now()
    assert jobs.run("role_ends", now).found == 0
    with transaction() as session:
        (held,) = grants.of(session, world.people["experta"])
        held.until = clock.local_date(now)
    assert jobs.run("role_ends", now).found == 0
    assert jobs.run("role_ends", now + timedelta(days=1)).done == 1
    with reading() as session:
        assert session.get_one(Task, giving).assignee_id is None
        assert support.of_plan(session, plan)[0].expert_id is None
    assert jobs.run("role_ends", now + timedelta(days=1)).found == 0


def another_role(world: World, who: str) -> int:
    """A second role of somebody, with which they act on."""
    with transaction() as session:
        return grants.add(
            session, world.people[who], "communications", since=LONG_AGO, by=SYSTEM, now=clock.now()
        ).id  # fmt: skip


def task_history(session: Session, task_id: int) -> str:
    """What the history of the case of a task says last."""
    case = session.get_one(Task, task_id).instance_id
    return next(row.summary for row in history.backwards(session, subject(case)))
