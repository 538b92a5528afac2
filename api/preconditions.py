"""Revisions: given as ETag, expected back in If-Match."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import json
from marshmallow import Schema

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


class MayMatchSchema(Base):
    """The version that the request was written for, when it matters to who sends it."""

    if_match = said("El ETag que recibió al leer: si cambió desde entonces, no se hace.", data_key="If-Match",
                    load_default="")  # fmt: skip


class IdempotencySchema(Base):
    """The header of an act that may be repeated."""

    idempotency_key = said(
        "Una clave que usted elige; la misma solicitud repetida con ella recibe la primera respuesta.",
        data_key="Idempotency-Key",
        load_default="",
    )


class WriteHeadersSchema(IfMatchSchema, IdempotencySchema):
    """The headers of an act that may be repeated, on what was read before."""


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


def mark(schema: type[Schema], row: Any) -> dict[str, str]:
    """The header that tells versions of a thing without revisions apart, by all that its answer says."""
    said = json.dumps(schema().dump(row), sort_keys=True)
    return {"ETag": f'"{hashlib.sha256(said.encode()).hexdigest()[:16]}"'}


def demand_unchanged(if_match: str, schema: type[Schema], row: Any) -> None:
    """Let a change pass that was written for what `row` is now, or for no version in particular.

    Raises PreconditionFailed when the row changed since the ETag in `if_match` was given.
    """
    if if_match.strip() not in ("", "*", mark(schema, row)["ETag"]):
        raise PreconditionFailed("Cambió desde que usted lo leyó. Léalo de nuevo y repita el cambio.")


@contextmanager
def matching() -> Iterator[None]:
    """Answer a stale revision as a failed precondition, which HTTP tells apart from other conflicts."""
    try:
        yield
    except Conflict as error:
        if error.code == "stale":
            raise PreconditionFailed(error.message) from error
        raise
