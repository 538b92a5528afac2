"""Calendario: festivos de ley, días declarados no hábiles y hora límite."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.schemas.calendar import CalendarYearSchema
from api.schemas.calendar import ForeseenSchema
from api.schemas.calendar import NonWorkingDayInSchema
from api.schemas.calendar import NonWorkingDaySchema
from api.schemas.calendar import SliceQuery
from api.schemas.calendar import YearQuery
from api.schemas.instances import ReasonSchema
from db import clock
from db import reading
from db import transaction
from directory import access
from edge import identity
from edge.permission import permission
from notifications import calendar
from notifications import days
from notifications import foreseen
from notifications.foreseen import Foreseen
from notifications.models import NonWorkingDay

blueprint = Blueprint("calendar", __doc__, "/calendar")


@blueprint.route("")
@permission("calendar.read")
@blueprint.arguments(YearQuery, location="query")
@blueprint.response(200, CalendarYearSchema)
def show(query: dict[str, Any]) -> dict[str, Any]:
    """Ver el calendario de un año."""
    with reading() as session:
        national = days.load(session)
        return {
            "version": national.version,
            "cut_off": national.cut_off,
            "holidays": {str(day): name for day, name in sorted(calendar.holidays_of(query["year"]).items())},
            "declared": days.extra(session, query["year"]),
        }


@blueprint.route("/days", methods=["POST"])
@permission("calendar.change")
@blueprint.arguments(NonWorkingDayInSchema)
@blueprint.creates(NonWorkingDaySchema)
def declare(session: Session, sent: dict[str, Any]) -> NonWorkingDay:
    """Declarar un día no hábil en un lugar."""
    actor = access.demand(identity.current(), "calendar.change")
    return days.add(session, **sent, by=actor, now=clock.now())


@blueprint.route("/days/preview", methods=["POST"])
@permission("calendar.change")
@blueprint.arguments(SliceQuery, location="query")
@blueprint.arguments(NonWorkingDayInSchema)
@blueprint.response(200, ForeseenSchema)
def foresee(query: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """Ver qué plazos abiertos movería un día no hábil, sin declararlo."""
    access.demand(identity.current(), "calendar.change")
    with reading() as session:
        return _part(foreseen.of_added(session, **sent), query)


@blueprint.route("/days/<id:day_id>/removal/preview", methods=["POST"])
@permission("calendar.change")
@blueprint.arguments(SliceQuery, location="query")
@blueprint.response(200, ForeseenSchema)
def foresee_removal(query: dict[str, Any], day_id: int) -> dict[str, Any]:
    """Ver qué plazos abiertos se moverían si un día declarado vuelve a ser hábil."""
    access.demand(identity.current(), "calendar.change")
    with reading() as session:
        return _part(foreseen.of_removed(session, day_id)[1], query)


@blueprint.route("/days/<id:day_id>/removal", methods=["POST"])
@permission("calendar.change")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, NonWorkingDaySchema)
def remove(sent: dict[str, Any], day_id: int) -> NonWorkingDay:
    """Volver hábil un día declarado."""
    actor = access.demand(identity.current(), "calendar.change")
    with transaction() as session:
        return days.remove(session, day_id, sent["reason"], by=actor, now=clock.now())


def _part(found: Foreseen, query: dict[str, Any]) -> dict[str, Any]:
    first = query["offset"]
    return {
        "count": found.count,
        "by_policy": [{"title": title, "count": count} for title, count in found.by_policy],
        "moves": found.moves[first : first + query["limit"]],
    }
