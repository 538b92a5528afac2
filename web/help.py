"""Ayuda: the manual inside the application, beginning with the chapters of whoever reads."""

from flask import Blueprint
from flask import Response
from flask import request

from db.errors import NotFound
from directory.principal import Principal
from edge import identity
from edge.permission import public
from web import chapters
from web.chapters import CHAPTERS
from web.chapters import Chapter
from web.frame import page

blueprint = Blueprint("web_help", __name__)

SELF = ("Ayuda", chapters.PLACE)
LONGEST = 100
SHOWN = 40


@blueprint.get("/ayuda")
@public
def index() -> Response:
    """Every chapter that whoever asks may read, theirs first and open; or what the manual says of some words."""
    text = request.args.get("buscar", "").strip()[:LONGEST]
    own, others = _parted(identity.maybe_current())
    hits = chapters.search(text, own + others) if text else []
    return page(
        "help.html", "Ayuda", text=text, hits=hits[:SHOWN], more=len(hits) > SHOWN,
        own=[chapters.told(one) for one in own], others=[chapters.told(one) for one in others],
    )  # fmt: skip


@blueprint.get("/ayuda/<chapter>")
@public
def show(chapter: str) -> Response:
    """One chapter, with its topics."""
    found = next((one for one in CHAPTERS if one.key == chapter), None)
    if found is None:
        raise NotFound("el capítulo", chapter)
    by = identity.maybe_current() if found.public else identity.current()
    own, others = _parted(by)
    told = chapters.told(found)
    return page(
        "help_chapter.html", told.title, crumbs=[SELF], told=told,
        listed=[chapters.told(one) for one in own + others if one is not found],
    )  # fmt: skip


def _parted(by: Principal | None) -> tuple[list[Chapter], list[Chapter]]:
    """The chapters of `by`, with what is everybody's last, and the others; a visitor has those that need no account."""
    if by is None:
        own = [chapters.VISITOR, chapters.COMMON]
        return own, [one for one in CHAPTERS if one.public and one not in own]
    mine = [one for one in CHAPTERS if any(by.has_role(role) for role in one.roles)]
    return [*mine, chapters.COMMON], [one for one in CHAPTERS if one not in mine and one is not chapters.COMMON]
