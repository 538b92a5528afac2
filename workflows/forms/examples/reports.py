"""Answers to the forms of the reports of a period. Their fixed columns come from the case."""

from typing import Any

from workflows.forms.examples.case import Case


def monthly(case: Case) -> dict[str, Any]:
    """The monthly activity report."""
    return {
        "obligations": [
            {
                "number": 1,
                "obligation": "Prestar asistencia técnica a las entidades territoriales a su cargo.",
                "activities": "Sin actividades registradas en el periodo.",
                "remark": "Dos sesiones se hicieron con la gobernación.",
            },
        ],
        "difficulties": "La conexión a internet falló en dos de las jornadas virtuales.",
        "achievements": "El concejo aprobó el plan de desarrollo.",
        "annexes": list(case.files),
    }


def review(case: Case) -> dict[str, Any]:
    """Its review."""
    return {"verdict": "validated", "remarks": "Completo y con evidencias."}


def performance(case: Case) -> dict[str, Any]:
    """The ten questions."""
    return {
        "communication": 4,
        "training": 4,
        "punctuality": 5,
        "advisor_scores": [
            {
                "advisor": "Ana Lucía Mosquera",
                "on_time": "8 de 9 a tiempo",
                "advisories": 6,
                "score": 5,
                "note": "Cumplió su cronograma.",
            },
        ],
        "technical_difficulties": ["milestones_in_progress"],
        "difficulty_detail": "Tres municipios no han designado responsable del banco de proyectos.",
        "technical_advances": ["plans_approved"],
        "success_detail": "Istmina aprobó su plan dos semanas antes del plazo.",
        "lessons": "Convocar a la gobernación desde la primera sesión.",
        "report_analysis": "Coinciden, salvo dos asesorías registradas fuera de plazo.",
    }


def plan(case: Case) -> dict[str, Any]:
    """The monthly progress of the Plan de Convergencia."""
    return {
        "overall_progress": "62",
        "progress_detail": "Se cerró la fase de alistamiento en 14 municipios.",
        "obstacles": "Paro de transporte en la segunda semana.",
        "next_steps": "Jornada con la gobernación el 5 de diciembre.",
        "supports": list(case.files),
    }


def balance(case: Case) -> dict[str, Any]:
    """The quarterly balance of a region."""
    return {
        "balance": "La región cumplió dos de las tres metas del trimestre.",
        "obstacles": "Cambio de equipos de planeación en cinco municipios.",
        "commitments": "Cerrar los planes de Istmina y Condoto antes del 28 de febrero.",
        "supports": list(case.files),
    }
