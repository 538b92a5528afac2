"""Acts that ask whoever does them to prove again who they are: decisions at a gate, and whatever gives powers.

A page that was left open, or a telephone that somebody else picked up, decides nothing (OWASP ASVS 5.0, 7.5.3). The
proof comes with the form itself, so that nothing that was typed is lost: a page asks for it and sends the rest again.
"""

from flask import Flask
from flask import current_app
from flask import request

from edge import identity
from edge.errors import ProofMissing
from edge.permission import declared
from edge.problems import for_programs

FIELD = "proof"
ACTIONS = frozenset({"people.manage", "setting.change", "handover.run", "process.publish"})
"""Whatever a view does under one of these gives powers, or takes them."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def install(app: Flask) -> None:
    """Ask for the proof before a view that gives powers runs.

    It is put behind what refuses forged requests: the page that asks sends the rest again with a token of ours, and
    would make a request of another site one of whoever proves who they are.
    """
    app.before_request(_guard)


def demand() -> None:
    """Go on if whoever asks proved lately who they are, or does so now. Raises ProofMissing."""
    if identity.proved_lately():
        return
    given = "" if for_programs() else request.form.get(FIELD, "")
    if not given:
        raise ProofMissing
    identity.prove_again(given)


def _guard() -> None:
    """Go on unless the request changes something under one of ACTIONS and brings no proof. Raises ProofMissing."""
    if request.endpoint is None or request.method in SAFE:
        return
    if declared(current_app.view_functions[request.endpoint]) in ACTIONS:
        demand()
