"""What somebody is told of their access: what others changed of it, and institutional accounts that open it."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta

from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import SYSTEM
from db.history import HistoryRow
from directory.chunks import chunks
from notifications.models import Reminder
from notifications.notices import Item
from notifications.notices import Notice
from notifications.notices import Part
from notifications.notices import Round
from notifications.notices import notice_source

ACCESS = "access"
CHANGED = "changed"
TOLD_FOR = timedelta(days=7)
"""An act that is older is no news."""

LINKED = "identity.linked"
"""An institutional account entered for them for the first time: it is told even if they were who entered."""

ACTS = (
    "account.password_reset", "grant.added", "grant.revoked", "encargo.added", "encargo.revoked", LINKED,
    "identity.removed", "identity.restored",
)  # fmt: skip


@notice_source(ACCESS)
class Access:
    """The source of notices of acts on somebody's access; what an installation does is nobody's act."""

    def due(self, session: Session, turn: Round, holders: Collection[int]) -> Iterable[Notice]:
        """Those of the last days, once each, to the person whose access it is: no delegate is told in their place."""
        others = or_(
            HistoryRow.actor_id != HistoryRow.subject_id,
            and_(HistoryRow.actor_id.is_(None), HistoryRow.actor_name != SYSTEM.name),
            HistoryRow.action == LINKED,
        )
        for some in chunks(sorted(holders)):
            acts = select(HistoryRow.id, HistoryRow.subject_id).where(
                HistoryRow.subject_kind == "person", HistoryRow.subject_id.in_(some), HistoryRow.action.in_(ACTS),
                HistoryRow.at >= turn.now - TOLD_FOR, HistoryRow.at <= turn.now, others,
            )  # fmt: skip
            for act_id, person_id in session.execute(acts.order_by(HistoryRow.id)):
                yield Notice(ACCESS, act_id, 0, person_id, (CHANGED,), personal=True)

    def items(self, session: Session, reminders: Sequence[Reminder], *, now: datetime) -> dict[int, Item]:
        """Reminder id → its line."""
        wanted = sorted({reminder.source_id for reminder in reminders})
        acts = {
            act.id: act
            for some in chunks(wanted)
            for act in session.scalars(select(HistoryRow).where(HistoryRow.id.in_(some)))
        }
        return {one.id: _item(acts[one.source_id]) for one in reminders if one.source_id in acts}


def _item(act: HistoryRow) -> Item:
    who = f"{act.actor_name} ({act.capacity})" if act.capacity else act.actor_name
    return Item(
        title=act.summary.rstrip("."),
        about="",
        link="/mi-cuenta",
        why=f"Lo hizo {who}. Si no lo esperaba, avise a la administración del sistema.",
        part=Part.NEWS,
        kind="Cambios en su acceso",
        listing="/mi-cuenta",
    )
