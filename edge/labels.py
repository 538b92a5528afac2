"""The words for states that pages, workbooks and other renderings share."""

PLAN = {
    "open": "Abierto", "without_advisor": "Sin enlace territorial", "closed": "Cerrado", "cancelled": "Cancelado",
}  # fmt: skip
PRODUCT = {"active": "Activo", "closed": "Cerrado", "withdrawn": "Retirado"}
ADVISORY = {"open": "Faltan acta o listado", "closed": "Completa", "annulled": "Anulada"}
ACTION = {"open": "Abierta", "closed": "Cerrada"}
ACTION_KIND = {"corrective": "Correctiva", "preventive": "Preventiva", "improvement": "De mejora"}
