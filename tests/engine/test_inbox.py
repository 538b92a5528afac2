"""The inbox: what a person can do, in groups, page by page."""

from datetime import timedelta

import pytest

from db.errors import InvalidData
from engine import tasks
from engine.inbox import InboxFilter
from engine.inbox import counts
from engine.inbox import inbox
from engine.instances import Links
from engine.instances import start


@pytest.fixture
def cases(session, toy, ana, now):
    for number in range(5):
        links = Links(f"Trámite {number}", people={"writer": ana.person_id}, refs={"case_id": number})
        start(session, "tramite", f"T-{number}", links=links, by=ana.actor(), now=now)


def test_it_lists_what_the_person_can_do(session, cases, ana, rosa, now) -> None:
    assert len(inbox(session, ana, InboxFilter(), now=now).items) == 5
    assert inbox(session, rosa, InboxFilter(), now=now).items == []


def test_a_task_for_a_role_is_in_the_inbox_of_everybody_who_has_it(session, cases, ana, rosa, now) -> None:
    task = inbox(session, ana, InboxFilter(), now=now).items[0]
    tasks.complete(session, task.id, {"text": "x"}, by=ana, now=now)
    assert [item.element for item in inbox(session, rosa, InboxFilter(), now=now).items] == ["Activity_Revisar"]


def test_pages_cover_everything_once(session, cases, ana, now) -> None:
    seen, cursor = [], ""
    while True:
        page = inbox(session, ana, InboxFilter(), now=now, limit=2, cursor=cursor)
        seen += [task.id for task in page.items]
        cursor = page.next_cursor
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 5


def test_text_is_looked_for_in_the_title(session, cases, ana, now) -> None:
    assert [t.instance.title for t in inbox(session, ana, InboxFilter(text="trámite 3"), now=now).items] == [
        "Trámite 3"
    ]


def test_a_percent_sign_is_only_a_percent_sign(session, cases, ana, now) -> None:
    assert inbox(session, ana, InboxFilter(text="%"), now=now).items == []


@pytest.mark.parametrize(
    ("due", "group"),
    [
        (timedelta(hours=-1), "overdue"),
        (timedelta(hours=2), "today"),
        (timedelta(days=2), "week"),
        (timedelta(days=30), "later"),
    ],
)
def test_groups_follow_the_due_instant(session, case, ana, now, due, group) -> None:
    task = tasks.open_of(session, case.id)[0]
    task.due_sort = now + due
    session.flush()
    assert {name for name, count in counts(session, ana, now=now).items() if count} == {group}
    assert len(inbox(session, ana, InboxFilter(group=group), now=now).items) == 1


def test_an_unknown_group_is_refused(session, ana, now) -> None:
    with pytest.raises(InvalidData):
        inbox(session, ana, InboxFilter(group="x"), now=now)
