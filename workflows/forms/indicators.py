"""Indicators in the capture format of the follow-up system, and their targets per year."""

from forms.declaration import Rule
from forms.declaration import Section
from workflows import vocabularies
from workflows.forms import fields

INDICATORS = fields.table(
    "indicators",
    "Indicadores",
    help="Distinga impactos, resultados y productos. Un buen indicador es claro, relevante, económico, medible, "
    "adecuado y sensible.",
    example="Bancos de proyectos actualizados · Producto · Número · Trimestral · Línea base 0",
    required=True,
    max_items=40,
    columns=(
        fields.text(
            "name", "Nombre del indicador", ask="el nombre", example="Bancos de proyectos actualizados", required=True
        ),
        fields.long_text(
            "description",
            "Descripción",
            example="Entidades con todos sus proyectos vigentes actualizados.",
            required=True,
            max_length=1000,
        ),
        fields.choice(
            "unit_in_charge",
            "Dependencia responsable",
            example="Dirección de Estrategia Regional",
            catalogue="units",
        ),
        fields.sentence("formula", "Fórmula de cálculo", example="Suma de bancos actualizados", required=True),
        fields.sentence("variables", "Variables", example="Bancos actualizados; bancos existentes"),
        fields.choice(
            "level",
            "Tipo de indicador",
            help="El eslabón de la cadena de valor que mide. Lista provisional, mientras se adopta la definitiva.",
            example="Producto",
            required=True,
            options=vocabularies.INDICATOR_LEVELS,
        ),
        fields.text("measure", "Unidad de medida", example="Número", required=True, max_length=60),
        fields.choice(
            "frequency",
            "Periodicidad de medición",
            help="Lista provisional, mientras se adopta la definitiva.",
            example="Trimestral",
            required=True,
            options=vocabularies.FREQUENCIES,
        ),
        fields.date("capture_date", "Fecha de captura", example="2 de febrero de 2026"),
        fields.decimal("baseline", "Línea base", example="0", required=True),
        fields.choice(
            "accumulation",
            "Tipo de acumulación",
            help="Lista provisional. Con «Acumulado», el total es la suma de las metas anuales.",
            example="Acumulado",
            required=True,
            options=vocabularies.ACCUMULATIONS,
        ),
        fields.sentence("progress_formula", "Fórmula del % de avance", example="Logro acumulado / total × 100"),
    ),
    source="001, etapa 2, paso 6: indicadores",
)

TARGETS = fields.table(
    "targets",
    "Metas por vigencia",
    help="Una meta por indicador y por cada año del horizonte. Escriba el indicador como aparece en la tabla anterior.",
    example="Bancos de proyectos actualizados · 2026 · 40",
    required=True,
    max_items=160,
    columns=(
        fields.text("indicator", "Indicador", example="Bancos de proyectos actualizados", required=True),
        fields.year("year", "Vigencia", example="2026", required=True),
        fields.decimal("target", "Meta", example="40", required=True),
    ),
    source="001, etapa 2, paso 6: metas",
)

SECTION = Section("indicators_section", "Indicadores y metas", (INDICATORS, TARGETS))

RULES = (
    Rule("unique_rows", 1, {"table": "indicators", "columns": ["name"]}),
    Rule("unique_rows", 1, {"table": "targets", "columns": ["indicator", "year"]}),
    Rule(
        "rows_refer_to_rows",
        1,
        {"table": "targets", "column": "indicator", "to_table": "indicators", "to_column": "name"},
    ),
)
