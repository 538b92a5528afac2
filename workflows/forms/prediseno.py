"""Forms of the first stage: from a name and a problem to the sheet that the DER comments on."""

from forms.declaration import PAST
from forms.declaration import Form
from forms.declaration import Rule
from forms.declaration import Section
from workflows import vocabularies
from workflows.forms import fields

NAME = fields.text(
    "name",
    "Nombre del producto o servicio",
    help="Use un nombre claro, que se entienda en territorio sin conocer el DNP por dentro.",
    example="Bancos de proyectos al día",
    required=True,
    max_length=120,
    source="001, etapa 1, paso 1: nombre_producto_servicio",
)
NAMING = Section("naming", "Nombre", (NAME,))

PROBLEMS = fields.texts(
    "problems",
    "Problemas o necesidades que quiere atender",
    help="Describa una situación negativa que existe hoy. Un problema no es la ausencia de su solución.",
    example="Los proyectos del municipio vencen en el banco sin que nadie los actualice",
    required=True,
    max_items=10,
    source="001, etapa 1, paso 2: problema_o_necesidad",
)
PROBLEM = Section(
    "problem",
    "Problema o necesidad",
    (
        PROBLEMS,
        fields.files(
            "support_files",
            "Datos de soporte",
            help="Adjunte las cifras o estudios que muestran el problema.",
            example="Reporte de proyectos sin actualizar.xlsx",
            source="001, etapa 1, paso 2: datos_de_soporte",
        ),
        fields.texts(
            "support_links",
            "Enlaces de soporte",
            help="Direcciones completas, que empiecen por https:// o http://.",
            example="https://terridata.dnp.gov.co/",
            source="001, etapa 1, paso 2: datos_de_soporte",
        ),
        fields.choice(
            "technique",
            "Técnica con la que delimitó el problema",
            help="Solo si usó alguna.",
            example="Árbol de problemas",
            options=vocabularies.PROBLEM_TECHNIQUES,
            source="001, etapa 1, paso 2: tecnica_usada",
        ),
        fields.text(
            "technique_other",
            "¿Cuál técnica?",
            help="Escriba el nombre con el que se conoce.",
            example="Marco lógico",
            required=True,
            show_if=fields.when("technique", "other"),
        ),
    ),
)

ALIGNMENT = Section(
    "alignment",
    "Alineación estratégica",
    (
        fields.texts(
            "mission_functions",
            "Funciones misionales relacionadas",
            help="Funciones del DNP o de su dependencia a las que responde el producto.",
            example="Orientar la formulación y el seguimiento de la inversión pública territorial",
            required=True,
            source="001, etapa 1, paso 3: funciones_misionales_relacionadas",
        ),
        fields.table(
            "action_plan_goals",
            "Metas del plan de acción de la vigencia",
            help="Metas del plan de acción a las que aporta.",
            example="2026 · 400 entidades asistidas en gestión de proyectos",
            required=True,
            max_items=30,
            columns=(
                fields.year("year", "Vigencia", example="2026", required=True),
                fields.sentence(
                    "goal", "Meta", example="400 entidades asistidas en gestión de proyectos", required=True
                ),
            ),
            source="001, etapa 1, paso 3: metas_del_plan_de_accion_de_la_vigencia",
        ),
        fields.choices(
            "thematic_lines",
            "Líneas temáticas a las que aporta",
            help="Marque solo aquellas a las que el aporte es significativo.",
            example="Gestión de la inversión pública",
            required=True,
            options=vocabularies.THEMATIC_LINES,
            source="001, etapa 1, paso 3: lineas_tematicas_a_las_que_aporta",
        ),
        fields.long_text(
            "coherence",
            "Justificación de la coherencia",
            help="Explique en pocas líneas cómo aporta a esas metas y líneas.",
            example="Un banco de proyectos actualizado permite presupuestar por resultados y rendir cuentas.",
            source="001, etapa 1, paso 3: justificacion_de_coherencia",
        ),
    ),
)

VALUE_CHAIN = Section(
    "value_chain_section",
    "Cadena de valor",
    (
        fields.table(
            "value_chain",
            "Cadena de valor",
            help="Escriba al menos un enunciado por eslabón, de los insumos a los impactos.",
            example="Insumos · Asesores con experiencia en proyectos de inversión",
            required=True,
            min_items=6,
            columns=(
                fields.choice(
                    "link",
                    "Eslabón",
                    example="Insumos",
                    required=True,
                    options=vocabularies.VALUE_CHAIN_LINKS,
                ),
                fields.sentence(
                    "statement",
                    "Enunciado",
                    example="Asesores con experiencia en proyectos de inversión",
                    required=True,
                ),
            ),
            source="001, etapa 1, paso 4: insumos, procesos_actividades, producto_o_servicio_concreto, "
            "resultados_intermedios, resultados_finales, impactos_esperados",
        ),
    ),
    intro="Parta de los problemas que delimitó. Es de lo primero que la DER comenta con usted.",
)
EVERY_LINK = Rule("every_option_used", 1, {"table": "value_chain", "column": "link"})

PUBLIC_VALUE = Section(
    "public_value",
    "Ciclo de generación de valor público",
    (
        fields.choices(
            "moments",
            "Momentos del ciclo en los que aporta",
            help="Lista provisional, tomada del ciclo de gestión pública, mientras se publica la oficial.",
            example="Planificación; Ejecución",
            required=True,
            options=vocabularies.PUBLIC_VALUE_MOMENTS,
            source="001, etapa 1, paso 5: momentos_del_ciclo",
        ),
        fields.long_text(
            "moments_contribution",
            "¿Cómo aporta en esos momentos?",
            help="Una o dos frases bastan.",
            example="En la planificación deja proyectos formulados; en la ejecución, información al día.",
        ),
    ),
)

BASICS = Section(
    "basics",
    "Antecedentes y justificación",
    (
        fields.long_text(
            "background",
            "Antecedentes",
            help="Sea breve: qué se ha hecho antes y con qué resultado.",
            example="En 2020 se acompañó la actualización de bancos en 365 municipios.",
            required=True,
            max_length=3000,
            source="001, etapa 1, paso 6: antecedentes",
        ),
        fields.long_text(
            "justification",
            "Justificación",
            help="Sea breve: por qué conviene hacerlo ahora y desde su dependencia.",
            example="Las nuevas administraciones deben actualizar sus proyectos antes de presupuestar.",
            required=True,
            max_length=3000,
            source="001, etapa 1, paso 6: justificacion",
        ),
        fields.document(
            "sheet_document",
            "Ficha de prediseño",
            help="El sistema la compone con sus respuestas; no tiene que adjuntarla.",
            example="Ficha de prediseño de «Bancos de proyectos al día»",
            source="001, etapa 1, paso 6: consolidado_pasos_1_a_5",
        ),
    ),
)

_PROBLEM_RULES = (
    Rule("problems_not_lack_of_solution", 1, {"field": "problems"}),
    Rule("addresses", 1, {"field": "support_links"}),
)

FORMS = (
    Form("nombre_producto", "Nombrar el producto o servicio", (NAMING,), submit="Guardar el nombre"),
    Form("problema", "Delimitar el problema o necesidad", (PROBLEM,), _PROBLEM_RULES, submit="Guardar el problema"),
    Form("alineacion", "Revisar la alineación estratégica", (ALIGNMENT,), submit="Guardar la alineación"),
    Form(
        "cadena_de_valor",
        "Definir la cadena de valor",
        (VALUE_CHAIN,),
        (EVERY_LINK,),
        submit="Guardar la cadena de valor",
    ),
    Form(
        "ciclo_de_valor_publico",
        "Ubicar el producto en el ciclo de generación de valor público",
        (PUBLIC_VALUE,),
        submit="Guardar la ubicación",
    ),
    Form(
        "ficha_prediseno",
        "Ficha de prediseño",
        (NAMING, PROBLEM, ALIGNMENT, VALUE_CHAIN, PUBLIC_VALUE, BASICS),
        (*_PROBLEM_RULES, EVERY_LINK),
        intro="Sus respuestas anteriores ya están aquí. Revíselas y complete los antecedentes y la justificación.",
        submit="Enviar a la DER",
    ),
    Form(
        "retroalimentacion_ficha",
        "Retroalimentar la ficha de prediseño",
        (
            Section(
                "feedback_section",
                "Retroalimentación",
                (
                    fields.long_text(
                        "feedback",
                        "Retroalimentación general",
                        help="Los comentarios sobre un dato puntual se escriben junto a ese dato.",
                        example="La cadena de valor es clara; precise cómo medirá los resultados intermedios.",
                        required=True,
                        source="001, etapa 1, paso 7: retroalimentacion_der",
                    ),
                    fields.yes_no(
                        "suggests_round",
                        "¿Sugiere ajustar la ficha y volver a revisarla?",
                        help="Es una recomendación: la decisión es de la unidad técnica.",
                        example="No",
                        required=True,
                    ),
                    fields.date(
                        "date",
                        "Fecha de la retroalimentación",
                        help="Día en que la entrega a la unidad técnica.",
                        example="12 de febrero de 2026",
                        time=PAST,
                        source="001, etapa 1, paso 7: fecha_retroalimentacion",
                    ),
                ),
            ),
        ),
        submit="Enviar la retroalimentación",
    ),
    Form(
        "respuesta_retroalimentacion",
        "Responder la retroalimentación",
        (
            Section(
                "answer_section",
                "Su respuesta",
                (
                    fields.long_text(
                        "answer",
                        "Respuesta a la DER",
                        help="Cuente qué acoge, qué no y por qué.",
                        example="Acogemos la precisión sobre los resultados intermedios; ya está en la cadena.",
                        required=True,
                    ),
                    fields.yes_no(
                        "another_round",
                        "¿Ajustará la ficha y pedirá otra ronda?",
                        help="Si responde no, el producto pasa a diseño.",
                        example="No",
                        required=True,
                    ),
                ),
            ),
        ),
        submit="Enviar la respuesta",
    ),
)
