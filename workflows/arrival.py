"""What activating a product brings about, told before it is sent: who gets a procedure, and what does not fit."""

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.clock import local_date
from directory import entities
from directory import people
from engine.context import Context
from engine.registry import Consequence
from engine.registry import Named
from forms.display import entity_names
from forms.walk import rows
from forms.words import listed
from forms.words import long_date
from tracking import products
from tracking import templates
from tracking import work_plans
from tracking.models import Product
from tracking.work_plans import Opening


def foreseen(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[Consequence]:
    """What sending `activacion_territorio` does to each focalised entity, and which of its dates do not fit."""
    product = products.get(session, context.ref("product_id"))
    year, told = _year(data, now)
    ids = products.entities_of(session, product.id)
    opening = work_plans.opening(session, product.id, ids, year, local_date(now))
    names = entity_names(session, set(ids))
    found = [_opened(opening, year, told), *_received(session, opening, names), *_waiting(session, opening, names)]
    return [*found, *_kept(opening, names, year), *_misfits(session, product, year, data, local_date(now))]


def vigencia(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """The year to begin with: this one, or the nearest within the horizon of the protocol."""
    start, end = _horizon(products.get(session, context.ref("product_id")))
    year = local_date(now).year
    return {"year": min(max(year, int(start[:4])), int(end[:4])) if start and end else year}


def doubts(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """A year that went by, or outside the horizon, opens every plan in the wrong place: it is confirmed first.

    So is an event that is still to come and already says who attended.
    """
    year, told = _year(data, now)
    wrong = list(_wrong_year(products.get(session, context.ref("product_id")), year, local_date(now))) if told else []
    return [*(f"Abro los planes en la vigencia {year}, aunque {reason}" for _, reason in wrong), *_early(data, now)]


def _early(data: Mapping[str, Any], now: datetime) -> Iterator[str]:
    today = local_date(now).isoformat()
    for row in rows(data.get("activation_events")):
        if str(row.get("date") or "") > today and row.get("attendees"):
            what, day = row.get("kind") or "", long_date(str(row["date"]))
            yield f"El evento «{what}» es del {day}, que todavía no llega, y ya dice cuántos asistieron"


def _year(data: Mapping[str, Any], now: datetime) -> tuple[int, bool]:
    """The year of the plans and whether it was written: a draft may lack it, or hold anything."""
    written = str(data.get("year") or "")
    return (int(written), True) if written.isdecimal() and len(written) == 4 else (local_date(now).year, False)


def _opened(opening: Opening, year: int, told: bool) -> Consequence:
    count = len(opening.entity_ids)
    what = "Se abrirá el procedimiento de ATT" if count == 1 else "Se abrirán los procedimientos de ATT"
    text = f"{what} de {_entities(count)} para la vigencia {year}." if count else "No se abrirá ningún procedimiento."
    doubt = "" if told else f" Aún no ha escrito la vigencia: se cuenta con {year}."
    return Consequence("plans", text + doubt, count, warning=not count)


def _received(session: Session, opening: Opening, names: Mapping[int, str]) -> Iterator[Consequence]:
    """To whom each new procedure goes, those with most entities first."""
    by_person: dict[int, list[int]] = defaultdict(list)
    for entity_id, person_id in opening.advisors.items():
        by_person[person_id].append(entity_id)
    known = people.many(session, by_person)
    order = sorted(by_person, key=lambda key: (-len(by_person[key]), known[key].name))
    told = [_load(known[key].name, key, sorted(by_person[key]), names) for key in order]
    if told:
        who = "Los recibirá 1 persona" if len(told) == 1 else f"Los recibirán {len(told)} personas"
        yield Consequence("advisors", f"{who} en su bandeja:", len(told), told)


def _load(name: str, person_id: int, ids: Sequence[int], names: Mapping[int, str]) -> Named:
    where = listed(sorted(names[key] for key in ids))
    return Named(f"{name}, {_entities(len(ids))}: {where}", f"/personas/{person_id}", ids)


def _waiting(session: Session, opening: Opening, names: Mapping[int, str]) -> Iterator[Consequence]:
    """Entities whose procedure waits for somebody, each with its place in the coverage."""
    missing = opening.unattended
    if not missing:
        return
    known = entities.many(session, missing)
    named = [
        Named(names[key], f"/cobertura?region=todas&departamento={known[key].department_code}&sin=1", [key])
        for key in sorted(missing, key=lambda key: names[key])
    ]
    verb = "no tiene enlace territorial: su procedimiento quedará" if len(named) == 1 else (
        "no tienen enlace territorial: sus procedimientos quedarán"
    )  # fmt: skip
    text = f"{_entities(len(named)).capitalize()} {verb} «sin asesor» hasta que la coordinación regional asigne uno:"
    yield Consequence(
        "without_advisor", text, len(named), named, warning=True, url="/cobertura?region=todas&sin=1",
        link="Asignar en la cobertura", needs="coverage.read",
    )  # fmt: skip


def _kept(opening: Opening, names: Mapping[int, str], year: int) -> Iterator[Consequence]:
    if opening.present:
        named = [Named(names[key], f"/entidades/{key}", [key]) for key in opening.present]
        count = len(named)
        verb = "ya tiene" if count == 1 else "ya tienen"
        yield Consequence("present", f"{_entities(count).capitalize()} {verb} plan de {year} y lo conserva"
                          f"{'' if count == 1 else 'n'}:", count, named)  # fmt: skip


def _misfits(
    session: Session, product: Product, year: int, data: Mapping[str, Any], today: date
) -> Iterator[Consequence]:
    """The year of the plans, the terms of the milestones and the events that contradict the protocol or each other."""
    start, end = _horizon(product)
    for kind, reason in _wrong_year(product, year, today):
        yield _misfit(kind, f"La vigencia {year} {reason}.")
    template = templates.latest(session, product.id)
    late = [row for row in templates.milestones_of(session, template.id) if row.deadline and row.deadline.year != year
            ] if template else []  # fmt: skip
    if late:
        named = [Named(f"{row.number}. {row.name}: {long_date(str(row.deadline))}") for row in late]
        yield _misfit("deadlines", f"{_milestones(len(late))} plazo fuera de {year}:", named)
    written = rows(data.get("activation_events"))
    events = [row for row in written if _outside(str(row.get("date") or ""), year, start, end)]
    if events:
        named = [Named(f"{row.get('kind') or 'Evento'}: {long_date(str(row['date']))}") for row in events]
        text = f"{len(events)} {'evento tiene' if len(events) == 1 else 'eventos tienen'} fecha fuera de {year}"
        yield _misfit("events", f"{text}{f' o del horizonte ({_span(start, end)})' if start and end else ''}:", named)


def _horizon(product: Product) -> tuple[str, str]:
    start, end = (str(product.protocol.get(name) or "") for name in ("horizon_start", "horizon_end"))
    return start, end


def _wrong_year(product: Product, year: int, today: date) -> Iterator[tuple[str, str]]:
    start, end = _horizon(product)
    if year < today.year:
        yield "past_year", "ya terminó"
    if start and end and not start[:4] <= str(year) <= end[:4]:
        yield "year", f"está fuera del horizonte del protocolo ({_span(start, end)})"


def _outside(day: str, year: int, start: str, end: str) -> bool:
    """Whether a day, written as the form keeps it, is in another year or outside the horizon; what is no day is not."""
    try:
        day = date.fromisoformat(day).isoformat()
    except ValueError:
        return False
    return day[:4] != str(year) or bool(start and end and not start <= day <= end)


def _misfit(kind: str, text: str, named: Sequence[Named] = ()) -> Consequence:
    return Consequence(kind, text, len(named), named, warning=True)


def _span(start: str, end: str) -> str:
    return f"del {long_date(start)} al {long_date(end)}"


def _entities(count: int) -> str:
    return "1 entidad" if count == 1 else f"{count} entidades"


def _milestones(count: int) -> str:
    return "1 hito tiene" if count == 1 else f"{count} hitos tienen"
