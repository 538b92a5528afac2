"""The provider by which people enter an application, if it has one; what speaks to it is loaded only then."""

from typing import TYPE_CHECKING

from flask import Flask
from flask import current_app

from db.errors import NotFound
from edge.oidc.declared import Provider

if TYPE_CHECKING:
    from edge.oidc.provider import Connection

_PLACE = "att_oidc"


def use(app: Flask, provider: Provider | None) -> None:
    """Let people enter `app` by `provider`, or by none."""
    if provider is None:
        return
    from edge.oidc.provider import Connection

    app.extensions[_PLACE] = Connection(provider)


def of(app: Flask) -> "Connection | None":
    """The provider by which people enter `app`, if it has one."""
    found: Connection | None = app.extensions.get(_PLACE)
    return found


def maybe_current() -> "Connection | None":
    """The provider of this installation, if it has one."""
    return of(current_app)


def current() -> "Connection":
    """The provider of this installation. Raises NotFound when it has none: nothing of it is served then."""
    found = maybe_current()
    if found is None:
        raise NotFound("la página", "cuenta institucional")
    return found
