"""C3 parameterises what C2 validated: milestones taken out, added or renamed there go back to C2 instead."""

from collections.abc import Callable
from typing import Any

import pytest

from db.errors import InvalidData
from engine import drafts
from engine import tasks
from tests.processes.office import Office
from tracking import life
from tracking import templates
from tracking.models import Product

C3 = "Activity_ParametrizarHitos"
REQUEST, VERDICT, MODIFIED_C3 = (
    "Activity_SolicitarModificacion", "Activity_ValidarModificacion", "Activity_ParametrizarModificacion",
)  # fmt: skip

Rows = list[dict[str, Any]]


@pytest.fixture
def validated(office: Office, product: Product) -> Product:
    """A product whose protocol the DER validated."""
    office.push(product.instance_id, until=C3)
    return product


def rows_of(office: Office, product: Product, element: str = C3) -> Rows:
    task = office.task(product.instance_id, element)
    return [dict(row) for row in office.answer(task, {})["milestones"]]


def without_last(rows: Rows) -> Rows:
    return rows[:-1]


def with_another(rows: Rows) -> Rows:
    return [*rows, {**rows[-1], "number": 90, "name": "Hito que nadie validó"}]


def renamed(rows: Rows) -> Rows:
    return [{**rows[0], "name": "Otro asunto"}, *rows[1:]]


@pytest.mark.parametrize(
    ("change", "path", "said"),
    [
        (without_last, "milestones", "Falta el hito 4, «"),
        (with_another, "milestones/4/name", "«Hito que nadie validó» no está en lo que la DER validó"),
        (renamed, "milestones/0/name", "La DER validó este hito como «Diagnóstico del banco de proyectos»"),
    ],
)
@pytest.mark.parametrize("trackable", [True, False])
def test_c3_changes_no_milestone(
    validated: Product, office: Office, change: Callable[[Rows], Rows], path: str, said: str, trackable: bool
) -> None:
    rows = [{**row, "weight": None, "group_weight": None} for row in change(rows_of(office, validated))]
    why = {} if trackable else {"untrackable": [{"number": 1, "reason": "No dice qué evidencia lo cumple."}]}
    with pytest.raises(InvalidData) as refused:
        office.do(validated.instance_id, C3, milestones=rows, trackable=trackable, **why)
    assert set(refused.value.errors) == {path}
    assert refused.value.errors[path][0].startswith(said)
    assert templates.latest(office.session, validated.id) is None


def test_c3_sets_order_numbers_terms_and_weights(validated: Product, office: Office) -> None:
    rows = [
        {**row, "number": number, "name": f" {row['name'].upper()}", "group": "Todo", "weight": "25",
         "group_weight": "100", "target": "Un acta", "deadline": f"{office.now.year + 1}-03-31"}
        for number, row in enumerate(reversed(rows_of(office, validated)), start=1)
    ]  # fmt: skip
    office.do(validated.instance_id, C3, milestones=rows)
    current = templates.latest(office.session, validated.id)
    assert current is not None
    assert {row.target for row in templates.milestones_of(office.session, current.id)} == {"Un acta"}


def test_a_draft_from_before_is_told_when_it_is_looked_at(validated: Product, office: Office) -> None:
    task = office.task(validated.instance_id, C3)
    kept = drafts.save(
        office.session, task.id, office.answer(task, {"milestones": without_last(rows_of(office, validated))}),
        by=office.who(task), now=office.now,
    )  # fmt: skip
    with pytest.raises(InvalidData) as refused:
        tasks.demand_fitting(office.session, task, kept.data, now=office.now)
    assert set(refused.value.errors) == {"milestones"}


def test_c3_of_a_modification_changes_no_milestone_either(active: None, product: Product, office: Office) -> None:
    life.request_modification(
        office.session, product.id, "Cambian los hitos.", by=office.people["technical_lead"], now=office.now
    )
    office.settle(product.instance_id)
    asked = without_last([{**row, "weight": None, "group_weight": None} for row in rows_of(office, product, REQUEST)])
    office.do(product.instance_id, REQUEST, milestones=asked, changes=["milestones"])
    office.do(product.instance_id, VERDICT, verdict="validated")
    for change, path in ((without_last, "milestones"), (renamed, "milestones/0/name")):
        with pytest.raises(InvalidData) as refused:
            office.do(product.instance_id, MODIFIED_C3, milestones=change(asked))
        assert set(refused.value.errors) == {path}
    office.do(product.instance_id, MODIFIED_C3, milestones=asked)
    current = templates.latest(office.session, product.id)
    assert current is not None
    assert [row.name for row in templates.milestones_of(office.session, current.id)] == [row["name"] for row in asked]
