"""A draft that no page could have written, left by a program of before: its task opens and can be sent on."""

from typing import Any

import pytest

from db import clock
from db import transaction
from engine.models import Draft
from tests.forms.samples import EVERY_KIND
from tests.web.conftest import Browse
from tests.web.test_flow import start_product
from tests.web.world import World

SHAPES = [
    {"q": 1},
    [1, {"z": None}],
    [[1], "a"],
    {},
    [],
    "\u202etexto",
    10**30,
    1.5,
    True,
    None,
    [{"name": {"a": [1]}}],
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_page_of_a_task_opens_over_a_misshapen_draft(
    browse: Browse, world: World, monkeypatch: pytest.MonkeyPatch, shape: Any
) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    monkeypatch.setattr("engine.tasks.form_of", lambda session, task: EVERY_KIND)
    data = {**{field.name: shape for field in EVERY_KIND.fields()}, "no_such_question": shape}
    with transaction() as session:
        session.add(Draft(task_id=task_id, data=data, revision=1, saved_at=clock.now(), saved_by=world.people["lider"]))
    for path in (f"/tareas/{task_id}", f"/tareas/{task_id}/revision"):
        assert lead.client.get(path).status_code in (200, 422)
    sent = lead.post(f"/tareas/{task_id}/enviar", {"key": "k"}, 422)
    assert "por corregir" in sent.get_data(as_text=True)
    lead.post(f"/tareas/{task_id}/descartar", {})
