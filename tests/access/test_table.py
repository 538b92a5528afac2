"""Every route answers every role as the table says that is written by hand: `table/*.toml`, read by `rows.py`.

Getting in is an answer of success, or a refusal of what was sent or of its moment (409, 412, 422), which comes after
the permission; a body that was refused unread (`http-422`) tells nothing and fails. Whoever may not is told so (403)
about what they may read; about the rest they get the very answer (404) that is given where nothing is.

A quick run asks a part of the questions: each route, by each role, about one of mine, near, far and absent in turn.
`make soak` asks all.
"""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from directory.roles import ROLES
from tests.access import asking
from tests.access import rows
from tests.access import world as worlds
from tests.access.asking import Asker
from tests.access.rows import Row
from tests.access.world import ABSENT
from tests.access.world import MINE

Answer = tuple[int, str, str]
PASSING = re.compile(r"[0-9a-f]{16}|/[\w./-]+")
"""What differs between two refusals of the same: the number of the request, and the address."""


def test_every_route_has_one_row(app: Flask) -> None:
    served = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    written = rows.routes()
    assert served - set(written) == set(), "no row says who gets in"
    assert set(written) - served == set(), "no such route"
    assert sorted({route for route in written if written.count(route) > 1}) == []


def test_every_role_is_in_the_table() -> None:
    named = frozenset().union(*(row.who | row.held for row in rows.rows().values()))
    assert named == set(ROLES)
    assert set(worlds.HELD) == set(ROLES)


@pytest.mark.parametrize("name", rows.rows())
def test_a_part_of_the_table(asker: Asker, name: str) -> None:
    assert wrong(asker, rows.rows()[name], whole=False) == []


@pytest.mark.soak
@pytest.mark.parametrize("name", rows.rows())
def test_the_whole_table(asker: Asker, name: str) -> None:
    assert wrong(asker, rows.rows()[name], whole=True) == []


def wrong(asker: Asker, row: Row, *, whole: bool) -> list[str]:
    """What is answered otherwise than the row says, in words."""
    found: list[str] = []
    for number, role in enumerate(asker.world.subjects):
        with asker.being(role):
            for turn, route in enumerate(row.routes, start=number):
                for about in _asked_about(row, route, None if whole else turn):
                    found += (_untouched if row.touches else _answered)(asker, row, route, about)
    return found


def _answered(asker: Asker, row: Row, route: str, about: str) -> Iterator[str]:
    """What is wrong with the answer to whoever asks."""
    meant, answer = row.expected(asker.role, about), asker.ask(*route.split(" ", 1), about)
    came = meaning(row, route, answer)
    if meant == "404" and answer[0] == row.answers.get(route):
        came = meant  # where it answers nothing better to whoever gets in
    if came != meant and not _told(row, route, meant, answer):
        yield f"{route} about {about} for {asker.role}: {meant}, and it answered {came}: {answer}"
    if meant == "404" and about != ABSENT and asking.PARAMETER.search(route):
        nothing = asker.ask(*route.split(" ", 1), ABSENT)
        if _bare(nothing) != _bare(answer):
            yield f"{route} tells {asker.role} that what is {about} is there: {answer}, not {nothing}"


def _untouched(asker: Asker, row: Row, route: str, about: str) -> Iterator[str]:
    """Whether the act changes what it is not to, or leaves what it is to change."""
    meant = row.expected(asker.role, about)
    if asker.changes(*route.split(" ", 1), about, row.touches) != (meant == "in"):
        yield f"{route} about {about} for {asker.role}: {meant}"


def meaning(row: Row, route: str, answer: Answer) -> str:
    """`in`, or how somebody is kept out."""
    status, location, text = answer
    if status == 303 and location.startswith("/ingreso") and not row.public:
        return "login"
    if route in row.answers:
        return "in" if status == row.answers[route] else str(status)
    if status == 422 and "http-422" in text:
        return "unread"
    return "in" if status < 400 or status in (409, 412, 422) else str(status)


def _asked_about(row: Row, route: str, turn: int | None) -> tuple[str, ...]:
    """All that a route is asked about, or what it is its turn to be."""
    if not row.places:
        return (MINE,)
    every = (*rows.PLACES, ABSENT) if asking.PARAMETER.search(route) else rows.PLACES
    return every if turn is None else (every[turn % len(every)],)


def _told(row: Row, route: str, meant: str, answer: Answer) -> bool:
    """Whether it is the way in which this route tells somebody that they may not."""
    status, _, words = row.told.get(route, "").partition(" ")
    return meant == "403" and str(answer[0]) == status and words in answer[1] + answer[2]


def _bare(answer: Answer) -> tuple[int, str]:
    return answer[0], PASSING.sub("", answer[2])
