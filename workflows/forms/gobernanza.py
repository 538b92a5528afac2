"""Forms of a strategy: what it brings, and how it is governed."""

from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Rule
from forms.declaration import Section
from workflows import vocabularies
from workflows.forms import fields

_L1 = "001, lineamiento 1"
_STEP = "001, gobierno, paso"
_LEVELS = "001, gobierno, niveles de retroalimentación"

_DEFINITION = Form(
    "definicion_de_estrategia",
    "Definir la estrategia",
    (
        Section(
            "definition",
            "Objetivo y metas",
            (
                fields.text(
                    "name",
                    "Nombre de la estrategia",
                    help="Con el que se conocerá en territorio.",
                    example="Gobiernos que ejecutan",
                    required=True,
                ),
                fields.long_text(
                    "objective",
                    "Objetivo",
                    help="Determinado, medible y verificable. Parta del objetivo general de llegada a territorio, de "
                    "la experiencia de la dependencia y de los resultados de intervenciones parecidas.",
                    example="Que 400 municipios ejecuten al menos el 85 % de su presupuesto de inversión en 2027.",
                    required=True,
                    source=f"{_L1}: objetivo",
                ),
                fields.table(
                    "goals",
                    "Metas",
                    help="Son de la estrategia, no de cada dependencia. Deben poder contarse.",
                    example="Municipios con banco de proyectos al día · 400 · municipios · 2027",
                    required=True,
                    max_items=40,
                    columns=(
                        fields.sentence(
                            "goal", "Meta", example="Municipios con banco de proyectos al día", required=True
                        ),
                        fields.decimal("target", "Valor", example="400", required=True),
                        fields.text("measure", "Unidad", example="municipios", required=True, max_length=60),
                        fields.year("year", "Vigencia", example="2027", required=True),
                    ),
                    source=f"{_L1}: metas",
                ),
            ),
        ),
        Section(
            "criteria",
            "Criterios",
            (
                fields.choices(
                    "orientation_criteria",
                    "Criterios de orientación que cumple",
                    help="Marque los que la estrategia ya cumple; los demás quedan como tarea.",
                    example="Focalizada; Orientada a resultados",
                    required=True,
                    options=vocabularies.ORIENTATION_CRITERIA,
                    source=f"{_L1}: criterios_de_orientacion",
                ),
                fields.choices(
                    "conduct_criteria",
                    "Criterios de conducta que cumple",
                    help="Cómo se comporta la estrategia frente a quienes ofrecen y demandan asistencia.",
                    example="Mecanismos de intercambio, propagación y réplica de soluciones",
                    required=True,
                    options=vocabularies.CONDUCT_CRITERIA,
                    source=f"{_L1}: criterios_de_conducta",
                ),
                fields.choices(
                    "triggers",
                    "Detonadores",
                    help="Recomendados: rasgos que la hacen más estratégica.",
                    example="Intercambio de valor",
                    options=vocabularies.TRIGGERS,
                    source=f"{_L1}: detonadores",
                ),
                fields.choices(
                    "switches",
                    "Interruptores",
                    help="Recomendados: aspectos que la activan de forma intermitente.",
                    example="Articulación; Colaboración",
                    options=vocabularies.SWITCHES,
                    source=f"{_L1}: interruptores",
                ),
            ),
        ),
    ),
    (Rule("unique_rows", 1, {"table": "goals", "columns": ["goal", "year"]}),),
    submit="Guardar la estrategia",
)

_DEPLOYMENT = Form(
    "despliegue",
    "Identificar qué se va a desplegar",
    (
        Section(
            "deployment",
            "Despliegue",
            (
                fields.texts(
                    "deployment_milestones",
                    "Hitos",
                    help="Los puntos de control que comparte la estrategia.",
                    example="Bancos de proyectos actualizados en todos los municipios focalizados",
                    required=True,
                    source=f"{_STEP} 1: hitos",
                ),
                fields.texts(
                    "deployment_activities",
                    "Actividades",
                    help="Lo que se hará para llegar a esos hitos.",
                    example="Asesoría remota semanal",
                    required=True,
                    source=f"{_STEP} 1: actividades",
                ),
                fields.texts(
                    "deployment_products",
                    "Productos o servicios",
                    help="Los que reúne la estrategia, de una o varias dependencias.",
                    example="Bancos de proyectos al día",
                    required=True,
                    source=f"{_STEP} 1: producto",
                ),
            ),
        ),
    ),
    submit="Guardar el despliegue",
)

_ACTORS = Form(
    "actores_de_gobierno",
    "Identificar los actores de gobierno",
    (
        Section(
            "government",
            "Actores",
            (
                fields.table(
                    "government_actors",
                    "Reparto de actores",
                    help="Quién ocupa cada componente de la estructura de gobierno.",
                    example="A. Centro de operaciones (HUB) · Dirección de Estrategia Regional",
                    required=True,
                    columns=(
                        fields.choice(
                            "component",
                            "Componente",
                            example="B. Facilitadores técnicos",
                            required=True,
                            options=vocabularies.GOVERNMENT_COMPONENTS,
                        ),
                        fields.text("actor", "Actor", example="Dirección de Estrategia Regional", required=True),
                    ),
                    source=f"{_STEP} 2: reparto de actores",
                ),
            ),
        ),
    ),
    (
        Rule("unique_rows", 1, {"table": "government_actors", "columns": ["component", "actor"]}),
        Rule("every_option_used", 1, {"table": "government_actors", "column": "component"}),
    ),
    submit="Guardar los actores",
)

_ROLES = Form(
    "roles_y_funciones",
    "Definir roles, funciones y responsabilidades",
    (
        Section(
            "roles_section",
            "Roles",
            (
                fields.table(
                    "roles",
                    "Roles, funciones y responsabilidades",
                    help="Un renglón por actor y rol.",
                    example="Dirección de Estrategia Regional · Coordinación general · Integra y monitorea",
                    required=True,
                    columns=(
                        fields.text("actor", "Actor", example="Dirección de Estrategia Regional", required=True),
                        fields.sentence("role", "Rol", example="Coordinación general", required=True),
                        fields.long_text("functions", "Funciones", example="Integra y monitorea.", required=True),
                        fields.long_text(
                            "responsibilities",
                            "Responsabilidades",
                            example="Entrega un balance cada trimestre.",
                            required=True,
                        ),
                    ),
                    source=f"{_STEP} 3: actor, rol, funciones, responsabilidades",
                ),
            ),
        ),
    ),
    (Rule("unique_rows", 1, {"table": "roles", "columns": ["actor", "role"]}),),
    submit="Guardar los roles",
)

_ECOSYSTEM = Form(
    "ecosistema_de_trabajo",
    "Identificar el ecosistema de trabajo",
    (
        Section(
            "ecosystem",
            "Ecosistemas",
            (
                fields.choices(
                    "required_ecosystems",
                    "Ecosistemas requeridos",
                    help="Grupos de aliados, dentro y fuera del DNP, que agregan valor.",
                    example="Gerencia y Gestión Pública; Academia",
                    required=True,
                    options=vocabularies.ECOSYSTEMS,
                    source=f"{_STEP} 4: ecosistemas requeridos",
                ),
                fields.long_text(
                    "ecosystem_contribution",
                    "Aporte que se espera de cada uno",
                    help="Recibir contenidos, difundirlos, coordinar equipos en territorio, retroalimentar.",
                    example="La ESAP difunde los contenidos en sus sedes territoriales.",
                ),
            ),
        ),
    ),
    submit="Guardar el ecosistema",
)

_RULES = Form(
    "reglas_de_operacion",
    "Definir las reglas de operación",
    (
        Section(
            "operation",
            "Reglas de operación",
            (
                fields.texts(
                    "routines",
                    "Rutinas",
                    help="Qué se repite, cada cuánto y quién convoca.",
                    example="Comité de líderes técnicos el primer martes del mes; convoca la DER",
                    required=True,
                    source=f"{_STEP} 5: rutinas",
                ),
                fields.texts(
                    "feedback_bodies",
                    "Instancias de retroalimentación",
                    help="Dónde se recogen y se responden las observaciones.",
                    example="HUB ampliado con los líderes técnicos de todas las estrategias",
                    required=True,
                    source=f"{_STEP} 5: instancias de retroalimentación",
                ),
                fields.long_text(
                    "knowledge_transfer",
                    "Gestión y transferencia de conocimiento",
                    help="Cómo se guarda lo aprendido y cómo llega a otros.",
                    example="Cada cierre de fase deja una ficha de lecciones en el Portal Territorial.",
                    required=True,
                    source=f"{_STEP} 5: gestión y transferencia de conocimiento",
                ),
            ),
        ),
    ),
    submit="Guardar las reglas",
)


def _question(name: str, label: str, example: str, *, required: bool = False) -> Field:
    return fields.long_text(
        name,
        label,
        help="Responda con hechos y cifras." if required else "Responda si tiene con qué sustentar.",
        example=example,
        required=required,
        source=f"{_LEVELS}: {label}",
    )


_FEEDBACK = Form(
    "retroalimentacion_por_niveles",
    "Retroalimentar por niveles",
    (
        Section(
            "strategic",
            "I. Estratégico gerencial",
            (
                _question(
                    "right_things", "¿Estamos haciendo lo correcto?", "Sí: 38 municipios lo piden.", required=True
                ),
                _question(
                    "investment_aligned",
                    "¿La inversión en llegar al territorio está alineada con la visión y la estrategia?",
                    "Responde a dos metas del plan estratégico.",
                ),
                _question(
                    "consistent",
                    "¿Es consistente con los principios, planes y direccionamiento?",
                    "Sigue la política institucional de llegada a territorio.",
                ),
                _question(
                    "acceptable_risk",
                    "¿Entrega valor a un riesgo aceptable?",
                    "El mayor riesgo es la rotación de equipos; hay plan de empalme.",
                ),
                _question(
                    "needs_analysis",
                    "¿Parte de un análisis detallado de las necesidades de infraestructura?",
                    "Se revisaron conectividad y equipos de cómputo.",
                ),
            ),
            intro="Dirección General y subdirecciones generales.",
        ),
        Section(
            "value_creation",
            "II. Creación de valor",
            (
                _question(
                    "benefits_obtained",
                    "¿Estamos obteniendo los beneficios esperados?",
                    "El 82 % de los hitos está verificado.",
                    required=True,
                ),
                _question(
                    "shared_understanding",
                    "¿Hay entendimiento compartido y compromiso con los beneficios?",
                    "Los cuarenta alcaldes firmaron el plan de trabajo.",
                ),
                _question(
                    "clear_responsibility",
                    "¿Está clara la responsabilidad de alcanzarlos, alineada con gestión por objetivos y compensación?",
                    "Cada meta tiene un responsable con nombre y cargo.",
                ),
            ),
            intro="Líderes de cada estrategia.",
        ),
        Section(
            "execution",
            "III. Ejecución",
            (
                _question(
                    "good_deployment",
                    "¿Estamos realizando un buen y efectivo despliegue?",
                    "Seis regiones al día; Amazonía, por vencer.",
                    required=True,
                ),
                _question(
                    "results_measured",
                    "¿Cómo medimos nuestros resultados?",
                    "Con hitos verificados y encuesta mensual.",
                ),
            ),
            intro="Grupos territoriales.",
        ),
    ),
    submit="Enviar la retroalimentación",
)

FORMS = (_DEFINITION, _DEPLOYMENT, _ACTORS, _ROLES, _ECOSYSTEM, _RULES, _FEEDBACK)
