"""Reading the inbox along the indexes finds what one plain condition finds, and sorts nothing."""

from collections.abc import Iterator
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from sqlalchemy import event
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.orm import Session

from directory import access
from directory.principal import Grant
from directory.principal import Principal
from engine import inbox as inboxes
from engine import reasons
from engine import tasks
from engine import walk
from engine.inbox import GROUPS
from engine.inbox import TASK_COLUMNS
from engine.inbox import InboxFilter
from engine.inbox import inbox
from engine.instances import Links
from engine.instances import start
from engine.models import Task
from engine.models import TaskStatus
from engine.undated import STANDING
from tests.engine.conftest import person

PLACES = (None, 1, 2, 3)
ROLES = ("technical_lead", "der_reviewer", "territorial_advisor", "")
DUE = (-30, -1, 0, 3, 26, 24 * 4, 24 * 40, None)  # hours from now; None is no date


@pytest.fixture
def template(session: Session, toy: Any, ana: Principal, now: datetime) -> Iterator[Task]:
    """A task to make others from. Places are plain numbers here: no key of theirs is checked, and nothing is kept."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    else:
        session.execute(text("SET LOCAL session_replication_role = replica"))
    case = start(session, "tramite", "T-1", links=Links("Trámite uno"), by=ana.actor(), now=now)
    yield session.scalars(select(Task).where(Task.instance_id == case.id)).one()
    session.rollback()


def fill(session: Session, template: Task, rows: list[dict[str, Any]], now: datetime) -> None:
    """Put open tasks like `template` that differ in what `rows` say, and no others."""
    session.execute(text("DELETE FROM task"))
    same = {column.key: getattr(template, column.key) for column in Task.__table__.columns if column.key != "id"}
    made = [
        {**same, **row, "work_id": f"w{number}", "due_sort": STANDING if row["due"] is None else now + row["due"]}
        for number, row in enumerate(rows)
    ]
    for row in made:
        del row["due"]
    session.execute(insert(Task.__table__), made)


TASKS = st.lists(
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(("open", "open", "open", "completed")),
            "role": st.sampled_from(ROLES),
            "assignee_id": st.sampled_from((None, None, 1, 2)),
            "unit_id": st.sampled_from(PLACES),
            "region_id": st.sampled_from(PLACES),
            "entity_id": st.sampled_from(PLACES),
            "name": st.sampled_from(("Revisar", "Escribir 5 %", "Decidir_ya")),
            "element": st.sampled_from(("Activity_A", "Activity_B")),
            "due": st.sampled_from(DUE).map(lambda hours: None if hours is None else timedelta(hours=hours)),
        }
    ),
    min_size=1,
    max_size=30,
)
GRANTS = st.lists(
    st.builds(
        lambda role, place, lent: Grant(
            role, place[0], place[1], on_behalf_of=2 if lent else None, on_behalf_name="Rosa" if lent else "",
        ),
        st.sampled_from(("technical_lead", "der_reviewer", "territorial_advisor", "internal_control")),
        st.one_of(
            st.just(("national", None)),
            st.tuples(st.sampled_from(("unit", "region", "entity")), st.sampled_from(PLACES[1:])),
        ),
        st.booleans(),
    ),
    max_size=5,
)  # fmt: skip
FILTERS = st.builds(
    InboxFilter,
    text=st.sampled_from(("", "", "escribir", "5 %", "d_", "uno")),
    element=st.sampled_from(("", "Activity_A")),
    group=st.sampled_from(("", *GROUPS)),
    mine=st.booleans(),
)


def plainly(session: Session, by: Principal, filters: InboxFilter, now: datetime) -> list[int]:
    """The same list from one condition over everything, narrowed and sorted here."""
    action = "task.complete" if filters.mine else "task.read"
    statement = access.visible(select(Task).where(Task.status == TaskStatus.OPEN), by, action, TASK_COLUMNS)
    rows = [
        row
        for row in session.scalars(statement.execution_options(populate_existing=True))
        if filters.text.lower() in row.name.lower() or filters.text in "Trámite uno"
    ]
    rows = [row for row in rows if filters.element in ("", row.element)]
    rows = [row for row in rows if filters.group in ("", inboxes.group_of(row, now))]
    return [row.id for row in sorted(rows, key=lambda row: (row.due_sort, row.id))]


def paged(session: Session, by: Principal, filters: InboxFilter, now: datetime) -> list[int]:
    found, cursor = [], ""
    while True:
        page = inbox(session, by, filters, now=now, limit=3, cursor=cursor)
        found += [row.id for row in page.items]
        cursor = page.next_cursor
        if not cursor:
            return found


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=min(300, settings.default.max_examples),  # each writes and pages through a table
)
@given(rows=TASKS, grants=GRANTS, filters=FILTERS)
def test_it_lists_what_one_plain_condition_lists(session, template, now, rows, grants, filters) -> None:
    fill(session, template, rows, now)
    by = Principal(1, "Ana Ruiz", None, tuple(grants))
    found = plainly(session, by, filters, now)
    assert paged(session, by, filters, now) == found
    if not filters.group:
        counted = inboxes.counts(session, by, now=now, filters=filters)
        assert sum(counted.values()) == len(found)


def test_places_beyond_one_statement_are_read_in_several(session, template, now, monkeypatch) -> None:
    monkeypatch.setattr(walk, "_MOST_PARTS", 40)
    rows = [{"due": timedelta(hours=-number), "role": "territorial_advisor", "assignee_id": None, "entity_id": number}
            for number in range(1, 101)]  # fmt: skip
    fill(session, template, rows, now)
    by = Principal(1, "Ana Ruiz", None, tuple(Grant("territorial_advisor", "entity", n) for n in range(1, 101)))
    page = inbox(session, by, InboxFilter(), now=now, limit=5)
    assert [row.entity_id for row in page.items] == [100, 99, 98, 97, 96]
    assert inboxes.counts(session, by, now=now)["overdue"] == inboxes.MOST_COUNTED + 1


def plan(session: Session, by: Principal, filters: InboxFilter, now: datetime) -> str:
    """How the database says it walks the inbox."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Connection, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        asked.append((statement, given))

    event.listen(session.get_bind(), "before_cursor_execute", note)
    inbox(session, by, filters, now=now)
    event.remove(session.get_bind(), "before_cursor_execute", note)
    statement, values = asked[0]
    explain = "EXPLAIN QUERY PLAN " if session.get_bind().dialect.name == "sqlite" else "EXPLAIN "
    return "\n".join(str(row[-1]) for row in session.connection().exec_driver_sql(explain + statement, values))


@pytest.mark.parametrize("analysed", [True, False])
@pytest.mark.parametrize("mine", [True, False])
@pytest.mark.parametrize(
    "grants",
    [
        (Grant("der_reviewer", "national"),),
        (Grant("technical_lead", "unit", 1), Grant("technical_lead", "unit", 2)),
        (Grant("territorial_advisor", "region", 1), Grant("territorial_advisor", "entity", 2)),
        (Grant("technical_lead", "unit", 1), Grant("technical_lead", "unit", 2, on_behalf_of=2, on_behalf_name="R")),
    ],
)
def test_no_plan_reads_everything_or_sorts(session, template, now, grants, mine, analysed) -> None:
    rows = [
        {"due": timedelta(minutes=number * 7919 % 100_003), "unit_id": number % 5, "region_id": number % 7,
         "entity_id": number % 11, "assignee_id": (None, 1, 2)[number % 3], "role": ROLES[number % 4]}
        for number in range(6000)
    ]  # fmt: skip
    fill(session, template, rows, now)
    if analysed or session.get_bind().dialect.name == "postgresql":  # that one gathers its statistics by itself
        session.execute(text("ANALYZE task"))
    found = plan(session, Principal(1, "Ana Ruiz", None, grants), InboxFilter(mine=mine), now)
    assert "ix_task_" in found
    for costly in ("SCAN task\n", "TEMP B-TREE", "Sort", "Seq Scan", "Bitmap"):
        assert costly not in found + "\n", found


def test_it_says_why_a_task_is_there(session, case, ana, rosa, now) -> None:
    (task,) = tasks.open_of(session, case.id)
    assert reasons.of(task, ana).why is reasons.Why.OWN
    assert reasons.of(task, rosa).why is reasons.Why.FOLLOWED
    lent = Principal(rosa.person_id, "Rosa", None, (Grant("technical_lead", "national", on_behalf_of=ana.person_id),))
    assert reasons.of(task, lent).why is reasons.Why.LENT
    task.assignee_id = None
    other = person(session, "Luz Mar", "technical_lead", now)
    assert reasons.of(task, other).why is reasons.Why.FREE
