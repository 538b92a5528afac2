"""Indicators of a product: their targets, what was captured of them, and captures."""

from marshmallow import fields

from api.schemas.base import Base
from api.schemas.base import Exact
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from tracking.indicators import LONGEST


class CaptureSchema(Base):
    """The value of an indicator in a period."""

    id = said("Número.", fields.Integer)
    product_id = said("El producto.", fields.Integer)
    indicator = said("El indicador, por su nombre en el protocolo.")
    period = said("Clave del periodo: `2026-Q3`.")
    value = said("El valor.", Exact)
    captured_on = said("Cuándo se midió.", fields.Date)
    source = said("De dónde sale.")
    note = said("Nota.")
    files = said("Soportes: referencias de archivos.", fields.List, cls_or_instance=fields.String())
    captured_by = said("Quién lo registró.", fields.Integer)
    registered_at = said("Cuándo se registró.", fields.DateTime)
    revision = said("Revisión, la misma del ETag.", fields.Integer)
    annulled_at = said("Cuándo se anuló; nulo si vale.", fields.DateTime, allow_none=True)
    annulment_reason = said("Por qué se anuló.")


class YearSchema(Base):
    """What was achieved in a year against its target."""

    year = said("Vigencia.", fields.Integer)
    achieved = said("El logro, como el protocolo lo acumula.", Exact, allow_none=True)
    target = said("La meta.", Exact, allow_none=True)
    percent = said("Logro sobre meta, en porcentaje.", Exact, allow_none=True)


class IndicatorSchema(Base):
    """An indicator of the protocol in force, with its series."""

    name = said("Nombre.", attribute="indicator.name")
    measure = said("Unidad de medida.", attribute="indicator.measure")
    frequency = said("Cada cuánto se captura.", attribute="indicator.frequency")
    accumulation = said("Cómo se acumulan los logros de un año.", attribute="indicator.accumulation")
    baseline = said("Línea base.", Exact, allow_none=True, attribute="indicator.baseline")
    years = fields.List(fields.Nested(YearSchema), metadata={"description": "Logro y meta por vigencia."})
    captures = fields.List(fields.Nested(CaptureSchema), metadata={"description": "Lo capturado, lo primero primero."})


IndicatorPageSchema = page_of(IndicatorSchema)


class _SaidSchema(Base):
    """What is said of a capture."""

    value = text("El valor: `12.5`.", most=40)
    captured_on = fields.Date(metadata={"description": "Cuándo se midió."})
    source = text("De dónde sale.", most=LONGEST)
    note = text("Nota.", most=LONGEST)
    files = fields.List(fields.String(), metadata={"description": "Soportes: referencias de `POST /files`."})


class CaptureInSchema(_SaidSchema):
    """A value to register."""

    indicator = text("El indicador, por su nombre en el protocolo.", most=500, required=True)
    period = text("Clave del periodo, según la periodicidad del indicador.", most=20, required=True)
    value = text("El valor: `12.5`.", most=40, required=True)
    captured_on = fields.Date(required=True, metadata={"description": "Cuándo se midió."})
    source = text("De dónde sale.", most=LONGEST, required=True)
    confirmed = fields.Boolean(
        load_default=False, metadata={"description": "Confirma la captura aunque su periodo no ha terminado."}
    )


class CaptureChangeSchema(_SaidSchema):
    """What a capture should have said, and why; what is not sent stays."""

    reason = text("Por qué se rectifica.", most=LONGEST, required=True)
