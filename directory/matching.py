"""Lists of municipalities as people paste them: without accents, shortened, with the department beside."""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from difflib import get_close_matches
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entities import MUNICIPAL
from directory.models import Department
from directory.models import Entity
from directory.models import EntityAlias
from directory.names import normalise
from directory.names import telling_words

SUGGESTIONS = 3
ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Match:
    """A row that was found. `exact` is false when only part of the name is the same; `row` counts from 0."""

    row: int
    name: str
    department: str
    entity: Entity
    exact: bool


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A row that was not found, or may be several: the entities that come closest."""

    row: int
    name: str
    department: str
    suggestions: list[Entity]


class Matches(NamedTuple):
    """The two lists that `match_names` returns."""

    matched: list[Match]
    unmatched: list[Unmatched]


def match_names(session: Session, rows: Iterable[tuple[str, str]]) -> Matches:
    """The entities meant by `rows` of (name, department), in three queries.

    A name is looked for in its department: as it is, as an alias, without its spaces, and at last as the only one that
    shares its words («Tumaco» is San Andrés de Tumaco). What could be several is left to the person, with suggestions.
    """
    country = _Country(session)
    matches = Matches([], [])
    for number, (name, department) in enumerate(rows):
        places = country.department(department)
        if places is None:
            matches.unmatched.append(Unmatched(number, name, department, country.called(name)))
            continue
        candidates, exact = places.candidates(normalise(name))
        if len(candidates) == 1:
            matches.matched.append(Match(number, name, department, candidates[0], exact))
        else:
            close = candidates or places.close_to(normalise(name))
            matches.unmatched.append(Unmatched(number, name, department, close[:SUGGESTIONS]))
    return matches


@dataclass(slots=True)
class _Places:
    """The entities of a department by their names and aliases."""

    by_name: dict[str, list[Entity]] = field(default_factory=dict)
    by_letters: dict[str, list[Entity]] = field(default_factory=dict)

    def add(self, name: str, entity: Entity) -> None:
        for index, key in ((self.by_name, name), (self.by_letters, name.replace(" ", ""))):
            named = index.setdefault(key, [])
            if entity not in named:
                named.append(entity)

    def candidates(self, name: str) -> tuple[list[Entity], bool]:
        """The entities that `name` may mean, and whether it is their whole name."""
        same = self.by_name.get(name) or self.by_letters.get(name.replace(" ", ""))
        return (same, True) if same else (self._sharing(telling_words(name)), False)

    def close_to(self, name: str) -> list[Entity]:
        """The entities whose names look most like `name`."""
        alike = get_close_matches(name, self.by_name, n=SUGGESTIONS, cutoff=ALIKE)
        return _once(entity for key in alike for entity in self.by_name[key])

    def _sharing(self, words: frozenset[str]) -> list[Entity]:
        """Municipalities all of whose words are in `words`, or the other way round."""
        if not words:
            return []
        sharing = (
            entity
            for key, named in self.by_name.items()
            if words <= telling_words(key) or (telling_words(key) and telling_words(key) <= words)
            for entity in named
        )
        return _once(entity for entity in sharing if entity.kind in MUNICIPAL)


class _Country:
    """Every entity, by department."""

    def __init__(self, session: Session) -> None:
        self._departments: dict[str, str] = {}
        for code, name in session.execute(select(Department.code, Department.search_name)):
            self._departments |= {name: code, code: code}
        self._places: dict[str, _Places] = {}
        self._everywhere = _Places()
        entities = {entity.id: entity for entity in session.scalars(select(Entity).order_by(Entity.code))}
        for entity in entities.values():
            self._add(entity.search_name, entity)
        for entity_id, name in session.execute(select(EntityAlias.entity_id, EntityAlias.search_name)):
            self._add(name, entities[entity_id])

    def department(self, text: str) -> _Places | None:
        """The places of the department that `text` names or whose code it is; None when there is no one such."""
        wanted = normalise(text)
        code = self._departments.get(wanted) or _only_sharing(telling_words(wanted), self._departments)
        return self._places.get(code) if code else None

    def called(self, name: str) -> list[Entity]:
        """Entities of that name anywhere, for a row whose department is not known."""
        return self._everywhere.candidates(normalise(name))[0][:SUGGESTIONS]

    def _add(self, name: str, entity: Entity) -> None:
        self._places.setdefault(entity.department_code, _Places()).add(name, entity)
        self._everywhere.add(name, entity)


def _only_sharing(words: frozenset[str], departments: Mapping[str, str]) -> str | None:
    """The code of the only department whose name has all of `words` («Valle», «Guajira», «Bogotá»)."""
    codes = {code for name, code in departments.items() if words and words <= telling_words(name)}
    return codes.pop() if len(codes) == 1 else None


def _once(entities: Iterable[Entity]) -> list[Entity]:
    return list({entity.id: entity for entity in entities}.values())
