"""Integridad de la historia: looking whether every act is as it was written, and what came of it each time."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from sqlalchemy.orm import Session

from db import clock
from db import history
from db import reading
from db import seals
from db import transaction
from db.checkpoints import checking
from db.checkpoints import taking
from db.checkpoints import watching
from db.checkpoints.log import Checkpoint
from db.errors import Unavailable
from edge import identity
from edge import names
from edge.permission import permission
from engine import integrity
from engine import operations
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.operations import STATUS

blueprint = Blueprint("web_integrity", __name__)

PAGE = "/integridad"
SHOWN = 20
MOST_EVENTS = 5


@blueprint.get(PAGE)
@permission("history.verify")
def show() -> Response:
    """The last times that it was looked through, the newest first."""
    with reading() as session:
        rows = operations.listed(session, by=identity.current(), kind=integrity.KIND, limit=SHOWN).items
        people = names.of_people(session, [row.started_by for row in rows])
        chains, unsealed = history.count_chains(session), seals.unsealed(session)
        sealed = _sealed(session, clock.now())
        places = _places(session, [note for row in rows for note in row.notes])
    rows = sorted(rows, key=lambda row: row.id, reverse=True)
    return page(
        "integrity.html", "Integridad de la historia", crumbs=[HOME], rows=rows, people=people, statuses=STATUS,
        chains=chains, unsealed=unsealed, sealed=sealed, places=places,
    )  # fmt: skip


@blueprint.post(PAGE)
@permission("history.verify")
def look() -> Response:
    with transaction() as session:
        integrity.begin(session, by=identity.current(), now=clock.now())
    flash("La revisión comenzó; su resultado aparece aquí cuando termine.", "success")
    return go(PAGE)


PAGES = {
    "person": "/personas/", "entity": "/entidades/", "work_plan": "/planes/", "obligation": "/plazos/",
    "strategy": "/estrategias/", "advisory": "/asesorias/", "message": "/mensajes/", "operation": "/operaciones/",
    "policy": "/politicas/", "report": "/informes/", "proposal": "/procesos/propuestas/", "unit": "/dependencias/",
}  # fmt: skip
"""Where each thing that has a history of its own is read. A product goes by its code, a case has no page."""


def _places(session: Session, notes: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], str]:
    """The page of what each break is about, for those that have one. Notes kept by earlier programs name nothing."""
    about = {(note["kind"], note["subject_id"]) for note in notes if "subject_id" in note}
    products = names.of_products(session, [key for kind, key in about if kind == "product"])
    found = {(kind, key): f"{PAGES[kind]}{key}" for kind, key in about if kind in PAGES}
    return found | {("product", key): f"/productos/{row.code}" for key, row in products.items()}


@dataclass(frozen=True, slots=True)
class Sealed:
    """The checkpoints as the page shows them.

    `waiting` says that acts wait for the next one, `late` that they wait for too long; `broken` that the file does not
    read; `events` are back-ups that were put back and acts with an earlier date, the newest first.
    """

    last: Checkpoint | None = None
    waiting: bool = False
    late: bool = False
    broken: bool = False
    events: Sequence[Checkpoint] = ()


def _sealed(session: Session, now: datetime) -> Sealed:
    log, newest = checking.in_use(), taking.newest_act(session)
    try:
        last = log.last()
        events = log.declared(MOST_EVENTS)
    except (Unavailable, ValueError):
        return Sealed(broken=True)
    if last is None:
        return Sealed(waiting=newest > 0)
    late = watching.overdue(session, last, now) is not None
    return Sealed(last, waiting=newest > last.through, late=late, events=events)
