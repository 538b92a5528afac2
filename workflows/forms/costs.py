"""Budget, where the money comes from, and the years it covers."""

from forms.declaration import Rule
from forms.declaration import Section
from workflows.forms import fields

BUDGET = fields.table(
    "budget",
    "Presupuesto detallado",
    help="Un renglón por concepto. El total es la cantidad por el valor unitario: si lo deja vacío, se calcula.",
    example="Honorarios de asesores · 4 · $ 60.000.000 · $ 240.000.000 · Presupuesto General de la Nación",
    required=True,
    max_items=100,
    totals=("total",),
    columns=(
        fields.sentence("concept", "Concepto", example="Honorarios de asesores territoriales", required=True),
        fields.decimal("quantity", "Cantidad", example="4", required=True, minimum="0"),
        fields.money("unit_value", "Valor unitario", example="$ 60.000.000", required=True),
        fields.money("total", "Valor total", example="$ 240.000.000"),
        fields.text("source", "Fuente", example="Presupuesto General de la Nación", required=True),
    ),
    source="001, etapa 2, paso 7: presupuesto_detallado",
)

FUNDING = fields.table(
    "funding_sources",
    "Fuentes de financiación",
    help="Cuánto aporta cada fuente. La suma es igual al presupuesto.",
    example="Presupuesto General de la Nación · $ 240.000.000",
    required=True,
    max_items=20,
    totals=("amount",),
    columns=(
        fields.text("source", "Fuente", example="Presupuesto General de la Nación", required=True),
        fields.money("amount", "Valor", example="$ 240.000.000", required=True),
    ),
    source="001, etapa 2, paso 7: fuentes_de_financiacion",
)

SECTION = Section(
    "costs",
    "Costos y recursos",
    (
        fields.date(
            "horizon_start",
            "Inicio del horizonte de ejecución",
            help="Primer día en que se ejecutan recursos.",
            example="2 de febrero de 2026",
            required=True,
            source="001, etapa 2, paso 7: horizonte_de_ejecucion",
        ),
        fields.date(
            "horizon_end",
            "Fin del horizonte de ejecución",
            help="Último día en que se ejecutan recursos.",
            example="15 de diciembre de 2027",
            required=True,
            source="001, etapa 2, paso 7: horizonte_de_ejecucion",
        ),
        BUDGET,
        FUNDING,
        fields.long_text(
            "resource_operation",
            "Forma de operación y administración de los recursos",
            help="Quién contrata, quién paga y con qué controles.",
            example="La dependencia contrata los asesores; el Grupo de Contratación supervisa los pagos mensuales.",
            required=True,
            source="001, etapa 2, paso 7: forma_de_operacion_y_administracion_de_recursos",
        ),
    ),
)

RULES = (
    Rule("dates_in_order", 1, {"fields": ["horizon_start", "horizon_end"]}),
    Rule("unique_rows", 1, {"table": "funding_sources", "columns": ["source"]}),
    Rule("row_products", 1, {"table": "budget", "factors": ["quantity", "unit_value"], "total": "total"}),
    Rule("totals_match", 1, {"left": "budget/total", "right": "funding_sources/amount", "by": "source"}),
)
