"""What every page shares: the way back, rendering, and addresses of lists."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from datetime import date
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from urllib.parse import urlsplit

from flask import Response
from flask import make_response
from flask import redirect
from flask import render_template
from flask import request

from db.errors import InvalidData
from directory import access
from edge import identity
from notifications.calendar import in_words

Crumb = tuple[str, str]
HOME: Crumb = ("Bandeja", "/bandeja")

REVIEWS = "/para-revisar"


@dataclass(frozen=True, slots=True)
class Link:
    """A place to go: `current` when it is where one is, `further` when it stands under «Más»; `count` waits there."""

    label: str
    url: str
    current: bool = False
    further: bool = False
    count: str = ""


def _home(crumbs: Sequence[Crumb]) -> Sequence[Crumb]:
    """`crumbs` without a door that is closed to the person."""
    person = identity.maybe_current()
    closed = person is None or not access.may(person, "task.read")
    return [crumb for crumb in crumbs if not (closed and crumb == HOME)]


def page(template: str, title: str, *, crumbs: Sequence[Crumb] = (), code: int = 200, **values: Any) -> Response:
    """A whole page."""
    return make_response(render_template(template, title=title, crumbs=_home(crumbs), **values), code)


def go(url: str) -> Response:
    """Answer a finished act: the browser fetches `url` next (303), so that reloading repeats nothing."""
    response = make_response(redirect(url, code=303))
    assert isinstance(response, Response)
    return response


def local_address(url: str | None, otherwise: str = "/") -> str:
    """`url` when it stays on this site, else `otherwise`: a link that was sent to somebody must not lead away."""
    if not url or not url.startswith("/") or url.startswith(("//", "/\\")) or "\\" in url:
        return otherwise
    parts = urlsplit(url)
    return otherwise if parts.scheme or parts.netloc or any(ord(char) < 32 for char in url) else url


def same_list(**changes: str) -> str:
    """The address of this list with some of its arguments changed; empty ones are left out."""
    arguments = {**request.args.to_dict(), **changes}
    kept = {name: value for name, value in arguments.items() if value}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def paging(next_cursor: str) -> dict[str, Any]:
    """The addresses of the next page and, when this is not the first, of the first one."""
    return {
        "next_url": same_list(desde=next_cursor) if next_cursor else "",
        "first_url": same_list(desde="") if request.args.get("desde") else "",
    }


def tabs(base: str, items: Mapping[str, str], current: str) -> list[Link]:
    """Links to the parts of one page; the first part has the plain address."""
    first = next(iter(items))
    return [
        Link(label, base if key == first else f"{base}?{urlencode({'parte': key})}", key == current)
        for key, label in items.items()
    ]


def argument_tabs(items: Mapping[str, str], name: str, current: str, place: str = "") -> list[Link]:
    """Links to this page with the argument `name` set to each key of `items`; they lead to `place` in it, if given."""
    return [Link(label, same_list(**{name: key, "desde": ""}) + place, key == current) for key, label in items.items()]


def number(name: str) -> int | None:
    """The argument `name` when it is a number that an id may be.

    Raises InvalidData for anything else that was written, so that nobody takes the whole list for the one asked for.
    """
    value = request.args.get(name, "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 18):
        said = f"En «{name}» escribió «{value[:40]}»: escriba un número entero."
        raise InvalidData({name: [said]}, "Un filtro de la lista no se entiende.")
    return int(value)


def read_day(text: str) -> date | None:
    """The day that `text` is, as a chooser sends it or as people write it; None where it is none."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        with suppress(ValueError):
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
    return None


def span(first: str, last: str) -> tuple[date | None, date | None]:
    """The arguments `first` and `last` as days, both included.

    Raises InvalidData as `day`, and when they are the wrong way round: an empty list would look like nothing to tell.
    """
    since, until = day(first), day(last)
    if since is not None and until is not None and until < since:
        said = f"El primer día ({in_words(since)}) va después del último ({in_words(until)}): intercámbielos."
        raise InvalidData({first: [said]}, "Un filtro de la lista no se entiende.")
    return since, until


def day(name: str) -> date | None:
    """The argument `name` when it is a day, as a chooser sends it (2026-12-31) or as people write it (31/12/2026).

    Raises InvalidData for anything else that was written, as `number` does.
    """
    value = request.args.get(name, "").strip()
    found = read_day(value)
    if found is not None or not value:
        return found
    said = f"«{value[:40]}» no es una fecha: escriba una como 31/12/2026."
    raise InvalidData({name: [said]}, "Un filtro de la lista no se entiende.")


def chosen(name: str, allowed: Collection[str], default: str = "") -> str:
    """The argument `name` when it is one of `allowed`."""
    value = request.args.get(name, "")
    return value if value in allowed else default
