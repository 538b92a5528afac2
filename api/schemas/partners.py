"""The partners of strategies, what they report, and the board that they share."""

from typing import Any

from marshmallow import fields
from marshmallow import post_load
from marshmallow import validate

from api.schemas.base import Base
from api.schemas.base import Exact
from api.schemas.base import Paging
from api.schemas.base import choice
from api.schemas.base import narrowing
from api.schemas.base import number
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from directory import units
from tracking import partners
from tracking.partner_advances import LONGEST
from tracking.partner_advances import MOST_ENTITIES
from tracking.partner_advances import STATUSES
from tracking.partner_advances import NewAdvance
from tracking.partners import NewPartner


class BoardRowSchema(Base):
    """A product of a strategy, with figures that tell of nobody."""

    code = said("Código, como `ATT-2026-014`.")
    name = said("Nombre.")
    stage = said("Etapa: `predesign`, `design`, `activation` o `follow_up`.")
    status = said("`active`, `closed` o `withdrawn`.")
    entities = said("En cuántas entidades tiene plan de trabajo.", fields.Integer)
    plans = said("Cuántos planes de trabajo.", fields.Integer)
    reported = said("Avance reportado, promedio de los planes que cuentan; nulo sin ellos.", Exact, allow_none=True)


BoardRowPageSchema = page_of(BoardRowSchema)


class PartnerSchema(Base):
    """A unit of an ally that takes part in a strategy."""

    id = said("Número.", fields.Integer)
    strategy_id = said("Estrategia.", fields.Integer)
    unit_id = said("La dependencia que es la entidad socia.", fields.Integer)
    contribution = said("Qué aporta.")
    since = said("Desde qué día participa.", fields.Date)
    until = said("Hasta qué día, si tiene fin; anterior a `since` si no llegó a participar.", fields.Date,
                 allow_none=True)  # fmt: skip
    revision = said("Revisión, la misma del ETag.", fields.Integer)
    registered_at = said("Cuándo se registró.", fields.DateTime)


PartnerPageSchema = page_of(PartnerSchema)


def _confirmed(description: str) -> fields.Boolean:
    return fields.Boolean(load_default=False, metadata={"description": description})


class PartnerInSchema(Base):
    """A unit that is to take part: a known one, or a new one with its code and name."""

    unit_id = number("Dependencia que ya existe.", load_default=None, allow_none=True)
    code = text("Sigla de una nueva.", most=units.LONGEST_CODE, load_default="")
    name = text("Nombre de una nueva.", most=units.LONGEST_NAME, load_default="")
    contribution = text("Qué aporta.", most=partners.LONGEST, required=True)
    since = fields.Date(required=True, metadata={"description": "Desde qué día participa."})
    confirmed = _confirmed("Confirma que una entidad nueva es otra que la del mismo nombre.")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> NewPartner:
        return NewPartner(**data)


class PartnerChangeSchema(Base):
    """What a participation should have said, and why; what is not sent stays."""

    contribution = text("Qué aporta.", most=partners.LONGEST)
    since = fields.Date(metadata={"description": "Desde qué día participa."})
    until = fields.Date(allow_none=True, metadata={"description": "Su último día; nulo si no tiene fin."})
    reason = text("Por qué se corrige.", required=True)
    confirmed = _confirmed("Confirma unos días que dejan por fuera avances reportados.")


class PartnerEndSchema(Base):
    """From when on a partner takes no part, and why."""

    from_day = fields.Date(required=True, metadata={"description": "El primer día en que ya no participa."})
    reason = text("Por qué termina.", required=True)
    confirmed = _confirmed("Confirma un día desde el cual reportó avances.")


class PartnerAdvanceQuery(Paging):
    """Which advances."""

    q = text("Palabras de lo que se hizo o de la entidad socia.", most=200, load_default="")
    unit_id = narrowing("Entidad socia.")
    status = choice("Vigentes o anulados.", STATUSES, load_default="standing")
    since = fields.Date(load_default=None, metadata={"description": "Ocurridos desde este día."})
    until = fields.Date(load_default=None, metadata={"description": "Ocurridos hasta este día."})


class PartnerAdvanceSchema(Base):
    """What a partner says that it did."""

    id = said("Número.", fields.Integer)
    partner_id = said("La participación, por su número.", fields.Integer)
    occurred_on = said("Qué día ocurrió.", fields.Date)
    text = said("Qué se hizo.")
    entities = said("Entidades alcanzadas.", fields.List, cls_or_instance=fields.Integer())
    files = said("Soportes: referencias de archivos.", fields.List, cls_or_instance=fields.String())
    author_id = said("Quién lo reportó.", fields.Integer)
    registered_at = said("Cuándo se registró.", fields.DateTime)
    revision = said("Revisión, la misma del ETag.", fields.Integer)
    annulled_at = said("Cuándo se anuló; nulo si vale.", fields.DateTime, allow_none=True)
    annulment_reason = said("Por qué se anuló.")


PartnerAdvancePageSchema = page_of(PartnerAdvanceSchema)


def _entities(**options: Any) -> fields.List:
    return fields.List(
        number("Una entidad."),
        validate=validate.Length(0, MOST_ENTITIES, error=f"Envíe hasta {MOST_ENTITIES} entidades."),
        metadata={"description": "Entidades alcanzadas."}, **options,
    )  # fmt: skip


def _files(**options: Any) -> fields.List:
    found = {"description": "Soportes: referencias de `POST /files`."}
    return fields.List(fields.String(), metadata=found, **options)


class PartnerAdvanceInSchema(Base):
    """What was done."""

    occurred_on = fields.Date(required=True, metadata={"description": "Qué día ocurrió."})
    text = text("Qué se hizo.", most=LONGEST, required=True)
    entities = _entities(load_default=list)
    files = _files(load_default=list)
    confirmed = _confirmed("Confirma que es otro, aunque ya se reportó uno igual.")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> NewAdvance:
        return NewAdvance(**data)


class PartnerAdvanceChangeSchema(Base):
    """What an advance should have said, and why; what is not sent stays."""

    reason = text("Por qué se rectifica.", required=True)
    occurred_on = fields.Date(metadata={"description": "Qué día ocurrió."})
    text = text("Qué se hizo.", most=LONGEST)
    entities = _entities()
    files = _files()
