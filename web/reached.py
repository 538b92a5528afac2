"""How the people of an entity and those who accompany it reach one another, on its page and on those of its plans.

Whoever may open the page of a person finds the mail there. The contact of an entity may not, and is told here whom to
ask; and whoever attends the entity, who answers for it. Each time it is written down (ADR 21).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlalchemy.orm import Session

from directory import access
from directory import reaching
from directory import readings
from directory import roles
from directory.models import Person
from directory.principal import Principal
from directory.reaching import Asked
from edge import personal_reads


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody with name, post and mail; in which role, where that is not plain."""

    name: str
    post: str
    email: str
    role: str = ""

    @property
    def mailto(self) -> str:
        """The mail as a link: what would be a part of the address's own syntax is escaped."""
        return f"mailto:{quote(self.email, safe='@')}"


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom to ask, and in a sentence why it is not the advisor, where that one is away."""

    people: list[Reached]
    why: str = ""


def asked(
    session: Session, by: Principal, advisor_id: int | None, region_id: int | None, *, where: str, now: datetime
) -> Asking | None:
    """Whom the contact of an entity asks; None for who finds people otherwise."""
    if access.may(by, "people.read"):
        return None
    found = reaching.asked(session, advisor_id, region_id, now=now)
    return Asking(_told(found.people, where, "" if found.acting else roles.label(found.role)), _why(found))


def answering(session: Session, entity_id: int, *, where: str, now: datetime) -> list[Reached]:
    """Who answers for the entity. The caller has made sure that whoever reads attends it."""
    return _told(reaching.contacts(session, entity_id, now=now), where)


def _why(found: Asked) -> str:
    if found.away is None:
        return ""
    away = f"{found.away.name}, que acompaña a la entidad, está ausente hoy"
    if found.acting:
        return f"{away}; actúa en su nombre:"
    instead = "." if found.away in found.people else ". Mientras tanto, pregunte aquí:"
    return f"{away} y nadie actúa en su nombre{instead}"


def _told(people: Iterable[Person], where: str, role: str = "") -> list[Reached]:
    rows = list(people)
    if mailed := [row.id for row in rows if row.email]:
        personal_reads.note(readings.PEOPLE, mailed, asked=where)
    return [Reached(row.name, row.position, row.email, role) for row in rows]
