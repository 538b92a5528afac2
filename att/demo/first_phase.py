"""Gobierno al Plan, first phase: lived from beginning to end by a sample of municipalities, and closed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from att.demo import milestone_choice
from att.demo import people
from att.demo import procedure
from att.demo import products
from att.demo import strategies
from att.demo.scene import Scene
from att.demo.story import Story
from att.demo.tales_of_plans import PHASE_1
from tracking import catalogue
from tracking import milestones
from tracking import templates
from tracking.models import CorrectiveAction
from tracking.models import Product
from tracking.models import WorkPlan

BEGUN, ARRIVED, WALKED, CLOSING = 790, 700, 690, 560
MEAN = 97.0
"""Progress with which the source says that the first phase ended."""

IMPROVED = 5
"""One plan in so many needed a corrective action."""


def live(scene: Scene) -> str:
    """The whole life of the first phase, each of its plans through the eight steps."""
    told = _story(scene)
    scene.go_to(BEGUN)
    product = products.start(scene, told, strategy_id=strategies.get(scene, strategies.GOBIERNO_AL_PLAN).id)
    opened = products.arrive(scene, product, told, ARRIVED)
    chosen = _chosen(scene, product, len(opened))
    for index, (plan, numbers) in enumerate(zip(opened, chosen, strict=True)):
        _through(scene, plan, told, numbers, improved=index % IMPROVED == 0)
    _close_actions(scene, opened, told)
    scene.go_to(CLOSING - 40)
    scene.push(scene.instance(product).id, told)
    return f"«{product.name}»: cerrado; planes de trabajo de una muestra sintética: {len(opened)}"


def rows(scene: Scene, key: str, told: Story, *, pace: int) -> list[dict[str, Any]]:
    """The milestones of a known template as forms take them; one falls due every `pace` days from the arrival."""
    return [
        {
            **{name: row[name] for name in ("number", "name", "moment", "group", "weight", "group_weight")},
            "target": "Cumplido y con soporte",
            "deadline": (told.arrival + timedelta(days=pace * place)).isoformat(),
        }
        for place, row in enumerate(catalogue.load(key), start=1)
    ]


def _story(scene: Scene) -> Story:
    reached = [row for row in people.reached(scene.session, scene.scale) if row.kind != "governorate"][:-1]
    stride = max(len(reached) // scene.scale.first_phase, 1)
    sample = [row.id for row in reached[::stride]][: scene.scale.first_phase]
    told = products.story(scene, PHASE_1, arrival=ARRIVED, entities=sample)
    return replace(told, milestones=rows(scene, "gobierno_al_plan_fase_1", told, pace=8))


def _chosen(scene: Scene, product: Product, count: int) -> list[list[int]]:
    template = templates.latest(scene.session, product.id)
    assert template is not None, "its milestones were parameterised"
    known = templates.milestones_of(scene.session, template.id)
    wanted = [100.0 if index % 2 else 2 * MEAN - 100 for index in range(count)]
    return milestone_choice.choose(known, wanted, "fase 1")


def _through(scene: Scene, plan: WorkPlan, told: Story, numbers: list[int], *, improved: bool) -> None:
    scene.go_to(WALKED)
    own = procedure.walk(scene, plan, told)
    procedure.report(scene, plan, numbers, own.files[0], until=CLOSING + 20)
    missed = [row for row in milestones.of_plan(scene.session, plan.id) if row.number not in numbers]
    for row in missed[:1]:
        reason = "El concejo no aprobó el proyecto dentro del término; el plan se adoptó por decreto."
        milestones.block(scene.session, row.id, reason=reason, by=procedure.advisor(scene, plan), now=scene.now)
    procedure.verify(scene, plan, numbers)
    assert plan.instance_id is not None, "a plan opens with its procedure"
    needed = {"corrective_actions": [_action(scene)]} if improved else {}
    scene.push(plan.instance_id, own, Activity_MonitorearAsistencia=needed)


def _action(scene: Scene) -> dict[str, Any]:
    return {
        "kind": "corrective",
        "finding": "Un hito venció sin soporte por cambio del equipo de planeación",
        "action": "Repetir el alistamiento con el nuevo equipo",
        "responsible": "Asesoría territorial",
        "due": scene.today(),
    }


def _close_actions(scene: Scene, opened: list[WorkPlan], told: Story) -> None:
    ids = [plan.id for plan in opened]
    for action in scene.session.scalars(select(CorrectiveAction).where(CorrectiveAction.plan_id.in_(ids))).all():
        assert action.instance_id is not None, "an action opens with its follow-up"
        scene.push(action.instance_id, told)
