"""Hitos: one milestone of a plan, everything that happened to it, and what can be done with it now."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from db.errors import NotFound
from directory.principal import Principal
from edge import identity
from edge.permission import permission
from tracking import milestones
from tracking.models import PlanMilestone
from tracking.models import WorkPlan
from web import names
from web import plans
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.reading_forms import Reader
from web.reading_forms import uploads

blueprint = Blueprint("web_milestones", __name__)


@dataclass(frozen=True, slots=True)
class Act:
    """Something to do with a milestone: its words, what it asks for, in which states, and who may."""

    label: str
    done: str
    run: Callable[..., Any]
    asks: tuple[str, ...]  # of: day, note, files, reason
    states: frozenset[str]
    action: str = "plan.write"
    help: str = ""


OPEN = frozenset({"pending", "in_progress"})
DONE = frozenset({"reported", "verified"})

ACTS = {
    "avance": Act("Registrar avance", "El avance quedó registrado.", milestones.advance, ("day", "note", "files"), OPEN,
                  help="Se trabajó en el hito sin cumplirlo todavía; los porcentajes no cambian."),
    "cumplido": Act("Reportar como cumplido", "El hito quedó reportado; falta que otra persona lo verifique.",
                    milestones.report, ("day", "note", "files"), OPEN, help="Adjunte la evidencia."),
    "no-aplica": Act("No aplica en esta entidad", "El hito ya no cuenta en esta entidad.", milestones.not_applicable,
                     ("reason",), OPEN, help="Los demás hitos toman su peso."),
    "aplica": Act("Sí aplica", "El hito vuelve a contar.", milestones.applicable, ("reason",),
                  frozenset({"not_applicable"})),
    "bloqueo": Act("Bloqueado por la entidad", "El hito quedó bloqueado por la entidad.", milestones.block, ("reason",),
                   OPEN, help="No depende de quien acompaña; no se le cuenta como atraso."),
    "desbloqueo": Act("Ya puede seguir", "El hito puede seguir.", milestones.unblock, ("note",),
                      frozenset({"blocked"})),
    "verificacion": Act("Verificar", "El hito quedó verificado.", milestones.verify, ("note",), frozenset({"reported"}),
                        action="milestone.verify", help="Confirme después de mirar la evidencia."),
    "rechazo": Act("No se puede verificar", "El hito volvió a estar en curso.", milestones.reject, ("reason",),
                   frozenset({"reported"}), action="milestone.verify", help="Diga qué falta."),
    "rectificacion": Act("Rectificar el reporte", "El reporte quedó rectificado; el anterior se conserva.",
                         milestones.rectify, ("day", "note", "files", "reason"), DONE,
                         help="Reemplaza lo reportado; si estaba verificado, habrá que verificarlo otra vez."),
    "anulacion": Act("Anular el reporte", "El reporte quedó anulado; el hito está en curso.", milestones.annul,
                     ("reason",), DONE, help="El reporte deja de contar, pero se conserva en la historia."),
}  # fmt: skip

IN_WORDS = {
    "advanced": "Registró avance", "reported": "Reportó el hito como cumplido", "rectified": "Rectificó el reporte",
    "annulled": "Anuló el reporte", "verified": "Verificó el hito", "rejected": "No lo pudo verificar",
    "blocked": "Lo marcó como bloqueado por la entidad", "unblocked": "Lo desbloqueó",
    "not_applicable": "Lo marcó como no aplicable", "applicable": "Lo volvió a aplicar",
    "rescheduled": "Lo reprogramó", "retired": "Salió por una modificación", "restored": "Volvió por una modificación",
}  # fmt: skip


@blueprint.get("/hitos/<id:milestone_id>")
@permission("plan.read")
def show(milestone_id: int) -> Response:
    return _page(milestone_id)


@blueprint.post("/hitos/<id:milestone_id>/<name>")
@permission("plan.read")
def act(milestone_id: int, name: str) -> Response:
    """Do one of ACTS; the room below decides who may."""
    chosen = ACTS.get(name)
    if chosen is None:
        raise NotFound("el acto", name)
    by, now, read = identity.current(), clock.now(), Reader()
    values = _values(chosen, read)
    try:
        if "files" in chosen.asks:  # kept on their own, so that a mistake elsewhere does not lose them
            with transaction() as session:
                values["files"] = uploads(session, "files", by=by.actor(), now=now)
        read.check()
        with transaction() as session:
            chosen.run(session, milestone_id, by=by, now=now, **values)
            plan_id = _found(session, milestone_id, by)[1].id
    except InvalidData as error:
        return _page(milestone_id, name, error.errors, values.get("files", []))
    flash(chosen.done, "success")
    return go(f"/planes/{plan_id}")


def _values(chosen: Act, read: Reader) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "day" in chosen.asks:
        values["occurred_on"] = read.day("occurred_on", "Escriba la fecha en que ocurrió.")
    return values | {name: read.text(name) for name in ("note", "reason") if name in chosen.asks}


def _found(session: Session, milestone_id: int, by: Principal) -> tuple[PlanMilestone, WorkPlan]:
    row = session.get(PlanMilestone, milestone_id)
    if row is None:
        raise NotFound("el hito", milestone_id)
    return row, plans.found(session, row.plan_id, by)


def _page(
    milestone_id: int, opened: str = "", problems: dict[str, list[str]] | None = None, kept: list[str] | None = None
) -> Response:
    by = identity.current()
    with reading() as session:
        row, plan = _found(session, milestone_id, by)
        values = plans.heading(session, plan, by)
        records = milestones.records_of(session, row.id)
        tokens = [token for record in records for token in record.files] + (kept or [])
        files = names.of_files(session, tokens)
    acts = {
        key: item for key, item in ACTS.items()
        if row.status in item.states and values["allowed"].get(item.action) and not _own(item, row, by)
    }  # fmt: skip
    crumbs = [HOME, plans.LIST, (values["entity"], f"/planes/{plan.id}")]
    return page(
        "milestone.html", row.name, crumbs=crumbs, row=row, records=records, words=IN_WORDS, acts=acts, opened=opened,
        files=files, problems=problems or {}, kept=kept or [], code=422 if problems else 200, **values,
    )  # fmt: skip


def _own(item: Act, row: PlanMilestone, by: Principal) -> bool:
    """Nobody verifies what they reported."""
    return item.action == "milestone.verify" and row.reported_by == by.person_id
