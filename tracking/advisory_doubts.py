"""What whoever registers something done is to confirm first: it is there already, or its day is unlikely."""

from collections.abc import Sequence
from datetime import date
from datetime import datetime
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from db.errors import InvalidData
from directory import entities
from directory.principal import Principal
from forms.likeness import likeness
from forms.words import elapsed
from forms.words import listed
from forms.words import long_date
from tracking.advisory_places import Place
from tracking.models import Advisory
from tracking.models import AdvisoryStatus
from tracking.models import QuickContact
from tracking.models import WorkPlan

OLD = timedelta(days=60)
"""What is told of a contact later than this is rather a slip of the month or the year. The number is ours."""


def demand_none(doubts: Sequence[str], *, confirmed: bool) -> None:
    """Raise InvalidData (`confirmed`) while there is something to confirm."""
    if doubts and not confirmed:
        raise InvalidData({"confirmed": list(doubts)})


def of_advisory(session: Session, row: Advisory, places: Sequence[Place], *, by: Principal, now: datetime) -> list[str]:
    """What is to be confirmed of an advisory that is not stored yet; nothing if all is well."""
    found = twin(session, row, places, by=by)
    told = []
    if found is not None:
        told.append(f"Ya registró una asesoría igual {elapsed(now - found.registered_at)} (n.º {found.id})")
    planned = [(place.plan, place.entity_id) for place in places if place.plan is not None]
    return [*told, *before_plan(session, row.occurred_on, planned, now)]


def twin(session: Session, row: Advisory, places: Sequence[Place], *, by: Principal) -> Advisory | None:
    """The last advisory that `by` registered and that says the same: plans, day, modality and text."""
    same = select(Advisory).where(
        Advisory.registered_by == by.person_id, Advisory.occurred_on == row.occurred_on,
        Advisory.modality == row.modality, Advisory.status != AdvisoryStatus.ANNULLED,
    )  # fmt: skip
    at = {(place.entity_id, place.plan_id) for place in places}
    for other in session.scalars(same.order_by(Advisory.id.desc())):
        if likeness(other.summary) == likeness(row.summary) and at == {
            (o.entity_id, o.plan_id) for o in other.entities
        }:
            return other
    return None


def of_contact(session: Session, row: QuickContact, *, by: Principal, now: datetime) -> list[str]:
    """What is to be confirmed of a contact that is not stored yet; nothing if all is well."""
    found = twin_contact(session, row, by=by)
    told = [f"Ya registró una interacción igual {elapsed(now - found.registered_at)}"] if found is not None else []
    if row.occurred_on < local_date(now) - OLD:
        told.append(f"El {long_date(row.occurred_on.isoformat())} fue hace más de {OLD.days} días")
    return told


def twin_contact(session: Session, row: QuickContact, *, by: Principal) -> QuickContact | None:
    """The last contact that `by` registered and that says the same: entity, channel, topic, minutes and day."""
    same = select(QuickContact).where(
        QuickContact.advisor_id == by.person_id, QuickContact.entity_id == row.entity_id,
        QuickContact.occurred_on == row.occurred_on, QuickContact.channel == row.channel,
        QuickContact.minutes == row.minutes, QuickContact.annulled_at.is_(None),
    )  # fmt: skip
    found = session.scalars(same.order_by(QuickContact.id.desc()))
    return next((other for other in found if likeness(other.topic) == likeness(row.topic)), None)


def before_plan(session: Session, day: date, plans: Sequence[tuple[WorkPlan, int]], now: datetime) -> list[str]:
    """A day before a plan was opened: work done before the system was in use, or a slip.

    `plans` go with the id of their entity.
    """
    late = [entity_id for plan, entity_id in plans if day < local_date(plan.opened_at)]
    if not late:
        return []
    named = entities.many(session, late)
    names = listed(named[entity_id].name for entity_id in late)
    opened = "el plan de trabajo se abrió" if len(late) == 1 else "los planes de trabajo se abrieron"
    ago = elapsed(now - datetime.combine(day, datetime.min.time(), now.tzinfo))
    return [f"El {long_date(day.isoformat())} ({ago}) es anterior al día en que {opened}: {names}"]
