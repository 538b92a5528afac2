"""How every error is answered: the one table from class to status.

Programs get `application/problem+json` (RFC 9457), people a page that `web` renders. What nobody
foresaw is logged with the name of the request and answered with that name alone.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from math import ceil
from typing import Any
from urllib.parse import quote
from urllib.parse import urlsplit

import structlog
from flask import Flask
from flask import Response
from flask import current_app
from flask import has_request_context
from flask import json
from flask import redirect
from flask import request
from flask.typing import ResponseReturnValue
from markupsafe import escape
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from db.errors import AttError
from db.errors import Conflict
from db.errors import DefinitionError
from db.errors import InvalidData
from db.errors import NotAllowed
from db.errors import NotFound
from db.errors import NotNow
from db.errors import Unavailable
from directory.second_factor import CODE
from edge import journal
from edge import personal_reads
from edge import request_id
from edge.errors import NotIdentified
from edge.errors import NotVouched
from edge.errors import PasswordGiven
from edge.errors import PreconditionFailed
from edge.errors import PreconditionMissing
from edge.errors import ProofMissing
from edge.errors import SecondStepMissing
from edge.errors import TooManyAttempts

log = structlog.get_logger("att.edge")

SIGN_IN_PAGE = "/ingreso"
CHOOSING_PAGE = "/contrasena-nueva"
CODE_PAGE = "/ingreso/codigo"
ENROLMENT_PAGE = "/mi-cuenta/segundo-paso"
PROOF_MISSING = "proof-missing"
ENDED = "terminada"
MEDIA_TYPE = "application/problem+json"

# The first class that fits decides, so a class stands before its base.
TABLE: tuple[tuple[type[Exception], int, str], ...] = (
    (NotFound, 404, "No se encontró"),
    (TooManyAttempts, 429, "Demasiados intentos"),
    (NotIdentified, 401, "Falta identificarse"),
    (NotAllowed, 403, "No está permitido"),
    (PasswordGiven, 403, "Falta elegir su contraseña"),
    (SecondStepMissing, 403, "Falta el segundo paso"),
    (ProofMissing, 403, "Confirme que es usted"),
    (NotVouched, 400, "No se pudo comprobar"),
    (PreconditionFailed, 412, "Cambió desde que lo abrió"),
    (PreconditionMissing, 428, "Falta la revisión"),
    (NotNow, 409, "No se puede por ahora"),
    (Conflict, 409, "Ya cambió"),
    (StaleDataError, 409, "Ya cambió"),
    (InvalidData, 422, "Hay datos por corregir"),
    (DefinitionError, 422, "La definición se rechazó"),
    (Unavailable, 503, "No disponible por ahora"),
)

# What the framework refuses by itself: status → title, sentence.
REFUSED: dict[int, tuple[str, str]] = {
    400: ("Solicitud mal formada", "La solicitud no se puede leer; revise su formato."),
    404: ("No se encontró", "Esta dirección no existe."),
    405: ("Método no admitido", "Esta dirección no admite ese método."),
    406: ("Formato no disponible", "No hay respuesta en el formato pedido."),
    413: ("Demasiado grande", "Lo que envió supera el tamaño permitido."),
    415: ("Formato no admitido", "Envíe el contenido en el formato que la dirección admite."),
    422: ("Hay datos por corregir", "Hay datos por corregir."),
}
UNSEEN = "No se encontró lo que pide, o usted no tiene permiso para verlo."
SIMULTANEOUS = "Alguien más cambió lo mismo al tiempo. Intente de nuevo."
DUPLICATE = frozenset({"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"})
UNEXPECTED = ("Algo falló", "Ocurrió un error inesperado. Si persiste, reporte el número de la solicitud.")


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it is answered. `errors` maps the path of a datum to its messages."""

    status: int
    title: str
    detail: str
    code: str
    errors: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The members of RFC 9457, and ours."""
        return {
            "type": f"urn:att:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": quote(request.path),
            "request_id": request_id.current(),
            "errors": [
                {"path": path, "message": message} for path, messages in self.errors.items() for message in messages
            ],
        }


PageRenderer = Callable[[Problem], ResponseReturnValue]


def install(app: Flask) -> None:
    """Answer every error of `app` from the table."""
    app.register_error_handler(Exception, _answer)


def render_pages_with(app: Flask, render: PageRenderer) -> None:
    """Let `render` make the page of a problem; without it the page is plain."""
    app.extensions["att_problem_page"] = render


def problem_of(error: Exception) -> Problem:
    """`error` as it is answered; what is not in the table is logged and becomes 500."""
    if _is_unseen(error):
        return Problem(404, "No se encontró", UNSEEN, _slug(NotFound))
    for kind, status, title in TABLE:
        if isinstance(error, kind):
            return _known(error, status, title)
    if isinstance(error, IntegrityError) and _is_duplicate(error):
        return Problem(409, "Ya cambió", SIMULTANEOUS, code="simultaneous")
    if isinstance(error, HTTPException) and (error.code or 500) < 500:
        return _refused(error)
    log.error("unexpected_error", route=journal.route(), method=request.method, exc_info=error)
    return Problem(500, *UNEXPECTED, code="unexpected")


def _is_unseen(error: Exception) -> bool:
    """Whether the address names what is not there, or what whoever asks may not know of: both are answered alike."""
    named = (request.view_args or {}) if has_request_context() else {}
    if isinstance(error, NotFound):
        return str(error.key) in {str(value) for value in named.values()}
    return isinstance(error, NotAllowed) and error.hidden and bool(named)


def _is_duplicate(error: IntegrityError) -> bool:
    """Whether a row was refused because another like it was written first; other broken rules are our mistake."""
    names = (getattr(error.orig, "sqlstate", ""), getattr(error.orig, "sqlite_errorname", ""))
    return bool(DUPLICATE.intersection(names))


def _known(error: Exception, status: int, title: str) -> Problem:
    detail = error.message if isinstance(error, AttError) else SIMULTANEOUS
    errors = error.errors if isinstance(error, InvalidData) else {}
    headers = _headers(error, status)
    code = error.code if isinstance(error, Conflict | DefinitionError) and error.code else _slug(type(error))
    return Problem(status, title, detail, code, errors, headers)


def _headers(error: Exception, status: int) -> dict[str, str]:
    if isinstance(error, TooManyAttempts):
        return {"Retry-After": str(ceil(error.wait.total_seconds()))}
    return {"Retry-After": "5"} if status == 503 else {"WWW-Authenticate": "Bearer"} if status == 401 else {}


def _refused(error: HTTPException) -> Problem:
    status = error.code or 400
    title, detail = REFUSED.get(status, (error.name, "La solicitud no se puede atender."))
    allow = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(sorted(allow))} if allow else {}
    detail = str(error.description) if getattr(error, "spanish", False) else detail
    return Problem(status, title, detail, f"http-{status}", _argument_errors(error), headers)


def _argument_errors(error: HTTPException) -> dict[str, list[str]]:
    """What the reader of arguments found wrong: place → nested messages, made flat."""
    data = getattr(error, "data", None) or {}
    places = data.get("messages", {})
    flat: dict[str, list[str]] = {}
    for messages in places.values() if isinstance(places, dict) else ():
        _flatten(messages, "", flat)
    return flat


def _flatten(messages: Any, path: str, into: dict[str, list[str]]) -> None:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            name = "" if key == "_schema" else str(key)
            _flatten(inner, "/".join(part for part in (path, name) if part), into)
    else:
        into.setdefault(path, []).extend(str(message) for message in messages)


def _slug(kind: type[Exception]) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__).lstrip("-")


def _answer(error: Exception) -> ResponseReturnValue:
    if isinstance(error, HTTPException) and (error.code is None or error.code < 400):
        return error.get_response()  # a redirection of the framework, to the address with its final slash
    personal_reads.forget()
    problem = problem_of(error)
    if for_programs():
        return answer_json(problem)
    if problem.status == 401:
        return _to_sign_in()
    if isinstance(error, PasswordGiven):
        return _elsewhere(CHOOSING_PAGE)
    if isinstance(error, SecondStepMissing):
        return _elsewhere(CODE_PAGE if error.owes == CODE else ENROLMENT_PAGE)
    if problem.status == 405 and request.method == "GET":
        return redirect(_page_above(), 303)
    return _page(problem)


def for_programs() -> bool:
    """Whether this request came to the API."""
    return request.path.startswith("/api/")


def answer_json(problem: Problem) -> Response:
    """`problem` as problem+json."""
    body = json.dumps(problem.as_json())
    return Response(body, problem.status, headers=problem.headers, content_type=MEDIA_TYPE)


def _to_sign_in() -> ResponseReturnValue:
    """To the page of ingreso and from there back; whoever was sending something reads that it did not arrive."""
    reading = request.method == "GET"
    here = request.full_path.rstrip("?") if reading else page_before()
    asked = {"siguiente": here if here != "/" else "", "sesion": "" if reading else ENDED}
    arguments = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.items() if value)
    return _elsewhere(f"{SIGN_IN_PAGE}?{arguments}" if arguments else SIGN_IN_PAGE)


def _elsewhere(target: str) -> ResponseReturnValue:
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target, 303)


def _page_above() -> str:
    """The nearest page above an address that only takes what is sent to it (`/mi-cuenta/contrasena` → `/mi-cuenta`).

    A form that is answered with something to correct leaves its address in the browser, where people ask for it again.
    """
    adapter, path = current_app.create_url_adapter(request), request.path
    while adapter is not None and path.count("/") > 1:
        path = path.rpartition("/")[0]
        with suppress(HTTPException):
            adapter.match(path, method="GET")
            return path
    return "/"


def page_before() -> str:
    """The page of this site from which the request was sent; empty when the browser does not say."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _page(problem: Problem) -> ResponseReturnValue:
    render: PageRenderer | None = current_app.extensions.get("att_problem_page")
    if render is not None:
        try:
            response = current_app.make_response(render(problem))
        except Exception as error:  # the page itself may need what is broken
            log.error("problem_page_failed", exc_info=error)
        else:
            response.status_code = problem.status
            response.headers.update(problem.headers)
            return response
    return Response(
        _plain_page(problem), problem.status, headers=problem.headers, content_type="text/html; charset=utf-8"
    )


def _plain_page(problem: Problem) -> str:
    return (
        f'<!doctype html><html lang="es-CO"><head><meta charset="utf-8"><title>{escape(problem.title)}</title></head>'
        f"<body><main><h1>{escape(problem.title)}</h1><p>{escape(problem.detail)}</p>"
        f'<p>Solicitud {escape(request_id.current())}.</p><p><a href="/">Ir al inicio</a></p></main></body></html>'
    )
