"""Examples of the communications track."""

from datetime import date
from datetime import timedelta
from typing import Any

from workflows.forms.examples.case import Case

Answers = dict[str, Any]

TITLE = "Cómo actualizar un proyecto en cinco pasos"
PORTAL = "https://portalterritorial.dnp.gov.co"


def need(case: Case) -> Answers:
    """Answers to `comunicacion_necesidad`."""
    return {
        "milestones_to_tell": ["Inicio del acompañamiento en los municipios focalizados"],
        "audience": "Secretarías de planeación de los municipios focalizados.",
        "communication_objectives": ["Que cada secretaría conozca las fechas de actualización de su banco"],
        "messages": ["Un proyecto actualizado es un proyecto que se puede financiar"],
        "content_types": ["pedagogical", "service"],
        "formats": ["Video de 90 segundos"],
        "frequency": "Dos contenidos por semana",
        "protocol_notes": "Objetivos de capacidad y cronograma general",
    }


def plan(case: Case) -> Answers:
    """Answers to `plan_de_contenidos`."""
    content = {"content_type": "pedagogical", "content": TITLE, "audience": "Secretarías de planeación"}
    return {"channels": ["portal", "facebook"], "content_plan": [{**content, "date": case.day(5, 18)}]}


def team(case: Case) -> Answers:
    """Answers to `equipo_de_comunicaciones`."""
    member = {"role": "designer", "person": "Juan Camilo Ríos", "office": "Oficina Asesora de Comunicaciones"}
    return {"team": [{**member, "email": "jcrios@example.org"}]}


def grid(case: Case) -> Answers:
    """Answers to `parrilla_de_contenidos`."""
    row = {"content_type": "service", "content": "Recordatorio de actualización", "channel": "facebook"}
    day = date.fromisoformat(case.day(5, 18))
    monday = day - timedelta(days=day.weekday())
    tuesday = monday + timedelta(days=1)
    return {
        "week_start": monday.isoformat(),
        "grid": [{**row, "date": tuesday.isoformat(), "responsible": "Editor videográfico"}],
    }


def material(case: Case) -> Answers:
    """Answers to `elementos_graficos`."""
    return {
        "videos": [f"{PORTAL}/videos/taller-quibdo"],
        "photographs": list(case.files),
        "image_authorised": True,
        "testimonies": [
            {
                "person": "Rosa Palacios",
                "post": "Secretaria de Planeación",
                "testimony": "Ahora sabemos qué proyectos vencen y cuándo.",
            }
        ],
        "good_practices": ["Tablero semanal de proyectos por vencer en la cartelera de la alcaldía"],
    }


def production(case: Case) -> Answers:
    """Answers to `produccion_de_contenidos`."""
    content = {"title": TITLE, "content_type": "pedagogical", "channel": "portal", "url": f"{PORTAL}/contenidos/42"}
    return {"published_contents": [{**content, "date": case.day(1, 9)}]}


def feedback(case: Case) -> Answers:
    """Answers to `retroalimentacion_de_usuarios`."""
    return {
        "questions": [
            {"question": "¿Quién puede actualizar un proyecto?", "answer": "El formulador con usuario vigente."}
        ],
        "questions_url": f"{PORTAL}/preguntas/bancos-de-proyectos",
        "mechanisms": ["transfer_events"],
        "comments": ["El video va muy rápido en el paso tres"],
        "user_recommendations": ["Agregar una guía imprimible"],
        "event_forms": list(case.files),
        "more_content": False,
    }


def practices(case: Case) -> Answers:
    """Answers to `practicas_territoriales`."""
    return {
        "tools": ["Hoja de control de proyectos por vencer"],
        "work_practices": ["Revisión de proyectos todos los lunes con el alcalde"],
        "coordination_mechanisms": ["Mesa mensual entre municipios vecinos"],
        "community_url": f"{PORTAL}/comunidades/proyectos",
    }


def lessons(case: Case) -> Answers:
    """Answers to `difusion_de_lecciones`."""
    return {
        "achievements": ["38 de 40 municipios tienen su banco al día"],
        "actors_reached": ["112 servidores de secretarías de planeación"],
        "success_cases": ["Istmina actualizó 57 proyectos en seis semanas"],
        "knowledge_bank": list(case.files),
        "protocols_url": f"{PORTAL}/protocolos",
    }
