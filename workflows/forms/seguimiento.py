"""Forms of the fourth stage: measure, write down what was learnt, pass it on."""

from forms.declaration import PAST
from forms.declaration import Form
from forms.declaration import Rule
from forms.declaration import Section
from workflows import vocabularies
from workflows.forms import fields

_MONITORING = Form(
    "monitoreo_360",
    "Aplicar el monitoreo 360",
    (
        Section(
            "progress",
            "Avance de hitos",
            (
                fields.table(
                    "milestone_progress",
                    "Avance de hitos por entidad",
                    help="El sistema trae lo registrado de cada entidad. Si el avance que informa no es el verificado, "
                    "explique por qué.",
                    example="Quibdó (Chocó) · 82 %",
                    required=True,
                    max_items=1500,
                    columns=(
                        fields.entity("entity", "Entidad", example="Quibdó (Chocó)", required=True, fixed=True),
                        fields.text("plan_status", "Plan", example="Cerrado, vigencia 2026", fixed=True),
                        fields.text("milestones", "Hitos", example="8 de 12 verificados", fixed=True),
                        fields.date("last_term", "Último plazo", example="30 de noviembre de 2026", fixed=True),
                        fields.integer("advisories", "Asesorías", example="6", fixed=True),
                        fields.percent("reported", "Avance reportado", example="90", fixed=True),
                        fields.percent("verified", "Avance verificado", example="82", fixed=True),
                        fields.date("as_of", "Corte", example="24 de noviembre de 2026", fixed=True),
                        fields.percent("progress", "Avance", example="82", required=True),
                        fields.sentence(
                            "explanation",
                            "Explicación u observación",
                            help="Obligatoria si el avance no es el verificado.",
                            example="Dos hitos se cumplieron y su evidencia está en verificación",
                        ),
                    ),
                    source="001, etapa 4, paso 1: avance_de_hitos",
                ),
                fields.table(
                    "indicator_results",
                    "Logros de los indicadores",
                    help="Un renglón por indicador y por mes medido.",
                    example="Bancos de proyectos actualizados · marzo de 2026 · 3",
                    max_items=500,
                    columns=(
                        fields.text(
                            "indicator", "Indicador", example="Bancos de proyectos actualizados", required=True
                        ),
                        fields.month("month", "Mes", example="marzo de 2026", required=True, time=PAST),
                        fields.decimal("achieved", "Logro", example="3", required=True),
                    ),
                    source="001, formato de captura de indicadores: MES, LOGRO",
                ),
            ),
        ),
        Section(
            "satisfaction",
            "Satisfacción y calidad",
            (
                fields.decimal(
                    "satisfaction_score",
                    "Satisfacción de los beneficiarios",
                    help="Promedio de la encuesta, de 1 a 5.",
                    example="4,3",
                    required=True,
                    minimum="1",
                    maximum="5",
                    source="001, etapa 4, paso 1: satisfaccion_de_beneficiarios",
                ),
                fields.integer(
                    "satisfaction_responses",
                    "Respuestas de la encuesta",
                    help="Cuántas personas respondieron.",
                    example="64",
                    minimum="0",
                    unit="personas",
                ),
                fields.table(
                    "quality_checks",
                    "Calidad del servicio",
                    help="Lista de chequeo de los entregables.",
                    example="Plan indicativo · Las metas tienen línea base · Sí",
                    required=True,
                    columns=(
                        fields.text("deliverable", "Entregable", example="Plan indicativo", required=True),
                        fields.sentence("criterion", "Criterio", example="Las metas tienen línea base", required=True),
                        fields.yes_no("met", "¿Cumple?", example="Sí", required=True),
                        fields.sentence("note", "Nota", example="Falta la línea base de dos metas"),
                    ),
                    source="001, etapa 4, paso 1: calidad_del_servicio",
                ),
            ),
        ),
        Section(
            "reports",
            "Informes de seguimiento",
            (
                fields.files(
                    "strategic_report",
                    "Informe de nivel estratégico",
                    help="Para la alta dirección.",
                    example="Informe estratégico primer semestre.pdf",
                    required=True,
                    source="001, etapa 4, paso 1: informes_de_seguimiento",
                ),
                fields.files(
                    "operational_report",
                    "Informe de nivel operacional",
                    help="Para los equipos que ejecutan.",
                    example="Informe operacional primer semestre.pdf",
                    required=True,
                    source="001, etapa 4, paso 1: informes_de_seguimiento",
                ),
            ),
        ),
    ),
    (
        Rule("entities_not_repeated", 1, {"table": "milestone_progress", "column": "entity"}),
        Rule(
            "difference_explained",
            1,
            {"table": "milestone_progress", "column": "progress", "from": "verified", "explanation": "explanation"},
        ),
        Rule("unique_rows", 1, {"table": "indicator_results", "columns": ["indicator", "month"]}),
    ),
    submit="Guardar el monitoreo",
)

_GUIDE = "001, etapa 4, paso 2: preguntas_guia"

_SYSTEMATISATION = Form(
    "sistematizacion",
    "Sistematizar experiencias",
    (
        Section(
            "final_report_section",
            "Informe final",
            (
                fields.files(
                    "final_report",
                    "Informe final de ejecución",
                    help="Es el mínimo que exige la sistematización.",
                    example="Informe final Bancos de proyectos 2026.pdf",
                    required=True,
                    source="001, etapa 4, paso 2: informe_final_de_ejecucion",
                ),
                fields.url(
                    "publication_url",
                    "Enlace de publicación en el Portal Territorial",
                    help="Donde cualquiera puede leer el informe.",
                    example="https://portalterritorial.dnp.gov.co/experiencias/bancos-de-proyectos",
                    required=True,
                    source="001, etapa 4, paso 2: enlace_publicacion_portal_territorial",
                ),
            ),
        ),
        Section(
            "guide_questions",
            "Preguntas guía",
            (
                fields.long_text(
                    "what_worked",
                    "¿Qué funcionó y qué no?",
                    help="Cuente ambas cosas.",
                    example="Funcionó la asesoría entre pares; no funcionó el taller de un solo día.",
                    source=_GUIDE,
                ),
                fields.long_text(
                    "success_factors",
                    "¿Cuáles fueron los factores clave de éxito?",
                    help="Lo que no puede faltar si se repite.",
                    example="Que el secretario de planeación designe un responsable del banco desde el primer día.",
                    source=_GUIDE,
                ),
                fields.long_text(
                    "would_change",
                    "¿Qué haría distinto y por qué?",
                    help="Piense en quien empiece el próximo año.",
                    example="Empezar por los proyectos que vencen, porque muestran resultados en semanas.",
                    source=_GUIDE,
                ),
                fields.long_text(
                    "recommendations",
                    "Recomendaciones",
                    help="Para el DNP y para las entidades territoriales.",
                    example="Incluir la actualización del banco en el plan de acción municipal.",
                    source=_GUIDE,
                ),
            ),
        ),
    ),
    submit="Guardar la sistematización",
)

_SCALING = Form(
    "difusion_y_escalamiento",
    "Difundir y escalar resultados",
    (
        Section(
            "scaling",
            "Difusión y escalamiento",
            (
                fields.texts(
                    "lessons",
                    "Lecciones aprendidas",
                    help="Una por renglón, útiles para otro producto o región.",
                    example="El acompañamiento semanal corto avanza más que la visita mensual larga",
                    required=True,
                    source="001, etapa 4, paso 3: lecciones_aprendidas",
                ),
                fields.choices(
                    "input_for",
                    "Son insumo para",
                    help="Marque dónde pueden convertirse en decisión.",
                    example="Programa; Proyecto",
                    required=True,
                    options=vocabularies.SCALING_TARGETS,
                    source="001, etapa 4, paso 3: insumo_para",
                ),
                fields.long_text(
                    "scaling_note",
                    "¿Cuál política, plan, programa, proyecto o norma?",
                    help="Nómbrelo si ya lo sabe.",
                    example="Programa de fortalecimiento de bancos de proyectos 2027.",
                ),
            ),
        ),
    ),
    submit="Guardar y cerrar el producto",
)

FORMS = (_MONITORING, _SYSTEMATISATION, _SCALING)
