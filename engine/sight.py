"""Who may read what was sent in a case: the forms, their files, and what was decided with them."""

from collections.abc import Iterable

from db.errors import NotFound
from directory import access
from directory.principal import Principal
from engine import registry
from engine import reserved
from engine.instances import place_of
from engine.models import Instance
from engine.models import Submission


def may_read(row: Instance, by: Principal) -> bool:
    """Whether `by` may read a case, which has its definition loaded.

    That is whoever may read its history, and of those who work beside a case (`case.follow`) whoever may read what it
    is about (`Process.read_with`).
    """
    place = place_of(row)
    if reserved.closed(by, row.definition.key, place):
        return False
    if access.allowed(by, "history.read", place) is not None:
        return True
    action, place = _read_with(row, place)
    return bool(action) and access.may(by, "case.follow") and access.allowed(by, action, place) is not None


def readable(rows: Iterable[Submission], case: Instance | None, by: Principal) -> set[int]:
    """Of what was sent in a case, the ids of what `by` may read: pages lead to no other."""
    whole = case is not None and may_read(case, by)
    return {row.id for row in rows if whole or sent_by(row, by)}


def sent_by(row: Submission, by: Principal) -> bool:
    """Whether `by` sent it, or somebody for whom they act: what somebody wrote is never closed to them."""
    return bool(by.stands_for() & {row.author_id, row.on_behalf_of})


def _read_with(row: Instance, place: access.Subject) -> tuple[str, access.Subject]:
    """The action with which what a case is about is read, and what that is; none where nothing tells."""
    try:
        process = registry.process(row.definition.key)
    except NotFound:  # its module is not part of the system any more
        return "", place
    return process.read_with, process.about(place, row.refs) if process.about else place
