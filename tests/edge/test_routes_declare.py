"""Every route says who may open it, and one that does not opens for nobody."""

from flask import Flask

from directory.rules import RULES
from edge.permission import ENROLLING
from edge.permission import ENTERING
from edge.permission import PROVING
from edge.permission import PUBLIC
from edge.permission import SIGNED_IN
from edge.permission import declared
from edge.permission import public


def test_every_route_declares_who_may_open_it(app: Flask) -> None:
    silent = {rule.rule for rule in app.url_map.iter_rules() if not declared(app.view_functions[rule.endpoint])}
    assert silent == set()


def test_every_declared_action_is_in_the_table(app: Flask) -> None:
    known = {*RULES, PUBLIC, SIGNED_IN, ENTERING, PROVING, ENROLLING}
    assert {declared(view) for view in app.view_functions.values()} <= known


def test_unsafe_public_routes_are_few(app: Flask) -> None:
    unsafe = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if declared(app.view_functions[rule.endpoint]) == PUBLIC and rule.methods & {"POST", "PUT", "PATCH", "DELETE"}
    }
    assert "/api/v1/tokens" in unsafe
    assert all(not path.startswith("/api/") for path in unsafe - {"/api/v1/tokens"})


def test_a_route_that_declares_nothing_opens_for_nobody(own_app: Flask) -> None:
    own_app.add_url_rule("/api/v1/callada", "callada", lambda: "abierta")
    assert own_app.test_client().get("/api/v1/callada").status_code == 403


def test_a_public_route_opens_for_everybody(own_app: Flask) -> None:
    @public
    def view() -> str:
        return "abierta"

    own_app.add_url_rule("/publica", "publica", view)
    assert own_app.test_client().get("/publica").text == "abierta"
