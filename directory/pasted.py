"""Lists of entities as people paste them into one box: by DANE's code, or by name with its department."""

import re
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.chunks import chunks
from directory.matching import Gazetteer
from directory.models import Entity

_BULLET = re.compile(r"^(?:[•·▪◦*–—-]\s*|\d{1,3}[.)]\s+)")
_WHOLE = re.compile(r"^(?:todos )?(?:los )?municipios del? (?:departamento del? )?(?P<department>.+)$", re.IGNORECASE)
_CODED = re.compile(r"^(?P<code>\d{1,5})[\s,:–-]+(?P<name>\D.*)$|^(?P<last>.*\D)[\s,:–(-]+(?P<code_last>\d{1,5})\)?$")
MOST = 5000  # lines read at once: the country has fewer entities
SUGGESTED = 50  # lines answered with suggestions: looking for what is close takes a while, and nobody corrects more
_HOW = "Escriba su código DANE, o su nombre y su departamento, como «Abejorral, Antioquia»."
_LENGTHS = {1: 2, 4: 5}  # of codes whose first zero a spreadsheet took: department, municipality


@dataclass(frozen=True, slots=True)
class Recognised:
    """The entities that lines name, once each and in their order; and the other lines, each with the reason."""

    ids: list[int] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def recognise(session: Session, lines: Iterable[str]) -> Recognised:
    """The entities meant by `lines`, several in one where a semicolon parts them.

    A line is a code (without its first zero too, as spreadsheets leave it), a name, a name with its department («Andes
    (Antioquia)», «Andes, Antioquia», two cells of a spreadsheet), a code beside its name, or «municipios de» a
    department. Part of a name is taken only beside its department or its code: what could be another entity is left to
    the person, the first ones with suggestions. What comes after MOST lines is refused unread.
    """
    given = list(dict.fromkeys(part for line in lines for part in _parts(line)))
    wanted, rest = given[:MOST], given[MOST:]
    codes = _by_code(session, wanted)
    named = _Named(session) if codes.keys() < set(wanted) else None
    found = Recognised()
    for line in wanted:
        meant = [codes[line]] if line in codes else named.entities(line) if named else []
        found.ids.extend(key for key in meant if key not in found.ids)
        if not meant and named:
            found.refused[line] = named.why_not(line, suggest=len(found.refused) < SUGGESTED)
    found.refused.update(dict.fromkeys(rest, f"Se leen hasta {MOST} líneas a la vez: pegue esta después."))
    return found


def _parts(line: str) -> Iterator[str]:
    for part in line.split(";"):
        text = _BULLET.sub("", part.strip()).strip(" .,\u00a0")
        if text:
            yield text


def _by_code(session: Session, lines: list[str]) -> dict[str, int]:
    spelled = {line: _spelled(line) for line in lines}
    known: dict[str, int] = {}
    for piece in chunks(set(spelled.values())):
        known.update(session.execute(select(Entity.code, Entity.id).where(Entity.code.in_(piece))).all())
    return {line: known[code] for line, code in spelled.items() if code in known}


def _spelled(code: str) -> str:
    return code.zfill(_LENGTHS.get(len(code), 0)) if code.isdecimal() else code.upper()


class _Named:
    """Entities by what people call them."""

    def __init__(self, session: Session) -> None:
        self._country = Gazetteer(session)

    def entities(self, line: str) -> list[int]:
        """Those that `line` means beyond doubt; none when it could be several, or another."""
        whole = _WHOLE.match(line)
        if whole:
            return [entity.id for entity in self._country.municipalities(whole["department"])]
        if coded := self._coded(line):
            return [coded.id]
        for name, department in _readings(line):
            candidates, exact = self._country.meant(name, department)
            if len(candidates) == 1 and (exact or department):
                return [candidates[0].id]
        return []

    def _coded(self, line: str) -> Entity | None:
        """The entity whose code and name both stand in a line, as two columns of the DIVIPOLA are pasted."""
        found = _CODED.match(line)
        if found is None:
            return None
        code, name = found["code"] or found["code_last"], found["name"] or found["last"]
        entity = self._country.coded(_spelled(code))
        named = entity and any(entity in self._country.meant(*reading)[0] for reading in _readings(name))
        return entity if named else None

    def why_not(self, line: str, *, suggest: bool) -> str:
        """A sentence for a line that names nothing for sure; without suggestions unless they are to be looked for."""
        if line.isdecimal():
            return f"No hay ninguna entidad con el código DANE {line}."
        if not suggest:
            return f"No se reconoció «{line}». {_HOW}"
        close = self._close(line)
        if not close:
            return f"No se encontró «{line}». {_HOW}"
        options = " o ".join(f"{self._country.label(entity)}, código {entity.code}" for entity in close)
        return f"No es seguro cuál es «{line}». ¿Quiso decir {options}? Escriba el código o el nombre completo."

    def _close(self, line: str) -> list[Entity]:
        # A department tells more than a name alone.
        readings = sorted(_readings(line), key=lambda reading: not reading[1])
        return next((close for reading in readings if (close := self._country.close(*reading))), [])


def _readings(line: str) -> Iterator[tuple[str, str]]:
    """A line as (name, department), the likelier first; the department is empty in a bare name."""
    yield line, ""
    for mark in ("(", "\t", ",", " - "):
        name, found, department = line.rpartition(mark)
        if found:
            parts = name.strip(), department.strip(" )")
            yield parts
            yield parts[::-1]
