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
from att.demo.scale import FULL
from att.demo.scale import Scale
from att.demo.scene import Scene
from db import reading
from db import settings
from db import transaction
from db.actor import SYSTEM

LOADED = "demo.loaded"
SECOND_PHASE = "la segunda fase de Gobierno al Plan"


def loaded() -> bool:
    """Whether the whole demonstration is loaded."""
    with reading() as session:
        return bool(settings.get(session, LOADED, False))


def missing() -> list[str]:
    """What a demonstration that an earlier version of the program loaded lacks: the titles of parts without any mark.

    They are not added to it: what they tell lies before the loading, and people have worked on it since.
    """
    marked: dict[str, bool] = {}
    with reading() as session:
        for part in parts(FULL, ""):
            marked[part.title] = marked.get(part.title, False) or bool(settings.get(session, part.mark, False))
    return [title for title, loaded_then in marked.items() if not loaded_then]


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
    yield Part("catalogues", "los catálogos", people.load_catalogues)
    yield Part("people", "las personas", people.appoint)
    yield Part("accounts", "las cuentas", partial(people.open_accounts, password=password))
    yield Part("strategies", "las estrategias", strategies.found)
    yield Part("first_phase", "la primera fase de Gobierno al Plan", first_phase.live)
    yield Part("second_phase", SECOND_PHASE, second_phase.begin)
    for number in range(second_phase.batches(people.count(scale), scale.batch)):
        yield Part(
            f"second_phase.{number}",
            SECOND_PHASE,
            partial(second_phase.advance, number=number),
        )
    yield Part("in_predesign", "un producto en prediseño", live_products.in_predesign)
    yield Part("in_feedback", "un producto en retroalimentación", live_products.in_feedback)
    yield Part("in_second_round", "un protocolo en segunda ronda", live_products.in_second_round)
    yield Part("in_parameterisation", "un producto en parametrización", live_products.in_parameterisation)
    yield Part("in_activation", "un producto en activación", live_products.in_activation)
    yield Part("in_follow_up", "un producto en seguimiento", live_products.in_follow_up)
    yield Part("withdrawn", "un producto retirado", live_products.withdrawn)
    yield Part("being_modified", "una modificación de un protocolo", live_products.being_modified)
    yield Part("field_work", "las asesorías e interacciones", field_work.advise)
    yield Part("expert_support", "las solicitudes de apoyo a expertos", experts.ask)
    yield Part("stand_in", "la ausencia y la delegación", field_work.stand_in)
    yield Part("reports", "los informes", reports.tell)
    yield Part("obligations", "los plazos", obligations.owe)
    yield Part("partners", "la entidad socia y sus avances", partners.take_part)


def _begun(now: datetime) -> datetime:
    """The instant at which loading was begun: now, unless it is being resumed."""
    key = "demo.begun"
    with transaction() as session:
        kept = settings.get(session, key, "")
        if kept:
            return datetime.fromisoformat(kept)
        settings.put(session, key, now.isoformat(), by=SYSTEM, now=now)
    return now
