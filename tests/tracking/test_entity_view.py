"""The time line of an entity, page by page: nothing twice and nothing lost, however much happens at one instant."""

from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from db import paging
from db.errors import InvalidData
from tests.tracking import factories
from tests.tracking.conftest import Scene
from tracking import contacts
from tracking import entity_view
from tracking import trace
from tracking.entity_view import Event


@pytest.fixture
def crowded(session: Session, scene: Scene, now: datetime) -> list[Event]:
    """A line with several acts and contacts at one instant, and others before and after it."""
    for when in (now - timedelta(minutes=1), now, now, now, now + timedelta(minutes=1)):
        contact(session, scene, when)
        trace.record(session, scene.plan, "plan.noted", "Anotó algo.", by=factories.BY, now=when)
    session.flush()
    return entity_view.timeline(session, scene.advising, scene.entity.id, limit=200).items


def contact(session: Session, scene: Scene, when: datetime) -> None:
    contacts.register(
        session, channel="call", topic="Se resolvió una duda.", entity_id=scene.entity.id, minutes=10,
        occurred_on=when.date(), by=scene.advising, now=when, confirmed=True,
    )  # fmt: skip


@pytest.mark.parametrize("limit", range(1, 13))
def test_pages_of_any_size_show_every_event_once(
    session: Session, scene: Scene, crowded: list[Event], limit: int
) -> None:
    seen: list[Event] = []
    cursor = ""
    while True:
        page = entity_view.timeline(session, scene.advising, scene.entity.id, limit=limit, cursor=cursor)
        seen += page.items
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == crowded


def test_the_line_is_crowded_at_one_instant(crowded: list[Event], now: datetime) -> None:
    there = [event for event in crowded if event.at == now]
    assert {event.kind for event in there} == {"plan", "contact"}
    assert len(there) >= 6


def test_what_is_said_with_each_event(crowded: list[Event], scene: Scene) -> None:
    newest = {event.kind: event for event in reversed(crowded)}
    assert newest["contact"].actor_name == scene.advisor.name
    assert (newest["plan"].id, newest["plan"].product_name) == (scene.plan.id, scene.product.name)


@pytest.mark.parametrize("cursor", ["nada", paging.encoded(["plan", 1, 2]), paging.encoded(["2026"])])
def test_a_cursor_of_another_list_is_refused(session: Session, scene: Scene, cursor: str) -> None:
    with pytest.raises(InvalidData):
        entity_view.timeline(session, scene.advising, scene.entity.id, cursor=cursor)


def test_an_event_says_on_which_day_it_happened(session: Session, scene: Scene, now: datetime) -> None:
    yesterday = now.date() - timedelta(days=1)
    contacts.register(
        session, channel="call", topic="Ayer", entity_id=scene.entity.id, minutes=5, occurred_on=yesterday,
        by=scene.advising, now=now,
    )  # fmt: skip
    found = entity_view.timeline(session, scene.advising, scene.entity.id).items
    assert next(event.day for event in found if event.kind == "contact") == yesterday
