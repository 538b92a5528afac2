"""The answers of an advisor to the forms of the eight-step procedure with one entity."""

from collections.abc import Mapping
from datetime import datetime
from datetime import timedelta
from typing import Any

from att.demo.tale import Tale
from db.clock import local_date
from directory.models import Entity
from notifications import periods

PREFILLED = ("identificacion_necesidad", "programacion_asistencia", "monitoreo_asistencia")
"""Forms that begin with what the product or the milestones already say."""


def told(form: str, tale: Tale, entity: Entity, known: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """What is said of `entity` at the questions of `form`, beside what is `known` beforehand."""
    said = {name: value for name, value in known.items() if value not in (None, "", [])}
    give = _FORMS.get(form)
    return {**said, **(give(tale, entity, now) if give else {})}


def _day(now: datetime, days: int = 0) -> str:
    return (local_date(now) + timedelta(days=days)).isoformat()


def _need(tale: Tale, entity: Entity, now: datetime) -> dict[str, Any]:
    return {
        "stakeholder_groups": ["Secretaría de Planeación", "Secretaría de Hacienda"],
        "capacities": [
            {"capacity_type": "administrative", "capacity": tale.capacity, "scope": "Hacerlo sin apoyo externo"}
        ],
        "installed_capacity": f"{entity.name} cuenta con dos profesionales en planeación y conectividad intermitente.",
        "portfolio_reference": tale.name,
        "strategic_planning": tale.goal,
        "regulations": ["Ley 152 de 1994", "Ley 1551 de 2012"],
    }


def _programme(tale: Tale, entity: Entity, now: datetime) -> dict[str, Any]:
    return {
        "expected_results": [f"{entity.name}: {tale.deliverable[:1].lower()}{tale.deliverable[1:]}"],
        "training": [{"topic": tale.capacity, "date": _day(now, 10)}],
        "plan_actors": [{"actor": "Secretaría de Planeación", "role": "Responde por los hitos de la entidad"}],
    }


def _socialise(tale: Tale, entity: Entity, now: datetime) -> dict[str, Any]:
    who = {"person": "Secretario de planeación", "post": "Secretario de Planeación", "organisation": entity.name}
    duty = {"party": entity.name, "responsibility": "Designar a quien responde por los hitos"}
    return {
        "meeting_date": _day(now), "interested_parties": [who], "responsibilities": [duty], "territorial_teams": [],
    }  # fmt: skip


def _consent(tale: Tale, entity: Entity, now: datetime) -> dict[str, Any]:
    chief = "Gobernadora" if entity.kind == "governorate" else "Alcalde municipal"
    return {"name": f"Representante legal de {entity.name}", "post": chief, "date": _day(now)}


def _execute(tale: Tale, entity: Entity, now: datetime) -> dict[str, Any]:
    return {
        "execution_summary": f"Asesorías remotas cada quince días y dos visitas a {entity.name}. {tale.chain[3]}.",
        "start_date": _day(now, -120),
        "end_date": _day(now),
    }


def _monitor(tale: Tale, entity: Entity, now: datetime) -> dict[str, Any]:
    return {
        "period_start": periods.of(periods.QUARTERLY, local_date(now)).start.isoformat(),
        "period_end": _day(now),
        "quality_notes": "Piden más ejemplos de municipios de su misma categoría.",
        "improvement_opportunities": ["Enviar la guía dos días antes de cada sesión"],
        "corrective_actions": [],
    }


def _evaluate(tale: Tale, entity: Entity, now: datetime) -> dict[str, Any]:
    result = {"capacity": tale.capacity, "indicator": tale.indicator, "baseline": "0", "expected": "1", "obtained": "1"}
    return {
        "evaluation_results": [result],
        "conclusions": f"El equipo de {entity.name} avanza sin apoyo en lo acordado.",
        "goals_guidance": "Conviene seguir con presupuestación orientada a resultados.",
    }


def _know(tale: Tale, entity: Entity, now: datetime) -> dict[str, Any]:
    session = {"date": _day(now), "place": entity.name, "participants": 14, "topic": "Resultados y lecciones"}
    return {"working_sessions": [session], "main_results": f"{tale.chain[4]}.", "lessons": [tale.answer]}


def _systematise(tale: Tale, entity: Entity, now: datetime) -> dict[str, Any]:
    return {"systematised_results": f"{entity.name}: {tale.chain[4][:1].lower()}{tale.chain[4][1:]}."}


def _act(tale: Tale, entity: Entity, now: datetime) -> dict[str, Any]:
    return {
        "finding": f"Un hito de {entity.name} venció sin soporte por cambio del equipo de planeación.",
        "cause": "No se nombró reemplazo de quien respondía por el plan de trabajo.",
        "action": "Solicitar la designación de responsable y repetir el alistamiento.",
        "responsible": "Asesoría territorial",
        "due_date": _day(now, 30),
    }


def _follow(tale: Tale, entity: Entity, now: datetime) -> dict[str, Any]:
    return {"progress": f"{entity.name} designó responsable y se repitió el alistamiento."}


_FORMS = {
    "identificacion_necesidad": _need,
    "programacion_asistencia": _programme,
    "socializacion_plan": _socialise,
    "consentimiento": _consent,
    "ejecucion_asistencia": _execute,
    "monitoreo_asistencia": _monitor,
    "evaluacion_asistencia": _evaluate,
    "gestion_conocimiento": _know,
    "sistematizacion_resultados": _systematise,
    "formulacion_accion": _act,
    "seguimiento_accion": _follow,
}
