"""Bandeja: what waits for me."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import Blueprint
from flask import Response
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db.paging import DEFAULT_LIMIT
from directory import access
from directory import roles
from directory.principal import Principal
from edge import identity
from edge import names
from edge.permission import signed_in
from engine import completable
from engine import inbox
from engine import reasons
from engine import under_review
from engine.models import Task
from engine.notices import TASK
from engine.reasons import Why
from notifications import obligations
from notifications import told
from web import digest_rest
from web import doors
from web import returned
from web import stated
from web.frame import Link
from web.frame import chosen
from web.frame import go
from web.frame import number
from web.frame import page
from web.frame import paging

blueprint = Blueprint("web_inbox", __name__)

GROUPS = {
    "overdue": "Vencidas", "today": "Para hoy", "week": "Esta semana", "later": "Después", "undated": "Sin fecha",
    "standing": "Permanentes",
}  # fmt: skip
ORDERS = {"": "Por plazo", "asunto": "Por producto o asunto"}
MANY = 100  # by subject: enough of them that what belongs together stands together


@dataclass(frozen=True, slots=True)
class Section:
    """Tasks under a heading. `count` is how many there are in all, in words; empty where only these are known."""

    key: str
    title: str
    rows: list[Task]
    count: str = ""


@blueprint.get("/")
@signed_in
def home() -> Response:
    """Lead to where the person begins."""
    by = identity.current()
    return go(doors.first(by, waiting=_waits(by, clock.now())))


@blueprint.get("/bandeja")
@signed_in
def show() -> Response:
    """The tasks of the person; whoever has no role for tasks is told so instead of being turned away."""
    by, now = identity.current(), clock.now()
    if not access.may(by, "task.read"):
        return page("inbox_closed.html", "Bandeja", roleless=not by.grants)
    by_subject = chosen("agrupar", ORDERS) == "asunto"
    limit = MANY if by_subject else DEFAULT_LIMIT
    with reading() as session:
        filters = _filters(session, by)
        found = inbox.inbox(session, by, filters, now=now, limit=limit, cursor=request.args.get("desde", ""))
        back = under_review.sent_back(session, found.items)
        own = completable.about_own(session, by, "task.complete", [row.id for row in found.items])
        people = names.of_people(session, [n for row in found.items for n in (row.previous_holder_id, row.assignee_id)])
        owed = _owed(session, by, now) if _whole(filters) else {}
        # Counting what a search finds would search everything.
        came_back = returned.in_inbox(session, by) | stated.in_inbox(session, by, now) if _whole(filters) else {}
        counted = {} if filters.text else _in_words(inbox.counts(session, by, now=now, filters=filters))
    why = {row.id: OWN_WORK if row.id in own else _why(row, by, people) for row in found.items}
    sections = _by_subject(found.items) if by_subject else _by_term(found.items, counted, now)
    return page(
        "inbox.html", "Bandeja", sections=sections, titles=GROUPS, counts=counted, filters=filters, people=people,
        now=now, why=why, orders=list(ORDERS.items()),
        order="asunto" if by_subject else "", sent_back=back, quick=_quick(by), instead=doors.without_steps(by),
        owed=owed, **came_back,
        **paging(found.next_cursor),
    )  # fmt: skip


def _owed(session: Session, by: Principal, now: datetime) -> dict[str, int]:
    """How many open terms of their own `by` has besides tasks, and how many of them are overdue."""
    if not access.may(by, "obligation.read"):
        return {}
    found = obligations.counts(session, by, own=True, now=now, soon=now, without="task")
    return {"open": sum(found[key] for key in ("overdue", "soon", "later", "waiting")), "overdue": found["overdue"]}


def _waits(by: Principal, now: datetime) -> bool:
    """Whether the inbox of `by` holds something."""
    if not access.may(by, "task.read"):
        return False
    with reading() as session:
        found = inbox.inbox(session, by, inbox.InboxFilter(), now=now, limit=1).items
        more = returned.in_inbox(session, by) | stated.in_inbox(session, by, now)
    return bool(found or more["returned_count"] or more["to_decide_count"] or more["to_correct_count"])


def _whole(filters: inbox.InboxFilter) -> bool:
    """Whether this is the beginning of the person's own inbox, without anything looked for."""
    return filters == inbox.InboxFilter() and not request.args.get("desde")


def _by_term(rows: Sequence[Task], counted: dict[str, str], now: datetime) -> list[Section]:
    grouped = groupby(rows, key=lambda row: inbox.group_of(row, now))
    return [Section(key, GROUPS[key], list(some), counted.get(key, "")) for key, some in grouped]


def _by_subject(rows: Sequence[Task]) -> list[Section]:
    """The tasks of each case together; the case with the most urgent one first."""
    cases: dict[int, list[Task]] = {}
    for row in rows:
        cases.setdefault(row.instance_id, []).append(row)
    return [Section(f"asunto-{key}", some[0].instance.title, some) for key, some in cases.items()]


def _in_words(counted: dict[str, int]) -> dict[str, str]:
    most = inbox.MOST_COUNTED
    return {key: f"más de {most}" if count > most else str(count) for key, count in counted.items()}


OWN_WORK = "es sobre lo que usted escribió, o quien le delegó: la hace otra persona"


def _why(task: Task, by: Principal, people: dict[int, str]) -> str:
    """Why a task is in the inbox, in words."""
    reason = reasons.of(task, by)
    holder = people.get(task.assignee_id or 0, "otra persona")
    match reason.why:
        case Why.OWN:
            return "usted la tomó" if task.claimed_at else "asignada a usted"
        case Why.LENT:
            return f"asignada a {holder}, que le delegó sus tareas"
        case Why.FREE if reason.grant is not None:
            return f"libre; puede tomarla como {reason.grant.capacity}"
    return f"la tiene {holder}" if task.assignee_id else f"libre para {roles.label(task.role)}"


def _filters(session: Session, by: Principal) -> inbox.InboxFilter:
    of_digest = digest_rest.asked()
    among = None if of_digest is None else tuple(told.ids(session, by, TASK, of_digest))
    return inbox.InboxFilter(
        text=request.args.get("buscar", "").strip(),
        group=chosen("grupo", GROUPS),
        mine=request.args.get("ver") != "todas",
        element=request.args.get("paso", ""),
        entity_id=number("entidad"),
        among=among,
    )


def _quick(by: Principal) -> list[Link]:
    """What can be begun from here, or waits, without a task."""
    doors = (
        ("Registrar asesoría", "/asesorias/nueva", "advisory.write"),
        ("Interacción corta", "/interacciones/nueva", "contact.write"),
        ("Nuevo producto", "/productos/nuevo", "product.create"),
        ("Hitos por verificar", "/hitos-por-verificar", "milestone.verify"),
    )
    return [Link(label, url) for label, url, action in doors if access.may(by, action)]
