"""«Confirme que es usted»: asked before an act of weight; what was sent is kept, to be sent again."""

from flask import Response
from flask import request

from db import reading
from directory import second_factor
from edge import identity
from edge.problems import Problem
from edge.proving import FIELD
from web.frame import page

NOT_AGAIN = frozenset({FIELD, "csrf_token"})


def ask(problem: Problem) -> Response:
    """The page that asks for the password, or the code, and sends everything else as it was sent."""
    with reading() as session:
        coded = second_factor.holds(session, identity.current().person_id)
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_AGAIN]
    wrong = {FIELD: [problem.detail]} if request.form.get(FIELD) else {}
    target = request.full_path.rstrip("?")
    response = page(
        "proof.html", "Confirme que es usted", coded=coded, sent=sent, target=target, problems=wrong, field=FIELD,
        minutes=int(identity.RECENT.total_seconds() // 60), files=bool(request.files), code=problem.status,
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"  # what was sent may be the first password of somebody
    return response
