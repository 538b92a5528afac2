"""Whether what an answer points to exists: entities, people, files, options of catalogues. One query per kind."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.files import StoredFile
from directory import entities
from directory.models import Entity
from directory.models import Person
from forms import catalogues
from forms.answers import is_empty
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.walk import Place
from forms.walk import walk


def unresolved(
    session: Session, form: Form, data: Mapping[str, Any], context: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Pairs of path and sentence (with `{it}`) for every answer that points to nothing."""
    places = [place for place in walk(form, data) if not is_empty(place.value)]
    yield from _catalogue_refusals(session, places, context)
    gone: dict[Kind, set[Any]] = {
        Kind.ENTITY: entities.missing(session, _ids(places, Kind.ENTITY, Kind.ENTITIES)),
        Kind.PERSON: _missing_people(session, _ids(places, Kind.PERSON)),
        Kind.FILES: _missing_files(session, {token for place in _of(places, Kind.FILES) for token in place.value}),
    }
    gone[Kind.ENTITIES] = gone[Kind.ENTITY]
    for path, field, value in places:
        if field.kind in _REFUSALS and gone[field.kind] & set(_values(value)):
            yield path, _REFUSALS[field.kind]


_REFUSALS = {
    Kind.ENTITY: "Elija {it} entre las entidades registradas.",
    Kind.ENTITIES: "Elija {it} entre las entidades registradas: alguna no existe.",
    Kind.PERSON: "Elija {it} entre las personas registradas.",
    Kind.FILES: "Adjunte de nuevo los archivos de {it}: alguno ya no está guardado.",
}


def _catalogue_refusals(session: Session, places: list[Place], context: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    resolved: dict[str, set[str]] = {}
    for path, field, value in places:
        listed = field.catalogue and field.kind in (Kind.CHOICE, Kind.CHOICES)
        if listed and (others := set(_values(value)) - _known(session, field, resolved, context)):
            yield path, _not_offered(session, field, others, context)


def _not_offered(session: Session, field: Field, others: set[str], context: Mapping[str, Any]) -> str:
    """What is said of values that a list does not offer: by name, what it offered once and still knows."""
    told = catalogues.resolve(session, field.catalogue, {**context, "chosen": others})
    gone = [f"«{option.label}»" for option in told if option.value in others]
    return f"Quite de {{it}} lo que ya no se puede elegir: {', '.join(gone)}." if gone else "Elija {it} de la lista."


def _known(session: Session, field: Field, resolved: dict[str, set[str]], context: Mapping[str, Any]) -> set[str]:
    if field.catalogue not in resolved:
        resolved[field.catalogue] = {option.value for option in catalogues.resolve(session, field.catalogue, context)}
    return resolved[field.catalogue]


def _missing_people(session: Session, ids: set[int]) -> set[int]:
    return ids - set(session.scalars(select(Person.id).where(Person.id.in_(ids)))) if ids else set()


def _missing_files(session: Session, tokens: set[str]) -> set[str]:
    return (
        tokens - set(session.scalars(select(StoredFile.token).where(StoredFile.token.in_(tokens)))) if tokens else set()
    )


def _ids(places: list[Place], *kinds: Kind) -> set[int]:
    return {id for place in _of(places, *kinds) for id in _values(place.value)}


def _of(places: list[Place], *kinds: Kind) -> list[Place]:
    return [place for place in places if place.field.kind in kinds]


def _values(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def codes_of(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The code (DANE's where there is one) of each entity."""
    found = session.execute(select(Entity.id, Entity.code).where(Entity.id.in_(set(ids))))
    return {row.id: row.code for row in found}
