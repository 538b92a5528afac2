"""Registering an advisory: its product, the plans that it was given in, what it moved and who attended.

Every button of the form sends it whole, so that it works without JavaScript: one registers, the others show the page
again with what was typed, one row more or the milestones of the entities that are marked.
"""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory import access
from directory.principal import Principal
from edge import finding
from edge import identity
from edge import names
from edge.permission import permission
from tracking import advisories
from tracking import advisory_parts
from tracking import advisory_places
from tracking import consent
from tracking import execution
from tracking import milestones
from tracking import products
from tracking import trace
from tracking.milestone_acts import OPEN
from tracking.models import PlanMilestone
from tracking.models import Product
from tracking.models import WorkPlan
from web import once
from web import picking
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.reading_forms import Reader
from web.reading_forms import kept
from web.reading_forms import uploads

blueprint = Blueprint("web_advising", __name__)

EFFECTS = {"advanced": "Avanzó", "achieved": "Se cumplió"}
LIST = ("Asesorías", "/asesorias")
FILES = ("minutes_file", "attendance_file")
PEOPLE_ROWS = 3
MOST_PEOPLE = 500

Problems = dict[str, list[str]]
Files = dict[str, list[str]]


@blueprint.get("/asesorias/nueva")
@permission("advisory.write")
def new() -> Response:
    return _page({}, {name: [] for name in FILES})


@blueprint.post("/asesorias/nueva")
@permission("advisory.write")
def register() -> Response:
    """Keep an advisory. Files are kept first and on their own, so that a mistake elsewhere does not lose them."""
    by, now, read = identity.current(), clock.now(), Reader()
    files, problems = keep_files(by)
    if "acto" in request.form or picking.asked():
        return _page(problems, files)
    new = _read(read, files)
    with reading() as session:
        problems |= _in_fields(advisories.problems(session, new, by=by, now=now) | read.errors)
    if problems:
        return _page(problems, files)
    try:
        row = once.run(partial(_register, new, by, now), by=by, now=now)
    except InvalidData as error:
        return _page(_in_fields(error.errors), files, new)
    except Conflict as error:
        return _page({"plans" if error.code == "execution_closed" else "": [error.message]}, files)
    except NotAllowed as error:  # nothing of the kind is offered: the page stood open while the plan went to another
        return _page({"": [error.message]}, files)
    once.got_through(once.copy_of(f"asesoria-{row['product_id']}"), by)
    flash(
        "La asesoría quedó registrada." if row["closed"] else "Registrada. Falta adjuntar el acta o el listado.",
        "success",
    )
    return go(f"/asesorias/{row['id']}")


def _register(new: advisories.NewAdvisory, by: Principal, now: datetime, session: Session) -> dict[str, Any]:
    row = advisories.register(session, new, by=by, now=now)
    return {"id": row.id, "closed": row.status == "closed", "product_id": new.product_id}


def keep_files(by: Principal) -> tuple[Files, Problems]:
    """Keep each file of an advisory by itself: one that is refused does not take the other along."""
    files: Files = {}
    problems: Problems = {}
    for name in FILES:
        try:
            with transaction() as session:
                files[name] = uploads(session, name, by=by.actor(), now=clock.now())
        except InvalidData as error:
            files[name] = list(request.form.getlist(f"{name}_kept"))
            problems |= error.errors
    return files, problems


def _read(read: Reader, files: Files) -> advisories.NewAdvisory:
    return advisories.NewAdvisory(
        occurred_on=read.day("occurred_on", "Escriba la fecha de la asesoría.") or clock.local_date(clock.now()),
        modality=read.text("modality", "Elija la modalidad."),
        summary=read.text("summary", "Escriba qué se hizo y qué se acordó."),
        plans=read.numbers("plans"),
        place=read.text("place"),
        people=[_attendee(row) for _, row in people_typed()],
        minutes_file=kept(files["minutes_file"]),
        attendance_file=kept(files["attendance_file"]),
        product_id=read.number("producto"),
        milestones=_moves(),
        confirmed=request.form.get("confirmed") == "si",
    )


def _moves() -> list[advisory_parts.Move]:
    return [
        advisory_parts.Move(int(name.removeprefix("milestone-")), effect)
        for name, effect in request.form.items()
        if name.startswith("milestone-") and name.removeprefix("milestone-").isdecimal() and effect in EFFECTS
    ]


def people_typed() -> list[tuple[int, tuple[str, ...]]]:
    """The rows of the table of people in which something was typed, with their place in it."""
    columns = [request.form.getlist(f"people_{part}") for part in ("name", "position", "email")]
    rows = enumerate(tuple(cell.strip() for cell in row) for row in zip(*columns, strict=False))
    return [(place, row) for place, row in rows if any(row)]


def _attendee(row: Sequence[str]) -> advisory_parts.Attendee:
    name, position, email = row
    return advisory_parts.Attendee(name, position, email)


def _in_fields(errors: Problems) -> Problems:
    """`errors` at the ids that the fields have on the page."""
    people, moves = people_typed(), _moves()
    found: Problems = {}
    for path, messages in errors.items():
        part, _, rest = path.partition("/")
        row = rest.partition("/")[0]
        if part == "people":
            path = f"people_name-{people[int(row)][0] + 1}"
        elif part == "milestones":
            path = f"milestone-{moves[int(row)].milestone_id}"
        elif part in ("entities", "product_id", "producto"):
            path = "plans"  # on this page one chooses plans, and these say their entity
        found.setdefault(path, []).extend(messages)
    return found


def _page(problems: Problems, files: Files, new: advisories.NewAdvisory | None = None) -> Response:
    """The form; `new` is what is to be confirmed, which may be registered already."""
    by = identity.current()
    with reading() as session:
        twin = advisories.like(session, new, by=by, now=clock.now()) if new and "confirmed" in problems else None
        asked = _asked(session, by)
        offered = advisory_places.products_to_advise(session, by)
        product = _product(session, asked, [one for one, _ in offered])
        if product is None:
            return page("advisory_product.html", "Registrar asesoría", crumbs=[HOME, LIST], products=offered)
        values = _of_product(session, by, product, asked)
        values["file_names"] = names.of_files(session, [token for group in files.values() for token in group])
    return page(
        "advisory_new.html", "Registrar asesoría", crumbs=[HOME, LIST], problems=_in_order(problems), files=files,
        effects=EFFECTS, modalities=advisories.MODALITIES, rows=_rows(), today=clock.local_date(clock.now()),
        several=len(offered) > 1, twin=twin, opened=once.opened_for("plan"), copy=once.copy_of,
        code=422 if problems else 200, **values,
    )  # fmt: skip


def _in_order(problems: Problems) -> Problems:
    """`problems` as their fields follow one another on the page; what is about the whole comes first."""
    said = ("", "occurred_on", "modality", "place", "summary", "plans", "milestone", "people_name")
    fields = (*said, *FILES, "confirmed")
    places = {name: place for place, name in enumerate(fields)}
    return dict(sorted(problems.items(), key=lambda item: places.get(item[0].partition("-")[0], len(places))))


def _asked(session: Session, by: Principal) -> list[WorkPlan]:
    """The plans in the address, or those that are marked in the form. Raises NotFound, NotAllowed."""
    keys = request.args.getlist("plan", type=int) + request.form.getlist("plans", type=int)
    return [finding.plan(session, key, by, "advisory.write") for key in dict.fromkeys(keys)]


def _product(session: Session, asked: Sequence[WorkPlan], offered: Sequence[Product]) -> Product | None:
    """The product that the plans asked for say, the one that was chosen, or the only one there is."""
    if asked:
        return products.get(session, asked[0].product_id)
    chosen = request.values.get("producto", type=int)
    found = [one for one in offered if chosen in (None, one.id)]
    return found[0] if len(found) == 1 else None


def _of_product(session: Session, by: Principal, product: Product, asked: Sequence[WorkPlan]) -> dict[str, Any]:
    """The plans of a product that the advisory may be given in, and the milestones of those that are marked."""
    found = advisory_places.plans_to_advise(session, by, product.id)
    found += [plan for plan in asked if plan.id not in {one.id for one in found}]
    under_way = execution.open_among(session, found)
    offered = [plan for plan in found if plan.id in under_way]
    entities = names.of_entities(session, [plan.entity_id for plan in found])
    only = request.method == "GET" and len(offered) == 1
    marked = [plan for plan in offered if only or plan in asked]
    mine = [plan for plan in marked if access.allowed(by, "plan.write", trace.scope_of_plan(session, plan))]
    counts = Counter(plan.entity_id for plan in offered)
    named = [(plan.id, _named(plan, counts, entities)) for plan in offered]
    return {
        "product": product,
        "plans": picking.several("plans", named, [plan.id for plan in marked]),
        "waiting": [entities[plan.entity_id] for plan in found if plan.id not in under_way],
        "refusal": execution.refusal(session, [plan for plan in asked if plan.id not in under_way]),
        "rule": execution.RULE,
        "entities": entities,
        "marked": marked,
        "movable": list(_movable(session, mine)),
        "mover": bool(mine),
        "not_followed": consent.not_followed,
    }


def _named(plan: WorkPlan, counts: Mapping[int, int], entities: Mapping[int, str]) -> str:
    """The entity of a plan, and its year when the entity has several plans."""
    return entities[plan.entity_id] + (f", vigencia {plan.vigencia}" if counts[plan.entity_id] > 1 else "")


def _movable(session: Session, marked: Sequence[WorkPlan]) -> Iterator[tuple[WorkPlan, list[PlanMilestone], bool]]:
    """The milestones of each plan that can move, and whether they are unfolded: those of one plan, or with a choice."""
    chosen = {move.milestone_id for move in _moves()}
    for plan in marked:
        rows = [row for row in milestones.of_plan(session, plan.id) if row.status in OPEN]
        if rows:
            yield plan, rows, len(marked) == 1 or any(row.id in chosen for row in rows)


def _rows() -> int:
    """How many rows the table of people has: those that were sent, and another one when it was asked for."""
    sent = len(request.form.getlist("people_name"))
    return min(max(PEOPLE_ROWS, sent + (request.form.get("acto") == "fila")), MOST_PEOPLE)
