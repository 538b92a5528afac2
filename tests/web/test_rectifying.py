"""Correcting what was sent, through the pages."""

import re
from datetime import timedelta
from io import BytesIO

from pypdfium2 import PdfDocument
from python_calamine import CalamineWorkbook

from db import clock
from db import history
from db import reading
from engine.models import Rectification
from engine.models import Submission
from engine.models import Task
from tests.processes.office import PDF
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.world import World
from tracking import consent
from tracking.models import WorkPlan

STEP_3 = "Activity_SocializarPlan"


def procedure(world: World, until: str) -> int:
    """A plan whose procedure waits at `until`; returns its instance."""

    def pushed(office) -> int:
        product = office.start_product("Bancos de proyectos")
        office.push(product.instance_id, until="Activity_DesarrollarAsistencia")
        office.work_through()
        plan = office.session.query(WorkPlan).order_by(WorkPlan.id).first()
        office.push(plan.instance_id, until=until)
        return int(plan.instance_id)

    return int(desk.work(world, pushed))


def sent(instance_id: int, element: str) -> int:
    with reading() as session:
        rows = session.query(Submission).filter_by(instance_id=instance_id, element=element)
        return int(rows.order_by(Submission.id.desc()).first().id)


def path(submission_id: int) -> str:
    return f"/envios/{submission_id}/rectificacion"


def form(browser: Browser, submission_id: int, *fields: str) -> dict[str, str]:
    """The hidden fields of the page where `fields` are written again."""
    asked = "&".join(f"dato={field}" for field in fields)
    shown = browser.get(f"{path(submission_id)}?{asked}")
    return dict(re.findall(r'name="(key|revision)" value="([^"]*)"', shown))


def test_an_advisor_corrects_the_day_of_a_meeting(world: World, browse: Browse) -> None:
    case = procedure(world, "Activity_EjecutarAsistencia")
    row_id, asesor = sent(case, STEP_3), browse("asesor")
    assert f'href="{path(row_id)}"' in asesor.get(f"/envios/{row_id}")
    offered = asesor.get(path(row_id))
    assert "Día de la reunión" in offered
    assert "Con esta respuesta el proceso tomó su camino" in offered
    day = (clock.local_date(clock.now()) - timedelta(days=1)).isoformat()
    data = {**form(asesor, row_id, "meeting_date"), "dato": "meeting_date", "meeting_date": day, "confirmed": "si"}
    assert "Escriba por qué rectifica" in asesor.post(path(row_id), data, 422).get_data(as_text=True)
    asesor.post(path(row_id), {**data, "reason": "Era la fecha de la convocatoria"})
    shown = asesor.get(f"/envios/{row_id}")
    assert "Rectificado." in shown
    assert "Era la fecha de la convocatoria" in shown
    assert "Decía «" in shown
    with reading() as session:
        kept = session.query(Rectification).one()
        assert (kept.path, kept.after) == ("meeting_date", day)
        task_id = session.get_one(Submission, row_id).task_id
        plan = session.query(WorkPlan).filter_by(instance_id=case).one()
        acts = [act.summary for act in history.of(session, history.Subject("work_plan", plan.id))]
    assert any(said.startswith("Rectificó el día en que socializó el plan") for said in acts)
    assert "Era la fecha de la convocatoria" in asesor.get(f"/tareas/{task_id}")
    assert "Era la fecha de la convocatoria" in asesor.get(f"/tareas/{task_id}/recibo")
    pdf = PdfDocument(asesor.client.get(f"/envios/{row_id}/documento").data)
    text = " ".join(part.get_textpage().get_text_range() for part in pdf).replace("\r\n", " ")
    assert "Rectificaciones" in text
    assert "Era la fecha de la convocatoria" in text
    assert "Rectificó el día en que socializó" in asesor.get(f"/planes/{plan.id}?parte=historia")
    book = CalamineWorkbook.from_filelike(BytesIO(asesor.client.get(f"/envios/{row_id}/hoja").data))
    lines = {line[0]: line[2] for line in book.get_sheet_by_index(0).to_python() if len(line) > 2}
    assert "Era la fecha de la convocatoria" in str(lines["Día de la reunión"])
    assert lines["Equipos territoriales del DNP que participaron"] == ""


def test_what_was_recorded_elsewhere_says_where(world: World, browse: Browse) -> None:
    case = procedure(world, "Activity_EjecutarAsistencia")
    asesor, row_id = browse("asesor"), sent(case, "Activity_RegistrarConsentimiento")
    shown = asesor.get(path(row_id))
    assert "registre allí el retiro del consentimiento" in shown
    assert "?parte=consentimiento" in shown
    row_id = sent(case, "Activity_ProgramarAsistencia")
    shown = asesor.get(path(row_id))
    assert "Los hitos ya están programados en el plan" in shown
    assert "plan_milestones" not in shown
    # Chosen by its address all the same, nothing is asked.
    asesor.post(path(row_id), {"dato": "plan_milestones/0", "reason": "Porque sí"}, 422)


def test_who_consented_and_the_support_are_corrected_in_the_plan_too(world: World, browse: Browse) -> None:
    case = procedure(world, "Activity_EjecutarAsistencia")
    asesor, row_id = browse("asesor"), sent(case, "Activity_RegistrarConsentimiento")
    with reading() as session:
        plan_id = session.query(WorkPlan).filter_by(instance_id=case).one().id
        (before,) = consent.of_plan(session, plan_id)
    asked = form(asesor, row_id, "name", "evidence")
    asesor.post(path(row_id), {
        **asked, "dato": ["name", "evidence"], "name": "Marta Córdoba Ruiz", "reason": "El nombre estaba mal escrito",
        "evidence": before.files, "evidence__files": (BytesIO(PDF), "firmado.pdf"),
    })  # fmt: skip
    with reading() as session:
        (after,) = consent.of_plan(session, plan_id)
        acts = list(history.of(session, history.Subject("work_plan", plan_id)))
        kept = {one.path: (one.before, one.after) for one in session.query(Rectification)}
    assert (after.person_name, after.person_position) == ("Marta Córdoba Ruiz", before.person_position)
    assert kept["name"] == (before.person_name, "Marta Córdoba Ruiz")
    assert kept["evidence"][0] == before.files
    assert set(after.files) > set(before.files)
    told = next(act for act in acts if act.action == "consent.rectified")
    assert told.summary == "Rectificó quién respondió, el soporte de la respuesta de la entidad."
    assert "Marta" not in str(told.details)
    shown = asesor.get(f"/planes/{plan_id}?parte=consentimiento")
    assert "Marta Córdoba Ruiz" in shown
    assert before.person_name not in shown
    asesor.post(path(row_id), {**asked, "dato": "date", "date": "2026-01-01", "reason": "Otra"}, 422)


def test_a_row_of_a_table_is_written_again_whole(world: World, browse: Browse) -> None:
    case = procedure(world, "Activity_EjecutarAsistencia")
    asesor, row_id = browse("asesor"), sent(case, STEP_3)
    shown = asesor.get(f"{path(row_id)}?dato=responsibilities/0")
    names = re.findall(r'name="(responsibilities__0__\w+)"', shown)
    assert set(names) >= {"responsibilities__0__party", "responsibilities__0__responsibility"}
    hidden = dict(re.findall(r'name="(key|revision)" value="([^"]*)"', shown))
    asesor.post(path(row_id), {
        **hidden, "dato": "responsibilities/0", "responsibilities__0__party": "Alcaldía",
        "responsibilities__0__responsibility": "Convocar", "reason": "Estaba cambiado",
    })  # fmt: skip
    with reading() as session:
        assert {row.path for row in session.query(Rectification)} <= {
            "responsibilities/0/party", "responsibilities/0/responsibility",
        }  # fmt: skip
    assert "Alcaldía" in asesor.get(f"/envios/{row_id}")


def test_two_windows_are_told_apart_and_a_form_sent_twice_is_one(world: World, browse: Browse) -> None:
    case = procedure(world, "Activity_EjecutarAsistencia")
    asesor, row_id = browse("asesor"), sent(case, "Activity_IdentificarNecesidad")
    first = {**form(asesor, row_id, "regulations"), "dato": "regulations", "regulations": "Ley 1", "reason": "Faltaba"}
    asesor.post(path(row_id), first)
    asesor.post(path(row_id), first)
    with reading() as session:
        assert session.query(Rectification).count() == 1
    late = {**first, "key": "otra", "regulations": "Ley 2"}
    assert "mientras usted escribía" in asesor.post(path(row_id), late, 409).get_data(as_text=True)


def test_a_ficha_under_review_says_what_to_do(world: World, browse: Browse) -> None:
    code = desk.product(world, "Activity_RetroalimentarFicha")
    lider = browse("lider")
    case = int(desk.work(world, lambda office: desk.case(office, code)))
    assert "Pida que se las devuelva" in lider.get(path(sent(case, "Activity_ElaborarFicha")))
    desk.do(world, code, "Activity_RetroalimentarFicha")
    shown = lider.get(path(sent(case, "Activity_ElaborarFicha")))
    assert "ya se decidió" in shown
    assert "otra ronda" in shown
    assert "/productos/" in shown


def test_what_is_decided_in_a_review_says_why_it_is_not_corrected(world: World, browse: Browse) -> None:
    code, der = desk.product(world, "Activity_ResponderRetroalimentacion"), browse("der")
    case = int(desk.work(world, lambda office: desk.case(office, code)))
    row_id = sent(case, "Activity_RetroalimentarFicha")
    for path_ in (f"/envios/{row_id}", f"/tareas/{task_of(row_id)}"):
        shown = der.get(path_)
        assert "No se rectifica: Lo que se decide en una revisión no se rectifica" in shown
        assert "Rectificar una respuesta" not in shown
        assert "No se rectifica" not in browse("lider").get(path_)


def task_of(submission_id: int) -> int:
    with reading() as session:
        return session.get_one(Submission, submission_id).task_id


def test_others_see_the_correction_and_no_button(world: World, browse: Browse) -> None:
    case = procedure(world, "Activity_EjecutarAsistencia")
    row_id = sent(case, STEP_3)
    monitor = browse("monitoreo")
    assert "Rectificar una respuesta" not in monitor.get(f"/envios/{row_id}")
    monitor.get(path(row_id), 403)
    with reading() as session:
        task_id = session.query(Task).filter_by(instance_id=case, element=STEP_3).one().id
    assert "Rectificar una respuesta" not in monitor.get(f"/tareas/{task_id}")


def test_a_file_is_replaced_and_what_is_unlikely_is_confirmed(world: World, browse: Browse) -> None:
    case = procedure(world, "Activity_EjecutarAsistencia")
    asesor, row_id = browse("asesor"), sent(case, STEP_3)
    with reading() as session:
        (token,) = session.get_one(Submission, row_id).data["attendance_lists"]
    data = {**form(asesor, row_id, "attendance_lists"), "dato": "attendance_lists", "attendance_lists": token}
    gone = asesor.post(path(row_id), {**data, "_action": f"detach:attendance_lists:{token}"}, 200)
    assert f'value="{token}"' not in gone.get_data(as_text=True)
    new = {"attendance_lists__files": (BytesIO(PDF), "lista-nueva.pdf"), "attendance_lists": "", "reason": "Era otra"}
    asesor.post(path(row_id), {**data, **new})
    shown = asesor.get(f"/envios/{row_id}")
    assert "lista-nueva.pdf" in shown
    assert "Decía «acta.pdf»" in shown
    early = {**form(asesor, row_id, "meeting_date"), "dato": "meeting_date", "reason": "Fue antes"}
    early["meeting_date"] = f"{clock.now().year}-01-02"
    asked = asesor.post(path(row_id), early, 422).get_data(as_text=True)
    assert 'name="confirmed"' in asked
    assert "anterior al día en que se abrió el plan" in asked
    asesor.post(path(row_id), {**early, "confirmed": "si"})
