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


@source("regions", "Regiones con articulación")
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


@source("coordinators", "Quienes articulan una región y no acompañan entidades")
def coordinators(session: Session, on: date) -> Iterable[Subject]:
    """Whoever coordinates a region today, once; those who attend entities too are among the advisors already."""
    listed = {one.id for one in advisors(session, on) if attended(one, on, on)}
    for region in regions(session, on):
        if region.debtor_id is not None and region.debtor_id not in listed:
            listed.add(region.debtor_id)
            name = session.get_one(Person, region.debtor_id).name
            yield Subject(
                kind="person", id=region.debtor_id, label=name, debtor_id=region.debtor_id, since=region.since,
                region_id=region.region_id,
            )  # fmt: skip
