"""What milestones tell: to whoever reported one and to who accompanies the entity, that its report was not accepted."""

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from directory import entities
from notifications.models import Reminder
from notifications.notices import Item
from notifications.notices import Notice
from notifications.notices import Round
from notifications.notices import notice_source
from tracking import products
from tracking import returned
from tracking.returned import Returned

MILESTONE = "milestone.returned"
RUNG = "returned"
ROLE = "territorial_advisor"
LIST = "/hitos-devueltos"


@notice_source(MILESTONE)
class ReturnedMilestones:
    """The source of notices of milestones that came back."""

    def due(self, session: Session, turn: Round, holders: Collection[int]) -> Iterable[Notice]:
        """What stands returned to `holders`."""
        told = _told(session, turn)
        return [notice for person in sorted(holders) for notice in told.get(person, ())]

    def items(self, session: Session, reminders: Sequence[Reminder], *, now: datetime) -> dict[int, Item]:
        """The lines of what still stands as it was told."""
        found = {row.record.id: row for row in returned.whole(session, {one.source_id for one in reminders})}
        places = entities.many(session, {row.plan.entity_id for row in found.values()})
        lines = {}
        for reminder in reminders:
            row = found.get(reminder.source_id)
            if row is not None:
                lines[reminder.id] = _item(session, row, places[row.plan.entity_id].name)
        return lines


def _told(session: Session, turn: Round) -> dict[int, list[Notice]]:
    """Person → what came back to them; looked up once for the whole round."""
    if MILESTONE not in turn.memo:
        rows, found = returned.whole(session), defaultdict(list)
        authors = returned.reporters(session, {row.milestone.id for row in rows})
        for row in rows:
            people = {authors.get(row.milestone.id), row.plan.advisor_id}
            for person in sorted(one for one in people if one is not None):
                found[person].append(Notice(MILESTONE, row.record.id, 0, person, (RUNG,), ROLE))
        turn.memo[MILESTONE] = found
    told: dict[int, list[Notice]] = turn.memo[MILESTONE]
    return told


def _item(session: Session, row: Returned, entity: str) -> Item:
    return Item(
        title=f"Hito devuelto: {row.milestone.number}. {row.milestone.name}",
        about=f"{products.get(session, row.plan.product_id).name} · {entity}",
        link=f"/hitos/{row.milestone.id}",
        why=f"No se aceptó su reporte: {row.record.reason}",
        kind="Hitos devueltos",
        listing=LIST,
        entity_id=row.plan.entity_id,
    )
