"""The open tasks at which somebody reviews what another person sent, as the diagrams say (`reviews`)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import false
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm import undefer

from directory import access
from directory.principal import Principal
from directory.searching import holding
from engine.bundle import Bundle
from engine.inbox import TASK_COLUMNS
from engine.models import Definition
from engine.models import Instance
from engine.models import Rectification
from engine.models import Submission
from engine.models import Task
from engine.models import TaskStatus

_known: dict[str, Mapping[str, tuple[str, ...]]] = {}
"""Hash of a definition → its reviewing steps: element → those whose authors may not do it. A hash never changes."""


def waiting(session: Session, by: Principal, text: str = "") -> Select[Any]:
    """A statement over the tasks at which `by` reviews what others wrote, with their instances.

    Every word of `text` stands in the step or in the title of the case.
    """
    statement = (
        select(Task)
        .join(Task.instance)
        .where(Task.status == TaskStatus.OPEN, _reviewable(session, by))
        .options(contains_eager(Task.instance))
    )
    statement = statement.where(*holding(text, Task.name, Instance.title))
    return access.visible(statement, by, "task.complete", TASK_COLUMNS)


def steps(session: Session) -> dict[str, tuple[str, ...]]:
    """Every step that reviews, in any version of any process: element → the elements it is separate from."""
    hashes = set(session.scalars(select(Definition.hash)))
    missing = sorted(hashes - set(_known))
    if missing:
        whole = select(Definition).where(Definition.hash.in_(missing)).options(undefer(Definition.files))
        for row in session.scalars(whole):
            _known[row.hash] = _steps_of(Bundle(row.key, row.files))
    found: dict[str, tuple[str, ...]] = {}
    for one in sorted(hashes):
        for element, apart in _known[one].items():
            found[element] = tuple(sorted({*found.get(element, ()), *apart}))
    return found


def _steps_of(bundle: Bundle) -> dict[str, tuple[str, ...]]:
    return {
        one.id: tuple(one.words("separate_from"))
        for elements in bundle.elements.values()
        for one in elements
        if one.properties.get("reviews")
    }


def _reviewable(session: Session, by: Principal) -> ColumnElement[bool]:
    """At a reviewing step, and nothing that `by`, or whom they stand for, wrote.

    Every page counts it: steps that are apart from the same ones share a condition, and all share two sub-queries.
    """
    alike: dict[tuple[str, ...], list[str]] = {}
    reviewing = steps(session)
    for element, apart in reviewing.items():
        alike.setdefault(apart, []).append(element)
    written = or_(false(), *(
        and_(Task.element.in_(elements), Submission.element.in_(apart)) for apart, elements in alike.items() if apart
    ))  # fmt: skip
    return and_(Task.element.in_(sorted(reviewing)), ~_written(written, by.stands_for()))


def _written(what: ColumnElement[bool], people: frozenset[int]) -> ColumnElement[bool]:
    """Whether one of `people` sent, in the case of the task, something of `what`, or corrected it."""
    sent = (
        select(Submission.id)
        .where(
            Submission.instance_id == Task.instance_id,
            or_(Submission.author_id.in_(people), Submission.on_behalf_of.in_(people)),
            what,
        )
        .exists()
    )
    corrected = (
        select(Rectification.id)
        .join(Submission, Submission.id == Rectification.submission_id)
        .where(
            Rectification.instance_id == Task.instance_id,
            or_(Rectification.author_id.in_(people), Rectification.on_behalf_of.in_(people)),
            what,
        )
        .exists()
    )
    return or_(sent, corrected)
