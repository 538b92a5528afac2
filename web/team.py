"""Tareas del equipo: what is open where one may assign, who has it, and whether they are away."""

from collections.abc import Collection

from flask import Blueprint
from flask import Response
from flask import request

from db import clock
from db import reading
from directory import absences
from directory import acting
from directory import roles
from edge import identity
from edge import names
from edge.exports import answering
from edge.exports.of_places import of_team
from edge.permission import permission
from engine import assignable
from engine import completable
from web.frame import HOME
from web.frame import number
from web.frame import page
from web.frame import paging

blueprint = Blueprint("web_team", __name__)

NOBODY = "nadie"
UNATTENDED = "sin-quien"


def asked() -> assignable.TeamFilter:
    """Which tasks the address asks for."""
    person = request.args.get("persona")
    return assignable.TeamFilter(
        text=request.args.get("buscar", "").strip(),
        holder_id=None if person in (NOBODY, UNATTENDED) else number("persona"),
        free=person == NOBODY,
        unattended=person == UNATTENDED,
        overdue=request.args.get("plazo") == "vencidas",
    )


@blueprint.get("/tareas-del-equipo")
@permission("task.assign")
def listed() -> Response:
    by, now, filters = identity.current(), clock.now(), asked()
    if answering.by_page():
        return answering.workbook(
            of_team(now), lambda session, part: assignable.listed(session, by, filters, now=now, **part), filters, by=by
        )
    with reading() as session:
        found = assignable.listed(session, by, filters, now=now, cursor=request.args.get("desde", ""))
        totals = assignable.totals(session, by, filters, now=now)
        held = assignable.holders(session, by, now=now)
        own = completable.about_own(session, by, "task.assign", [task.id for task in found.items])
        givable = assignable.givable(session, found.items, now=now) - own
        holders = {row.assignee_id for row in found.items if row.assignee_id is not None}
        people = names.of_people(session, holders)
        titles = names.of_cases(session, found.items)
        everybody = {key for key, _, _ in held}
        away = absences.absent(session, everybody, clock.local_date(now))
        unable = acting.unable(session, everybody | holders, clock.local_date(now))
    offered = [(str(key), f"{name} ({count}){_hindered(key, away, unable)}") for key, name, count in held]
    return page(
        "team.html", "Tareas del equipo", crumbs=[HOME], rows=found.items, people=people, away=away, filters=filters,
        titles=titles, totals=totals, unable=unable,
        givable=givable, own=own,
        holders=[(NOBODY, "Nadie: sin asignar"), (UNATTENDED, "Quien ya no puede atenderla"), *offered],
        now=now, role_of=roles.label,
        **paging(found.next_cursor),
    )  # fmt: skip


def _hindered(person_id: int, away: Collection[int], unable: Collection[int]) -> str:
    """Why somebody does not do what they hold today, after their name."""
    if person_id in unable:
        return ", ya no puede actuar"
    return ", ausente hoy" if person_id in away else ""
