"""The answers of the national team to the forms of a product's life, in the words of its tale."""

from collections.abc import Mapping
from datetime import date
from datetime import timedelta
from typing import Any

from att.demo.tale import Tale
from workflows import vocabularies
from workflows.forms.examples import example

WITH_MILESTONES = frozenset({"hitos_de_trabajo", "protocolo", "solicitud_modificacion", "parametrizacion_hitos"})

_PREDESIGN = (
    "nombre_producto",
    "problema",
    "alineacion",
    "cadena_de_valor",
    "ciclo_de_valor_publico",
    "ficha_prediseno",
)
_DESIGN = (
    "brechas_de_capacidad", "objetivos_de_capacidad", "focalizacion", "modalidades", "indicadores_y_metas",
    "costos_y_recursos", "protocolo", "solicitud_modificacion",
)  # fmt: skip


DESIGN = timedelta(days=95)
"""How long before its arrival in the territory the horizon of a product begins."""


def told(form: str, tale: Tale, arrival: date) -> dict[str, Any]:
    """What the tale says of the questions of `form`."""
    if form in _PREDESIGN:
        return _asked(form, {**_predesign(tale, arrival.year), "name": tale.name})
    if form in _DESIGN:
        return _asked(form, {**_predesign(tale, arrival.year), **_design(tale, arrival)})
    return _OTHERS[form](tale, arrival.year) if form in _OTHERS else {}


def milestones(tale: Tale, arrival: date) -> list[dict[str, Any]]:
    """The milestones of the tale as rows of the table of the forms."""
    return [
        {
            "number": number,
            "name": step.name,
            "moment": "Planeación de la ejecución",
            "group": step.group,
            "weight": step.weight,
            "group_weight": step.group_weight,
            "target": step.target,
            "deadline": (arrival + timedelta(days=step.days)).isoformat(),
        }
        for number, step in enumerate(tale.steps, start=1)
    ]


def _asked(form: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Of what is known, what the form asks."""
    return {name: known[name] for name in example(form) if name in known}


def _predesign(tale: Tale, year: int) -> dict[str, Any]:
    links = vocabularies.values(vocabularies.VALUE_CHAIN_LINKS)
    return {
        "problems": list(tale.problems),
        "mission_functions": [tale.mission],
        "action_plan_goals": [{"year": year, "goal": tale.goal}],
        "thematic_lines": list(tale.lines),
        "coherence": tale.coherence,
        "value_chain": [{"link": link, "statement": said} for link, said in zip(links, tale.chain, strict=True)],
        "moments": list(tale.moments),
        "moments_contribution": tale.contribution,
        "background": tale.background,
        "justification": tale.justification,
    }


def _design(tale: Tale, arrival: date) -> dict[str, Any]:
    begins, ends = arrival - DESIGN, date(arrival.year + 1, 12, 15)
    years = range(begins.year, ends.year + 1)
    gap = {"problem_number": 1, "description": tale.gap, "value": tale.gap_value, "measure": tale.gap_measure}
    indicator = example("indicadores_y_metas", year=arrival.year)["indicators"][0]
    return {
        "gaps": [gap],
        "capacity_objectives": [tale.objective],
        "targeting_criteria": list(tale.criteria),
        "modalities": list(tale.modalities),
        "modalities_reason": "La asesoría remota permite llegar cada semana; la visita cierra el diagnóstico.",
        "indicators": [
            {
                **indicator,
                "capture_date": begins.isoformat(),
                "name": tale.indicator,
                "description": tale.objective,
                "formula": f"Suma de {tale.indicator[:1].lower()}{tale.indicator[1:]}",
                "variables": tale.indicator,
            }
        ],
        "targets": [
            {"indicator": tale.indicator, "year": year, "target": str(20 + 15 * place)}
            for place, year in enumerate(years)
        ],
        "horizon_start": begins.isoformat(),
        "horizon_end": ends.isoformat(),
    }


def _feedback(tale: Tale, year: int) -> dict[str, Any]:
    return {"feedback": tale.feedback}


def _answer(tale: Tale, year: int) -> dict[str, Any]:
    return {"answer": tale.answer}


def _publication(tale: Tale, year: int) -> dict[str, Any]:
    return {"name": tale.name, "summary": tale.summary}


def _monitoring(tale: Tale, year: int) -> dict[str, Any]:
    check = {"deliverable": tale.deliverable, "criterion": "Adoptado por acto administrativo", "met": True}
    return {
        "indicator_results": [{"indicator": tale.indicator, "month": f"{year}-11", "achieved": "18"}],
        "quality_checks": [check],
    }


def _need(tale: Tale, year: int) -> dict[str, Any]:
    return {
        "milestones_to_tell": [f"Llegada a territorio de «{tale.name}»"],
        "communication_objectives": ["Que cada entidad focalizada conozca el alcance y las fechas del acompañamiento"],
        "messages": [tale.objective],
    }


def _plan(tale: Tale, year: int) -> dict[str, Any]:
    content = {"content_type": "pedagogical", "content": f"«{tale.name}» en cinco pasos"}
    day = example("plan_de_contenidos", year=year)["content_plan"][0]["date"]
    return {"content_plan": [{**content, "audience": "Secretarías de planeación", "date": day}]}


def _team(tale: Tale, year: int) -> dict[str, Any]:
    member = {"role": "communicator", "person": "Comunicadora 1", "office": "Oficina Asesora de Comunicaciones"}
    return {"team": [{**member, "email": "comunicaciones@att.example"}]}


def _material(tale: Tale, year: int) -> dict[str, Any]:
    said = {"person": "Secretaria de planeación 1", "post": "Secretaria de Planeación"}
    return {
        "testimonies": [{**said, "testimony": "Ahora sabemos qué sigue y quién responde por cada paso."}],
        "good_practices": ["Tablero semanal de avance en la secretaría de planeación"],
        "videos": [],
    }


def _development(tale: Tale, year: int) -> dict[str, Any]:
    return {
        "advisories_and_progress": f"El acompañamiento llegó a las entidades focalizadas. {tale.chain[3]}.",
        "difficulties": "Algunas administraciones cambiaron de secretario de planeación; se repitió el alistamiento.",
    }


def _systematisation(tale: Tale, year: int) -> dict[str, Any]:
    return {
        "what_worked": "Funcionó la asesoría entre pares con hitos claros; no funcionó el taller de un solo día.",
        "success_factors": "Un responsable designado en cada entidad desde el primer día.",
        "would_change": "Concertar antes con los concejos las fechas que dependen de ellos.",
        "recommendations": f"Mantener disponibles los materiales de «{tale.name}» en el Portal Territorial.",
    }


def _lessons(tale: Tale, year: int) -> dict[str, Any]:
    return {
        "achievements": [tale.chain[4]],
        "actors_reached": ["Secretarías de planeación y de hacienda de las entidades acompañadas"],
        "success_cases": ["Los municipios con responsable designado terminaron un mes antes"],
    }


MEASURED = {"monitoreo_360": ("milestone_progress",)}
"""What forms bring from the registers, left as it is."""

_OTHERS = {
    "retroalimentacion_ficha": _feedback,
    "respuesta_retroalimentacion": _answer,
    "publicacion_portafolio": _publication,
    "monitoreo_360": _monitoring,
    "comunicacion_necesidad": _need,
    "plan_de_contenidos": _plan,
    "equipo_de_comunicaciones": _team,
    "elementos_graficos": _material,
    "desarrollo_asistencia": _development,
    "sistematizacion": _systematisation,
    "difusion_de_lecciones": _lessons,
}
