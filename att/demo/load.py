"""Loading the demonstration: part by part, each in a transaction with its mark, so that it resumes where it stopped."""

from collections.abc import Callable
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from att.demo import experts
from att.demo import field_work
from att.demo import first_phase
from att.demo import live_products
from att.demo import obligations
from att.demo import partners
from att.demo import people
from att.demo import reports
from att.demo import second_phase
from att.demo import strategies
from att.demo.cast import Cast
from att.demo.parts import Part
from att.demo.scale import Scale
from att.demo.scene import Scene
from db import reading
from db import settings
from db import transaction
from db.actor import SYSTEM

LOADED = "demo.loaded"


def loaded() -> bool:
    """Whether the whole demonstration is loaded."""
    with reading() as session:
        return bool(settings.get(session, LOADED, False))


def load(scale: Scale, password: str, *, now: datetime, say: Callable[[str], None]) -> None:
    """Load what is missing of the demonstration and say in Spanish what each part made.

    The days of its people lie before `now`; who resumes keeps the day on which it was begun. Raises what the use
    cases raise, and then the part under way leaves nothing.
    """
    begun = _begun(now)
    cast = Cast(begun)
    for part in parts(scale, password):
        with transaction() as session:
            if settings.get(session, part.mark, False):
                continue
            scene = Scene(session, cast, scale, begun)
            made = part.run(scene)
            settings.put(session, part.mark, True, by=SYSTEM, now=begun)
        say(f"  · {made}")
    with transaction() as session:
        settings.put(session, LOADED, True, by=SYSTEM, now=begun)


def parts(scale: Scale, password: str) -> Iterator[Part]:
    """The parts in order; later ones stand on earlier ones."""
    yield Part("catalogues", people.load_catalogues)
    yield Part("people", people.appoint)
    yield Part("accounts", partial(people.open_accounts, password=password))
    yield Part("strategies", strategies.found)
    yield Part("first_phase", first_phase.live)
    yield Part("second_phase", second_phase.begin)
    for number in range(second_phase.batches(people.count(scale), scale.batch)):
        yield Part(f"second_phase.{number}", partial(second_phase.advance, number=number))
    yield Part("in_predesign", live_products.in_predesign)
    yield Part("in_feedback", live_products.in_feedback)
    yield Part("in_second_round", live_products.in_second_round)
    yield Part("in_parameterisation", live_products.in_parameterisation)
    yield Part("in_activation", live_products.in_activation)
    yield Part("in_follow_up", live_products.in_follow_up)
    yield Part("withdrawn", live_products.withdrawn)
    yield Part("being_modified", live_products.being_modified)
    yield Part("field_work", field_work.advise)
    yield Part("expert_support", experts.ask)
    yield Part("stand_in", field_work.stand_in)
    yield Part("reports", reports.tell)
    yield Part("obligations", obligations.owe)
    yield Part("partners", partners.take_part)


def _begun(now: datetime) -> datetime:
    """The instant at which loading was begun: now, unless it is being resumed."""
    key = "demo.begun"
    with transaction() as session:
        kept = settings.get(session, key, "")
        if kept:
            return datetime.fromisoformat(kept)
        settings.put(session, key, now.isoformat(), by=SYSTEM, now=now)
    return now
