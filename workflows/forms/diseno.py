"""Forms of the second stage: from the capacity gaps to the published product."""

from forms.declaration import Form
from forms.declaration import Rule
from forms.declaration import Section
from workflows import vocabularies
from workflows.forms import costs
from workflows.forms import fields
from workflows.forms import indicators
from workflows.forms import milestones
from workflows.forms import prediseno
from workflows.forms import protocol
from workflows.forms import verdict

REMARKS_WHEN_RETURNED = Rule(
    "conditional_required", 1, {"field": "verdict", "values": ["returned"], "fields": ["remarks"]}
)

_STEPS = (
    Form(
        "brechas_de_capacidad",
        "Determinar las brechas de capacidad",
        (protocol.GAPS,),
        protocol.GAP_RULES,
        submit="Guardar las brechas",
    ),
    Form(
        "objetivos_de_capacidad",
        "Definir los objetivos de capacidad",
        (protocol.OBJECTIVES,),
        protocol.OBJECTIVE_RULES,
        submit="Guardar los objetivos",
    ),
    Form(
        "focalizacion",
        "Focalizar las entidades territoriales",
        (protocol.TARGETING,),
        submit="Guardar la focalización",
    ),
    Form(
        "hitos_de_trabajo",
        "Definir los hitos de trabajo",
        (milestones.SECTION,),
        milestones.RULES,
        submit="Guardar los hitos",
    ),
    Form(
        "modalidades",
        "Establecer las modalidades de asistencia técnica",
        (protocol.MODALITY_SECTION,),
        submit="Guardar las modalidades",
    ),
    Form(
        "indicadores_y_metas",
        "Definir indicadores y metas",
        (indicators.SECTION,),
        indicators.RULES,
        submit="Guardar indicadores y metas",
    ),
    Form(
        "costos_y_recursos",
        "Establecer costos y recursos",
        (costs.SECTION,),
        costs.RULES,
        submit="Guardar costos y recursos",
    ),
    Form(
        "protocolo",
        "Protocolo de asistencia técnica",
        protocol.SECTIONS,
        protocol.RULES,
        intro="Sus respuestas anteriores ya están aquí. Revíselas y complete el cronograma.",
        submit="Enviar a la DER",
    ),
)

_VALIDATION = Form(
    "concepto_protocolo",
    "Validar el protocolo",
    (verdict.section("001, etapa 2, paso 8: concepto_der"),),
    (REMARKS_WHEN_RETURNED,),
    submit="Enviar el concepto",
)

PARAMETERISATION = Form(
    "parametrizacion_hitos",
    "Parametrizar los hitos para su seguimiento",
    (
        Section(
            "parameterisation",
            "Parametrización",
            (
                fields.yes_no(
                    "trackable",
                    "¿Se puede hacer seguimiento a todos los hitos tal como están?",
                    help="Si responde no, el protocolo vuelve a la revisión de la DER con sus motivos.",
                    example="Sí",
                    required=True,
                    source="001, etapa 2, paso 9: hitos_parametrizados",
                ),
                fields.date(
                    "date",
                    "Fecha de parametrización",
                    help="Día en que la plantilla queda en firme.",
                    example="20 de abril de 2026",
                    show_if=fields.when("trackable", True),
                    source="001, etapa 2, paso 9: fecha_parametrizacion",
                ),
                fields.yes_no(
                    "weights_confirmed",
                    "¿Los pesos de los hitos están confirmados?",
                    help="Responda no si la fuente es dudosa; la plantilla lo dirá hasta que alguien los confirme.",
                    example="Sí",
                    required=True,
                    show_if=fields.when("trackable", True),
                ),
                fields.long_text(
                    "template_note",
                    "Nota sobre la plantilla",
                    help="Lo que convenga recordar de ella y, si los pesos no están confirmados, por qué.",
                    example="Plantilla confirmada con la líder técnica en reunión del 18 de abril.",
                    show_if=fields.when("trackable", True),
                ),
                fields.table(
                    "untrackable",
                    "Hitos a los que no se puede hacer seguimiento",
                    help="Diga cuál y por qué, para que la unidad técnica lo corrija.",
                    example="3 · No dice qué evidencia lo da por cumplido",
                    required=True,
                    max_items=100,
                    columns=(
                        milestones.NUMBER,
                        fields.sentence(
                            "reason",
                            "Motivo",
                            example="No dice qué evidencia lo da por cumplido",
                            required=True,
                        ),
                    ),
                    show_if=fields.when("trackable", False),
                ),
            ),
        ),
        Section(
            "template",
            "Plantilla de hitos",
            (milestones.MILESTONES,),
            intro="Viene del protocolo validado. Confírmela hito por hito, con sus pesos y plazos.",
        ),
    ),
    (
        *milestones.RULES,
        Rule(
            "conditional_required",
            1,
            {"field": "weights_confirmed", "values": [False], "fields": ["template_note"], "if_asked": True},
        ),
        Rule(
            "rows_refer_to_rows",
            1,
            {"table": "untrackable", "column": "number", "to_table": "milestones", "to_column": "number"},
        ),
    ),
    submit="Enviar la parametrización",
)

_PUBLISHED = fields.when("published", True)

_PUBLICATION = Form(
    "publicacion_portafolio",
    "Incluir en el portafolio interactivo",
    (
        Section(
            "publication",
            "Publicación",
            (
                fields.yes_no(
                    "published",
                    "¿Publica el producto en el portafolio?",
                    help="El portafolio es público: lo ve cualquier persona.",
                    example="Sí",
                    required=True,
                    source="001, etapa 2, paso 10: publicado_en_portafolio",
                ),
                fields.long_text(
                    "unpublished_reason",
                    "¿Por qué no se publica?",
                    help="Queda en la historia del producto.",
                    example="La dependencia pidió esperar la firma del convenio.",
                    required=True,
                    show_if=fields.when("published", False),
                ),
                fields.url(
                    "portal_url",
                    "Enlace en el Portal Territorial de Colombia",
                    help="Si el producto ya tiene página propia.",
                    example="https://portalterritorial.dnp.gov.co/",
                    show_if=_PUBLISHED,
                    source="001, etapa 2, paso 10: enlace_portal_territorial",
                ),
            ),
        ),
        Section(
            "portfolio_sheet",
            "Ficha del portafolio",
            (
                prediseno.NAME,
                fields.long_text(
                    "summary",
                    "Resumen para el público",
                    help="Tres o cuatro frases sin siglas: qué ofrece, a quién y qué logra.",
                    example="Acompañamos a su municipio a poner al día el banco de proyectos de inversión.",
                    required=True,
                    max_length=800,
                    show_if=_PUBLISHED,
                ),
                fields.text(
                    "provider",
                    "¿Quién lo presta?",
                    help="Entidad o dependencia que lo ofrece.",
                    example="Departamento Nacional de Planeación, Dirección de Estrategia Regional",
                    required=True,
                    show_if=_PUBLISHED,
                    source="002, portafolio: quien_lo_presta",
                ),
                fields.choice(
                    "provider_kind",
                    "Tipo de oferente",
                    help="Sirve para buscar en el portafolio.",
                    example="Gobierno nacional",
                    options=vocabularies.PROVIDERS,
                    show_if=_PUBLISHED,
                    source="002, portafolio: quien_lo_presta",
                ),
                protocol.CAPACITY_TYPES,
                fields.choices(
                    "descriptors",
                    "Descriptor temático",
                    help="Clasifica la oferta y la demanda con las mismas palabras.",
                    example="Funcional",
                    required=True,
                    options=vocabularies.DESCRIPTORS,
                    show_if=_PUBLISHED,
                    source="002, portafolio: descriptor_tematico",
                ),
                protocol.ENTITIES,
            ),
            intro="El nombre, las capacidades y las entidades vienen del protocolo validado.",
        ),
    ),
    submit="Enviar al portafolio",
)

FORMS = (*_STEPS, _VALIDATION, PARAMETERISATION, _PUBLICATION)
