"""The words for states that pages, workbooks and other renderings share."""

from tracking.models import SupportRequest
from tracking.models import SupportStatus

PLAN = {
    "open": "Abierto", "without_advisor": "Sin enlace territorial", "closed": "Cerrado", "cancelled": "Cancelado",
}  # fmt: skip
PRODUCT = {"active": "Activo", "closed": "Cerrado", "withdrawn": "Retirado"}
ADVISORY = {"open": "Faltan acta o listado", "closed": "Completa", "annulled": "Anulada"}
ACTION = {"open": "Abierta", "closed": "Cerrada"}
ACTION_KIND = {"corrective": "Correctiva", "preventive": "Preventiva", "improvement": "De mejora"}
SUPPORT = {
    "preparing": "Sin enviar", "waiting": "Espera respuesta", "declined": "No atendida, por replantear",
    "accepted": "Aceptada", "given": "Dado, por confirmar", "attended": "Atendida", "withdrawn": "Retirada",
    "ended": "Terminada con el plan",
}  # fmt: skip
SUPPORT_RETURNED = "Devuelta, por completar"  # accepted anew, after it was given
EXPERT_THEME = {
    "planning": "Planeación y Proyectos", "digital": "Gobierno Digital",
    "articulation": "Articulación interinstitucional", "other": "Otro",
}  # fmt: skip
OWED_FIGURE = {
    "overdue": "sólo lo vencido, sin las recomendaciones", "lapsed": "sólo las recomendaciones cuyo día pasó",
    "soon": "sólo lo que vence en 7 días", "later": "sólo lo que vence más adelante",
    "waiting": "sólo lo que espera el paso anterior",
}  # fmt: skip
"""What the figures at the head of the list of what is owed count; each leads to its own."""


def of_support(row: SupportRequest) -> str:
    """The state of a request for an expert; one that was given and sent back waits again, and says so."""
    if row.status == SupportStatus.ACCEPTED and row.given_on is not None:
        return SUPPORT_RETURNED
    return SUPPORT[row.status]
