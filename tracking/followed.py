"""Which version of its product's protocol each plan follows: the first, or the one that a modification made."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from directory.chunks import chunks
from forms.words import long_date
from tracking.models import Modification
from tracking.models import ModificationAdoption
from tracking.models import WorkPlan


@dataclass(frozen=True, slots=True)
class Followed:
    """The number of the version that a plan follows, of how many, and what it did with the last one, in words."""

    version: int
    latest: int
    behind: str = ""

    def __str__(self) -> str:
        """«Versión 1 de 2: no adoptó la modificación del 3 de octubre de 2026»."""
        return f"Versión {self.version} de {self.latest}" + (f": {self.behind}" if self.behind else "")


def of_plans(session: Session, plans: Sequence[WorkPlan]) -> dict[int, Followed]:
    """The version that each plan follows; a plan opened after a modification was born with it."""
    made, decided = _modifications(session, plans), _decisions(session, plans)
    return {plan.id: _followed(plan, made[plan.product_id], decided) for plan in plans}


def _followed(plan: WorkPlan, made: Sequence[Modification], decided: dict[tuple[int, int], bool]) -> Followed:
    latest = len(made) + 1
    for number, row in zip(range(latest, 1, -1), reversed(made), strict=True):
        if plan.opened_at >= row.applied_at or decided.get((row.id, plan.id)):
            return Followed(number, latest, _behind(plan, made[-1], decided) if number < latest else "")
    return Followed(1, latest, _behind(plan, made[-1], decided) if made else "")


def _behind(plan: WorkPlan, last: Modification, decided: dict[tuple[int, int], bool]) -> str:
    day = long_date(local_date(last.applied_at).isoformat())
    if (last.id, plan.id) in decided:
        return f"no adoptó la modificación del {day}"
    return f"no se ha decidido si adopta la modificación del {day}"


def _modifications(session: Session, plans: Sequence[WorkPlan]) -> dict[int, list[Modification]]:
    found: dict[int, list[Modification]] = defaultdict(list)
    for ids in chunks(sorted({plan.product_id for plan in plans})):
        rows = select(Modification).where(Modification.product_id.in_(ids)).order_by(Modification.id)
        for row in session.scalars(rows):
            found[row.product_id].append(row)
    return found


def _decisions(session: Session, plans: Sequence[WorkPlan]) -> dict[tuple[int, int], bool]:
    found: dict[tuple[int, int], bool] = {}
    for ids in chunks(sorted(plan.id for plan in plans)):
        rows = select(ModificationAdoption).where(ModificationAdoption.plan_id.in_(ids))
        found |= {(row.modification_id, row.plan_id): row.adopted for row in session.scalars(rows)}
    return found
