"""What was recorded elsewhere when a form was sent, and which act corrects it: such answers are not corrected beside
what was sent. Which ones they are follows from what the services and the facts of each process read of a form.
"""

from collections.abc import Mapping

from engine.registry import EVERY
from engine.registry import Elsewhere

PRODUCT, PLAN = "/productos/{product_id}", "/planes/{plan_id}"

_AFTER_C1 = Elsewhere(
    "Corrija la ficha en otra ronda, que usted pide al responder la retroalimentación; si el producto ya está en "
    "diseño, corríjalo en el protocolo o, ya validado, pida su modificación.",
    PRODUCT,
)
_AFTER_C2 = Elsewhere(
    "Si el protocolo volvió devuelto, corríjalo en su formulario; ya validado, pida su modificación.", PRODUCT
)
_NAME = Elsewhere("El producto ya lleva este nombre: dígalo como debe ser en la ficha de prediseño.", PRODUCT)
_ADOPTION = Elsewhere(
    "La modificación ya se adoptó según estas respuestas. Si hace falta otro cambio, pida otra modificación.", PRODUCT
)
_CONSENT = Elsewhere(
    "La respuesta de la entidad y su día quedaron registrados en el plan. Si la respuesta cambió, registre allí el "
    "retiro del consentimiento o el consentimiento posterior.",
    f"{PLAN}?parte=consentimiento",
)
_FOLLOWED = Elsewhere(
    "Quedó registrado en la acción. Registre lo correcto en el próximo seguimiento.", f"{PLAN}?parte=procedimiento"
)
_QUARTER = Elsewhere(
    "Con este periodo se dio por cumplido el seguimiento de su trimestre. Si es otro, pida que se reabra ese plazo y "
    "registre el monitoreo que corresponda."
)

LIFE: Mapping[str, Mapping[str, Elsewhere]] = {
    "nombre_producto": {"name": _NAME},
    "publicacion_portafolio": {
        EVERY: Elsewhere("La ficha ya es pública: cámbiela en su página, desde el producto.", PRODUCT)
    },
    "activacion_territorio": {
        "year": Elsewhere("Ya se abrieron los planes de trabajo de esta vigencia: no cambian de año.", PRODUCT)
    },
    "parrilla_de_contenidos": {
        "week_start": Elsewhere("Con esta semana se cumplió la programación de contenidos: envíe otra parrilla.")
    },
    "adopcion_modificacion": {EVERY: _ADOPTION},
}

PROCEDURE: Mapping[str, Mapping[str, Elsewhere]] = {
    "programacion_asistencia": {
        "plan_milestones": Elsewhere(
            "Los hitos ya están programados en el plan. Sus fechas se ajustan al socializarlo (diga que requiere "
            "ajuste); lo avanzado, lo que no aplica y lo bloqueado, en la página de cada hito.",
            PLAN,
        )
    },
    "consentimiento": dict.fromkeys(("consent", "date", "reason"), _CONSENT),
    "monitoreo_asistencia": {
        "period_start": _QUARTER,
        "period_end": _QUARTER,
        "milestone_states": Elsewhere("El estado de los hitos es el que dan sus avances: rectifíquelos allí.", PLAN),
        "corrective_actions": Elsewhere(
            "Cada acción ya se abrió: se corrige al formularla y en sus seguimientos.", f"{PLAN}?parte=procedimiento"
        ),
    },
}

ACTION: Mapping[str, Mapping[str, Elsewhere]] = {
    "formulacion_accion": {
        EVERY: Elsewhere(
            "La acción quedó formulada así en el plan. Si hay que cambiarla, diga en el seguimiento que no fue eficaz "
            "y fórmulela de nuevo.",
            f"{PLAN}?parte=procedimiento",
        )
    },
    "seguimiento_accion": {EVERY: _FOLLOWED},
}

_SUPPORT = Elsewhere(
    "Quedó registrado en la solicitud de apoyo. Si hace falta otra cosa, dígalo en el paso siguiente o pida otro.",
    f"{PLAN}?parte=apoyos",
)

SUPPORT: Mapping[str, Mapping[str, Elsewhere]] = {
    name: {EVERY: _SUPPORT} for name in ("solicitud_apoyo", "respuesta_apoyo", "registro_apoyo", "confirmacion_apoyo")
}

WITHDRAWABLE: Mapping[str, Elsewhere] = {
    "solicitud_apoyo": Elsewhere(
        "La solicitud espera al experto: retírela en su plan y pida de nuevo, o espere a que la responda.",
        f"{PLAN}?parte=apoyos",
    ),
}
"""What can be done about a request while its expert has it."""

_PREDESIGN = ("nombre_producto", "problema", "alineacion", "cadena_de_valor", "ciclo_de_valor_publico",
              "ficha_prediseno")  # fmt: skip
_DESIGN = ("brechas_de_capacidad", "objetivos_de_capacidad", "focalizacion", "hitos_de_trabajo", "modalidades",
           "indicadores_y_metas", "costos_y_recursos", "protocolo")  # fmt: skip

DECIDED: Mapping[str, Elsewhere] = {
    **dict.fromkeys(_PREDESIGN, _AFTER_C1),
    **dict.fromkeys(_DESIGN, _AFTER_C2),
    "solicitud_modificacion": Elsewhere("Si hace falta otro cambio, pida otra modificación.", PRODUCT),
}
"""What can be done about answers on which C1, C2 or C3 decided."""
