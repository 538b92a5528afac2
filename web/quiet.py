"""What the scripts of a page are answered that save what is typed: a small JSON answer, never a page."""

from datetime import datetime
from typing import Any

from flask import Response
from flask import jsonify

from db.errors import AttError
from db.errors import Conflict
from db.errors import NotAllowed
from db.errors import NotFound
from directory.principal import Principal
from edge import latecomers
from edge import words
from edge.problems import UNSEEN


def saved(now: datetime, **more: Any) -> Response:
    """It was saved; `more` is what the script is to know by now."""
    said = f"Borrador guardado a las {words.clock_time(now)}"
    return answer({"saved": True, "message": said, "saved_at": now.isoformat(), **more})


def refused(task_id: int, error: AttError, *, by: Principal, now: datetime) -> Response:
    """It was not, and why: whoever lost the task meanwhile reads who has it."""
    if isinstance(error, NotFound):
        return answer({"saved": False, "message": UNSEEN}, 404)
    if isinstance(error, NotAllowed) and error.hidden and not latecomers.taken(task_id, by, now=now):
        return answer({"saved": False, "message": UNSEEN}, 404)
    if isinstance(error, NotAllowed):
        return answer({"saved": False, "message": latecomers.taken(task_id, by, now=now) or error.message}, 409)
    return answer({"saved": False, "message": error.message}, 409 if isinstance(error, Conflict) else 422)


def answer(body: dict[str, Any], status: int = 200) -> Response:
    """`body` as JSON."""
    response = jsonify(body)
    response.status_code = status
    return response
