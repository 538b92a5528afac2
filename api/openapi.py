"""The description of the API, with the problems each path may answer."""

from collections.abc import Callable
from threading import Lock
from typing import Any

import flask_smorest
from flask import Flask
from flask_smorest.spec.plugins import FlaskPlugin

from api.schemas.base import Exact
from api.schemas.problems import ProblemSchema
from edge.permission import PUBLIC
from edge.permission import declared
from edge.problems import MEDIA_TYPE

TITLE = "ATT: asistencia técnica territorial"
INTRODUCTION = (
    "Lo que las páginas muestran y permiten, para programas. Identifíquese con `Authorization: Bearer …`; el token se "
    "pide en `POST /api/v1/tokens`. Los errores son `application/problem+json` (RFC 9457). Las listas se piden por "
    "páginas con `limit` y `cursor`. Los instantes van en UTC; las fechas, en el calendario de Colombia."
)

PROBLEMS = {
    "400": "La solicitud no se puede leer.",
    "401": "Falta identificarse.",
    "403": "No está permitido a esta persona.",
    "404": "No existe, o esta persona no puede saberlo.",
    "406": "No hay respuesta en el formato pedido.",
    "409": "El estado cambió antes de que llegara la solicitud.",
    "412": "La revisión de If-Match ya no es la actual.",
    "413": "Lo enviado supera el tamaño permitido.",
    "415": "El contenido no está en un formato admitido.",
    "422": "Hay datos por corregir.",
    "428": "Falta el encabezado If-Match.",
    "429": "Hubo demasiados intentos fallidos; `Retry-After` dice en cuántos segundos intentar de nuevo.",
    "503": "Una parte necesaria no responde ahora.",
}
PATHS = {
    "action_id": "El número de la acción.",
    "advance_id": "El número del avance.",
    "advisory_id": "El número de la asesoría.",
    "absence_id": "El número de la ausencia.",
    "code": "El código del producto, como `ATT-2026-014`.",
    "cut_id": "El número del corte.",
    "day_id": "El número del día declarado.",
    "capture_id": "El número de la captura del indicador.",
    "contact_id": "El número del contacto.",
    "delegation_id": "El número de la delegación.",
    "encargo_id": "El número del encargo.",
    "entity_id": "El número de la entidad.",
    "grant_id": "El número del rol asignado.",
    "group_role_id": "El número de lo que da el grupo.",
    "handover_id": "El número del empalme.",
    "identity_id": "El número de la cuenta institucional.",
    "incident_id": "El número del incidente.",
    "instance_id": "El número del proceso en curso.",
    "key": "La clave del proceso.",
    "message_id": "El número del mensaje.",
    "milestone_id": "El número del hito.",
    "name": "El nombre del formulario.",
    "number": "El número de la versión.",
    "obligation_id": "El número de la obligación.",
    "observation_id": "El número de la observación.",
    "operation_id": "El número de la operación.",
    "partner_id": "El número de la participación de la entidad socia.",
    "person_id": "El número de la persona.",
    "plan_id": "El número del plan de trabajo.",
    "proposal_id": "El número de la propuesta.",
    "statement_id": "El número de la constancia.",
    "support_id": "El número de la solicitud de apoyo experto.",
    "report_id": "El número del informe.",
    "strategy_id": "El número de la estrategia.",
    "submission_id": "El número del envío.",
    "task_id": "El número de la tarea.",
    "unit_id": "El número de la dependencia.",
    "token": "El token del archivo.",
}
UNSAFE = frozenset({"post", "put", "patch", "delete"})
METHODS = UNSAFE | {"get"}


class Api(flask_smorest.Api):  # type: ignore[misc]  # it has no types
    """flask-smorest's, answering errors through `edge.problems` alone, and describing what it serves when asked."""

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask, **options: Any) -> None:
        self._waiting: list[Callable[[], None]] = []
        self._one_at_a_time = Lock()
        super().__init__(app, **options)

    def describe_later(self, resource: Callable[[], None]) -> None:
        """Have `resource` write its part when the description is asked for: few ever do, and it is slow to write."""
        self._waiting.append(resource)

    def described(self) -> dict[str, Any]:
        """The description with the parts of all resources."""
        with self._one_at_a_time:
            while self._waiting:
                self._waiting.pop(0)()
            written: dict[str, Any] = self.spec.to_dict()
        return written

    def _register_error_handlers(self) -> None:
        """Leave errors to `edge.problems`: one table for all of them."""


def build(app: Flask) -> Api:
    """The API on `app`, without its resources."""
    app.config.update(
        API_TITLE=TITLE,
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=None,
        ETAG_DISABLED=True,
    )
    options = {
        "info": {"description": INTRODUCTION},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
    }
    api = Api(app, spec_kwargs=options)
    api.register_field(Exact, "string", "decimal")
    return api


def document(api: Api, app: Flask) -> dict[str, Any]:
    """The finished description: what flask-smorest wrote, with the problems of every path."""
    spec = api.described()
    spec["components"]["responses"] = {f"Problem{status}": _response(text) for status, text in PROBLEMS.items()}
    public = _public_operations(app)
    for path, operations in spec["paths"].items():
        for parameter in operations.get("parameters", []):
            parameter["description"] = PATHS[parameter["name"]]
        for method in METHODS & operations.keys():
            operation = operations[method]
            is_public = (path, method) in public
            if is_public:
                operation["security"] = []
            statuses = _statuses(path, method, operation, operations.get("parameters", []), is_public)
            operation["responses"] = _with_problems(operation["responses"], statuses)
    return spec


def _response(text: str) -> dict[str, Any]:
    return {
        "description": text,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _public_operations(app: Flask) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for rule in app.url_map.iter_rules():
        if declared(app.view_functions[rule.endpoint]) == PUBLIC:
            path = str(FlaskPlugin.flaskpath2openapi(rule.rule))
            found |= {(path, method.lower()) for method in rule.methods or ()}
    return found


def _statuses(path: str, method: str, operation: dict[str, Any], shared: list[Any], is_public: bool) -> set[str]:
    """The problems an operation may answer, told from what it takes."""
    names = {p["name"] for p in [*operation.get("parameters", []), *shared] if "name" in p}
    found = {"401", "422", "503"}  # a token that does not count is refused wherever it is shown
    found |= set() if is_public else {"403"}
    found |= {"404"} if "{" in path or "requestBody" in operation else set()  # what a body names may be unknown too
    found |= {"400", "409", "413", "415"} if method in UNSAFE else set()
    found |= {"412"} if "If-Match" in names else set()
    found |= {"428"} if "If-Match" in names and method != "patch" else set()  # there it is not demanded
    documented: set[str] = PROBLEMS.keys() & operation["responses"].keys()
    return found | documented


def _with_problems(responses: dict[str, Any], statuses: set[str]) -> dict[str, Any]:
    answers = {status: response for status, response in responses.items() if status.startswith(("2", "3"))}
    answers |= {status: {"$ref": f"#/components/responses/Problem{status}"} for status in sorted(statuses)}
    return answers
