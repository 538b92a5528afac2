"""Plazos: my terms, those of my team, one obligation, waiving, statements, rates, cuts and policies."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update

from att import duties
from att import jobs
from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory.models import Delegation
from directory.models import Person
from directory.models import RoleGrant
from directory.principal import load
from engine.models import Task
from notifications import chains
from notifications import days
from notifications import ledger
from notifications import periods
from notifications import policies
from notifications import specs
from notifications.calendar import LAW
from notifications.calendar import in_words
from notifications.models import Message
from notifications.models import Obligation
from notifications.models import Reminder
from notifications.periods import Period
from notifications.places import Places
from notifications.sources import Subject
from tests import databases
from tests.processes.office import PDF
from tests.questions import asked
from tests.snapshots import Stage
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.sheets import downloaded
from tests.web.sheets import rows
from tests.web.world import World
from tracking.policies import SHIPPED
from web import policy_form


def month(shift: int) -> Period:
    """The present month, or one that follows it."""
    period = periods.of(periods.MONTHLY, clock.local_date(clock.now()))
    for _ in range(shift):
        period = periods.of(periods.MONTHLY, period.end + timedelta(days=1))
    return period


@pytest.fixture
def owing(world: World, snapshot: Stage) -> World:
    """The policies of the program, valid since the month before the last, and what is owed by them."""

    def build() -> World:
        now = clock.now()
        day = clock.local_date(now).replace(day=1) - timedelta(days=40)
        with transaction() as session:
            policies.install(session, SHIPPED, since=day.replace(day=1), by=SYSTEM, now=now)
        duties.open_obligations(now)
        duties.mark_overdue(now)
        return world

    return snapshot("deadlines-owing", build)


def owed(policy: str) -> list[int]:
    """Ids of the obligations of a policy, the oldest first."""
    with reading() as session:
        held = policies.get(session, policy)
        rows = select(Obligation.id).where(Obligation.policy_id == held.id).order_by(Obligation.due_at)
        return list(session.scalars(rows))


def test_nothing_owed_says_so(world: World, browse: Browse) -> None:
    assert "No debe nada ahora" in browse("asesor").get("/plazos")
    assert "Nadie debe nada ahora" in browse("articulador").get("/plazos/equipo")
    assert "No hay políticas" in browse("monitoreo").get("/politicas")
    assert "No hay cortes todavía" in browse("monitoreo").get("/cortes")
    assert "Nada por contar" in browse("monitoreo").get("/plazos/cumplimiento")


def test_an_advisor_sees_what_they_owe_and_why(owing: World, browse: Browse) -> None:
    asesor = browse("asesor")
    page = asesor.get("/plazos")
    assert "Informe mensual de actividades" in page
    assert "Reporte mensual en SETA" in page
    page = asesor.get(f"/plazos/{owed('informe_actividades')[0]}")
    assert "Día 9 del mes siguiente a" in page
    assert "al presentar el informe mensual de actividades" in page
    assert "Decir que ya se hizo" not in page
    asesor.get("/plazos/equipo", 403)
    asesor.get(f"/plazos/{owed('formulario_regional')[0]}", 404)
    assert "Ningún plazo coincide" in asesor.get("/plazos?buscar=nadaquever")
    assert f'/plazos/{owed("informe_actividades")[0]}"' not in asesor.get("/plazos?politica=reporte_seta&estado=all")


def test_a_delegate_sees_whose_each_thing_is(owing: World, browse: Browse) -> None:
    today = clock.local_date(clock.now())
    with transaction() as session:
        session.add(Delegation(from_id=owing.people["articulador"], to_id=owing.people["asesor"], since=today,
                               until=today))  # fmt: skip
        coordinator = session.get_one(Person, owing.people["articulador"]).name
    page = browse("asesor").get("/plazos")
    theirs = f"De {coordinator}, a quien usted reemplaza"
    for key, there in (("formulario_regional", True), ("informe_actividades", False)):
        row = next(one for one in page.split('<li class="row">') if f'href="/plazos/{owed(key)[-1]}"' in one)
        assert (theirs in row) is there


def test_what_is_stated_before_its_period_ended_is_confirmed(owing: World, browse: Browse) -> None:
    number, today = owed("formulario_regional")[-1], clock.local_date(clock.now())
    with transaction() as session:
        row = session.get_one(Obligation, number)
        row.period_end = row.due_on = today + timedelta(days=9)
    articulador, monitoreo = browse("articulador"), browse("monitoreo")
    said = {"text": "Lo envié", "happened_on": str(today), "evidence_link": "https://example.org/x"}
    page = articulador.get(f"/plazos/{number}")
    assert "Presento la constancia aunque su periodo no ha terminado (faltan 9 días" in page
    answer = articulador.post(f"/plazos/{number}/constancia", said, 422).get_data(as_text=True)
    assert "Confirme antes de continuar" in answer
    assert "Lo envié" in unescape(answer)
    articulador.post(f"/plazos/{number}/constancia", {**said, "confirmed": "si"})
    page = monitoreo.get(f"/plazos/{number}")
    found = re.search(rf"/plazos/{number}/constancias/\d+/aceptacion", page)
    assert found
    monitoreo.post(found[0], {}, 422)
    monitoreo.post(found[0], {"confirmed": "si"})
    assert "Cumplida" in monitoreo.get(f"/plazos/{number}")


STATED = {"text": "Envié el formulario", "evidence_link": "https://example.org/f"}


def stated(browse: Browse, number: int, **changes: Any) -> tuple[str, str]:
    """A statement that waits: the page of who decides it, and the path of the statement."""
    said = {**STATED, "happened_on": f"{clock.local_date(clock.now())}", **changes}
    browse("articulador").post(f"/plazos/{number}/constancia", said)
    page = browse("monitoreo").get(f"/plazos/{number}")
    found = re.search(r"/plazos/\d+/constancias/\d+", page)
    assert found is not None
    return page, found[0]


def field(page: str, name: str) -> str:
    """What stands in an input of the page."""
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
    return found[1] if found else ""


def test_a_returned_statement_is_corrected_from_what_was_sent(owing: World, browse: Browse) -> None:
    number, today = owed("formulario_regional")[0], f"{clock.local_date(clock.now())}"
    _, path = stated(browse, number, evidence_file=(BytesIO(PDF), "acta.pdf"))
    browse("monitoreo").get(f"/plazos/{number}")
    monitoreo, articulador = browse("monitoreo"), browse("articulador")
    monitoreo.get(f"/plazos/{number}")
    monitoreo.post(f"{path}/devolucion", {"remark": "Falta julio"})
    page = articulador.get(f"/plazos/{number}")
    assert "Corregir la constancia" in page
    assert re.search(r"la devolvió el [^<]*</strong>: Falta julio", page)
    assert ">Envié el formulario</textarea>" in page
    assert (field(page, "happened_on"), field(page, "evidence_link")) == (today, "https://example.org/f")
    assert "acta.pdf ya está adjunto" in page
    token = field(page, "evidence_file_kept")
    said = {**STATED, "text": "Con julio", "happened_on": today, "evidence_link": "", "evidence_file_kept": token}
    articulador.post(f"/plazos/{number}/constancia", said)
    assert articulador.get(f"/plazos/{number}").count("acta.pdf") == 2


def test_what_is_wrong_is_told_at_once_and_the_file_stays_chosen(owing: World, browse: Browse) -> None:
    number = owed("formulario_regional")[-1]
    with transaction() as session:
        row = session.get_one(Obligation, number)
        row.period_end = row.due_on = clock.local_date(clock.now()) + timedelta(days=9)
    articulador = browse("articulador")
    articulador.get(f"/plazos/{number}")
    page = unescape(articulador.post(f"/plazos/{number}/constancia", {}, 422).get_data(as_text=True))
    told = ("Escriba qué se hizo.", "Escriba qué día se hizo.", "Adjunte un archivo o escriba", "Confirme antes de")
    assert [words in page for words in told] == [True] * 4
    sent = {"evidence_file": (BytesIO(PDF), "acta.pdf"), "text": "x" * 4001, "happened_on": "ayer"}
    page = unescape(articulador.post(f"/plazos/{number}/constancia", sent, 422).get_data(as_text=True))
    assert "Escriba como máximo 4.000 caracteres en «Qué se hizo»: tiene 4.001." in page
    assert "Adjunte un archivo" not in page
    token = field(page, "evidence_file_kept")
    assert token
    wrong = {"evidence_file_kept": token, "evidence_file": (BytesIO(b"MZ"), "virus.exe")}
    page = unescape(articulador.post(f"/plazos/{number}/constancia", wrong, 422).get_data(as_text=True))
    assert field(page, "evidence_file_kept") == token
    assert "Escriba qué se hizo." in page


def test_a_statement_is_withdrawn_until_it_is_decided(owing: World, browse: Browse) -> None:
    number = owed("formulario_regional")[0]
    page, path = stated(browse, number)
    assert "Retirar la constancia" not in page
    articulador = browse("articulador")
    assert "Retirar la constancia" in articulador.get(f"/plazos/{number}")
    articulador.post(f"{path}/retiro")
    page = articulador.get(f"/plazos/{number}")
    assert "Retirada por quien la presentó" in page
    assert "Retiró la constancia que había presentado." in page
    assert ">Envié el formulario</textarea>" in page
    assert "Constancia devuelta" not in articulador.get("/plazos")
    assert "Constancias" not in browse("monitoreo").get("/bandeja")
    articulador.get(f"/plazos/{number}")
    articulador.post(f"{path}/retiro", status=422)


def test_who_decides_and_who_lists_sees_that_it_was_presented_late(owing: World, browse: Browse) -> None:
    number = owed("formulario_regional")[0]
    late, done = clock.now() - timedelta(days=20), clock.local_date(clock.now()) - timedelta(days=25)
    with transaction() as session:
        row = session.get_one(Obligation, number)
        row.limit_at = row.due_at = late
        row.period_start = min(row.period_start, done)
    page, path = stated(browse, number, happened_on=f"{done}")
    page = page.replace("\xa0", " ")
    assert re.search(r"Se presentó \d+ días hábiles después de vencer y dice que se hizo a tiempo, el ", page)
    monitoreo = browse("monitoreo")
    monitoreo.get(f"/plazos/{number}")
    monitoreo.post(f"{path}/aceptacion")
    listed = monitoreo.get("/plazos/equipo?estado=met")
    assert re.search(r"la constancia se presentó el [^<]*, después de vencer", listed)


def test_a_statement_that_was_broken_in_the_database_does_not_break_the_page(owing: World, browse: Browse) -> None:
    number = owed("formulario_regional")[0]
    _, path = stated(browse, number)
    broken = "UPDATE statement SET status = 'accepted'"
    with transaction() as session:
        if databases.kind() == "postgresql":
            assert databases.refuses(session, broken)
            return
        session.execute(text(broken))
    assert "Una constancia no se puede leer" in browse("monitoreo").get(f"/plazos/{number}")
    monitoreo = browse("monitoreo")
    monitoreo.get(f"/plazos/{number}")
    monitoreo.post(f"{path}/aceptacion", status=404)


def test_planning_returns_a_presentation_with_its_load(owing: World, browse: Browse) -> None:
    load, presentation = chain(owing)
    said = {**STATED, "happened_on": f"{clock.local_date(clock.now())}", "confirmed": "si"}
    state(browse("articulador"), load, said)
    page, path = deciding(browse("director"), load)
    assert "with_before" not in page
    browser = browse("director")
    browser.get(f"/plazos/{load}")
    browser.post(f"{path}/aceptacion", {"confirmed": "si"})
    state(browse("director"), presentation, said)
    page, path = deciding(browse("monitoreo"), presentation)
    assert "devolver también la carga" in page
    browser = browse("monitoreo")
    browser.get(f"/plazos/{presentation}")
    browser.post(f"{path}/devolucion", {"remark": "La ruta no abre", "with_before": "si"})
    page = browse("articulador").get(f"/plazos/{load}")
    told = ("Corregir la constancia", "La ruta no abre", "Devolvió la constancia que se había aceptado")
    assert [words in page for words in told] == [True] * 3
    assert "y con ella la carga" in browse("monitoreo").get(f"/plazos/{presentation}")
    assert "Constancias devueltas" in browse("articulador").get("/bandeja")
    (back,) = [row for row in browse("director").get("/bandeja").split('<li class="row">') if "Espera el paso" in row]
    assert f'href="/plazos/{presentation}"' in back
    assert "La ruta no abre" in back
    assert "Espera el paso anterior</span>" in back
    assert "Espera el paso anterior, «SISGESTIÓN, carga" in back
    assert "enció" not in back


def state(browser: Browser, number: int, said: dict[str, str]) -> None:
    browser.get(f"/plazos/{number}")
    browser.post(f"/plazos/{number}/constancia", said)


def deciding(browser: Browser, number: int) -> tuple[str, str]:
    """The page of an obligation, and the path of the statement that is decided there."""
    page = browser.get(f"/plazos/{number}")
    found = re.search(r"/plazos/\d+/constancias/\d+", page)
    assert found is not None
    return page, found[0]


def chain(world: World) -> list[int]:
    """The load and the presentation of the unit, owed by the liaison and the direction; the monitor is planning."""
    now = clock.now()
    day = clock.local_date(now).replace(day=1) - timedelta(days=40)
    steps = {"sisgestion_carga": ("articulador", "planning_liaison", "unit", world.unit_id),
             "sisgestion_presentacion": ("director", "technical_director", "unit", world.unit_id),
             "sisgestion_validacion": ("monitoreo", "planning_group", "national", None)}  # fmt: skip
    with transaction() as session:
        for key, (name, role, kind, place) in steps.items():
            person = world.people[name]
            session.add(RoleGrant(person_id=person, role=role, scope_kind=kind, scope_id=place, since=day))
            subject = Subject(kind="unit", id=world.unit_id, label="Unidad", debtor_id=person, since=day,
                              unit_id=world.unit_id)  # fmt: skip
            ledger.open_batch(session, policies.get(session, key), [subject], Places(session), now=now)
    return [owed("sisgestion_carga")[0], owed("sisgestion_presentacion")[0]]


def test_a_step_waits_for_the_one_before_it(owing: World, browse: Browse) -> None:
    load, presentation = chain(owing)
    duties.mark_overdue(clock.now())
    director, planning = browse("director"), browse("monitoreo")
    page = director.get("/plazos?politica=sisgestion_presentacion")
    row = next(one for one in page.split('<li class="row">') if f'href="/plazos/{presentation}"' in one)
    assert "Espera el paso anterior" in row
    assert f'<a href="/plazos/{load}">SISGESTIÓN, carga del avance' in row
    with reading() as session:
        debtor = session.get_one(Person, owing.people["articulador"]).name
        count = session.scalar(
            select(func.count()).where(chains.waits(), Obligation.debtor_id == owing.people["director"])
        )
    assert f", de {debtor}</p>" in row
    assert "Vencida" not in row
    assert f'<span class="figure">{count}</span> esperan el paso anterior' in director.get("/plazos")
    waiting = director.get("/plazos?estado=waiting")
    assert waiting.count("Espera el paso anterior</span>") == count == waiting.count('<li class="row">')
    assert f'href="/plazos/{presentation}"' not in director.get("/plazos?estado=overdue")
    team = planning.get("/plazos/equipo?politica=sisgestion_presentacion&estado=waiting")
    assert f'<a href="/plazos/{load}">' in team
    one = director.get(f"/plazos/{presentation}")
    assert "Espera el paso anterior</span>" in one
    assert f"Lo debe {debtor}. Mientras no se presente, este paso no vence" in one
    assert "Se sabe cuando se presente el paso anterior, que ya va tarde" in one
    assert "Si el paso anterior se presenta a tiempo" not in one
    lines = rows(downloaded(director, "/plazos?formato=xlsx&estado=waiting"))
    states = {line["Estado"].split(",")[0] for line in lines}
    assert states == {"Espera el paso anterior: SISGESTIÓN"}


def test_the_page_of_a_policy_says_which_step_it_follows(owing: World, browse: Browse) -> None:
    planning = browse("monitoreo")
    page = planning.get("/politicas/sisgestion_presentacion")
    assert 'Sigue a <a href="/politicas/sisgestion_carga">SISGESTIÓN, carga del avance</a>' in page
    assert "no se recuerda, no vence ni escala" in page
    assert 'Le sigue <a href="/politicas/sisgestion_validacion">' in page
    assert "Sigue a" not in planning.get("/politicas/informe_actividades")
    assert "Este paso espera a «SISGESTIÓN, carga del avance»" in planning.get(
        "/politicas/sisgestion_presentacion/simulacion"
    )


def test_the_coordinator_waives_several_after_a_look(owing: World, browse: Browse) -> None:
    articulador = browse("articulador")
    page = articulador.get("/plazos/equipo")
    assert "Julio Peña" in page
    mine = str(owed("formulario_regional")[0])
    assert f'href="/plazos/{mine}"' in page
    assert f'name="obligation" value="{mine}"' not in page
    articulador.post("/plazos/equipo", {}, 422)
    ids = [str(one) for one in owed("informe_actividades")[:2]]
    articulador.post("/plazos/equipo", {"obligation": ids, "volver": "/plazos/equipo"}, 200)
    articulador.post("/plazos/equipo", {"obligation": ids, "confirmar": "1", "reason": "."}, 422)
    asked = {"obligation": [*ids, mine], "confirmar": "1", "reason": "Licencia", "volver": "/plazos/equipo"}
    articulador.post("/plazos/equipo", asked)
    assert "Quedaron dispensadas 2 obligaciones. No se dispensaron 1" in articulador.get("/plazos/equipo")
    assert "Dispensada: Licencia" in articulador.get(f"/plazos/{ids[0]}")
    waived = "/plazos/equipo?estado=waived"
    page = articulador.get(waived)
    assert "Reabrir las elegidas…" in page
    assert "Dispensar las elegidas…" not in page
    look = articulador.post(waived, {"obligation": ids, "volver": waived}, 200).get_data(as_text=True)
    assert "Reabrir 2 obligaciones" in look
    assert look.count("Dispensada: Licencia") == 2
    back = {"obligation": [*ids, mine], "confirmar": "1", "reason": "El filtro estaba mal puesto", "volver": waived}
    articulador.post(waived, {**back, "reason": ""}, 422)
    articulador.post(waived, back)
    assert "Volvieron a quedar abiertas 2 obligaciones. No se reabrieron 1" in articulador.get(waived)
    assert "Motivo: El filtro estaba mal puesto" in articulador.get(f"/plazos/{ids[1]}")
    articulador.post(f"/plazos/{ids[0]}/dispensa", {"reason": "Licencia"})
    articulador.post(f"/plazos/{ids[0]}/reapertura", {"reason": "Volvió"})
    assert "Motivo: Volvió" in articulador.get(f"/plazos/{ids[0]}")
    articulador.post(f"/plazos/{ids[0]}/dispensa", {"reason": ""}, 422)


def test_confirming_a_waiver_asks_as_much_for_many_as_for_few(owing: World, browse: Browse) -> None:
    articulador, ids = browse("articulador"), owed("informe_actividades")
    articulador.get("/plazos/equipo")
    questions = []
    for some in (ids[:1], ids):
        with asked() as seen:
            articulador.post("/plazos/equipo", {"obligation": [str(one) for one in some]}, 200)
        questions.append(len(seen))
    assert len(ids) > 1
    assert questions[0] == questions[1]


def test_a_statement_is_presented_returned_and_accepted(owing: World, browse: Browse) -> None:
    articulador, monitoreo = browse("articulador"), browse("monitoreo")
    number = owed("formulario_regional")[0]
    assert "Decir que ya se hizo" in articulador.get(f"/plazos/{number}")
    articulador.post(f"/plazos/{number}/constancia", {"text": "", "happened_on": ""}, 422)
    said = {
        "text": "Envié el formulario",
        "happened_on": f"{clock.local_date(clock.now())}",
        "evidence_link": "https://example.org/f",
    }
    articulador.post(f"/plazos/{number}/constancia", said)
    page = monitoreo.get(f"/plazos/{number}")
    found = re.search(r"/constancias/(\d+)/aceptacion", page)
    assert found is not None
    assert "con constancia por revisar</a>" in monitoreo.get("/plazos/equipo")
    waiting = monitoreo.get("/plazos/equipo?estado=stated")
    assert re.findall(r'class="title"><a href="/plazos/(\d+)"', waiting) == [str(number)]
    assert '<span class="tag">Constancia por revisar</span>' in waiting
    assert "Constancias por aceptar o devolver" in monitoreo.get("/bandeja")
    assert "Constancias" not in articulador.get("/bandeja")
    assert found[0] not in articulador.get(f"/plazos/{number}")
    monitoreo.post(f"/plazos/{number}/constancias/{found[1]}/devolucion", {"remark": ""}, 422)
    monitoreo.post(f"/plazos/{number}/constancias/{found[1]}/devolucion", {"remark": "Falta julio"})
    assert "Falta julio" in articulador.get(f"/plazos/{number}")
    inbox = articulador.get("/bandeja")
    assert "la devolvió hace un momento: Falta julio" in inbox
    assert re.findall(r'<h2 class="group-title" id="([^"]+)"', inbox)[0] == "constancias-devueltas"
    assert "Constancias" not in monitoreo.get("/bandeja")
    assert '<span class="tag">Constancia devuelta</span>' in articulador.get("/plazos")
    assert "Ningún plazo coincide" in monitoreo.get("/plazos/equipo?estado=stated")
    articulador.post(f"/plazos/{number}/constancia", said)
    found = re.search(r"/constancias/(\d+)/aceptacion", monitoreo.get(f"/plazos/{number}"))
    assert found is not None
    articulador.post(f"/plazos/{number}/constancias/{found[1]}/aceptacion", {}, 403)
    monitoreo.post(f"/plazos/{number}/constancias/{found[1]}/aceptacion", {"remark": ""})
    with transaction() as session:
        session.execute(update(Obligation).where(Obligation.id == number).values(limit_at=clock.now() - timedelta(20)))
    met = articulador.get(f"/plazos/{number}").replace("\xa0", " ")
    assert re.search(r"<strong>Se cumplió el \d+ de \w+( de \d+)?</strong>", met), "nobody wrote an hour"
    assert re.search(r"después de vencer: \d+ días hábiles más tarde; hasta entonces estuvo vencida", met)
    told = rows(downloaded(monitoreo, "/plazos/equipo?estado=all&formato=xlsx"))
    assert [row for row in told if row["Constancia presentada el"]]


def digest_to(person: int, source: str, ids: list[int]) -> int:
    """A digest to `person` that told these rows. Returns its id."""
    now = clock.now()
    with transaction() as session:
        row = Message(key=f"digest:{person}:{source}", kind="digest", channel="email", recipient_id=person, context={},
                      internet_id="<uno@att>", dated_at=now, status="sent", next_at=now, created_at=now)  # fmt: skip
        session.add(row)
        session.flush()
        for one in ids:
            session.add(
                Reminder(source=source, source_id=one, version=1, rung="D0", recipient_id=person, status="told",
                         day=clock.local_date(now), message_id=row.id, created_at=now)
            )  # fmt: skip
        return row.id


def test_the_link_of_a_digest_lists_just_what_it_counted(owing: World, browse: Browse) -> None:
    asesor = browse("asesor")
    with reading() as session:
        mine = Obligation.debtor_id == owing.people["asesor"]
        rows = list(session.scalars(select(Obligation.id).where(mine).order_by(Obligation.id)))
    assert len(rows) > 2
    message = digest_to(owing.people["asesor"], "obligation", rows[:3])
    page = asesor.get(f"/plazos?aviso={message}&menos={rows[0]}&entidad=0")
    shown = {int(found) for found in re.findall(r'href="/plazos/(\d+)"', page)}
    assert shown == set(rows[1:3])
    assert "Esto es lo que su resumen sólo contó" in page
    assert "Ningún plazo coincide" in browse("monitoreo").get(f"/plazos?aviso={message}")
    asesor.get("/plazos?aviso=x", 422)


def test_the_link_of_a_digest_lists_just_the_tasks_it_counted(owing: World, browse: Browse) -> None:
    jobs.begin_reports(clock.now())
    asesor = browse("asesor")
    with reading() as session:
        held = Task.assignee_id == owing.people["asesor"]
        ids = list(session.scalars(select(Task.id).where(held, Task.status == "open").order_by(Task.id)))
    assert ids
    message = digest_to(owing.people["asesor"], "task", ids)
    shown = re.findall(r'href="/tareas/(\d+)"', asesor.get(f"/bandeja?aviso={message}"))
    assert set(map(int, shown)) == set(ids)
    rest = asesor.get(f"/bandeja?aviso={message}&menos={'.'.join(map(str, ids))}")
    assert "/tareas/" not in rest


def test_what_is_listed_as_overdue_is_what_is_counted(owing: World, browse: Browse) -> None:
    articulador = browse("articulador")
    page = articulador.get("/plazos?estado=overdue")
    figures = re.findall(r'<span class="figure">(\d+)</span> (vencida|recomendaci)', page)
    assert [what for _, what in figures] == ["vencida", "recomendaci"]
    assert len(re.findall(r'class="title"><a href="/plazos/', page)) == sum(int(count) for count, _ in figures)
    assert ">Reunión semanal con los enlaces, " in page, "the filter finds what is in that state"
    book = rows(downloaded(articulador, "/plazos?estado=overdue&formato=xlsx"))
    assert "Reunión semanal con los enlaces" in str(book)


@pytest.mark.parametrize(("who", "path"), [("articulador", "/plazos/equipo"), ("articulador", "/plazos")])
def test_each_figure_leads_to_just_its_rows(owing: World, browse: Browse, who: str, path: str) -> None:
    browser = browse(who)
    figures = re.findall(r'href="([^"]+cifra=(\w+))"><span class="figure">(\d+)<', browser.get(path))
    assert {"overdue", "lapsed"} <= {key for _, key, _ in figures}
    for address, _, count in figures:
        page = browser.get(address)
        assert len(re.findall(r'class="title"><a href="/plazos/', page)) == int(count), address
        assert "Se muestra sólo" in page


def test_an_obligation_says_whom_it_was_told_and_that_who_owes_it_left(owing: World, browse: Browse) -> None:
    with transaction() as session:
        row = session.scalars(select(Obligation).where(Obligation.debtor_id == owing.people["asesor"])).first()
        assert row is not None
        number = row.id
    message = digest_to(owing.people["articulador"], "obligation", [number])
    seen = browse("control").get(f"/plazos/{number}")
    assert "A quién se le avisó (1)" in seen
    assert f'href="/mensajes/{message}"' in seen
    assert "A quién se le avisó" not in browse("asesor").get(f"/plazos/{number}")
    assert "esa persona no entra al sistema" not in seen
    with transaction() as session:
        session.get_one(Person, owing.people["asesor"]).disabled_at = clock.now()
    assert "esa persona no entra al sistema" in browse("control").get(f"/plazos/{number}")


def test_open_terms_say_that_they_leave_recommendations_out(owing: World, browse: Browse) -> None:
    articulador = browse("articulador")
    page = unescape(articulador.get("/plazos?politica=reunion_semanal"))
    assert "Las recomendaciones cuyo día pasó no se muestran entre lo abierto" in page
    assert 'href="/plazos?politica=reunion_semanal&estado=overdue"' in page
    found = articulador.get("/plazos?politica=reunion_semanal&estado=overdue")
    assert ">Reunión semanal con los enlaces, " in found


def test_rates_by_each_dimension(owing: World, browse: Browse) -> None:
    monitoreo = browse("monitoreo")
    for dimension in ("person", "region", "product", "unit", "policy"):
        page = monitoreo.get(f"/plazos/cumplimiento?por={dimension}")
        assert "A tiempo" in page
    assert "Julio Peña" in monitoreo.get("/plazos/cumplimiento")


def test_a_cut_is_taken_once(owing: World, browse: Browse) -> None:
    monitoreo = browse("monitoreo")
    monitoreo.get("/cortes")
    running = periods.of("quarterly", clock.local_date(clock.now()))
    period = periods.of("quarterly", running.start - timedelta(days=1)).key
    monitoreo.post("/cortes", {"kind": "", "period": ""}, 422)
    monitoreo.post("/cortes", {"kind": "follow_up", "period": running.key}, 422)
    assert "Así quedaría el corte" in monitoreo.post("/cortes", {"kind": "follow_up", "period": period}, 200).text
    assert "No hay cortes todavía" in monitoreo.get("/cortes")
    sure = {"confirmar": "si"}
    place = monitoreo.post("/cortes", {"kind": "follow_up", "period": period, **sure}).location
    assert "Cifras con corte al" in monitoreo.get(place)
    monitoreo.post("/cortes", {"kind": "follow_up", "period": period}, 422)
    place = monitoreo.post("/cortes", {"kind": "obligations", "period": period, **sure}).location
    assert "Por política" in monitoreo.get(place)
    browse("asesor").get("/cortes", 403)


def test_a_policy_is_tried_before_it_is_changed(owing: World, browse: Browse) -> None:
    monitoreo = browse("monitoreo")
    assert "Reunión semanal" in monitoreo.get("/politicas")
    page = monitoreo.get("/politicas/informe_actividades")
    assert "El día 9 del mes siguiente" in page
    assert "Versión 1, vigente" in page
    form = monitoreo.get("/politicas/informe_actividades/cambio")
    this, following = month(0), month(1)
    assert f'<option value="{following.start}" selected>{following.label}</option>' in form
    typed = {
        "version": "1", "title": "Informe mensual de actividades", "owes": "El informe",
        "to_whom": "Articulación", "source_text": "Acuerdo interno", "subjects": "advisors", "frequency": "monthly",
        "rule": "day_of_next_month", "number": "20", "non_working": "keep", "grace": "0", "escalates": "1",
        "rung_days": ["-3", "1", ""], "rung_to": ["debtor", "supervisor", ""], "met_by": ["activity_report.presented"],
        "since": "2020-01-01", "until": "",
    }  # fmt: skip
    monitoreo.post("/politicas/informe_actividades/cambio", {**typed, "number": "99"}, 422)
    shown = monitoreo.post("/politicas/informe_actividades/cambio", typed, 200).get_data(as_text=True)
    assert f"El cambio rige desde <strong>{following.label}</strong>" in shown
    assert "Ningún plazo abierto cambia." in shown
    assert "ningún plazo abierto lo sigue" in shown
    assert "hacer el corte" not in shown  # no fact of an office is offered for what a person owes
    unfit = {**typed, "met_by": ["cut.taken"]}
    said = monitoreo.post("/politicas/informe_actividades/cambio", unfit, 422).get_data(as_text=True)
    assert "El hecho «hacer el corte» no es de «Quienes acompañan entidades»" in said
    typed["applies_from"] = this.start.isoformat()
    shown = monitoreo.client.post(
        "/politicas/informe_actividades/cambio", data={**typed, "csrf_token": monitoreo.token}
    ).get_data(as_text=True)
    assert "Plazos que cambian de fecha" in shown
    assert "<strong>Cuándo vence:</strong> El día 9 del mes siguiente → El día 20 del mes siguiente" in shown
    assert "también en 1 plazo abierto:" in shown
    assert f"Julio Peña, {this.label}: " in shown
    found = re.search(r'name="seen" value="(\w+)"', shown)
    assert found is not None
    sent = {**typed, "confirmar": "1", "seen": found[1], "reason": "Acuerdo"}
    monitoreo.post("/politicas/informe_actividades/cambio", {**sent, "reason": ""}, 422)
    for unseen in ({"number": "15"}, {"applies_from": following.start.isoformat()}, {"seen": ""}):
        again = monitoreo.client.post(
            "/politicas/informe_actividades/cambio", data={**sent, **unseen, "csrf_token": monitoreo.token}
        )
        assert again.status_code == 422
        assert "Lo escrito ya no es lo que se había previsto" in again.get_data(as_text=True)
    assert "Versión 1, vigente" in monitoreo.get("/politicas/informe_actividades")
    monitoreo.post("/politicas/informe_actividades/cambio", sent)
    page = monitoreo.get("/politicas/informe_actividades")
    assert f"Versión 2, vigente, rige desde {this.label}" in page
    assert f"Versión 1, rige lo que empieza antes del {in_words(this.start)}" in page
    assert page.count("<strong>Cuándo vence:</strong> El día 9 del mes siguiente → El día 20 del mes siguiente") == 1
    assert "El día 20 del mes siguiente" in page
    assert f"Lo que sigue rige desde <strong>{this.label}</strong>" in page
    assert "(versión 1)" in page
    assert "El día 9 del mes siguiente" in page
    duties.follow_calendar(clock.now())
    assert "Cambió la política." in monitoreo.get(f"/plazos/{owed('informe_actividades')[-1]}")
    assert "Cambió la política." not in monitoreo.get(f"/plazos/{owed('informe_actividades')[0]}")
    for username in ("articulador", "admin"):
        browse(username).get("/politicas/informe_actividades")
        browse(username).get("/politicas/informe_actividades/cambio", 403)


def test_a_change_that_rules_later_leaves_the_version_in_force(owing: World, browse: Browse) -> None:
    monitoreo, following = browse("monitoreo"), month(1)
    with transaction() as session:
        known = policies.get(session, "informe_actividades")
        by = load(session, owing.people["monitoreo"], now=clock.now())
        changed = {**specs.to_json(known.spec), "grace": 3, "ladder": [{"days": -4, "to": "debtor"}]}
        policies.change(session, known.key, changed, enabled=True, reason="Acuerdo", version=1, by=by, now=clock.now())
    page = monitoreo.get("/politicas/informe_actividades")
    assert "Versión 1, vigente" in page
    assert f"Versión 2, rige desde {following.label}" in page
    assert "3 días hábiles" in page
    monitoreo.get("/politicas/informe_actividades/simulacion")
    for one in owed("informe_actividades"):
        assert "con 3 días hábiles de gracia" not in monitoreo.get(f"/plazos/{one}")


def test_a_policy_is_created_after_a_look_at_what_it_opens(owing: World, browse: Browse) -> None:
    monitoreo = browse("monitoreo")
    assert "/politicas/nueva" in monitoreo.get("/politicas")
    monitoreo.get("/politicas/nueva")
    typed = {
        "version": "0", "title": "Informe de cierre", "owes": "El informe", "to_whom": "La DER",
        "source_text": "Acuerdo interno", "subjects": "advisors", "frequency": "monthly", "rule": "day_of_next_month",
        "number": "5", "non_working": "forward", "grace": "0", "escalates": "1", "rung_days": ["-3"],
        "rung_to": ["debtor"], "met_by": ["statement"], "since": month(0).start.isoformat(), "until": "",
    }  # fmt: skip
    monitoreo.post("/politicas/nueva", {**typed, "title": ""}, 422)
    shown = monitoreo.post("/politicas/nueva", typed, 200).get_data(as_text=True)
    assert "Plazos que se abren: 1" in shown
    found = re.search(r'name="seen" value="(\w+)"', shown)
    assert found is not None
    sent = {**typed, "confirmar": "1", "seen": found[1], "reason": "Lo pidió la dirección"}
    monitoreo.post("/politicas/nueva", {**sent, "reason": ""}, 422)
    monitoreo.post("/politicas/nueva", {**sent, "number": "7"}, 422)
    assert monitoreo.post("/politicas/nueva", sent).location == "/politicas/informe_de_cierre"
    assert "Versión 1, vigente" in monitoreo.get("/politicas/informe_de_cierre")
    monitoreo.post("/politicas/nueva", sent, 422)
    duties.open_obligations(clock.now())
    assert len(owed("informe_de_cierre")) == 1
    monitoreo.get("/politicas/informe_de_cierre/cambio")
    for username in ("articulador", "admin"):
        browse(username).get("/politicas/nueva", 403)


def test_dates_of_their_own_are_written_one_per_line(owing: World, browse: Browse) -> None:
    monitoreo = browse("monitoreo")
    monitoreo.get("/politicas/nueva")
    typed = {
        "title": "Cortes de prueba", "owes": "El corte", "to_whom": "La DER", "source_text": "Acuerdo",
        "subjects": "advisors", "frequency": "dates", "rule": "dates", "number": "", "non_working": "keep",
        "grace": "0", "escalates": "1", "rung_days": [""], "rung_to": [""], "met_by": ["statement"],
        "since": "2026-01-01", "until": "", "periods": "2026-C1; Primer corte; 2026-01-01; 2026-06-30",
    }  # fmt: skip
    page = monitoreo.post("/politicas/nueva", typed, 422).get_data(as_text=True)
    assert "Renglón 1, vence: falta la fecha." in page
    typed["periods"] = "2026-C1; Primer corte; 01/01/2026; 30-jun-26; pronto"
    page = monitoreo.post("/politicas/nueva", typed, 422).get_data(as_text=True)
    assert "Renglón 1, vence: «pronto» no es una fecha; escriba una como 24/11/2026." in page
    assert "Renglón 1, desde" not in page
    typed["periods"] = "2026-C1; Primer corte; 2026-01-01; 2026-06-30; 2026-07-15\n\n"
    assert 'name="seen"' in monitoreo.post("/politicas/nueva", typed, 200).get_data(as_text=True)
    typed["since"] = "2026-02-01"
    page = monitoreo.post("/politicas/nueva", typed, 200).get_data(as_text=True)
    assert "«Primer corte» no se abre: empieza el" in page
    assert "antes del día desde el que vale la política" in page


def test_a_policy_is_switched_off_and_on_with_a_reason(owing: World, browse: Browse) -> None:
    monitoreo = browse("monitoreo")
    before = owed("informe_actividades")
    page = monitoreo.get("/politicas/informe_actividades/estado")
    assert "Plazos que se dispensan porque ya no se piden" in page
    sent = {"version": "1", "enabled": "0", "reason": "Se suspendió"}
    monitoreo.post("/politicas/informe_actividades/estado", {**sent, "reason": ""}, 422)
    monitoreo.post("/politicas/informe_actividades/estado", sent)
    assert "Apagada" in monitoreo.get("/politicas/informe_actividades")
    duties.follow_calendar(clock.now())
    page = monitoreo.get("/politicas/informe_actividades/estado")
    assert "Se vuelve a deber" in page
    assert f"Plazos que vuelven a deberse: {len(before)}" in page
    monitoreo.post("/politicas/informe_actividades/estado", {**sent, "enabled": "1", "version": "2"})
    duties.open_obligations(clock.now())
    assert owed("informe_actividades") == before
    page = monitoreo.get("/politicas/informe_actividades")
    assert page.index("Se encendió.") < page.index("Se apagó.")
    browse("admin").get("/politicas/informe_actividades/estado", 403)


def test_a_simulation_says_who_would_be_reminded_and_keeps_nothing(owing: World, browse: Browse) -> None:
    with transaction() as session:
        session.execute(update(Person).values(email="quien.sea@example.org"))
    monitor = browse("monitoreo")
    page = monitor.get("/politicas/informe_actividades/simulacion")
    assert "No se envía ni se guarda nada" in page
    assert "5 días hábiles antes" in page
    assert "D-5" not in page
    assert "Peldaño" not in page
    assert '<th scope="col">Quién lo debe</th>' in page
    assert "<td>Julio Peña</td><td>" in page
    assert monitor.client.get("/politicas/informe_actividades/simulacion?desde=x").status_code == 422
    assert monitor.client.get("/politicas/informe_actividades/simulacion?hasta=2000-01-01").status_code == 422
    browse("asesor").get("/politicas/informe_actividades/simulacion", 403)


FIGURE = re.compile(r'<a href="(/plazos/equipo\?[^"]+)">(\d+)<span')


def test_the_workbook_of_a_figure_says_which(owing: World, browse: Browse) -> None:
    told = downloaded(browse("monitoreo"), "/plazos/equipo?cifra=soon&formato=xlsx")[:4]
    assert any("Cifra: sólo lo que vence en 7 días" in str(cell) for row in told for cell in row), told


@pytest.mark.parametrize("dimension", ["person", "region", "product", "unit", "policy"])
def test_each_figure_of_compliance_leads_to_just_those(owing: World, browse: Browse, dimension: str) -> None:
    monitoreo = browse("monitoreo")
    figures = FIGURE.findall(monitoreo.get(f"/plazos/cumplimiento?por={dimension}"))
    assert figures
    for address, count in figures[:12]:
        assert len(rows(downloaded(monitoreo, f"{address}&formato=xlsx"))) == int(count)


def test_the_terms_of_a_team_are_filtered_by_person(owing: World, browse: Browse) -> None:
    monitoreo = browse("monitoreo")
    assert ">Julio Peña</option>" in monitoreo.get("/plazos/equipo")
    owing_of = {row["Responsable"] for row in rows(
        downloaded(monitoreo, f"/plazos/equipo?persona={owing.people['asesor']}&formato=xlsx"))}  # fmt: skip
    assert owing_of == {"Julio Peña"}


def test_all_that_fits_a_filter_is_waived_after_saying_how_many(
    owing: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monitoreo = browse("monitoreo")
    place = "/plazos/equipo?buscar=mensual"
    whole = len(rows(downloaded(monitoreo, f"{place}&formato=xlsx")))
    look = monitoreo.post(place, {"todas": "1", "volver": place}, 200).get_data(as_text=True)
    found = re.search(r'name="cuantas" value="(\d+)"', look)
    assert found
    count = int(found.group(1))
    assert 1 < count <= whole
    assert f"Dispensar {count} obligaciones" in look
    sure = {"todas": "1", "volver": place, "confirmar": "1", "reason": "Cambió la norma"}
    assert "La lista cambió" in monitoreo.post(place, {**sure, "cuantas": "1"}, 422).get_data(as_text=True)
    monitoreo.post(place, {**sure, "cuantas": str(count)})
    assert len(rows(downloaded(monitoreo, f"{place}&formato=xlsx"))) == whole - count
    monkeypatch.setattr("notifications.acts.MOST", 1)
    assert "más de 1, que" in monitoreo.post("/plazos/equipo", {"todas": "1"}, 422).get_data(as_text=True)


@pytest.mark.parametrize(
    ("unit", "count", "kept"), [("working_days", "7", "working_days:7"), ("quarter_end", "", "quarter_end")]
)
def test_a_term_is_chosen_not_spelled(owing: World, browse: Browse, unit: str, count: str, kept: str) -> None:
    monitoreo = browse("monitoreo")
    form = monitoreo.get("/politicas/nueva")
    assert '<option value="working_days">días hábiles</option>' in form
    sent = {
        "version": "0", "title": "Respuesta a la entidad", "owes": "La respuesta", "to_whom": "La entidad",
        "source_text": "Acuerdo", "subjects": "advisors", "frequency": "event", "rule": "term", "term_unit": unit,
        "term_count": count, "non_working": "keep", "grace": "0", "escalates": "1", "rung_days": ["1"],
        "rung_to": ["debtor"], "met_by": ["statement.accepted"], "since": "2026-01-01", "until": "",
    }  # fmt: skip
    with browse("").client.application.test_request_context("/", method="POST", data=sent):
        today = clock.local_date(clock.now())
        assert policy_form.posted(policy_form.blank(today))["due"] == {
            "rule": "term",
            "term": kept,
        }
    refused = monitoreo.post("/politicas/nueva", {**sent, "term_unit": ""}, 422).get_data(as_text=True)
    assert "Escriba cuántos y elija de qué" in refused


def test_the_inbox_says_what_is_owed_besides_tasks(browse: Browse, owing: World) -> None:
    now = clock.now()
    told = 0
    for name, key in owing.people.items():
        with reading() as session:
            mine = select(Obligation).where(Obligation.debtor_id == key, Obligation.status.in_(("pending", "overdue")))
            rows_ = session.scalars(mine.where(Obligation.subject_kind != "task")).all()
            recommended = {one.id for one in session.scalars(select(Obligation).where(policies.recommended(session)))}
            late = [one for one in rows_ if one.limit_at < now and one.id not in recommended]
            open_ = [one for one in rows_ if one.limit_at >= now] + late
            by = load(session, key, now=now)
        page = browse(name).get("/bandeja")
        assert ("Sus plazos:" in page) is bool(open_), (name, by)
        if late:
            told += 1
            word = "vencido" if len(late) == 1 else "vencidos"
            assert f'<a href="/plazos?estado=overdue">{len(late)} {word}</a>' in " ".join(page.split())
            assert "Sus plazos:" not in browse(name).get("/bandeja?buscar=algo")
    assert told


def test_a_day_off_of_a_region_counts_for_what_is_owed_there_and_for_whoever_works_there(
    owing: World, browse: Browse
) -> None:
    asesor, monitoreo = browse("asesor"), browse("monitoreo")
    place = f"/plazos/{owed('informe_actividades')[-1]}"
    day = LAW.forward(clock.local_date(clock.now()) + timedelta(days=1))
    month_of_it = f"/calendario?mes={day:%Y-%m}"

    def left(page: str) -> int:
        found = re.search(r"en\s(\d+)\sdías?\shábil", page)
        assert found is not None
        return int(found[1])

    def worked(page: str) -> int:
        found = re.search(r":\s(\d+)\sdías\shábiles</caption>", page)
        assert found is not None
        return int(found[1])

    before, month_before = left(asesor.get(place)), worked(asesor.get(month_of_it))
    with transaction() as session:
        by = load(session, owing.people["admin"], now=clock.now()).actor()
        days.add(session, day, "region", str(owing.region_id), "Carnaval", by=by, now=clock.now())
    assert left(asesor.get(place)) == left(monitoreo.get(place)) == before - 1
    assert worked(asesor.get(month_of_it)) == month_before - 1
    assert '<span class="more">Carnaval</span>' in asesor.get(month_of_it)
    assert "Carnaval" in asesor.get(f"/calendario/{day.isoformat()}")
    assert "Carnaval" not in monitoreo.get(f"/calendario/{day.isoformat()}")
    assert worked(monitoreo.get(month_of_it)) == month_before  # of the whole country
    assert '<span class="more">Carnaval</span>' not in monitoreo.get(month_of_it)


@pytest.mark.parametrize(
    "place",
    [
        "/plazos?vence_desde=2026-12-31&vence_hasta=2026-12-01",
        "/plazos/equipo?vence_desde=31/12/2026&vence_hasta=2026-12-01",
        "/plazos/cumplimiento?vence_desde=2026-12-31&vence_hasta=2026-12-01",
        "/asesorias?del=2026-12-31&al=2026-12-01",
        "/acciones-correctivas?vence_desde=2026-12-31&vence_hasta=2026-12-01",
    ],
)
def test_days_the_wrong_way_round_are_told(owing: World, browse: Browse, place: str) -> None:
    answer = browse("articulador").client.get(place)
    assert answer.status_code == 422
    said = unescape(answer.get_data(as_text=True)).replace("\xa0", " ")
    assert "El primer día (31 de diciembre de 2026) va después del último (1 de diciembre de 2026)" in said


def test_a_day_written_as_people_do_is_seen_in_its_box(owing: World, browse: Browse) -> None:
    page = browse("articulador").get("/plazos/equipo?vence_desde=31/12/2026")
    assert re.search(r'name="vence_desde" type="date" value="2026-12-31"', page)
