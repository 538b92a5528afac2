"""What a modification really changes of the protocol in force, beside what its author says that it changes."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from textwrap import shorten
from typing import Any

from sqlalchemy.orm import Session

from engine import observations
from engine.registry import Consequence
from engine.registry import Named
from forms import display
from forms.declaration import Form
from forms.declaration import Kind
from forms.difference import MOVED
from forms.difference import Change
from forms.difference import apparent
from forms.display import Lookups
from forms.walk import rows
from forms.words import listed
from tracking import lineage
from workflows import vocabularies
from workflows.forms import milestones
from workflows.forms import protocol

LONGEST = 240  # characters of a value, enough to recognise it
_SECTIONS = tuple(milestones.MODIFIED_SECTION if one is milestones.SECTION else one for one in protocol.SECTIONS)
_FORM = Form("protocolo", "Protocolo", _SECTIONS)
PARTS = {
    field.name: section.name.removesuffix("_section") for section in protocol.SECTIONS for field in section.fields
}  # question → the part of the protocol that it belongs to, as `changes` names it
_LABELS = {option.value: option.label for option in vocabularies.PROTOCOL_PARTS}


def told(session: Session, in_force: Mapping[str, Any], data: Mapping[str, Any]) -> list[Consequence]:
    """The difference between the protocol in force and the request `data`, and where the author says otherwise."""
    names = display.lookups(session, _FORM, in_force, data)
    changes = apparent(_FORM, in_force, data, names)
    if not changes:
        text = "No cambia nada frente al protocolo vigente: lo escrito es igual a lo que ya está validado."
        return [Consequence("unchanged", text, warning=True)]
    named = [_named(one, data, names) for one in changes]
    what = "1 cambio" if len(named) == 1 else f"{len(named)} cambios"
    found = [Consequence("difference", f"Frente al protocolo vigente hay {what}:", len(named), named)]
    return [*found, *_moves(changes, names), *_contradictions(changes, data)]


def _named(change: Change, data: Mapping[str, Any], names: Lookups) -> Named:
    before, after = (shorten(words, LONGEST, placeholder="…") for words in change.words(names))
    if change.field.kind is Kind.ENTITIES:
        return Named(f"{change.field.label}: {_membership(change, before, after)}", "", [*change.before, *change.after])
    where = change.field.label
    if change.kind == MOVED:
        return Named(f"{where}: la {before} pasa a ser la {after}")
    if change.row is not None and change.column is None:
        act, row = ("se agrega", after) if change.kind == "added" else ("se quita", before)
        return Named(f"{where}: {act} la fila {change.row + 1} ({row})")
    if change.column is not None:
        where = observations.label(_FORM, change.path, data)
        if change.column.name == milestones.MILESTONE_NAME.name and _is_new(change, data):
            return Named(f"{where}: en lugar de «{before}», el hito nuevo «{after}»")
    return Named(f"{where}: de «{before}» a «{after}»")


def _is_new(change: Change, data: Mapping[str, Any]) -> bool:
    """Whether the row of a change says to go on with no milestone: then it is no other name of the one before."""
    return change.row is not None and rows(data.get(change.field.name))[change.row].get(lineage.COLUMN) == lineage.NEW


def _membership(change: Change, left: str, came: str) -> str:
    said = [f"entran {came}"] if change.after else []
    return "; ".join([*said, f"salen {left}"] if change.before else said)


def _moves(changes: Sequence[Change], names: Lookups) -> Iterator[Consequence]:
    """What becomes of the entities that come in and go out (docs/adr/0009)."""
    focalised = next((one for one in changes if one.field is protocol.ENTITIES), None)
    came, left = (focalised.after, focalised.before) if focalised is not None else ([], [])
    if came:
        text = "Si los planes ya se abrieron, el de cada entidad que entra se abrirá al aplicar la modificación:"
        yield Consequence("entities_added", text, len(came), _entities(came, names))
    if left:
        text = (
            "El plan en curso de una entidad que sale no termina ni adopta la modificación: sigue marcado "
            "«ya no focalizada» hasta que se decida cerrarlo o mantenerlo:"
        )
        yield Consequence("entities_removed", text, len(left), _entities(left, names))


def _entities(ids: Sequence[int], names: Lookups) -> list[Named]:
    return [Named(names.entities.get(key, f"Entidad {key}"), f"/entidades/{key}", [key]) for key in ids]


def _contradictions(changes: Sequence[Change], data: Mapping[str, Any]) -> Iterator[Consequence]:
    """Where «¿Qué cambia?» and the real difference part."""
    marked = {part for part in data.get("changes") or () if part in _LABELS}
    real = {PARTS[one.field.name] for one in changes}
    for kind, parts, text in (
        ("unmarked", real - marked, "Cambió y no está marcado en «¿Qué cambia?»"),
        ("marked_only", marked - real, "Está marcado en «¿Qué cambia?» y no cambió"),
    ):
        if parts:
            said = listed(f"«{label}»" for part, label in _LABELS.items() if part in parts)
            yield Consequence(kind, f"{text}: {said}.", len(parts), warning=True)
