"""Forms of the eight-step procedure with one entity: execution to systematisation, steps 4 to 8."""

from forms.declaration import AHEAD
from forms.declaration import PAST
from forms.declaration import Form
from forms.declaration import Rule
from forms.declaration import Section
from workflows import vocabularies
from workflows.forms import fields
from workflows.forms import milestones
from workflows.forms import shared

_SOURCE = "001, procedimiento, paso"

_EXECUTION = Form(
    "ejecucion_asistencia",
    "Ejecutar la asistencia",
    (
        Section(
            "execution",
            "Ejecución",
            (
                fields.long_text(
                    "execution_summary",
                    "¿Qué se ejecutó?",
                    help="En relación con el plan de trabajo acordado.",
                    example="Ocho asesorías remotas y una visita; se actualizaron 31 de 34 proyectos.",
                    required=True,
                    source=f"{_SOURCE} 4: ejecución conforme al plan",
                ),
                fields.date(
                    "start_date",
                    "Primer día",
                    help="De ejecución.",
                    example="4 de mayo de 2026",
                    required=True,
                    time=PAST,
                ),
                fields.date(
                    "end_date",
                    "Último día",
                    help="De ejecución.",
                    example="30 de octubre de 2026",
                    required=True,
                    time=PAST,
                ),
                fields.long_text(
                    "technical_specifications",
                    "Especificaciones técnicas aplicadas",
                    help="Solo si su dependencia tiene un manual propio.",
                    example="Manual de asistencia en bancos de proyectos, versión 2.",
                    source=f"{_SOURCE} 4: especificaciones técnicas",
                ),
            ),
        ),
        Section(
            "supports",
            "Soportes",
            (
                shared.work_plan(f"{_SOURCE} 4: entrada, plan de trabajo", required=False),
                fields.text(
                    "seta_record",
                    "Registro de la asistencia en SETA",
                    help="Número o ruta del registro, si también se lleva allá.",
                    example="SETA-2026-00871",
                    source=f"{_SOURCE} 4: salida, registro en SETA-WEB",
                ),
                shared.evidence("Evidencias de la asistencia", f"{_SOURCE} 4: salida, evidencias", required=True),
                shared.attendance(f"{_SOURCE} 4: salida, listados de asistencia"),
                shared.minutes(f"{_SOURCE} 4: salida, actas de reunión"),
            ),
            intro="Los que ya adjuntó en sus asesorías no hace falta repetirlos.",
        ),
    ),
    (Rule("dates_in_order", 1, {"fields": ["start_date", "end_date"]}),),
    submit="Terminar la ejecución",
)

CORRECTIVE_ACTIONS = fields.table(
    "corrective_actions",
    "Acciones preventivas, correctivas y de mejora",
    help="Cada renglón abre una acción con su propio seguimiento (PT-ED-05).",
    example="Correctiva · Dos hitos vencidos · Repetir el alistamiento · 30 de octubre de 2026",
    max_items=20,
    columns=(
        fields.choice("kind", "Tipo", example="Correctiva", required=True, options=vocabularies.ACTION_KINDS),
        fields.sentence("finding", "Hallazgo", example="Dos hitos vencidos sin evidencia", required=True),
        fields.sentence("action", "Acción", example="Repetir el alistamiento", required=True),
        fields.text("responsible", "Responsable", example="Asesora territorial", required=True, personal=True),
        fields.date("due", "Fecha límite", example="30 de octubre de 2026", required=True, time=AHEAD),
    ),
    source=f"{_SOURCE} 5: acciones correctivas",
)

_MONITORING = Form(
    "monitoreo_asistencia",
    "Monitoreo y seguimiento",
    (
        Section(
            "period",
            "Periodo y avance",
            (
                fields.date(
                    "period_start",
                    "Desde",
                    ask="la fecha inicial",
                    help="Al menos un monitoreo por trimestre.",
                    example="1 de julio de 2026",
                    required=True,
                    source=f"{_SOURCE} 5: nota, periodicidad trimestral",
                ),
                fields.date(
                    "period_end",
                    "Hasta",
                    ask="la fecha final",
                    help="Último día que cubre este monitoreo.",
                    example="30 de septiembre de 2026",
                    required=True,
                    source=f"{_SOURCE} 5: nota, periodicidad trimestral",
                ),
                fields.table(
                    "milestone_states",
                    "Estado de los hitos",
                    item="hito",
                    help="El estado es el que dejan los reportes y las verificaciones de cada hito. "
                    "Aquí escriba qué lo explica.",
                    example="2 · Actualización de proyectos · En curso · 31 de 34 actualizados",
                    required=True,
                    max_items=100,
                    columns=(
                        milestones.GIVEN_NUMBER,
                        milestones.GIVEN_NAME,
                        fields.choice(
                            "state",
                            "Estado",
                            example="En curso",
                            required=True,
                            options=vocabularies.MILESTONE_STATES,
                            fixed=True,
                        ),
                        fields.sentence("note", "Nota", example="31 de 34 proyectos actualizados"),
                    ),
                    source=f"{_SOURCE} 5: monitoreo a partir de los hitos",
                ),
            ),
        ),
        Section(
            "quality",
            "Calidad y percepción",
            (
                fields.integer(
                    "content_quality",
                    "Calidad de los contenidos",
                    help="Según los grupos de valor, de 1 (muy baja) a 5 (muy alta).",
                    example="4",
                    required=True,
                    minimum="1",
                    maximum="5",
                    source=f"{_SOURCE} 5: calidad de los contenidos",
                ),
                fields.integer(
                    "service_perception",
                    "Percepción del servicio",
                    help="Según los grupos de valor, de 1 (muy mala) a 5 (muy buena).",
                    example="5",
                    required=True,
                    minimum="1",
                    maximum="5",
                    source=f"{_SOURCE} 5: percepción del servicio",
                ),
                fields.long_text(
                    "quality_notes",
                    "¿Qué dijeron?",
                    help="Lo que explica las calificaciones, sin nombres.",
                    example="Piden más ejemplos de proyectos de vías terciarias.",
                ),
                fields.texts(
                    "improvement_opportunities",
                    "Oportunidades de mejora",
                    help="Una por renglón.",
                    example="Enviar la guía dos días antes de cada sesión",
                    source=f"{_SOURCE} 5: oportunidades de mejora",
                ),
                CORRECTIVE_ACTIONS,
            ),
        ),
        Section(
            "supports",
            "Reporte y soportes",
            (
                fields.files(
                    "progress_report",
                    "Reporte del estado de avance",
                    help="En términos de eficacia y calidad.",
                    example="Reporte tercer trimestre Quibdó.pdf",
                    required=True,
                    source=f"{_SOURCE} 5: salida, reporte del estado de avance",
                ),
                shared.work_plan(f"{_SOURCE} 5: entrada, plan de trabajo", required=False),
                fields.text(
                    "seta_record",
                    "Registro de hitos en SETA",
                    help="Número o ruta del registro, si también se lleva allá.",
                    example="SETA-2026-00871",
                    source=f"{_SOURCE} 5: entrada, registro de hitos en SETA-WEB",
                ),
                shared.attendance(f"{_SOURCE} 5: entrada, listados de asistencia"),
            ),
        ),
    ),
    (
        Rule("dates_in_order", 1, {"fields": ["period_start", "period_end"]}),
        Rule("unique_rows", 1, {"table": "milestone_states", "columns": ["number"]}),
    ),
    submit="Registrar el monitoreo",
)

_EVALUATION = Form(
    "evaluacion_asistencia",
    "Evaluar la asistencia",
    (
        Section(
            "evaluation",
            "Resultados",
            (
                fields.table(
                    "evaluation_results",
                    "Capacidades frente a lo esperado",
                    help="Compare cada resultado esperado del plan con lo que se midió.",
                    example="Formular proyectos · Proyectos actualizados · 0 · 34 · 31",
                    required=True,
                    columns=(
                        fields.sentence("capacity", "Capacidad", example="Formular proyectos", required=True),
                        fields.text("indicator", "Indicador", example="Proyectos actualizados", required=True),
                        fields.decimal("baseline", "Línea base", example="0", required=True),
                        fields.decimal("expected", "Esperado", ask="el valor esperado", example="34", required=True),
                        fields.decimal("obtained", "Obtenido", ask="el valor obtenido", example="31", required=True),
                    ),
                    source=f"{_SOURCE} 6: capacidades frente a resultados esperados e indicadores",
                ),
                fields.long_text(
                    "conclusions",
                    "Conclusiones",
                    help="¿Se logró el resultado de capacidad? ¿Qué lo explica?",
                    example="El equipo actualiza proyectos sin apoyo; faltan tres que dependen del concejo.",
                    required=True,
                ),
                fields.long_text(
                    "goals_guidance",
                    "Orientación para las metas siguientes",
                    help="Los resultados orientan las metas de la siguiente planeación estratégica.",
                    example="En 2027 conviene pasar a presupuestación por resultados.",
                    source=f"{_SOURCE} 6: nota 1, orientación de metas",
                ),
                shared.evaluation_report(f"{_SOURCE} 6: salida, informes de análisis y evaluación", required=True),
            ),
        ),
        Section(
            "supports",
            "Información usada",
            (
                shared.work_plan(f"{_SOURCE} 6: entrada, plan de trabajo", required=False),
                fields.text(
                    "seta_record",
                    "Registro de hitos en SETA",
                    help="Número o ruta del registro, si también se lleva allá.",
                    example="SETA-2026-00871",
                    source=f"{_SOURCE} 6: entrada, registro de hitos en SETA-WEB",
                ),
                shared.attendance(f"{_SOURCE} 6: entrada, listados de asistencia"),
                shared.partial_reports(f"{_SOURCE} 6: entrada, reportes parciales"),
            ),
        ),
    ),
    submit="Registrar la evaluación",
)

_KNOWLEDGE = Form(
    "gestion_conocimiento",
    "Gestionar el conocimiento",
    (
        Section(
            "knowledge",
            "Mesas de trabajo y lecciones",
            (
                fields.table(
                    "working_sessions",
                    "Mesas de trabajo",
                    help="Con los actores del proceso y con los grupos de valor.",
                    example="12 de noviembre de 2026 · Quibdó · 18 participantes · Resultados y lecciones",
                    required=True,
                    columns=(
                        fields.date("date", "Fecha", example="12 de noviembre de 2026", required=True, time=PAST),
                        fields.text("place", "Lugar o medio", example="Quibdó, Casa de la Cultura", required=True),
                        fields.integer("participants", "Participantes", example="18", required=True, minimum="1"),
                        fields.sentence("topic", "Tema", example="Resultados y lecciones del año", required=True),
                    ),
                    source=f"{_SOURCE} 7: mesas de trabajo",
                ),
                fields.long_text(
                    "main_results",
                    "Principales resultados socializados",
                    help="Lo que se contó a la entidad y a los demás actores.",
                    example="31 de 34 proyectos al día y dos servidores certificados.",
                    required=True,
                    source=f"{_SOURCE} 7: principales resultados",
                ),
                fields.texts(
                    "lessons",
                    "Lecciones aprendidas",
                    help="Una por renglón.",
                    example="La designación formal del responsable acelera todo lo demás",
                    required=True,
                    source=f"{_SOURCE} 7: lecciones aprendidas",
                ),
            ),
        ),
        Section(
            "supports",
            "Soportes",
            (
                shared.communications(f"{_SOURCE} 7: salida, comunicaciones oficiales"),
                shared.attendance(f"{_SOURCE} 7: salida, listados de asistencia"),
                shared.minutes(f"{_SOURCE} 7: salida, actas de reunión"),
                shared.partial_reports(f"{_SOURCE} 7: entrada, reportes parciales"),
                shared.evaluation_report(f"{_SOURCE} 7: entrada, informes de evaluación", required=False),
            ),
            intro="Adjunte al menos una comunicación, un listado o un acta.",
        ),
    ),
    (Rule("at_least_one", 1, {"fields": ["official_communications", "attendance_lists", "meeting_minutes"]}),),
    submit="Registrar las lecciones",
)

_SYSTEMATISATION = Form(
    "sistematizacion_resultados",
    "Sistematizar los resultados",
    (
        Section(
            "results",
            "Resultados",
            (
                fields.long_text(
                    "systematised_results",
                    "Resultados del proceso y de la asistencia",
                    help="Lo que debe recordar quien llegue después a esta entidad.",
                    example="El banco de proyectos quedó al día y con responsable designado por decreto.",
                    required=True,
                    source=f"{_SOURCE} 8: registro y sistematización de resultados",
                ),
                fields.yes_no(
                    "accessible",
                    "¿Los actores y los grupos de valor pueden consultarlos?",
                    help="La herramienta debe ser común y accesible.",
                    example="Sí",
                    required=True,
                    source=f"{_SOURCE} 8: herramienta común y accesible",
                ),
                fields.text(
                    "system_record",
                    "Registro en el sistema de información de asistencia técnica",
                    help="Número o dirección con la que se encuentra.",
                    example="Plan de trabajo ATT-2026-014, Quibdó",
                    required=True,
                    source=f"{_SOURCE} 8: salida, sistema de información de asistencia técnica territorial",
                ),
            ),
        ),
        Section(
            "supports",
            "Soportes",
            (
                shared.evidence("Evidencias del acompañamiento", f"{_SOURCE} 8: entrada, evidencias", required=True),
                shared.attendance(f"{_SOURCE} 8: entrada, listados de asistencia"),
                shared.minutes(f"{_SOURCE} 8: entrada, actas de reunión"),
                shared.partial_reports(f"{_SOURCE} 8: entrada, reportes parciales"),
                shared.evaluation_report(f"{_SOURCE} 8: entrada, informes de evaluación", required=False),
            ),
            intro="Los que adjuntó en pasos anteriores ya están aquí.",
        ),
    ),
    submit="Registrar y cerrar el plan",
)

FORMS = (_EXECUTION, _MONITORING, _EVALUATION, _KNOWLEDGE, _SYSTEMATISATION)
