"""What the filters of a list ask for, in words."""

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from directory import entities
from edge import names
from edge.words import short_date
from notifications import policies

LABELS = {
    "text": "Texto", "status": "Estado", "stage": "Etapa", "consent": "Consentimiento", "kind": "Tipo",
    "policy": "Política", "modality": "Modalidad", "channel": "Medio", "period": "Periodo", "vigencia": "Vigencia",
    "product_id": "Producto", "entity_id": "Entidad", "region_id": "Región", "unit_id": "Dependencia",
    "department_code": "Departamento", "advisor_id": "Enlace territorial", "person_id": "Persona",
    "debtor_id": "Responsable", "holder_id": "Quién la tiene", "lead_id": "Lidera", "reported_by": "Lo reportó",
    "since": "Desde", "until": "Hasta", "before": "Reportado antes del", "open_only": "Sólo lo abierto",
    "stated": "Con constancia por revisar", "waiting": "Espera el paso anterior",
    "unfocalised": "Entidad ya no focalizada", "free": "Sin asignar",
    "unattended": "Sin quien la atienda",
    "overdue": "Sólo lo vencido", "plan_id": "Plan", "strategy_id": "Estrategia", "among": "Sólo los de un aviso",
    "element": "Paso", "evidence": "Evidencia", "responsible": "Responsable", "overdue_on": "Vencidas antes del",
    "mine": "Sólo las que usted acompaña", "figure": "Cifra", "counted": "Sólo lo que cuenta en el cumplimiento",
    "reader_id": "Quién leyó", "role": "Rol", "disabled": "También inactivas", "returned": "Devuelta, por completar",
}  # fmt: skip
"""How each filter is called; one that is not here is no filter that people choose."""


def _departments(session: Session, codes: list[Any]) -> dict[Any, str]:
    return {row.code: row.name for row in entities.departments(session) if row.code in codes}


def _policies(session: Session, keys: list[Any]) -> dict[Any, str]:
    return {one.key: one.spec.title for one in policies.every(session) if one.key in keys}


_NAMES: dict[str, Callable[[Session, list[Any]], Mapping[Any, str]]] = {
    "entity_id": names.of_entities, "region_id": names.of_regions, "unit_id": names.of_units,
    "department_code": _departments, "policy": _policies, "strategy_id": names.of_strategies,
    **dict.fromkeys(
        ("advisor_id", "person_id", "debtor_id", "holder_id", "lead_id", "reported_by", "reader_id"), names.of_people
    ),
    "product_id": lambda session, ids: {key: row.name for key, row in names.of_products(session, ids).items()},
}  # fmt: skip


def in_words(session: Session, filters: Any, words: Mapping[str, Mapping[str, str]]) -> str:
    """«Filtros: Texto: bancos; Estado: Abierto», of a dataclass of filters; says when there is none."""
    told = [
        f"{LABELS[one.name]}: {_said(session, one.name, value, words.get(one.name, {}))}"
        for one in (fields(filters) if filters is not None else ())
        if one.name in LABELS and (value := getattr(filters, one.name)) not in ("", None, False)
    ]
    return f"Filtros: {'; '.join(told)}" if told else "Sin filtros: todo lo que usted puede ver"


def _said(session: Session, name: str, value: Any, words: Mapping[str, str]) -> str:
    if value is True:
        return "sí"
    if isinstance(value, date | datetime):
        return short_date(value)
    if name in _NAMES:
        return _NAMES[name](session, [value]).get(value, "") or ("ninguna" if not value else str(value))
    if isinstance(value, tuple):
        return str(len(value))
    return words.get(str(value), str(value))
