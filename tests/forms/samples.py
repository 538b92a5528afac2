"""A form with every kind of question, and sound answers to it."""

from typing import Any

from forms.declaration import Condition
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Option
from forms.declaration import Rule
from forms.declaration import Section

MODES = (Option("face", "Presencial"), Option("remote", "Virtual"), Option("mixed", "Mixta"))

MILESTONES = Field(
    kind=Kind.TABLE,
    name="milestones",
    label="Hitos de trabajo",
    required=True,
    totals=("weight",),
    columns=(
        Field(kind=Kind.TEXT, name="name", label="Nombre", required=True),
        Field(kind=Kind.PERCENT, name="weight", label="Peso"),
        Field(kind=Kind.DATE, name="due", label="Fecha límite"),
        Field(kind=Kind.CHOICE, name="mode", label="Modalidad", options=MODES),
    ),
)

EVERY_KIND = Form(
    "every_kind",
    "Protocolo de asistencia técnica",
    (
        Section(
            "text",
            "Problema y alcance",
            (
                Field(
                    kind=Kind.TEXT,
                    name="name",
                    label="Nombre del producto",
                    required=True,
                    help="Como lo conocerán las entidades territoriales.",
                    example="Bancos de proyectos al día",
                ),
                Field(kind=Kind.LONG_TEXT, name="problem", label="Problema que atiende", required=True),
                Field(kind=Kind.TEXTS, name="causes", label="Causas"),
                Field(kind=Kind.URL, name="link", label="Enlace de consulta"),
                Field(kind=Kind.EMAIL, name="contact", label="Correo de contacto"),
            ),
        ),
        Section(
            "numbers",
            "Cifras y fechas",
            (
                Field(
                    kind=Kind.INTEGER, name="days", label="Duración", unit="días hábiles", minimum="1", required=True
                ),
                Field(kind=Kind.YEAR, name="since", label="Primer año"),
                Field(kind=Kind.DECIMAL, name="hours", label="Horas por sesión", decimals=1),
                Field(kind=Kind.MONEY, name="cost", label="Costo total", required=True),
                Field(kind=Kind.PERCENT, name="share", label="Participación"),
                Field(kind=Kind.DATE, name="start", label="Fecha de inicio", required=True),
                Field(kind=Kind.DATE, name="end", label="Fecha de cierre"),
                Field(kind=Kind.MONTH, name="month", label="Mes del informe"),
            ),
        ),
        Section(
            "choices",
            "Modalidad y beneficiarios",
            (
                Field(kind=Kind.BOOLEAN, name="travels", label="¿Requiere desplazamiento?", required=True),
                Field(
                    kind=Kind.TEXT,
                    name="reason",
                    label="Motivo del desplazamiento",
                    required=True,
                    show_if=Condition("travels", (True,)),
                ),
                Field(kind=Kind.CHOICE, name="mode", label="Modalidad", options=MODES, required=True),
                Field(kind=Kind.CHOICES, name="modes", label="Otras modalidades", options=MODES),
                Field(kind=Kind.ENTITY, name="host", label="Entidad anfitriona"),
                Field(kind=Kind.ENTITIES, name="entities", label="Entidades priorizadas", required=True),
                Field(kind=Kind.PERSON, name="lead", label="Líder del equipo"),
            ),
        ),
        Section(
            "work",
            "Hitos y soportes",
            (
                MILESTONES,
                Field(kind=Kind.FILES, name="evidence", label="Soportes"),
                Field(kind=Kind.DOCUMENT, name="sheet", label="Ficha del producto"),
            ),
        ),
    ),
    rules=(
        Rule("dates_in_order", params={"fields": ["start", "end"]}),
        Rule("weights_add_to_100", params={"table": "milestones", "column": "weight"}),
        Rule("problem_not_lack_of_solution", params={"fields": ["problem"]}),
    ),
    intro="Describa el producto como lo va a llevar al territorio.",
    submit="Enviar a la DER",
)


def answers(
    entity: int = 1, other: int = 2, person: int = 1, token: str = "0123456789abcdef0123456789abcdef"
) -> dict[str, Any]:
    """Sound answers, in the stored spelling and in the order of the form."""
    return {
        "name": "Bancos de proyectos al día",
        "problem": "Los proyectos se formulan tarde.\nLas secretarías pierden la vigencia.",
        "causes": ["Rotación de personal", "Sistemas distintos"],
        "link": "https://www.dnp.gov.co/att?x=1",
        "contact": "att@dnp.gov.co",
        "days": 1250,
        "since": 2026,
        "hours": "2.5",
        "cost": "1500000.50",
        "share": "33.33",
        "start": "2026-11-24",
        "end": "2026-12-15",
        "month": "2026-12",
        "travels": True,
        "reason": "Talleres en el municipio",
        "mode": "mixed",
        "modes": ["face", "remote"],
        "host": entity,
        "entities": [entity, other],
        "lead": person,
        "milestones": [
            {"name": "Diagnóstico", "weight": "40.00", "due": "2026-11-30", "mode": "face"},
            {"name": "Plan de trabajo", "weight": "60.00"},
        ],
        "evidence": [token],
    }
