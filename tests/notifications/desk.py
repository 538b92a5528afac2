"""A policy of one's own, its subjects, and the sweeps, for the tests of the ledger."""

from collections.abc import Iterable
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from notifications import departures
from notifications import kinds
from notifications import ledger
from notifications import policies
from notifications import recompute
from notifications import sources
from notifications.ledger import Counts
from notifications.models import Obligation
from notifications.places import Places
from notifications.policies import Held
from notifications.policies import Shipped
from notifications.sources import Subject
from notifications.specs import PolicySpec

DONE = kinds.declare("test.done", "hacer la prueba")
OTHER = kinds.declare("test.other", "hacer otra cosa")

present: list[Subject] = []
"""The subjects that the source `test` lists."""


@sources.source("test", "Sujetos de prueba")
def _test(_session: Session, _on: date) -> Iterable[Subject]:
    return list(present)


def spec(**changes: Any) -> PolicySpec:
    """A monthly report, due on the 9th moved backward."""
    values: dict[str, Any] = {
        "title": "Informe mensual", "owes": "el informe del mes", "to_whom": "Articulación regional",
        "source_text": "Regla de prueba", "subjects": "test", "frequency": "monthly",
        "due": {"rule": "day_of_next_month", "day": 9}, "non_working": "backward", "since": date(2026, 9, 1),
        "met_by": (DONE,),
    }  # fmt: skip
    return PolicySpec(**{**values, **changes})


def ship(session: Session, now: datetime, key: str = "informe", **changes: Any) -> Held:
    """Install a policy."""
    one = spec(**changes)
    policies.install(session, [Shipped(key, one)], since=one.since, by=SYSTEM, now=now)
    return policies.get(session, key)


def subject(debtor_id: int | None, **changes: Any) -> Subject:
    """A person who owes about themselves since September."""
    values: dict[str, Any] = {
        "kind": "person", "id": debtor_id or 0, "label": "Ana Ruiz", "debtor_id": debtor_id, "since": date(2026, 9, 1),
    }  # fmt: skip
    return Subject(**{**values, **changes})


def sweep(session: Session, now: datetime, subjects: Sequence[Subject]) -> Counts:
    """One round of the job `obligations` over these subjects, for every policy that is on."""
    counts, places = Counts(), Places(session)
    for policy in policies.enabled_parts(session):
        counts.add(ledger.open_batch(session, policy, subjects, places, now=now))
        listed = {(one.kind, one.id) for one in subjects}
        counts.add(departures.let_go(session, list(departures.leaving(session, policy, listed, now=now)), now=now))
    session.expire_all()
    return counts


def refresh(session: Session, now: datetime) -> Counts:
    """One round of the job `calendar`."""
    held = {policy.id: policy for policy in policies.every(session)}
    _, counts = recompute.batch(session, held, Places(session), after=0, now=now)
    session.flush()
    session.expire_all()
    return counts


def rows(session: Session) -> list[Obligation]:
    """The ledger, by period."""
    return list(session.scalars(select(Obligation).order_by(Obligation.period, Obligation.id)))
