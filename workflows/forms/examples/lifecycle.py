"""Examples of the life of a product: predesign, design, modification, activation and follow-up."""

from typing import Any

from workflows.forms.examples.case import Case
from workflows.forms.examples.protocol import gaps
from workflows.forms.examples.protocol import milestones
from workflows.forms.examples.protocol import protocol

Answers = dict[str, Any]

NAME = "Bancos de proyectos al día"


def naming(case: Case) -> Answers:
    """Answers to `nombre_producto`."""
    return {"name": NAME}


def problem(case: Case) -> Answers:
    """Answers to `problema`."""
    return {
        "problems": gaps(case)["problems"],
        "support_files": list(case.files),
        "support_links": ["https://terridata.dnp.gov.co/"],
        "technique": "problem_tree",
    }


def alignment(case: Case) -> Answers:
    """Answers to `alineacion`."""
    return {
        "mission_functions": ["Orientar la formulación y el seguimiento de la inversión pública territorial"],
        "action_plan_goals": [{"year": case.year, "goal": "400 entidades asistidas en gestión de proyectos"}],
        "thematic_lines": ["public_investment", "information_systems"],
        "coherence": "Un banco actualizado permite presupuestar por resultados y rendir cuentas.",
    }


def value_chain(case: Case) -> Answers:
    """Answers to `cadena_de_valor`."""
    statements = {
        "inputs": "Asesores con experiencia en proyectos de inversión",
        "processes": "Asesoría remota semanal y una visita de diagnóstico",
        "output": "Acompañamiento para actualizar el banco de proyectos",
        "intermediate_results": "Equipos de planeación que actualizan proyectos sin apoyo",
        "final_results": "Presupuestos formulados con proyectos vigentes",
        "impacts": "Inversión pública local mejor ejecutada",
    }
    return {"value_chain": [{"link": link, "statement": said} for link, said in statements.items()]}


def public_value(case: Case) -> Answers:
    """Answers to `ciclo_de_valor_publico`."""
    return {"moments": ["planning", "execution"], "moments_contribution": "Deja proyectos listos para presupuestar."}


def sheet(case: Case) -> Answers:
    """Answers to `ficha_prediseno`."""
    return {
        **naming(case),
        **problem(case),
        **alignment(case),
        **value_chain(case),
        **public_value(case),
        "background": "En 2020 se acompañó la actualización de bancos en 365 municipios.",
        "justification": "Las administraciones deben actualizar sus proyectos antes de presupuestar.",
    }


def sheet_feedback(case: Case) -> Answers:
    """Answers to `retroalimentacion_ficha`."""
    return {
        "feedback": "La cadena de valor es clara; precise cómo medirá los resultados intermedios.",
        "suggests_round": False,
        "date": case.day(2, 12),
    }


def sheet_answer(case: Case) -> Answers:
    """Answers to `respuesta_retroalimentacion`."""
    return {"answer": "Acogemos la precisión; ya está en la cadena de valor.", "another_round": False}


def verdict(case: Case) -> Answers:
    """Answers to `concepto_protocolo` and `concepto_modificacion`."""
    return {"verdict": "validated", "remarks": "El protocolo es claro y sus metas son medibles."}


def parameterisation(case: Case) -> Answers:
    """Answers to `parametrizacion_hitos` and `parametrizacion_modificacion`."""
    return {
        "trackable": True,
        "date": case.day(4, 20),
        "weights_confirmed": True,
        "template_note": "Plantilla confirmada con la líder técnica.",
        **milestones(case),
    }


def publication(case: Case) -> Answers:
    """Answers to `publicacion_portafolio`."""
    return {
        "published": True,
        "portal_url": "https://portalterritorial.dnp.gov.co/",
        "name": NAME,
        "summary": "Acompañamos a su municipio a poner al día el banco de proyectos de inversión.",
        "provider": "Departamento Nacional de Planeación, Dirección de Estrategia Regional",
        "provider_kind": "national_government",
        "capacity_types": ["administrative"],
        "descriptors": ["functional"],
        "entities": list(case.entities),
    }


def modification(case: Case) -> Answers:
    """Answers to `solicitud_modificacion`."""
    return {
        "desist": False,
        "reason": "Un municipio se sumó a la focalización por solicitud de la gobernación.",
        "changes": ["targeting"],
        **protocol(case),
    }


def adoption(case: Case) -> Answers:
    """Answers to `adopcion_modificacion`."""
    return {"adoption": "all", "adoption_reason": "El cambio no afecta lo ya cumplido."}


def ecosystems(case: Case) -> Answers:
    """Answers to `ecosistemas`."""
    return {
        "actors": [
            {
                "actor": "Escuela Superior de Administración Pública",
                "scope": "external",
                "alliance": "Convenio para formar a los equipos",
                "ecosystem": "academia",
            },
            {"actor": "Dirección de Estrategia Regional", "scope": "internal", "ecosystem": "public_management"},
        ]
    }


def governance_scheme(case: Case) -> Answers:
    """Answers to `esquema_de_gobernanza`."""
    return {
        "governance_scheme": "Comité quincenal con la líder técnica, la DER y los articuladores regionales.",
        "national_teams_role": "Preparan los contenidos y resuelven consultas en dos días hábiles.",
        "territorial_teams_role": "Acompañan a cada municipio y registran el avance de los hitos.",
        "coordination_actions": ["Revisar cada mes el avance por región con la DER"],
    }


def arrival(case: Case) -> Answers:
    """Answers to `activacion_territorio`."""
    return {
        "activation_events": [
            {
                "kind": "Entrenamiento a asesores",
                "date": case.day(5, 4),
                "place": "Quibdó, auditorio de la Gobernación",
                "attendees": 28,
            }
        ],
        "year": case.year,
        "event_evidence": list(case.files),
    }


def development(case: Case) -> Answers:
    """Answers to `desarrollo_asistencia`."""
    return {
        "advisories_and_progress": "126 asesorías; el 82 % de los hitos está cumplido y verificado.",
        "difficulties": "Tres municipios cambiaron de secretario de planeación; se repitió el alistamiento.",
    }


def communication(case: Case) -> Answers:
    """Answers to `estrategia_de_comunicacion`."""
    return {
        "communications_plan": list(case.files),
        "communication_strategy": "Testimonios de municipios pares en el Portal Territorial.",
    }


def monitoring_360(case: Case) -> Answers:
    """Answers to `monitoreo_360`."""
    return {
        "milestone_progress": [{"entity": entity, "progress": "82.50"} for entity in case.entities],
        "indicator_results": [
            {"indicator": "Bancos de proyectos actualizados", "month": f"{case.year}-09", "achieved": "3"}
        ],
        "satisfaction_score": "4.3",
        "satisfaction_responses": 64,
        "quality_checks": [
            {"deliverable": "Banco de proyectos", "criterion": "Todo proyecto tiene ficha vigente", "met": True}
        ],
        "strategic_report": list(case.files),
        "operational_report": list(case.files),
    }


def systematisation(case: Case) -> Answers:
    """Answers to `sistematizacion`."""
    return {
        "final_report": list(case.files),
        "publication_url": "https://portalterritorial.dnp.gov.co/experiencias/bancos-de-proyectos",
        "what_worked": "Funcionó la asesoría entre pares; no funcionó el taller de un solo día.",
        "success_factors": "Un responsable del banco designado desde el primer día.",
        "would_change": "Empezar por los proyectos que vencen, porque muestran resultados en semanas.",
        "recommendations": "Incluir la actualización del banco en el plan de acción municipal.",
    }


def scaling(case: Case) -> Answers:
    """Answers to `difusion_y_escalamiento`."""
    return {
        "lessons": ["El acompañamiento semanal corto avanza más que la visita mensual larga"],
        "input_for": ["programme", "project"],
        "scaling_note": "Programa de fortalecimiento de bancos de proyectos.",
    }
