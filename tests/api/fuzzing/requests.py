"""Requests made of what the description allows and forbids, and turned so that they reach something.

A case that chance makes of the description alone names things that do not exist, and is refused at the door. So each
is sent several times: as it is, by somebody else, about something that is there, and with one part of it spoiled.
"""

import json
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from random import Random
from typing import Any

import schemathesis

from tests.api.fuzzing import values
from tests.api.fuzzing.judge import Operation
from tests.api.fuzzing.wire import JSON
from tests.api.fuzzing.wire import Request
from tests.api.fuzzing.wire import address
from tests.api.fuzzing.wire import arguments
from tests.api.fuzzing.wire import as_json
from tests.api.fuzzing.world import NOTHING
from tests.api.fuzzing.world import SAID
from tests.api.fuzzing.world import Done
from tests.api.fuzzing.world import World


@dataclass(frozen=True)
class Made:
    """A case as chance made it: plain values, to be turned and written out."""

    operation: Operation
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    body: Any = NOTHING

    def request(self, token: str) -> Request:
        """It written out, as whoever has `token`."""
        headers = {name: _latin(value) for name, value in self.headers.items()}
        if token:
            headers.setdefault("Authorization", f"Bearer {token}".encode().decode("latin-1"))
        body = None
        if self.body is not NOTHING:
            body = self.body if isinstance(self.body, bytes) else as_json(self.body)
            headers.setdefault("Content-Type", JSON)
        path = address(self.operation.full_path, self.path)
        return Request(self.operation.method.upper(), path, arguments(self.query), headers, body)


def plain(case: schemathesis.Case) -> Made:
    """A case of the library as plain values; its files are written out as it would write them."""
    body: Any = NOTHING
    headers = {name: value for name, value in (case.headers or {}).items() if name.lower() != "authorization"}
    if case.media_type == JSON and not isinstance(case.body, schemathesis.core.NotSet):
        body = case.body
    elif case.media_type is not None and not isinstance(case.body, schemathesis.core.NotSet):
        body, headers["Content-Type"] = _multipart(case.body)
    return Made(case.operation, dict(case.path_parameters or {}), dict(case.query or {}), headers, body)


def turns(made: Made, world: World, chance: Random, count: int) -> Iterator[tuple[str, Made]]:
    """A case turned `count` times, each with the name of who sends it: as it is, aimed, or what was done before."""
    everybody = list(world.tokens)
    yield chance.choice(everybody), made
    for number in range(1, count):
        done = world.done.get(made.operation.label)
        who = chance.choice(everybody)
        if done and number % 2:
            like = chance.choice(done)
            turned = Made(made.operation, like.path, like.query, {"If-Match": "*"}, like.body)
            who = like.who if chance.random() < 0.8 else who
        else:
            turned = aimed(made, world, chance)
        for turn in chance.sample(TURNS, chance.randrange(3)):
            turned = turn(turned, world, chance)
        yield who, turned


def learn(world: World, who: str, made: Made, *, most: int = 20) -> None:
    """Keep what was done, so that others are made like it."""
    done = world.done.setdefault(made.operation.label, [])
    if len(done) < most:
        done.append(Done(who, made.path, made.query, made.body))


def aimed(made: Made, world: World, chance: Random) -> Made:
    """The same about things that exist, for any revision, with answers that its task would take."""
    path = {name: _known(world, name, value, chance) for name, value in made.path.items()}
    query = {name: _known(world, name, value, chance) for name, value in made.query.items()}
    headers = {name: "*" if name == "If-Match" else value for name, value in made.headers.items()}
    if "If-Match" in made.operation.headers and chance.random() < 0.8:
        headers["If-Match"] = "*"
    body = _named(made.body, world, chance)
    if isinstance(body, dict) and "data" in body and world.answers and chance.random() < 0.9:
        path["task_id"] = chance.choice(list(world.answers))
        body["data"] = world.answers[path["task_id"]]
    return replace(made, path=path, query=query, headers=headers, body=body)


def spoil_body(made: Made, _: World, chance: Random) -> Made:
    """Something else in one place of the body, or another body altogether."""
    if made.body is NOTHING or isinstance(made.body, bytes):
        return made
    if chance.random() < 0.15:
        return replace(made, body=chance.choice(values.BODIES))
    return replace(made, body=values.spoiled(made.body, chance))


def spoil_query(made: Made, _: World, chance: Random) -> Made:
    """Something else as an argument, or one that nobody knows."""
    names = [one.name for one in made.operation.query] or ["nadie_lo_conoce"]
    name = chance.choice(names)
    said = chance.choice(values.CURSORS if name == "cursor" else (*values.TEXTS, *values.NUMBERS))
    return replace(made, query={**made.query, name: said})


def spoil_path(made: Made, _: World, chance: Random) -> Made:
    """Something else in the path."""
    if not made.path:
        return made
    said = chance.choice([text for text in (*values.TEXTS, *values.NUMBERS) if text != "" and "/" not in str(text)])
    return replace(made, path={**made.path, chance.choice(list(made.path)): said})


def spoil_headers(made: Made, _: World, chance: Random) -> Made:
    """A header that nobody should send."""
    name = chance.choice([*values.HEADERS, "If-Match", "Idempotency-Key", "Content-Type"])
    said = chance.choice(values.TYPES if name == "Content-Type" else values.HEADERS[name])
    return replace(made, headers={**made.headers, name: said})


Turn = Callable[[Made, World, Random], Made]
TURNS: tuple[Turn, ...] = (spoil_body, spoil_body, spoil_query, spoil_path, spoil_headers)


def _known(world: World, name: str, value: Any, chance: Random) -> Any:
    ids = world.known.get(name) or SAID.get(name)
    return chance.choice(ids) if ids and chance.random() < 0.9 else value


def _named(body: Any, world: World, chance: Random) -> Any:
    """`body` with the ids of things that exist where it names some."""
    if isinstance(body, list):
        return [_named(one, world, chance) for one in body]
    if not isinstance(body, dict):
        return body
    found = {}
    for name, value in body.items():
        ids = world.known.get(name) if name.endswith(("_id", "_file", "_files")) or isinstance(value, list) else None
        said = SAID.get(name)
        if said and chance.random() < 0.7:
            found[name] = chance.choice(said)
        elif ids and isinstance(value, list):
            found[name] = [chance.choice(ids) for _ in value[:3]]
        elif ids and value is not None:
            found[name] = chance.choice(ids)
        else:
            found[name] = _named(value, world, chance)
    return found


def _multipart(fields: Any) -> tuple[bytes, str]:
    edge = "------frontera"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.pdf"\r\n\r\n'.encode(
            "utf-8", "replace"
        )
        + (value if isinstance(value, bytes) else json.dumps(value, default=str).encode())
        for name, value in (fields.items() if isinstance(fields, dict) else ())
    ]
    return b"\r\n".join([*parts, f"--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}"


def _latin(value: Any) -> str:
    """A header as a server hands it on: bytes told as letters of Latin-1, without ends of lines."""
    text = str(value).encode("utf-8", "replace").decode("latin-1") if not str(value).isascii() else str(value)
    return text.replace("\r", "").replace("\n", "")
