"""The strategies that group products, with their governance defined or under way."""

from typing import Any

from sqlalchemy import select

from att.demo.scene import Scene
from att.demo.story import Story
from att.demo.tales_of_plans import PHASE_2
from db.clock import local_date
from directory import units
from engine import instances
from tracking import life
from tracking.models import Strategy

GOBIERNO_AL_PLAN = "Gobierno al Plan"
FINANCES = "Finanzas para el plan"
TOGETHER = "Juntos por el Territorio"


def found(scene: Scene) -> str:
    """Three strategies: two with their governance defined, one half way."""
    _start(
        scene, GOBIERNO_AL_PLAN, 820,
        "Que las entidades territoriales formulen, ejecuten y sigan su plan de desarrollo con capacidades propias.",
        {"goal": "Entidades que gerencian su plan de desarrollo", "target": "397", "measure": "entidades"},
    )  # fmt: skip
    _start(
        scene, FINANCES, 420,
        "Que el presupuesto y los proyectos de cada entidad respondan a su plan de desarrollo.",
        {"goal": "Entidades con presupuesto armonizado", "target": "60", "measure": "entidades"},
    )  # fmt: skip
    _start(
        scene, TOGETHER, 35,
        "Que autoridades salientes y entrantes, control interno y ciudadanía hagan un empalme ordenado.",
        {"goal": "Municipios con empalme documentado", "target": "300", "measure": "municipios"},
        until="Activity_DefinirRoles",
    )  # fmt: skip
    return "3 estrategias con su gobernanza"


def get(scene: Scene, name: str) -> Strategy:
    """The strategy with this name."""
    return scene.session.scalars(select(Strategy).where(Strategy.name == name)).one()


def _start(scene: Scene, name: str, ago: float, objective: str, goal: dict[str, str], until: str = "") -> None:
    scene.go_to(ago)
    lead = scene.cast.of(scene.session, "lider")
    unit = units.find(scene.session, "DER")
    assert unit is not None, "the catalogues are loaded first"
    strategy = life.start_strategy(
        scene.session, name=name, objective=objective, unit_id=unit.id, lead_id=lead.person_id, by=lead, now=scene.now
    )
    instance = instances.by_key(scene.session, life.STRATEGY_GOVERNANCE, f"E-{strategy.id}")
    assert instance is not None, "a strategy starts its governance"
    year = scene.now.year + 1
    said: dict[str, Any] = {"name": name, "objective": objective, "goals": [{**goal, "year": year}]}
    story = Story(PHASE_2, local_date(scene.now), also={"definicion_de_estrategia": said, **_governance(name)})
    scene.push(instance.id, story, until=until)


def _governance(name: str) -> dict[str, dict[str, Any]]:
    return {
        "despliegue": {
            "deployment_milestones": [f"Productos de «{name}» publicados en el portafolio"],
            "deployment_activities": ["Asesoría territorial por hitos", "Reunión mensual con articuladores"],
            "deployment_products": ["Productos de asistencia técnica territorial de la estrategia"],
        },
        "retroalimentacion_por_niveles": {
            "right_things": "Sí: las entidades piden continuar y los hitos responden a sus obligaciones.",
            "benefits_obtained": "Las entidades acompañadas cumplen antes sus hitos que en el periodo anterior.",
            "good_deployment": "Central, Eje Cafetero y Antioquia van adelante; Amazonía y Llanos piden más presencia.",
        },
    }
