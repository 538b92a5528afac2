"""Regions with a coordination, and who coordinates them."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from directory import regions as directory
from directory import roles
from directory.models import Person
from notifications.sources import Subject
from notifications.sources import source
from tracking.sources import holders
from tracking.sources.advisors import advisors
from tracking.sources.advisors import attended


@source("regions", "Regiones con articulación", about="region")
def regions(session: Session, on: date) -> Iterable[Subject]:
    """The regions of the current scheme over which somebody holds or held the coordination."""
    posts = holders.posts(session, "regional_coordinator", roles.REGION, on)
    for region in directory.current(session):
        post = posts.get(region.id)
        if post is not None:
            yield Subject(
                kind="region", id=region.id, label=region.name, debtor_id=post.holder_id, since=post.since,
                region_id=region.id,
            )  # fmt: skip


@source("coordinators", "Quienes articulan una región y no acompañan entidades", about="person")
def coordinators(session: Session, on: date) -> Iterable[Subject]:
    """Whoever coordinates a region today, once; those who attend entities too are among the advisors already.

    They owe for the time in which they coordinate it, and not for that in which they still attended entities.
    """
    attending = list(advisors(session, on))
    listed = {one.id for one in attending if attended(one, on, on)}
    left = {one.id: one.until + holders.DAY for one in attending if one.until is not None}
    posts = holders.posts(session, "regional_coordinator", roles.REGION, on)
    for region in directory.current(session):
        post = posts.get(region.id)
        if post is not None and post.holder_id is not None and post.holder_id not in listed:
            listed.add(post.holder_id)
            name = session.get_one(Person, post.holder_id).name
            yield Subject(
                kind="person", id=post.holder_id, label=name, debtor_id=post.holder_id,
                since=max(post.held_since, left.get(post.holder_id, post.held_since)), region_id=region.id,
            )  # fmt: skip
