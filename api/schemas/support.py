"""What work plans ask of the thematic experts."""

from marshmallow import fields

from api.schemas.base import Base
from api.schemas.base import Paging
from api.schemas.base import choice
from api.schemas.base import narrowing
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from edge import labels
from tracking.models import SupportStatus


class SupportSchema(Base):
    """A request for the support of a thematic expert, as its steps left it."""

    id = said("Número.", fields.Integer)
    plan_id = said("Plan de trabajo.", fields.Integer)
    asker_id = said("Quién lo sigue: quien lo pidió, o quien recibió el plan después.", fields.Integer)
    asked_by_id = said("Quién lo pidió; nulo mientras no se envía.", fields.Integer, allow_none=True)
    expert_id = said("Quién lo atiende; nulo mientras está libre.", fields.Integer, allow_none=True)
    theme = said("`planning`, `digital`, `articulation` u `other`; vacío mientras no se envía.")
    other_theme = said("Qué otro tema.")
    need = said("Qué necesita.")
    modality = said("Cómo prefiere que se dé.")
    wanted_on = said("Para cuándo.", fields.Date, allow_none=True)
    status = said(f"{', '.join(f'`{one}`' for one in SupportStatus)}.")
    since = said("Desde cuándo está así.", fields.DateTime)
    agreed_on = said("Qué día se comprometió el experto.", fields.Date, allow_none=True)
    decline_reason = said("Por qué no se pudo atender, mientras se replantea.")
    suggested_id = said("A quién sugirió quien no pudo.", fields.Integer, allow_none=True)
    outcome = said("Qué se hizo o se recomendó.")
    given_on = said("Qué día se dio.", fields.Date, allow_none=True)
    given_by_id = said(
        "Quién registró el apoyo: quien lo atiende, o quien actuó por su delegación.", fields.Integer, allow_none=True
    )
    given_for_id = said("Por delegación de quién lo registró.", fields.Integer, allow_none=True)
    advisories = fields.List(
        fields.Integer, metadata={"description": "Las asesorías del plan con las que se dio el apoyo."}
    )
    files = fields.List(fields.String(), metadata={"description": "Lo que lo muestra: tokens de archivos."})
    instance_id = said("El proceso que la lleva hasta su fin.", fields.Integer, allow_none=True)
    opened_at = said("Cuándo se empezó.", fields.DateTime)
    closed_at = said("Cuándo terminó.", fields.DateTime, allow_none=True)
    closing_reason = said("Por qué terminó sin atenderse; por qué se retiró no se dice al contacto de la entidad.")
    withdrawn_by_id = said("Quién lo retiró.", fields.Integer, allow_none=True)


class SupportQuery(Paging):
    """Which requests."""

    q = text("Palabras de lo pedido, lo recomendado, la entidad o el producto.", most=200, load_default="")
    status = choice("Estado.", ("", *SupportStatus), load_default="")
    theme = choice("Tema.", ("", *labels.EXPERT_THEME), load_default="")
    open = fields.Boolean(load_default=False, metadata={"description": "Sólo las que no han terminado."})
    returned = fields.Boolean(
        load_default=None,
        metadata={"description": "Sólo las que se devolvieron por completar; o, con `false`, las demás."},
    )
    expert_id = narrowing("Quién la atiende.")
    asker_id = narrowing("Quién la pidió.")
    product_id = narrowing("Producto.")
    entity_id = narrowing("Entidad.")
    region_id = narrowing("Región.")
    vigencia = narrowing("Año.")


SupportPageSchema = page_of(SupportSchema)
