"""El aviso de privacidad: what is done with personal data here, by whom, and how one asks (Ley 1581 de 2012)."""

from flask import Blueprint
from flask import Response

from db import reading
from db import retention
from edge.permission import public
from edge.words import counted
from web import settings
from web.frame import page
from web.keeping import UNIT

blueprint = Blueprint("web_privacy", __name__)


@blueprint.get("/tratamiento-de-datos")
@public
def show() -> Response:
    """The text, with whoever answers for the data and the terms that are in force."""
    with reading() as session:
        told = settings.notice(session)
        lengths = [(retention.TERMS[key], count) for key, count in retention.lengths(session).items()]
    terms = [(one, counted(count, *UNIT[one.unit]) if count else "") for one, count in lengths]
    return page(
        "privacy.html", "Tratamiento de datos personales", told=told, terms=terms,
        controller=told["privacy_controller"] or told["entity_name"],
    )  # fmt: skip
