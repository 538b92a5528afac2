"""The answer of the DER to a protocol or to its modification."""

from forms.declaration import Section
from workflows import vocabularies
from workflows.forms import fields


def section(source: str = "") -> Section:
    """Verdict and general remarks; `source` says where the verdict comes from, empty when it is ours."""
    return Section(
        "verdict_section",
        "Concepto",
        (
            fields.choice(
                "verdict",
                "Concepto de la DER",
                help="Las observaciones sobre un dato puntual se escriben junto a ese dato.",
                example="Validado",
                required=True,
                options=vocabularies.VERDICTS,
                source=source,
            ),
            fields.long_text(
                "remarks",
                "Observaciones generales",
                help="Obligatorias si devuelve: diga, en conjunto, qué debe ajustar la unidad técnica.",
                example="Precise la meta de 2027 del segundo indicador y las fechas del cronograma.",
            ),
        ),
    )
