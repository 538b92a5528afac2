"""Revisions: given as ETag, expected back in If-Match."""

from collections.abc import Iterator
from contextlib import contextmanager

from api.schemas.base import Base
from api.schemas.base import said
from db.errors import Conflict
from db.errors import InvalidData
from edge.errors import PreconditionFailed
from edge.errors import PreconditionMissing

ETAG = {"ETag": {"description": "La revisión, para If-Match.", "schema": {"type": "string"}}}


class IfMatchSchema(Base):
    """The revision that the request was written for."""

    if_match = said("Obligatorio: el ETag que recibió al leer.", data_key="If-Match", load_default="")


class WriteHeadersSchema(IfMatchSchema):
    """The headers of an act that may be repeated."""

    idempotency_key = said(
        "Una clave que usted elige; la misma solicitud repetida con ella recibe la primera respuesta.",
        data_key="Idempotency-Key",
        load_default="",
    )


def etag(revision: int) -> dict[str, str]:
    """The header that gives a revision away."""
    return {"ETag": f'"{revision}"'}


def revision(if_match: str) -> int | None:
    """The revision in an If-Match; None for `*`, which accepts any.

    Raises PreconditionMissing without one and InvalidData when it is no ETag of ours.
    """
    if not if_match:
        raise PreconditionMissing
    if if_match.strip() == "*":
        return None
    digits = if_match.strip().removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise InvalidData({"If-Match": ["Envíe el ETag tal como lo recibió."]})
    return int(digits)


@contextmanager
def matching() -> Iterator[None]:
    """Answer a stale revision as a failed precondition, which HTTP tells apart from other conflicts."""
    try:
        yield
    except Conflict as error:
        if error.code == "stale":
            raise PreconditionFailed(error.message) from error
        raise
