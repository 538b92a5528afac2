"""Lists that are resolved when a form is opened: those of the directory here; rooms above register theirs."""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import Department
from directory.models import Person
from directory.models import Region
from directory.models import RegionScheme
from directory.models import RoleGrant
from directory.models import Unit
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Option

Context = Mapping[str, Any]
Catalogue = Callable[[Session, Context], list[Option]]

_CATALOGUES: dict[str, Catalogue] = {}
_NOTHING: Mapping[str, Collection[Any]] = {}


def catalogue(name: str) -> Callable[[Catalogue], Catalogue]:
    """Register the decorated function as the list called `name`."""

    def register(function: Catalogue) -> Catalogue:
        _CATALOGUES[name] = function
        return function

    return register


def resolve(session: Session, name: str, context: Context | None = None) -> list[Option]:
    """The options of catalogue `name`.

    `people:territorial_advisor` calls `people` with `argument` in its context. Raises KeyError for an unknown name.
    """
    key, _, argument = name.partition(":")
    if key not in _CATALOGUES:
        raise KeyError(f"there is no catalogue {key}")
    return _CATALOGUES[key](session, {**(context or {}), "argument": argument})


def resolve_all(
    session: Session, form: Form, context: Context | None = None, chosen: Mapping[str, Collection[Any]] = _NOTHING
) -> dict[str, list[Option]]:
    """Every catalogue that a question or column of `form` names, by name.

    Each is told in its context what was `chosen` of it, to name also what it would not offer today.
    """
    names = {name for item in _every(form) if (name := catalogue_of(item))}
    return {name: resolve(session, name, {**(context or {}), "chosen": chosen.get(name, ())}) for name in sorted(names)}


def options(field: Field, resolved: Mapping[str, list[Option]]) -> tuple[Option, ...]:
    """The options of `field`: its own, or those of its catalogue."""
    name = catalogue_of(field)
    return tuple(resolved.get(name, ())) if name else field.options


def catalogue_of(field: Field) -> str:
    """The catalogue that `field` names; a person is one of all people unless the form says otherwise."""
    return field.catalogue or ("people" if field.kind is Kind.PERSON else "")


def names() -> frozenset[str]:
    """The names of the catalogues registered so far."""
    return frozenset(_CATALOGUES)


def _every(form: Form) -> list[Field]:
    return [item for field in form.fields() for item in (field, *field.columns)]


@catalogue("units")
def units(session: Session, context: Context) -> list[Option]:
    """Units that work today, by name."""
    rows = session.execute(select(Unit.id, Unit.name).where(Unit.disabled_at.is_(None)).order_by(Unit.search_name))
    return [Option(str(id), name) for id, name in rows]


@catalogue("departments")
def departments(session: Session, context: Context) -> list[Option]:
    """Departments by name; the value is DANE's code."""
    rows = session.execute(select(Department.code, Department.name).order_by(Department.search_name))
    return [Option(code, name) for code, name in rows]


@catalogue("regions")
def regions(session: Session, context: Context) -> list[Option]:
    """Regions of the current scheme."""
    current = select(RegionScheme.id).where(RegionScheme.current)
    rows = session.execute(select(Region.id, Region.name).where(Region.scheme_id.in_(current)).order_by(Region.name))
    return [Option(str(id), name) for id, name in rows]


@catalogue("people")
def people(session: Session, context: Context) -> list[Option]:
    """People who may enter; with an argument, those who hold that role on the day `on` of the context, or ever."""
    query = select(Person.id, Person.name).where(Person.disabled_at.is_(None))
    role, on = context.get("argument"), context.get("on")
    if role:
        holders = select(RoleGrant.person_id).where(RoleGrant.role == role, RoleGrant.revoked_at.is_(None))
        if on is not None:
            holders = holders.where(RoleGrant.since <= on, RoleGrant.until.is_(None) | (RoleGrant.until >= on))
        query = query.where(Person.id.in_(holders))
    return [Option(str(id), name) for id, name in session.execute(query.order_by(Person.search_name))]
