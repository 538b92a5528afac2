"""Whether an entity agrees to be followed up: without it there is assistance, but no monitoring."""

from forms.declaration import PAST
from forms.declaration import Form
from forms.declaration import Section
from workflows.forms import fields

_SOURCE = "001, procedimiento, paso"

CONSENT = Form(
    "consentimiento",
    "Registrar el consentimiento para el seguimiento",
    (
        Section(
            "consent_section",
            "Consentimiento",
            (
                fields.yes_no(
                    "consent",
                    "¿La entidad acepta que se haga seguimiento?",
                    help="Sin aceptación la asistencia sigue, pero no se le hace seguimiento.",
                    example="Sí",
                    required=True,
                    source=f"{_SOURCE} 5: nota, consentimiento del grupo de valor",
                ),
                fields.text(
                    "name",
                    "Nombre de quien responde",
                    help="Persona con facultad para responder por la entidad.",
                    example="Martha Cecilia Córdoba",
                    required=True,
                    personal=True,
                ),
                fields.text(
                    "post",
                    "Cargo",
                    help="Como figura en la entidad.",
                    example="Alcaldesa municipal",
                    required=True,
                    personal=True,
                ),
                fields.date(
                    "date",
                    "Fecha de la respuesta",
                    help="Día en que respondió.",
                    example="15 de mayo de 2026",
                    required=True,
                    time=PAST,
                ),
                fields.files(
                    "evidence",
                    "Soporte de la respuesta",
                    help="Oficio, correo o formato firmado.",
                    example="Consentimiento Quibdó.pdf",
                    required=True,
                ),
                fields.long_text(
                    "reason",
                    "Motivo por el que no acepta",
                    help="Con las palabras de la entidad.",
                    example="La alcaldía prefiere esperar al cierre de la vigencia.",
                    required=True,
                    show_if=fields.when("consent", False),
                ),
            ),
            intro="Los datos de la persona se tratan según la Ley 1581 de 2012. Los ve quien puede consultar el plan "
            "de trabajo: su equipo, los roles del DNP que lo siguen y la propia entidad. No se publican.",
        ),
    ),
    submit="Registrar la respuesta",
)
