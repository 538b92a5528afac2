"""The table as it is written: who gets in where, read from `table/*.toml`.

A row names roles, or groups of roles of `groups.toml` (`-name` takes one out again), and the routes that it is about:

- `who`: those who get in, where the address names nothing that is somebody's;
- `mine`, `near`, `far`: those who get in when it is about what is theirs, what is of others where they work, and what
  is of others elsewhere. What is not written is nobody; `all` stands for the three;
- `seen`: the row that says who may read what the act is about (without it, this row). Whoever may not get in is told so
  (403) where they see the thing; where they do not, it is as if it were not there (404). `ALWAYS`: nothing is hidden;
- `elsewhere`: who gets in somewhere else and therefore is not refused at the door: what is not there is not found
  (404). Who gets in nowhere is refused at the door (403), whatever is asked about;
- `public`: also without an account. `answers`: how a route answers whoever gets in, where it is neither well done nor a
  matter of what was sent. `told`: the status, and words, with which a route says that somebody may not, where it is not
  403. `touches`: the table whose row the act changes; getting in is changing it.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.access.world import ABSENT
from tests.access.world import FAR
from tests.access.world import MINE
from tests.access.world import NEAR

TABLE = Path(__file__).parent / "table"
GROUPS = "groups"
ALWAYS = "ALWAYS"
PLACES = (MINE, NEAR, FAR)


@dataclass(frozen=True)
class Row:
    """Who gets in where, for some routes that are about the same."""

    name: str
    routes: tuple[str, ...]
    who: frozenset[str]
    places: dict[str, frozenset[str]]
    held: frozenset[str]
    seen: str
    public: bool
    answers: dict[str, int]
    told: dict[str, str]
    touches: str

    def expected(self, role: str, about: str) -> str:
        """`in`, `403` or `404` for whoever holds `role`."""
        if not self.places:
            return "in" if role in self.who else "403"
        if role in self.places.get(about, ()):
            return "in"
        if role not in self.held:
            return "403"
        if about == ABSENT:
            return "404"
        return "403" if self.seen == ALWAYS or role in self.sight(about) else "404"

    def sight(self, about: str) -> frozenset[str]:
        """Who may read what this is about, where it is."""
        return (rows()[self.seen] if self.seen else self).places[about]


@cache
def rows() -> dict[str, Row]:
    """Every row by its name, `file.row`."""
    read = {path.stem: tomllib.loads(path.read_text()) for path in sorted(TABLE.glob("*.toml"))}
    groups = read.pop(GROUPS)
    return {
        f"{room}.{name}": _row(f"{room}.{name}", written, groups)
        for room, table in read.items()
        for name, written in table.items()
    }


def rooms() -> list[str]:
    """The files of the table."""
    return sorted({name.partition(".")[0] for name in rows()})


def routes() -> list[str]:
    """Every route of the table, as often as it stands there."""
    return [route for row in rows().values() for route in row.routes]


def _row(name: str, written: dict[str, Any], groups: dict[str, Sequence[str]]) -> Row:
    known = {"why", "routes", "who", "all", *PLACES, "elsewhere", "seen", "public", "answers", "told", "touches"}
    assert set(written) <= known, f"{name} says what nobody reads: {set(written) - known}"
    assert written["why"].endswith("."), f"{name} does not say why"
    public = written.get("public", False)
    placed = any(place in written for place in (*PLACES, "all", "elsewhere"))
    of_all = written.get("all", [])
    places = {place: _named(written.get(place, of_all), groups) for place in PLACES} if placed else {}
    who = _named(written.get("who", ["ALL"] if public else []), groups)
    held = _named(written.get("elsewhere", []), groups).union(*places.values())
    return Row(name, tuple(written["routes"]), who, places, held, written.get("seen", ""), public,
               written.get("answers", {}), written.get("told", {}), written.get("touches", ""))  # fmt: skip


def _named(written: Sequence[str], groups: dict[str, Sequence[str]]) -> frozenset[str]:
    """The roles that some words name, read from left to right."""
    found: set[str] = set()
    for word in written:
        name = word.removeprefix("-")
        roles = _named(groups[name], groups) if name in groups else {name}
        found = found - roles if word.startswith("-") else found | roles
    return frozenset(found)
