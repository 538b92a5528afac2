"""A filled form that arrives twice is done once: a button touched twice, a page sent again.

Its page gives each filled form a key (`ui.key()`); the answer is kept with the act (see `edge.idempotency`).
"""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db.errors import InvalidData
from directory.principal import Principal
from edge import idempotency

OTHER = "Este formulario ya se envió con otros datos. Para registrar algo más, abra la página de nuevo."
NOT_SAID = frozenset({"csrf_token", "key", "confirmed", "password"})  # a hash of a request must not tell a password


def run(act: Callable[[Session], dict[str, Any]], *, by: Principal, now: datetime) -> dict[str, Any]:
    """What `act` returned, in this request or in an earlier one with the same form. Runs it in a transaction.

    Raises InvalidData when the form of that key was sent with other answers, and whatever `act` raises.
    """
    with _in_words():
        return idempotency.once(_keyed(by), act, now=now, status=303).body


def is_again(by: Principal) -> bool:
    """Whether this form was done before: what is asked before it is done need not be asked again."""
    with _in_words():
        return idempotency.earlier(_keyed(by)) is not None


def got_through(name: str, by: Principal) -> None:
    """Let the next page drop the copy that the device keeps of the form `name` (`data-keep`)."""
    flash(f"{by.person_id}-{name}", "sent")


def opened_for(name: str) -> str:
    """What the page of a form was opened for: the ids called `name` in its address, or what it sent as `opened`."""
    said = request.form.get("opened", "") if request.form else "-".join(request.args.getlist(name))
    return said if said.replace("-", "").isdecimal() else ""


def copy_of(name: str, opened: str | None = None) -> str:
    """The name (`data-keep`) of the copy of a form that may be `opened` for something.

    What was written for one entity is offered only where its page is opened for that entity.
    """
    found = opened_for("") if opened is None else opened
    return f"{name}-para-{found}" if found else name


def _keyed(by: Principal) -> idempotency.Keyed | None:
    return idempotency.keyed(request.form.get("key", ""), by.person_id, request.path, _said())


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except InvalidData as error:
        if "Idempotency-Key" in error.errors:
            raise InvalidData({"": [OTHER]}) from error
        raise


def _said() -> dict[str, list[str]]:
    """What was typed. Boxes left empty say nothing: a page that was put back may have more or fewer of them."""
    typed = {name: [value for value in values if value] for name, values in request.form.to_dict(flat=False).items()}
    return {name: values for name, values in typed.items() if values and name not in NOT_SAID}
