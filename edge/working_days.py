"""The working days by which pages count: those of the place of what they count, with what people declared."""

from typing import Any

from flask import g

from db import reading
from directory import roles
from directory.principal import Principal
from notifications.calendar import WorkingDays
from notifications.places import Places


def of(about: Any = None) -> WorkingDays:
    """The working days by which the term of `about` (an obligation, a task) runs; without it, those of the country.

    Something without an entity or a region of its own follows the days of the whole country.
    """
    entity_id, region_id = getattr(about, "entity_id", None), getattr(about, "region_id", None)
    return _places().of(entity_id=entity_id, region_id=region_id)


def of_person(by: Principal) -> WorkingDays:
    """The working days of where somebody works: those of the one region of their own roles, else of the country."""
    own = {one.scope_id for one in by.grants if one.scope_kind == roles.REGION and one.on_behalf_of is None}
    return _places().of(region_id=own.pop() if len(own) == 1 else None)


def _places() -> Places:
    """The declared days of every place, read once for each request."""
    if "working_days" not in g:
        with reading() as session:
            g.working_days = Places(session)
    found: Places = g.working_days
    return found
