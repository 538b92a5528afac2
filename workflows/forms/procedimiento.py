"""Forms of the eight-step procedure with one entity: planning, steps 1 to 3, and consent."""

from forms.declaration import AHEAD
from forms.declaration import PAST
from forms.declaration import Form
from forms.declaration import Rule
from forms.declaration import Section
from workflows import vocabularies
from workflows.forms import fields
from workflows.forms import milestones
from workflows.forms import protocol
from workflows.forms import shared
from workflows.forms.consent import CONSENT
from workflows.forms.procedure_execution import FORMS as EXECUTION_FORMS

_SOURCE = "001, procedimiento, paso"

_NEED = Form(
    "identificacion_necesidad",
    "Identificar la problemática o necesidad",
    (
        Section(
            "need",
            "Necesidad",
            (
                fields.texts(
                    "needs",
                    "Necesidades de asistencia técnica",
                    help="Las de esta entidad en competencias del DNP. Describa lo que ocurre hoy.",
                    example="La secretaría de planeación presenta tarde la información de sus proyectos",
                    required=True,
                    source=f"{_SOURCE} 1: necesidades identificadas",
                ),
                fields.texts(
                    "products_and_services",
                    "Productos o servicios que la atienden",
                    help="Los que señala la planeación estratégica, según la necesidad y la oferta.",
                    example="Bancos de proyectos al día",
                    required=True,
                    source=f"{_SOURCE} 1: productos o servicios señalados",
                ),
                fields.texts(
                    "stakeholder_groups",
                    "Grupos de valor seleccionados",
                    help="A quién se dirige la asistencia dentro de la entidad.",
                    example="Secretaría de Planeación y Secretaría de Hacienda",
                    required=True,
                    source=f"{_SOURCE} 1: grupos de valor seleccionados",
                ),
                fields.table(
                    "capacities",
                    "Capacidades por desarrollar o fortalecer",
                    help="Con su alcance: hasta dónde se quiere llegar.",
                    example="Capacidades administrativas · Formular proyectos en la MGA sin apoyo",
                    required=True,
                    columns=(
                        fields.choice(
                            "capacity_type",
                            "Tipo",
                            example="Capacidades administrativas",
                            required=True,
                            options=vocabularies.CAPACITY_TYPES,
                        ),
                        fields.sentence("capacity", "Capacidad", example="Formular proyectos", required=True),
                        fields.sentence(
                            "scope", "Alcance", example="Formular en la MGA sin apoyo externo", required=True
                        ),
                    ),
                    source=f"{_SOURCE} 1: capacidades y alcance",
                ),
                fields.long_text(
                    "installed_capacity",
                    "Capacidad instalada y operativa de la entidad",
                    help="Equipo, recursos y herramientas con los que cuenta.",
                    example="Dos profesionales de planta en planeación y conectividad estable.",
                    required=True,
                    source=f"{_SOURCE} 1: capacidad instalada y operativa",
                ),
                shared.agreement_matrix(f"{_SOURCE} 1: salida, matriz de concertación", required=True),
            ),
        ),
        Section(
            "inputs",
            "Información consultada",
            (
                fields.table(
                    "performance_indices",
                    "Índices de desempeño de la entidad",
                    help="Los que respaldan la necesidad.",
                    example="Índice de Desempeño Fiscal · 2025 · 54,2",
                    columns=(
                        fields.text("index", "Índice", example="Índice de Desempeño Fiscal", required=True),
                        fields.year("year", "Año", example="2025", required=True),
                        fields.decimal("value", "Valor", example="54,2", required=True),
                    ),
                    source=f"{_SOURCE} 1: entrada, índices de desempeño",
                ),
                fields.text(
                    "portfolio_reference",
                    "Oferta y demanda del portafolio",
                    help="Ofertas o demandas del portafolio interactivo que se tuvieron en cuenta.",
                    example="Demanda de la Gobernación del Chocó, marzo de 2026",
                    source=f"{_SOURCE} 1: entrada, portafolio interactivo",
                ),
                fields.text(
                    "national_plan",
                    "Plan Nacional de Desarrollo",
                    ask="el Plan Nacional de Desarrollo",
                    help="Apuesta o meta del plan a la que aporta.",
                    example="Convergencia regional: fortalecimiento institucional",
                    source=f"{_SOURCE} 1: entrada, Plan Nacional de Desarrollo",
                ),
                fields.text(
                    "strategic_planning",
                    "Planeación estratégica",
                    help="Meta estratégica del DNP con la que se articula.",
                    example="400 municipios asistidos en la vigencia",
                    source=f"{_SOURCE} 1: entrada, planeación estratégica",
                ),
                fields.texts(
                    "regulations",
                    "Normatividad vigente",
                    help="Normas que aplican.",
                    example="Decreto 1082 de 2015",
                    source=f"{_SOURCE} 1: entrada, normatividad vigente",
                ),
            ),
        ),
    ),
    (Rule("problems_not_lack_of_solution", 1, {"field": "needs"}),),
    submit="Registrar la necesidad",
)

_TRAINED = fields.when("training_needed", True)

_PROGRAMMING = Form(
    "programacion_asistencia",
    "Programar la asistencia técnica",
    (
        Section(
            "plan",
            "Plan de trabajo",
            (
                fields.texts(
                    "work_objectives",
                    "Objetivos",
                    help="Lo que se logrará con esta entidad.",
                    example="Actualizar los 34 proyectos vigentes del municipio",
                    required=True,
                    source=f"{_SOURCE} 2: objetivos",
                ),
                fields.texts(
                    "expected_results",
                    "Resultados esperados en términos de capacidades",
                    help="Se evalúan en el paso 6.",
                    example="El equipo actualiza un proyecto sin apoyo en menos de dos días",
                    required=True,
                    source=f"{_SOURCE} 2: resultados esperados",
                ),
                fields.date(
                    "plan_start",
                    "Inicio del plan",
                    help="Primer día de trabajo con la entidad.",
                    example="4 de mayo de 2026",
                    required=True,
                ),
                fields.date(
                    "plan_end",
                    "Fin del plan",
                    help="Último día previsto.",
                    example="30 de noviembre de 2026",
                    required=True,
                ),
                protocol.MODALITIES,
                fields.choices(
                    "work_ecosystems",
                    "Ecosistemas de trabajo",
                    help="Aliados con los que se trabajará en esta entidad.",
                    example="Academia",
                    options=vocabularies.ECOSYSTEMS,
                    source=f"{_SOURCE} 2: ecosistemas de trabajo",
                ),
                fields.long_text(
                    "intervention_logic",
                    "Lógica de intervención y cadena de valor",
                    help="Si es la del producto, dígalo; escriba solo lo propio de esta entidad.",
                    example="La del producto; se agrega un taller para el equipo de Hacienda.",
                    required=True,
                    source=f"{_SOURCE} 2: lógica de intervención y cadena de valor",
                ),
                fields.long_text(
                    "evaluation_scope",
                    "Cómo y cuándo se evaluará",
                    help="El plan define la evaluación y su alcance en el tiempo.",
                    example="Prueba práctica al cierre y medición seis meses después.",
                    required=True,
                    source=f"{_SOURCE} 6: nota 2, evaluación definida en el plan",
                ),
            ),
        ),
        Section(
            "plan_milestones_section",
            "Hitos",
            (
                fields.table(
                    "plan_milestones",
                    "Hitos de trabajo con la entidad",
                    help="Vienen de la plantilla del producto. Póngales fecha y diga cuáles no aplican.",
                    example="1 · Diagnóstico del banco de proyectos · 29 de mayo de 2026",
                    required=True,
                    max_items=100,
                    columns=(
                        milestones.GIVEN_NUMBER,
                        milestones.GIVEN_NAME,
                        fields.sentence("target", "Meta", example="Un diagnóstico aprobado por la entidad"),
                        fields.date(
                            "due_date", "Fecha prevista", example="29 de mayo de 2026", required=True, time=AHEAD
                        ),
                        fields.yes_no("applies", "¿Aplica en esta entidad?", example="Sí", required=True),
                        fields.sentence(
                            "reason",
                            "¿Por qué no aplica?",
                            example="El municipio no tiene concejo en sesiones",
                            required=True,
                            show_if=fields.when("applies", False),
                        ),
                    ),
                    source=f"{_SOURCE} 2: hitos de trabajo",
                ),
                fields.yes_no(
                    "milestones_parameterised",
                    "¿Los hitos quedan listos para su seguimiento?",
                    help="Equivale a parametrizarlos en SETA.",
                    example="Sí",
                    required=True,
                    source=f"{_SOURCE} 2: parametrización de hitos",
                ),
            ),
        ),
        Section(
            "preparation",
            "Preparación y soportes",
            (
                fields.table(
                    "plan_actors",
                    "Actores que intervienen",
                    help="Quiénes participan por cada parte y para qué.",
                    example="Secretaría de Planeación · Responsable del banco de proyectos",
                    required=True,
                    columns=(
                        fields.text("actor", "Actor", example="Secretaría de Planeación", required=True),
                        fields.sentence("role", "Rol", example="Responsable del banco de proyectos", required=True),
                    ),
                    source=f"{_SOURCE} 2: entrada, actores que intervienen",
                ),
                fields.yes_no(
                    "training_needed",
                    "¿Quienes ejecutarán la asistencia necesitan entrenamiento?",
                    help="Prográmelo antes de empezar.",
                    example="No",
                    required=True,
                    source=f"{_SOURCE} 2: entrenamiento o capacitación",
                ),
                fields.table(
                    "training",
                    "Entrenamientos programados",
                    help="Tema y fecha.",
                    example="Uso de la MGA Web · 27 de abril de 2026",
                    required=True,
                    columns=(
                        fields.sentence("topic", "Tema", example="Uso de la MGA Web", required=True),
                        fields.date("date", "Fecha", example="27 de abril de 2026", required=True),
                    ),
                    show_if=_TRAINED,
                    source=f"{_SOURCE} 2: entrenamiento o capacitación",
                ),
                shared.work_plan(f"{_SOURCE} 2: salida, plan de trabajo", required=True),
                shared.agreement_matrix(f"{_SOURCE} 2: entrada, matriz de concertación", required=False),
                shared.minutes(f"{_SOURCE} 2: entrada, actas de reunión"),
            ),
        ),
    ),
    (
        Rule("dates_in_order", 1, {"fields": ["plan_start", "plan_end"]}),
        Rule("unique_rows", 1, {"table": "plan_milestones", "columns": ["number"]}),
        Rule(
            "dates_within",
            1,
            {"table": "plan_milestones", "columns": ["due_date"], "start": "plan_start", "end": "plan_end"},
        ),
    ),
    submit="Programar la asistencia",
)

_SOCIALISATION = Form(
    "socializacion_plan",
    "Socializar el plan de trabajo",
    (
        Section(
            "contact",
            "Socialización",
            (
                fields.date(
                    "meeting_date",
                    "Día de la reunión",
                    help="Si fueron varias, el de la última.",
                    example="24 de abril de 2026",
                    required=True,
                    time=PAST,
                ),
                fields.choices(
                    "contact_channels",
                    "¿Cómo se contactó a los grupos de valor?",
                    help="Marque todas las formas usadas.",
                    example="Virtual",
                    required=True,
                    options=vocabularies.CONTACT_CHANNELS,
                    source=f"{_SOURCE} 3: contacto virtual o presencial",
                ),
                fields.table(
                    "interested_parties",
                    "Partes interesadas",
                    help="Con quiénes se socializó.",
                    example="Carlos Mena · Secretario de Planeación · Alcaldía de Quibdó",
                    required=True,
                    columns=(
                        fields.text("person", "Nombre", example="Carlos Mena", required=True, personal=True),
                        fields.text("post", "Cargo", example="Secretario de Planeación", required=True, personal=True),
                        fields.text("organisation", "Entidad", example="Alcaldía de Quibdó", required=True),
                    ),
                    source=f"{_SOURCE} 3: entrada, partes interesadas",
                ),
                fields.texts(
                    "territorial_teams",
                    "Equipos territoriales del DNP que participaron",
                    help="Uno por renglón.",
                    example="Equipo regional Pacífico",
                    source=f"{_SOURCE} 3: entrada, equipos territoriales del DNP",
                ),
                fields.table(
                    "responsibilities",
                    "Responsabilidades de cada parte",
                    help="Lo que cada una se compromete a hacer.",
                    example="Alcaldía de Quibdó · Designar responsable del banco de proyectos",
                    required=True,
                    columns=(
                        fields.text("party", "Parte", example="Alcaldía de Quibdó", required=True),
                        fields.sentence(
                            "responsibility", "Responsabilidad", example="Designar responsable", required=True
                        ),
                    ),
                    source=f"{_SOURCE} 3: responsabilidades coordinadas",
                ),
                fields.yes_no(
                    "adjust",
                    "¿Se requiere ajustar el plan de trabajo?",
                    help="Si responde sí, vuelve a programar la asistencia.",
                    example="No",
                    required=True,
                    source=f"{_SOURCE} 3: decisión, ajuste del plan de trabajo",
                ),
                fields.long_text(
                    "adjustments",
                    "¿Qué hay que ajustar?",
                    help="Lo verá al volver a programar.",
                    example="Correr dos semanas el diagnóstico por las fiestas patronales.",
                    required=True,
                    show_if=fields.when("adjust", True),
                ),
            ),
        ),
        Section(
            "supports",
            "Soportes",
            (
                shared.communications(f"{_SOURCE} 3: salida, comunicaciones oficiales"),
                shared.attendance(f"{_SOURCE} 3: salida, listados de asistencia"),
                shared.minutes(f"{_SOURCE} 3: salida, actas de reunión"),
            ),
            intro="Adjunte al menos un soporte.",
        ),
    ),
    (Rule("at_least_one", 1, {"fields": ["official_communications", "attendance_lists", "meeting_minutes"]}),),
    submit="Registrar la socialización",
)

FORMS = (_NEED, _PROGRAMMING, _SOCIALISATION, CONSENT, *EXECUTION_FORMS)
