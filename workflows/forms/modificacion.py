"""Forms that change a protocol that was already validated."""

from dataclasses import replace

from forms.declaration import Form
from forms.declaration import Section
from workflows import vocabularies
from workflows.forms import diseno
from workflows.forms import fields
from workflows.forms import milestones
from workflows.forms import protocol
from workflows.forms import verdict
from workflows.forms.diseno import REMARKS_WHEN_RETURNED

_REQUEST = Section(
    "request",
    "Solicitud",
    (
        fields.yes_no(
            "desist",
            "¿Desiste de la modificación?",
            help="Si responde sí, el protocolo queda como estaba.",
            example="No",
            required=True,
        ),
        fields.long_text(
            "reason",
            "Motivo de la modificación",
            help="Qué cambió en el territorio o en los recursos.",
            example="Dos municipios salieron de la focalización por falta de equipo de planeación.",
            required=True,
        ),
        fields.choices(
            "changes",
            "¿Qué cambia?",
            help="La DER revisa solo lo que cambia. El sistema compara lo marcado con lo que cambió.",
            example="Entidades focalizadas",
            required=True,
            show_if=fields.when("desist", False),
            options=vocabularies.PROTOCOL_PARTS,
        ),
    ),
)

_ADOPTION = Section(
    "adoption_section",
    "Adopción",
    (
        fields.choice(
            "adoption",
            "¿Qué planes en curso adoptan la modificación?",
            help="Los que no la adopten siguen hasta el final con el protocolo anterior.",
            example="Solo las entidades que elija",
            required=True,
            options=vocabularies.ADOPTIONS,
        ),
        fields.entities(
            "entities",
            "Entidades que la adoptan",
            help="Solo entidades con plan de trabajo en curso.",
            example="Quibdó (Chocó)",
            required=True,
            show_if=fields.when("adoption", "chosen"),
        ),
        fields.long_text(
            "adoption_reason",
            "Razón de la decisión",
            help="Queda en la historia de cada plan.",
            example="Los demás municipios ya cumplieron los hitos que cambian.",
        ),
    ),
)

_PROTOCOL = tuple(milestones.MODIFIED_SECTION if one is milestones.SECTION else one for one in protocol.SECTIONS)
_PARAMETERISATION = replace(
    diseno.PARAMETERISATION,
    name="parametrizacion_modificacion",
    title="Parametrizar los hitos que cambian",
    sections=(
        *diseno.PARAMETERISATION.sections[:-1],
        replace(
            diseno.PARAMETERISATION.sections[-1],
            fields=(milestones.MODIFIED,),
            intro="Viene de la modificación validada. Confírmela hito por hito, con sus pesos y plazos.",
        ),
    ),
)

FORMS = (
    Form(
        "solicitud_modificacion",
        "Solicitar la modificación del protocolo",
        (_REQUEST, *_PROTOCOL),
        protocol.RULES,
        intro="El protocolo vigente ya está aquí. Cambie solo lo que necesite.",
        submit="Enviar a la DER",
    ),
    Form(
        "concepto_modificacion",
        "Validar la modificación",
        (verdict.section(),),
        (REMARKS_WHEN_RETURNED,),
        submit="Enviar el concepto",
    ),
    _PARAMETERISATION,
    Form(
        "adopcion_modificacion",
        "Decidir quién adopta la modificación",
        (_ADOPTION,),
        submit="Registrar la adopción",
    ),
)
