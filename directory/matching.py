"""Lists of municipalities as people paste them: without accents, shortened, with the department beside."""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from difflib import get_close_matches

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import entities
from directory.entities import MUNICIPAL
from directory.models import Department
from directory.models import Entity
from directory.models import EntityAlias
from directory.names import normalise
from directory.names import telling_words

SUGGESTIONS = 3
ALIKE = 0.6  # within a department
MISTYPED = 0.85  # in the whole country, where many names look alike


@dataclass(slots=True)
class _Places:
    """The entities of a department by their names and aliases."""

    by_name: dict[str, list[Entity]] = field(default_factory=dict)
    by_letters: dict[str, list[Entity]] = field(default_factory=dict)
    by_word: dict[str, dict[str, frozenset[str]]] = field(
        default_factory=dict
    )  # the names with a word, and their words

    def add(self, name: str, entity: Entity) -> None:
        words = telling_words(name)
        for word in words:
            self.by_word.setdefault(word, {})[name] = words
        for index, key in ((self.by_name, name), (self.by_letters, name.replace(" ", ""))):
            named = index.setdefault(key, [])
            if entity not in named:
                named.append(entity)

    def candidates(self, name: str) -> tuple[list[Entity], bool]:
        """The entities that `name` may mean, and whether it is their whole name."""
        same = self.by_name.get(name) or self.by_letters.get(name.replace(" ", ""))
        return (same, True) if same else (self._sharing(telling_words(name)), False)

    def every(self) -> list[Entity]:
        """All of them, by code."""
        return sorted(_once(entity for named in self.by_name.values() for entity in named), key=lambda one: one.code)

    def close_to(self, name: str, cutoff: float) -> list[Entity]:
        """The entities whose names look most like `name`, at least as much as `cutoff` (1 is the same)."""
        alike = get_close_matches(name, self.by_name, n=SUGGESTIONS, cutoff=cutoff)
        return _once(entity for key in alike for entity in self.by_name[key])

    def _sharing(self, words: frozenset[str]) -> list[Entity]:
        """Municipalities all of whose words are in `words`, or the other way round."""
        near = {name: own for word in sorted(words) for name, own in self.by_word.get(word, {}).items()}
        sharing = (
            entity for name, own in near.items() if words <= own or own <= words for entity in self.by_name[name]
        )
        return _once(entity for entity in sharing if entity.kind in MUNICIPAL)


class Gazetteer:
    """Every entity by its names, as they are in the database when it is made."""

    def __init__(self, session: Session) -> None:
        self._departments: dict[str, str] = {}
        self._by_code = {row.code: row for row in session.scalars(select(Department))}
        for code, row in self._by_code.items():
            self._departments |= {row.search_name: code, code: code}
        self._places: dict[str, _Places] = {}
        self._everywhere = _Places()
        known = {entity.id: entity for entity in session.scalars(select(Entity).order_by(Entity.code))}
        self._coded = {entity.code: entity for entity in known.values()}
        for entity in known.values():
            self._add(entity.search_name, entity)
        for entity_id, name in session.execute(select(EntityAlias.entity_id, EntityAlias.search_name)):
            self._add(name, known[entity_id])

    def meant(self, name: str, department: str = "") -> tuple[list[Entity], bool]:
        """The entities that `name` may mean, and whether it is their whole name; anywhere without a `department`."""
        places = self._department(department) if department else self._everywhere
        return places.candidates(normalise(name)) if places else ([], False)

    def coded(self, code: str) -> Entity | None:
        """The entity of a code of DANE, if there is one."""
        return self._coded.get(code)

    def close(self, name: str, department: str = "") -> list[Entity]:
        """A few entities to suggest for a name that means none, or every namesake; anywhere without a department."""
        places = self._department(department)
        where, cutoff = (places, ALIKE) if places else (self._everywhere, MISTYPED)
        wanted = normalise(name)
        found, exact = where.candidates(wanted)
        return found if exact else (found or where.close_to(wanted, cutoff))[:SUGGESTIONS]

    def label(self, entity: Entity) -> str:
        """«Andes (Antioquia)», as lists of entities say it."""
        return entities.label(entity, self._by_code[entity.department_code])

    def municipalities(self, department: str) -> list[Entity]:
        """Those of a department, by code; none when it is unknown."""
        places = self._department(department)
        return [entity for entity in places.every() if entity.kind in MUNICIPAL] if places else []

    def _department(self, text: str) -> _Places | None:
        """The places of the department that `text` names or whose code it is; None when there is no one such."""
        wanted = normalise(text)
        code = self._departments.get(wanted) or _only_sharing(telling_words(wanted), self._departments)
        return self._places.get(code) if code else None

    def _add(self, name: str, entity: Entity) -> None:
        self._places.setdefault(entity.department_code, _Places()).add(name, entity)
        self._everywhere.add(name, entity)


def _only_sharing(words: frozenset[str], departments: Mapping[str, str]) -> str | None:
    """The code of the only department whose name has all of `words` («Valle», «Guajira», «Bogotá»)."""
    codes = {code for name, code in departments.items() if words and words <= telling_words(name)}
    return codes.pop() if len(codes) == 1 else None


def _once(found: Iterable[Entity]) -> list[Entity]:
    return list({entity.id: entity for entity in found}.values())
