"""The milestone template of a product: what is followed up in each entity, and how much each weighs."""

from dataclasses import replace

from forms.declaration import AHEAD
from forms.declaration import Rule
from forms.declaration import Section
from workflows.forms import fields

_SOURCE = "001, etapa 2, paso 4: hitos"

NUMBER = fields.integer("number", "Número", example="1", required=True, minimum="1", maximum="200")
MILESTONE_NAME = fields.text(
    "name",
    "Hito",
    example="Diagnóstico del banco de proyectos",
    required=True,
    max_length=300,
)
GIVEN_NUMBER = replace(NUMBER, fixed=True)
GIVEN_NAME = replace(MILESTONE_NAME, fixed=True)
TARGET = fields.sentence("target", "Meta", example="Un diagnóstico aprobado por la entidad", required=True)

MILESTONES = fields.table(
    "milestones",
    "Hitos de trabajo",
    help="Cada hito es una actividad y a la vez un punto de control en cada entidad. Los pesos de los hitos de un "
    "grupo suman 100 %, y los pesos de los grupos también. Si deja los pesos en blanco, todos valen igual.",
    example="1 · Diagnóstico del banco de proyectos · Alistamiento · 40 % · Un diagnóstico aprobado",
    required=True,
    max_items=100,
    columns=(
        NUMBER,
        MILESTONE_NAME,
        fields.text("moment", "Fase o momento", example="Planeación de la ejecución"),
        fields.text("group", "Grupo", help="Tema que reúne varios hitos.", example="Alistamiento"),
        fields.percent("weight", "Peso en el grupo", help="Porcentaje dentro de su grupo.", example="40"),
        fields.percent("group_weight", "Peso del grupo", help="Igual en todo el grupo.", example="25"),
        TARGET,
        fields.date("deadline", "Plazo", example="30 de abril de 2026", required=True, time=AHEAD),
    ),
    source=_SOURCE,
)

SECTION = Section("milestones_section", "Hitos de trabajo", (MILESTONES,))

CONTINUES = fields.choice(
    "continues",
    "Hito vigente que continúa",
    help="Lo reportado y verificado en los planes sigue al hito que diga aquí, aunque cambie de número o de nombre.",
    example="3 · Diagnóstico del banco de proyectos",
    catalogue="milestones_in_force",
)
MODIFIED = replace(
    MILESTONES,
    help=f"{MILESTONES.help} En cada fila diga qué hito vigente continúa, o que es nuevo; el que ninguna fila continúe "
    "se retira.",
    columns=(*MILESTONES.columns, CONTINUES),
    source="",
)
MODIFIED_SECTION = replace(SECTION, fields=(MODIFIED,))

RULES = (
    Rule("unique_rows", 1, {"table": "milestones", "columns": ["number"]}),
    Rule(
        "weights_add_to_100",
        1,
        {"table": "milestones", "column": "weight", "group": "group", "group_column": "group_weight"},
    ),
)
