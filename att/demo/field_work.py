"""What advisors do day by day, and who stands in for whom."""

from datetime import date
from datetime import timedelta
from random import Random

from att.demo import days
from att.demo import papers
from att.demo import people
from att.demo import products
from att.demo.scene import Scene
from att.demo.tales_of_plans import PHASE_2
from db.actor import SYSTEM
from db.clock import local_date
from directory import absences
from directory import delegations
from directory import encargos
from directory import entities
from directory import roles
from directory import units
from directory.principal import Principal
from tracking import advisories
from tracking import contacts
from tracking import execution
from tracking import milestones
from tracking.advisories import NewAdvisory
from tracking.advisory_parts import Attendee
from tracking.advisory_parts import Move
from tracking.models import MilestoneStatus
from tracking.models import WorkPlan

TOPICS = (
    "Se revisó la matriz del plan indicativo, meta por meta, y se acordó la fecha de la próxima versión.",
    "Se preparó con hacienda el proyecto de armonización y se resolvieron dudas sobre fuentes.",
    "Se acordaron las rutinas de seguimiento y quién reporta cada indicador.",
    "Se revisaron los proyectos por vencer en el banco y se repartió su actualización.",
)

QUESTIONS = (
    ("call", "Consulta sobre el diligenciamiento de la matriz indicativa", 15),
    ("message", "Fecha de la próxima asesoría", 5),
    ("email", "Envío del formato de acta y de la guía de armonización", 10),
    ("video_call", "Revisión rápida del proyecto de acuerdo", 35),
    ("documents", "Intercambio de la versión ajustada del plan indicativo", 20),
)


def advise(scene: Scene) -> str:
    """Advisories with minutes and attendance list, some of which move a milestone, and quick contacts."""
    product = products.named(scene, PHASE_2.name)
    by_advisor: dict[int, list[WorkPlan]] = {}
    opened = products.plans(scene, product)
    under_way = execution.open_among(scene.session, opened)
    for plan in (plan for plan in opened if plan.id in under_way):
        by_advisor.setdefault(plan.advisor_id or 0, []).append(plan)
    given = made = 0
    for advisor_id, plans in sorted(by_advisor.items()):
        by, random = scene.cast.person(scene.session, advisor_id), Random(f"campo {advisor_id}")
        for number in range(scene.scale.advisories):
            _advisory(scene, by, plans[(number * 4 + 3) % len(plans)], random, recent=number == 0)
            given += 1
        for number in range(scene.scale.contacts):
            _contact(scene, by, plans[number % len(plans)], random)
            made += 1
    _mass_event(scene, by_advisor)
    return f"{given + 1} asesorías con acta y asistencia, y {made} contactos breves"


def stand_in(scene: Scene) -> str:
    """An absence, a delegation and an encargo."""
    today = local_date(scene.loaded)
    away = scene.cast.of(scene.session, people.advisor_keys(scene.session)[0])
    absences.add(
        scene.session, away.person_id, "vacaciones", today - timedelta(days=3), today + timedelta(days=12),
        note="Periodo de vacaciones programado.", by=SYSTEM, now=days.before(scene.loaded, 20),
    )  # fmt: skip
    lead, second = (scene.cast.of(scene.session, key) for key in ("lider", "lider2"))
    begun = days.before(scene.loaded, 2)
    delegations.add(
        scene.session, second.person_id, lead.person_id, local_date(begun), today + timedelta(days=10),
        role="technical_lead", reason="Comisión de servicios en territorio.", by=second, now=begun,
    )  # fmt: skip
    unit = units.find(scene.session, "SGDDT")
    assert unit is not None, "the catalogues are loaded first"
    director = scene.cast.of(scene.session, "director")
    encargos.add(
        scene.session, director.person_id, "subdirectorate", roles.UNIT, unit.id, today - timedelta(days=1),
        today + timedelta(days=15), act="Resolución de ejemplo 001", by=SYSTEM, now=begun,
    )  # fmt: skip
    return "una ausencia, una delegación y un encargo"


def _advisory(scene: Scene, by: Principal, plan: WorkPlan, random: Random, *, recent: bool) -> None:
    """An advisory with its papers. Recent ones, which come after all reports of the plan, move a milestone on."""
    entity = entities.get(scene.session, plan.entity_id)
    day = _day(scene, random.randint(1, 3) if recent else random.randint(8, 100))
    topic = random.choice(TOPICS)
    new = NewAdvisory(
        occurred_on=day,
        modality=random.choice(("advisory", "remote", "on_site")),
        place=f"{entity.name}, secretaría de planeación",
        summary=topic,
        plans=[plan.id],
        people=[
            Attendee("Secretario de planeación", "Secretario de Planeación", entity_id=entity.id),
            Attendee("Profesional de hacienda", "Profesional universitaria", entity_id=entity.id),
        ],
        minutes_file=papers.store(scene, f"Acta – {entity.name}.pdf", papers.cached("Acta de asesoría", topic), by=by),
        attendance_file=_attendance(scene, by, entity.name),
        milestones=_moves(scene, plan) if recent else (),
        confirmed=True,
    )
    advisories.register(scene.session, new, by=by, now=scene.now)


def _day(scene: Scene, ago: int) -> date:
    """The day that was `ago` days before; the scene goes on to the day of its registration, up to six days later."""
    scene.go_to(max(ago - ago % 7, 0))
    return days.day_before(scene.loaded, ago)


def _attendance(scene: Scene, by: Principal, name: str) -> str:
    return papers.store(scene, f"Asistencia – {name}.png", papers.picture(), by=by)


def _moves(scene: Scene, plan: WorkPlan) -> list[Move]:
    """An advisory moves on the first milestone that is still to be begun; the percentage stays."""
    waiting = [row for row in milestones.of_plan(scene.session, plan.id) if row.status == MilestoneStatus.PENDING]
    return [Move(row.id, "advanced") for row in waiting[:1]]


def _contact(scene: Scene, by: Principal, plan: WorkPlan, random: Random) -> None:
    channel, topic, minutes = random.choice(QUESTIONS)
    scene.go_to(random.randint(1, 60))
    contacts.register(
        scene.session, entity_id=plan.entity_id, channel=channel, topic=topic, minutes=minutes,
        occurred_on=local_date(scene.now), by=by, now=scene.now, confirmed=True,
    )  # fmt: skip


def _mass_event(scene: Scene, by_advisor: dict[int, list[WorkPlan]]) -> None:
    """The advisor with an account brought several municipalities together."""
    by = scene.cast.of(scene.session, people.own_key(scene.session, "asesor"))
    plans = by_advisor[by.person_id]
    scene.go_to(16)
    new = NewAdvisory(
        occurred_on=local_date(scene.now),
        modality="experience_exchange",
        place="Auditorio de la gobernación",
        summary="Encuentro de municipios vecinos: cada uno mostró su plan indicativo y una dificultad resuelta.",
        plans=[plan.id for plan in plans[:5]],
        people=[Attendee(f"Participante {number}", "Secretaría de Planeación") for number in range(1, 9)],
        minutes_file=papers.store(scene, "Acta – encuentro.pdf", papers.cached("Acta de encuentro", TOPICS[0]), by=by),
        attendance_file=_attendance(scene, by, "encuentro"),
        confirmed=True,
    )
    advisories.register(scene.session, new, by=by, now=scene.now)
