"""What we ask beyond the documents, and why."""

from workflows.sources_model import Ours

_ROUTE = "decide por dónde sigue el proceso"
_WHY = "explica una decisión a quien la lea después"

OURS = (
    Ours("problema", ("technique_other",), "completa la respuesta «otra técnica»"),
    Ours("ciclo_de_valor_publico", ("moments_contribution",), "la lista de momentos es provisional: la frase aclara"),
    Ours("retroalimentacion_ficha", ("suggests_round",), "la DER puede recomendar otra ronda sin imponerla"),
    Ours("respuesta_retroalimentacion", (), f"la fuente no dice qué hace la unidad con los comentarios; {_ROUTE}"),
    Ours("modalidades", ("modalities_reason",), _WHY),
    Ours("concepto_protocolo", ("remarks",), "una devolución debe decir qué corregir"),
    Ours(
        "parametrizacion_hitos",
        ("weights_confirmed", "template_note", "untrackable"),
        "una devolución debe decir qué corregir, y un peso dudoso, que lo es",
    ),
    Ours(
        "publicacion_portafolio",
        ("summary", "unpublished_reason"),
        "el público necesita un resumen; lo demás, un motivo",
    ),
    Ours("solicitud_modificacion", ("desist", "reason", "changes"), "la fuente no dice cómo se modifica un protocolo"),
    Ours("solicitud_modificacion", ("milestones",), "cada fila dice qué hito vigente continúa: el avance lo sigue"),
    Ours("concepto_modificacion", (), "la fuente no dice cómo se modifica un protocolo"),
    Ours(
        "parametrizacion_modificacion",
        ("weights_confirmed", "template_note", "untrackable"),
        "los hitos que cambian pasan por C3 como los primeros",
    ),
    Ours("adopcion_modificacion", (), "la fuente no dice qué pasa con los planes en curso"),
    Ours("activacion_territorio", ("year", "event_evidence"), "abre los planes de trabajo de esa vigencia"),
    Ours("desarrollo_asistencia", ("difficulties",), "problema 18: las dificultades se pierden"),
    Ours("estrategia_de_comunicacion", ("communication_strategy",), "resume el plan adjunto"),
    Ours("monitoreo_360", ("satisfaction_responses",), "un promedio sin número de respuestas no se puede juzgar"),
    Ours("difusion_y_escalamiento", ("scaling_note",), _WHY),
    Ours("elementos_graficos", ("image_authorised",), "Ley 1581 de 2012: datos personales"),
    Ours("retroalimentacion_de_usuarios", ("more_content",), _ROUTE),
    Ours("definicion_de_estrategia", ("name",), "con él se la encuentra"),
    Ours("ecosistema_de_trabajo", ("ecosystem_contribution",), _WHY),
    Ours("programacion_asistencia", ("plan_start", "plan_end"), "sin fechas no se puede avisar a tiempo"),
    Ours("socializacion_plan", ("adjustments",), "quien vuelve a programar debe saber qué ajustar"),
    Ours("socializacion_plan", ("meeting_date",), "lo que se hizo se cuenta con el día en que ocurrió"),
    Ours(
        "consentimiento", ("name", "post", "date", "evidence", "reason"), "prueba del consentimiento o de la negativa"
    ),
    Ours("ejecucion_asistencia", ("start_date", "end_date"), "sin fechas no se puede medir el retraso del registro"),
    Ours("monitoreo_asistencia", ("quality_notes",), _WHY),
    Ours("evaluacion_asistencia", ("conclusions",), _WHY),
    Ours(
        "formulacion_accion", ("cause", "responsible", "due_date"), "sin causa, responsable y fecha no hay seguimiento"
    ),
    Ours("seguimiento_accion", ("evidence", "effective", "ineffective_reason"), _ROUTE),
    Ours(
        "informe_mensual",
        ("found_difficulties", "difficulties", "found_achievements", "achievements", "annexes"),
        "problemas 8 y 18: lo que frena y lo que se logra se pierde si no se dice",
    ),
    Ours("revision_informe", (), f"la fuente no dice quién recibe el informe ni qué hace con él; {_ROUTE}"),
    Ours("reporte_convergencia", ("obstacles", "next_steps", "supports"), _WHY),
    Ours("balance_regional", ("obstacles", "commitments", "supports"), _WHY),
    Ours("cierre_accion", (), f"alguien distinto verifica el cierre; {_ROUTE}"),
    Ours(
        "solicitud_apoyo",
        (),
        "la fuente dice que los expertos «actúan por demanda», no cómo se los llama; sus temas son los de la fuente",
    ),
    Ours("respuesta_apoyo", (), f"quien pide debe saber si lo atenderán y cuándo; {_ROUTE}"),
    Ours("registro_apoyo", (), "lo que el experto recomendó se pierde si no se escribe"),
    Ours("confirmacion_apoyo", (), f"quien pidió el apoyo, y no quien lo dio, dice que llegó; {_ROUTE}"),
)
