"""Which milestone of an earlier version each milestone of a modified protocol goes on with.

A milestone is known by what it comes from, never by its number: numbers are typed anew when a row is put in or taken
out. The row of a modification says it in `continues`; where it does not, only the same wording makes the same
milestone, and what is merely alike is for a person to decide (`doubtful`).
"""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Text
from sqlalchemy import case
from sqlalchemy import cast
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.likeness import likeness
from tracking.models import MilestoneTemplate
from tracking.models import Modification
from tracking.models import PlanMilestone
from tracking.models import TemplateMilestone

Row = Mapping[str, Any]

COLUMN = "continues"
NEW = "new"
KEPT = "lineage"  # where a modification keeps it: new milestone → the one that it goes on with
ALIKE = 0.6  # from here on two wordings may mean one milestone


def key(milestone: TemplateMilestone) -> str:
    """How a row names the milestone that it goes on with: unique in its version, and plain to whoever reads it."""
    return f"{milestone.number} · {milestone.name}"


def number_said() -> ColumnElement[str]:
    """The number by which what was done with a milestone of a plan names it, as text: for the reports that tell it.

    A retired one has none of its own any more: it goes by that of the template it last followed, and says that it is
    retired, since another milestone may bear that number now.
    """
    last = select(TemplateMilestone.number).where(TemplateMilestone.id == PlanMilestone.template_milestone_id)
    retired = cast(last.correlate(PlanMilestone).scalar_subquery(), Text) + " (retirado)"
    return case((PlanMilestone.retired_at.is_(None), cast(PlanMilestone.number, Text)), else_=retired)


def parents(before: Sequence[TemplateMilestone], rows: Sequence[Row]) -> list[TemplateMilestone | None]:
    """For each row, the milestone that it goes on with; None for a new one. None of `before` is given twice."""
    known, free = {key(row): row for row in before}, {row.id: row for row in before}
    found: list[TemplateMilestone | None] = [None] * len(rows)
    for index, row in enumerate(rows):
        said = known.get(str(row.get(COLUMN) or ""))
        if said is not None:
            found[index] = free.pop(said.id, None)
    for index, row in enumerate(rows):
        if found[index] is None and not row.get(COLUMN):
            same = [one for one in free.values() if likeness(one.name) == likeness(row.get("name") or "")]
            found[index] = free.pop(same[0].id) if len(same) == 1 else None
    return found


def doubtful(before: Sequence[TemplateMilestone], rows: Sequence[Row]) -> Iterator[tuple[int, TemplateMilestone]]:
    """The rows of which nobody said it and which may go on with a milestone that no other row takes up."""
    found = parents(before, rows)
    taken = {one.id for one in found if one is not None}
    for index, row in enumerate(rows):
        if found[index] is None and not row.get(COLUMN):
            for one in before:
                if one.id not in taken and _may_be(one, row):
                    yield index, one


def mistaken(before: Sequence[TemplateMilestone], rows: Sequence[Row]) -> Iterator[tuple[int, TemplateMilestone]]:
    """The rows that say to go on with one milestone and bear the name of another, such as a table pasted anew."""
    for index, row in enumerate(rows):
        said, name = str(row.get(COLUMN) or ""), likeness(row.get("name") or "")
        same = [one for one in before if likeness(one.name) == name]
        if said not in ("", NEW) and same and said not in {key(one) for one in same}:
            yield index, same[0]


def repeated(rows: Sequence[Row]) -> Iterator[int]:
    """The rows that go on with what an earlier row already does."""
    seen = set[str]()
    for index, row in enumerate(rows):
        said = str(row.get(COLUMN) or "")
        if said and said != NEW and said in seen:
            yield index
        seen.add(said)


@dataclass(frozen=True, slots=True)
class Lines:
    """The versions of a product's template, and for every milestone of each the first of its line: it never changes."""

    versions: Mapping[int, Sequence[TemplateMilestone]]  # template → its milestones in order
    roots: Mapping[int, int]  # milestone → the first of its line


def of_product(session: Session, product_id: int) -> Lines:
    """The lines of a product's milestones. Versions from before they were kept are matched by their wording."""
    kept, versions = _kept(session, product_id), _versions(session, product_id)
    found: dict[int, int] = {}
    before: list[TemplateMilestone] = []
    for template_id, rows in versions.items():
        line = kept.get(template_id)
        if line is None:
            said = parents(before, [{"name": row.name} for row in rows])
            line = {row.id: one.id for row, one in zip(rows, said, strict=True) if one is not None}
        found |= {row.id: found.get(line.get(row.id, row.id), row.id) for row in rows}
        before = rows
    return Lines(versions, found)


def _may_be(one: TemplateMilestone, row: Row) -> bool:
    alike = SequenceMatcher(None, likeness(one.name), likeness(row.get("name") or "")).ratio()
    return alike >= ALIKE or str(row.get("number")) == str(one.number)


def _kept(session: Session, product_id: int) -> dict[int, dict[int, int]]:
    statement = select(Modification).where(Modification.product_id == product_id, Modification.template_id.is_not(None))
    return {
        row.template_id: {int(new): int(old) for new, old in row.difference[KEPT].items()}
        for row in session.scalars(statement)
        if row.template_id is not None and KEPT in row.difference
    }


def _versions(session: Session, product_id: int) -> dict[int, list[TemplateMilestone]]:
    statement = (
        select(TemplateMilestone)
        .join(MilestoneTemplate, MilestoneTemplate.id == TemplateMilestone.template_id)
        .where(MilestoneTemplate.product_id == product_id)
        .order_by(MilestoneTemplate.version, TemplateMilestone.position)
    )
    found: dict[int, list[TemplateMilestone]] = {}
    for row in session.scalars(statement):
        found.setdefault(row.template_id, []).append(row)
    return found
