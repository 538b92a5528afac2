"""Absences of other people, registered by whoever may: the articulador of their region, the administration."""

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request

from db import clock
from db import transaction
from db.errors import InvalidData
from directory import absences
from directory import people
from edge import identity
from edge.permission import permission
from web import at_hand
from web import person_page
from web.frame import go
from web.reading_forms import Reader

blueprint = Blueprint("web_absences", __name__)


@blueprint.post("/personas/<id:person_id>/ausencias")
@permission("absence.register")
def register(person_id: int) -> Response:
    """Say that somebody who cannot say it is away, and why one says it for them."""
    by, now, read = identity.current(), clock.now(), Reader()
    sure = request.form.get("absence_confirmed") == "si"
    try:
        since = read.day("absence_since", "Escriba el primer día.") or clock.local_date(now)
        until = read.day("absence_until", "Escriba el último día.") or since
        read.check()
        with transaction() as session:
            if not sure and absences.may_register(session, by, person_id, now=now):
                name = people.get(session, person_id).name
                at_hand.demand_sure(session, person_id, since, until, name=name, field="absence_confirmed", now=now)
            absences.register(
                session, person_id, read.text("absence_kind"), since, until, reason=read.text("absence_reason"),
                confirmed=sure, by=by, now=now,
            )  # fmt: skip
    except InvalidData as error:
        shown = {f"absence_{path.removeprefix('absence_')}": messages for path, messages in error.errors.items()}
        return person_page.render(person_id, shown)
    flash("La ausencia quedó registrada; a la persona le llega el aviso.", "success")
    return go(f"/personas/{person_id}#ausencias")


@blueprint.post("/personas/<id:person_id>/ausencias/<id:absence_id>/cancelacion")
@permission("absence.register")
def withdraw(person_id: int, absence_id: int) -> Response:
    with transaction() as session:
        absences.withdraw(session, person_id, absence_id, by=identity.current(), now=clock.now())
    flash("La ausencia se canceló.", "success")
    return go(f"/personas/{person_id}#ausencias")
