"""Forms of the reports of a period: the monthly activity report with its review, and those of a region.

What the program composed stands in fixed columns; people add what explains it. Sources: Gobierno al Plan (2020) for
the activity report and the ten questions of July 2020; Recomendaciones 2023-2024 for the Plan de Convergencia.
"""

from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Option
from forms.declaration import Rule
from forms.declaration import Section
from workflows.forms import fields

_P001 = "000, informe mensual de actividades (P001)"
_P010 = "000, formulario mensual de desempeño, pregunta"
_P017 = "003, reporte mensual del Plan de Convergencia (P017)"
_P018 = "003, balance trimestral del Plan de Convergencia (P018)"

VERDICTS = (Option("validated", "Aceptado"), Option("returned", "Devuelto con observaciones"))
BUDGET = Option(
    "budget_harmonisation", "Inicio del proceso de armonización presupuestal y construcción del plan indicativo"
)
DIFFICULTIES = (
    Option("indicators_and_kpt", "Catálogo de indicadores y KPT"),
    BUDGET,
    Option("milestones_in_progress", "Hitos de la etapa en proceso"),
    Option("other", "Otra"),
)
ADVANCES = (
    Option("plans_approved", "Terminación del proceso de aprobación de planes"),
    BUDGET,
    Option("other", "Otro"),
)


def _found(name: str, label: str, column: str, column_label: str, example: str, item: str) -> Field:
    """What the program found, a row each, with a remark beside it."""
    return fields.table(
        name, label, help="Lo encontró el sistema en lo que está registrado. Explique lo que haga falta.",
        example=example, item=item, max_items=500,
        columns=(
            fields.long_text(column, column_label, example=example, fixed=True),
            fields.sentence("remark", "Qué hay que decir de esto", example="La alcaldía nombró reemplazo el día 20"),
        ),
    )  # fmt: skip


_ACTIVITIES = Section(
    "activities_section",
    "Actividades por obligación",
    (
        fields.table(
            "obligations", "Obligaciones del contrato y actividades", item="obligación", max_items=60, required=True,
            help="Lo que usted registró en el periodo, con su evidencia entre corchetes. Si falta algo, regístrelo en "
            "su lugar y vuelva: aparecerá aquí.",
            example="1 · Prestar asistencia técnica · 03/11/2026 Asistencia remota a Quibdó [Asesoría n.º 12]",
            columns=(
                fields.integer("number", "N.º", example="1", fixed=True),
                fields.long_text("obligation", "Obligación", example="Prestar asistencia técnica", fixed=True),
                fields.long_text(
                    "activities", "Actividades y evidencias", max_length=100_000, fixed=True,
                    example="03/11/2026 · Asistencia técnica remota a Quibdó [Asesoría n.º 12]",
                ),
                fields.sentence(
                    "remark", "Observaciones", max_length=2000, example="Dos sesiones se hicieron con la gobernación"
                ),
            ),
            source=_P001,
        ),
    ),
)  # fmt: skip

_DIFFICULTIES = Section(
    "difficulties_section",
    "Dificultades",
    (
        _found(
            "found_difficulties", "Dificultades que están registradas", "difficulty", "Dificultad",
            "12/11/2026 · Hito bloqueado por la entidad, 3 «Banco de proyectos», Quibdó", "dificultad",
        ),
        fields.long_text(
            "difficulties", "Otras dificultades", help="Las que no se ven en los registros.",
            example="La conexión a internet falló en dos de las jornadas virtuales.",
        ),
    ),
)  # fmt: skip

_ACHIEVEMENTS = Section(
    "achievements_section",
    "Logros",
    (
        _found(
            "found_achievements", "Hitos cumplidos en el periodo", "achievement", "Logro",
            "18/11/2026 · Hito 2 «Equipo conformado», Istmina: cumplido y verificado", "logro",
        ),
        fields.long_text(
            "achievements", "Otros logros", help="Lo que vale la pena contar del mes.",
            example="El concejo de Istmina aprobó el plan de desarrollo por unanimidad.",
        ),
        fields.files(
            "annexes", "Anexos", help="Solo lo que no esté ya registrado como evidencia.", example="Registro.pdf"
        ),
    ),
)  # fmt: skip

_REVIEW = Section(
    "review",
    "Revisión",
    (
        fields.choice(
            "verdict", "Resultado de la revisión", required=True, options=VERDICTS, example="Aceptado",
            help="Las observaciones sobre una obligación se escriben junto a ella.",
        ),
        fields.long_text(
            "remarks", "Observaciones generales", help="Obligatorias si devuelve: diga qué debe corregirse.",
            example="Precise qué se acordó en la sesión del 12 de noviembre.",
        ),
    ),
)  # fmt: skip


def _score(name: str, label: str, number: int, example: str) -> Field:
    return fields.integer(
        name, label, help="De 1 (muy mal) a 5 (muy bien).", example=example, required=True, minimum="1", maximum="5",
        source=f"{_P010} {number}",
    )  # fmt: skip


_SCORES = Section(
    "scores",
    "Calificaciones del mes",
    (
        _score("communication", "Comunicación interna y articulación con las entidades territoriales", 1, "4"),
        _score("training", "Efectividad de las capacitaciones del mes", 2, "4"),
        _score("punctuality", "Puntualidad de los enlaces al presentar informes", 3, "5"),
        fields.table(
            "advisor_scores", "Calificación de cada enlace", item="enlace", max_items=500,
            help="Según sus asesorías, informes, tareas y cronogramas, de 1 a 5. El sistema pone lo que cada quien "
            "entregó a tiempo en el mes.",
            example="Ana Lucía Mosquera · 8 de 9 a tiempo · 6 asesorías · 5",
            columns=(
                fields.text("advisor", "Enlace", example="Ana Lucía Mosquera", fixed=True, personal=True),
                fields.text("on_time", "Entregas", example="8 de 9 a tiempo", fixed=True),
                fields.integer("advisories", "Asesorías", example="6", fixed=True),
                fields.integer("score", "Calificación", example="5", required=True, minimum="1", maximum="5"),
                fields.sentence("note", "Nota", example="Cumplió su cronograma"),
            ),
            source=f"{_P010} 4",
        ),
    ),
)  # fmt: skip

_TEAM = Section(
    "team",
    "Dificultades, avances y lecciones",
    (
        fields.choices(
            "technical_difficulties", "Principales dificultades técnicas del equipo", options=DIFFICULTIES,
            help="Las que hubo en el mes.", example="Hitos de la etapa en proceso", required=True, source=f"{_P010} 5",
        ),
        fields.long_text(
            "difficulty_detail", "Explicación de la dificultad", help="Qué pasó y dónde.", required=True,
            example="Tres municipios no han designado responsable del banco de proyectos.", source=f"{_P010} 6",
        ),
        fields.choices(
            "technical_advances", "Principales avances técnicos y casos de éxito", options=ADVANCES, required=True,
            help="Los del mes.", example="Terminación del proceso de aprobación de planes", source=f"{_P010} 7",
        ),
        fields.long_text(
            "success_detail", "Explicación del caso de éxito", help="Qué se logró y cómo.", required=True,
            example="Istmina aprobó su plan dos semanas antes del plazo.", source=f"{_P010} 8",
        ),
        fields.long_text(
            "lessons", "Recomendaciones y lecciones aprendidas", help="Para el mes siguiente.", required=True,
            example="Convocar a la gobernación desde la primera sesión.", source=f"{_P010} 9",
        ),
        fields.long_text(
            "report_analysis", "Análisis del informe de actividades frente al reporte en SETA", required=True,
            help="Si lo que dicen los informes coincide con lo registrado.",
            example="Coinciden, salvo dos asesorías registradas fuera de plazo.", source=f"{_P010} 10",
        ),
    ),
)  # fmt: skip


def _progress(source: str) -> Field:
    return fields.table(
        "plan_progress", "Avance de los planes de trabajo, por producto", item="producto", max_items=500,
        help="Promedio de los planes de la región en este momento. Explique lo que haga falta.",
        example="Bancos de proyectos (ATT-2026-014) · 12 · 45,5 % · 40,0 %",
        columns=(
            fields.sentence("product", "Producto", example="Bancos de proyectos (ATT-2026-014)", fixed=True),
            fields.integer("plans", "Planes", example="12", fixed=True),
            fields.text("reported", "Avance reportado", example="45,5 %", fixed=True),
            fields.text("verified", "Avance verificado", example="40,0 %", fixed=True),
            fields.sentence("remark", "Observación", example="Dos municipios cambiaron de alcalde"),
        ),
        source=source,
    )  # fmt: skip


_PLAN = Section(
    "plan",
    "Avance del mes",
    (
        _progress(_P017),
        fields.percent(
            "overall_progress", "Avance acumulado del plan", help="Del Plan de Convergencia y Capacidades.",
            example="62", required=True, minimum="0", maximum="100", decimals=1, source=_P017,
        ),
        fields.long_text(
            "progress_detail", "Qué avanzó en el mes", help="Por línea del plan.", required=True, source=_P017,
            example="Se cerró la fase de alistamiento en 14 municipios.",
        ),
        fields.long_text(
            "obstacles", "Qué lo frenó", help="Si nada, dígalo.", example="Paro de transporte en la segunda semana.",
        ),
        fields.long_text(
            "next_steps", "Qué sigue", help="Compromisos para el mes siguiente.",
            example="Jornada con la gobernación el 5 de diciembre.",
        ),
        fields.files("supports", "Soportes", help="Actas, listados o el plan actualizado.", example="Avance.pdf"),
    ),
)  # fmt: skip

_BALANCE = Section(
    "balance_section",
    "Balance del trimestre",
    (
        _progress(_P018),
        fields.table(
            "figures", "Cifras del trimestre", item="cifra", max_items=50,
            help="Contadas de lo que está registrado.", example="Asesorías dadas · 48",
            columns=(
                fields.text("figure", "Cifra", example="Asesorías dadas", fixed=True),
                fields.text("value", "Valor", example="48", fixed=True),
                fields.sentence("remark", "Observación", example="La mitad fueron presenciales"),
            ),
            source=_P018,
        ),
        fields.long_text(
            "balance", "Balance", help="Qué se logró frente a lo previsto y por qué.", required=True, source=_P018,
            example="La región cumplió dos de las tres metas del trimestre.",
        ),
        fields.long_text(
            "obstacles", "Dificultades", help="Las que explican lo que no se logró.",
            example="Cambio de equipos de planeación en cinco municipios.",
        ),
        fields.long_text(
            "commitments", "Compromisos para el trimestre siguiente", help="Qué, quién y cuándo.", required=True,
            example="Cerrar los planes de Istmina y Condoto antes del 28 de febrero.",
        ),
        fields.files("supports", "Soportes", help="Lo que respalda el balance.", example="Balance.pdf"),
    ),
)  # fmt: skip

MONTHLY = (
    Form(
        "informe_mensual", "Informe mensual de actividades", (_ACTIVITIES, _DIFFICULTIES, _ACHIEVEMENTS),
        submit="Presentar el informe",
    ),
    Form(
        "revision_informe", "Revisar el informe de actividades", (_REVIEW,),
        (Rule("conditional_required", 1, {"field": "verdict", "values": ["returned"], "fields": ["remarks"]}),),
        submit="Registrar la revisión",
    ),
)  # fmt: skip

REGIONAL = (
    Form("formulario_desempeno", "Formulario mensual de desempeño", (_SCORES, _TEAM), submit="Enviar el formulario"),
    Form("reporte_convergencia", "Avance del Plan de Convergencia", (_PLAN,), submit="Presentar el reporte"),
    Form("balance_regional", "Balance trimestral de la región", (_BALANCE,), submit="Presentar el balance"),
)
