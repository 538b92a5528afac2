"""What a request may not bring, wherever it is to be read: checked once, before anybody reads it.

A program is told what is wrong and where. What people type or paste is cleaned, so that they lose nothing.
"""

import json
from collections.abc import Callable
from collections.abc import Iterator
from math import isfinite
from typing import Any

import flask
from flask import Flask
from flask import abort
from flask import request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.datastructures import MultiDict
from werkzeug.utils import cached_property

from db.characters import clean
from db.characters import is_forbidden
from db.errors import InvalidData
from edge.problems import for_programs

DEEPEST = 40
"""No form nests so deep; the reader of JSON gives up at about a thousand."""

LARGEST = 2**63 - 1
"""What a whole number of the database holds."""

DEPTH = f"El contenido está anidado en más de {DEEPEST} niveles."
NUMBER = "Este número es demasiado grande."
LETTERS = "Quite los caracteres de control: no se pueden guardar."


class Fields(ImmutableMultiDict[str, str]):
    """What was typed. A whole number that no database holds is refused wherever one is read (`type=int`)."""

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]
        """The first value of `key`, as `type`. Raises InvalidData for a number that is too large."""
        return super().get(key, default, _bounded(key) if type is int else type)

    def getlist(self, key: str, type: Any = None) -> list[Any]:
        """Every value of `key`, as `type`. Raises InvalidData for a number that is too large."""
        return super().getlist(key, _bounded(key) if type is int else type)


class Request(flask.Request):
    """A request whose fields and address hold nothing that cannot be kept."""

    @cached_property
    def args(self) -> MultiDict[str, str]:  # type: ignore[override, unused-ignore]
        """The arguments of the address."""
        return _cleaned(super().args)

    @cached_property
    def values(self) -> MultiDict[str, str]:  # type: ignore[override]  # narrower: what is in both is one
        """The arguments of the address and the fields of a form."""
        return _cleaned(super().values)

    def _load_form_data(self) -> None:
        read = "form" in self.__dict__
        super()._load_form_data()
        if not read:
            self.__dict__["form"] = _cleaned(self.form)


def install(app: Flask) -> None:
    """Look at every request of `app` before it is read."""
    app.request_class = Request
    app.before_request(_check)


def _check() -> None:
    if request.url_rule is None or not for_programs() or not request.content_length:
        return
    if request.is_json:
        check(request.get_data(cache=True))
    elif request.mimetype != "multipart/form-data":
        abort(415)


def check(body: bytes) -> None:
    """Refuse JSON that cannot be read (400), and what in it cannot be kept (InvalidData, at its path)."""
    try:
        sent = json.loads(body.decode())
    except RecursionError as error:
        raise InvalidData({"": [DEPTH]}) from error
    except (json.JSONDecodeError, UnicodeDecodeError):
        abort(400)
    except ValueError as error:  # more digits than the language reads
        raise InvalidData({"": [NUMBER]}) from error
    errors: dict[str, list[str]] = {}
    for path, message in _wrong(sent):
        errors.setdefault(path, []).append(message)
    if errors:
        raise InvalidData(errors)


def _wrong(sent: Any) -> Iterator[tuple[str, str]]:
    """Path and message of each thing that cannot be kept; without recursion, whatever the depth."""
    waiting: list[tuple[str, Any, int]] = [("", sent, 0)]
    while waiting:
        path, value, depth = waiting.pop()
        if isinstance(value, dict | list):
            if depth >= DEEPEST:
                yield "", DEPTH
                return
            inner = value.items() if isinstance(value, dict) else enumerate(value)
            for key, item in inner:
                if isinstance(key, str) and is_forbidden(key):
                    yield path, LETTERS
                else:
                    waiting.append((f"{path}/{key}" if path else str(key), item, depth + 1))
        elif isinstance(value, str) and is_forbidden(value):
            yield path, LETTERS
        elif _unwritable(value):
            yield path, NUMBER


def _unwritable(value: Any) -> bool:
    if isinstance(value, float):
        return not isfinite(value)
    return isinstance(value, int) and abs(value) > LARGEST


def _bounded(name: str) -> Callable[[str], int]:
    def whole(typed: str) -> int:
        value = int(typed)
        if abs(value) > LARGEST:
            raise InvalidData({name: [NUMBER]}, f"«{name}»: {NUMBER[0].lower()}{NUMBER[1:]}")
        return value

    return whole


def _cleaned(typed: MultiDict[str, str]) -> Fields:
    return Fields([(clean(name), clean(value)) for name, value in typed.items(multi=True)])
