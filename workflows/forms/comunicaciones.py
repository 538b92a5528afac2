"""Forms of the communications track, which runs beside the four stages; steps 7 to 9 stand apart."""

from forms.declaration import AHEAD
from forms.declaration import PAST
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Rule
from forms.declaration import Section
from workflows import vocabularies
from workflows.forms import fields
from workflows.forms.communications_learning import FORMS as LEARNING_FORMS
from workflows.forms.single import single

_SOURCE = "001, comunicaciones, paso"


def _content_type(*, required: bool) -> Field:
    return fields.choice(
        "content_type", "Tipo", example="Pedagógico", required=required, options=vocabularies.CONTENT_TYPES
    )


def _channel() -> Field:
    return fields.choice(
        "channel",
        "Canal",
        example="Portal Territorial de Colombia",
        required=True,
        options=vocabularies.CHANNELS,
    )


_NEED = Form(
    "comunicacion_necesidad",
    "Entender la necesidad y el alcance",
    (
        Section(
            "what_to_tell",
            "Qué se comunica",
            (
                fields.texts(
                    "milestones_to_tell",
                    "Hitos que se comunicarán",
                    help="Los hitos del protocolo que interesan al público.",
                    example="Inicio del acompañamiento en 40 municipios",
                    required=True,
                    source=f"{_SOURCE} 1: hitos",
                ),
                fields.long_text(
                    "audience",
                    "Focalización",
                    help="A quién se quiere llegar y en qué territorios.",
                    example="Secretarías de planeación de los 40 municipios focalizados en Chocó y Cauca.",
                    required=True,
                    source=f"{_SOURCE} 1: focalización",
                ),
                fields.texts(
                    "communication_objectives",
                    "Objetivos de comunicación",
                    help="Qué debe saber, sentir o hacer el público.",
                    example="Que cada secretaría conozca las fechas de actualización de su banco",
                    required=True,
                    source=f"{_SOURCE} 1: objetivos",
                ),
                fields.texts(
                    "messages",
                    "Mensajes",
                    help="Frases cortas y sin siglas.",
                    example="Un proyecto actualizado es un proyecto que se puede financiar",
                    required=True,
                    source=f"{_SOURCE} 1: mensajes",
                ),
            ),
        ),
        Section(
            "how_to_tell",
            "Cómo se comunica",
            (
                fields.choices(
                    "content_types",
                    "Tipos de contenido",
                    help="Estratégico: posiciona. Pedagógico: enseña. Servicio: avisa.",
                    example="Pedagógico; Servicio",
                    required=True,
                    options=vocabularies.CONTENT_TYPES,
                    source=f"{_SOURCE} 1: tipos de contenido",
                ),
                fields.texts(
                    "formats",
                    "Formatos",
                    help="Video, infografía, boletín, transmisión en vivo…",
                    example="Video de 90 segundos",
                    source=f"{_SOURCE} 1: formatos",
                ),
                fields.text(
                    "frequency",
                    "Frecuencia",
                    help="Cada cuánto se publica.",
                    example="Dos contenidos por semana",
                    source=f"{_SOURCE} 1: frecuencia",
                ),
                fields.text(
                    "protocol_notes",
                    "Apartes del protocolo que conviene conocer",
                    help="El protocolo completo está en el producto; señale lo que guía los contenidos.",
                    example="Objetivos de capacidad y cronograma general",
                    max_length=500,
                    source=f"{_SOURCE} 1: protocolo",
                ),
            ),
        ),
    ),
    submit="Guardar la necesidad",
)

_PLAN = single(
    "plan_de_contenidos",
    "Diseñar el plan de producción de contenidos",
    "Plan",
    (
        fields.choices(
            "channels",
            "Canales",
            help="Por dónde se difundirá.",
            example="Portal Territorial de Colombia; Facebook",
            required=True,
            options=vocabularies.CHANNELS,
            source=f"{_SOURCE} 2: canales",
        ),
        fields.table(
            "content_plan",
            "Plan de producción de contenidos",
            help="Contenidos estratégicos, pedagógicos y de servicio.",
            example="Pedagógico · Cómo actualizar un proyecto en cinco pasos · Secretarías de planeación",
            required=True,
            columns=(
                _content_type(required=True),
                fields.sentence(
                    "content", "Contenido", example="Cómo actualizar un proyecto en cinco pasos", required=True
                ),
                fields.sentence("audience", "Público", example="Secretarías de planeación", required=True),
                fields.date("date", "Fecha prevista", example="18 de mayo de 2026", time=AHEAD),
            ),
            source=f"{_SOURCE} 2: plan de producción de contenidos",
        ),
    ),
    "Guardar el plan",
)

_TEAM = single(
    "equipo_de_comunicaciones",
    "Designar el equipo de apoyo",
    "Equipo",
    (
        fields.table(
            "team",
            "Personas designadas",
            help="Quién cumple cada rol. Una persona puede tener varios.",
            example="Videógrafo o fotógrafo · Juan Camilo Ríos · Oficina Asesora de Comunicaciones",
            required=True,
            columns=(
                fields.choice(
                    "role", "Rol", example="Diseñador gráfico", required=True, options=vocabularies.COMMUNICATION_ROLES
                ),
                fields.text("person", "Nombre", example="Juan Camilo Ríos", required=True, personal=True),
                fields.text("office", "Dependencia", example="Oficina Asesora de Comunicaciones"),
                fields.email("email", "Correo", example="jcrios@dnp.gov.co", personal=True),
            ),
            source=f"{_SOURCE} 3: personas designadas por rol",
        ),
    ),
    "Designar el equipo",
    Rule("unique_rows", 1, {"table": "team", "columns": ["role", "person"]}),
)

_GRID = single(
    "parrilla_de_contenidos",
    "Programar la parrilla de contenidos",
    "Parrilla",
    (
        fields.date(
            "week_start",
            "Semana que comienza el",
            ask="la semana que comienza",
            help="Un lunes: la parrilla se hace cada semana.",
            example="18 de mayo de 2026",
            required=True,
            source=f"{_SOURCE} 4: parrilla semanal de producción y difusión",
        ),
        fields.table(
            "grid",
            "Parrilla semanal",
            help="Lo que se produce y se difunde en la semana.",
            example="19 de mayo · Servicio · Recordatorio de actualización · Facebook",
            required=True,
            columns=(
                fields.date("date", "Fecha", example="19 de mayo de 2026", required=True),
                _content_type(required=True),
                fields.sentence("content", "Contenido", example="Recordatorio de actualización", required=True),
                _channel(),
                fields.text("responsible", "Responsable", help="Rol o equipo.", example="Editor videográfico"),
            ),
            source=f"{_SOURCE} 4: parrilla semanal de producción y difusión",
        ),
    ),
    "Guardar la parrilla",
    Rule("rows_within_week", 1, {"start": "week_start", "table": "grid", "column": "date"}),
)

_MATERIAL = single(
    "elementos_graficos",
    "Recolectar elementos gráficos en terreno",
    "Material",
    (
        fields.texts(
            "videos",
            "Enlaces a los videos",
            help="De eventos, entrenamientos y visitas. Una dirección por renglón.",
            example="https://portalterritorial.dnp.gov.co/videos/taller-quibdo",
            source=f"{_SOURCE} 5: video",
        ),
        fields.files(
            "photographs",
            "Fotografías",
            help="En buena resolución y con el lugar en el nombre.",
            example="Quibdó 2026-05-04.jpg",
            source=f"{_SOURCE} 5: fotografía",
        ),
        fields.yes_no(
            "image_authorised",
            "¿Tiene la autorización de uso de imagen de las personas que aparecen?",
            help="Sin autorización no se publica (Ley 1581 de 2012).",
            example="Sí",
            required=True,
        ),
        fields.table(
            "testimonies",
            "Testimonios",
            help="Sobre el uso o la aplicación del producto.",
            example="Rosa Palacios · Secretaria de Planeación de Istmina · «Ya sabemos qué proyectos vencen»",
            columns=(
                fields.text("person", "Nombre", example="Rosa Palacios", required=True, personal=True),
                fields.text("post", "Cargo y entidad", example="Secretaria de Planeación de Istmina", personal=True),
                fields.long_text(
                    "testimony",
                    "Testimonio",
                    example="Ahora sabemos qué proyectos vencen y cuándo.",
                    required=True,
                    max_length=1500,
                ),
            ),
            source=f"{_SOURCE} 5: testimonios",
        ),
        fields.texts(
            "good_practices",
            "Buenas prácticas observadas",
            item="buena práctica",
            help="Lo que el territorio hace bien y otros pueden copiar.",
            example="Tablero semanal de proyectos por vencer en la cartelera de la alcaldía",
            source=f"{_SOURCE} 5: buenas prácticas",
        ),
    ),
    "Guardar el material",
    Rule("at_least_one", 1, {"fields": ["videos", "photographs", "testimonies", "good_practices"]}),
    Rule("addresses", 1, {"field": "videos"}),
)

_PRODUCTION = single(
    "produccion_de_contenidos",
    "Producir y difundir contenidos",
    "Contenidos",
    (
        fields.table(
            "published_contents",
            "Contenidos publicados",
            help="Lo que ya se puede ver en los canales.",
            example="Cómo actualizar un proyecto en cinco pasos · Portal Territorial · 19 de mayo de 2026",
            required=True,
            columns=(
                fields.text("title", "Título", example="Cómo actualizar un proyecto en cinco pasos", required=True),
                _content_type(required=True),
                _channel(),
                fields.date("date", "Fecha de publicación", example="19 de mayo de 2026", required=True, time=PAST),
                fields.url("url", "Enlace", example="https://portalterritorial.dnp.gov.co/contenidos/42"),
            ),
            source=f"{_SOURCE} 6: contenidos publicados en canales del Portal Territorial",
        ),
    ),
    "Registrar lo publicado",
)

FORMS = (_NEED, _PLAN, _TEAM, _GRID, _MATERIAL, _PRODUCTION, *LEARNING_FORMS)
