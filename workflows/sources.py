"""Where each step of the documents lives here, both ways. `python -m workflows.sources` prints the table."""

import sys
from collections.abc import Iterator

from workflows.forms import FORMS
from workflows.sources_lifecycle import STEPS as LIFECYCLE
from workflows.sources_model import Row
from workflows.sources_model import Step
from workflows.sources_ours import OURS
from workflows.sources_procedure import STEPS as PROCEDURE
from workflows.sources_reports import STEPS as REPORTS
from workflows.sources_tracks import STEPS as TRACKS

STEPS: tuple[Step, ...] = (*LIFECYCLE, *TRACKS, *PROCEDURE, *REPORTS)

_INTRO = """# Trazabilidad

Qué pide cada paso de los documentos y dónde se responde en el sistema. Documentos: 001, Política Institucional de
Llegada a Territorio y su procedimiento (2022); 002, CONPES 4091 (2022); 000, Gobierno al Plan (2020);
003, recomendaciones 2023-2024. «Puerta» es la revisión de la DER (C1 a C4) o la decisión del procedimiento (D1). Esta
página se genera con `python -m workflows.sources`.
"""


def rows() -> list[Row]:
    """The table, one row per field, in the order of the documents."""
    return [
        Row(step.code, step.source, step.title, step.gate, asked, step.process, step.element, step.form, field)
        for step in STEPS
        for asked, answered in step.asks.items()
        for field in answered.split()
    ]


def markdown() -> str:
    """The table and what is ours, as the page docs/trazabilidad.md."""
    return "\n".join((_INTRO, *_table(), "", *_ours(), ""))


def _table() -> Iterator[str]:
    yield "## De los documentos al sistema\n"
    yield "| Código | Fuente | Paso | Puerta | Lo que pide | Proceso | Elemento | Formulario | Campo | Pregunta |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for row in rows():
        cells = (
            row.code,
            row.source,
            row.title,
            row.gate,
            row.asked,
            f"`{row.process}`",
            f"`{row.element}`",
            f"`{row.form}`",
            f"`{row.field}`",
            label(row.form, row.field),
        )
        yield f"| {' | '.join(cells)} |"


def _ours() -> Iterator[str]:
    yield "## Lo que añade el sistema\n"
    yield "| Formulario | Campos | Por qué |"
    yield "|---|---|---|"
    for ours in OURS:
        fields = ", ".join(f"`{name}`" for name in ours.fields) or "todos"
        yield f"| `{ours.form}` | {fields} | {ours.reason} |"


def label(form: str, path: str) -> str:
    """What people read at `path` of `form`. Raises KeyError when there is no such question or column."""
    table, _, column = path.partition("/")
    field = FORMS[form].field(table)
    if not column:
        return field.label
    labels = {item.name: item.label for item in field.columns}
    return f"{field.label}: {labels[column]}"


if __name__ == "__main__":
    sys.stdout.write(markdown())
