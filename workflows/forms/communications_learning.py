"""Forms of the communications track that learn from what was published: steps 7 to 9."""

from workflows import vocabularies
from workflows.forms import fields
from workflows.forms.single import single

_SOURCE = "001, comunicaciones, paso"

_FEEDBACK = single(
    "retroalimentacion_de_usuarios",
    "Recoger la retroalimentación de los usuarios",
    "Retroalimentación",
    (
        fields.table(
            "questions",
            "Preguntas frecuentes con respuesta",
            help="Forman el banco de preguntas frecuentes del producto.",
            example="¿Quién puede actualizar un proyecto? · El formulador con usuario vigente",
            required=True,
            columns=(
                fields.sentence("question", "Pregunta", example="¿Quién puede actualizar un proyecto?", required=True),
                fields.long_text("answer", "Respuesta", example="El formulador con usuario vigente.", required=True),
            ),
            source=f"{_SOURCE} 7: preguntas frecuentes con respuesta",
        ),
        fields.url(
            "questions_url",
            "Enlace al banco de preguntas frecuentes publicado",
            help="Si ya está en el Portal Territorial.",
            example="https://portalterritorial.dnp.gov.co/preguntas/bancos-de-proyectos",
            source=f"{_SOURCE} 7: banco de preguntas frecuentes publicado",
        ),
        fields.choices(
            "mechanisms",
            "Mecanismos usados",
            help="Por dónde llegaron las opiniones.",
            example="Eventos de transferencia virtuales y presenciales",
            required=True,
            options=vocabularies.FEEDBACK_MECHANISMS,
            source=f"{_SOURCE} 7: mecanismos",
        ),
        fields.texts(
            "comments",
            "Comentarios",
            help="Sin nombres ni datos de contacto.",
            example="El video va muy rápido en el paso tres",
            source=f"{_SOURCE} 7: comentarios",
        ),
        fields.texts(
            "user_recommendations",
            "Recomendaciones",
            help="Lo que los usuarios piden cambiar.",
            example="Agregar una guía imprimible",
            source=f"{_SOURCE} 7: recomendaciones",
        ),
        fields.files(
            "event_forms",
            "Formularios virtuales de los eventos",
            help="Resultados de los formularios de cada evento.",
            example="Formulario taller Quibdó.xlsx",
            source=f"{_SOURCE} 7: formularios virtuales de eventos",
        ),
        fields.yes_no(
            "more_content",
            "¿Hacen falta más contenidos?",
            help="Si responde sí, se programa otra parrilla.",
            example="No",
            required=True,
        ),
    ),
    "Enviar la retroalimentación",
)

_PRACTICES = single(
    "practicas_territoriales",
    "Identificar prácticas territoriales",
    "Prácticas",
    (
        fields.texts(
            "tools",
            "Herramientas",
            help="Instrumentos que usa el territorio.",
            example="Hoja de control de proyectos por vencer",
            source=f"{_SOURCE} 8: herramientas",
        ),
        fields.texts(
            "work_practices",
            "Prácticas de trabajo",
            help="Formas de hacer que dieron resultado.",
            example="Revisión de proyectos todos los lunes con el alcalde",
            required=True,
            source=f"{_SOURCE} 8: prácticas de trabajo",
        ),
        fields.texts(
            "coordination_mechanisms",
            "Mecanismos de articulación",
            help="Con quién y cómo se coordinan.",
            example="Mesa mensual entre municipios vecinos",
            source=f"{_SOURCE} 8: mecanismos de articulación",
        ),
        fields.url(
            "community_url",
            "Comunidad de práctica en la que se publicaron",
            help="El repositorio es el Portal Territorial.",
            example="https://portalterritorial.dnp.gov.co/comunidades/proyectos",
            source=f"{_SOURCE} 8: comunidades de práctica del Portal Territorial",
        ),
    ),
    "Guardar las prácticas",
)

_LESSONS = single(
    "difusion_de_lecciones",
    "Difundir resultados y lecciones aprendidas",
    "Difusión",
    (
        fields.texts(
            "achievements",
            "Logros",
            help="Con cifras, si las hay.",
            example="38 de 40 municipios tienen su banco al día",
            required=True,
            source=f"{_SOURCE} 9: logros",
        ),
        fields.texts(
            "actors_reached",
            "Actores impactados",
            help="Quiénes cambiaron su forma de trabajar.",
            example="112 servidores de secretarías de planeación",
            required=True,
            source=f"{_SOURCE} 9: actores impactados",
        ),
        fields.texts(
            "success_cases",
            "Casos de éxito",
            help="Una frase por caso.",
            example="Istmina actualizó 57 proyectos en seis semanas",
            source=f"{_SOURCE} 9: casos de éxito",
        ),
        fields.files(
            "knowledge_bank",
            "Banco de datos de oferta y demanda de conocimiento",
            help="Adjunte el archivo actualizado.",
            example="Oferta y demanda de conocimiento 2026.xlsx",
            source=f"{_SOURCE} 9: banco de datos de oferta y demanda de conocimiento",
        ),
        fields.url(
            "protocols_url",
            "Espacio de difusión de protocolos en el Portal",
            help="Donde se puede leer el protocolo.",
            example="https://portalterritorial.dnp.gov.co/protocolos",
            source=f"{_SOURCE} 9: espacio de difusión de protocolos en el Portal",
        ),
    ),
    "Publicar las lecciones",
)

FORMS = (_FEEDBACK, _PRACTICES, _LESSONS)
