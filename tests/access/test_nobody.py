"""Who is nobody gets in nowhere but where everybody does: without an account, or with what opens nothing any more.

Every route is asked with each of them. A page leads to the entrance, a program is told 401; and a program that comes
with the cookie of a browser gets in where it would with a token.
"""

import pytest

from tests.access import rows
from tests.access.asking import SENDS
from tests.access.asking import Asker
from tests.access.rows import Row
from tests.access.test_table import meaning

ROW_OF = {route: row for row in rows.rows().values() for route in row.routes}
PAGES = [route for route in ROW_OF if "/api/v1/" not in route]
PROGRAMS = [route for route in ROW_OF if "/api/v1/" in route]
ANYBODY = "support_liaison"  # whose name `mine` is put in meanwhile; they do not ask
BY_TOKEN = frozenset({*SENDS["files"], "DELETE /api/v1/tokens/current"})
"""What is asked once, because it reads what was sent to its end, and what is about the token itself."""
OPEN = frozenset({"GET /metrics"})
"""Where nobody is asked who they are: a token that does not count is not looked at."""


@pytest.mark.parametrize("why", ["", "disabled", "too old", "idle", "ended"])
def test_a_page_leads_to_the_entrance(asker: Asker, why: str) -> None:
    with asker.being(ANYBODY):
        answers = {
            route: asker.ask_with(*route.split(" ", 1), cookie=asker.world.cookies.get(why, "")) for route in PAGES
        }
    wrong = {route: answers[route] for route in PAGES if _met(ROW_OF[route], route, answers[route]) != "expected"}
    assert wrong == {}


def _met(row: Row, route: str, answer: tuple[int, str, str]) -> str:
    came = meaning(row, route, answer)
    return "expected" if came == ("in" if row.public else "login") else came


@pytest.mark.parametrize("why", ["", "disabled", "expired", "revoked"])
def test_a_program_is_told_that_nobody_knows_it(asker: Asker, why: str) -> None:
    token = asker.world.tokens.get(why, "")
    with asker.being(ANYBODY):
        came = {route: asker.ask_with(*route.split(" ", 1), token=token)[0] for route in PROGRAMS}
    kept_out = {route for route, status in came.items() if status == 401}
    assert kept_out == {route for route in PROGRAMS if not ROW_OF[route].public or (token and route not in OPEN)} | {
        "POST /api/v1/tokens"  # answers 401 to whoever gives a wrong password
    }


@pytest.mark.parametrize("why", ["disabled", "too old", "idle", "ended"])
def test_a_cookie_that_is_over_opens_nothing_to_programs(asker: Asker, why: str) -> None:
    with asker.being(ANYBODY):
        came = {
            route: asker.ask_with(*route.split(" ", 1), cookie=asker.world.cookies[why])[0]
            for route in PROGRAMS
            if not ROW_OF[route].public
        }
    assert {route: status for route, status in came.items() if status != 401} == {}


@pytest.mark.parametrize("turn", range(4))
def test_a_cookie_gets_a_program_in_where_a_token_does(asker: Asker, turn: int) -> None:
    wrong = []
    for number, (role, who) in enumerate(asker.world.subjects.items()):
        with asker.being(role):
            for route in PROGRAMS[(number + turn) % len(asker.world.subjects) :: len(asker.world.subjects)]:
                if route in BY_TOKEN:
                    continue
                by_token = asker.ask_with(*route.split(" ", 1), token=who.token)
                by_cookie = asker.ask_with(*route.split(" ", 1), cookie=who.cookie)
                if by_token[0] != by_cookie[0]:
                    wrong.append((route, role, by_token, by_cookie))
    assert wrong == []


def test_a_cookie_alone_changes_nothing(asker: Asker) -> None:
    role = "administrator"
    with asker.being(role):
        asker.forged = ""
        cookie = asker.world.subjects[role].cookie
        came = {
            route: asker.ask_with(*route.split(" ", 1), cookie=cookie)[0]
            for route in ROW_OF
            if not route.startswith("GET ")
        }
    may = {route for route in came if role in ROW_OF[route].held | ROW_OF[route].who}
    assert {route: came[route] for route in may if came[route] != 400} == {}
    assert {route: came[route] for route in came.keys() - may if came[route] not in (400, 403)} == {}
