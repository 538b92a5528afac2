"""Rectificar una respuesta: whoever sent a form corrects an answer of it, beside what was sent and with its reason."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
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
from directory.principal import Principal
from edge import identity
from edge.permission import permission
from engine import rectifiable
from engine import rectifications
from engine import rectified
from engine import tasks
from engine.models import Submission
from engine.models import Task
from engine.rectifiable import Spot
from engine.registry import Elsewhere
from forms import display
from forms import excerpt
from forms import posted
from forms.declaration import Form
from forms.words import capital
from forms.words import place
from web import entity_finder
from web import once
from web import sheets
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.submissions import found

blueprint = Blueprint("web_rectifying", __name__)

SEND = "rectify"
OTHERS = ("reason", "confirmed")


@blueprint.get("/envios/<id:submission_id>/rectificacion")
@permission("submission.rectify")
def ask(submission_id: int) -> Response:
    """Which answers can be corrected, or those that were chosen, to be written again."""
    return _page(submission_id, sheets.Typed({}), {})


@blueprint.post("/envios/<id:submission_id>/rectificacion")
@permission("submission.rectify")
def send(submission_id: int) -> Response:
    by, now = identity.current(), clock.now()
    pressed = entity_finder.pressed(SEND)
    with transaction() as session:
        row, task = _mine(session, submission_id, by)
        asked = _asked(session, row, task)
        small = excerpt.excerpt(tasks.form_of(session, row), rectified.answers(session, row), asked)
        typed = sheets.typed(session, small, by=by.actor(), now=now)
    if pressed != SEND:
        return _page(submission_id, sheets.Typed(posted.act(small, typed.answers, pressed)), {})
    if typed.errors or not asked:
        return _page(submission_id, typed, {}, code=422)
    try:
        _rectify(submission_id, {path: typed.answers.get(excerpt.name_of(path)) for path in asked}, by, now)
    except InvalidData as error:
        typed.errors = {excerpt.name_of(path): said for path, said in error.errors.items() if path in asked}
        rest = {path: said for path, said in error.errors.items() if path not in asked}
        return _page(submission_id, typed, _told(rest), code=422)
    except Conflict as error:
        return _page(submission_id, typed, {"": [error.message]}, code=409)
    once.got_through(f"rectificacion-{submission_id}", by)
    flash("La rectificación quedó registrada junto a lo que se envió.", "success")
    return go(f"/envios/{submission_id}")


def _rectify(submission_id: int, changes: Mapping[str, Any], by: Principal, now: datetime) -> None:
    reason, confirmed = request.form.get("reason", ""), request.form.get("confirmed") == "si"
    seen = request.form.get("revision", type=int)

    def act(session: Session) -> dict[str, Any]:
        rows = rectifications.rectify(
            session, submission_id, changes, reason=reason, by=by, now=now, revision=seen, confirmed=confirmed
        )
        return {"rectifications": [row.id for row in rows]}

    once.run(act, by=by, now=now)


def _told(errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What is wrong apart from the answers that were written again: what another answer says to it goes to the top."""
    found: dict[str, list[str]] = {}
    for path, said in errors.items():
        found.setdefault(path if path in OTHERS else "", []).extend(said)
    return found


def _page(submission_id: int, typed: sheets.Typed, problems: Mapping[str, list[str]], *, code: int = 200) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        row, task = _mine(session, submission_id, by)
        form, data = tasks.form_of(session, row), rectified.answers(session, row)
        refusal, asked = rectifiable.whole(session, row, task), _asked(session, row, task)
        spots = rectifiable.spots(session, row, task)
        view = None
        if asked and refusal is None:
            answers = typed.answers or excerpt.answers(data, asked)
            small = excerpt.excerpt(form, data, asked)
            view = sheets.editable(session, task, small, answers, by=by, now=now, errors=typed.errors)
        choices = [] if view is not None or refusal is not None else _choices(session, form, data, spots)
    return page(
        "rectify.html", "Rectificar una respuesta", code=code, crumbs=[HOME, (task.name, f"/envios/{row.id}")],
        row=row, task=task, refusal=refusal, view=view, asked=asked, choices=choices,
        refused=[] if refusal is not None else _refused(form, spots), problems=problems,
    )  # fmt: skip


def _mine(session: Session, submission_id: int, by: Principal) -> tuple[Submission, Task]:
    """What was sent, for whoever may correct it. Raises NotFound, NotAllowed."""
    row, _ = found(session, submission_id, by)
    return row, rectifications.task_for(session, row, by=by)


def _asked(session: Session, row: Submission, task: Task) -> list[str]:
    """The paths that were chosen; of a row, those of its cells that may be corrected."""
    chosen = set(request.values.getlist("dato"))
    open_ = [spot.path for spot in rectifiable.spots(session, row, task) if spot.refusal is None]
    return [path for path in open_ if path in chosen or path.rpartition("/")[0] in chosen]


def _choices(
    session: Session, form: Form, data: Mapping[str, Any], spots: Sequence[Spot]
) -> list[tuple[str, str, str]]:
    """What may be corrected: each question, and each row of a table, with what it says now."""
    looked = display.lookups(session, form, data)
    found: dict[str, tuple[str, list[str]]] = {}
    for spot in spots:
        if spot.refusal is None:
            name, *cell = spot.path.split("/")
            value = f"{name}/{cell[0]}" if cell else name
            label = capital(place(form.field(name), int(cell[0]), data)) if cell else spot.label
            said = found.setdefault(value, (label, []))[1]
            said.append(display.text(spot.field, spot.value, looked))
    return [(value, label, "; ".join(said)) for value, (label, said) in found.items()]


def _refused(form: Form, spots: Sequence[Spot]) -> list[tuple[str, Elsewhere]]:
    """What is not corrected here: the questions, and why with where it is."""
    found: dict[Elsewhere, list[str]] = {}
    for spot in spots:
        if spot.refusal is not None:
            name, *cell = spot.path.split("/")
            label = form.field(name).label
            found.setdefault(spot.refusal, []).append(f"{label}: {spot.field.label}" if cell else label)
    return [("; ".join(dict.fromkeys(labels)), refusal) for refusal, labels in found.items()]
