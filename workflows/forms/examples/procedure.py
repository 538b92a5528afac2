"""Examples of the eight-step procedure with one entity, and of its corrective actions."""

from typing import Any

from workflows.forms.examples.case import Case
from workflows.forms.examples.protocol import milestones

Answers = dict[str, Any]

ADVISOR = "Ana Lucía Mosquera, asesora territorial"


def need(case: Case) -> Answers:
    """Answers to `identificacion_necesidad`."""
    return {
        "needs": ["La secretaría de planeación presenta tarde la información de sus proyectos"],
        "products_and_services": ["Bancos de proyectos al día"],
        "stakeholder_groups": ["Secretaría de Planeación y Secretaría de Hacienda"],
        "capacities": [
            {
                "capacity_type": "administrative",
                "capacity": "Formular proyectos",
                "scope": "Formular en la MGA sin apoyo externo",
            }
        ],
        "installed_capacity": "Dos profesionales de planta en planeación y conectividad estable.",
        "agreement_matrix": list(case.files),
        "performance_indices": [{"index": "Índice de Desempeño Fiscal", "year": case.year - 1, "value": "54.2"}],
        "portfolio_reference": "Demanda de la Gobernación del Chocó",
        "national_plan": "Convergencia regional: fortalecimiento institucional",
        "strategic_planning": "400 municipios asistidos en la vigencia",
        "regulations": ["Decreto 1082 de 2015"],
    }


def programming(case: Case) -> Answers:
    """Answers to `programacion_asistencia`."""
    planned = [
        {
            "number": row["number"],
            "name": row["name"],
            "target": row["target"],
            "due_date": row["deadline"],
            "applies": True,
        }
        for row in milestones(case)["milestones"]
    ]
    return {
        "work_objectives": ["Actualizar los 34 proyectos vigentes del municipio"],
        "expected_results": ["El equipo actualiza un proyecto sin apoyo en menos de dos días"],
        "plan_start": case.day(4, 6),
        "plan_end": case.day(12, 11),
        "modalities": ["advisory", "remote"],
        "work_ecosystems": ["academia"],
        "intervention_logic": "La del producto; se agrega un taller para el equipo de Hacienda.",
        "evaluation_scope": "Prueba práctica al cierre y medición seis meses después.",
        "plan_milestones": planned,
        "milestones_parameterised": True,
        "plan_actors": [{"actor": "Secretaría de Planeación", "role": "Responsable del banco de proyectos"}],
        "training_needed": True,
        "training": [{"topic": "Uso de la MGA Web", "date": case.day(4, 7)}],
        "work_plan": list(case.files),
        "agreement_matrix": list(case.files),
        "meeting_minutes": list(case.files),
    }


def socialisation(case: Case) -> Answers:
    """Answers to `socializacion_plan`."""
    return {
        "meeting_date": case.day(4, 24),
        "contact_channels": ["virtual"],
        "interested_parties": [
            {"person": "Carlos Mena", "post": "Secretario de Planeación", "organisation": "Alcaldía municipal"}
        ],
        "territorial_teams": ["Equipo regional Pacífico"],
        "responsibilities": [{"party": "Alcaldía municipal", "responsibility": "Designar responsable del banco"}],
        "adjust": False,
        "attendance_lists": list(case.files),
        "meeting_minutes": list(case.files),
    }


def consent(case: Case) -> Answers:
    """Answers to `consentimiento`."""
    return {
        "consent": True,
        "name": "Martha Cecilia Córdoba",
        "post": "Alcaldesa municipal",
        "date": case.day(5, 15),
        "evidence": list(case.files),
    }


def execution(case: Case) -> Answers:
    """Answers to `ejecucion_asistencia`."""
    return {
        "execution_summary": "Ocho asesorías remotas y una visita; se actualizaron 31 de 34 proyectos.",
        "start_date": case.day(5, 18),
        "end_date": case.day(10, 30),
        "work_plan": list(case.files),
        "evidence": list(case.files),
        "attendance_lists": list(case.files),
    }


def monitoring(case: Case) -> Answers:
    """Answers to `monitoreo_asistencia`."""
    states = ("verified", "verified", "in_progress", "pending")
    return {
        "period_start": case.day(7, 1),
        "period_end": case.day(9, 30),
        "milestone_states": [
            {"number": row["number"], "name": row["name"], "state": state}
            for row, state in zip(milestones(case)["milestones"], states, strict=True)
        ],
        "content_quality": 4,
        "service_perception": 5,
        "quality_notes": "Piden más ejemplos de proyectos de vías terciarias.",
        "improvement_opportunities": ["Enviar la guía dos días antes de cada sesión"],
        "corrective_actions": [
            {
                "kind": "corrective",
                "finding": "Un hito venció sin evidencia por cambio del equipo de planeación",
                "action": "Repetir el alistamiento con el nuevo equipo",
                "responsible": ADVISOR,
                "due": case.day(10, 30),
            }
        ],
        "progress_report": list(case.files),
    }


def evaluation(case: Case) -> Answers:
    """Answers to `evaluacion_asistencia`."""
    return {
        "evaluation_results": [
            {
                "capacity": "Formular proyectos",
                "indicator": "Proyectos actualizados",
                "baseline": "0",
                "expected": "34",
                "obtained": "31",
            }
        ],
        "conclusions": "El equipo actualiza proyectos sin apoyo; faltan tres que dependen del concejo.",
        "goals_guidance": "Conviene pasar a presupuestación por resultados.",
        "evaluation_report": list(case.files),
        "partial_reports": list(case.files),
    }


def knowledge(case: Case) -> Answers:
    """Answers to `gestion_conocimiento`."""
    return {
        "working_sessions": [
            {
                "date": case.day(11, 12),
                "place": "Quibdó, Casa de la Cultura",
                "participants": 18,
                "topic": "Resultados y lecciones del año",
            }
        ],
        "main_results": "31 de 34 proyectos al día y dos servidores certificados.",
        "lessons": ["La designación formal del responsable acelera todo lo demás"],
        "attendance_lists": list(case.files),
    }


def systematisation(case: Case) -> Answers:
    """Answers to `sistematizacion_resultados`."""
    return {
        "systematised_results": "El banco de proyectos quedó al día y con responsable designado por decreto.",
        "accessible": True,
        "system_record": f"Plan de trabajo {case.year}",
        "evidence": list(case.files),
    }


def action(case: Case) -> Answers:
    """Answers to `formulacion_accion`."""
    return {
        "kind": "corrective",
        "finding": "Un hito venció sin evidencia por cambio del equipo de planeación.",
        "cause": "El municipio no nombró reemplazo del responsable del banco de proyectos.",
        "action": "Solicitar a la alcaldía la designación de responsable y repetir el alistamiento.",
        "responsible": ADVISOR,
        "due_date": case.day(10, 30),
    }


def action_follow_up(case: Case) -> Answers:
    """Answers to `seguimiento_accion`."""
    return {
        "progress": "La alcaldía designó al responsable; se repitió el alistamiento.",
        "evidence": list(case.files),
        "effective": True,
    }


def action_closing(case: Case) -> Answers:
    """Answers to `cierre_accion`."""
    return {"closed": True, "closing_note": "La evidencia muestra la designación y el hito quedó al día."}
