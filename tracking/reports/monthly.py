"""The monthly activity report as the program composes it: obligation → activity → evidence, difficulties, achievements.

Source: Gobierno al Plan (2020), P001. That it is told by obligations of the contract is how the DNP has reports of
contractors; the list of them that stands by default is ours (`tracking.reports.contract`).
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from notifications import periods
from notifications.periods import Period
from tracking.reports import activities
from tracking.reports import contract
from tracking.reports import earlier
from tracking.reports import kinds
from tracking.reports import standing
from tracking.reports import store
from tracking.reports.activities import Activity
from tracking.reports.contract import Clause
from tracking.reports.standing import Point

MOVED_HERE = " (en esta obligación la puso quien presenta)"
NONE_REGISTERED = "Sin actividades registradas en el periodo."


def compose(session: Session, person_id: int, period: Period, moves: Mapping[str, int] | None = None) -> dict[str, Any]:
    """What is registered now, as plain data that can be frozen; `moves` says which activities its author put under
    another obligation than their own (key → number)."""
    clauses = contract.in_force(session, person_id, period.start, period.end)
    found = [*activities.of_person(session, person_id, period), *_left_out(session, person_id, period)]
    moved = effective(clauses, found, moves or {})
    return {
        "obligations": [
            {"number": clause.number, "text": clause.text, "activities": [_activity(one, moved) for one in told]}
            for clause, told in grouped(clauses, found, moved)
        ],
        "moves": moved,
        "difficulties": [_point(one) for one in standing.difficulties(session, person_id, period)],
        "achievements": [_point(one) for one in standing.achievements(session, person_id, period)],
    }


def _left_out(session: Session, person_id: int, period: Period) -> list[Activity]:
    """What was done before and registered after the report of its month was presented: no report has told it.

    Of the month before, whenever it was registered since; of earlier months, or of those that nobody reported here,
    what was registered in this one.
    """
    told, found = earlier.Reports(session, kinds.ACTIVITIES, person_id), list[Activity]()
    since, until = periods.bounds(period)
    before = periods.of(periods.MONTHLY, period.start - timedelta(days=1))
    past = Period("", date.min, period.start - timedelta(days=1), "")
    registered = activities.of_person(session, person_id, past, after=since)
    months = {one.key: one for one in (periods.of(periods.MONTHLY, activity.on) for activity in registered)}
    for month in sorted({before.key: before, **months}.values(), key=lambda one: one.start):
        closed = told.closed(month)
        if closed is None:
            continue
        reported = store.find(session, kinds.ACTIVITIES, person_id, month.key) is not None
        span = (closed, None) if month == before and reported else (max(closed, since), until)
        late = activities.of_person(session, person_id, month, after=span[0], until=span[1])
        words = f"registrado después de informar {month.label}" if reported else f"de {month.label}, registrado después"
        found += [replace(one, text=f"{one.text} ({words})", key=f"{one.key}:late") for one in late]
    return found


def grouped(
    clauses: Sequence[Clause], found: Sequence[Activity], moves: Mapping[str, int] | None = None
) -> list[tuple[Clause, list[Activity]]]:
    """Every obligation with its activities: each is told once, where `moves` puts it or under the first that names its
    kind, and what none names at the end."""
    owner, moved = owners(clauses), moves or {}
    numbers = [moved.get(one.key, owner.get(one.kind, contract.UNASSIGNED.number)) for one in found]
    placed = list(zip(numbers, found, strict=True))
    told = [(clause, [one for number, one in placed if number == clause.number]) for clause in clauses]
    rest = [one for number, one in placed if number == contract.UNASSIGNED.number]
    return [*told, (contract.UNASSIGNED, rest)] if rest or not told else told


def owners(clauses: Sequence[Clause]) -> dict[str, int]:
    """Kind of activity → number of the obligation under which it is told; without those that none names."""
    named: dict[str, int] = {}
    for clause in clauses:
        for kind in clause.activities:
            named.setdefault(kind, clause.number)
    other = named.get(contract.TASK)
    return named if other is None else {**dict.fromkeys(contract.TASKS, other), **named}


def effective(clauses: Sequence[Clause], found: Sequence[Activity], moves: Mapping[str, int]) -> dict[str, int]:
    """Those of `moves` that move something: an activity that is told, to an obligation in force that is not its own."""
    owner, numbers = owners(clauses), {clause.number for clause in clauses}
    return {one.key: moves[one.key] for one in found
            if one.key in moves and moves[one.key] in numbers and moves[one.key] != owner.get(one.kind)}  # fmt: skip


def answers(content: Mapping[str, Any]) -> dict[str, Any]:
    """What was composed as the rows of the form `informe_mensual`."""
    return {
        "obligations": [
            {"number": one["number"], "obligation": one["text"], "activities": in_lines(one["activities"])}
            for one in content["obligations"]
        ],
        "found_difficulties": _rows("difficulty", content["difficulties"]),
        "found_achievements": _rows("achievement", content["achievements"]),
    }


def in_lines(told: Sequence[Mapping[str, Any]]) -> str:
    """Activities one per line, each with its day and where it can be seen."""
    if not told:
        return NONE_REGISTERED
    return "\n".join(_line(one) for one in told)


def _line(one: Mapping[str, Any]) -> str:
    seen = "; ".join(item["label"] for item in one["evidence"])
    return f"{day(one['on'])} · {words(one)}" + (f" [{seen}]" if seen else "")


def words(one: Mapping[str, Any]) -> str:
    """A composed activity in words; that its author put it where it stands is said."""
    return f"{one['text']}{MOVED_HERE if one.get('moved') else ''}"


def day(iso: str) -> str:
    """«03/11/2026»."""
    year, month, number = iso.split("-")
    return f"{number}/{month}/{year}"


def _rows(name: str, points: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row per point; the same words twice would be one row, so the second one is counted."""
    seen: dict[str, int] = {}
    found = []
    for one in points:
        words = f"{day(one['on'])} · {one['text']}"
        seen[words] = seen.get(words, 0) + 1
        found.append({name: words if seen[words] == 1 else f"{words} ({seen[words]})"})
    return found


def _activity(one: Activity, moved: Mapping[str, int]) -> dict[str, Any]:
    evidence = [{"label": item.label, "url": item.url} for item in one.evidence]
    told = {"kind": one.kind, "key": one.key, "on": one.on.isoformat(), "text": one.text, "evidence": evidence}
    return {**told, "moved": one.key in moved}


def _point(one: Point) -> dict[str, Any]:
    return {"on": one.on.isoformat(), "text": one.text, "url": one.url}
