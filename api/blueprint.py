"""The kind of blueprint every resource uses, and what their handlers share."""

import hashlib
from collections.abc import Callable
from functools import partial
from functools import wraps
from typing import Any
from typing import ClassVar

import flask_smorest
from flask import Response
from flask import json
from flask import jsonify
from flask import request
from flask_smorest.arguments import FlaskParser
from marshmallow import RAISE
from marshmallow import Schema
from sqlalchemy.orm import Session

from api.preconditions import IdempotencySchema
from db import clock
from edge import idempotency
from edge import identity

View = Callable[..., Any]

LOCATION = {"Location": {"description": "Dónde leerlo.", "schema": {"type": "string"}}}


class _Arguments(FlaskParser):  # type: ignore[misc]  # it has no types
    """Reads arguments; one that nobody knows is refused, or a mistyped filter would give the whole list."""

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE,
    }  # fmt: skip


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # it has no types
    """A resource under /api/v1. Pages of lists travel in the body, never in a header."""

    PAGINATION_HEADER_NAME = None
    ARGUMENTS_PARSER = _Arguments()

    def __init__(self, name: str, description: str, path: str = "") -> None:
        super().__init__(f"api_{name}", __name__, url_prefix=f"/api/v1{path}", description=description)

    def register_views_in_doc(self, api: Any, *given: Any, **options: Any) -> None:
        """As the library's, when somebody asks for the description: it would be written at each start."""
        api.describe_later(partial(super().register_views_in_doc, api, *given, **options))

    def arguments(self, schema: type[Schema] | Schema, **options: Any) -> Any:
        """As the library's, with one schema made for all requests: it would make one for each."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **options)

    def creates(
        self, schema: type[Schema], *, at: str = "", then: Callable[[Any], object] | None = None
    ) -> Callable[[View], View]:
        """Answer 201 with what a view makes; a request repeated with its Idempotency-Key makes nothing more.

        The view gets the session of its transaction before everything else. `at` is where what it made is read, with
        the members of the answer in braces. `then` is called with what the view made, once that is safe.
        """

        def decorated(view: View) -> View:
            @wraps(view)
            def once(*given: Any, **of_path: Any) -> Response:
                *sent, headers = given
                made: list[Any] = []

                def act(session: Session) -> dict[str, Any]:
                    made.append(view(session, *sent, **of_path))
                    session.flush()
                    answer: dict[str, Any] = json.loads(json.dumps(schema().dump(made[-1])))
                    return answer

                by, key = identity.current(), headers["idempotency_key"]
                keyed = idempotency.keyed(key, by.person_id, request.path, _content()) if key else None
                answer = idempotency.once(keyed, act, now=clock.now(), status=201)
                if then is not None and not answer.repeated:
                    then(made[-1])
                return _created(answer.body, at)

            documented = self.response(201, schema, headers=LOCATION if at else None)(once)
            keyed: View = self.arguments(IdempotencySchema, location="headers")(documented)
            return keyed

        return decorated


def _content() -> Any:
    """What the request asks for, by which another one with the same key is told apart."""
    if request.is_json:
        return request.get_json(silent=True)
    found = []
    for name, file in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
        found.append([name, file.filename, hashlib.sha256(file.stream.read()).hexdigest()])
        file.stream.seek(0)
    return [sorted(request.form.items(multi=True)), found]


def _created(body: dict[str, Any], at: str) -> Response:
    response = jsonify(body)
    response.status_code = 201
    if at:
        response.headers["Location"] = f"/api/v1{at.format(**body)}"
    return response
