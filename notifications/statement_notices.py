"""What statements tell: to who supervises, that one waits to be decided; to who owes, that it was returned."""

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from directory import people
from directory.chunks import chunks
from notifications import chains
from notifications import statements
from notifications import waiting
from notifications.models import Obligation
from notifications.models import Reminder
from notifications.models import Statement
from notifications.models import StatementStatus
from notifications.notices import Item
from notifications.notices import Notice
from notifications.notices import Round
from notifications.notices import notice_source
from notifications.obligation_notices import role_of
from notifications.supervisors import Book
from notifications.waiting import Awaited

STATEMENT = "statement"


@notice_source(STATEMENT)
class Statements:
    """The source of notices of statements."""

    def due(self, session: Session, turn: Round, holders: Collection[int]) -> Iterable[Notice]:
        """Statements that `holders` are to decide, and those of theirs that were returned."""
        told = _told(session, turn)
        return [notice for person in sorted(holders) for notice in told.get(person, ())]

    def items(self, session: Session, reminders: Sequence[Reminder], *, now: datetime) -> dict[int, Item]:
        """The lines of what still waits as it did when it was told."""
        found: dict[int, tuple[Statement, Obligation]] = {}
        for some in chunks(sorted({reminder.source_id for reminder in reminders})):
            found |= {one.id: (one, row) for one, row in statements.last(session, ids=some, all_of_them=False)}
        debtors = people.many(session, {row.debtor_id for _, row in found.values() if row.debtor_id is not None})
        awaited = waiting.awaited(session, [row for _, row in found.values()])
        lines = {}
        for reminder in reminders:
            one, row = found.get(reminder.source_id, (None, None))
            if one is not None and row is not None and one.status == reminder.rung:
                debtor = debtors.get(row.debtor_id or 0)
                lines[reminder.id] = _item(one, row, debtor.name if debtor else "", awaited.get(row.id))
        return lines


def _told(session: Session, turn: Round) -> dict[int, list[Notice]]:
    """Person → what they are told of statements; looked up once for the whole round."""
    if STATEMENT not in turn.memo:
        book, found = Book(session, turn.today), defaultdict(list)
        last = statements.last(session, all_of_them=False)
        awaited = waiting.awaited(session, [row for _, row in last])
        for one, row in last:
            for person, role in _readers(session, book, one, row):
                late = row.limit_at < turn.now and row.id not in awaited
                found[person].append(Notice(STATEMENT, one.id, 0, person, (one.status.value,), role, late))
        turn.memo[STATEMENT] = found
    told: dict[int, list[Notice]] = turn.memo[STATEMENT]
    return told


def _readers(session: Session, book: Book, one: Statement, row: Obligation) -> Iterator[tuple[int, str]]:
    """Who is told, and in which role: whoever may decide it, or whoever has to present it again."""
    if one.status == StatementStatus.RETURNED:
        yield from ((person, "") for person in {row.debtor_id, one.presented_by} if person is not None)
        return
    never = {one.presented_by, row.debtor_id}
    alone = [person for person in chains.deciders(session, book, row) if person not in never]
    if alone:
        yield from ((person, chains.step_of(session, row).decided_by) for person in alone)
        return
    chosen = book.of(region_id=row.region_id, unit_id=row.unit_id, debtor_id=row.debtor_id)
    for person in [other for other in chosen if other not in never] or set(book.der) - never:
        yield person, role_of(book, person, row.region_id, row.unit_id)


def _item(one: Statement, row: Obligation, debtor: str, awaited: Awaited | None) -> Item:
    """What one line says; what was returned and waits for the step before cannot be corrected yet, and is not late."""
    waits = one.status == StatementStatus.PRESENTED
    missing = f"Qué falta: {one.remark}" + (f" · {awaited.said}" if awaited else "")
    return Item(
        title=f"{'Constancia por revisar' if waits else 'Constancia devuelta'}: {row.title}",
        about="" if row.subject_kind == "person" else row.subject_label,
        link=f"/plazos/{row.id}",
        why="Se lo avisamos porque usted la acepta o la devuelve." if waits else missing,
        due_at=None if waits or awaited else row.due_at,
        due_on=None if waits or awaited else row.due_on,
        whose=f"Lo debe {debtor}." if waits and debtor else "",
        kind="Constancias por revisar" if waits else "Constancias devueltas",
        listing=f"{'/plazos/equipo' if waits else '/plazos'}?de=constancias",
        entity_id=row.entity_id,
    )
