"""The eight-step procedure with the entities of a product: walked by their advisors, milestone by milestone."""

from collections.abc import Sequence
from random import Random

from att.demo import days
from att.demo import papers
from att.demo.products import with_paper
from att.demo.scene import Scene
from att.demo.story import Story
from directory import entities
from directory.principal import Principal
from engine.models import Task
from tracking import milestones
from tracking.models import WorkPlan

STEPS = (
    "Activity_IdentificarNecesidad", "Activity_ProgramarAsistencia", "Activity_SocializarPlan",
    "Activity_RegistrarConsentimiento",
)  # fmt: skip
"""What an advisor does before the entity is followed up, in order."""

EVIDENCE = "Acta, listado de asistencia y productos del periodo."


def advisor(scene: Scene, plan: WorkPlan) -> Principal:
    """The advisor of a plan."""
    assert plan.advisor_id is not None, "only plans with advisor are walked"
    return scene.cast.person(scene.session, plan.advisor_id)


def evidence(scene: Scene, plan: WorkPlan) -> str:
    """A paper of the entity of a plan, stored by its advisor; returns its token."""
    name = entities.get(scene.session, plan.entity_id).name
    by = advisor(scene, plan)
    return papers.store(scene, f"Soporte – {name}.pdf", papers.cached("Soporte del periodo", EVIDENCE), by=by)


def walk(scene: Scene, plan: WorkPlan, told: Story, *, steps: int = len(STEPS), **consent: object) -> Story:
    """Complete the first `steps` steps of a plan's procedure; returns the story with the plan's own paper."""
    own = with_paper(told, evidence(scene, plan))
    for element in STEPS[:steps]:
        changes = dict(consent) if element == STEPS[-1] else {}
        scene.complete(one(scene, plan, element), own, changes)
        scene.ago = max(scene.ago - 1, 0)
    return own


def one(scene: Scene, plan: WorkPlan, element: str) -> Task:
    """The task of a plan that waits at `element`."""
    assert plan.instance_id is not None, "a plan opens with its procedure"
    return scene.at(plan.instance_id, element)


def by_then(scene: Scene, numbers: Sequence[int], ago: float, *, until: float) -> int:
    """How many of `numbers`, reported evenly from now to `until` days before loading, come before the day `ago`."""
    pause = (scene.ago - until) / (len(numbers) + 1)
    return min(int((scene.ago - ago) / pause), len(numbers))


def report(scene: Scene, plan: WorkPlan, numbers: Sequence[int], token: str, *, until: float) -> None:
    """Report milestones one after the other from the present day of the scene to `until` days before loading."""
    by, known = advisor(scene, plan), {row.number: row.id for row in milestones.of_plan(scene.session, plan.id)}
    random = Random(f"registro {plan.id}")
    pause = (scene.ago - until) / (len(numbers) + 1)
    for number in numbers:
        scene.go_to(max(scene.ago - pause, until))
        # Some register on the same day, some only days later.
        reached = days.day_before(scene.loaded, scene.ago + random.choice((0, 0, 1, 2, 3, 6)))
        milestones.report(
            scene.session, known[number], occurred_on=reached, note="Con acta y soporte.", files=[token], by=by,
            now=scene.now,
        )  # fmt: skip


def verify(scene: Scene, plan: WorkPlan, numbers: Sequence[int]) -> None:
    """Let the DER's monitoring verify milestones that were reported."""
    by = scene.cast.of(scene.session, "monitoreo")
    known = {row.number: row.id for row in milestones.of_plan(scene.session, plan.id)}
    for number in numbers:
        milestones.verify(scene.session, known[number], note="Soporte revisado.", by=by, now=scene.now)
