"""Forms of the third stage: the product arrives in the territory."""

from forms.declaration import Form
from forms.declaration import Rule
from forms.declaration import Section
from workflows import vocabularies
from workflows.forms import fields

_ECOSYSTEMS = Form(
    "ecosistemas",
    "Definir los ecosistemas de trabajo",
    (
        Section(
            "actors_section",
            "Mapa de actores",
            (
                fields.table(
                    "actors",
                    "Mapa de actores",
                    help="Aliados dentro y fuera del DNP que agregan valor al producto.",
                    example="ESAP · Externo · Convenio para formar a los equipos · Academia",
                    required=True,
                    columns=(
                        fields.text(
                            "actor", "Actor", example="Escuela Superior de Administración Pública", required=True
                        ),
                        fields.choice(
                            "scope",
                            "Interno o externo",
                            ask="el carácter (interno o externo)",
                            example="Externo",
                            required=True,
                            options=vocabularies.ACTOR_SCOPES,
                        ),
                        fields.text("alliance", "Alianza o asocio requerido", example="Convenio para formar equipos"),
                        fields.choice(
                            "ecosystem",
                            "Ecosistema",
                            ask="el ecosistema",
                            example="Academia",
                            required=True,
                            options=vocabularies.ECOSYSTEMS,
                        ),
                    ),
                    source="001, etapa 3, paso 1: mapa_de_actores",
                ),
            ),
        ),
    ),
    (Rule("unique_rows", 1, {"table": "actors", "columns": ["actor", "ecosystem"]}),),
    submit="Guardar el mapa de actores",
)

_GOVERNANCE = Form(
    "esquema_de_gobernanza",
    "Establecer el esquema de gobernanza",
    (
        Section(
            "governance",
            "Gobernanza",
            (
                fields.long_text(
                    "governance_scheme",
                    "Esquema de gobernanza",
                    help="Quién decide, quién coordina y cada cuánto se reúnen.",
                    example="Un comité quincenal con la líder técnica, la DER y los articuladores regionales.",
                    required=True,
                    source="001, etapa 3, paso 2: esquema_de_gobernanza",
                ),
                fields.long_text(
                    "national_teams_role",
                    "Rol de los equipos nacionales",
                    help="Lo que hacen desde Bogotá.",
                    example="Preparan los contenidos y resuelven consultas en dos días hábiles.",
                    required=True,
                    source="001, etapa 3, paso 2: rol_equipos_nacionales",
                ),
                fields.long_text(
                    "territorial_teams_role",
                    "Rol de los equipos territoriales",
                    help="Lo que hacen los equipos de la DER en cada región.",
                    example="Acompañan a cada municipio y registran el avance de los hitos.",
                    required=True,
                    source="001, etapa 3, paso 2: rol_equipos_territoriales",
                ),
                fields.texts(
                    "coordination_actions",
                    "Acciones de coordinación con la DER",
                    help="Una por renglón.",
                    example="Revisar cada mes el avance por región con la DER",
                    required=True,
                    source="001, etapa 3, paso 2: acciones_de_coordinacion_con_der",
                ),
            ),
        ),
    ),
    submit="Guardar el esquema",
)

_ARRIVAL = Form(
    "activacion_territorio",
    "Activar la llegada a territorio",
    (
        Section(
            "activation",
            "Eventos de activación",
            (
                fields.table(
                    "activation_events",
                    "Eventos de activación",
                    help="Eventos, entrenamientos y demás acciones con las que empieza la ejecución.",
                    example="Entrenamiento a asesores · 4 de mayo de 2026 · Quibdó · 28 asistentes",
                    required=True,
                    columns=(
                        fields.text("kind", "Tipo de evento", example="Entrenamiento a asesores", required=True),
                        fields.date("date", "Fecha", example="4 de mayo de 2026", required=True),
                        fields.text("place", "Lugar", example="Quibdó, auditorio de la Gobernación", required=True),
                        fields.integer("attendees", "Asistentes", example="28", required=True, minimum="0"),
                    ),
                    source="001, etapa 3, paso 3: eventos_de_activacion",
                ),
                fields.year(
                    "year",
                    "Vigencia de los planes de trabajo",
                    help="Se abre un plan de trabajo por cada entidad focalizada en este año.",
                    example="2026",
                    required=True,
                ),
                fields.files(
                    "event_evidence",
                    "Evidencias de los eventos",
                    help="Listas de asistencia o memorias.",
                    example="Listado de asistencia Quibdó.pdf",
                ),
            ),
        ),
    ),
    submit="Activar el producto",
)

_DEVELOPMENT = Form(
    "desarrollo_asistencia",
    "Desarrollar la asistencia con autonomía técnica y operativa",
    (
        Section(
            "development",
            "Desarrollo",
            (
                fields.long_text(
                    "advisories_and_progress",
                    "Asesorías y avance de hitos",
                    help="Resuma lo ejecutado. El detalle ya está en los registros de cada entidad.",
                    example="126 asesorías en 40 municipios; el 82 % de los hitos está cumplido y verificado.",
                    required=True,
                    source="001, etapa 3, paso 4: asesorias_y_avance_de_hitos",
                ),
                fields.long_text(
                    "difficulties",
                    "Dificultades y cómo se atendieron",
                    help="Sirve a quien repita la intervención.",
                    example="Tres municipios cambiaron de secretario de planeación; se repitió el alistamiento.",
                ),
            ),
        ),
    ),
    submit="Cerrar el desarrollo",
)

_COMMUNICATION = Form(
    "estrategia_de_comunicacion",
    "Definir y operar la estrategia de comunicación",
    (
        Section(
            "communication",
            "Estrategia de comunicación",
            (
                fields.files(
                    "communications_plan",
                    "Plan de comunicaciones",
                    help="El plan acordado con la DER y la Oficina Asesora de Comunicaciones.",
                    example="Plan de comunicaciones Bancos de proyectos.pdf",
                    required=True,
                    source="001, etapa 3, paso 5: plan_de_comunicaciones",
                ),
                fields.long_text(
                    "communication_strategy",
                    "Estrategia en pocas líneas",
                    help="A quién se quiere llegar, con qué mensaje y por dónde.",
                    example="Secretarios de planeación, con testimonios de municipios pares en el Portal Territorial.",
                ),
            ),
        ),
    ),
    submit="Guardar la estrategia",
)

FORMS = (_ECOSYSTEMS, _GOVERNANCE, _ARRIVAL, _DEVELOPMENT, _COMMUNICATION)
