"""A step waits while nobody presented the one before it: it is not late, not told, and keeps its working days after."""

from collections.abc import Callable
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from db.clock import BOGOTA
from db.errors import Conflict
from db.errors import InvalidData
from directory.principal import Principal
from notifications import acts
from notifications import cuts
from notifications import days
from notifications import expected
from notifications import facts
from notifications import foreseen
from notifications import ical
from notifications import ledger
from notifications import obligations
from notifications import policies
from notifications import preview
from notifications import rates
from notifications import recompute
from notifications import specs
from notifications import statements
from notifications import steps as following
from notifications import waiting
from notifications.calendar import LAW
from notifications.facts import NewFact
from notifications.invariants import overdue_is_marked
from notifications.models import DueMove
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.models import Policy
from notifications.models import Reminder
from notifications.models import Statement
from notifications.notices import Round
from notifications.obligation_notices import Obligations
from notifications.obligations import Filters
from notifications.places import Places
from notifications.statement_notices import Statements
from notifications.statements import NewStatement
from tests.tracking.conftest import Scene
from tests.tracking.test_chains import LOAD
from tests.tracking.test_chains import PRESENT
from tests.tracking.test_chains import VALIDATE
from tests.tracking.test_chains import people
from tests.tracking.test_chains import steps
from tracking import agenda

__all__ = ["people", "steps"]

PENDING, OVERDUE, MET = ObligationStatus.PENDING, ObligationStatus.OVERDUE, ObligationStatus.MET
People = dict[str, Principal]
Steps = dict[str, Obligation]

# By the policies: the load on Thursday 3 December 2026, the presentation on Monday 7, the validation on Friday 11 (the
# 8th is a holiday). Between the first two lie 2 working days, between the last two 3.
OWN = {LOAD: date(2026, 12, 3), PRESENT: date(2026, 12, 7), VALIDATE: date(2026, 12, 11)}


def at(month: int, day: int, hour: int = 10, year: int = 2026) -> datetime:
    return datetime.combine(date(year, month, day), time(hour), BOGOTA).astimezone(UTC)


@pytest.fixture
def pass_to(session: Session, steps: Steps) -> Callable[[datetime], None]:
    """The job that marks what is overdue."""

    def run(now: datetime) -> None:
        following.sweep(session, now=now)
        ledger.overdue_batch(session, now=now)
        session.flush()
        session.expire_all()

    return run


def say(session: Session, row: Obligation, by: Principal, now: datetime) -> Statement:
    new = NewStatement(text="Hecho", happened_on=now.astimezone(BOGOTA).date(), evidence_link="https://e.example/1")
    made = statements.present(session, row.id, new, by=by, now=now)
    session.flush()
    return made


def due(steps: Steps) -> dict[str, date]:
    return {key: row.due_on for key, row in steps.items()}


def standing(steps: Steps) -> dict[str, ObligationStatus]:
    return {key: row.status for key, row in steps.items()}


def told(session: Session, by: Principal, now: datetime) -> list[int]:
    turn = Round(now, now.date(), LAW)
    return [one.source_id for one in Obligations().due(session, turn, [by.person_id])]


def test_what_waits_is_not_overdue_however_long(
    session: Session, scene: Scene, people: People, steps: Steps, pass_to: Callable[[datetime], None]
) -> None:
    assert due(steps) == OWN
    january = at(1, 20, year=2027)
    pass_to(january)
    assert standing(steps) == {LOAD: OVERDUE, PRESENT: PENDING, VALIDATE: PENDING}
    assert due(steps) == OWN
    for key, figure in ((LOAD, "overdue"), (PRESENT, "waiting"), (VALIDATE, "waiting")):
        counts = obligations.counts(session, people[key], own=True, now=january, soon=january)
        assert {name: count for name, count in counts.items() if count} == {figure: 1}
        figured = Filters(open_only=True, figure=figure, now=january, soon=january)
        assert [row.id for row in obligations.mine(session, people[key], figured).items] == [steps[key].id]
    late = Filters(status="overdue", now=january)
    assert obligations.mine(session, people[PRESENT], late).items == []
    waiting = obligations.listing(session, scene.monitoring, Filters(open_only=True, waiting=True)).items
    assert {row.id for row in waiting} == {steps[PRESENT].id, steps[VALIDATE].id}
    assert overdue_is_marked(session, january) == []
    rated = {one.key: one for one in rates.by_dimension(session, scene.monitoring, "policy")}
    assert (rated[steps[PRESENT].policy_id].on_time, rated[steps[PRESENT].policy_id].pending) == (None, 1)


def test_nobody_is_told_of_what_waits(
    session: Session, scene: Scene, people: People, steps: Steps, pass_to: Callable[[datetime], None]
) -> None:
    for moment in (at(12, 4), at(12, 14), at(1, 20, year=2027)):
        pass_to(moment)
        assert told(session, people[PRESENT], moment) == [steps[LOAD].id]  # as who supervises the load, once it is late
        assert told(session, people[VALIDATE], moment) == []
        assert steps[PRESENT].id not in told(session, scene.monitoring, moment)


def test_once_it_was_presented_the_working_days_between_are_kept(
    session: Session, people: People, steps: Steps, pass_to: Callable[[datetime], None]
) -> None:
    pass_to(at(12, 15))
    say(session, steps[LOAD], people[LOAD], at(12, 15))
    assert due(steps) == OWN | {PRESENT: date(2026, 12, 17)}
    row = steps[PRESENT]
    assert (row.version, row.due_at, row.limit_at) == (2, LAW.at_cut_off(row.due_on), LAW.at_cut_off(row.due_on))
    assert row.explanation == (
        "2 días hábiles después de que el paso anterior se presentó (15 de diciembre de 2026), los que van entre los "
        "dos plazos, jueves 17 de diciembre de 2026; por la sola política vencía el 7 de diciembre de 2026."
    )
    (move,) = obligations.moves_of(session, row.id)
    assert (move.old_due_at, move.new_due_at) == (LAW.at_cut_off(OWN[PRESENT]), row.due_at)
    assert move.reason == (
        "El paso anterior, «SISGESTIÓN, carga del avance, noviembre de 2026», se presentó el 15 de diciembre de 2026."
    )
    assert row.id in told(session, people[PRESENT], at(12, 16))
    pass_to(at(12, 17, 16))
    assert standing(steps)[PRESENT] == PENDING
    pass_to(at(12, 17, 18))
    assert standing(steps) == {LOAD: OVERDUE, PRESENT: OVERDUE, VALIDATE: PENDING}


def test_what_was_presented_in_time_moves_nothing(session: Session, people: People, steps: Steps) -> None:
    say(session, steps[LOAD], people[LOAD], at(12, 3, 18))
    assert due(steps) == OWN
    assert session.scalars(select(DueMove)).all() == []
    assert steps[PRESENT].id in told(session, people[PRESENT], at(12, 4))


def test_the_day_foreseen_of_what_waits_is_that_of_a_step_before_presented_on_its_day(
    session: Session, people: People, steps: Steps, pass_to: Callable[[datetime], None]
) -> None:
    """In time, the own day; once the presentation runs until the 17th, three working days after; late, none."""

    def foreseen_on(key: str, now: datetime) -> date | None:
        when = expected.if_in_time(session, steps[key], now=now)
        return when.on if when is not None else None

    assert [foreseen_on(key, at(12, 1)) for key in (PRESENT, VALIDATE)] == [OWN[PRESENT], OWN[VALIDATE]]
    pass_to(at(12, 15))
    assert [foreseen_on(key, at(12, 15)) for key in (PRESENT, VALIDATE)] == [None, None]
    say(session, steps[LOAD], people[LOAD], at(12, 15))
    assert foreseen_on(VALIDATE, at(12, 16)) == date(2026, 12, 22)
    pass_to(at(12, 18))
    assert foreseen_on(VALIDATE, at(12, 18)) is None


def test_two_that_wait_name_the_one_whose_turn_it_is(session: Session, people: People, steps: Steps) -> None:
    def named() -> dict[str, int]:
        found = waiting.awaited(session, list(steps.values()))
        return {key: found[row.id].id for key, row in steps.items() if row.id in found}

    assert named() == {PRESENT: steps[LOAD].id, VALIDATE: steps[LOAD].id}
    loaded = say(session, steps[LOAD], people[LOAD], at(12, 2))
    assert named() == {VALIDATE: steps[PRESENT].id}  # the direction decides the load and presents
    statements.accept(session, loaded.id, by=people[PRESENT], now=at(12, 3))
    assert named() == {VALIDATE: steps[PRESENT].id}
    say(session, steps[PRESENT], people[PRESENT], at(12, 3))
    assert named() == {}


def test_what_is_overdue_and_in_review_says_so(
    session: Session, people: People, steps: Steps, pass_to: Callable[[datetime], None]
) -> None:
    load = steps[LOAD]
    pass_to(at(12, 15))

    def line() -> str:
        reminder = Reminder(id=1, source="obligation", source_id=load.id, rung="+1", version=load.version,
                            recipient_id=people[LOAD].person_id, on_behalf_of=None)  # fmt: skip
        return Obligations().items(session, [reminder], now=at(12, 16))[1].why

    assert "en revisión" not in line()
    say(session, load, people[LOAD], at(12, 15))
    assert line().endswith(". Ya se presentó el 15 de diciembre de 2026: su constancia está en revisión.")


def test_each_step_counts_from_the_one_before_it(
    session: Session, people: People, steps: Steps, pass_to: Callable[[datetime], None]
) -> None:
    loaded = say(session, steps[LOAD], people[LOAD], at(12, 15))
    statements.accept(session, loaded.id, by=people[PRESENT], now=at(12, 16))
    said = say(session, steps[PRESENT], people[PRESENT], at(12, 17))
    assert due(steps) == OWN | {PRESENT: date(2026, 12, 17), VALIDATE: date(2026, 12, 22)}
    pass_to(at(12, 22))
    statements.accept(session, said.id, by=people[VALIDATE], now=at(12, 22))
    session.flush()
    assert standing(steps) == {LOAD: ObligationStatus.LATE, PRESENT: MET, VALIDATE: MET}


@pytest.mark.parametrize("taken", ["returned", "withdrawn"])
def test_a_statement_that_is_taken_back_makes_the_next_step_wait_again(
    session: Session, people: People, steps: Steps, pass_to: Callable[[datetime], None], taken: str
) -> None:
    loaded = say(session, steps[LOAD], people[LOAD], at(12, 15))
    pass_to(at(12, 18))
    assert standing(steps)[PRESENT] == OVERDUE
    if taken == "returned":
        statements.return_(session, loaded.id, "Falta el anexo", by=people[PRESENT], now=at(12, 18))
    else:
        statements.withdraw(session, loaded.id, by=people[LOAD], now=at(12, 18))
    assert (due(steps), standing(steps)[PRESENT]) == (OWN, PENDING)
    assert "otra vez sin presentar" in obligations.moves_of(session, steps[PRESENT].id)[-1].reason
    pass_to(at(12, 28))
    assert standing(steps)[PRESENT] == PENDING
    say(session, steps[LOAD], people[LOAD], at(12, 28))
    assert due(steps) == OWN | {PRESENT: date(2026, 12, 30)}
    assert steps[PRESENT].version == 4


def test_what_planning_returns_with_its_load_waits_for_the_load(
    session: Session, people: People, steps: Steps, pass_to: Callable[[datetime], None]
) -> None:
    loaded = say(session, steps[LOAD], people[LOAD], at(12, 15))
    statements.accept(session, loaded.id, by=people[PRESENT], now=at(12, 15, 11))
    said = say(session, steps[PRESENT], people[PRESENT], at(12, 16))
    statements.return_(session, said.id, "No abre", with_before=True, by=people[VALIDATE], now=at(12, 21))
    pass_to(at(12, 30))
    assert (due(steps), standing(steps)) == (OWN, {LOAD: OVERDUE, PRESENT: PENDING, VALIDATE: PENDING})
    turn = Round(at(12, 30), date(2026, 12, 30), LAW)
    notices = Statements().due(session, turn, [people[LOAD].person_id, people[PRESENT].person_id])
    assert {one.source_id: one.overdue for one in notices} == {loaded.id: True, said.id: False}
    reminder = Reminder(id=1, source="statement", source_id=said.id, rung="returned")
    line = Statements().items(session, [reminder], now=at(12, 30))[1]
    assert (line.due_at, line.due_on) == (None, None)
    assert line.why.startswith("Qué falta: No abre · Espera el paso anterior, «SISGESTIÓN, carga")


def test_a_step_that_was_waived_holds_nothing_back(
    session: Session, scene: Scene, people: People, steps: Steps, pass_to: Callable[[datetime], None]
) -> None:
    acts.waive(session, steps[LOAD].id, "Lo cargó el DNP", by=scene.monitoring, now=at(12, 15))
    assert due(steps) == OWN | {PRESENT: date(2026, 12, 17)}
    assert "se dispensó el 15 de diciembre" in obligations.moves_of(session, steps[PRESENT].id)[-1].reason
    pass_to(at(12, 18))
    assert standing(steps)[PRESENT] == OVERDUE
    acts.reopen(session, steps[LOAD].id, "No lo cargó nadie", by=scene.monitoring, now=at(12, 18))
    assert (due(steps), standing(steps)) == (OWN, {LOAD: OVERDUE, PRESENT: PENDING, VALIDATE: PENDING})
    acts.waive_many(session, [steps[LOAD].id], "Ahora sí", by=scene.monitoring, now=at(12, 21))
    assert due(steps) == OWN | {PRESENT: date(2026, 12, 23)}


def test_a_step_that_is_opened_again_waits_if_the_one_before_is_still_owed(
    session: Session, scene: Scene, people: People, steps: Steps
) -> None:
    acts.waive(session, steps[PRESENT].id, "Sin director", by=scene.monitoring, now=at(12, 14))
    assert due(steps)[VALIDATE] == date(2026, 12, 17)
    acts.reopen(session, steps[PRESENT].id, "Ya hay", by=scene.monitoring, now=at(12, 16))
    assert (due(steps), standing(steps)[PRESENT]) == (OWN, PENDING)


def test_a_step_done_while_it_waits_is_in_time(
    session: Session, scene: Scene, people: People, steps: Steps, pass_to: Callable[[datetime], None]
) -> None:
    """The load was excused, then asked for again after the presentation: that one is not late because of it."""
    acts.waive(session, steps[LOAD].id, "No aplica", by=scene.monitoring, now=at(12, 14))
    said = say(session, steps[PRESENT], people[PRESENT], at(12, 16))
    acts.reopen(session, steps[LOAD].id, "Sí aplica", confirmed=True, by=scene.monitoring, now=at(12, 17))
    pass_to(at(12, 18))
    acts.waive(session, steps[LOAD].id, "No aplica", by=scene.monitoring, now=at(1, 5, year=2027))
    statements.accept(session, said.id, by=people[VALIDATE], now=at(1, 5, year=2027))
    session.flush()
    assert standing(steps) == {LOAD: ObligationStatus.WAIVED, PRESENT: MET, VALIDATE: MET}


def test_opening_a_step_again_whose_next_one_is_in_review_is_confirmed(
    session: Session, scene: Scene, people: People, steps: Steps
) -> None:
    acts.waive(session, steps[LOAD].id, "No aplica", by=scene.monitoring, now=at(12, 1))
    said = say(session, steps[PRESENT], people[PRESENT], at(12, 2))
    one, many = (steps[LOAD].id, "Sí aplica"), ([steps[LOAD].id], "Sí aplica")
    with pytest.raises(InvalidData) as refused:
        acts.reopen(session, *one, by=scene.monitoring, now=at(12, 3))
    assert "revisión del paso siguiente: «SISGESTIÓN, presentación" in refused.value.errors["confirmed"][0]
    with pytest.raises(InvalidData) as together:
        acts.reopen_many(session, *many, by=scene.monitoring, now=at(12, 3))
    assert together.value.errors == refused.value.errors
    statements.withdraw(session, said.id, by=people[PRESENT], now=at(12, 3))
    assert acts.reopen_many(session, *many, by=scene.monitoring, now=at(12, 3)).done == 1


def test_a_statement_is_decided_by_nobody_while_the_step_before_is_open_again(
    session: Session, scene: Scene, people: People, steps: Steps, pass_to: Callable[[datetime], None]
) -> None:
    """The load was excused, the presentation presented, the load opened again: both steps wait, nothing is lost."""
    acts.waive(session, steps[LOAD].id, "No aplica", by=scene.monitoring, now=at(12, 1))
    said = say(session, steps[PRESENT], people[PRESENT], at(12, 2))
    acts.reopen(session, steps[LOAD].id, "Sí aplica", confirmed=True, by=scene.monitoring, now=at(12, 3))
    assert statements.to_decide(session, by=people[VALIDATE], now=at(12, 3)) == []
    assert statements.count_to_decide(session, by=people[VALIDATE], most=9, now=at(12, 3)) == 0
    assert not statements.may_decide(session, steps[PRESENT], said, by=people[VALIDATE], now=at(12, 3))
    with pytest.raises(Conflict, match="Primero va el paso anterior, «SISGESTIÓN, carga"):
        statements.accept(session, said.id, by=people[VALIDATE], now=at(12, 3))
    with pytest.raises(Conflict, match="Primero va el paso anterior"):
        statements.return_(session, said.id, "No abre", by=people[VALIDATE], now=at(12, 3))
    pass_to(at(12, 30))
    assert (due(steps), standing(steps)) == (OWN, {LOAD: OVERDUE, PRESENT: PENDING, VALIDATE: PENDING})
    assert told(session, people[VALIDATE], at(12, 30)) == []
    turn = Round(at(12, 30), date(2026, 12, 30), LAW)
    assert list(Statements().due(session, turn, [people[VALIDATE].person_id])) == []
    loaded = say(session, steps[LOAD], people[LOAD], at(12, 30))
    assert due(steps) == OWN | {PRESENT: date(2027, 1, 4)}
    pass_to(at(1, 3, year=2027))
    assert standing(steps)[VALIDATE] == PENDING
    statements.accept(session, loaded.id, by=people[PRESENT], now=at(1, 4, year=2027))
    session.flush()
    assert due(steps)[VALIDATE] == date(2027, 1, 7)  # three working days after it could be decided again
    assert (
        "se pudo revisar otra vez el 4 de enero de 2027" in obligations.moves_of(session, steps[VALIDATE].id)[-1].reason
    )
    assert [one.id for one, _ in statements.to_decide(session, by=people[VALIDATE], now=at(1, 4, year=2027))] == [
        said.id
    ]
    statements.accept(session, said.id, by=people[VALIDATE], now=at(1, 5, year=2027))
    session.flush()
    assert standing(steps) == {LOAD: ObligationStatus.LATE, PRESENT: MET, VALIDATE: MET}


def test_what_was_marked_before_the_rule_is_put_right(
    session: Session, people: People, steps: Steps, pass_to: Callable[[datetime], None]
) -> None:
    say(session, steps[LOAD], people[LOAD], at(12, 15))
    for key in (PRESENT, VALIDATE):  # as a program that knew no waiting left them
        steps[key].due_on, steps[key].due_at = OWN[key], LAW.at_cut_off(OWN[key])
        steps[key].limit_at, steps[key].status = steps[key].due_at, OVERDUE
    session.flush()
    pass_to(at(12, 16))
    assert standing(steps) == {LOAD: OVERDUE, PRESENT: PENDING, VALIDATE: PENDING}
    assert due(steps) == OWN | {PRESENT: date(2026, 12, 17)}
    assert following.sweep(session, now=at(12, 16)) == 0


def test_what_the_system_waives_lets_go_before_anything_is_marked(
    session: Session, steps: Steps, pass_to: Callable[[datetime], None]
) -> None:
    ledger.waive_by_system(session, [steps[LOAD]], ledger.GONE, now=at(12, 15))
    session.expire_all()
    pass_to(at(12, 15))
    assert standing(steps) == {LOAD: ObligationStatus.WAIVED, PRESENT: PENDING, VALIDATE: PENDING}
    assert due(steps)[PRESENT] == date(2026, 12, 17)


def test_what_meets_a_step_lets_the_next_one_go(session: Session, steps: Steps) -> None:
    new = NewFact(kind=f"statement:{LOAD}", reference="otro", subject_kind="unit", subject_id=steps[LOAD].subject_id,
                  period="2026-11", on=date(2026, 12, 15), label="Se cargó por otra vía")  # fmt: skip
    facts.record(session, new, by=SYSTEM, now=at(12, 15))
    assert due(steps) == OWN | {PRESENT: date(2026, 12, 17)}
    assert "se cumplió el 15" in obligations.moves_of(session, steps[PRESENT].id)[-1].reason
    facts.void(session, f"statement:{LOAD}", "otro", by=SYSTEM, now=at(12, 16))
    assert due(steps) == OWN


def _recomputed(session: Session, now: datetime) -> None:
    held = {policy.id: policy for policy in policies.every(session)}
    recompute.batch(session, held, Places(session), after=0, now=now)
    session.flush()
    session.expire_all()


def test_a_calendar_that_changes_counts_from_the_presenting(session: Session, people: People, steps: Steps) -> None:
    say(session, steps[LOAD], people[LOAD], at(12, 15))
    seen = {
        move.link: move.after for move in foreseen.of_added(session, date(2026, 12, 16), "national", "", "Paro").moves
    }
    days.add(session, date(2026, 12, 16), "national", "", "Paro nacional", by=SYSTEM, now=at(12, 15, 12))
    _recomputed(session, at(12, 15, 12))
    assert due(steps) == OWN | {PRESENT: date(2026, 12, 18)}
    assert seen == {f"/plazos/{steps[PRESENT].id}": steps[PRESENT].due_at}
    moved = obligations.moves_of(session, steps[PRESENT].id)[-1].reason
    assert moved == "Cambió el calendario: el 16 de diciembre de 2026 no es hábil (Paro nacional)."
    assert following.sweep(session, now=at(12, 15, 12)) == 0


@pytest.mark.parametrize(
    ("holiday", "falls", "also"),
    [(16, 18, " Cambió el calendario: el 16 de diciembre de 2026 no es hábil (Paro nacional)."), (22, 17, "")],
)
def test_a_step_let_go_after_the_calendar_changed_names_the_step(
    session: Session, people: People, steps: Steps, holiday: int, falls: int, also: str
) -> None:
    """The calendar is named besides only where the day would be another one without it."""
    days.add(session, date(2026, 12, holiday), "national", "", "Paro nacional", by=SYSTEM, now=at(12, 14))
    say(session, steps[LOAD], people[LOAD], at(12, 15))
    assert due(steps)[PRESENT] == date(2026, 12, falls)
    (move,) = obligations.moves_of(session, steps[PRESENT].id)
    step = (
        "El paso anterior, «SISGESTIÓN, carga del avance, noviembre de 2026», se presentó el 15 de diciembre de 2026."
    )
    assert move.reason == step + also


def test_a_step_before_that_gets_another_day_moves_what_follows_and_says_so_first(
    session: Session, scene: Scene, people: People, steps: Steps
) -> None:
    """The load is due two working days earlier: four lie between both then, counted from when it was presented."""
    say(session, steps[LOAD], people[LOAD], at(12, 15))
    known = policies.get(session, LOAD)
    data = {**specs.to_json(known.spec), "due": {"rule": "working_day_of_next_month", "count": 1}}
    seen = preview.of(session, known, data, enabled=True, applies_from=date(2026, 11, 1), now=at(12, 15))
    assert [(one.label, one.after) for one in seen.moved.examples] == [
        ("noviembre de 2026", LAW.at_cut_off(date(2026, 12, 1))),
        (steps[PRESENT].title, LAW.at_cut_off(date(2026, 12, 21))),
    ]
    policies.change(session, LOAD, data, enabled=True, reason="Circular", version=known.version,
                    applies_from=date(2026, 11, 1), by=scene.monitoring, now=at(12, 15))  # fmt: skip
    _recomputed(session, at(12, 15))
    following.sweep(session, now=at(12, 15))
    assert due(steps) == OWN | {LOAD: date(2026, 12, 1), PRESENT: date(2026, 12, 21)}


@pytest.mark.parametrize(("presented", "standing_then"), [(None, "pending"), (28, "overdue"), (31, "pending")])
def test_a_cut_does_not_count_what_waited_as_overdue(
    session: Session, scene: Scene, people: People, steps: Steps, pass_to: Callable[[datetime], None],
    presented: int | None, standing_then: str,
) -> None:  # fmt: skip
    """The year ends on Thursday 31; what the load let go on the 28th fell due on the 30th."""
    if presented:
        say(session, steps[LOAD], people[LOAD], at(12, presented))
    pass_to(at(1, 20, year=2027))
    cut = cuts.take(session, "obligations", "2026-Q4", by=scene.monitoring, now=at(1, 20, year=2027))
    key = session.scalars(select(Policy.id).where(Policy.key == PRESENT)).one()
    counted = {row["key"]: row for row in cut.figures["policies"]}.get(key)
    if presented == 31:  # it is due on 5 January: a matter of the next cut
        assert counted is None
        return
    assert counted is not None
    assert {name for name in ("met", "late", "overdue", "pending", "waived") if counted[name]} == {standing_then}


def test_what_waited_then_and_was_waived_since_was_not_overdue(
    session: Session, scene: Scene, people: People, steps: Steps, pass_to: Callable[[datetime], None]
) -> None:
    acts.waive(session, steps[PRESENT].id, "Sin director", by=scene.monitoring, now=at(1, 10, year=2027))
    cut = cuts.foreseen(session, "obligations", "2026-Q4", by=scene.monitoring, now=at(1, 20, year=2027))
    counted = {row["key"]: (row["overdue"], row["pending"]) for row in cut.figures["policies"]}
    assert [counted.get(steps[key].policy_id) for key in (LOAD, PRESENT, VALIDATE)] == [(1, 0), (0, 1), None]


def test_the_calendar_of_who_waits_says_so_and_warns_of_nothing(session: Session, people: People, steps: Steps) -> None:
    items = agenda.around(session, people[PRESENT], team=False, now=at(12, 1))
    (item,) = [one for one in items if one.path == f"/plazos/{steps[PRESENT].id}"]
    assert item.title.startswith("Espera el paso anterior: SISGESTIÓN, presentación")
    assert "«SISGESTIÓN, carga del avance, noviembre de 2026», que debe Persona de planning_liaison" in item.detail
    assert b"BEGIN:VALARM" not in ical.file("Plazos", [item])
    assert b"STATUS:TENTATIVE" in ical.file("Plazos", [item])
    say(session, steps[LOAD], people[LOAD], at(12, 2))
    items = agenda.around(session, people[PRESENT], team=False, now=at(12, 2))
    (item,) = [one for one in items if one.path == f"/plazos/{steps[PRESENT].id}"]
    assert item.title.startswith("SISGESTIÓN, presentación")
    assert b"BEGIN:VALARM" in ical.file("Plazos", [item])
    assert b"STATUS:CONFIRMED" in ical.file("Plazos", [item])


def test_what_is_open_stays_in_the_calendar_however_long_it_is_overdue(
    session: Session, people: People, steps: Steps
) -> None:
    for now in (at(1, 20, year=2027), at(6, 1, year=2027)):
        items = agenda.around(session, people[LOAD], team=False, now=now)
        assert [item.key for item in items] == [f"obligation-{steps[LOAD].id}"]
