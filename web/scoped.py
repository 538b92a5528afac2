"""The scope of a role as pages ask for it: chosen from a list, or one entity by its name."""

from flask import request
from sqlalchemy.orm import Session

from db.errors import InvalidData
from directory import regions
from directory import roles
from directory import units
from directory.pasted import recognise
from web.reading_forms import LONGEST


def offered(session: Session) -> list[tuple[str, str]]:
    """What may be chosen: the country, each unit, each region of the current scheme."""
    found = [("national:", "Todo el país")]
    found += [(f"unit:{unit.id}", f"Dependencia: {unit.name}") for unit in units.every(session)]
    return found + [(f"region:{region.id}", f"Región: {region.name}") for region in regions.current(session)]


def chosen(name: str) -> tuple[str, int | None]:
    """Kind and id of the scope chosen at `name`, written `unit:3` or `national:`."""
    kind, _, scope = request.form.get(name, "").partition(":")
    return kind or roles.NATIONAL, int(scope) if scope.isdecimal() and len(scope) <= LONGEST else None


def entity(session: Session, line: str) -> tuple[str, int] | None:
    """The scope of one entity, when one is written. Raises InvalidData (`entity`) when it names none for sure."""
    if not line:
        return None
    found = recognise(session, [line])
    if len(found.ids) != 1:
        raise InvalidData({"entity": list(found.refused.values()) or ["Escriba una sola entidad."]})
    return roles.ENTITY, found.ids[0]
