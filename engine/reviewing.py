"""The open tasks at which somebody reviews what another person sent, as the diagrams say (`reviews`).

Also those that review nothing and are still not for who wrote something in their case (`separate_from`).
"""

from collections.abc import Iterable
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

Apart = Mapping[str, tuple[str, ...]]  # element → the elements whose authors may not do it

_known: dict[str, tuple[Apart, Apart]] = {}
"""Hash of a definition → its reviewing steps, and the others that are not for everybody. A hash never changes."""


def waiting(session: Session, by: Principal, text: str = "") -> Select[Any]:
    """A statement over the tasks at which `by` reviews what others wrote, with their instances.

    Every word of `text` stands in the step or in the title of the case.
    """
    return _for(session, by, steps(session)).where(*holding(text, Task.name, Instance.title))


def apart(session: Session, by: Principal) -> Select[Any]:
    """As `waiting`, with the tasks that review nothing and are still not for who wrote something in their case."""
    return _for(session, by, separated(session))


def _for(session: Session, by: Principal, among: Apart) -> Select[Any]:
    statement = (
        select(Task)
        .join(Task.instance)
        .where(Task.status == TaskStatus.OPEN, _doable(among, by))
        .options(contains_eager(Task.instance))
    )
    return access.visible(statement, by, "task.complete", TASK_COLUMNS)


def steps(session: Session) -> dict[str, tuple[str, ...]]:
    """Every step that reviews, in any version of any process: element → the elements it is separate from."""
    return _merged(reviewing for reviewing, _ in _everywhere(session))


def separated(session: Session) -> dict[str, tuple[str, ...]]:
    """As `steps`, with those that review nothing and are separate from something."""
    return _merged(one for both in _everywhere(session) for one in both)


def _everywhere(session: Session) -> list[tuple[Apart, Apart]]:
    hashes = set(session.scalars(select(Definition.hash)))
    missing = sorted(hashes - set(_known))
    if missing:
        whole = select(Definition).where(Definition.hash.in_(missing)).options(undefer(Definition.files))
        for row in session.scalars(whole):
            _known[row.hash] = _steps_of(Bundle(row.key, row.files))
    return [_known[one] for one in sorted(hashes)]


def _merged(every: Iterable[Apart]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in every:
        for element, authors in one.items():
            found[element] = tuple(sorted({*found.get(element, ()), *authors}))
    return found


def _steps_of(bundle: Bundle) -> tuple[Apart, Apart]:
    all_of_them = [one for elements in bundle.elements.values() for one in elements]
    reviewing = {one.id: tuple(one.words("separate_from")) for one in all_of_them if one.properties.get("reviews")}
    others = {one.id: tuple(words) for one in all_of_them if (words := one.words("separate_from"))}
    return reviewing, {element: authors for element, authors in others.items() if element not in reviewing}


def _doable(among: Apart, by: Principal) -> ColumnElement[bool]:
    """At one of these steps, and nothing that `by`, or whom they stand for, wrote.

    Every page counts it: steps that are apart from the same ones share a condition, and all share two sub-queries.
    """
    alike: dict[tuple[str, ...], list[str]] = {}
    for element, authors in among.items():
        alike.setdefault(authors, []).append(element)
    written = or_(false(), *(
        and_(Task.element.in_(some), Submission.element.in_(authors)) for authors, some in alike.items() if authors
    ))  # fmt: skip
    return and_(Task.element.in_(sorted(among)), ~_written(written, by.stands_for()))


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
