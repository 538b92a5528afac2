"""What somebody is told of their own absences: that another person registered one for them."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import absences
from directory.chunks import chunks
from directory.models import Absence
from notifications.models import Reminder
from notifications.notices import Item
from notifications.notices import Notice
from notifications.notices import Part
from notifications.notices import Round
from notifications.notices import notice_source
from notifications.standing_in import span

ABSENCE = "absence"
REGISTERED = "registered"


@notice_source(ABSENCE)
class Absences:
    """The source of notices of absences that somebody else registered."""

    def due(self, session: Session, turn: Round, holders: Collection[int]) -> Iterable[Notice]:
        """Those that are not over, once each, to the person whose they are: no delegate is told in their place."""
        for some in chunks(sorted(holders)):
            rows = session.scalars(
                select(Absence).where(
                    Absence.person_id.in_(some), Absence.revoked_at.is_(None), Absence.until >= turn.today
                )
            ).all()
            told = absences.registered_by_others(session, rows)
            for row in rows:
                if row.id in told:
                    yield Notice(ABSENCE, row.id, 0, row.person_id, (REGISTERED,), personal=True)

    def items(self, session: Session, reminders: Sequence[Reminder], *, now: datetime) -> dict[int, Item]:
        """Reminder id → its line, while the absence stands."""
        wanted = {reminder.source_id for reminder in reminders}
        rows = {
            row.id: row
            for some in chunks(sorted(wanted))
            for row in session.scalars(select(Absence).where(Absence.id.in_(some), Absence.revoked_at.is_(None)))
        }
        authors = absences.registered_by_others(session, rows.values())
        return {
            reminder.id: _item(rows[reminder.source_id], authors[reminder.source_id])
            for reminder in reminders
            if reminder.source_id in authors
        }


def _item(row: Absence, author: str) -> Item:
    return Item(
        title=f"Ausencia registrada a su nombre {span(row.since, row.until)}",
        about="",
        link="/mi-cuenta#ausencias",
        why=f"La registró {author}: {row.note.rstrip('.')}. Si no es así, cancélela en «Mi cuenta».",
        part=Part.NEWS,
        kind="Ausencias registradas a su nombre",
        listing="/mi-cuenta",
    )
