"""One act that gives all that somebody carries to another, from a day on: plans, coverage, products, tasks, drafts."""

from dataclasses import dataclass
from datetime import date
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db import rows
from db.actor import Actor
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from db.errors import NotFound
from directory import access
from directory import coverage
from directory import trace as directory_trace
from directory.models import Person
from directory.principal import Principal
from engine import tasks
from tracking import carried
from tracking import debts
from tracking import following
from tracking import giving
from tracking import receiving
from tracking import trace
from tracking import work_plans
from tracking.carried import Carried
from tracking.models import Handover
from tracking.models import Product
from tracking.models import ProductStatus
from tracking.models import Strategy
from tracking.models import WorkPlan

REQUESTED = "handover.requested"


def request(
    session: Session, from_id: int, to_id: int, since: date, *, reason: str, by: Principal, now: datetime
) -> Handover:
    """Have `to_id` carry everything of `from_id` from a day on: done at once when that is today, else on its day.

    Raises what `check` raises, and InvalidData (`reason`).
    """
    asked = check(session, from_id, to_id, since, by=by, now=now)
    reason = trace.reasoned(reason, "Escriba el motivo de la entrega.")
    row = Handover(
        from_id=from_id, to_id=to_id, since=since, reason=reason, requested_at=now, requested_by=by.person_id, result={}
    )
    session.add(row)
    session.flush()
    day = directory_trace.day_in_words(since)
    summary = f"Pidió que {asked.receiver.name} reciba el trabajo de {asked.giver.name} desde el {day}."
    _record(session, row, REQUESTED, summary, asked.actor, now)
    if since <= local_date(now):
        return apply(session, row.id, now=now)
    _tell(session, row, REQUESTED, summary, asked.actor, now)
    return row


@dataclass(frozen=True, slots=True)
class Asked:
    """A handover that may be: who gives and receives, in which capacity it is asked for, and what changes hands."""

    giver: Person
    receiver: Person
    actor: Actor
    carried: Carried


def check(session: Session, from_id: int, to_id: int, since: date, *, by: Principal, now: datetime) -> Asked:
    """What a handover would move, once all that could forbid it was looked at.

    Whoever asks may be the one who receives: a region's work falls to its articulador when there is nobody else.
    Raises NotFound, NotAllowed unless `by` may in every region and unit concerned, InvalidData (`from_id` when that
    person carries nothing; `to_id`, also when they lack a role that the work asks for; `since`), Conflict when a
    handover of that person is waiting already.
    """
    giver = session.get(Person, from_id)
    if giver is None:
        raise NotFound("la persona", from_id)
    found = carried.by(session, from_id, since)
    if not found:
        raise InvalidData({"from_id": [f"{giver.name} no tiene a cargo nada que entregar."]})
    actor = _demand(session, giver, since, by)
    receiver = trace.active_person(session, to_id, "to_id")
    if to_id == from_id:
        raise InvalidData({"to_id": ["Elija a otra persona: quien entrega no puede ser quien recibe."]})
    _check_day(since, now)
    check_receiver(session, giver, receiver, since, now=now)
    if any(row.from_id == from_id for row in waiting(session)):
        raise Conflict(f"{giver.name} ya tiene una entrega en espera.", code="handover_waiting")
    return Asked(giver, receiver, actor, found)


def _check_day(since: date, now: datetime) -> None:
    if since < local_date(now):
        raise InvalidData({"since": ["La entrega empieza hoy o después."]})
    coverage.demand_plausible(since, now=now)


def check_receiver(session: Session, giver: Person, receiver: Person, since: date, *, now: datetime) -> None:
    """Raise InvalidData (`to_id`) when somebody lacks what the work of another asks for, naming it."""
    lacks = receiving.lacking(session, giver.id, receiver.id, since, now=now)
    if lacks:
        message = f"{receiver.name} no puede recibir este trabajo: {'; '.join(lacks)}."
        raise InvalidData({"to_id": [f"{message} Elija a otra persona o pida a la administración que le dé el rol."]})


def due(session: Session, now: datetime) -> list[int]:
    """Ids of the handovers whose day has come and that were not applied, oldest first."""
    today = local_date(now)
    return [row.id for row in waiting(session) if row.since <= today]


def seen(session: Session, *, by: Principal) -> list[Handover]:
    """The handovers still to be applied that `by` may read: their own, and of who works where they oversee."""
    rows = waiting(session)
    if access.allowed(by, "handover.read") is not None:
        return rows
    return [row for row in rows if by.person_id in (row.from_id, row.to_id) or _oversees(session, row, by)]


def _oversees(session: Session, row: Handover, by: Principal) -> bool:
    return any(access.allowed(by, "handover.read", one) for one in _places(session, row))


def waiting(session: Session) -> list[Handover]:
    """The handovers that are still to be applied, by day."""
    statement = select(Handover).where(Handover.applied_at.is_(None), Handover.cancelled_at.is_(None))
    return list(session.scalars(statement.order_by(Handover.since, Handover.id)))


def apply(session: Session, handover_id: int, *, now: datetime) -> Handover:
    """Do what a handover says, at once and whole; doing it twice changes nothing. Its acts are of who asked for it.

    Raises NotFound, Conflict when it was cancelled or its day has not come, InvalidData when who receives is no longer
    active.
    """
    row = _locked(session, handover_id)
    if row.applied_at is not None:
        return row
    if row.cancelled_at is not None:
        raise Conflict("Esta entrega se canceló.", code="handover_cancelled")
    if row.since > local_date(now):
        day = directory_trace.day_in_words(row.since)
        raise Conflict(f"Esta entrega empieza el {day}.", code="handover_early")
    trace.active_person(session, row.to_id, "to_id")
    by = _asker(session, row)
    # Cases before plans and products, as every act locks them.
    moved = tasks.reassign_person(session, row.from_id, row.to_id, by=by, now=now)
    plans = _give_plans(session, row, by, now)  # before the coverage: without it, every plan would seem to go away
    row.result = {
        "entities": _give_coverage(session, row, by, now),
        "plans": plans,
        "products": _give_products(session, row, by, now),
        "strategies": _give_strategies(session, row, by, now),
        "tasks": moved,
    }
    row.applied_at = now
    session.flush()
    giver, receiver = session.get_one(Person, row.from_id), session.get_one(Person, row.to_id)
    summary = f"{receiver.name} recibió por empalme el trabajo de {giver.name}."
    _record(session, row, "handover.applied", summary, by, now)
    _tell(session, row, "handover.applied", summary, by, now)
    debts.pass_on(session, {row.to_id}, now=now)
    return row


def cancel(session: Session, handover_id: int, *, reason: str, by: Principal, now: datetime) -> Handover:
    """Call a handover off, with the reason.

    Raises NotFound, NotAllowed, InvalidData (`reason`), Conflict when it was applied or cancelled.
    """
    row = _locked(session, handover_id)
    actor = _demand(session, session.get_one(Person, row.from_id), row.since, by)
    reason = trace.reasoned(reason, "Diga por qué se cancela el empalme.")
    if row.applied_at is not None or row.cancelled_at is not None:
        raise Conflict("Esta entrega ya se hizo o se canceló.", code="handover_ended")
    row.cancelled_at = now
    session.flush()
    giver, receiver = session.get_one(Person, row.from_id), session.get_one(Person, row.to_id)
    day = directory_trace.day_in_words(row.since)
    summary = f"Canceló el empalme por el que {receiver.name} recibiría el trabajo de {giver.name} el {day}."
    _record(session, row, "handover.cancelled", summary, actor, now, reason=reason)
    _tell(session, row, "handover.cancelled", summary, actor, now, reason=reason)
    return row


def may_ask(session: Session, person: Person, by: Principal, on: date) -> bool:
    """Whether somebody carries something on a day, and `by` may hand it over."""
    where = giving.subjects(session, [person], on)[person.id]
    within = all(access.allowed(by, "handover.run", one) for one in where)
    return within and bool(carried.by(session, person.id, on))


def _demand(session: Session, giver: Person, since: date, by: Principal) -> Actor:
    where = giving.subjects(session, [giver], since)[giver.id]
    if any(access.allowed(by, "handover.run", one) is None for one in where):
        message = f"Usted no puede entregar el trabajo de {giver.name}: lo lleva en una región o dependencia que no "
        raise NotAllowed(f"{message}está a su cargo.", action="handover.run")
    return access.demand(by, "handover.run", where[0])


def _give_coverage(session: Session, row: Handover, by: Actor, now: datetime) -> int:
    """What the giver attends from the day on, and what they are to attend later; how many entities it is."""
    given = coverage.from_day(session, row.from_id, row.since)
    coverage.hold(session, {one.entity_id for one in given})
    for one in given:
        coverage.pass_on(session, one, row.to_id, row.since, reason=_why(row, by), by=by, now=now)
    return len({one.entity_id for one in given})


def _give_plans(session: Session, row: Handover, by: Actor, now: datetime) -> int:
    mine = select(WorkPlan.id, WorkPlan.given_on).where(
        WorkPlan.advisor_id == row.from_id, WorkPlan.status.in_(trace.RUNNING)
    )
    # What goes to who attends the entity from another day is not the giver's to give: its sweep takes it there.
    away = following.leaving(session, row.from_id, row.since)
    plans = [one for one in session.execute(mine.order_by(WorkPlan.id)) if one.id not in away]
    for plan_id, given_on in plans:  # what was given on purpose is, to whoever receives it
        purpose = given_on is not None
        work_plans.assign_advisor(
            session, plan_id, row.to_id, reason=_why(row, by), on_purpose=purpose, by=by, now=now
        )  # fmt: skip
    return len(plans)


def _give_products(session: Session, row: Handover, by: Actor, now: datetime) -> int:
    led = select(Product.id).where(Product.lead_id == row.from_id, Product.status == ProductStatus.ACTIVE)
    product_ids = session.scalars(led.order_by(Product.id)).all()
    for product_id in product_ids:
        product = trace.product(session, product_id)
        product.lead_id = row.to_id
        session.flush()
        trace.record(session, product, "product.lead_changed", "Cambió de líder.", by=by, now=now,
                     reason=_why(row, by), details={"lead_id": [row.from_id, row.to_id]})  # fmt: skip
    return len(product_ids)


def _give_strategies(session: Session, row: Handover, by: Actor, now: datetime) -> int:
    led = session.scalars(select(Strategy).where(Strategy.lead_id == row.from_id).with_for_update()).all()
    for strategy in led:
        strategy.lead_id = row.to_id
        session.flush()
        trace.record(session, strategy, "strategy.lead_changed", "Cambió de líder.", by=by, now=now,
                     reason=_why(row, by), details={"lead_id": [row.from_id, row.to_id]})  # fmt: skip
    return len(led)


def _locked(session: Session, handover_id: int) -> Handover:
    return rows.held(session, Handover, handover_id, "la entrega")


def _asker(session: Session, row: Handover) -> Actor:
    """Who asked for it, in the capacity in which they did: what a worker does on the day is their act."""
    act = history.last_by_person(session, _subject(row), action=REQUESTED)
    if act is None:
        return Actor(row.requested_by, session.get_one(Person, row.requested_by).name)
    return Actor(act.actor_id, act.actor_name, act.capacity, act.on_behalf_of)


def _why(row: Handover, by: Actor) -> str:
    """The reason of each act that it brings about: the order itself, with the words of who gave it."""
    day = directory_trace.day_in_words(local_date(row.requested_at))
    return f"Empalme pedido por {by.name} el {day}: {row.reason}"


def _subject(row: Handover) -> history.Subject:
    return history.Subject("handover", row.id)


def may_cancel(session: Session, row: Handover, by: Principal) -> bool:
    """Whether `by` may call a handover off: whoever could ask for it."""
    return all(access.allowed(by, "handover.run", one) for one in _places(session, row))


def _places(session: Session, row: Handover) -> list[access.Subject]:
    """Where the work is that changes hands."""
    return giving.subjects(session, [session.get_one(Person, row.from_id)], row.since)[row.from_id]


def _record(
    session: Session, row: Handover, action: str, summary: str, by: Actor, now: datetime, *, reason: str = ""
) -> None:
    details = {"from_id": row.from_id, "to_id": row.to_id, "since": row.since.isoformat(), "result": row.result}
    why = reason or row.reason
    history.record(
        session, _subject(row), action, by=by, now=now, summary=summary, details=details, reason=why
    )  # fmt: skip


def _tell(
    session: Session, row: Handover, action: str, summary: str, by: Actor, now: datetime, *, reason: str = ""
) -> None:
    """Record it for who gives and for who receives, too: theirs are the histories where one looks."""
    for person_id in sorted((row.from_id, row.to_id)):
        directory_trace.lock(session, person_id)
        directory_trace.record(
            session, person_id, action, summary, reason=reason or row.reason, by=by, now=now, handover_id=row.id
        )  # fmt: skip
