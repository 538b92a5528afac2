"""Units that report in SISGESTIÓN: the link loads, the director presents, the planning group validates."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from directory import roles
from directory import units as directory
from notifications.sources import Subject
from notifications.sources import source
from notifications.supervisors import Book
from tracking.sources import holders

LIAISON, DIRECTOR, PLANNING = "planning_liaison", "technical_director", "planning_group"


@source("units_with_liaison", "Dependencias, a cargo de su enlace de planeación", about="unit")
def with_liaison(session: Session, on: date) -> Iterable[Subject]:
    """Units with a planning liaison, who owes."""
    for unit_id, label, post in _reporting(session, on):
        yield Subject(kind="unit", id=unit_id, label=label, debtor_id=post.holder_id, since=post.since, unit_id=unit_id)


@source("units_with_director", "Dependencias, a cargo de su dirección", about="unit")
def with_director(session: Session, on: date) -> Iterable[Subject]:
    """The same units; their technical direction owes."""
    book = Book(session, on)
    for unit_id, label, post in _reporting(session, on):
        director = next(iter(book.holders(DIRECTOR, unit_id=unit_id)), None)
        yield Subject(kind="unit", id=unit_id, label=label, debtor_id=director, since=post.since, unit_id=unit_id)


@source("units_validated", "Dependencias, a cargo del Grupo de Planeación", about="unit")
def validated(session: Session, on: date) -> Iterable[Subject]:
    """The same units; the planning group owes."""
    group = next(iter(Book(session, on).holders(PLANNING)), None)
    for unit_id, label, post in _reporting(session, on):
        yield Subject(kind="unit", id=unit_id, label=label, debtor_id=group, since=post.since)


def _reporting(session: Session, on: date) -> Iterable[tuple[int, str, holders.Post]]:
    posts = holders.posts(session, LIAISON, roles.UNIT, on)
    for unit in directory.every(session):
        if unit.id in posts:
            yield unit.id, unit.name, posts[unit.id]
