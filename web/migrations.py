"""Cases of earlier versions taken to a later one, after seeing which can and why the others cannot."""

from collections.abc import Mapping
from collections.abc import Sequence

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db.errors import InvalidData
from directory import access
from edge import identity
from edge.permission import permission
from engine import definitions
from engine import migrating
from web import once
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.frame import paging
from web.processes import LIST
from web.reading_forms import Reader

blueprint = Blueprint("web_migrations", __name__)

Problems = Mapping[str, Sequence[str]]


@blueprint.get("/procesos/<key>/versiones/<id:number>/casos")
@permission("instance.migrate")
def candidates(key: str, number: int) -> Response:
    """The running cases of earlier versions, each with whether it can come."""
    return _page(key, number, {})


@blueprint.post("/procesos/<key>/versiones/<id:number>/casos")
@permission("instance.migrate")
def begin(key: str, number: int) -> Response:
    """Begin to take those that were marked, or all, or a rehearsal with all."""
    by, now, how = identity.current(), clock.now(), request.form.get("act", "")
    chosen = Reader().numbers("case") if how == "marked" else None
    try:
        if chosen == []:
            raise InvalidData({"case": ["Marque por lo menos un caso."]})

        def act(session: Session) -> dict[str, int]:
            definition = definitions.version(session, key, number)
            row = migrating.begin(
                session, definition, instance_ids=chosen, rehearsal=how == "rehearse",
                reason=request.form.get("reason", ""), by=by, now=now,
            )  # fmt: skip
            return {"id": row.id}

        made = once.run(act, by=by, now=now)
    except InvalidData as error:
        return _page(
            key, number, {("case" if name == "instances" else name): said for name, said in error.errors.items()}
        )
    flash("Comenzó. Puede cerrar esta página: sigue solo.", "success")
    return go(f"/operaciones/{made['id']}")


def _page(key: str, number: int, problems: Problems) -> Response:
    access.demand(identity.current(), "instance.migrate")
    text = request.args.get("buscar", "").strip()
    with reading() as session:
        definition = definitions.version(session, key, number)
        found = migrating.candidates(session, definition, text=text, cursor=request.args.get("desde", ""))
        waiting = migrating.waiting(session, definition)
    above = (definition.title, f"/procesos/{key}?version={number}")
    return page(
        "migration.html", f"Pasar casos a la versión {number}", crumbs=[HOME, LIST, above], definition=definition,
        rows=found.items, waiting=waiting, text=text, typed=request.form, problems=problems,
        marked=Reader().numbers("case"), code=422 if problems else 200, **paging(found.next_cursor),
    )  # fmt: skip
