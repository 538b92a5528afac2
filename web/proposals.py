"""Propuestas: versions of processes that somebody proposes and somebody else publishes or rejects."""

from collections.abc import Mapping
from collections.abc import Sequence

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import DefinitionError
from db.errors import InvalidData
from directory import access
from edge import identity
from edge import names
from edge.permission import permission
from engine import definitions
from engine import proposals
from web import diagrams
from web import histories
from web import once
from web.frame import HOME
from web.frame import chosen
from web.frame import go
from web.frame import page
from web.frame import paging
from web.processes import LIST

blueprint = Blueprint("web_proposals", __name__)

PROPOSALS = ("Propuestas", "/procesos/propuestas")
STATUS = {"waiting": "En espera", "published": "Publicada", "rejected": "Rechazada"}
Problems = Mapping[str, Sequence[str]]


@blueprint.get("/procesos/propuestas")
@permission("process.read")
def listed() -> Response:
    """All proposals, the newest first."""
    text, status = request.args.get("buscar", "").strip(), chosen("estado", STATUS)
    with reading() as session:
        found = proposals.listed(session, text=text, status=status, cursor=request.args.get("desde", ""))
        people = names.of_people(session, [row.proposed_by for row in found.items])
    return page(
        "proposals.html", "Propuestas", crumbs=[HOME, LIST], rows=found.items, people=people, text=text,
        status=status, statuses=STATUS, **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/procesos/propuestas/nueva")
@permission("process.deploy")
def new_form() -> Response:
    """Choose the process, its diagrams, and say why."""
    return _new_page({})


@blueprint.post("/procesos/propuestas/nueva")
@permission("process.deploy")
def propose() -> Response:
    """Check what was sent and keep it for somebody else to decide."""
    key, by, now = request.form.get("process", ""), identity.current(), clock.now()
    access.demand(by, "process.deploy")
    try:
        sent = _sent_files()
        with reading() as session:
            definitions.latest(session, key)
            files = proposals.completed(session, key, sent)
        checked = proposals.check(key, files)  # outside of the transaction: it may take seconds

        def act(session: Session) -> dict[str, int]:
            reason = request.form.get("reason", "")
            return {"id": proposals.propose(session, checked, reason=reason, by=by, now=now).id}

        made = once.run(act, by=by, now=now)
    except InvalidData as error:
        return _new_page(error.errors)
    except (DefinitionError, Conflict) as error:
        return _new_page({"files": error.message.splitlines()})
    flash("La versión pasó la revisión y quedó propuesta. La publica otra persona.", "success")
    return go(f"/procesos/propuestas/{made['id']}")


@blueprint.get("/procesos/propuestas/<id:proposal_id>")
@permission("process.read")
def show(proposal_id: int) -> Response:
    """What is proposed, with what would change drawn and told, and what happened with it."""
    return _page(proposal_id, {})


@blueprint.post("/procesos/propuestas/<id:proposal_id>/publicar")
@permission("process.publish")
def publish(proposal_id: int) -> Response:
    """Make it the version that rules."""
    by, now, reason = identity.current(), clock.now(), request.form.get("reason", "")
    try:
        with reading() as session:
            checked = proposals.check_again(session, proposal_id)
        with transaction() as session:
            made = proposals.publish(session, proposal_id, checked, reason=reason, by=by, now=now)
    except InvalidData as error:
        return _page(proposal_id, error.errors)
    flash(f"La versión {made.version} rige desde ahora para los casos que empiecen.", "success")
    return go(f"/procesos/{made.key}?version={made.version}")


@blueprint.post("/procesos/propuestas/<id:proposal_id>/rechazar")
@permission("process.publish")
def reject(proposal_id: int) -> Response:
    """Put it aside, with the reason."""
    by, now, reason = identity.current(), clock.now(), request.form.get("reason", "")
    try:
        with transaction() as session:
            proposals.reject(session, proposal_id, reason=reason, by=by, now=now)
    except InvalidData as error:
        return _page(proposal_id, {f"{name}-rechazo": said for name, said in error.errors.items()})
    flash("La propuesta quedó rechazada.", "success")
    return go(f"/procesos/propuestas/{proposal_id}")


def _sent_files() -> dict[str, str]:
    """The diagrams that were attached: name → text. Raises InvalidData when there is none or it is not text."""
    found = {}
    for upload in request.files.getlist("files"):
        if upload.filename:
            try:
                found[upload.filename] = upload.read().decode()
            except UnicodeDecodeError as error:
                raise InvalidData({"files": [f"«{upload.filename}» no está en UTF-8."]}) from error
    if not found:
        raise InvalidData({"files": ["Adjunte por lo menos un diagrama (.bpmn)."]})
    return found


def _new_page(problems: Problems) -> Response:
    with reading() as session:
        ruling = {row.key: row.title for row in reversed(definitions.every(session))}
    return page(
        "proposal_new.html", "Proponer una versión", crumbs=[HOME, LIST, PROPOSALS], processes=ruling,
        typed=request.form or {"process": request.args.get("proceso", "")}, problems=problems,
        code=422 if problems else 200,
    )  # fmt: skip


def _page(proposal_id: int, problems: Problems) -> Response:
    with reading() as session:
        row = proposals.get(session, proposal_id)
        before, after = proposals.bundles(session, row)
        changes = proposals.difference(session, row)
        compared = diagrams.compared(before, after, changes, row.title, request.args.get("diagrama", ""))
        base = definitions.get(session, row.base_id) if row.base_id is not None else None
        made = definitions.get(session, row.definition_id) if row.definition_id is not None else None
        people = names.of_people(session, [row.proposed_by, row.decided_by])
        overtaken = proposals.overtaken(session, row)
        past = histories.values(session, proposals.subject(row.id))
    return page(
        "proposal.html", f"Propuesta {row.id}: «{row.title}»", crumbs=[HOME, LIST, PROPOSALS], row=row,
        compared=compared, base=base, made=made, people=people, statuses=STATUS, words=diagrams.CHANGED,
        decides=proposals.may_decide(row, identity.current()), overtaken=overtaken, problems=problems,
        code=422 if problems else 200, **past,
    )  # fmt: skip
