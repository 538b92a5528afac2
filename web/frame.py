"""What every page shares: the menu, the way back, rendering, and addresses of lists."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from urllib.parse import urlsplit

from flask import Response
from flask import make_response
from flask import redirect
from flask import render_template
from flask import request

from directory import access
from directory.principal import Principal
from edge import identity

Crumb = tuple[str, str]
HOME: Crumb = ("Bandeja", "/bandeja")

# Label, address, and the action that opens the door; the order is the same on every page.
MENU = (
    ("Bandeja", "/bandeja", "task.read"),
    ("Productos", "/productos", "product.read"),
    ("Estrategias", "/estrategias", "strategy.read"),
    ("Planes de trabajo", "/planes", "plan.read"),
    ("Entidades", "/entidades", "plan.read"),
    ("Asesorías", "/asesorias", "plan.read"),
    ("Interacciones", "/interacciones", "plan.read"),
    ("Personas", "/personas", "people.read"),
    ("Cobertura", "/cobertura", "coverage.manage"),
    ("Operaciones", "/operaciones", "operation.read"),
    ("Incidentes", "/incidentes", "incident.read"),
    ("Procesos", "/procesos", "process.read"),
    ("Ajustes", "/ajustes", "setting.change"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A place to go; `current` when it is where one is."""

    label: str
    url: str
    current: bool = False


def menu(person: Principal | None, path: str) -> list[Link]:
    """The doors that `person` may open, with the one that leads to `path` marked."""
    if person is None:
        return []
    return [
        Link(label, url, path == url or path.startswith(f"{url}/"))
        for label, url, action in MENU
        if access.may(person, action)
    ]


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


def first_door(person: Principal) -> str:
    """Where somebody begins: the first page of the menu that is theirs; without any, the one that says why."""
    return next((link.url for link in menu(person, "")), HOME[1])


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


def argument_tabs(items: Mapping[str, str], name: str, current: str) -> list[Link]:
    """Links to this page with the argument `name` set to each key of `items`."""
    return [Link(label, same_list(**{name: key, "desde": ""}), key == current) for key, label in items.items()]


def chosen(name: str, allowed: Collection[str], default: str = "") -> str:
    """The argument `name` when it is one of `allowed`."""
    value = request.args.get(name, "")
    return value if value in allowed else default
