"""C3 parameterises the milestones that the DER validated at C2: it neither takes them out, nor adds, nor renames any.

What cannot be followed up goes back to C2 instead (001, etapa 2, paso 9: C3 is an operative act, not a decision).
"""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.errors import InvalidData
from engine.context import Context
from engine.registry import Check
from forms.likeness import likeness
from forms.walk import rows

TABLE = "milestones"
INSTEAD = "Si no se le puede hacer seguimiento así, responda que no y diga por qué: vuelve a la revisión (C2)."

Row = Mapping[str, Any]


def demand_of(element: str) -> Check:
    """A check of a form of C3: its milestones are those of what was validated, sent at `element`.

    They are told by their name, but for capitals, accents and blanks; their order, numbers, weights, groups and terms
    are C3's to set. Nothing is asked where what was validated has no milestones.
    """

    def check(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
        validated = rows(context.answers(element).get(TABLE))
        errors: dict[str, list[str]] = {}
        for path, text in _differing(validated, rows(data.get(TABLE))) if validated else ():
            errors.setdefault(path, []).append(text)
        if errors:
            raise InvalidData(errors)

    return check


def _differing(validated: Sequence[Row], sent: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Path and sentence for each row that was renamed or added, and for each that is missing."""
    missing, strange = _apart(validated, sent)
    for index in strange:
        row, path = sent[index], f"{TABLE}/{index}/name"
        was = next((one for one in missing if one.get("number") == row.get("number")), None)
        if was is None:
            yield path, f"«{row.get('name')}» no está en lo que la DER validó: quite la fila."
        else:
            missing.remove(was)
            yield path, f"La DER validó este hito como «{was.get('name')}»: déjelo con ese nombre. {INSTEAD}"
    for one in missing:
        text = f"Falta el hito {one.get('number')}, «{one.get('name')}», que la DER validó: vuelva a ponerlo."
        yield TABLE, f"{text} {INSTEAD}"


def _apart(validated: Sequence[Row], sent: Sequence[Row]) -> tuple[list[Row], list[int]]:
    """The validated rows that nobody sent, and the positions of what was sent and nobody validated."""
    missing, strange = list(validated), []
    for index, row in enumerate(sent):
        same = [one for one in missing if likeness(one.get("name")) == likeness(row.get("name"))]
        if same:  # of several with one name, the one with its number
            missing.remove(next((one for one in same if one.get("number") == row.get("number")), same[0]))
        else:
            strange.append(index)
    return missing, strange
