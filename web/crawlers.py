"""What browsers and search engines ask for by themselves, at addresses that are not ours to choose."""

from flask import Blueprint
from flask import Response
from flask import redirect

from edge.assets import asset
from edge.permission import public

blueprint = Blueprint("web_crawlers", __name__)

# Only the portfolio is for everybody; every other address ends in the page of ingreso, which nobody looks for.
ROBOTS = "User-agent: *\nAllow: /portafolio\nAllow: /static/\nDisallow: /\n"


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    return Response(ROBOTS, content_type="text/plain; charset=utf-8")


@blueprint.get("/favicon.ico")
@public
def icon() -> Response:
    response = redirect(asset("icon.svg"))
    assert isinstance(response, Response)
    return response
