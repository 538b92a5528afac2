"""The options of a question as a page offers them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from forms import display
from forms.catalogues import catalogue_of
from forms.catalogues import options as options_of
from forms.declaration import Field
from forms.declaration import Kind


@dataclass(frozen=True, slots=True)
class Picked:
    """An option as it is offered: `group` gathers entities by department."""

    value: str
    label: str
    chosen: bool
    group: str = ""


def offered(field: Field, answer: Any, names: display.Lookups) -> Iterator[Picked]:
    """The options of `field`, those in `answer` chosen; entities by department, people who left the list included."""
    chosen = {str(item) for item in (answer if isinstance(answer, list) else [answer]) if item is not None}
    if field.kind in (Kind.ENTITY, Kind.ENTITIES):
        for id, label in sorted(names.entities.items(), key=lambda pair: (_group(pair[1]), pair[1])):
            yield Picked(str(id), label, str(id) in chosen, _group(label))
    elif field.kind in (Kind.CHOICE, Kind.CHOICES, Kind.PERSON):
        known = options_of(field, names.catalogues)
        yield from (Picked(option.value, option.label, option.value in chosen) for option in known)
        # A person who no longer stands in the list is still the answer.
        gone = chosen - {option.value for option in known} if catalogue_of(field) else set()
        for value in sorted(gone):
            person = field.kind is Kind.PERSON and value.isdecimal()
            yield Picked(value, names.people.get(int(value), value) if person else value, True)


def _group(label: str) -> str:
    """The department in «Andes (Antioquia)»."""
    return label.rpartition(" (")[2].rstrip(")") if label.endswith(")") else "Departamentos"
