"""Plazos: what one owes, what one's team owes, waiving several at once, and who keeps to their terms."""

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from directory import access
from directory import regions
from directory.principal import Principal
from edge import identity
from edge import names
from edge import owed_dates
from edge import words
from edge.exports import answering
from edge.exports import of_deadlines
from edge.labels import OWED_FIGURE
from edge.permission import permission
from edge.words import counted
from notifications import acts
from notifications import obligations
from notifications import policies
from notifications import statements
from notifications import told
from notifications import waiting
from notifications.models import Obligation
from notifications.obligation_notices import OBLIGATION
from notifications.obligations import Filters
from notifications.statement_notices import STATEMENT
from web import digest_rest
from web.frame import HOME
from web.frame import Link
from web.frame import chosen
from web.frame import go
from web.frame import local_address
from web.frame import number
from web.frame import page
from web.frame import paging
from web.frame import span
from web.reading_forms import Reader

blueprint = Blueprint("web_deadlines", __name__)

MINE = ("Mis plazos", "/plazos")
SOON = timedelta(days=7)
WHOLE = "todas"  # the act is on all that fits the filters
SHOWN = 25  # of all of them, before it is done
ALL, OVERDUE, STATED, WAITING = "all", "overdue", "stated", "waiting"
STATES = {
    "": "Abiertas",
    "pending": "Pendientes",
    OVERDUE: "Vencidas",
    WAITING: "Esperan el paso anterior",
    STATED: "Con constancia por revisar",
    "met": "Cumplidas a tiempo",
    "late": "Cumplidas tarde",
    "waived": "Dispensadas",
    ALL: "Todas",
}


@dataclass(frozen=True, slots=True)
class Together:
    """What is done to several at once, in words; `run` does it, `waived` says to which."""

    run: Callable[..., acts.Waived]
    waived: bool
    verb: str
    lead: str
    done: tuple[str, str]
    not_done: str
    why: tuple[str, str]


WAIVING = Together(
    acts.waive_many, False, "Dispensar",
    "Lo dispensado deja de deberse y no cuenta en el cumplimiento. Queda en la historia con su motivo y puede "
    "reabrirse.",
    ("Quedó dispensada", "Quedaron dispensadas"),
    "No se dispensaron {}: ya no estaban abiertas o le corresponden a otra persona.",
    ("Por qué se dispensa", "Por qué se dispensan"),
)  # fmt: skip
REOPENING = Together(
    acts.reopen_many, True, "Reabrir",
    "Lo que se reabre vuelve a deberse con la fecha que tenía, y cuenta en el cumplimiento. Queda en la historia con "
    "su motivo.",
    ("Volvió a quedar abierta", "Volvieron a quedar abiertas"),
    "No se reabrieron {}: ya no estaban dispensadas o le corresponden a otra persona.",
    ("Por qué se reabre", "Por qué se reabren"),
)  # fmt: skip


def _together() -> Together:
    """What the list that is looked at is for: what was waived is opened again, the rest is waived."""
    return REOPENING if chosen("estado", STATES) == "waived" else WAIVING


@blueprint.get("/plazos")
@permission("obligation.read")
def mine() -> Response:
    by, now = identity.current(), clock.now()
    if answering.by_page():
        return _workbook(obligations.mine, by)
    with reading() as session:
        filters = _filters(session, by)
        found = obligations.mine(session, by, filters, cursor=request.args.get("desde", ""))
        counts = obligations.counts(session, by, own=True, now=now, soon=now + SOON)
        values = values_of(session, found.items, policies_of=True)
    return page(
        "deadlines.html", "Mis plazos", crumbs=[HOME], rows=found.items, counts=counts, now=now, own=True,
        narrowed=_narrowed(session, filters), tabs=tabs(by, "/plazos"), **values, **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/plazos/equipo")
@permission("obligation.oversee")
def team() -> Response:
    if answering.by_page():
        return _workbook(obligations.listing, identity.current())
    return _team_page()


@blueprint.post("/plazos/equipo")
@permission("obligation.waive")
def waive() -> Response:
    """Waive the chosen obligations, or open them again: first the reason and a look at what they are."""
    by, now, read, act = identity.current(), clock.now(), Reader(), _together()
    ids = _fitting_ids(by) if WHOLE in request.form else read.numbers("obligation")
    if not ids:
        return _team_page({"obligation": ["Elija al menos una obligación de la lista."]})
    if len(ids) > acts.MOST:
        return _team_page({"obligation": [_too_many()]})
    back = local_address(request.form.get("volver"), "/plazos/equipo")
    if "confirmar" not in request.form:
        return _confirm_page(ids, back)
    if WHOLE in request.form and request.form.get("cuantas") != str(len(ids)):
        changed = "La lista cambió mientras usted leía: ahora son otras. Mírelas de nuevo."
        return _confirm_page(ids, back, {"": [changed]})
    try:
        with transaction() as session:
            sure = {"confirmed": request.form.get("confirmed") == "si"} if act.waived else {}
            outcome = act.run(session, ids, read.text("reason"), **sure, by=by, now=now)
    except InvalidData as error:
        return _confirm_page(ids, back, error.errors)
    owed_dates.follow(ids)
    said = f"{act.done[outcome.done != 1]} {counted(outcome.done, 'obligación', 'obligaciones')}."
    if outcome.left_out:
        said += f" {act.not_done.format(outcome.left_out)}"
    flash(said, "success")
    return go(back)


def tabs(by: Principal, current: str) -> list[Link]:
    """The parts of these pages that are open to `by`."""
    parts = (
        ("Mis plazos", "/plazos", "obligation.read"),
        ("De mi equipo", "/plazos/equipo", "obligation.oversee"),
        ("Cumplimiento", "/plazos/cumplimiento", "obligation.read"),
        ("Cortes", "/cortes", "cut.read"),
    )
    return [Link(label, url, url == current) for label, url, action in parts if access.may(by, action)]


def _team_page(problems: Mapping[str, list[str]] | None = None) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        filters = _filters(session, by)
        found = obligations.listing(session, by, filters, cursor=request.args.get("desde", ""))
        counts = obligations.counts(session, by, own=False, now=now, soon=now + SOON)
        offered = [("0", "Nadie: sin responsable"), *obligations.debtors(session, by)]
        waived = _together().waived
        most = acts.MOST + 1 if found.next_cursor else 0
        fitting = len(obligations.waivable(session, by, filters, most=most, waived=waived)) if most else 0
        waivable = set(obligations.ids_open(session, by, [row.id for row in found.items], waived=waived))
        values = values_of(session, found.items, policies_of=True)
    return page(
        "deadlines.html", "Plazos de mi equipo", crumbs=[HOME, MINE], rows=found.items, counts=counts, now=now,
        own=False, waivable=waivable, fitting=fitting, most=acts.MOST, act=_together(),
        narrowed=_narrowed(session, filters), offered=offered, problems=problems or {},
        tabs=tabs(by, "/plazos/equipo"), code=422 if problems else 200, **values, **paging(found.next_cursor),
    )  # fmt: skip


def _workbook(listing: Callable[..., Any], by: Principal) -> Response:
    """What the filters of the page show, whole."""
    with reading() as session:
        filters = _filters(session, by)
    return answering.workbook(
        of_deadlines.OWED, lambda session, part: listing(session, by, filters, **part), filters, by=by
    )


def _fitting_ids(by: Principal) -> list[int]:
    """Those of the filters in the address that `by` may waive, one more than may be waived at once."""
    with reading() as session:
        filters, waived = _filters(session, by), _together().waived
        return obligations.waivable(session, by, filters, most=acts.MOST + 1, waived=waived)


def _too_many() -> str:
    most = words.number(acts.MOST, places=0)
    return f"Cumplen el filtro más de {most}, que es lo más que se hace de una vez. Acótelo."


def _confirm_page(ids: list[int], back: str, problems: Mapping[str, list[str]] | None = None) -> Response:
    by, act = identity.current(), _together()
    with reading() as session:
        allowed = obligations.ids_open(session, by, ids, waived=act.waived)
        rows = obligations.many(session, allowed[:SHOWN] if WHOLE in request.form else allowed)
        people = names.of_people(session, [row.debtor_id for row in rows])
    return page(
        "deadlines_waive.html", f"{act.verb} obligaciones", act=act,
        crumbs=[HOME, MINE, ("De mi equipo", "/plazos/equipo")], rows=rows, people=people, count=len(allowed),
        whole=WHOLE in request.form, left_out=len(ids) - len(allowed), back=back, problems=problems or {},
        reason=request.form.get("reason", ""), code=422 if problems else 200,
    )  # fmt: skip


def _narrowed(session: Session, filters: Filters) -> list[str]:
    """What the address asks for that no box of the form shows."""
    told = [OWED_FIGURE[filters.figure]] if filters.figure else []
    if filters.counted:
        told.append("sólo lo que cuenta en el cumplimiento")
    if filters.product_id is not None:
        product = names.of_products(session, [filters.product_id]).get(filters.product_id)
        told.append(product.name if product else "sin producto")
    if filters.unit_id is not None:
        told.append(names.of_units(session, [filters.unit_id]).get(filters.unit_id, "sin dependencia"))
    return told


def _filters(session: Session, by: Principal) -> Filters:
    state, counted_only, now = chosen("estado", STATES), bool(request.args.get("cuenta")), clock.now()
    since, until = span("vence_desde", "vence_hasta")
    return Filters(
        text=request.args.get("buscar", "").strip(), status="" if state in (ALL, STATED, WAITING) else state,
        open_only=state in ("", OVERDUE, STATED, WAITING), stated=state == STATED, waiting=state == WAITING,
        policy=request.args.get("politica", ""), region_id=request.args.get("region", type=int),
        debtor_id=request.args.get("persona", type=int), since=since, until=until,
        entity_id=number("entidad"), product_id=number("producto"), unit_id=number("dependencia"),
        counted=counted_only, among=_among(session, by), now=None if counted_only else now,
        figure="" if counted_only else chosen("cifra", OWED_FIGURE), soon=now + SOON,
    )  # fmt: skip


def _among(session: Session, by: Principal) -> tuple[int, ...] | None:
    """Those that a digest did not tell in full, when the address comes from one."""
    of_digest = digest_rest.asked()
    if of_digest is None:
        return None
    if request.args.get("de") == "constancias":
        return tuple(statements.obligations_of(session, told.ids(session, by, STATEMENT, of_digest)))
    return tuple(told.ids(session, by, OBLIGATION, of_digest))


def values_of(session: Session, rows: list[Obligation], *, policies_of: bool) -> dict[str, Any]:
    """Names for the rows, and what the filters offer."""
    return {
        "people": names.of_people(session, [row.debtor_id for row in rows]),
        "region_names": names.of_regions(session, [row.region_id for row in rows]),
        "labels_of": obligations.LABELS,
        "stated": {row.id: one.status for one, row in statements.last(session, about=[row.id for row in rows])},
        "awaited": waiting.awaited(session, rows),
        "presented": statements.accepted_at(session, [row.id for row in rows]),
        "states": STATES,
        "policies": [(one.key, one.spec.title) for one in policies.every(session)] if policies_of else [],
        "regions": [(one.id, one.name) for one in regions.current(session)],
    }
