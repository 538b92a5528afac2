"""Examples of a strategy and its government."""

from typing import Any

from workflows import vocabularies
from workflows.forms.examples.case import Case

Answers = dict[str, Any]

DER = "Dirección de Estrategia Regional"


def definition(case: Case) -> Answers:
    """Answers to `definicion_de_estrategia`."""
    return {
        "name": "Gobiernos que ejecutan",
        "objective": f"Que 400 municipios tengan al día su banco de proyectos al cierre de {case.year + 1}.",
        "goals": [
            {
                "goal": "Municipios con banco de proyectos al día",
                "target": "400",
                "measure": "municipios",
                "year": case.year + 1,
            }
        ],
        "orientation_criteria": ["focused", "results_oriented"],
        "conduct_criteria": ["exchange"],
        "triggers": ["value_exchange"],
        "switches": ["articulation", "collaboration"],
    }


def deployment(case: Case) -> Answers:
    """Answers to `despliegue`."""
    return {
        "deployment_milestones": ["Bancos de proyectos actualizados en todos los municipios focalizados"],
        "deployment_activities": ["Asesoría remota semanal"],
        "deployment_products": ["Bancos de proyectos al día"],
    }


def actors(case: Case) -> Answers:
    """Answers to `actores_de_gobierno`."""
    components = vocabularies.values(vocabularies.GOVERNMENT_COMPONENTS)
    return {"government_actors": [{"component": component, "actor": DER} for component in components]}


def roles(case: Case) -> Answers:
    """Answers to `roles_y_funciones`."""
    return {
        "roles": [
            {
                "actor": DER,
                "role": "Coordinación general",
                "functions": "Integra y monitorea.",
                "responsibilities": "Entrega un balance cada trimestre.",
            }
        ]
    }


def ecosystem(case: Case) -> Answers:
    """Answers to `ecosistema_de_trabajo`."""
    return {
        "required_ecosystems": ["public_management", "academia"],
        "ecosystem_contribution": "La ESAP difunde los contenidos en sus sedes territoriales.",
    }


def operation(case: Case) -> Answers:
    """Answers to `reglas_de_operacion`."""
    return {
        "routines": ["Comité de líderes técnicos el primer martes del mes; convoca la DER"],
        "feedback_bodies": ["HUB ampliado con los líderes técnicos de todas las estrategias"],
        "knowledge_transfer": "Cada cierre de fase deja una ficha de lecciones en el Portal Territorial.",
    }


def levels(case: Case) -> Answers:
    """Answers to `retroalimentacion_por_niveles`."""
    return {
        "right_things": "Sí: los municipios piden continuar.",
        "benefits_obtained": "El 82 % de los hitos está verificado.",
        "good_deployment": "Seis regiones al día; Amazonía, por vencer.",
        "results_measured": "Con hitos verificados y encuesta mensual.",
    }
