"""Informes: prepared, presented, returned, corrected, accepted; SETA; those of a region; the contract; permissions."""

import re
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from io import BytesIO

import pytest
from pypdfium2 import PdfDocument
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy import update

from att import duties
from att import jobs
from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from directory import accounts
from directory import delegations
from directory import grants
from directory import people
from directory import principal
from directory import units
from directory.models import Person
from engine import tasks
from engine.models import Instance
from engine.models import Submission
from engine.models import Task
from notifications import periods
from notifications import policies
from notifications.models import Fact
from notifications.models import Obligation
from tests.snapshots import Stage
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.world import PASSWORD
from tests.web.world import World
from tracking import handover
from tracking.models import Consent
from tracking.models import Report
from tracking.models.reports import ReportStatus
from tracking.policies import SHIPPED
from tracking.reports import activities
from web import report_papers


def _month(back: int) -> periods.Period:
    day = clock.local_date(clock.now())
    for _ in range(back):
        day = day.replace(day=1) - timedelta(days=1)
    return periods.of(periods.MONTHLY, day)


LAST = _month(1)
COORDINATOR = "Marta Gil"


@pytest.fixture
def owing(world: World, plan: int, snapshot: Stage) -> World:
    """What people owe since last month, with its reports begun."""

    def build() -> World:
        now = clock.now()
        with transaction() as session:
            policies.install(session, SHIPPED, since=LAST.start, by=SYSTEM, now=now)
        duties.open_obligations(now)
        jobs.begin_reports(now)
        return world

    return snapshot("reports-owing", build)


def report(kind: str, period: str = LAST.key, of: str = "Julio Peña") -> Report:
    """The report of a person, or of their region, for a period."""
    found = select(Report).join(Person, Person.id == Report.person_id).where(Person.name == of)
    with reading() as session:
        return session.scalars(found.where(Report.kind == kind, Report.period == period)).one()


def waiting(kind: str, of: str = "Julio Peña") -> int:
    row = report(kind, of=of)
    with reading() as session:
        (task,) = tasks.open_of(session, row.instance_id or 0)
    return task.id


def fill(browser: Browser, task_id: int, **answers: str) -> None:
    """Save the form of a task with what it gives and these answers, and send it."""
    page = browser.get(f"/tareas/{task_id}")
    fixed = dict(re.findall(r'<input type="hidden" name="([a-z_]+-\d+-[a-z_]+)" value="([^"]*)"', page))
    found = re.search(r'name="revision" value="([^"]*)"', page)
    data = {**fixed, **answers, "_action": "review"} | ({"revision": found[1]} if found else {})
    place = browser.post(f"/tareas/{task_id}", data).location or ""
    page = browser.get(place)
    key = re.search(r'name="key" value="([^"]+)"', page)
    revision = re.search(r'name="revision" value="([^"]*)"', page)
    assert key is not None
    sending = {"key": key[1], "confirmed": "si"} | ({"revision": revision[1]} if revision else {})
    browser.post(f"/tareas/{task_id}/enviar", sending)


def status_of(policy: str) -> str:
    """How the obligation of last month stands."""
    with reading() as session:
        asked = Obligation.policy_id == policies.get(session, policy).id
        return session.scalars(select(Obligation.status).where(asked, Obligation.period == LAST.key)).one()


def test_the_job_begins_what_is_owed_once(owing: World) -> None:
    with reading() as session:
        rows = session.execute(select(Report.kind, Report.person_id).order_by(Report.id)).all()
    assert {person for kind, person in rows if kind == "activities"} == {
        owing.people["asesor"],
        owing.people["articulador"],
    }
    assert {kind for kind, _ in rows} == {"activities", "seta", "regional_form", "plan_report"}
    again = jobs.begin_reports(clock.now())
    assert again.found == 0


def test_a_report_is_presented_returned_corrected_and_accepted(owing: World, browse: Browse) -> None:
    asesor, articulador = browse("asesor"), browse("articulador")
    assert report("activities").title in asesor.get("/informes")
    fill(asesor, waiting("activities"), achievements="Se aprobó el plan.")
    row = report("activities")
    assert row.status == "presented"
    assert status_of("informe_actividades") in ("met", "late")
    page = articulador.get("/informes/equipo?estado=presented")
    assert f"/tareas/{waiting('activities')}" in page
    fill(articulador, waiting("activities"), verdict="returned", remarks="Falta contar la sesión del 12.")
    assert report("activities").status == "returned"
    assert status_of("informe_actividades") in ("met", "late")
    page = asesor.get("/informes")
    assert "Falta contar la sesión del 12." in page
    task = waiting("activities")
    assert "Se aprobó el plan." in asesor.get(f"/tareas/{task}")
    fill(asesor, task, achievements="Se aprobó el plan. La sesión del 12 fue con la gobernación.")
    fill(articulador, waiting("activities"), verdict="validated")
    row = report("activities")
    assert row.status == "accepted"
    page = asesor.get(f"/informes/{row.id}")
    assert "Marta Gil" in page
    assert "La sesión del 12 fue con la gobernación." in page
    assert "Presentado por primera vez" in page
    assert "Corregido y presentado de nuevo" in page
    assert ", corregido " in asesor.get("/informes")
    with reading() as session:
        kinds = session.scalars(select(Fact.kind).where(Fact.reference == f"report:{row.id}").order_by(Fact.kind))
        assert list(kinds) == ["activity_report.accepted", "activity_report.presented"]
    document = asesor.client.get(f"/informes/{row.id}/documento")
    assert document.data.startswith(b"%PDF")


def test_what_is_registered_meanwhile_is_shown_before_it_is_presented(owing: World, browse: Browse, plan: int) -> None:
    asesor = browse("asesor")
    task = waiting("activities")
    page = asesor.get(f"/tareas/{task}")
    fixed = dict(re.findall(r'<input type="hidden" name="([a-z_]+-\d+-[a-z_]+)" value="([^"]*)"', page))
    asesor.post(f"/tareas/{task}", {**fixed, "_action": "review"})
    page = asesor.get(f"/tareas/{task}/revision")
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    _contact(owing, LAST.end)
    asesor.post(f"/tareas/{task}/enviar", {"key": key[1]}, 422)
    assert report("activities").status == "draft"
    assert "1 interacción corta" in asesor.get(f"/tareas/{task}")


def _contact(world: World, on: date) -> None:
    from tracking.models import QuickContact

    with transaction() as session:
        session.add(
            QuickContact(
                channel="call",
                topic="Duda",
                entity_id=world.entities[0],
                minutes=20,
                occurred_on=on,
                registered_at=clock.now(),
                advisor_id=world.people["asesor"],
            )
        )


def test_somebody_else_reads_no_report_of_another(owing: World, browse: Browse) -> None:
    row = report("activities")
    browse("comunicaciones").get("/informes", 403)
    browse("lider").get(f"/informes/{row.id}", 404)
    browse("control").get(f"/informes/{row.id}")
    browse("articulador").get(f"/informes/{row.id}/documento", 404)
    browse("admin").get("/informes", 403)


def _of_unit(row: Report, lead_id: int) -> None:
    """Let a report stand in the unit of a lead, as that of an advisor of their unit does."""
    with transaction() as session:
        unit = session.get_one(Person, lead_id).unit_id
        session.execute(update(Instance).where(Instance.id == row.instance_id).values(unit_id=unit))
        session.execute(update(Task).where(Task.instance_id == row.instance_id).values(unit_id=unit))
        session.execute(update(Report).where(Report.id == row.id).values(unit_id=unit))


def test_whoever_may_not_read_a_report_reads_nothing_of_its_case(owing: World, browse: Browse) -> None:
    row = report("activities")
    _of_unit(row, owing.people["lider"])
    (task,) = _tasks(row)
    fill(browse("asesor"), task)
    with reading() as session:
        sent = session.scalars(select(Submission).where(Submission.instance_id == row.instance_id)).one()
    (review,) = _tasks(row)
    instance = f"/api/v1/instances/{row.instance_id}"
    lists = ("/bandeja?ver=todas", "/calendario?de=equipo", f"/buscar?que={sent.receipt}", "/api/v1/tasks?mine=false",
             "/api/v1/instances")  # fmt: skip
    pages = (f"/tareas/{task}", f"/tareas/{review}", f"/envios/{sent.id}", f"/envios/{sent.id}/documento",
             f"/cambios/tareas/{review}", f"/api/v1/tasks/{review}", instance, f"{instance}/submissions/{sent.id}",
             f"{instance}/history")  # fmt: skip
    for who, status in (("lider", 404), ("articulador", 200), ("control", 200)):
        browser = browse(who)
        assert {path: browser.client.get(path).status_code for path in pages} == dict.fromkeys(pages, status)
        shown = {path: row.title in browser.get(path) for path in lists}
        assert any(shown.values()) == (status == 200), (who, shown)


def test_the_coordinator_reports_to_the_der(owing: World, browse: Browse) -> None:
    articulador, monitoreo = browse("articulador"), browse("monitoreo")
    assert "Por preparar" in articulador.get("/informes")
    this = _month(0).key
    place = articulador.post("/informes", {"kind": "activities", "period": this}).location or ""
    fill(articulador, int(place.rpartition("/")[2]))
    row = report("activities", this, COORDINATOR)
    with reading() as session:
        (task,) = tasks.open_of(session, row.instance_id or 0)
    assert task.role == "der_monitoring"
    articulador.post("/informes", {"kind": "activities", "period": "2026"}, 422)
    articulador.post("/informes", {"kind": "otra", "period": this}, 422)
    fill(monitoreo, task.id, verdict="validated")
    assert "Aceptado" in articulador.get(f"/informes/{row.id}")


def test_who_lends_a_hand_is_not_offered_to_review_their_own_report(owing: World, browse: Browse) -> None:
    today, now = clock.local_date(clock.now()), clock.now()
    with transaction() as session:
        lender, to = principal.load(session, owing.people["articulador"], now=now), owing.people["asesor"]
        delegations.add(session, lender.person_id, to, today, today, reason="Comisión de servicios", by=lender, now=now)
    asesor, sent = browse("asesor"), waiting("activities")
    fill(asesor, sent)
    review = waiting("activities")
    assert review != sent
    assert "Continuar con" not in asesor.get(f"/tareas/{sent}/recibo")
    assert "es sobre lo que usted escribió, o quien le delegó: la hace otra persona" in asesor.get("/bandeja")
    assert "Tomar esta tarea" not in asesor.get(f"/tareas/{review}")
    assert f"/tareas/{review}" in browse("articulador").get("/bandeja")


def test_a_coordinator_does_not_choose_who_reviews_their_report(owing: World, browse: Browse) -> None:
    articulador = browse("articulador")
    fill(articulador, waiting("activities", COORDINATOR))
    review = waiting("activities", COORDINATOR)
    page = articulador.get("/tareas-del-equipo")
    assert "Es sobre lo que usted escribió: la asigna otra persona" in page
    assert f"/tareas/{review}/asignar" not in page + articulador.get(f"/tareas/{review}")
    told = articulador.post(f"/tareas/{review}/asignar", {"person_id": str(owing.people["monitoreo"])}, 403)
    assert "Nadie elige quién revisa lo que escribió" in told.get_data(as_text=True)


def test_a_month_in_course_is_presented_by_who_ticks_that_it_lasts(owing: World, browse: Browse) -> None:
    asesor, this = browse("asesor"), _month(0)
    asesor.post("/informes", {"kind": "activities", "period": this.key})
    (task,) = _tasks(report("activities", this.key))
    page = asesor.get(f"/tareas/{task}")
    fixed = dict(re.findall(r'<input type="hidden" name="([a-z_]+-\d+-[a-z_]+)" value="([^"]*)"', page))
    place = asesor.post(f"/tareas/{task}", {**fixed, "achievements": "Uno", "_action": "review"}).location or ""
    page = asesor.get(place)
    assert f"Lo presento aunque {this.label} no ha terminado (" in page
    assert "ya no entrará en este informe: lo contará el del mes siguiente" in page
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    asesor.post(f"/tareas/{task}/enviar", {"key": key[1]}, 422)
    assert report("activities", this.key).status == "draft"
    asesor.post(f"/tareas/{task}/enviar", {"key": key[1], "confirmed": "si"})
    assert report("activities", this.key).status == "presented"


def _tasks(row: Report) -> list[int]:
    with reading() as session:
        return [task.id for task in tasks.open_of(session, row.instance_id or 0)]


def test_the_task_of_a_report_is_due_when_the_report_is(owing: World) -> None:
    row = report("activities")
    with reading() as session:
        (task,) = tasks.open_of(session, row.instance_id or 0)
        of_report = (Obligation.subject_kind == "person", Obligation.subject_id == row.subject_id)
        due = {
            one.due_at for one in session.scalars(select(Obligation).where(*of_report, Obligation.period == LAST.key))
        }
    assert task.due_at in due
    assert task.term == ""


def test_the_task_of_a_report_that_was_waived_says_so_and_is_not_overdue(owing: World, browse: Browse) -> None:
    row = report("activities")
    with reading() as session:
        asked = Obligation.policy_id == policies.get(session, "informe_actividades").id
        mine = (Obligation.subject_id == row.subject_id, Obligation.period == LAST.key)
        obligation = session.scalars(select(Obligation.id).where(asked, *mine)).one()
    coordinator, advisor, task = browse("articulador"), browse("asesor"), waiting("activities")
    coordinator.get(f"/plazos/{obligation}")
    coordinator.post(f"/plazos/{obligation}/dispensa", {"reason": "Licencia de maternidad."})
    told = "Se dispensó la obligación con la que cumple: Licencia de maternidad. No está vencida."
    assert all(told in advisor.get(path) for path in (f"/tareas/{task}", "/bandeja?grupo=undated"))
    assert f"/tareas/{task}" not in advisor.get("/bandeja?grupo=overdue")
    assert told in coordinator.get("/tareas-del-equipo")
    assert f"/tareas/{task}" not in coordinator.get("/tareas-del-equipo?plazo=vencidas")
    with reading() as session:
        month = f"{clock.local_date(session.get_one(Obligation, obligation).due_at):%Y-%m}"
    assert f"/tareas/{task}" not in coordinator.get(f"/calendario?mes={month}&de=equipo")
    coordinator.post(f"/plazos/{obligation}/reapertura", {"reason": "Volvió"})
    assert told not in advisor.get(f"/tareas/{task}")


def test_seta_of_a_month_before_any_plan_says_so(owing: World, browse: Browse, plan: int) -> None:
    page = browse("asesor").get(f"/informes/seta/{LAST.key}")
    assert "ningún plan de trabajo" in page
    assert "Sin movimiento registrado en el mes" not in page


def test_seta_of_this_month(owing: World, browse: Browse, plan: int) -> None:
    asesor = browse("asesor")
    with transaction() as session:  # a plan in which nothing was registered this month
        session.execute(update(Consent).values(recorded_at=clock.now() - timedelta(days=60)))
    this = _month(0).key
    asesor.get(f"/informes/seta/{this}", 404)
    place = asesor.post("/informes", {"kind": "seta", "period": this}).location or ""
    page = asesor.get(place)
    assert '<span class="figure">1</span> plan</li>' in page
    revision = str(report("seta", this).revision)
    asesor.post(place, {"act": "present", "revision": revision}, 422)
    revision = str(report("seta", this).revision)
    overtaken = asesor.post(place, {"act": "save", "revision": "0"}, 409).text
    assert 'name="revision" value="0"' in overtaken  # sent again it would undo what it has not seen
    assert f'name="revision" value="{revision}"' in asesor.get(place)
    asesor.post(place, {"act": "quiet", "revision": revision})
    assert report("seta", this).content["quiet"] == [plan]
    revision = str(report("seta", this).revision)
    said = {"act": "save", "revision": revision, f"remark-{plan}": "=1+1 Se reunió el equipo", "quiet": [str(plan)]}
    asesor.post(place, said)
    revision = str(report("seta", this).revision)
    page = asesor.post(place, {**said, "act": "present", "revision": revision}, 422).text
    assert f'name="revision" value="{report("seta", this).revision}"' in page, "what they sent is kept"
    assert "no ha terminado (" in page
    assert 'type="checkbox" name="confirmed"' in page
    assert report("seta", this).status == "draft"
    revision = str(report("seta", this).revision)
    asesor.post(place, {**said, "act": "present", "revision": revision, "confirmed": "si"})
    row = report("seta", this)
    assert row.status == "presented"
    assert row.content["rows"][0]["remark"] == "=1+1 Se reunió el equipo"
    assert asesor.client.get(place).status_code == 303
    assert "Se reunió el equipo" in browse("articulador").get(f"/informes/{row.id}")
    content = asesor.client.get(f"/informes/{row.id}/hoja").data
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[-1][-1] == "=1+1 Se reunió el equipo"
    assert asesor.client.get(f"/informes/{row.id}/documento").data.startswith(b"%PDF")
    with transaction() as session:
        frozen = session.get_one(Report, row.id)
        (told,) = frozen.content["rows"]
        frozen.content = {"rows": [{**told, "milestones": ["Avance del hito 1"], "steps": ["Consentimiento otorgado"]}]}
    paper = PdfDocument(asesor.client.get(f"/informes/{row.id}/documento").data)
    text = " ".join(" ".join(part.get_textpage().get_text_range().split()) for part in paper)
    assert "Avance del hito 1; Con" in text, "the paper tells every movement that the page tells"


def test_the_ten_questions_and_the_plan(owing: World, browse: Browse) -> None:
    articulador = browse("articulador")
    page = articulador.get(f"/tareas/{waiting('regional_form', COORDINATOR)}")
    assert "Julio Peña" in page
    fill(
        articulador, waiting("regional_form", COORDINATOR), communication="4", training="4", punctuality="5",
        **{"advisor_scores-0-score": "5"}, technical_difficulties="other", difficulty_detail="Ninguna",
        technical_advances="other", success_detail="Uno", lessons="Una", report_analysis="Coincide",
    )  # fmt: skip
    assert status_of("formulario_regional") in ("met", "late")
    fill(articulador, waiting("plan_report", COORDINATOR), overall_progress="62", progress_detail="Avanzó.")
    assert status_of("reporte_convergencia") in ("met", "late")
    row = report("regional_form", of=COORDINATOR)
    assert "Julio Peña" in browse("monitoreo").get(f"/informes/{row.id}")
    browse("asesor").get(f"/informes/{row.id}", 404)
    browse("asesor").get(f"/envios/{_submission(row)}", 404)
    assert articulador.client.get(f"/informes/{row.id}/documento").data.startswith(b"%PDF")


def _submission(row: Report) -> int:
    with reading() as session:
        return session.scalars(select(Submission.id).where(Submission.receipt == row.receipt)).one()


def test_what_is_attached_is_read_by_whoever_reads_the_report(owing: World, browse: Browse) -> None:
    articulador, task = browse("articulador"), waiting("plan_report", COORDINATOR)
    articulador.get(f"/tareas/{task}")
    paper = {"supports__files": (BytesIO(b"%PDF-1.7 acta"), "acta.pdf"), "_action": "save"}
    articulador.post(f"/tareas/{task}", paper)
    found = re.search(r'name="supports" value="([0-9a-f]{32})"', articulador.get(f"/tareas/{task}"))
    assert found is not None
    fill(articulador, task, overall_progress="62", progress_detail="Avanzó.", supports=found[1])
    with transaction() as session:
        now = clock.now()
        person = people.add(session, "Otra Articuladora", by=SYSTEM, now=now).id
        accounts.create(session, person, "otra", PASSWORD, by=SYSTEM, now=now)
        since = clock.local_date(now)
        grants.add(session, person, "regional_coordinator", "region", owing.region_id, since=since, by=SYSTEM, now=now)
    otra = browse("otra")
    otra.get(f"/informes/{report('plan_report', of=COORDINATOR).id}")
    assert otra.client.get(f"/archivos/{found[1]}").status_code == 200
    assert browse("asesor").client.get(f"/archivos/{found[1]}").status_code == 404


def test_the_quarterly_balance(owing: World, browse: Browse) -> None:
    articulador = browse("articulador")
    quarter = periods.of(periods.QUARTERLY, clock.local_date(clock.now())).key
    place = articulador.post("/informes", {"kind": "balance", "period": quarter}).location or ""
    assert "Asesorías dadas" in articulador.get(place)
    fill(articulador, int(place.rpartition("/")[2]), balance="Se cumplió.", commitments="Cerrar.")
    row = report("balance", quarter, COORDINATOR)
    assert row.status == "presented"
    assert row.content["figures"][0]["figure"] == "Asesorías dadas"
    assert "Se cumplió." in browse("monitoreo").get(f"/informes/{row.id}")


def test_an_activity_is_moved_to_another_obligation_before_it_is_presented(owing: World, browse: Browse) -> None:
    asesor, row = browse("asesor"), report("activities")
    _contact(owing, LAST.end)
    place = f"/informes/{row.id}/actividades"
    assert f'href="{place}"' in asesor.get(f"/informes/{row.id}")
    shown = asesor.get(place)
    name, revision = re.findall(r'name="(actividad-contacts:[^"]+)"|name="revision" value="(\d+)"', shown)[:2]
    key, seen = (name[0] or revision[0]), (name[1] or revision[1])
    asesor.post(place, {key: "5", "revision": seen})
    assert "Movida aquí por quien presenta" in asesor.get(f"/informes/{row.id}")
    overtaken = asesor.post(place, {key: "2", "revision": seen}, 409).get_data(as_text=True)
    assert "cambió mientras usted" in overtaken
    assert f'name="revision" value="{seen}"' in overtaken  # sent again it would undo what it has not seen
    assert '<option value="2" selected' in overtaken, "what was chosen is not lost"
    fill(asesor, waiting("activities"), achievements="Se aprobó el plan.")
    pdf = PdfDocument(asesor.client.get(f"/informes/{row.id}/documento").data)
    text = " ".join(" ".join(part.get_textpage().get_text_range().split()) for part in pdf)
    assert text.index("5. Cumplir las demás tareas") < text.index("1 interacción corta") < text.index("6. Gestionar")
    assert "puso quien" in text, text
    assert "ya se presentó" in asesor.get(place)
    browse("articulador").get(place, 403)


def test_the_contract_is_written_and_orders_the_report(owing: World, browse: Browse) -> None:
    asesor, admin = browse("asesor"), browse("admin")
    assert "ninguna fuente da una" in asesor.get("/informes/obligaciones")
    wrong = {"count": "2", "number-0": "1", "text-0": "Una", "number-1": "1", "text-1": "Otra"}
    asesor.post("/informes/obligaciones", wrong, 422)
    typed = {"count": "1", "number-0": "7", "text-0": "Acompañar a los municipios", "activities-0": ["contact"]}
    asesor.post("/informes/obligaciones", typed)
    _contact(owing, LAST.end)
    page = asesor.get(f"/informes/{report('activities').id}")
    assert "7. Acompañar a los municipios" in page
    assert "1 interacción corta (llamada) con 1 entidad: 20 min" in page
    whose = owing.people["asesor"]
    assert "Acompañar a los municipios" in admin.get(f"/informes/obligaciones?persona={whose}")
    assert "Se borra la obligación escrita" in admin.get(f"/informes/obligaciones?persona={whose}")
    admin.post(f"/informes/obligaciones?persona={whose}", {"restore": "1"})
    shown = asesor.get("/informes/obligaciones")
    assert "ninguna fuente da una" in shown
    assert "Borrar la lista propia" not in shown
    asesor.get(f"/informes/obligaciones?persona={owing.people['articulador']}", 403)


def test_an_emptied_obligation_keeps_its_place_while_another_is_corrected(owing: World, browse: Browse) -> None:
    lines = {"count": "3", "number-0": "1", "text-0": "", "number-1": "2", "text-1": "Programar", "number-2": "3"}
    wrong = lines | {"text-2": "Evaluar", "since-2": "2026-12-01", "until-2": "2026-01-01"}
    shown = browse("asesor").post("/informes/obligaciones", wrong, 422).get_data(as_text=True)
    assert re.search(r'<textarea[^>]+id="text-0"[^>]*></textarea>', shown)
    assert re.search(r'<textarea[^>]+id="text-1"[^>]*>Programar</textarea>', shown)
    assert 'id="until-2-error"' in shown
    assert 'value="2026-01-01"' in shown
    assert 'name="text-3"' not in shown


def test_what_is_kept_of_a_contract_is_its_writers(owing: World, browse: Browse) -> None:
    """The copy on the device goes by the person who writes, whose page it is whomever the contract is of."""
    admin, whose = browse("admin"), owing.people["asesor"]
    shown = admin.get(f"/informes/obligaciones?persona={whose}")
    assert f'data-keep="{owing.people["admin"]}-obligaciones-{whose}"' in shown
    assert f'data-person="{owing.people["admin"]}"' in shown


def test_a_report_stays_with_whom_it_is_about_whoever_receives_the_rest(owing: World, browse: Browse) -> None:
    task_id, own, since = waiting("activities"), owing.people["asesor"], clock.local_date(clock.now())
    with transaction() as session:
        heir = people.add(session, "Noemí Paz", unit_id=owing.unit_id, by=SYSTEM, now=clock.now()).id
        grants.add(session, heir, "territorial_advisor", "region", owing.region_id, since=since, by=SYSTEM,
                   now=clock.now())  # fmt: skip
    head = browse("articulador")
    assert "Sólo puede hacerla quien la tiene" in head.get(f"/tareas/{task_id}/asignar")
    head.post(f"/tareas/{task_id}/asignar", {"person_id": str(heir)}, 422)
    with transaction() as session:
        by = principal.load(session, owing.people["articulador"], now=clock.now())
        with pytest.raises(InvalidData) as refused:
            tasks.assign(session, task_id, heir, by=by, now=clock.now())
        assert "no cambia de manos" in refused.value.errors["person_id"][0]
        row = handover.request(session, own, heir, since, reason="Terminó", by=by, now=clock.now())
        assert row.result["plans"] == 1
        kept = tasks.get(session, task_id, by=principal.load(session, own, now=clock.now()))
        assert (kept.assignee_id, kept.instance.people["author"]) == (own, own)
        assert tasks.count_held(session, own) == 0


def test_reviewing_and_what_is_presented_for_the_region_is_work_of_the_coordinator(
    owing: World, browse: Browse
) -> None:
    asesor, head, now = browse("asesor"), browse("articulador"), clock.now()
    fill(asesor, waiting("activities"), achievements="Se aprobó el plan.")
    fill(head, waiting("activities"), verdict="validated")
    fill(head, waiting("plan_report", COORDINATOR), overall_progress="62", progress_detail="Avanzó.")
    sent = page_of_statement(head)
    assert "Rectificar una respuesta" not in head.get(f"/envios/{_submission(report('plan_report', of=COORDINATOR))}")
    with reading() as session:
        month = periods.of(periods.MONTHLY, clock.local_date(now))
        told = [one.text for one in activities.of_person(session, owing.people["articulador"], month)]
        own = [one.text for one in activities.of_person(session, owing.people["asesor"], month)]
    assert [text.partition(":")[0] for text in told] == [
        sent, "Revisar el informe de actividades", "Reportar el avance del Plan de Convergencia",
    ]  # fmt: skip
    assert own == []


def page_of_statement(head: Browser) -> str:
    """Have a coordinator state something that they owe; what it is called in a report."""
    with reading() as session:
        found = select(Obligation).where(Obligation.status == "pending", Obligation.debtor_id.is_not(None))
        policy = policies.get(session, "reunion_semanal")
        row = session.scalars(found.where(Obligation.policy_id == policy.id).order_by(Obligation.id)).first()
        assert row is not None
        called, key = f"{row.title} ({row.subject_label})", row.id
    head.get(f"/plazos/{key}")
    done = {"text": "Reunión con el equipo", "happened_on": str(clock.local_date(clock.now())),
            "evidence_link": "https://example.gov.co/acta"}  # fmt: skip
    head.post(f"/plazos/{key}/constancia", done)
    return called


def test_who_directs_the_der_reads_what_regions_present_to_it(owing: World, browse: Browse) -> None:
    now = clock.now()
    with transaction() as session:
        der = units.find(session, "DER")
        assert der is not None
        person = people.add(session, "Directora de la DER", unit_id=der.id, by=SYSTEM, now=now).id
        accounts.create(session, person, "directora", PASSWORD, by=SYSTEM, now=now)
        since = clock.local_date(now)
        grants.add(session, person, "technical_director", "unit", der.id, since=since, by=SYSTEM, now=now)
        over = {one.id for one in units.above(session, der.id)}
        elsewhere = next(one.id for one in units.every(session) if one.id not in over)
        other = people.add(session, "Otro Director", unit_id=elsewhere, by=SYSTEM, now=now).id
        accounts.create(session, other, "otro", PASSWORD, by=SYSTEM, now=now)
        grants.add(session, other, "technical_director", "unit", elsewhere, since=since, by=SYSTEM, now=now)
    row, directora, otro = report("plan_report", of=COORDINATOR), browse("directora"), browse("otro")
    directora.get(f"/informes/{row.id}")
    assert row.title in directora.get("/informes/equipo")
    otro.get(f"/informes/{row.id}", 404)
    assert row.title not in otro.get("/informes/equipo")


def test_the_document_says_whose_the_report_is_when_a_delegate_presents_it(owing: World, browse: Browse) -> None:
    now, own = clock.now(), owing.people["asesor"]
    today = clock.local_date(now)
    with transaction() as session:
        by = principal.load(session, own, now=now)
        delegations.add(session, own, owing.people["lider"], today, today + timedelta(days=3), by=by, now=now)
    fill(browse("lider"), waiting("activities"))
    paper = PdfDocument(browse("asesor").client.get(f"/informes/{report('activities').id}/documento").data)
    text = " ".join(" ".join(part.get_textpage().get_text_range().split()) for part in paper)
    assert "Ana Ruiz, en nombre de Julio Peña" in text


def test_the_sentence_about_a_decision_ends_once() -> None:
    row = Report(status=ReportStatus.ACCEPTED, decided_at=datetime(2026, 11, 22, 0, 3, tzinfo=UTC), decided_by=1,
                 remarks="Completo.")  # fmt: skip
    told = report_papers._decision(row, {1: "Marta Gil"}).replace("\xa0", " ")
    assert told == "Aceptado por Marta Gil el 21 de noviembre de 2026 a las 7:03 p. m. Completo."
