"""Asking the program: a request as somebody, about something that is theirs, near, far or not there."""

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from flask import session as kept_by_cookie
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from edge import identity
from tests.access import world as worlds
from tests.access.onehand import OneHand
from tests.access.world import ABSENT
from tests.access.world import MINE
from tests.access.world import World
from tests.processes.office import PDF

SENDS = tomllib.loads(Path(__file__).with_name("sends.toml").read_text())
PARAMETER = re.compile(r"<(?:[a-z]+(?:\([^)]*\))?:)?(\w+)>")
PLACEHOLDER = re.compile(r'"\$(\w+)"')
NOBODY = 999_999
# What stands in addresses and is no thing of anybody; of what has a key, one that is there and one that is not.
PLAIN = {"act": "anulacion", "day_text": "2026-11-24", "number": "1", "period": "2026-10",
         "chapter": "comun"}  # fmt: skip
NOT_THERE = {
    "code": "ATT-2026-999",
    "token": "f" * 32,
    "secret": "f" * 43,
    "key": "nada",
    "name": "nada",
    "filename": "nada",
}


@dataclass
class Asker:
    """Asks as one person after the other; nothing that is asked changes the world for the next question."""

    app: Flask
    world: World
    hand: OneHand
    role: str = ""
    client: FlaskClient = field(init=False)
    forged: str = ""

    @contextmanager
    def being(self, role: str) -> Iterator["Asker"]:
        """Ask as whoever holds `role`, to whom the set `mine` belongs meanwhile."""
        with self.hand.taken_back():
            worlds.give(self.hand.connection, self.world, role)
            self.role, self.client = role, self.app.test_client()
            with self.app.test_request_context(), self.client.session_transaction() as kept:
                self.forged = generate_csrf()
                kept.update(kept_by_cookie)
            yield self

    def changes(self, method: str, rule: str, about: str, table: str) -> bool:
        """Whether asking changes the row of `table` that it is about."""
        question = f'SELECT status FROM "{table}" WHERE id = {self.values(about)[f"{table}_id"]}'
        with self.hand.taken_back():
            before = self.hand.connection.execute(question).fetchone()
            self.act(method, rule, about)
            return bool(self.hand.connection.execute(question).fetchone() != before)

    def ask(self, method: str, rule: str, about: str) -> tuple[int, str, str]:
        """The status of the answer, where it leads to, and its text."""
        with self.hand.taken_back():
            return self.act(method, rule, about)

    def act(self, method: str, rule: str, about: str) -> tuple[int, str, str]:
        """What `ask` gives, and what was done stays."""
        who = self.world.subjects[self.role]
        options = self.options(method, rule, about)
        if rule.startswith("/api/"):
            self.client.delete_cookie(identity.COOKIE)
            options["headers"] = {"Authorization": f"Bearer {who.token}", "If-Match": "*"}
        else:
            self.client.set_cookie(identity.COOKIE, who.cookie)
        answer = self.client.open(self.path(method, rule, about), method=method, **options)
        return _read(answer)

    def ask_with(self, method: str, rule: str, *, cookie: str = "", token: str = "") -> tuple[int, str, str]:
        """As `ask` about what is mine, with that cookie or token alone, whose forms and scripts are of this site."""
        self.client.delete_cookie(identity.COOKIE)
        if cookie:
            self.client.set_cookie(identity.COOKIE, cookie)
        headers = {"X-CSRF-Token": self.forged, "If-Match": "*"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        with self.hand.taken_back():
            options = self.options(method, rule, MINE)
            answer = self.client.open(self.path(method, rule, MINE), method=method, headers=headers, **options)
        return _read(answer)

    def path(self, method: str, rule: str, about: str) -> str:
        """An address of `rule` that names what is asked about."""
        fixed = SENDS["address"].get(f"{method} {rule}", {}) if about != ABSENT else {}
        values = {**self.values(about), **PLAIN}
        values |= {name: values.get(value, value) for name, value in fixed.items()}
        return PARAMETER.sub(lambda found: str(values[found[1]]), rule)

    def options(self, method: str, rule: str, about: str) -> dict[str, Any]:
        """What goes with the request besides its address."""
        values, name = self.values(about), f"{method} {rule}"
        options: dict[str, Any] = {}
        if name in SENDS["query"]:
            options["query_string"] = SENDS["query"][name]
        if method in ("GET", "DELETE"):
            return options
        if name in SENDS["files"]:
            return {**options, "data": {"file": (BytesIO(PDF), SENDS["files"][name])}}
        text = json.dumps(SENDS["body"].get(name, SENDS["DEFAULT"]))
        sent = json.loads(PLACEHOLDER.sub(lambda found: json.dumps(values[found[1]]), text))
        if rule.startswith("/api/"):
            return {**options, "json": sent}
        return {**options, "data": {"csrf_token": self.forged, **sent}}

    def values(self, about: str) -> dict[str, Any]:
        """Ids by name, as they are in the set that is asked about."""
        who = self.world.subjects[self.role]
        found = dict(self.world.things[MINE if about == ABSENT else about])
        if about == MINE:
            found |= {**self.world.own[self.role], "person_id": who.person_id}
        if about == ABSENT:
            found = {name: NOBODY if isinstance(value, int) else value for name, value in found.items()} | NOT_THERE
        near = self.world.places[worlds.NEAR].advisor_id
        coverer = found["advisor_id"] if about in (worlds.FAR, ABSENT) else near
        return {**found, "me": who.person_id, "colleague": near, "coverer": coverer}


def _read(answer: TestResponse) -> tuple[int, str, str]:
    """Its status, where it leads to, and its text; a file that it sends is closed."""
    with answer:
        return answer.status_code, answer.location or "", answer.get_data().decode(errors="replace")
