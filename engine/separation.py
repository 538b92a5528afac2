"""Separation of duties: nobody decides on what they wrote, nor somebody who acts for them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import Actor
from db.clock import local_date
from db.errors import NotAllowed
from directory import roles
from directory.principal import Grant
from directory.principal import Principal
from engine import definitions
from engine import rectified
from engine.models import Instance
from engine.models import Submission
from engine.models import Task
from notifications.supervisors import Book


def demand(session: Session, task: Task, by: Principal, actor: Actor) -> None:
    """Raise NotAllowed when the person, or whom they act for, wrote what this task decides on."""
    if wrote(session, task, {by.person_id, actor.on_behalf_of} - {None}):
        raise NotAllowed("Nadie valida lo que escribió: esta tarea corresponde a otra persona.", action="task.complete")


def wrote(session: Session, task: Task, people: set[int | None]) -> bool:
    """Whether one of `people` wrote what `task` decides on, as its diagram names it in `separate_from`."""
    element = definitions.bundle(session, task.instance.definition).find(task.process_key, task.element)
    elements = element.words("separate_from") if element is not None else []
    return bool(elements) and bool(_authors(session, task.instance_id, elements) & people)


def wrote_as(session: Session, task: Task, by: Principal, grant: Grant) -> bool:
    """Whether `by`, or whom they stand for by `grant`, wrote what `task` decides on."""
    return wrote(session, task, {by.person_id, grant.on_behalf_of} - {None})


def role_that_may(session: Session, role: str, instance: Instance, elements: Sequence[str], *, now: datetime) -> str:
    """The role to which a step of `instance` goes that none of those who wrote `elements` may do.

    It is `role`, or the one above when everybody who holds `role` there wrote some of them: otherwise nobody could.
    """
    above = roles.ROLES[role].above if role in roles.ROLES else ""
    authors = _authors(session, instance.id, elements) if above else frozenset()
    if not authors:
        return role
    places = {"unit_id": instance.unit_id, "region_id": instance.region_id, "entity_id": instance.entity_id}
    holders = frozenset(Book(session, local_date(now)).holders(role, **places))
    return above if holders and holders <= authors else role


def _authors(session: Session, instance_id: int, elements: Sequence[str]) -> frozenset[int]:
    """Who sent or corrected `elements`, and for whom; what is sent in this transaction counts too."""
    if not elements:
        return frozenset()
    statement = select(Submission.author_id, Submission.on_behalf_of).where(
        Submission.instance_id == instance_id, Submission.element.in_(elements)
    )
    fresh = [row for row in session.new if isinstance(row, Submission) and row.instance_id == instance_id]
    people = {person for row in session.execute(statement) for person in row}
    people |= rectified.authors(session, instance_id, elements)
    people |= {person for row in fresh if row.element in elements for person in (row.author_id, row.on_behalf_of)}
    return frozenset(person for person in people if person is not None)
