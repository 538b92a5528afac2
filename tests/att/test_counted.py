"""How much the database is asked for each page: within a bound, and as much however many rows there are."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.att import counting
from tests.att.counting import Counted
from tests.att.test_demo import Loaded

pytestmark = pytest.mark.xdist_group("demonstration")  # it is loaded once

TABLE = tomllib.loads(Path(__file__).with_name("questions.toml").read_text())
BOUNDS, GROWS, OUTSIDE = TABLE["bounds"], TABLE["grows"], TABLE["outside"]


@pytest.fixture(scope="module")
def app(demonstration: Loaded, tmp_path_factory: pytest.TempPathFactory, papers: Callable[..., bytes]) -> Flask:
    with counting.app_on_a_copy(demonstration, tmp_path_factory.mktemp("counted"), papers) as app:
        yield app


@pytest.fixture(scope="module")
def counted(app: Flask) -> dict[str, dict[str, Counted]]:
    return counting.count(app, BOUNDS)


def test_every_page_has_its_bound(app: Flask) -> None:
    pages = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(("/api/", "/static/"))
    }
    bounded = {address.partition("?")[0] for address in BOUNDS}
    assert bounded | set(OUTSIDE) == pages
    assert not bounded & set(OUTSIDE)
    assert set(GROWS) <= set(BOUNDS)


@pytest.mark.parametrize("address", BOUNDS)
def test_a_page_asks_no_more_than_its_bound(counted: dict[str, dict[str, Counted]], address: str) -> None:
    asked = {who: len(one.few) for who, one in counted[address].items()}
    assert asked, "nobody of the demonstration may open it"
    assert max(asked.values()) <= BOUNDS[address], asked


@pytest.mark.parametrize("address", BOUNDS)
def test_a_page_asks_as_much_when_there_is_three_times_as_much(
    counted: dict[str, dict[str, Counted]], address: str
) -> None:
    more = {
        who: one.growth() for who, one in counted[address].items()
        if not 0 < len(one.many) <= len(one.few) + GROWS.get(address, 0)
    }  # fmt: skip
    assert more == {}
