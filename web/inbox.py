"""Bandeja: what waits for me."""

from datetime import datetime
from datetime import timedelta
from itertools import groupby

from flask import Blueprint
from flask import Response
from flask import request

from db import clock
from db import reading
from directory import access
from directory.principal import Principal
from edge import identity
from edge.permission import signed_in
from engine import inbox
from engine.models import Task
from web import names
from web.frame import Link
from web.frame import chosen
from web.frame import first_door
from web.frame import go
from web.frame import page
from web.frame import paging

blueprint = Blueprint("web_inbox", __name__)

GROUPS = {"overdue": "Vencidas", "today": "Para hoy", "week": "Esta semana", "later": "Después"}


@blueprint.get("/")
@signed_in
def home() -> Response:
    return go(first_door(identity.current()))


@blueprint.get("/bandeja")
@signed_in
def show() -> Response:
    """The tasks of the person; whoever has no role for tasks is told so instead of being turned away."""
    by, now = identity.current(), clock.now()
    if not access.may(by, "task.read"):
        return page("inbox_closed.html", "Bandeja", roleless=not by.grants)
    filters = _filters()
    with reading() as session:
        found = inbox.inbox(session, by, filters, now=now, cursor=request.args.get("desde", ""))
        people = names.of_people(session, [row.previous_holder_id for row in found.items])
        counts = inbox.counts(session, by, now=now)
    groups = [(key, list(rows)) for key, rows in groupby(found.items, key=lambda row: _group(row, now))]
    return page(
        "inbox.html", "Bandeja", groups=groups, titles=GROUPS, counts=counts, filters=filters, people=people, now=now,
        quick=_quick(by), **paging(found.next_cursor),
    )  # fmt: skip


def _group(task: Task, now: datetime) -> str:
    """The group of a task, as `engine.inbox` counts it: the week ends on Sunday night."""
    today, due = clock.local_date(now), clock.local_date(task.due_sort)
    if task.due_sort < now:
        return "overdue"
    if due == today:
        return "today"
    return "week" if due <= today + timedelta(days=7 - today.isoweekday()) else "later"


def _filters() -> inbox.InboxFilter:
    return inbox.InboxFilter(
        text=request.args.get("buscar", "").strip(),
        group=chosen("grupo", GROUPS),
        mine=request.args.get("ver") != "todas",
    )


def _quick(by: Principal) -> list[Link]:
    """What can be begun from here without a task waiting."""
    doors = (
        ("Registrar asesoría", "/asesorias/nueva", "advisory.write"),
        ("Interacción corta", "/interacciones/nueva", "contact.write"),
        ("Nuevo producto", "/productos/nuevo", "product.create"),
    )
    return [Link(label, url) for label, url, action in doors if access.may(by, action)]
