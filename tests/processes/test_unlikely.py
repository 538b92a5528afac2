"""What is unlikely, or should not be, is confirmed first by whoever sends a step: images, endings, actions."""

from datetime import timedelta
from typing import Any

import pytest

from db.clock import local_date
from db.errors import InvalidData
from engine import prefill
from engine import tasks
from notifications import calendar
from tests.processes.office import Office
from tests.processes.test_life_in_database import plans
from tracking import corrective_actions
from tracking.models import Product

MATERIAL, PRODUCTION = "Activity_RecolectarElementos", "Activity_ProducirContenidos"
FEEDBACK = "Activity_RecogerRetroalimentacion"
SHEET, ARRIVAL = "Activity_PublicarEnPortafolio", "Activity_ActivarLlegada"


def doubts(office: Office, instance_id: int | None, element: str, **changes: Any) -> list[str]:
    """What is to be confirmed before the example of a step, as changed, is sent; nothing when it is sent without."""
    task = office.task(instance_id, element)
    try:
        tasks.complete(office.session, task.id, office.answer(task, changes), by=office.who(task), now=office.now)
    except InvalidData as error:
        return error.errors["confirmed"]
    office.settle(task.instance_id)
    return []


def test_images_without_authorisation_are_confirmed_and_told_to_whoever_publishes(office: Office) -> None:
    case = office.start_product().instance_id
    office.push(case, until=MATERIAL)
    (told,) = doubts(office, case, MATERIAL, image_authorised=False)
    assert "sin la autorización de uso de imagen" in told
    office.do(case, MATERIAL, image_authorised=False)
    (hint,) = prefill.hints(office.session, office.task(case, PRODUCTION), {})
    assert (hint.path, hint.text[:11]) == ("published_contents", "No publique")
    (told,) = doubts(office, case, PRODUCTION)
    assert "no muestra a quienes no autorizaron" in told


def test_authorised_images_are_sent_at_once(office: Office) -> None:
    case = office.start_product().instance_id
    office.push(case, until=MATERIAL)
    assert doubts(office, case, MATERIAL, image_authorised=True) == []
    assert doubts(office, case, PRODUCTION) == []


def test_no_more_contents_of_a_product_that_is_still_designed_is_confirmed(office: Office) -> None:
    case = office.start_product().instance_id
    office.push(case, until=FEEDBACK)
    (told,) = doubts(office, case, FEEDBACK, more_content=False)
    assert "está en «Prediseño»: ya no habrá más parrillas" in told
    assert doubts(office, case, FEEDBACK, more_content=True) == []


def test_an_event_to_come_that_counts_who_attended_is_confirmed(office: Office) -> None:
    case = office.start_product().instance_id
    office.push(case, until=ARRIVAL)
    event = {"kind": "Entrenamiento", "place": "Quibdó", "attendees": 28}
    tomorrow = (local_date(office.now) + timedelta(days=1)).isoformat()
    (told,) = doubts(office, case, ARRIVAL, activation_events=[{**event, "date": tomorrow}])
    assert "todavía no llega, y ya dice cuántos asistieron" in told
    assert doubts(office, case, ARRIVAL, activation_events=[{**event, "date": tomorrow, "attendees": 0}]) == []


def test_the_public_sheet_neither_renames_nor_leaves_an_entity_out(office: Office) -> None:
    case = office.start_product().instance_id
    office.push(case, until=SHEET)
    task = office.task(case, SHEET)
    other = office.answer(task, {"name": "Otro nombre", "entities": [office.entities[0].id]})
    with pytest.raises(InvalidData) as caught:
        tasks.complete(office.session, task.id, other, by=office.who(task), now=office.now)
    assert sorted(caught.value.errors) == ["entities", "name"]
    assert doubts(office, case, SHEET) == []


def test_an_action_is_not_born_overdue_nor_called_done_without_showing_it(
    active: None, office: Office, product: Product
) -> None:
    plan = plans(office, product)[0]
    office.push(plan.instance_id, until="Activity_MonitorearAsistencia")
    wanted = {"kind": "corrective", "finding": "Dos hitos vencidos", "action": "Designar", "responsible": "Alcaldía",
              "due": "2026-12-01"}  # fmt: skip
    office.do(plan.instance_id, "Activity_MonitorearAsistencia", corrective_actions=[wanted])
    case = corrective_actions.of_plan(office.session, plan.id)[0].instance_id
    today = local_date(office.now)
    office.now = calendar.LAW.at_cut_off(today) + timedelta(hours=2)
    (told,) = doubts(office, case, "Activity_FormularAccion", due_date=today.isoformat())
    assert "nace vencida" in told
    assert doubts(office, case, "Activity_FormularAccion", due_date=(today + timedelta(days=9)).isoformat()) == []
    (told,) = doubts(office, case, "Activity_SeguirAccion", evidence=[])
    assert "no adjunto evidencias" in told
    office.do(case, "Activity_SeguirAccion", evidence=[])
    (told,) = doubts(office, case, "Activity_VerificarCierre", closing_note="")
    assert "sin escribir cómo la comprobé" in told
    assert doubts(office, case, "Activity_VerificarCierre") == []
