"""The day of the feedback on a ficha (C1): one before the ficha was sent is confirmed first."""

from datetime import timedelta

import pytest

from db.clock import local_date
from db.errors import InvalidData
from engine import tasks
from tests.processes.office import Office

FEEDBACK = "Activity_RetroalimentarFicha"


@pytest.mark.parametrize(("days", "refused"), [(-300, True), (0, False)])
def test_feedback_from_before_the_ficha_is_confirmed(office: Office, days: int, refused: bool) -> None:
    product = office.start_product()
    office.push(product.instance_id, until=FEEDBACK)
    task = office.task(product.instance_id, FEEDBACK)
    given = local_date(office.now) + timedelta(days=days)
    data, by = office.answer(task, {"date": given.isoformat()}), office.who(task)
    said: list[str] = []
    try:
        tasks.complete(office.session, task.id, data, by=by, now=office.now)
    except InvalidData as error:
        said = error.errors["confirmed"]
    assert bool(said) == refused
    assert all("antes de que se enviara la ficha" in one for one in said)
