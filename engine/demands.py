"""What a process promises whatever its diagram says: the decisions on which its effects depend."""

from dataclasses import dataclass

END = "end"
"""In `Mandatory.before`: the end of the process, unless something from outside interrupts it."""


@dataclass(frozen=True, slots=True)
class Mandatory:
    """A step of the diagram `process` without which nothing of `before` may come about.

    `step` names it by one of its properties (`gate:C2`, `form:evaluacion`), by what it calls (`calls:diseno`) or by
    what it does (`does:tracking.close_product`); `before` are services, or END. Only `roles` may take it (any, where
    there are none), `verdict` is the condition that its answer must meet, `unless` one that makes it needless. With
    `apart`, who wrote what is decided upon does not decide.
    """

    process: str
    step: str
    before: tuple[str, ...]
    roles: tuple[str, ...] = ()
    verdict: str = ""
    unless: str = ""
    apart: bool = False
