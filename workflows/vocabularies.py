"""The controlled words of ATT: what can be chosen in its forms.

Each vocabulary says where it comes from. A vocabulary marked provisional stands in for one that the
sources name without listing it; its words can change when the department publishes the official list.
"""

from forms.declaration import Option


def _options(**labels: str) -> tuple[Option, ...]:
    return tuple(Option(value, label) for value, label in labels.items())


def values(vocabulary: tuple[Option, ...]) -> tuple[str, ...]:
    """The stored values of a vocabulary, in order."""
    return tuple(option.value for option in vocabulary)


# 001, etapa 1, paso 2: techniques that the step mentions.
PROBLEM_TECHNIQUES = _options(problem_tree="Árbol de problemas", vester="Matriz Vester", other="Otra técnica")

# 001, líneas temáticas de la llegada a territorio.
THEMATIC_LINES = _options(
    territorial_planning="Planeación territorial",
    public_investment="Gestión de la inversión pública",
    fiscal_strengthening="Fortalecimiento fiscal y de los mecanismos de financiación territorial",
    management_techniques="Técnicas de administración y gerencia del ciclo de la gestión territorial",
    supply_and_demand="Articulación de oferta y demanda de asistencia técnica territorial",
    information_systems="Fortalecimiento de los sistemas de información territorial",
    management_incentives="Incentivos a la gestión local y regional",
)

# 001, etapa 1, paso 4: links of the value chain, from inputs to impacts.
VALUE_CHAIN_LINKS = _options(
    inputs="Insumos",
    processes="Procesos o actividades",
    output="Producto o servicio concreto",
    intermediate_results="Resultados intermedios",
    final_results="Resultados finales",
    impacts="Impactos esperados",
)

# PROVISIONAL. 001, etapa 1, paso 5, names the moments in an annex that is not available; these are the
# moments of the public management cycle in the glossary of the same policy.
PUBLIC_VALUE_MOMENTS = _options(
    planning="Planificación",
    execution="Ejecución",
    follow_up="Seguimiento",
    evaluation="Evaluación",
    control="Control",
    accountability="Rendición de cuentas",
)
PROVISIONAL = frozenset({"PUBLIC_VALUE_MOMENTS", "INDICATOR_LEVELS", "FREQUENCIES", "ACCUMULATIONS"})

# 001, conceptos de la etapa 2.
CAPACITY_TYPES = _options(
    institutional="Capacidades institucionales",
    administrative="Capacidades administrativas",
    political="Capacidades políticas",
)

# 002 (individual, organizational, institutional) and 003 (social): the source keeps both series.
CAPACITY_LEVELS = _options(
    individual="Individual",
    organizational="Organizacional",
    institutional="Institucional",
    social="Social",
)

# 001, etapa 2, paso 2.
OBJECTIVE_CHECKS = _options(
    realistic="Realista: se alcanza con los recursos disponibles",
    effective="Eficaz: responde a los problemas de hoy y a los del plazo fijado",
    coherent="Coherente: cumplirlo no impide cumplir otro objetivo",
    quantifiable="Cuantificable: se puede medir en el tiempo",
)

# 001, etapa 2, paso 5.
MODALITIES = _options(
    training="Capacitación",
    advisory="Asesoría",
    on_site="Asistencia técnica en sitio",
    remote="Asistencia técnica remota",
    experience_exchange="Intercambio de experiencias",
)

# PROVISIONAL. 001, formato de captura, gives the columns without their values; levels follow the value chain.
INDICATOR_LEVELS = _options(impact="Impacto", result="Resultado", product="Producto", management="Gestión")
FREQUENCIES = _options(
    fortnightly="Quincenal",
    monthly="Mensual",
    quarterly="Trimestral",
    half_yearly="Semestral",
    yearly="Anual",
)
ACCUMULATIONS = _options(
    sum="Acumulado: los logros se suman",
    last="Último valor: vale el logro más reciente",
    average="Promedio de los logros",
    maximum="Máximo alcanzado",
)

# 001, etapa 2, paso 8, and its modification: how the DER answers.
VERDICTS = _options(validated="Validado", returned="Devuelto con observaciones")

# 002, acción 1: classifiers of supply and demand.
DESCRIPTORS = _options(
    functional="Funcional: gerencia y administración de lo público",
    sectoral="Sectorial: sectores de competencia de las entidades territoriales",
    population="Poblacional: diversidad cultural y socioeconómica",
)

# 002: who offers technical assistance.
PROVIDERS = _options(
    national_government="Gobierno nacional",
    governorates="Gobernaciones",
    associations="Asociaciones de entidades territoriales",
    cooperation="Cooperación internacional",
    other="Otros actores voluntarios",
)

# 001, etapa 3, paso 1.
ACTOR_SCOPES = _options(internal="Interno", external="Externo")

# 000, ecosistemas de trabajo de 2020 (the source lists eleven).
ECOSYSTEMS = _options(
    human_rights="Derechos Humanos",
    federations="Federaciones y Esquemas Asociativos Territoriales",
    competitiveness="Competitividad y Desarrollo",
    peace="Paz, Víctimas y Seguridad",
    public_management="Gerencia y Gestión Pública",
    participation="Participación y transparencia",
    cooperation="Cooperación internacional y Relaciones Exteriores",
    basic_sectors="Sectores Básicos de Desarrollo",
    populations="Poblaciones",
    environment="Medio Ambiente",
    academia="Academia",
)

# 001, etapa 4, paso 3.
SCALING_TARGETS = _options(
    policy="Política",
    plan="Plan",
    programme="Programa",
    project="Proyecto",
    regulation="Reforma normativa",
)

# 001, pista de comunicaciones.
CONTENT_TYPES = _options(strategic="Estratégico", pedagogical="Pedagógico", service="Servicio")
CHANNELS = _options(
    portal="Portal Territorial de Colombia",
    facebook="Facebook",
    twitter="Twitter",
    linkedin="LinkedIn",
    institutional="Herramientas institucionales",
)
COMMUNICATION_ROLES = _options(
    functional="Funcional de asistencia técnica",
    communicator="Comunicacional",
    pedagogue="Pedagogo",
    camera="Videógrafo o fotógrafo",
    designer="Diseñador gráfico",
    editor="Editor videográfico",
    product_lead="Líder de producto o servicio",
)
FEEDBACK_MECHANISMS = _options(
    communities="Portal Territorial: comunidades de práctica y redes sociales",
    transfer_events="Eventos de transferencia virtuales y presenciales",
)

# 001, lineamiento 1: what every strategy must bring.
ORIENTATION_CRITERIA = _options(
    integrated="Integrada",
    strengthens="Fortalece a las entidades territoriales",
    focused="Focalizada",
    innovative="Innovadora",
    results_oriented="Orientada a resultados",
    differentiated="Diferenciada",
    aligned="Alineada",
)
CONDUCT_CRITERIA = _options(
    solutions_market="Crea un mercado de soluciones, no solo corrige fallos",
    modular_supply="Oferta y demanda modulables, basadas en transacciones",
    exchange="Mecanismos de intercambio, propagación y réplica de soluciones",
)
TRIGGERS = _options(
    disruption="Disrupción de procesos",
    change_drivers="Impulsores de cambio",
    value_exchange="Intercambio de valor",
    solutions_ecosystem="Ecosistema de soluciones",
    exchange_currencies="Monedas de intercambio",
)
SWITCHES = _options(
    articulation="Articulación",
    alignment="Alineación",
    innovation="Innovación",
    differentiation="Diferenciación",
    collaboration="Colaboración",
    proactivity="Proactividad",
)

# 001, lineamiento 3: components of the government of the arrival to territory.
GOVERNMENT_COMPONENTS = _options(
    hub="A. Centro de operaciones o gobierno corporativo (HUB)",
    facilitators="B. Facilitadores técnicos",
    deployment_groups="C. Grupos territoriales de despliegue",
    management="D. Nivel Directivo",
)

# 001, procedimiento, paso 3.
CONTACT_CHANNELS = _options(virtual="Virtual", in_person="Presencial")

# Ours: what a milestone can be when step 5 looks at it (000 tells of milestones that an entity blocks).
MILESTONE_STATES = _options(
    pending="Pendiente",
    in_progress="En curso",
    reported="Cumplido según reporte",
    verified="Cumplido y verificado",
    blocked="Bloqueado por la entidad",
    not_applicable="No aplica",
)

# 001, procedimiento, paso 5 (PT-ED-05, acciones preventivas, correctivas y de mejora).
ACTION_KINDS = _options(preventive="Preventiva", corrective="Correctiva", improvement="De mejora")

# 000, estructura: the themes of the three thematic experts; «Otro» is ours.
EXPERT_THEMES = _options(
    planning="Planeación y Proyectos",
    digital="Gobierno Digital",
    articulation="Articulación interinstitucional",
    other="Otro",
)

# Ours: the parts of a protocol that a modification can touch.
PROTOCOL_PARTS = _options(
    gaps="Brechas de capacidad",
    objectives="Objetivos de capacidad",
    targeting="Entidades focalizadas",
    milestones="Hitos de trabajo",
    modalities="Modalidades",
    indicators="Indicadores y metas",
    costs="Costos y recursos",
    schedule="Cronograma",
)

# Ours: which running work plans take over a validated modification.
ADOPTIONS = _options(all="Todos los planes en curso", none="Ninguno", chosen="Solo las entidades que elija")
