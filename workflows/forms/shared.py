"""Supports that several steps of the procedure leave in the file of an entity."""

from forms.declaration import Field
from workflows.forms import fields


def communications(source: str) -> Field:
    """Official letters and e-mails."""
    return fields.files(
        "official_communications",
        "Comunicaciones oficiales",
        help="Oficios o correos enviados y recibidos.",
        example="Oficio de socialización 2026-1234.pdf",
        source=source,
    )


def attendance(source: str) -> Field:
    """Who attended."""
    return fields.files(
        "attendance_lists",
        "Listados de asistencia",
        help="Firmados o descargados de la reunión virtual.",
        example="Listado de asistencia 2026-05-12.pdf",
        source=source,
    )


def minutes(source: str) -> Field:
    """What a meeting agreed."""
    return fields.files(
        "meeting_minutes",
        "Actas de reunión",
        help="Con compromisos, responsables y fechas.",
        example="Acta de concertación.pdf",
        source=source,
    )


def partial_reports(source: str) -> Field:
    """Reports made while the assistance ran."""
    return fields.files(
        "partial_reports",
        "Reportes parciales",
        help="Informes hechos durante la ejecución.",
        example="Reporte segundo trimestre.pdf",
        source=source,
    )


def evidence(label: str, source: str, *, required: bool) -> Field:
    """What proves that the assistance took place."""
    return fields.files(
        "evidence",
        label,
        help="Memorias, fotografías, documentos producidos con la entidad.",
        example="Diagnóstico del banco de proyectos.pdf",
        required=required,
        source=source,
    )


def evaluation_report(source: str, *, required: bool) -> Field:
    """What the evaluation concluded."""
    return fields.files(
        "evaluation_report",
        "Informes de análisis y resultados de evaluación",
        help="Información consolidada y resultados.",
        example="Informe de evaluación Quibdó 2026.pdf",
        required=required,
        source=source,
    )


def work_plan(source: str, *, required: bool) -> Field:
    """The agreed work plan as a document."""
    return fields.files(
        "work_plan",
        "Plan de trabajo",
        help="El documento acordado con la entidad.",
        example="Plan de trabajo Quibdó 2026.pdf",
        required=required,
        source=source,
    )


def agreement_matrix(source: str, *, required: bool) -> Field:
    """The products and services agreed on for the entity."""
    return fields.files(
        "agreement_matrix",
        "Matriz de concertación",
        help="Productos y servicios priorizados para desarrollar o fortalecer capacidades.",
        example="Matriz de concertación Quibdó.xlsx",
        required=required,
        source=source,
    )
