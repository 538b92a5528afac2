"""A back-up that was put back openly: the log says which acts are not there any more, and is not broken by it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from db import history
from db.checkpoints.coverage import Coverage
from db.checkpoints.log import RESTORED
from db.checkpoints.log import Checkpoint
from db.checkpoints.log import Cut
from db.checkpoints.log import Log
from db.checkpoints.taking import newest_act
from db.errors import Unavailable
from db.history import HistoryHead
from db.history import Subject

_STRIDE = 1000


def declare(session: Session, log: Log, told: str, *, now: datetime) -> Checkpoint:
    """Add to the log that an earlier database is in use from now on; `told` says in words which, who and why.

    Acts that the log has and the database has not are named, each chain with the act that it ends with now. Raises
    Unavailable when the log cannot be written or does not read.
    """
    with log.held():
        try:
            coverage, before = Coverage.of(log), log.last()
        except ValueError as error:
            raise Unavailable(f"El registro de puntos de control {log.path} está dañado.") from error
        cuts = _cuts(coverage, _heads(session))
        lost = {Subject(kind, cut[0]): cut[1] for kind, some in cuts.items() for cut in some}
        acts = sum(coverage.last(subject) - last for subject, last in lost.items())
        line = Checkpoint(
            number=before.number + 1 if before else 1, at=now, event=RESTORED, told=told,
            through=min(newest_act(session), before.through) if before else 0,
            acts=(before.acts if before else 0) - acts,
            chains=(before.chains if before else 0) - sum(not last for last in lost.values()), cuts=cuts,
        )  # fmt: skip
        return log.add(before, line)


def _heads(session: Session) -> dict[Subject, tuple[int, str]]:
    found: dict[Subject, tuple[int, str]] = {}
    some: Sequence[HistoryHead] = history.heads(session, after=0, limit=_STRIDE)
    while some:
        found |= {Subject(head.subject_kind, head.subject_id): (head.sequence, head.hash) for head in some}
        some = history.heads(session, after=some[-1].id, limit=_STRIDE)
    return found


def _cuts(coverage: Coverage, heads: dict[Subject, tuple[int, str]]) -> dict[str, list[Cut]]:
    cuts = defaultdict(list)
    for subject in coverage.held:
        last, found = heads.get(subject, (0, ""))
        if coverage.last(subject) > last:
            cuts[subject.kind].append((subject.id, last, found))
    return dict(cuts)
