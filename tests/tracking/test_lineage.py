"""A milestone stays the same through a modification, whatever its number and wording are afterwards."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import history
from tests.tracking import factories
from tests.tracking.conftest import Scene
from tracking import adoption
from tracking import followed
from tracking import lineage
from tracking import milestones
from tracking import modifications
from tracking import rollup
from tracking import templates
from tracking.models import Modification
from tracking.models import TemplateMilestone

BY = factories.BY
Rows = Sequence[Mapping[str, Any]]


def in_force(session: Session, scene: Scene) -> list[TemplateMilestone]:
    current = templates.latest(session, scene.product.id)
    assert current is not None
    return templates.milestones_of(session, current.id)


def modify(session: Session, scene: Scene, rows: Rows, now: datetime) -> Modification:
    data = {"reason": "Ajuste", "milestones": rows, "entities": [scene.entity.id]}
    return modifications.apply_modification(session, scene.product.id, data, by=BY, now=now)


def adopt(session: Session, scene: Scene, row: Modification, now: datetime) -> None:
    assert modifications.decide(session, row.id, scene.plan.id, adopts=True, by=BY, now=now)


def report(session: Session, scene: Scene, number: int, now: datetime) -> int:
    milestone_id = factories.milestone(session, scene.plan, number).id
    day = now.date() - timedelta(days=1)
    milestones.report(session, milestone_id, occurred_on=day, without_evidence="Se perdió.", by=scene.advising, now=now)
    return milestone_id


def standing(session: Session, scene: Scene) -> list[tuple[int, str, str]]:
    return [(row.number, row.name, row.status) for row in milestones.of_plan(session, scene.plan.id)]


WITHOUT_FIRST = (
    {"number": 1, "name": "Equipo", "weight": "50"},
    {"number": 2, "name": "Actualización", "weight": "50"},
)


def test_a_row_taken_out_moves_no_progress_onto_another(session: Session, scene: Scene, now: datetime) -> None:
    first, second = report(session, scene, 1, now), report(session, scene, 2, now)
    milestones.verify(session, first, note="Se revisó.", by=scene.monitoring, now=now)
    adopt(session, scene, modify(session, scene, WITHOUT_FIRST, now), now)
    assert standing(session, scene) == [(1, "Equipo", "reported"), (2, "Actualización", "pending")]
    assert milestones.of_plan(session, scene.plan.id)[0].id == second
    assert scene.plan.verified_progress == 0
    assert rollup.of_plan(scene.plan) == rollup.recompute(session, scene.plan.id)


def test_history_names_the_milestone_that_goes(session: Session, scene: Scene, now: datetime) -> None:
    adopt(session, scene, modify(session, scene, WITHOUT_FIRST, now), now)
    said = " ".join(row.summary for row in history.of(session, history.Subject("work_plan", scene.plan.id)))
    assert "Retiró, por modificación del protocolo, el hito 1, «Diagnóstico»." in said
    assert "«Equipo» pasa de hito 2 a hito 1" in said


def test_what_is_foreseen_is_what_is_done(session: Session, scene: Scene, now: datetime) -> None:
    report(session, scene, 1, now)
    row = modify(session, scene, WITHOUT_FIRST, now)
    assert row.template_id is not None
    told = adoption.foresee(session, scene.plan, row.template_id)
    assert [one.name for one in told.lost] == ["Diagnóstico"]
    assert told.reported[0] == scene.plan.reported_progress > 0
    adopt(session, scene, row, now)
    assert told.reported[1] == scene.plan.reported_progress == 0


def test_a_new_name_keeps_the_milestone_when_its_row_says_so(session: Session, scene: Scene, now: datetime) -> None:
    report(session, scene, 1, now)
    first = in_force(session, scene)[0]
    rows = [{"number": 7, "name": "Línea de base", "weight": "100", "continues": lineage.key(first)}]
    adopt(session, scene, modify(session, scene, rows, now), now)
    assert standing(session, scene) == [(7, "Línea de base", "reported")]


def test_the_same_number_alone_is_no_identity(session: Session, scene: Scene, now: datetime) -> None:
    report(session, scene, 1, now)
    rows = [{"number": 1, "name": "Otra cosa", "weight": "100"}]
    assert [(index, one.name) for index, one in lineage.doubtful(in_force(session, scene), rows)] == [
        (0, "Diagnóstico")
    ]
    adopt(session, scene, modify(session, scene, rows, now), now)
    assert standing(session, scene) == [(1, "Otra cosa", "pending")]


def test_a_milestone_taken_out_stays_out_of_later_versions(session: Session, scene: Scene, now: datetime) -> None:
    first = report(session, scene, 1, now)
    origin = in_force(session, scene)[0]
    adopt(session, scene, modify(session, scene, WITHOUT_FIRST, now), now)
    adopt(session, scene, modify(session, scene, [WITHOUT_FIRST[0], {**WITHOUT_FIRST[1], "number": 3}], now), now)
    assert lineage.of_product(session, scene.product.id).roots[origin.id] == origin.id
    assert first not in {row.id for row in milestones.of_plan(session, scene.plan.id)}
    assert standing(session, scene) == [(1, "Equipo", "pending"), (3, "Actualización", "pending")]


def test_a_plan_that_stayed_behind_follows_the_line_over_two_versions(
    session: Session, scene: Scene, now: datetime
) -> None:
    second = report(session, scene, 2, now)
    modify(session, scene, WITHOUT_FIRST, now)
    middle = in_force(session, scene)
    rows = [
        {"number": 1, "name": "Cierre", "weight": "50", "continues": lineage.NEW},
        {"number": 2, "name": "Equipo municipal", "weight": "50", "continues": lineage.key(middle[0])},
    ]
    adopt(session, scene, modify(session, scene, rows, now), now)
    assert standing(session, scene) == [(1, "Cierre", "pending"), (2, "Equipo municipal", "reported")]
    assert milestones.of_plan(session, scene.plan.id)[1].id == second


def test_data_from_before_the_line_was_kept_go_by_their_wording(session: Session, scene: Scene, now: datetime) -> None:
    report(session, scene, 2, now)
    row = modify(session, scene, WITHOUT_FIRST, now)
    row.difference = {name: value for name, value in row.difference.items() if name != lineage.KEPT}
    session.flush()
    adopt(session, scene, row, now)
    assert standing(session, scene) == [(1, "Equipo", "reported"), (2, "Actualización", "pending")]


@pytest.mark.parametrize(
    ("second", "found"), [({"continues": "first"}, "repeated"), ({"name": "Actualización"}, "mistaken")]
)
def test_rows_that_cannot_be_meant(session: Session, scene: Scene, second: dict[str, str], found: str) -> None:
    before = in_force(session, scene)
    known = {"first": lineage.key(before[0])}
    rows = [
        {"number": 1, "name": "Diagnóstico", "continues": known["first"]},
        {"number": 2, "name": "Equipo", "continues": lineage.key(before[1]), **second},
    ]
    rows[1]["continues"] = known.get(str(rows[1]["continues"]), rows[1]["continues"])
    said = list(lineage.repeated(rows)) if found == "repeated" else [key for key, _ in lineage.mistaken(before, rows)]
    assert said == [1]


def test_each_plan_says_which_version_it_follows(session: Session, scene: Scene, now: datetime) -> None:
    other = factories.plan(session, scene.product, scene.other_entity.id, now, advisor=scene.advisor)
    assert str(followed.of_plans(session, [other])[other.id]) == "Versión 1 de 1"
    later = now + timedelta(hours=1)
    row = modify(session, scene, WITHOUT_FIRST, later)
    assert "no se ha decidido si adopta" in str(followed.of_plans(session, [other])[other.id])
    adopt(session, scene, row, later)
    modifications.decide(session, row.id, other.id, adopts=False, by=BY, now=later)
    found = followed.of_plans(session, [scene.plan, other])
    assert str(found[scene.plan.id]) == "Versión 2 de 2"
    assert str(found[other.id]).startswith("Versión 1 de 2: no adoptó la modificación del")
