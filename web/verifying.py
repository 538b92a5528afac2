"""Hitos por verificar: what somebody else reported where one may verify, what waits longest first.

Several are verified together with one note, after their evidence was looked at on one page; those without evidence
are verified one by one, saying how it was checked.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import AttError
from directory import entities
from directory.principal import Principal
from edge import identity
from edge import names
from edge import words
from edge.exports import answering
from edge.exports.of_plans import MILESTONES
from edge.permission import permission
from tracking import milestones
from tracking import verification
from tracking.models import PlanMilestone
from tracking.models import WorkPlan
from web.frame import HOME
from web.frame import chosen
from web.frame import go
from web.frame import number
from web.frame import page
from web.frame import paging

blueprint = Blueprint("web_verifying", __name__)

LIST = ("Hitos por verificar", "/hitos-por-verificar")
WAITING = {"15": "Hace más de 15 días", "30": "Hace más de 30 días", "60": "Hace más de 60 días"}
EVIDENCE = {"with": "Con evidencia", "without": "Sin evidencia"}
MOST = 100


@blueprint.get("/hitos-por-verificar")
@permission("milestone.verify")
def listed() -> Response:
    by, now = identity.current(), clock.now()
    waiting = chosen("hace", WAITING)
    with reading() as session:
        departments = {row.code: row.name for row in entities.departments(session)}
        filters = _filters(departments, now)
        if answering.by_page():
            return answering.workbook(
                MILESTONES, lambda reader, part: verification.listing(reader, by, filters, **part), filters, by=by
            )
        found = verification.listing(session, by, filters, cursor=request.args.get("desde", ""))
        whole = verification.count(session, by, filters)
        lookups = _told(session, found.items) | _offered(session, by)
    return page(
        "verifying.html", LIST[0], crumbs=[HOME], rows=found.items, whole=whole, filters=filters, waiting=waiting,
        waits=WAITING, evidences=EVIDENCE, departments=departments, now=now, kept=kept(), **lookups,
        **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/hitos-por-verificar/verificacion")
@permission("milestone.verify")
def review() -> Response:
    """The chosen ones with their evidence, to be verified together."""
    return _together(request.args.getlist("hito", type=int))


@blueprint.post("/hitos-por-verificar/verificacion")
@permission("milestone.verify")
def verify() -> Response:
    """Verify those that were confirmed; what cannot be verified any more is told and left as it is."""
    by, ids = identity.current(), request.form.getlist("hito", type=int)
    if request.form.get("confirmed") != "si":
        return _together(ids, {"confirmed": ["Marque la casilla para confirmar que miró la evidencia de todos."]})
    with reading() as session:
        proved = [key for key, report in verification.reports(session, ids[:MOST]).items() if report.files]
    told = {key: _verified(key, request.form.get("note", ""), by) for key in proved}
    refused = {key: why for key, why in told.items() if why}
    if done := len(told) - len(refused):
        flash(words.counted(done, "hito quedó verificado.", "hitos quedaron verificados."), "success")
    for message in _refused(refused):
        flash(message, "warning")
    return go(back())


def _refused(told: Mapping[int, str]) -> Iterator[str]:
    """For each reason, of how many and of which entities: the same number is another milestone in each of them."""
    with reading() as session:
        plans = {key: session.get_one(WorkPlan, session.get_one(PlanMilestone, key).plan_id) for key in told}
        places = names.of_entities(session, [plan.entity_id for plan in plans.values()])
    for why in dict.fromkeys(told.values()):
        keys = [key for key, said in told.items() if said == why]
        where = "; ".join(sorted(dict.fromkeys(places.get(plans[key].entity_id, "") for key in keys)))
        count = "No se verificó un hito" if len(keys) == 1 else f"No se verificaron {len(keys)} hitos"
        yield f"{count} ({where}): {why}"


def kept() -> str:
    """What an address ends in so that one comes back to the list as it was: its filters and its page."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name not in ("hito", "de") and value]
    return urlencode(pairs)


def back() -> str:
    """The list as it was."""
    return f"{LIST[1]}?{kept()}" if kept() else LIST[1]


def _verified(milestone_id: int, note: str, by: Principal) -> str:
    """Verify one; returns why it could not be verified, or nothing."""
    try:
        with transaction() as session:
            milestones.verify(session, milestone_id, note=note, by=by, now=clock.now())
    except AttError as error:
        errors = getattr(error, "errors", {})
        said = [message for messages in errors.values() for message in messages] or [error.message]
        return str(said[0])
    return ""


def _together(ids: Sequence[int], problems: dict[str, list[str]] | None = None) -> Response:
    by = identity.current()
    with reading() as session:
        rows = verification.among(session, by, ids[:MOST])
        told = _told(session, rows)
        bare = [row for row in rows if not told["reports"][row.id].files]
        tokens = [token for report in told["reports"].values() for token in report.files]
        files = names.of_files(session, tokens)
    if not rows:
        flash("Elija al menos un hito que todavía espere su verificación.", "warning")
        return go(back())
    return page(
        "verifying_together.html", "Verificar varios hitos", crumbs=[HOME, LIST], problems=problems or {}, bare=bare,
        rows=[row for row in rows if row not in bare], files=files, kept=kept(), back=back(),
        code=422 if problems else 200, **told,
    )  # fmt: skip


def _filters(departments: dict[str, str], now: datetime) -> verification.Filters:
    waiting = chosen("hace", WAITING)
    return verification.Filters(
        text=request.args.get("buscar", "").strip(),
        milestone=request.args.get("nombre", "").strip(),
        region_id=number("region"),
        product_id=number("producto"),
        reported_by=number("reporto"),
        department_code=chosen("departamento", departments),
        vigencia=number("vigencia"),
        evidence=chosen("evidencia", EVIDENCE),
        before=now - timedelta(days=int(waiting)) if waiting else None,
    )


def _told(session: Session, rows: Sequence[PlanMilestone]) -> dict[str, Any]:
    """What is said of each of these milestones."""
    of_rows = select(WorkPlan).where(WorkPlan.id.in_({row.plan_id for row in rows}))
    plans = {plan.id: plan for plan in session.scalars(of_rows)}
    return {
        "plans": plans, "entities": names.of_entities(session, [plan.entity_id for plan in plans.values()]),
        "products": names.of_products(session, [plan.product_id for plan in plans.values()]),
        "people": names.of_people(session, [row.reported_by for row in rows]),
        "reports": verification.reports(session, [row.id for row in rows]),
    }  # fmt: skip


def _offered(session: Session, by: Principal) -> dict[str, Any]:
    """By what the list can be narrowed, each with how many wait."""
    found = verification.offered(session, by)
    products = {key: row.name for key, row in names.of_products(session, list(found.products)).items()}
    return {
        "of_regions": _counted(names.of_regions(session, list(found.regions)), found.regions),
        "of_products": _counted(products, found.products),
        "of_people": _counted(names.of_people(session, list(found.people)), found.people),
    }


def _counted(labels: dict[int, str], counts: dict[int, int]) -> list[tuple[int, str]]:
    named = sorted(labels.items(), key=lambda item: item[1])
    return [(key, f"{label} ({words.number(counts[key])})") for key, label in named if key in counts]
