"""Who may do what: the one table of action × role × scope.

Each line of RULES says who may do an action and how far they reach:

- ANYWHERE: the scope of the role is not looked at.
- SCOPE: the scope of the role covers the subject: `national` covers all; a unit covers itself and the units below it.
- INVOLVED: the person, or somebody for whom they act by delegation, takes part (assignee, lead, advisor).
- ASSIGNEE: the task is assigned to the person or to somebody for whom they act by delegation.
- CANDIDATE: the task is free, it is for that role, and the scope of the role covers it.

What is not in the table is not allowed. Whoever runs the system (`administrator`) does no act of CASE_ACTS, whatever
else they hold. `senior_management` and `internal_control` stand only in lines that read. A delegate acts on what is
assigned to the author only with the role the task is for.
The places of a subject are taken as given: the caller fills the region of an entity.
"""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
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
from directory.principal import Grant
from directory.principal import Principal
from directory.roles import ACTING
from directory.roles import ENTITY
from directory.roles import NATIONAL
from directory.roles import REGION
from directory.roles import ROLES
from directory.roles import UNIT


class Reach(StrEnum):
    """How far a line of the table reaches."""

    ANYWHERE = "anywhere"
    SCOPE = "scope"
    INVOLVED = "involved"
    ASSIGNEE = "assignee"
    CANDIDATE = "candidate"


@dataclass(frozen=True, slots=True)
class Subject:
    """What an action is about. `role` is the candidate role of a task; `people` take part (lead, advisor)."""

    unit_id: int | None = None
    entity_id: int | None = None
    region_id: int | None = None
    assignee_id: int | None = None
    role: str = ""
    people: frozenset[int] = frozenset()


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


Roles = frozenset[str]
Rule = tuple[Roles, Reach]


def _roles(*keys: str) -> Roles:
    return frozenset(keys)


DER = _roles("der_reviewer", "der_monitoring", "support_liaison")
READERS = _roles("senior_management", "internal_control")
NATIONAL_READERS = DER | READERS | _roles("planning_group")
DIRECTORS = _roles("technical_director", "subdirectorate")
UNIT_ROLES = DIRECTORS | _roles("technical_lead", "planning_liaison")
FIELD = _roles("territorial_advisor", "regional_coordinator")
ADMINISTRATOR = _roles("administrator")
STAFF = frozenset(ROLES) - ADMINISTRATOR - _roles("beneficiary_contact")

TASK_READ: tuple[Rule, ...] = (
    (NATIONAL_READERS, Reach.ANYWHERE),
    (UNIT_ROLES | FIELD, Reach.SCOPE),
    (ACTING, Reach.INVOLVED),
    (ACTING, Reach.CANDIDATE),
)
OWN_STEP: tuple[Rule, ...] = ((ACTING, Reach.ASSIGNEE), (ACTING, Reach.CANDIDATE))

RULES: dict[str, tuple[Rule, ...]] = {
    # Tasks and observations
    "task.read": TASK_READ,
    "task.complete": OWN_STEP,
    "task.claim": OWN_STEP,
    "task.assign": ((_roles("regional_coordinator", "technical_director"), Reach.SCOPE),),
    "observation.add": ((DER, Reach.ANYWHERE), (DIRECTORS | _roles("regional_coordinator"), Reach.SCOPE), *OWN_STEP),
    "observation.answer": ((ACTING, Reach.INVOLVED),),
    # Products and strategies
    "product.create": ((_roles("technical_lead", "technical_director"), Reach.SCOPE),),
    "product.read": (
        (NATIONAL_READERS | FIELD | _roles("communications", "thematic_expert"), Reach.ANYWHERE),
        (UNIT_ROLES, Reach.SCOPE),
        (ACTING, Reach.INVOLVED),
    ),
    "product.withdraw": ((_roles("technical_director"), Reach.SCOPE), (_roles("technical_lead"), Reach.INVOLVED)),
    "product.modify": ((_roles("technical_director"), Reach.SCOPE), (_roles("technical_lead"), Reach.INVOLVED)),
    "strategy.create": ((DIRECTORS | _roles("technical_lead"), Reach.ANYWHERE),),
    "strategy.read": ((STAFF, Reach.ANYWHERE),),
    # Work plans and what is reported on them
    "plan.read": (
        (NATIONAL_READERS, Reach.ANYWHERE),
        (UNIT_ROLES | FIELD | _roles("thematic_expert", "beneficiary_contact"), Reach.SCOPE),
        (ACTING, Reach.INVOLVED),
    ),
    "plan.write": (
        (_roles("territorial_advisor"), Reach.SCOPE),
        (_roles("territorial_advisor", "technical_lead"), Reach.INVOLVED),
    ),
    "milestone.verify": ((_roles("der_monitoring"), Reach.ANYWHERE), (_roles("regional_coordinator"), Reach.SCOPE)),
    "advisory.write": (
        (FIELD | _roles("thematic_expert", "technical_lead"), Reach.SCOPE),
        (_roles("territorial_advisor", "technical_lead"), Reach.INVOLVED),
    ),
    "contact.write": (
        (FIELD | _roles("thematic_expert", "technical_lead"), Reach.SCOPE),
        (_roles("territorial_advisor", "technical_lead"), Reach.INVOLVED),
    ),
    "consent.withdraw": ((FIELD, Reach.SCOPE), (_roles("territorial_advisor"), Reach.INVOLVED)),
    # Running the system
    "process.read": ((STAFF | ADMINISTRATOR, Reach.ANYWHERE),),
    "process.deploy": ((ADMINISTRATOR, Reach.ANYWHERE),),
    "instance.cancel": ((DIRECTORS, Reach.SCOPE),),
    "incident.read": ((ADMINISTRATOR | _roles("der_monitoring", "internal_control"), Reach.ANYWHERE),),
    "incident.retry": ((ADMINISTRATOR, Reach.ANYWHERE),),
    "operation.read": ((ADMINISTRATOR | DER | READERS, Reach.ANYWHERE), (ACTING, Reach.INVOLVED)),
    "operation.cancel": ((ADMINISTRATOR, Reach.ANYWHERE), (ACTING, Reach.INVOLVED)),
    # People and territory
    "people.read": ((STAFF | ADMINISTRATOR, Reach.ANYWHERE),),
    "people.manage": ((ADMINISTRATOR, Reach.ANYWHERE),),
    "coverage.manage": (
        (ADMINISTRATOR | _roles("support_liaison"), Reach.ANYWHERE),
        (_roles("regional_coordinator"), Reach.SCOPE),
    ),
    "handover.run": (
        (_roles("support_liaison"), Reach.ANYWHERE),
        (_roles("regional_coordinator", "technical_director"), Reach.SCOPE),
    ),
    "delegation.own": ((ACTING | READERS, Reach.ANYWHERE),),
    "territory.import": ((ADMINISTRATOR, Reach.ANYWHERE),),
    "setting.change": ((ADMINISTRATOR, Reach.ANYWHERE),),
    "history.read": TASK_READ,
    "file.read": TASK_READ,
}


def allowed(by: Principal, action: str, subject: Subject = ANYWHERE) -> Grant | None:
    """The grant by which `by` may do `action` on `subject`; None when they may not.

    Of several, own ones come first, then those of the role the task is for. Raises KeyError for an unknown action.
    """
    fitting = [grant for grant, reach in _lines(by, action) if _reaches(by, grant, reach, subject)]
    return min(fitting, key=lambda g: (g.on_behalf_of is not None, g.role != subject.role), default=None)


def demand(by: Principal, action: str, subject: Subject = ANYWHERE) -> Actor:
    """`by` as the author of `action` on `subject`, in the capacity that allows it. Raises NotAllowed."""
    grant = allowed(by, action, subject)
    if grant is None:
        raise NotAllowed(f"Usted no tiene permiso para {IN_WORDS[action]}.", action=action)
    return by.actor(grant)


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
        )
    )


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


def _free_rows(grants: Sequence[Grant], columns: ScopeColumns) -> ColumnElement[bool]:
    if columns.role is None or columns.assignee_id is None:
        return false()
    conditions = []
    for role in sorted({grant.role for grant in grants}):
        holding = [grant for grant in grants if grant.role == role]
        national = any(grant.scope_kind == NATIONAL for grant in holding)
        conditions.append(and_(columns.role == role, true() if national else _in_scope(holding, columns)))
    return and_(columns.assignee_id.is_(None), or_(false(), *conditions))
