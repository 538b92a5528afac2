"""What a page says when what it was to do had been done or changed meanwhile, and how to go on from there."""

from markupsafe import Markup

from db.errors import Conflict

STALE = "stale"
AGAIN = Markup(
    '{} Lo que usted escribió sigue aquí abajo: <a href="{}">abra la página de nuevo</a> y se le ofrecerá ahí.'
)


def told(error: Conflict, place: str) -> dict[str, list[str]]:
    """The problems of a page that comes back; of a form that somebody overtook, with the way to its page, `place`.

    Opened anew, the page shows what stands now and offers what was typed: the device kept a copy (`data-keep`).
    """
    return {"": [AGAIN.format(error.message, place) if error.code == STALE else error.message]}
