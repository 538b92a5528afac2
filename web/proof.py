"""«Confirme que es usted»: asked before an act of weight; what was sent is kept, to be sent again."""

from flask import Response
from flask import request

from db import reading
from directory import accounts
from directory import identities
from directory import second_factor
from edge import identity
from edge.oidc import installed
from edge.oidc.declared import PROOF_PAGE
from edge.problems import Problem
from edge.proving import FIELD
from web.frame import page

OUTSIDE = "proof_outside"
"""Sent by whoever says that they confirmed at the provider, in another tab."""

NOT_AGAIN = frozenset({FIELD, OUTSIDE, "csrf_token"})


def ask(problem: Problem) -> Response:
    """The page that asks for the password, or the code, and sends everything else as it was sent."""
    by, connection = identity.current(), installed.maybe_current()
    with reading() as session:
        coded = second_factor.holds(session, by.person_id)
        with_password = accounts.of(session, by.person_id) is not None
        issuer = connection.provider.issuer if connection and not coded else ""
        outside = PROOF_PAGE if issuer and identities.linked(session, by.person_id, issuer) else ""
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_AGAIN]
    wrong = {FIELD: [problem.detail]} if request.form.get(FIELD) else {}
    if request.form.get(OUTSIDE) and not wrong:
        wrong = {OUTSIDE: ["Todavía no consta que usted haya confirmado con su cuenta institucional."]}
    target = request.full_path.rstrip("?")
    response = page(
        "proof.html", "Confirme que es usted", coded=coded, with_password=with_password, outside=outside, sent=sent,
        target=target, problems=wrong, field=FIELD, minutes=int(identity.RECENT.total_seconds() // 60),
        files=bool(request.files), code=problem.status,
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"  # what was sent may be the first password of somebody
    return response
