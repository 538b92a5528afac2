"""The sections of a protocol: steps 1 to 7 of the design, and the general schedule."""

from forms.declaration import Rule
from forms.declaration import Section
from workflows import vocabularies
from workflows.forms import costs
from workflows.forms import fields
from workflows.forms import indicators
from workflows.forms import milestones
from workflows.forms import prediseno

CAPACITY_TYPES = fields.choices(
    "capacity_types",
    "Tipos de capacidad que fortalece",
    help="Institucional: cumplir funciones. Administrativa: técnica y organización. Política: relación entre actores.",
    example="Capacidades administrativas",
    required=True,
    options=vocabularies.CAPACITY_TYPES,
    source="001, etapa 2, paso 1: tipo_de_capacidad",
)

GAPS = Section(
    "gaps_section",
    "Brechas de capacidad",
    (
        prediseno.PROBLEMS,
        CAPACITY_TYPES,
        fields.choices(
            "capacity_levels",
            "Niveles de capacidad",
            help="Dónde está la brecha: en las personas, en la organización o en su entorno.",
            example="Organizacional",
            options=vocabularies.CAPACITY_LEVELS,
            source="001, etapa 2, paso 1: nivel_de_capacidad",
        ),
        fields.table(
            "gaps",
            "Brechas",
            help="Cada brecha nace de uno de los problemas de arriba. Si puede, mídala.",
            example="Problema 1 · El equipo no conoce la MGA · 62 · % de municipios",
            required=True,
            max_items=30,
            columns=(
                fields.integer(
                    "problem_number",
                    "Número del problema",
                    help="Su posición en la lista de problemas.",
                    example="1",
                    required=True,
                    minimum="1",
                    maximum="10",
                ),
                fields.long_text(
                    "description",
                    "Brecha (cualitativa)",
                    example="El equipo de planeación no domina la metodología de formulación de proyectos.",
                    required=True,
                    max_length=1000,
                ),
                fields.decimal("value", "Medida", help="En la medida de lo posible.", example="62"),
                fields.text("measure", "Unidad", example="% de municipios", max_length=60),
            ),
            source="001, etapa 2, paso 1: brecha_cualitativa, brecha_cuantitativa, problema_relacionado",
        ),
        fields.yes_no(
            "joint_workshop",
            "¿Hubo taller conjunto con la DER?",
            help="El taller es opcional.",
            example="Sí",
            source="001, etapa 2, paso 1: hubo_taller_conjunto_der",
        ),
    ),
)

OBJECTIVES = Section(
    "objectives",
    "Objetivos de capacidad",
    (
        fields.texts(
            "capacity_objectives",
            "Objetivos de capacidad",
            help="Diga qué podrá hacer la entidad territorial que hoy no puede.",
            example="Que 40 municipios mantengan actualizado su banco de proyectos sin apoyo externo",
            required=True,
            max_items=10,
            source="001, etapa 2, paso 2: objetivos_de_capacidad",
        ),
        fields.choices(
            "objective_checks",
            "Verificación de los objetivos",
            help="Confirme que los objetivos cumplen las cuatro condiciones.",
            example="Realista; Eficaz; Coherente; Cuantificable",
            required=True,
            options=vocabularies.OBJECTIVE_CHECKS,
            source="001, etapa 2, paso 2: verificacion_objetivo",
        ),
    ),
)

ENTITIES = fields.entities(
    "entities",
    "Entidades focalizadas",
    help="Busque por nombre o por código del DANE.",
    example="Quibdó (Chocó); Istmina (Chocó)",
    required=True,
    source="001, etapa 2, paso 3: entidades_focalizadas",
)

TARGETING = Section(
    "targeting",
    "Entidades focalizadas",
    (
        fields.texts(
            "targeting_criteria",
            "Criterios de focalización",
            help="La unidad técnica los define con plena autonomía.",
            example="Bajo desempeño fiscal y municipios de categoría sexta",
            required=True,
            source="001, etapa 2, paso 3: criterios_de_focalizacion",
        ),
        fields.texts(
            "targeting_variables",
            "Variables usadas",
            help="Índices o datos con los que aplicó los criterios.",
            example="Índice de Desempeño Fiscal; Medición del Desempeño Municipal",
            source="001, etapa 2, paso 3: variables_usadas",
        ),
        ENTITIES,
    ),
)

MODALITIES = fields.choices(
    "modalities",
    "Modalidades de asistencia técnica",
    help="Elija las que mejor apoyen el resultado de capacidad esperado.",
    example="Asesoría; Asistencia técnica remota",
    required=True,
    options=vocabularies.MODALITIES,
    source="001, etapa 2, paso 5: modalidades",
)

MODALITY_SECTION = Section(
    "modalities_section",
    "Modalidades",
    (
        MODALITIES,
        fields.long_text(
            "modalities_reason",
            "¿Por qué estas modalidades?",
            help="Una o dos frases bastan.",
            example="La asesoría remota permite llegar cada semana; la visita cierra el diagnóstico.",
        ),
    ),
)

SCHEDULE = Section(
    "schedule_section",
    "Cronograma general",
    (
        fields.table(
            "schedule",
            "Cronograma general de actividades",
            help="Actividades, responsables y fechas dentro del horizonte de ejecución.",
            example="Talleres de alistamiento · Procesos o actividades · Líder técnica · 2 de marzo a 30 de abril",
            required=True,
            columns=(
                fields.sentence("activity", "Actividad", example="Talleres de alistamiento", required=True),
                fields.choice(
                    "link",
                    "Eslabón de la cadena de valor",
                    example="Procesos o actividades",
                    options=vocabularies.VALUE_CHAIN_LINKS,
                ),
                fields.text("responsible", "Responsable", help="Cargo o equipo.", example="Líder técnica"),
                fields.date("start", "Inicio", example="2 de marzo de 2026", required=True),
                fields.date("end", "Fin", example="30 de abril de 2026", required=True),
            ),
            source="001, etapa 2, paso 8: cronograma_general",
        ),
        fields.document(
            "protocol_document",
            "Protocolo de asistencia técnica",
            help="El sistema lo compone con sus respuestas; no tiene que adjuntarlo.",
            example="Protocolo de «Bancos de proyectos al día»",
            source="001, etapa 2, paso 8: protocolo",
        ),
    ),
)

SECTIONS = (
    GAPS,
    OBJECTIVES,
    TARGETING,
    milestones.SECTION,
    MODALITY_SECTION,
    indicators.SECTION,
    costs.SECTION,
    SCHEDULE,
)

GAP_RULES = (
    Rule("problems_not_lack_of_solution", 1, {"field": "problems"}),
    Rule("numbers_within_list", 1, {"table": "gaps", "column": "problem_number", "list": "problems"}),
)
OBJECTIVE_RULES = (Rule("every_option_chosen", 1, {"field": "objective_checks"}),)
RULES = (
    *GAP_RULES,
    *OBJECTIVE_RULES,
    *milestones.RULES,
    *indicators.RULES,
    *costs.RULES,
    Rule(
        "target_per_indicator_and_year",
        1,
        {
            "indicators": "indicators",
            "indicator": "name",
            "targets": "targets",
            "target_indicator": "indicator",
            "year": "year",
            "value": "target",
            "from": "horizon_start",
            "to": "horizon_end",
        },
    ),
    Rule("dates_in_order", 1, {"table": "schedule", "fields": ["start", "end"]}),
    Rule(
        "dates_within",
        1,
        {"table": "schedule", "columns": ["start", "end"], "start": "horizon_start", "end": "horizon_end"},
    ),
    Rule(
        "dates_within",
        1,
        {"table": "milestones", "columns": ["deadline"], "start": "horizon_start", "end": "horizon_end"},
    ),
)
