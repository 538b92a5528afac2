"""The marshmallow schema of a form, built from its declaration once per hash."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from typing import ClassVar

from marshmallow import RAISE
from marshmallow import Schema
from marshmallow import ValidationError
from marshmallow import fields

from forms.answers import answer
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind

UNKNOWN = "No es una pregunta de este formulario: quítela."


class AnswersSchema(Schema):
    """What forms and rows share: nothing unknown passes, in Spanish."""

    error_messages: dict[str, str] = {  # noqa: RUF012 - marshmallow declares it as an instance variable
        "unknown": UNKNOWN,
        "type": "Envíe las respuestas como campos con nombre.",
    }

    class Meta:
        unknown = RAISE


class Rows(fields.Field[Any]):
    """The rows of a table. Errors by position; a row that fails keeps its place among the valid data."""

    def __init__(self, question: Field) -> None:
        super().__init__(required=False, allow_none=True)
        self.question = question
        self.row = _schema_of(question.columns)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise ValidationError("Responda {it} con una lista de filas.")
        if len(value) > self.question.max_items:
            raise ValidationError(f"Deje en {{it}} {self.question.max_items} filas como máximo: hay {len(value)}.")
        loaded: list[dict[str, Any]] = []
        errors: dict[int, Any] = {}
        for index, item in enumerate(value):
            row, refused = deserialised(self.row, item)
            loaded.append(row)
            if refused:
                errors[index] = refused
        if errors:
            raise ValidationError(errors, valid_data=loaded)
        return loaded


def schema_of(form: Form) -> Schema:
    """The schema of `form`, kept as long as the program keeps the form itself."""
    kept = _Cache.schemas.get(id(form))
    if kept is None:
        if len(_Cache.schemas) >= _Cache.MOST:
            _Cache.schemas.pop(next(iter(_Cache.schemas)))
        # The form is kept beside its schema, so that its id is not given to another one.
        kept = _Cache.schemas[id(form)] = (form, _schema_of(tuple(form.fields())))
    return kept[1]


def deserialised(schema: Schema, raw: Any) -> tuple[dict[str, Any], dict[Any, Any]]:
    """What of `raw` is sound, and marshmallow's tree of errors for the rest."""
    try:
        return dict(schema.load(raw)), {}
    except ValidationError as error:
        valid = error.valid_data if isinstance(error.valid_data, dict) else {}
        tree = error.messages if isinstance(error.messages, dict) else {"_schema": error.messages}
        return valid, tree


def flattened(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Pairs of path and sentence from marshmallow's tree of errors."""
    if not isinstance(tree, Mapping):
        yield from ((path, str(message)) for message in _listed(tree))
        return
    for key, branch in tree.items():
        step = "" if key == "_schema" else _printable(key)
        yield from flattened(branch, "/".join(part for part in (path, step) if part))


class _Cache:
    MOST = 500
    schemas: ClassVar[dict[int, tuple[Form, Schema]]] = {}


def _schema_of(questions: Iterable[Field]) -> Schema:
    declared: dict[str, Any] = {}
    for question in questions:
        if question.kind is not Kind.DOCUMENT:
            declared[question.name] = Rows(question) if question.kind is Kind.TABLE else answer(question)
    return AnswersSchema.from_dict(declared, name="Answers")()


def _listed(messages: Any) -> list[Any]:
    return messages if isinstance(messages, list) else [messages]


def _printable(key: object) -> str:
    """A field name that anybody may have sent, fit to be shown."""
    return str(key).encode("utf-8", "replace").decode()[:80]
