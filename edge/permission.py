"""Every view declares who may open it: one action of `directory.actions`, any account, or everybody.

The guard runs before the view; a view that declares nothing opens for nobody. Whether the action
reaches the very thing asked for is decided below, where the thing is known.
"""

from collections.abc import Callable
from typing import Any
from typing import TypeVar

from flask import Flask
from flask import current_app
from flask import request

from db.errors import NotAllowed
from directory.access import may
from directory.actions import IN_WORDS
from directory.rules import RULES
from directory.second_factor import CODE
from edge import identity
from edge.errors import PasswordGiven
from edge.errors import SecondStepMissing

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed-in"
PROVING = "proving"
ENTERING = "entering"
ENROLLING = "enrolling"
STAGES = (PROVING, ENTERING, ENROLLING)
"""What opens before a login is complete: each also opens to those who got further."""
_ATTRIBUTE = "att_permission"


def permission(action: str) -> Callable[[View], View]:
    """Open a view to whoever may do `action` somewhere. Raises KeyError for an unknown action."""
    RULES[action]
    return lambda view: _declare(view, action)


def public(view: View) -> View:
    """Open a view to everybody, with or without an account."""
    return _declare(view, PUBLIC)


def signed_in(view: View) -> View:
    """Open a view to anybody with an account: it is about the person themselves."""
    return _declare(view, SIGNED_IN)


def entering(view: View) -> View:
    """Open a view to anybody with an account, also before they chose their own password."""
    return _declare(view, ENTERING)


def proving(view: View) -> View:
    """Open a view to anybody who gave their password, also before the code of their telephone."""
    return _declare(view, PROVING)


def enrolling(view: View) -> View:
    """Open a view to anybody with an account, also before they have the second step that is demanded of them."""
    return _declare(view, ENROLLING)


def declared(view: Callable[..., Any]) -> str | None:
    """What `view` declares: an action, PUBLIC, PROVING, ENTERING, ENROLLING, SIGNED_IN, or None."""
    return getattr(view, _ATTRIBUTE, None)


def install(app: Flask) -> None:
    """Check what each view of `app` declares before it runs."""
    if "static" in app.view_functions:
        app.view_functions["static"] = _public_copy(app.view_functions["static"])
    app.before_request(_guard)


def _declare(view: View, declaration: str) -> View:
    setattr(view, _ATTRIBUTE, declaration)
    return view


def _public_copy(view: Callable[..., Any]) -> Callable[..., Any]:
    """A public view that does what the framework's `view` does, whose attributes cannot be set."""

    @public
    def shared(**values: Any) -> Any:
        return view(**values)

    return shared


def _guard() -> None:
    if request.endpoint is None:
        return  # an unknown address: the framework answers 404 or 405
    action = declared(current_app.view_functions[request.endpoint])
    if action == PUBLIC:
        return
    if action is None:
        raise NotAllowed("Esta página no declara quién puede abrirla.")
    _demand_complete_login(action)
    if action in STAGES or action == SIGNED_IN:
        return
    if not may(identity.current(), action):
        raise NotAllowed(f"Usted no tiene permiso para {IN_WORDS[action]}.", action=action)


def _demand_complete_login(action: str) -> None:
    """Raises what a login still lacks for a view that declares `action`: code, own password, second step; or who."""
    stage = STAGES.index(action) if action in STAGES else len(STAGES)
    if identity.entering() is not None:
        if stage > STAGES.index(PROVING):
            raise SecondStepMissing(CODE)
        return
    identity.current()
    if stage > STAGES.index(ENTERING) and identity.password_given():
        raise PasswordGiven
    if stage > STAGES.index(ENROLLING) and identity.owes():
        raise SecondStepMissing(identity.owes())
