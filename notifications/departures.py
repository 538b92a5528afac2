"""What nobody owes any more: its subject is not listed as owing it, or ended before its time."""

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from directory.chunks import chunks
from notifications import ledger
from notifications import periods
from notifications import sources
from notifications.ledger import LedgerRow
from notifications.models import Obligation
from notifications.policies import Held


def leaving(session: Session, policy: Held, present: Collection[tuple[str, int]], *, now: datetime) -> Iterator[int]:
    """Ids of what nobody owes any more: open rows of subjects that are not listed, their period not ended yet.

    An event that is no longer listed did not happen; of what ended before its time nothing can be done any more, and
    what fell due before goes too. `present` are kind and id of all subjects that are listed.
    """
    today = local_date(now)
    event = policy.spec.frequency == periods.EVENT
    rows: Iterable[LedgerRow] = session.execute(
        select(Obligation.id, Obligation.subject_kind, Obligation.subject_id, Obligation.period_end)
        .where(
            Obligation.policy_id == policy.id,
            Obligation.status.in_(ledger.OPEN),
            Obligation.period_start >= policy.since,
            Obligation.period_start < policy.until,
        )
        .execution_options(yield_per=ledger.BATCH)
    )
    away = (row for row in rows if (row.subject_kind, row.subject_id) not in present)
    for some in chunks(away, ledger.BATCH):
        over = _endings(session, [row for row in some if not event and row.period_end < today])
        yield from (
            row.id for row in some
            if event or row.period_end >= today or (row.subject_kind, row.subject_id) in over
        )  # fmt: skip


def let_go(session: Session, ids: Sequence[int], *, now: datetime) -> ledger.Counts:
    """Waive those of `ids` that are still open: their subject left, or ended, which the reason says."""
    columns = (Obligation.id, Obligation.version, Obligation.subject_kind, Obligation.subject_id)
    statement = select(*columns).where(Obligation.id.in_(ids), Obligation.status.in_(ledger.OPEN))
    rows: Sequence[LedgerRow] = session.execute(statement.order_by(Obligation.id).with_for_update()).all()
    over = _endings(session, rows)
    by_reason: dict[str, list[LedgerRow]] = defaultdict(list)
    for row in rows:
        by_reason[over.get((row.subject_kind, row.subject_id), ledger.GONE)].append(row)
    for reason, some in by_reason.items():
        ledger.waive_by_system(session, some, reason, now=now)
    return ledger.Counts(waived=len(rows))


def _endings(session: Session, rows: Iterable[LedgerRow]) -> dict[tuple[str, int], str]:
    """Kind and id of the subjects of `rows` that ended before their time, with the reason."""
    ids: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        ids[row.subject_kind].add(row.subject_id)
    return {
        (kind, key): reason
        for kind, some in ids.items()
        for key, reason in sources.endings(session, kind, some).items()
    }
