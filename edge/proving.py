"""Acts that ask whoever does them to prove again who they are: decisions at a gate, and whatever gives powers.

A page that was left open, or a telephone that somebody else picked up, decides nothing (OWASP ASVS 5.0, 7.5.3). The
proof comes with the form itself, so that nothing that was typed is lost: a page asks for it and sends the rest again.
"""

from flask import request

from edge import identity
from edge.errors import ProofMissing
from edge.problems import for_programs

FIELD = "proof"
ACTIONS = frozenset({"people.manage", "setting.change", "handover.run", "process.publish"})
"""Whatever a view does under one of these gives powers, or takes them: its guard asks for the proof."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def demand_for(action: str) -> None:
    """Go on unless the request changes something under one of ACTIONS and brings no proof. Raises ProofMissing."""
    if action in ACTIONS and request.method not in SAFE:
        demand()


def demand() -> None:
    """Go on if whoever asks proved lately who they are, or does so now. Raises ProofMissing."""
    if identity.proved_lately():
        return
    given = "" if for_programs() else request.form.get(FIELD, "")
    if not given:
        raise ProofMissing
    identity.prove_again(given)
