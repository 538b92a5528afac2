"""Open tasks by due date, read along the indexes.

Each way by which a task is in sight is asked for its first rows, in the order of an index of its own, and the ways
are merged here. Asked in one condition, the database would collect all that fits and sort it, the longer the more
there is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import CompoundSelect
from sqlalchemy import Select
from sqlalchemy import bindparam
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import literal_column
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import tuple_
from sqlalchemy import union_all
from sqlalchemy.orm import Session

from db.searching import bare
from db.searching import forms
from db.types import UtcDateTime
from directory.access import Way
from directory.roles import ENTITY
from directory.roles import NATIONAL
from directory.roles import REGION
from directory.roles import UNIT
from directory.rules import Reach
from directory.searching import words
from engine.models import Instance
from engine.models import Task

Place = tuple[datetime, int]
"""Where a task stands in the order: when it is due, and its id."""

FIRST: Place = (datetime(1, 1, 1, tzinfo=UTC), 0)
END = datetime(9999, 12, 31, tzinfo=UTC)

WORD = "word_"  # the words of a search are fields of their own, numbered
_MOST_PARTS = 400  # SQLite takes 500 selects in one statement
_PLACES = {UNIT: Task.unit_id, REGION: Task.region_id, ENTITY: Task.entity_id}
# Written out, never bound: otherwise the databases cannot tell that the partial indexes hold these rows.
_OPEN = text("task.status = 'open'")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the order: what comes after `after` and is due before `until`."""

    after: Place = FIRST
    until: datetime = END


@dataclass(frozen=True, slots=True)
class Wanted:
    """What else the rows must fit; empty, or None, when it does not matter."""

    text: str = ""
    process: str = ""
    element: str = ""
    entity_id: int | None = None  # 0: about no entity
    among: tuple[int, ...] | None = None


def walk(
    session: Session, ways: Sequence[Way], spans: Sequence[Span], wanted: Wanted, *, limit: int
) -> list[list[Place]]:
    """For each span, its first `limit` open tasks that are in sight by any of `ways`, in order."""
    found: list[set[Place]] = [set() for _ in spans]
    at_once = max(1, _MOST_PARTS // len(spans))
    for first in range(0, len(ways), at_once):
        some = ways[first : first + at_once]
        statement = _statement(tuple(_shape(way) for way in some), len(spans), _fields(wanted), limit)
        for span, due, task_id in session.execute(statement, _given(some, spans, wanted)):
            found[span].add((due, task_id))
    return [sorted(places)[:limit] for places in found]


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a way asks, whatever the values."""

    reach: Reach
    place: str
    lent: bool
    without: bool


def _shape(way: Way) -> _Shape:
    return _Shape(way.reach, way.place, bool(way.roles), bool(way.without))


def _fields(wanted: Wanted) -> tuple[str, ...]:
    named = tuple(name for name in ("process", "element", "among") if getattr(wanted, name))
    named += tuple(f"{WORD}{n}" for n, _ in enumerate(words(wanted.text)))
    return named if wanted.entity_id is None else (*named, "entity_id")


def _given(ways: Sequence[Way], spans: Sequence[Span], wanted: Wanted) -> dict[str, Any]:
    given: dict[str, Any] = {name: getattr(wanted, name) for name in _fields(wanted) if not name.startswith(WORD)}
    given |= {f"{WORD}{n}": f"%{_escaped(forms(word)[0])}%" for n, word in enumerate(words(wanted.text))}
    for n, span in enumerate(spans):
        given |= {f"after_due_{n}": span.after[0], f"after_id_{n}": span.after[1], f"until_{n}": span.until}
    for n, way in enumerate(ways):
        values = {
            "role": way.role, "place": way.place_id, "person": way.person_id, "roles": way.roles,
            "without": way.without,
        }  # fmt: skip
        given |= {f"{name}_{n}": value for name, value in values.items()}
    return given


@lru_cache(maxsize=256)
def _statement(shapes: tuple[_Shape, ...], spans: int, fields: tuple[str, ...], limit: int) -> CompoundSelect[Any]:
    """Built once for ways of these shapes: building it costs more than running it."""
    parts = [
        _part(_in_sight(shape, way), span, fields, limit) for way, shape in enumerate(shapes) for span in range(spans)
    ]
    return union_all(*(select(part.subquery()) for part in parts))


def _part(in_sight: Sequence[ColumnElement[bool]], span: int, fields: tuple[str, ...], limit: int) -> Select[Any]:
    after: tuple[Any, Any] = (bindparam(f"after_due_{span}", type_=UtcDateTime), bindparam(f"after_id_{span}"))
    stretch = (tuple_(Task.due_sort, Task.id) > tuple_(*after), Task.due_sort < bindparam(f"until_{span}"))
    columns: list[Any] = [literal_column(str(span)).label("span"), Task.due_sort, Task.id]
    return (
        select(*columns)
        .where(_OPEN, *in_sight, *stretch, *(_fitting(name) for name in fields))
        .order_by(Task.due_sort, Task.id)
        .limit(literal_column(str(limit)))
    )


def _in_sight(shape: _Shape, n: int) -> list[ColumnElement[bool]]:
    conditions = []
    if shape.reach is Reach.ASSIGNEE:
        conditions.append(Task.assignee_id == bindparam(f"person_{n}"))
    if shape.lent:
        conditions.append(Task.role.in_(bindparam(f"roles_{n}", expanding=True)))
    if shape.reach is Reach.CANDIDATE:
        conditions += [Task.assignee_id.is_(None), Task.role == bindparam(f"role_{n}")]
    if shape.without:
        conditions.append(Task.process_key.not_in(bindparam(f"without_{n}", expanding=True)))
    if shape.place != NATIONAL:
        conditions.append(_PLACES[shape.place] == bindparam(f"place_{n}"))
    return conditions


def _fitting(field: str) -> ColumnElement[bool]:
    if field.startswith(WORD):
        pattern: Any = bindparam(field)
        title = exists().where(Instance.id == Task.instance_id, bare(Instance.title).like(pattern, escape="\\"))
        return or_(bare(Task.name).like(pattern, escape="\\"), title)
    if field == "among":
        return Task.id.in_(bindparam("among", expanding=True))
    if field == "entity_id":
        return func.coalesce(Task.entity_id, 0) == bindparam("entity_id")
    column = {"process": Task.process_key, "element": Task.element}[field]
    return column == bindparam(field)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
