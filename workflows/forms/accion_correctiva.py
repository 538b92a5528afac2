"""Forms of a preventive, corrective or improvement action (PT-ED-05)."""

from forms.declaration import AHEAD
from forms.declaration import Form
from forms.declaration import Rule
from forms.declaration import Section
from workflows import vocabularies
from workflows.forms import fields

_SOURCE = "001, procedimiento, paso 5: acciones_correctivas"

_FORMULATION = Section(
    "formulation",
    "Acción",
    (
        fields.choice(
            "kind",
            "Tipo de acción",
            help="Preventiva: evita. Correctiva: elimina la causa. De mejora: aumenta el desempeño.",
            example="Correctiva",
            required=True,
            options=vocabularies.ACTION_KINDS,
            source=_SOURCE,
        ),
        fields.long_text(
            "finding",
            "Hallazgo u oportunidad de mejora",
            help="Lo que encontró el monitoreo.",
            example="Dos hitos vencieron sin evidencia por cambio del equipo de planeación.",
            required=True,
            source=_SOURCE,
        ),
        fields.long_text(
            "cause",
            "Causa",
            help="¿Por qué ocurrió? Pregúntese varias veces.",
            example="El municipio no nombró reemplazo del responsable del banco de proyectos.",
            required=True,
        ),
        fields.long_text(
            "action",
            "Acción",
            help="Lo que se hará, de modo que se pueda comprobar.",
            example="Solicitar a la alcaldía la designación de responsable y repetir el alistamiento.",
            required=True,
            source=_SOURCE,
        ),
        fields.text(
            "responsible",
            "Responsable",
            help="Nombre y cargo de quien responde por la acción.",
            example="Ana Lucía Mosquera, asesora territorial",
            required=True,
            personal=True,
        ),
        fields.date(
            "due_date",
            "Fecha límite",
            help="Día en que la acción debe estar cumplida.",
            example="30 de octubre de 2026",
            required=True,
            time=AHEAD,
        ),
    ),
)

_FOLLOW_UP = Section(
    "follow_up",
    "Seguimiento de la acción",
    (
        fields.long_text(
            "progress",
            "Avance de la acción",
            help="Qué se hizo desde el último seguimiento.",
            example="La alcaldía designó al responsable el 5 de octubre; se repitió el alistamiento el 12.",
            required=True,
            source=_SOURCE,
        ),
        fields.files(
            "evidence",
            "Evidencias",
            help="Soportes de lo que se hizo.",
            example="Oficio de designación.pdf",
        ),
        fields.yes_no(
            "effective",
            "¿La acción fue eficaz?",
            help="Si responde no, se formula de nuevo, con una fecha nueva.",
            example="Sí",
            required=True,
        ),
        fields.long_text(
            "ineffective_reason",
            "¿Por qué no fue eficaz?",
            help="Ayuda a formular la siguiente.",
            example="El responsable designado renunció a las dos semanas.",
            required=True,
            show_if=fields.when("effective", False),
        ),
    ),
)

_CLOSING = Section(
    "closing",
    "Cierre",
    (
        fields.yes_no(
            "closed",
            "¿Cierra la acción?",
            help="Compruebe la evidencia. Si responde no, vuelve a seguimiento.",
            example="Sí",
            required=True,
        ),
        fields.long_text(
            "closing_note",
            "Observaciones de la verificación",
            help="Necesarias si no la cierra.",
            example="La evidencia muestra la designación y los dos hitos quedaron al día.",
        ),
    ),
)

FORMS = (
    Form("formulacion_accion", "Formular la acción", (_FORMULATION,), submit="Registrar la acción"),
    Form("seguimiento_accion", "Hacer seguimiento a la acción", (_FOLLOW_UP,), submit="Registrar el seguimiento"),
    Form(
        "cierre_accion",
        "Verificar el cierre de la acción",
        (_CLOSING,),
        (Rule("conditional_required", 1, {"field": "closed", "values": [False], "fields": ["closing_note"]}),),
        submit="Registrar la verificación",
    ),
)
