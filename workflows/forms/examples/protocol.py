"""Examples of the steps of a protocol, and of the whole."""

from typing import Any

from workflows import vocabularies
from workflows.forms.examples.case import Case

Answers = dict[str, Any]

INDICATOR = "Bancos de proyectos actualizados"
NATION = "Presupuesto General de la Nación"
COOPERATION = "Cooperación internacional"


def gaps(case: Case) -> Answers:
    """Answers to `brechas_de_capacidad`."""
    return {
        "problems": [
            "Los proyectos del municipio vencen en el banco sin que nadie los actualice",
            "El presupuesto se formula con proyectos desactualizados",
        ],
        "capacity_types": ["administrative"],
        "capacity_levels": ["individual", "organizational"],
        "gaps": [
            {
                "problem_number": 1,
                "description": "El equipo de planeación no domina la metodología de formulación de proyectos.",
                "value": "62",
                "measure": "% de municipios",
            }
        ],
        "joint_workshop": True,
    }


def objectives(case: Case) -> Answers:
    """Answers to `objetivos_de_capacidad`."""
    return {
        "capacity_objectives": ["Que los municipios mantengan actualizado su banco de proyectos sin apoyo externo"],
        "objective_checks": list(vocabularies.values(vocabularies.OBJECTIVE_CHECKS)),
    }


def targeting(case: Case) -> Answers:
    """Answers to `focalizacion`."""
    return {
        "targeting_criteria": ["Bajo desempeño fiscal y municipios de categoría sexta"],
        "targeting_variables": ["Índice de Desempeño Fiscal", "Medición del Desempeño Municipal"],
        "entities": list(case.entities),
    }


def milestones(case: Case) -> Answers:
    """Answers to `hitos_de_trabajo`."""
    planned = (
        ("Diagnóstico del banco de proyectos", "Alistamiento", "60", "40", case.day(4, 30)),
        ("Responsable del banco designado", "Alistamiento", "40", "40", case.day(5, 29)),
        ("Proyectos vigentes actualizados", "Actualización", "70", "60", case.day(9, 30)),
        ("Rutina de actualización adoptada", "Actualización", "30", "60", case.day(11, 30)),
    )
    return {
        "milestones": [
            {
                "number": number,
                "name": name,
                "moment": "Planeación de la ejecución",
                "group": group,
                "weight": weight,
                "group_weight": group_weight,
                "target": f"{name} y con soporte",
                "deadline": deadline,
            }
            for number, (name, group, weight, group_weight, deadline) in enumerate(planned, start=1)
        ]
    }


def modalities(case: Case) -> Answers:
    """Answers to `modalidades`."""
    return {
        "modalities": ["advisory", "remote"],
        "modalities_reason": "La asesoría remota permite llegar cada semana; la visita cierra el diagnóstico.",
    }


def indicators(case: Case) -> Answers:
    """Answers to `indicadores_y_metas`."""
    indicator: Answers = {
        "name": INDICATOR,
        "description": "Entidades con todos sus proyectos vigentes actualizados.",
        "formula": "Suma de bancos actualizados",
        "variables": "Bancos actualizados",
        "level": "product",
        "measure": "Número",
        "frequency": "quarterly",
        "capture_date": case.day(2, 2),
        "baseline": "0",
        "accumulation": "sum",
        "progress_formula": "Logro acumulado / total × 100",
    }
    if case.unit:
        indicator["unit_in_charge"] = case.unit
    return {
        "indicators": [indicator],
        "targets": [
            {"indicator": INDICATOR, "year": case.year, "target": "3"},
            {"indicator": INDICATOR, "year": case.year + 1, "target": "5"},
        ],
    }


def costs(case: Case) -> Answers:
    """Answers to `costos_y_recursos`."""
    return {
        "horizon_start": case.day(2, 2),
        "horizon_end": case.day(12, 15, years=1),
        "budget": [
            {
                "concept": "Honorarios de asesores territoriales",
                "quantity": "4",
                "unit_value": "60000000",
                "total": "240000000",
                "source": NATION,
            },
            {
                "concept": "Desplazamientos",
                "quantity": "12",
                "unit_value": "1500000",
                "total": "18000000",
                "source": COOPERATION,
            },
        ],
        "funding_sources": [
            {"source": NATION, "amount": "240000000"},
            {"source": COOPERATION, "amount": "18000000"},
        ],
        "resource_operation": "La dependencia contrata los asesores y supervisa los pagos mensuales.",
    }


def protocol(case: Case) -> Answers:
    """Answers to `protocolo`."""
    return {
        **gaps(case),
        **objectives(case),
        **targeting(case),
        **milestones(case),
        **modalities(case),
        **indicators(case),
        **costs(case),
        "schedule": [
            {
                "activity": "Talleres de alistamiento",
                "link": "processes",
                "responsible": "Líder técnica",
                "start": case.day(3, 2),
                "end": case.day(4, 30),
            }
        ],
    }
