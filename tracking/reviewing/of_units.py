"""What units presented and the planning group is to validate: the last of the three steps of the monthly report."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from typing import cast

from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from directory.principal import Principal
from notifications import policies
from notifications.ledger import OPEN
from notifications.models import Obligation
from notifications.models import ObligationStatus
from tracking.reviewing.rows import Kind
from tracking.reviewing.rows import Place
from tracking.reviewing.rows import Waiting
from tracking.reviewing.rows import some
from tracking.sources.units import PLANNING

VALIDATIONS = "validations"
PRESENTED_BY, VALIDATED_BY = "units_with_director", "units_validated"


def _rows(session: Session, by: Principal, text: str, *, after: Place, limit: int, now: datetime) -> Sequence[Waiting]:
    if not by.has_role(PLANNING):
        return []
    rows = [
        Waiting(VALIDATIONS, row.id, row.title, row.subject_label, f"/plazos/{row.id}", since, author)
        for row, since, author in session.execute(_waiting(session, by))
    ]
    return some(rows, text, after, limit)


def _count(session: Session, by: Principal, most: int, now: datetime) -> int:
    if not by.has_role(PLANNING):  # the count stands on every page, and policies take a while to read
        return 0
    found = _waiting(session, by).with_only_columns(Obligation.id).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def _waiting(session: Session, by: Principal) -> Select[Any]:
    """What `by` is to validate and was presented, with since when and by whom."""
    steps: dict[str, list[int]] = {PRESENTED_BY: [], VALIDATED_BY: []}
    for policy in policies.enabled(session):
        steps.get(policy.spec.subjects, []).append(policy.id)
    before = aliased(Obligation)
    waiting: Any = (
        select(Obligation, before.met_at, before.debtor_id)
        .join(
            before,
            (before.subject_kind == Obligation.subject_kind)
            & (before.subject_id == Obligation.subject_id)
            & (before.period == Obligation.period),
        )
        .where(
            Obligation.policy_id.in_(steps[VALIDATED_BY]),
            before.policy_id.in_(steps[PRESENTED_BY]),
            Obligation.debtor_id.in_(sorted(by.stands_for())),
            Obligation.status.in_(OPEN),
            before.status.in_((ObligationStatus.MET, ObligationStatus.LATE)),
        )
    )
    return cast(Select[Any], waiting)


KINDS = (Kind(VALIDATIONS, "Validaciones de planeación", _rows, _count),)
