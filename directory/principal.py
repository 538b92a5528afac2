"""Who is at the keyboard, and what they may do right now."""

from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter
from sqlalchemy import CompoundSelect
from sqlalchemy import Date
from sqlalchemy import bindparam
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import union
from sqlalchemy import union_all
from sqlalchemy.orm import Session

from db.actor import Actor
from db.clock import local_date
from db.errors import NotFound
from directory import roles
from directory.models import Coverage
from directory.models import Delegation
from directory.models import Encargo
from directory.models import Person
from directory.models import RoleGrant
from directory.periods import active_on
from directory.units import below

GRANT = "grant"
COVERAGE = "coverage"
ENCARGO = "encargo"
DELEGATION = "delegation"

# Who runs the system, only reads, or receives the assistance lends that to nobody: another person is appointed, so
# that whoever reads everything was chosen for it.
NOT_DELEGATED = frozenset(roles.ROLES) - roles.ACTING


@dataclass(frozen=True, slots=True)
class Grant:
    """A role over a scope, and where it comes from.

    `scope_kind` is `national`, `unit`, `region` or `entity`. `source` is `grant`, `coverage` (advisor of an entity),
    `encargo` or `delegation`; a delegated one says for whom. `units` are the unit of the scope and all below it.
    """

    role: str
    scope_kind: str
    scope_id: int | None = None
    on_behalf_of: int | None = None
    on_behalf_name: str = ""
    source: str = GRANT
    units: frozenset[int] = frozenset()

    @property
    def scope_ids(self) -> frozenset[int]:
        """Ids of the units, regions or entities that it reaches; empty for `national`."""
        return self.units or (frozenset() if self.scope_id is None else frozenset({self.scope_id}))

    @property
    def capacity(self) -> str:
        """The capacity in words, as history records it."""
        return roles.capacity(self.role, delegated_by=self.on_behalf_name, encargo=self.source == ENCARGO)


@dataclass(frozen=True, slots=True)
class Principal:
    """A person with the grants they hold at one instant. Own grants come before delegated ones."""

    person_id: int
    name: str
    unit_id: int | None = None
    grants: tuple[Grant, ...] = ()

    def actor(self, grant: Grant | None = None) -> Actor:
        """This person as author, in the capacity of `grant`; without one, of their only own role if it is one."""
        chosen = grant or self._only_own()
        if chosen is None:
            return Actor(self.person_id, self.name)
        return Actor(self.person_id, self.name, chosen.capacity, chosen.on_behalf_of)

    def has_role(self, role: str) -> bool:
        """Whether they hold `role` anywhere, in their own right or for somebody."""
        return any(grant.role == role for grant in self.grants)

    def stands_for(self) -> frozenset[int]:
        """This person and those for whom a delegation acts."""
        return frozenset({self.person_id} | {g.on_behalf_of for g in self.grants if g.on_behalf_of is not None})

    def _only_own(self) -> Grant | None:
        own = {grant.role: grant for grant in self.grants if grant.on_behalf_of is None}
        return next(iter(own.values())) if len(own) == 1 else None


def load(session: Session, person_id: int, *, now: datetime) -> Principal:
    """The person with the grants they hold at `now`; at most four queries.

    A disabled person has no grants, and nobody acts for them. Raises NotFound.
    """
    found = load_many(session, [person_id], now=now)
    if not found:
        raise NotFound("la persona", person_id)
    return found[person_id]


def load_many(session: Session, person_ids: Collection[int], *, now: datetime) -> dict[int, Principal]:
    """Each of `person_ids` as `load` gives them, in as few queries for many as for one; unknown ids are left out."""
    day = local_date(now)
    rows = session.execute(_PEOPLE, {"people": sorted(person_ids)}).all()
    active = {row.id for row in rows if row.disabled_at is None}
    delegations = _delegations(session, active, day) if active else []
    authors = {row.from_id for row in delegations}
    held = _held(session, active | authors, day) if active else []
    grants: list[tuple[int, Grant]] = [(holder, grant) for holder, grant in held if holder in active]
    grants += _lent(held, delegations)
    full: dict[int, list[Grant]] = {}
    for holder, grant in _with_units(session, grants):
        full.setdefault(holder, []).append(grant)
    return {row.id: Principal(row.id, row.name, row.unit_id, tuple(full.get(row.id, ()))) for row in rows}


def lendable(session: Session, person_id: int, *, now: datetime) -> frozenset[str]:
    """Roles that a person may delegate: those held by appointment, and that of advisor of what they cover."""
    held = _held(session, {person_id}, local_date(now))
    return frozenset(grant.role for _, grant in held if _may_be_lent(grant))


@dataclass(frozen=True, slots=True)
class _Delegated:
    to_id: int
    from_id: int
    name: str
    role: str | None


# Every request asks these: they are built once.
_DAY = bindparam("day", type_=Date)
_PEOPLE = select(Person.id, Person.name, Person.unit_id, Person.disabled_at).where(
    Person.id.in_(bindparam("people", expanding=True))
)
_DELEGATIONS = (
    select(Delegation.to_id, Delegation.from_id, Person.name, Delegation.role)
    .join(Person, Person.id == Delegation.from_id)
    .where(
        Delegation.to_id.in_(bindparam("people", expanding=True)),
        active_on(Delegation, _DAY),
        Person.disabled_at.is_(None),
    )
    .order_by(Delegation.id)
)


def _held_by(people: BindParameter[Sequence[int]]) -> CompoundSelect[Any]:
    posts = [
        select(table.person_id, table.role, table.scope_kind, table.scope_id, literal(source).label("source"))
        .where(table.person_id.in_(people), active_on(table, _DAY))
        for table, source in ((RoleGrant, GRANT), (Encargo, ENCARGO))
    ]  # fmt: skip
    covered = select(
        Coverage.person_id, literal("territorial_advisor"), literal(roles.ENTITY), Coverage.entity_id, literal(COVERAGE)
    ).where(Coverage.person_id.in_(people), active_on(Coverage, _DAY))
    return union_all(*posts, covered)


_HELD = _held_by(bindparam("people", expanding=True))


def _delegations(session: Session, people: set[int], day: date) -> list[_Delegated]:
    return [_Delegated(*row) for row in session.execute(_DELEGATIONS, {"people": sorted(people), "day": day})]


def _held(session: Session, people: set[int], day: date) -> list[tuple[int, Grant]]:
    """What each of `people` holds in their own right: grants, encargos, and the entities they cover."""
    rows = session.execute(_HELD, {"people": sorted(people), "day": day})
    return [(row[0], Grant(row[1], row[2], row[3], source=row[4])) for row in rows]


def _lent(held: Sequence[tuple[int, Grant]], delegations: Sequence[_Delegated]) -> Iterator[tuple[int, Grant]]:
    """What delegations lend, and to whom: what their authors hold by appointment, never what was lent to them."""
    for delegated in delegations:
        for holder, grant in held:
            fits = delegated.role is None or delegated.role == grant.role
            if holder == delegated.from_id and fits and _may_be_lent(grant):
                lent = replace(grant, on_behalf_of=holder, on_behalf_name=delegated.name, source=DELEGATION)
                yield delegated.to_id, lent


def _may_be_lent(grant: Grant) -> bool:
    return grant.source != ENCARGO and grant.role not in NOT_DELEGATED


def _with_units(session: Session, grants: Sequence[tuple[int, Grant]]) -> Iterator[tuple[int, Grant]]:
    scopes = {grant.scope_id for _, grant in grants if grant.scope_kind == roles.UNIT and grant.scope_id is not None}
    reached = below(session, scopes) if scopes else {}
    for holder, grant in grants:
        unit = grant.scope_id if grant.scope_kind == roles.UNIT else None
        yield holder, (grant if unit is None else replace(grant, units=reached[unit]))


def roles_held(session: Session, people: set[int], *, now: datetime) -> dict[int, list[str]]:
    """Person → keys of the roles they hold today in their own right, in the order of `ROLES`; none, left out."""
    found: dict[int, set[str]] = {}
    for holder, grant in _held(session, people, local_date(now)) if people else ():
        found.setdefault(holder, set()).add(grant.role)
    return {holder: [key for key in roles.ROLES if key in held] for holder, held in found.items()}


def holders_of(role: str, day: date) -> CompoundSelect[Any]:
    """Ids of those who hold a role on a day in their own right; whoever covers an entity is an advisor."""
    posts = [select(table.person_id).where(table.role == role, active_on(table, day)) for table in (RoleGrant, Encargo)]
    covering = select(Coverage.person_id).where(active_on(Coverage, day))
    return union(*posts, *([covering] if role == "territorial_advisor" else []))
