"""Forms by which a plan asks for a thematic expert, the expert answers and tells, and the plan confirms."""

from forms.declaration import AHEAD
from forms.declaration import PAST
from forms.declaration import Kind
from workflows import vocabularies
from workflows.forms import fields
from workflows.forms.single import single

_ASKING = fields.when("desist", False)
_person = fields.Ask(Kind.PERSON, personal=True)

_REQUEST = (
    fields.yes_no(
        "desist",
        "¿Desiste de la solicitud?",
        help="Responda no para pedir el apoyo. Si responde sí, la solicitud termina.",
        example="No",
        required=True,
    ),
    fields.long_text(
        "desist_reason",
        "¿Por qué desiste?",
        help="Queda en la historia del plan.",
        example="La gobernación resolvió la consulta.",
        required=True,
        show_if=fields.when("desist", True),
    ),
    fields.choice(
        "theme",
        "Tema",
        help="Los temas de los expertos temáticos.",
        example="Gobierno Digital",
        required=True,
        options=vocabularies.EXPERT_THEMES,
        show_if=_ASKING,
    ),
    fields.text(
        "other_theme",
        "¿Cuál tema?",
        help="El que no está en la lista.",
        example="Catastro multipropósito",
        required=True,
        show_if=fields.when("theme", "other"),
    ),
    fields.long_text(
        "need",
        "¿Qué necesita?",
        help="Lo que espera del experto, de modo que pueda prepararse.",
        example="Revisar con la alcaldía el plan de apertura de datos antes de llevarlo al consejo de gobierno.",
        required=True,
        show_if=_ASKING,
    ),
    fields.date(
        "wanted_on",
        "¿Para cuándo?",
        help="El último día en que el apoyo sirve.",
        example="11 de diciembre de 2026",
        required=True,
        time=AHEAD,
        show_if=_ASKING,
    ),
    fields.choice(
        "modality",
        "Modalidad",
        help="Cómo prefiere que se dé el apoyo.",
        example="Asistencia técnica remota",
        required=True,
        options=vocabularies.MODALITIES,
        show_if=_ASKING,
    ),
    _person(
        "expert",
        "Experto",
        help="Si sabe quién puede ayudarle. Sin nombre, la solicitud queda para el experto que la tome.",
        example="Carlos Rentería",
        catalogue="people:thematic_expert",
        show_if=_ASKING,
    ),
)

_ANSWER = (
    fields.yes_no(
        "accepted",
        "¿Puede dar el apoyo?",
        help="Si responde no, quien lo pidió recibe su razón y puede pedirlo de otra manera.",
        example="Sí",
        required=True,
    ),
    fields.date(
        "agreed_on",
        "¿Qué día lo dará?",
        help="Es el plazo para registrar el apoyo.",
        example="10 de diciembre de 2026",
        required=True,
        time=AHEAD,
        show_if=fields.when("accepted", True),
    ),
    fields.long_text(
        "decline_reason",
        "¿Por qué no puede?",
        help="La lee quien pidió el apoyo.",
        example="El tema es de catastro, que no manejo.",
        required=True,
        show_if=fields.when("accepted", False),
    ),
    _person(
        "suggested",
        "¿Quién más podría?",
        help="Quien pidió el apoyo lo verá propuesto al pedirlo de nuevo.",
        example="Carlos Rentería",
        catalogue="other_experts",
        show_if=fields.when("accepted", False),
    ),
)

_OUTCOME = (
    fields.date(
        "given_on",
        "¿Qué día dio el apoyo?",
        help="El día en que ocurrió; si fueron varios, el último.",
        example="10 de diciembre de 2026",
        required=True,
        time=PAST,
    ),
    fields.long_text(
        "outcome",
        "¿Qué se hizo o se recomendó?",
        help="Lo que la entidad y quien la acompaña deben saber para seguir.",
        example="Se ajustó el plan de apertura y se recomendó empezar por los datos de contratación.",
        required=True,
    ),
    fields.choices(
        "advisories",
        "Asesorías del plan",
        help="Las que ya están registradas en este plan y son de este apoyo.",
        example="10 de diciembre de 2026 · Revisión del plan de apertura",
        catalogue="plan_advisories",
    ),
    fields.files("files", "Archivos", help="Lo que entregó o lo muestra.", example="Recomendaciones.pdf"),
)

_CONFIRMATION = (
    fields.yes_no(
        "received",
        "¿Recibió el apoyo que pidió?",
        help="Si responde sí, la solicitud queda atendida. Si responde no, vuelve a quien lo da.",
        example="Sí",
        required=True,
    ),
    fields.long_text(
        "missing",
        "¿Qué falta?",
        help="Lo lee quien da el apoyo.",
        example="Falta la guía que se ofreció a la alcaldía.",
        required=True,
        show_if=fields.when("received", False),
    ),
    fields.date(
        "agreed_on",
        "¿Para cuándo?",
        help="Es el nuevo plazo para registrar el apoyo.",
        example="18 de diciembre de 2026",
        required=True,
        time=AHEAD,
        show_if=fields.when("received", False),
    ),
)

FORMS = (
    single("solicitud_apoyo", "Pedir apoyo experto", "Solicitud", _REQUEST, "Enviar la solicitud"),
    single("respuesta_apoyo", "Responder la solicitud de apoyo", "Respuesta", _ANSWER, "Enviar la respuesta"),
    single("registro_apoyo", "Registrar el apoyo dado", "Apoyo", _OUTCOME, "Registrar el apoyo"),
    single("confirmacion_apoyo", "Confirmar el apoyo recibido", "Confirmación", _CONFIRMATION, "Enviar"),
)
