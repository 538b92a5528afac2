"""Whatever a browser posts to a page, it gets a page: every address that takes a form, from people who may or not."""

from collections.abc import Callable
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings
from lxml import html
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.api.fuzzing import values
from tests.api.fuzzing.judge import INSIDE
from tests.api.fuzzing.world import World
from tests.web.conftest import Browser

pytestmark = pytest.mark.xdist_group("fuzzing")  # they share a world that takes a while to build

PEOPLE = ("lider", "asesora", "admin", "der", "director", "articulador", "monitoreo", "comunicaciones")
EXPECTED = {200, 204, 302, 303, 400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429}
ABOVE = 3  # a form is on the page of its address, or on one of those above it

Field = tuple[str, str]
ANY: list[Field] = [("reason", "x"), ("key", "k"), ("confirmed", "1")]
"""What is sent where somebody finds no form."""


def rules(app: Flask) -> list[Rule]:
    """Every address of the pages that takes a form."""
    every = (rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ()))
    return [rule for rule in every if not rule.rule.startswith("/api/")]


class Visitor:
    """People at browsers, who read pages to find the forms and post what nobody would type."""

    def __init__(self, app: Flask, world: World, chance: Random) -> None:
        self.app, self.world, self.chance = app, world, chance
        self.sent = self.taken = 0

    def enter(self, who: str) -> Browser:
        browser = Browser(self.app.test_client())
        browser.enter(who)
        return browser

    def path(self, rule: Rule) -> str:
        """The address with ids of things that exist."""
        given: dict[str, Any] = {}
        for name in rule.arguments:
            ids = getattr(rule._converters[name], "items", None) or self.world.known.get(name) or [1, 2]
            given[name] = self.chance.choice(sorted(ids, key=str))
        with self.app.test_request_context():
            built = self.app.url_map.bind("localhost").build(rule.endpoint, given, method="POST")
        return str(built)

    def form(self, browser: Browser, path: str) -> list[Field] | None:
        """The fields of the form that is sent to `path`, as somebody finds them."""
        page = path
        for _ in range(ABOVE):
            response = browser.client.get(page)
            if response.status_code == 200 and response.mimetype == "text/html":
                for form in html.fromstring(response.get_data()).forms:
                    if form.method == "POST" and (form.action or page).partition("?")[0] == path:
                        return [(name, value or "") for name, value in form.form_values()]
            page = page.rpartition("/")[0] or "/"
        return None

    def spoiled(self, fields: list[Field]) -> dict[str, Any]:
        """The fields with a few of them gone, twice there, called otherwise or with something else in them."""
        sent: dict[str, Any] = {}
        for name, value in fields:
            sent.setdefault(name, []).append(value)
        for name in self.chance.sample(list(sent), min(len(sent), self.chance.randrange(4))):
            turn = self.chance.randrange(6)
            if turn == 0 and name != "csrf_token":
                del sent[name]
            elif turn == 1:
                sent[name].append(self.text())
            elif turn == 2:
                sent[f"{name}-0-{typed(self.chance.choice(values.KEYS))[:50]}"] = self.text()
            elif name != "csrf_token":
                sent[name] = self.text()
        return sent

    def text(self) -> str:
        return typed(str(self.chance.choice((*values.TEXTS, *values.NUMBERS))))

    def post(self, browser: Browser, path: str, data: dict[str, Any]) -> None:
        token = {} if self.chance.random() < 0.02 else {"csrf_token": browser.token}
        response = browser.client.post(path, data={**data, **token})
        self.sent += 1
        self.taken += response.status_code in (200, 303)
        assert not wrong(response), f"{wrong(response)}: {path} {data}\n{response.get_data(as_text=True)[:1500]}"


def typed(text: str) -> str:
    """`text` as a browser sends it: without half characters."""
    return text.encode("utf-8", "replace").decode()


def wrong(response: TestResponse) -> str:
    """What no answer to a form may be or say; empty when it is well."""
    text = response.get_data(as_text=True)
    if response.status_code not in EXPECTED:
        return f"answers {response.status_code}"
    if response.headers.get("Location", "").startswith(("//", "http://example")):
        return "leads elsewhere"
    return next((f"says «{word}»" for word in INSIDE if word in text and response.mimetype == "text/html"), "")


def everybody(chance: Random, count: int) -> Iterator[str]:
    """`count` people, each one that comes another as long as there are others."""
    for number in range(count):
        yield PEOPLE[(chance.randrange(len(PEOPLE)) + number) % len(PEOPLE)]


@pytest.mark.hypothesis
def test_whatever_is_posted_to_a_page_is_answered_with_a_page(
    app: Flask, world: World, put_back: Callable[[], None]
) -> None:
    long = settings().max_examples >= settings.get_profile("soak").max_examples
    people, posts = (len(PEOPLE), 6) if long else (1, 2)
    chance = Random() if long else Random(1)
    visitor, found = Visitor(app, world, chance), 0
    chosen = rules(app) if long else rules(app)[::3]
    for rule in chosen:
        for who in everybody(chance, people):
            browser, path = visitor.enter(who), visitor.path(rule)
            fields = visitor.form(browser, path)
            found += fields is not None
            for _ in range(posts):
                visitor.post(browser, path, visitor.spoiled(fields or ANY))
        put_back()
    assert visitor.sent == posts * people * len(chosen)
    assert min(found, visitor.taken) > 2 * people, "hardly anything was reached"
