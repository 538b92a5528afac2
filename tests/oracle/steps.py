"""Steps that follow one another: which of them waits, and when the next one is due, from docs/obligations.md alone."""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tests.oracle import workdays

Place = tuple[str, str, int, str]
"""Policy, kind and id of the subject, period."""


@dataclass
class Debt:
    """An obligation as the oracle sees it.

    `own` is its day by the rule of its policy alone. `stated` is when what stands of its statements was presented,
    `ended` when it was met or waived.
    """

    policy: str
    kind: str
    id: int
    period: str
    start: date
    end: date
    due: date
    limit: date
    debtor: int | None
    region: int | None
    unit: int | None
    own: date
    grace: int = 0
    off: frozenset[date] = frozenset()
    version: int = 1
    status: str = "pending"
    stated: date | None = None
    ended: date | None = None

    @property
    def open(self) -> bool:
        """Whether it can still be met or waived."""
        return self.status in ("pending", "overdue")

    @property
    def place(self) -> Place:
        """What tells it from all others."""
        return self.policy, self.kind, self.id, self.period

    def settle(self, on: date, today: date) -> None:
        """Met by what was done on a day."""
        self.status, self.ended = "met" if on <= self.limit else "late", today

    def open_again(self, today: date) -> None:
        """Owed again, by a newer version of it."""
        self.status = "pending" if today <= self.limit else "overdue"
        self.ended, self.version = None, self.version + 1


@dataclass(frozen=True)
class Act:
    """What somebody did with a step: `what` is presented, returned, taken_back, accepted, waived or reopened.

    `on` is the day on which a statement says that it was done.
    """

    day: date
    what: str
    place: Place
    on: date | None = None


class Steps:
    """Debts of policies that follow one another: `after` names the policy before, `meets` what accepting meets."""

    def __init__(self, debts: dict[Place, Debt], after: Mapping[str, str], meets: Mapping[str, str]) -> None:
        self._debts, self._after, self._meets = debts, after, meets

    def waits(self, debt: Debt) -> bool:
        """Whether the step before is to be done and nobody presented it."""
        before = self._before(debt)
        return debt.open and before is not None and before.open and before.stated is None

    def date(self, today: date) -> None:
        """Every open step is due when it should be by the step before; what waits is not overdue."""
        for debt in self._chained():
            before = self._before(debt)
            due = self._due(debt, before) if before is not None else debt.due
            if due != debt.due:
                debt.due, debt.version = due, debt.version + 1
                debt.limit = workdays.nth(due, debt.grace, debt.off) if debt.grace else due
                debt.status = "pending" if today <= debt.limit else "overdue"
            if self.waits(debt):
                debt.status = "pending"

    def do(self, act: Act) -> None:
        """Let an act happen."""
        debt = self._debts[act.place]
        waited = self.waits(debt)
        if act.what == "presented":
            debt.stated = act.day
        elif act.what == "returned":
            debt.stated = None
        elif act.what == "taken_back":
            debt.stated = None
            debt.open_again(act.day)
        elif act.what == "reopened":
            debt.open_again(act.day)
        elif act.what == "waived":
            debt.status, debt.ended, debt.version = "waived", act.day, debt.version + 1
        else:
            self._accept(debt, act, waited=waited)
        self.date(act.day)

    def _accept(self, debt: Debt, act: Act, *, waited: bool) -> None:
        debt.settle(min(debt.limit, act.on or act.day) if waited else act.on or act.day, act.day)
        following = self._debts.get((self._meets.get(debt.policy, ""), *act.place[1:]))
        if following is not None and following.open:
            following.settle(act.day, act.day)

    def _due(self, debt: Debt, before: Debt) -> date:
        freed = before.stated or before.ended
        if freed is None:
            return debt.own
        gap = max(workdays.count(before.own, debt.own, debt.off), 1)
        return max(debt.own, workdays.nth(freed, gap, debt.off))

    def _before(self, debt: Debt) -> Debt | None:
        return self._debts.get((self._after.get(debt.policy, ""), debt.kind, debt.id, debt.period))

    def _chained(self) -> Iterable[Debt]:
        return [debt for debt in self._debts.values() if debt.policy in self._after and debt.open]
