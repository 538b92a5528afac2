"""Who is at the keyboard, and what they may do right now."""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import BindParameter
from sqlalchemy import ColumnElement
from sqlalchemy import CompoundSelect
from sqlalchemy import Date
from sqlalchemy import Select
from sqlalchemy import bindparam
from sqlalchemy import cast
from sqlalchemy import literal
from sqlalchemy import null
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import union
from sqlalchemy import union_all
from sqlalchemy.orm import Session

from db.actor import Actor
from db.clock import local_date
from db.errors import NotFound
from db.ready import read
from directory import joining
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
    `encargo` or `delegation`; a delegated one says for whom. `units` are the unit of the scope and all below it;
    `strategies`, for a role of somebody outside, those in which one of these units takes part as a partner.
    """

    role: str
    scope_kind: str
    scope_id: int | None = None
    on_behalf_of: int | None = None
    on_behalf_name: str = ""
    source: str = GRANT
    units: frozenset[int] = frozenset()
    strategies: frozenset[int] = frozenset()

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
    """The person with the grants they hold at `now`, in at most two questions.

    A disabled person has no grants, and nobody acts for them. Raises NotFound.
    """
    day = local_date(now)
    rows = read(session, _ONE, {"person": person_id, "day": day})
    if not rows:
        raise NotFound("la persona", person_id)
    return _principals(session, rows, day)[person_id]


def load_many(session: Session, person_ids: Collection[int], *, now: datetime) -> dict[int, Principal]:
    """Each of `person_ids` as `load` gives them, in as few questions for many as for one; unknown ids are left out."""
    day = local_date(now)
    rows = session.execute(_MANY, {"people": sorted(person_ids), "day": day})
    return _principals(session, rows, day)


def _principals(session: Session, rows: Iterable[Sequence[Any]], day: date) -> dict[int, Principal]:
    """The people of `rows`, each with the grants that `rows` say one by one."""
    people: dict[int, Principal] = {}
    grants: list[tuple[int, Grant]] = []
    for person_id, name, unit_id, disabled_at, *held in rows:
        people.setdefault(person_id, Principal(person_id, name, unit_id))
        grant = _grant(*held) if disabled_at is None else None
        if grant is not None:
            grants.append((person_id, grant))
    full: dict[int, list[Grant]] = {}
    for holder, grant in _joined(session, list(_with_units(session, grants)), day):
        full.setdefault(holder, []).append(grant)
    return {key: replace(person, grants=tuple(full.get(key, ()))) for key, person in people.items()}


def _grant(
    role: str | None, scope_kind: str, scope_id: int | None, source: str, lent_by: int | None, lender: str
) -> Grant | None:
    """What a row says that somebody holds; None when it says nothing, or lends what is lent to nobody."""
    if role is None or (lent_by is not None and role in NOT_DELEGATED):
        return None
    return Grant(role, scope_kind, scope_id, lent_by, lender, source)


def lendable(session: Session, person_id: int, *, now: datetime) -> frozenset[str]:
    """Roles that a person may delegate: those held by appointment, and that of advisor of what they cover."""
    held = _held(session, {person_id}, local_date(now))
    return frozenset(grant.role for _, grant in held if _may_be_lent(grant))


# Every request asks these: they are built once.
_DAY = bindparam("day", type_=Date)
_SOME: BindParameter[Sequence[int]] = bindparam("people", expanding=True)
_POSTS: tuple[tuple[str, Any, Any, Any, Any], ...] = (  # source, table, role, kind and id of the scope
    (GRANT, RoleGrant, RoleGrant.role, RoleGrant.scope_kind, RoleGrant.scope_id),
    (ENCARGO, Encargo, Encargo.role, Encargo.scope_kind, Encargo.scope_id),
    (COVERAGE, Coverage, literal("territorial_advisor"), literal(roles.ENTITY), Coverage.entity_id),
)
Whose = Callable[[Any], ColumnElement[bool]]


def _own(whose: Whose) -> Iterator[Select[Any]]:
    """What people hold in their own right: grants, encargos, and the entities they cover."""
    for place, (source, table, *post) in enumerate(_POSTS):
        nobody = cast(null(), BigInteger).label("lent_by"), literal("").label("lender")
        order = literal(0).label("delegation"), literal(place).label("place"), table.id.label("post")
        columns = table.person_id.label("holder"), *_named(post), literal(source).label("source"), *nobody, *order
        yield select(*columns).where(whose(table.person_id), active_on(table, _DAY))


def _lent(whose: Whose) -> Iterator[Select[Any]]:
    """What delegations lend them: what their authors hold by appointment, no encargo, and nothing lent to them."""
    for place, (source, table, *post) in enumerate(_POSTS):
        lender = Delegation.from_id.label("lent_by"), Person.name.label("lender")
        order = Delegation.id.label("delegation"), literal(place).label("place"), table.id.label("post")
        columns = Delegation.to_id.label("holder"), *_named(post), literal(DELEGATION).label("source"), *lender, *order
        active = active_on(Delegation, _DAY), active_on(table, _DAY), Person.disabled_at.is_(None)
        fits = or_(Delegation.role.is_(None), Delegation.role == post[0])
        joined = select(*columns).join_from(Delegation, Person, Person.id == Delegation.from_id)
        if source != ENCARGO:
            yield joined.join(table, table.person_id == Delegation.from_id).where(
                whose(Delegation.to_id), *active, fits
            )


def _named(post: Sequence[Any]) -> Iterator[Any]:
    return (column.label(name) for column, name in zip(post, ("role", "scope_kind", "scope_id"), strict=True))


def _people(whose: Whose) -> Select[Any]:
    """People, each at least once, with one thing that they hold: their own first, then delegation by delegation."""
    held = union_all(*_own(whose), *_lent(whose)).subquery()
    return (
        select(
            Person.id, Person.name, Person.unit_id, Person.disabled_at, held.c.role, held.c.scope_kind, held.c.scope_id,
            held.c.source, held.c.lent_by, held.c.lender,
        )
        .outerjoin(held, held.c.holder == Person.id)
        .where(whose(Person.id))
        .order_by(held.c.delegation, held.c.place, held.c.post)
    )  # fmt: skip


_ONE = _people(lambda key: key == bindparam("person"))
_MANY = _people(lambda key: key.in_(_SOME))
_HELD = union_all(*_own(lambda key: key.in_(_SOME)))


def _held(session: Session, people: set[int], day: date) -> list[tuple[int, Grant]]:
    """What each of `people` holds in their own right."""
    rows = session.execute(_HELD, {"people": sorted(people), "day": day})
    return [(row.holder, Grant(row.role, row.scope_kind, row.scope_id, source=row.source)) for row in rows]


def _may_be_lent(grant: Grant) -> bool:
    return grant.source != ENCARGO and grant.role not in NOT_DELEGATED


def _with_units(session: Session, grants: Sequence[tuple[int, Grant]]) -> Iterator[tuple[int, Grant]]:
    scopes = {grant.scope_id for _, grant in grants if grant.scope_kind == roles.UNIT and grant.scope_id is not None}
    reached = below(session, scopes) if scopes else {}
    for holder, grant in grants:
        unit = grant.scope_id if grant.scope_kind == roles.UNIT else None
        yield holder, (grant if unit is None else replace(grant, units=reached[unit]))


def _joined(session: Session, grants: Sequence[tuple[int, Grant]], day: date) -> Iterator[tuple[int, Grant]]:
    """`grants`, those of partners with the strategies of which they are part; asked only where there is one."""
    outside = {unit for _, grant in grants if grant.role in roles.OUTSIDE for unit in grant.units}
    known = joining.strategies(session, outside, day) if outside else {}
    for holder, grant in grants:
        mine = frozenset[int]().union(*(known.get(unit, ()) for unit in grant.units)) if known else frozenset[int]()
        yield holder, (replace(grant, strategies=mine) if mine and grant.role in roles.OUTSIDE else grant)


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
