"""Whether somebody may do something, and which rows they may see: what the table of `directory/rules.py` comes to.

The places of a subject are taken as given: the caller fills the region of an entity.
"""

from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import false
from sqlalchemy import or_
from sqlalchemy import true

from db.actor import Actor
from db.errors import NotAllowed
from directory.actions import CASE_ACTS
from directory.actions import IN_WORDS
from directory.actions import SEEN_BY
from directory.principal import Grant
from directory.principal import Principal
from directory.roles import ENTITY
from directory.roles import NATIONAL
from directory.roles import REGION
from directory.roles import UNIT
from directory.rules import RULES
from directory.rules import Reach


@dataclass(frozen=True, slots=True)
class Subject:
    """What an action is about. `role` is the candidate role of a task; `people` take part (lead, advisor).

    `strategy_id` is the strategy that it is of, and `partner_id` the unit of the only partner that it is about.
    """

    unit_id: int | None = None
    entity_id: int | None = None
    region_id: int | None = None
    assignee_id: int | None = None
    role: str = ""
    people: frozenset[int] = frozenset()
    strategy_id: int | None = None
    partner_id: int | None = None


ANYWHERE = Subject()
"""No place in particular: only roles whose scope does not matter, or is national, reach it."""


@dataclass(frozen=True, slots=True)
class ScopeColumns:
    """The columns of a list that say where each row is; None where the list has no such column.

    `people` are columns with the id of somebody who takes part (`WorkPlan.advisor_id`).
    """

    unit_id: Any = None
    entity_id: Any = None
    region_id: Any = None
    assignee_id: Any = None
    role: Any = None
    people: tuple[Any, ...] = ()
    strategy_id: Any = None
    partner_id: Any = None


@dataclass(frozen=True, slots=True)
class Way:
    """One way by which rows of a list are in sight: all of them, those of a place, those assigned to somebody,
    or the free ones for a role in a place.

    `roles` are those of the tasks that a delegate sees among what is assigned to the author; empty when all. `without`
    are the processes of which it shows nothing.
    """

    reach: Reach
    role: str = ""
    place: str = NATIONAL
    place_id: int | None = None
    person_id: int | None = None
    roles: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def allowed(by: Principal, action: str, subject: Subject = ANYWHERE) -> Grant | None:
    """The grant by which `by` may do `action` on `subject`; None when they may not.

    Of several, those of the role the task is for come first, then own ones. Raises KeyError for an unknown action.
    """
    fitting = [grant for grant, reach in _lines(by, action) if _reaches(by, grant, reach, subject)]
    return min(fitting, key=lambda g: (g.role != (subject.role or g.role), g.on_behalf_of is not None), default=None)


def allowed_through(
    by: Principal, action: str, subject: Subject, *, people: Collection[int], role: str = ""
) -> Grant | None:  # fmt: skip
    """The grant by which `by` may do `action` as one of `people`, or for one of them by delegation; None without one.

    Args: `role` narrows to grants of this role. Own ones come first.
    """
    fitting = [
        grant for grant, reach in _lines(by, action)
        if _whose(by, grant) in people and role in ("", grant.role) and _reaches(by, grant, reach, subject)
    ]  # fmt: skip
    return min(fitting, key=lambda grant: grant.on_behalf_of is not None, default=None)


def demand(by: Principal, action: str, subject: Subject = ANYWHERE) -> Actor:
    """`by` as the author of `action` on `subject`, in the capacity that allows it.

    Raises NotAllowed, `hidden` when they may not even read what they would act on.
    """
    grant = allowed(by, action, subject)
    if grant is None:
        reading = SEEN_BY.get(action, "")
        hidden = bool(reading) and subject != ANYWHERE and allowed(by, reading, subject) is None
        raise NotAllowed(f"Usted no tiene permiso para {IN_WORDS[action]}.", action=action, hidden=hidden)
    return by.actor(grant)


def holds(by: Principal, role: str, subject: Subject = ANYWHERE) -> bool:
    """Whether `by` holds `role` in their own right over where `subject` is."""
    own = (grant for grant in by.grants if grant.on_behalf_of is None and grant.role == role)
    return any(_covers(grant, subject) for grant in own)


def may(by: Principal, action: str) -> bool:
    """Whether `by` may do `action` somewhere; for menus and for the guard of a route."""
    return any(True for _ in _lines(by, action))


def visible(statement: Select[Any], by: Principal, action: str, columns: ScopeColumns) -> Select[Any]:
    """`statement` narrowed to the rows on which `by` may do `action`: one WHERE, in the database.

    It keeps the rows that `allowed` would, as far as `columns` tell them.
    """
    lines = list(_lines(by, action))
    if any(reach is Reach.ANYWHERE or (reach is Reach.SCOPE and g.scope_kind == NATIONAL) for g, reach in lines):
        return statement
    opened = {reach: [grant for grant, at in lines if at is reach] for reach in Reach}
    return statement.where(
        or_(
            _in_scope(opened[Reach.SCOPE], columns),
            _assigned_rows(by, opened[Reach.ASSIGNEE] + opened[Reach.INVOLVED], columns),
            _rows_of_people(by, opened[Reach.INVOLVED], columns),
            _free_rows(opened[Reach.CANDIDATE], columns),
            _rows_of_partners(opened[Reach.PARTNER], columns),
        )
    )


def ways(by: Principal, action: str) -> list[Way]:
    """What `visible` asks in one condition, way by way, so that each can be read along an index of its own.

    A row may be in sight in several ways.
    """
    lines = list(_lines(by, action))
    if any(reach is Reach.ANYWHERE or (reach is Reach.SCOPE and g.scope_kind == NATIONAL) for g, reach in lines):
        return [Way(Reach.ANYWHERE)]
    opened = {reach: [grant for grant, at in lines if at is reach] for reach in Reach}
    assigned = _assigned_ways(by, opened[Reach.ASSIGNEE] + opened[Reach.INVOLVED])
    return [*assigned, *_free_ways(opened[Reach.CANDIDATE]), *_place_ways(Reach.SCOPE, opened[Reach.SCOPE])]


def _assigned_ways(by: Principal, grants: Sequence[Grant]) -> Iterator[Way]:
    for person in sorted({_whose(by, grant) for grant in grants}):
        lent = {grant.role for grant in grants if grant.on_behalf_of == person} if person != by.person_id else set()
        yield Way(Reach.ASSIGNEE, person_id=person, roles=tuple(sorted(lent | {""})) if lent else ())


def _free_ways(grants: Sequence[Grant]) -> Iterator[Way]:
    for role in sorted({grant.role for grant in grants}):
        yield from _place_ways(Reach.CANDIDATE, [grant for grant in grants if grant.role == role], role)


def _place_ways(reach: Reach, grants: Sequence[Grant], role: str = "") -> Iterator[Way]:
    if any(grant.scope_kind == NATIONAL for grant in grants):
        yield Way(reach, role)
        return
    for kind in (UNIT, REGION, ENTITY):
        for place_id in sorted({place for grant in grants if grant.scope_kind == kind for place in grant.scope_ids}):
            yield Way(reach, role, kind, place_id)


def _lines(by: Principal, action: str) -> Iterator[tuple[Grant, Reach]]:
    """The grants of `by` with the lines of the table that they open."""
    rules = RULES[action]
    if action in CASE_ACTS and by.has_role("administrator"):
        return
    for grant in by.grants:
        for roles, reach in rules:
            if grant.role in roles:
                yield grant, reach


def _reaches(by: Principal, grant: Grant, reach: Reach, subject: Subject) -> bool:
    match reach:
        case Reach.ANYWHERE:
            return True
        case Reach.SCOPE:
            return _covers(grant, subject)
        case Reach.ASSIGNEE:
            return _assigned(by, grant, subject)
        case Reach.INVOLVED:
            return _assigned(by, grant, subject) or _whose(by, grant) in subject.people
        case Reach.CANDIDATE:
            return subject.assignee_id is None and subject.role == grant.role and _covers(grant, subject)
        case Reach.PARTNER:
            own = subject.partner_id is None or subject.partner_id in grant.units
            return own and subject.strategy_id in grant.strategies


def _covers(grant: Grant, subject: Subject) -> bool:
    places = {UNIT: subject.unit_id, REGION: subject.region_id, ENTITY: subject.entity_id}
    return grant.scope_kind == NATIONAL or places.get(grant.scope_kind) in grant.scope_ids


def _assigned(by: Principal, grant: Grant, subject: Subject) -> bool:
    fits = grant.on_behalf_of is None or subject.role in ("", grant.role)
    return subject.assignee_id == _whose(by, grant) and fits


def _whose(by: Principal, grant: Grant) -> int:
    return by.person_id if grant.on_behalf_of is None else grant.on_behalf_of


def _in_scope(grants: Sequence[Grant], columns: ScopeColumns) -> ColumnElement[bool]:
    conditions = []
    for kind, column in ((UNIT, columns.unit_id), (REGION, columns.region_id), (ENTITY, columns.entity_id)):
        ids = {scope_id for grant in grants if grant.scope_kind == kind for scope_id in grant.scope_ids}
        if ids and column is not None:
            conditions.append(column.in_(sorted(ids)))
    return or_(false(), *conditions)


def _assigned_rows(by: Principal, grants: Sequence[Grant], columns: ScopeColumns) -> ColumnElement[bool]:
    if columns.assignee_id is None:
        return false()
    conditions = []
    for person in sorted({_whose(by, grant) for grant in grants}):
        mine = columns.assignee_id == person
        roles = {grant.role for grant in grants if grant.on_behalf_of == person}
        limited = person != by.person_id and columns.role is not None
        conditions.append(and_(mine, columns.role.in_(sorted(roles | {""}))) if limited else mine)
    return or_(false(), *conditions)


def _rows_of_people(by: Principal, grants: Sequence[Grant], columns: ScopeColumns) -> ColumnElement[bool]:
    people = sorted({_whose(by, grant) for grant in grants})
    return or_(false(), *(column.in_(people) for column in columns.people if people))


def _rows_of_partners(grants: Sequence[Grant], columns: ScopeColumns) -> ColumnElement[bool]:
    if columns.strategy_id is None:
        return false()
    conditions = []
    for grant in grants:
        joined = columns.strategy_id.in_(sorted(grant.strategies))
        own = true() if columns.partner_id is None else columns.partner_id.in_(sorted(grant.units))
        conditions.append(and_(joined, own))
    return or_(false(), *conditions)


def _free_rows(grants: Sequence[Grant], columns: ScopeColumns) -> ColumnElement[bool]:
    if columns.role is None or columns.assignee_id is None:
        return false()
    conditions = []
    for role in sorted({grant.role for grant in grants}):
        holding = [grant for grant in grants if grant.role == role]
        national = any(grant.scope_kind == NATIONAL for grant in holding)
        conditions.append(and_(columns.role == role, true() if national else _in_scope(holding, columns)))
    return and_(columns.assignee_id.is_(None), or_(false(), *conditions))
