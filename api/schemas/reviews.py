"""Schemas of what waits for somebody's review."""

from marshmallow import fields

from api.schemas.base import Base
from api.schemas.base import Paging
from api.schemas.base import choice
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from tracking.reviewing.listing import KINDS


class ReviewQuery(Paging):
    """Which of it, and which slice."""

    kind = choice("Tipo.", ("", *KINDS), load_default="")
    q = text("Palabras de qué es o sobre qué.", most=200, load_default="")


class ReviewSchema(Base):
    """Something that waits for a review."""

    kind = said(f"Tipo: {', '.join(KINDS)}.")
    id = said("Número: de la tarea, de la constancia, del hito o de la obligación, según el tipo.", fields.Integer)
    title = said("Qué es.")
    about = said("Sobre qué.")
    link = said("Página en que se revisa.")
    since = said("Desde cuándo espera.", fields.DateTime)
    author_id = said("Quién lo envió, cuando se sabe.", fields.Integer, allow_none=True)


ReviewPageSchema = page_of(ReviewSchema)
