"""Gobierno al Plan, second phase: in activation in 365 municipalities and 32 gobernaciones, at 43,1 % on average.

The mean and the regions ahead and behind are those of the source at the end of 2020; how far each entity is, is
synthetic.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

from att.demo import days
from att.demo import first_phase
from att.demo import milestone_choice
from att.demo import people
from att.demo import procedure
from att.demo import products
from att.demo import strategies
from att.demo.milestone_choice import EARLY
from att.demo.scene import Scene
from att.demo.story import Story
from att.demo.tales_of_plans import PHASE_2
from db.clock import local_date
from directory import coverage
from directory import entities
from directory import regions
from notifications import periods
from tracking import catalogue
from tracking import corrective_actions
from tracking import life
from tracking import milestones
from tracking import templates
from tracking.models import Product
from tracking.models import WorkPlan

BEGUN, ARRIVED, WALKED, FROZEN = 330, 230, 222, 4
TEMPLATE = "gobierno_al_plan_fase_2"
MEAN = 43.1

BASES = {
    "Central": 56, "Eje Cafetero y Antioquia": 54, "Caribe": 42, "Pacífico": 40, "Santanderes": 28, "Llanos": 25,
    "Amazonía": 22,
}  # fmt: skip
"""Where regions stand: Central and Eje Cafetero–Antioquia ahead; Amazonía, Llanos and Santanderes behind."""

AHEAD = {"81": 80, "85": 84, "99": 78}
"""The gobernaciones that the source names as the most advanced: Arauca, Casanare and Vichada."""

REFUSED, WITHDRAWN, BLOCKED = 0, 1, 2
"""Which of the plans of the advisor with an account tell of consent and of a blocked milestone."""

DAY = timedelta(days=1)
MONITORING = "Activity_MonitorearAsistencia"

MONITORED = 5
"""One plan in so many has the monitoring of the present quarter done already."""

ON_TIME, LATE = 0.76, 0.9
"""Up to which share of the plans the last quarter was monitored in time, and late; in the others it is overdue."""

VERIFIED_SHARE = 3
"""One reported milestone in so many is verified already."""


def begin(scene: Scene) -> str:
    """The life of the product until its plans are open, with weights that nobody has confirmed."""
    told = _story(scene)
    scene.go_to(BEGUN)
    product = products.start(scene, told, strategy_id=strategies.get(scene, strategies.GOBIERNO_AL_PLAN).id)
    instance_id = scene.instance(product).id
    scene.push(instance_id, told, until="Activity_ParametrizarHitos")
    known = catalogue.KNOWN[TEMPLATE]
    scene.do(
        instance_id, "Activity_ParametrizarHitos", told, weights_confirmed=known.confirmed, template_note=known.note
    )
    opened = products.arrive(scene, product, told, ARRIVED)
    return f"«{product.name}»: {len(opened)} planes de trabajo abiertos, en activación"


def batches(count: int, size: int) -> int:
    """How many batches `count` plans make."""
    return -(-count // size)


def advance(scene: Scene, number: int) -> str:
    """Walk batch `number` of the plans to their consent, and report their milestones."""
    product = products.named(scene, PHASE_2.name)
    told = Story(PHASE_2, days.day_before(scene.loaded, ARRIVED))
    opened = products.plans(scene, product)
    chosen = _chosen(scene, product, opened)
    own = _own(scene, opened)
    batch = opened[number * scene.scale.batch : (number + 1) * scene.scale.batch]
    reported = 0
    for plan in batch:
        reported += _advance(scene, plan, told, chosen[plan.id], own.get(plan.id))
    return f"Segunda fase, grupo {number + 1}: {len(batch)} entidades y {reported} hitos reportados"


def _story(scene: Scene) -> Story:
    reached = [row.id for row in people.reached(scene.session, scene.scale)]
    told = products.story(scene, PHASE_2, arrival=ARRIVED, entities=reached)
    return replace(told, milestones=first_phase.rows(scene, TEMPLATE, told, pace=14))


def _own(scene: Scene, opened: Sequence[WorkPlan]) -> dict[int, int]:
    """The plans of the advisor with an account → their place among them."""
    advisor = scene.cast.of(scene.session, people.own_key(scene.session, "asesor"))
    covered = set(coverage.entities_of(scene.session, advisor.person_id, local_date(scene.loaded)))
    return {plan.id: place for place, plan in enumerate(plan for plan in opened if plan.entity_id in covered)}


def _chosen(scene: Scene, product: Product, opened: Sequence[WorkPlan]) -> dict[int, list[int]]:
    """Plan → the milestones that it reports. Only the plans that are followed up make the mean."""
    own = _own(scene, opened)
    counted = [plan for plan in opened if own.get(plan.id) not in (REFUSED, WITHDRAWN)]
    found = entities.many(scene.session, [plan.entity_id for plan in opened])
    names = {region.id: region.name for region in regions.current(scene.session)}
    bases = {
        found[plan.entity_id].code: float(AHEAD.get(found[plan.entity_id].code, BASES[names[plan.region_id or 0]]))
        for plan in counted
    }
    wanted = milestone_choice.targets(bases, MEAN)
    template = templates.latest(scene.session, product.id)
    assert template is not None, "its milestones were parameterised"
    known = templates.milestones_of(scene.session, template.id)
    numbers = milestone_choice.choose(known, [wanted[found[plan.entity_id].code] for plan in counted], "fase 2", EARLY)
    few = milestone_choice.choose(known, [12.0], "fase 2, sin seguimiento", EARLY)[0]
    return {**{plan.id: few for plan in opened}, **{plan.id: row for plan, row in zip(counted, numbers, strict=True)}}


def _advance(scene: Scene, plan: WorkPlan, told: Story, numbers: list[int], place: int | None) -> int:
    scene.go_to(WALKED)
    if place == REFUSED:
        reason = "La administración prefiere no ser objeto de seguimiento mientras reorganiza su equipo de planeación."
        procedure.walk(scene, plan, told, consent=False, reason=reason)
        return 0
    own = procedure.walk(scene, plan, told)
    left = _monitor_last_quarter(scene, plan, own, numbers)
    procedure.report(scene, plan, left, own.files[0], until=FROZEN)
    if place == BLOCKED:
        _block(scene, plan, numbers)
    procedure.verify(scene, plan, numbers[: len(numbers) // VERIFIED_SHARE])
    scene.go_to(FROZEN - 1)
    if place == BLOCKED:
        _improve(scene, plan, own)
    elif place != WITHDRAWN and plan.id % MONITORED == 0:
        scene.complete(procedure.one(scene, plan, MONITORING), own)
    if place == WITHDRAWN:
        _withdraw(scene, plan, own)
    return len(numbers)


def _monitor_last_quarter(scene: Scene, plan: WorkPlan, own: Story, numbers: Sequence[int]) -> Sequence[int]:
    """Monitor the quarter that ended last, with what was reported until then; returns what is still to be reported."""
    quarter = periods.of(periods.QUARTERLY, periods.of(periods.QUARTERLY, local_date(scene.loaded)).start - DAY)
    random = Random(f"monitoreo {plan.id}")
    fate, ended = random.random(), (local_date(scene.loaded) - quarter.end).days
    ago = ended + random.randint(4, 12) if fate < ON_TIME else ended - random.randint(1, 6)
    if fate >= LATE or not FROZEN + 1 < ago < scene.ago:
        return numbers
    first = procedure.by_then(scene, numbers, ago, until=FROZEN)
    procedure.report(scene, plan, numbers[:first], own.files[0], until=ago)
    scene.go_to(ago)
    last = min(quarter.end, local_date(scene.now))
    span = {"period_start": quarter.start.isoformat(), "period_end": last.isoformat()}
    scene.complete(procedure.one(scene, plan, MONITORING), own, span)
    return numbers[first:]


def _block(scene: Scene, plan: WorkPlan, numbers: Sequence[int]) -> None:
    """The municipal council holds up the first milestone that was not reported and needs it."""
    waiting = [row for row in milestones.of_plan(scene.session, plan.id) if row.number not in numbers]
    held = next((row for row in waiting if "concejo" in row.name.lower() or "Aprobación" in row.name), waiting[0])
    reason = "El concejo municipal aplazó el debate para las sesiones del próximo periodo."
    milestones.block(scene.session, held.id, reason=reason, by=procedure.advisor(scene, plan), now=scene.now)


def _improve(scene: Scene, plan: WorkPlan, own: Story) -> None:
    """The quarterly monitoring asks for an action, which waits for the coordinator to verify that it was closed."""
    action = {
        "kind": "improvement",
        "finding": "El concejo pidió más información antes de debatir el proyecto",
        "action": "Presentar a la comisión el resumen del plan y sus soportes",
        "responsible": "Asesoría territorial",
        "due": scene.today(),
    }
    scene.complete(procedure.one(scene, plan, MONITORING), own, {"corrective_actions": [action]})
    [opened] = corrective_actions.of_plan(scene.session, plan.id)
    assert opened.instance_id is not None, "an action opens with its follow-up"
    scene.push(opened.instance_id, own, until="Activity_VerificarCierre")


def _withdraw(scene: Scene, plan: WorkPlan, own: Story) -> None:
    life.withdraw_consent(
        scene.session, plan.id, name="Representante legal de la entidad", post="Alcaldesa municipal",
        date=local_date(scene.now), evidence_files=own.files,
        reason="La nueva administración encargada decidió no continuar con el seguimiento.",
        by=procedure.advisor(scene, plan), now=scene.now,
    )  # fmt: skip
    assert plan.instance_id is not None, "a plan opens with its procedure"
    scene.settle_id(plan.instance_id)
