"""A realistic answer to every form: for the demonstration and for whoever tries a process."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from copy import deepcopy
from datetime import date
from typing import Any

from forms.declaration import PAST
from forms.declaration import Form
from forms.walk import walk
from workflows.forms.examples import communications
from workflows.forms.examples import governance
from workflows.forms.examples import lifecycle
from workflows.forms.examples import procedure
from workflows.forms.examples import protocol
from workflows.forms.examples import reports
from workflows.forms.examples import support
from workflows.forms.examples.case import Case

_EXAMPLES: dict[str, Callable[[Case], dict[str, Any]]] = {
    "nombre_producto": lifecycle.naming,
    "problema": lifecycle.problem,
    "alineacion": lifecycle.alignment,
    "cadena_de_valor": lifecycle.value_chain,
    "ciclo_de_valor_publico": lifecycle.public_value,
    "ficha_prediseno": lifecycle.sheet,
    "retroalimentacion_ficha": lifecycle.sheet_feedback,
    "respuesta_retroalimentacion": lifecycle.sheet_answer,
    "brechas_de_capacidad": protocol.gaps,
    "objetivos_de_capacidad": protocol.objectives,
    "focalizacion": protocol.targeting,
    "hitos_de_trabajo": protocol.milestones,
    "modalidades": protocol.modalities,
    "indicadores_y_metas": protocol.indicators,
    "costos_y_recursos": protocol.costs,
    "protocolo": protocol.protocol,
    "concepto_protocolo": lifecycle.verdict,
    "parametrizacion_hitos": lifecycle.parameterisation,
    "publicacion_portafolio": lifecycle.publication,
    "solicitud_modificacion": lifecycle.modification,
    "concepto_modificacion": lifecycle.verdict,
    "parametrizacion_modificacion": lifecycle.parameterisation,
    "adopcion_modificacion": lifecycle.adoption,
    "ecosistemas": lifecycle.ecosystems,
    "esquema_de_gobernanza": lifecycle.governance_scheme,
    "activacion_territorio": lifecycle.arrival,
    "desarrollo_asistencia": lifecycle.development,
    "estrategia_de_comunicacion": lifecycle.communication,
    "monitoreo_360": lifecycle.monitoring_360,
    "sistematizacion": lifecycle.systematisation,
    "difusion_y_escalamiento": lifecycle.scaling,
    "comunicacion_necesidad": communications.need,
    "plan_de_contenidos": communications.plan,
    "equipo_de_comunicaciones": communications.team,
    "parrilla_de_contenidos": communications.grid,
    "elementos_graficos": communications.material,
    "produccion_de_contenidos": communications.production,
    "retroalimentacion_de_usuarios": communications.feedback,
    "practicas_territoriales": communications.practices,
    "difusion_de_lecciones": communications.lessons,
    "definicion_de_estrategia": governance.definition,
    "despliegue": governance.deployment,
    "actores_de_gobierno": governance.actors,
    "roles_y_funciones": governance.roles,
    "ecosistema_de_trabajo": governance.ecosystem,
    "reglas_de_operacion": governance.operation,
    "retroalimentacion_por_niveles": governance.levels,
    "identificacion_necesidad": procedure.need,
    "programacion_asistencia": procedure.programming,
    "socializacion_plan": procedure.socialisation,
    "consentimiento": procedure.consent,
    "ejecucion_asistencia": procedure.execution,
    "monitoreo_asistencia": procedure.monitoring,
    "evaluacion_asistencia": procedure.evaluation,
    "gestion_conocimiento": procedure.knowledge,
    "sistematizacion_resultados": procedure.systematisation,
    "formulacion_accion": procedure.action,
    "seguimiento_accion": procedure.action_follow_up,
    "cierre_accion": procedure.action_closing,
    "solicitud_apoyo": support.request,
    "respuesta_apoyo": support.answer,
    "registro_apoyo": support.outcome,
    "confirmacion_apoyo": support.confirmation,
    "informe_mensual": reports.monthly,
    "revision_informe": reports.review,
    "formulario_desempeno": reports.performance,
    "reporte_convergencia": reports.plan,
    "balance_regional": reports.balance,
}


def example(
    form_name: str,
    *,
    entities: Sequence[int] = (),
    files: Sequence[str] = (),
    year: int = 2026,
    unit: str = "",
) -> dict[str, Any]:
    """Complete raw answers to the form `form_name`, fresh each time.

    `entities` are ids of territorial entities, `files` tokens of stored files, `year` the year of the work plans,
    `unit` a value of the catalogue `units`. Raises KeyError for an unknown form.
    """
    return _EXAMPLES[form_name](Case(entities, files, year, unit))


def until(form: Form, answers: Mapping[str, Any], today: date) -> dict[str, Any]:
    """`answers` to `form` as they can be given on a day: what has happened by then did so no later than `today`."""
    told = deepcopy(dict(answers))
    for path, field, value in walk(form, told):
        if field.time == PAST and isinstance(value, str) and value > (latest := today.isoformat()[: len(value)]):
            *table, name = path.split("/")
            holder = told[table[0]][int(table[1])] if table else told
            holder[name] = latest
    return told
