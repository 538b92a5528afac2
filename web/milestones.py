"""Hitos: one milestone of a plan, everything that happened to it, and what can be done with it now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from db.errors import NotFound
from directory import attachments
from directory.principal import Principal
from edge import finding
from edge import identity
from edge import names
from edge.permission import permission
from tracking import consent
from tracking import milestones
from tracking import returned
from tracking import trace
from tracking.advisory_places import outside
from tracking.milestone_acts import DONE
from tracking.milestone_acts import PROGRESS
from tracking.milestone_acts import TRANSITIONS
from tracking.milestone_acts import latest_report
from tracking.milestone_acts import standing_advances
from tracking.models import MilestoneAct
from tracking.models import MilestoneStatus
from tracking.models import PlanMilestone
from tracking.models import WorkPlan
from web import once
from web import plan_milestones
from web import plans
from web import verifying
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.reading_forms import Reader
from web.reading_forms import uploads

blueprint = Blueprint("web_milestones", __name__)


@dataclass(frozen=True, slots=True)
class Act:
    """Something to do with a milestone: its words, what it asks for, and who may. TRANSITIONS says in which states."""

    of: MilestoneAct
    label: str
    done: str
    run: Callable[..., Any]
    asks: tuple[str, ...]  # of: day, note, files, without_evidence, advance, reason
    action: str = "plan.write"
    help: str = ""

    @property
    def states(self) -> frozenset[MilestoneStatus]:
        """The states from which it is possible."""
        return TRANSITIONS[self.of].sources


ACTS = {
    "avance": Act(MilestoneAct.ADVANCED, "Registrar avance", "El avance quedó registrado.", milestones.advance,
                  ("day", "note", "files"),
                  help="Se trabajó en el hito sin cumplirlo todavía; los porcentajes no cambian."),
    "anular-avance": Act(MilestoneAct.ADVANCE_ANNULLED, "Anular un avance",
                         "El avance quedó anulado; se conserva en la historia.", milestones.annul_advance,
                         ("advance", "reason"), help="Para un avance registrado por error."),
    "cumplido": Act(MilestoneAct.REPORTED, "Reportar como cumplido",
                    "El hito quedó reportado; falta que otra persona lo verifique.", milestones.report,
                    ("day", "note", "files", "without_evidence")),
    "no-aplica": Act(MilestoneAct.NOT_APPLICABLE, "No aplica en esta entidad", "El hito ya no cuenta en esta entidad.",
                     milestones.not_applicable, ("reason",), help="Los demás hitos toman su peso."),
    "aplica": Act(MilestoneAct.APPLICABLE, "Sí aplica", "El hito vuelve a contar.", milestones.applicable,
                  ("reason",)),
    "bloqueo": Act(MilestoneAct.BLOCKED, "Bloqueado por la entidad", "El hito quedó bloqueado por la entidad.",
                   milestones.block, ("reason",),
                   help="No depende de quien acompaña; no se le cuenta como atraso."),
    "desbloqueo": Act(MilestoneAct.UNBLOCKED, "Ya puede seguir", "El hito puede seguir.", milestones.unblock,
                      ("note",)),
    "verificacion": Act(MilestoneAct.VERIFIED, "Verificar el cumplimiento", "El hito quedó verificado.",
                        milestones.verify, ("note",), action="milestone.verify",
                        help="Confirme después de mirar la evidencia."),
    "retiro-de-la-verificacion": Act(MilestoneAct.UNVERIFIED, "Retirar la verificación",
                                     "La verificación se retiró; el hito espera otra vez que lo verifiquen.",
                                     milestones.unverify, ("reason",), action="milestone.verify",
                                     help="Para una verificación hecha por error. Lo reportado sigue igual."),
    "rechazo": Act(MilestoneAct.REJECTED, "No aceptar el reporte", "El hito se devolvió a quien lo reportó.",
                   milestones.reject, ("reason",), action="milestone.verify",
                   help="Diga qué falta. Quien lo reportó podrá hacerlo otra vez."),
    "rectificacion": Act(MilestoneAct.RECTIFIED, "Rectificar el reporte",
                         "El reporte quedó rectificado; el anterior se conserva.", milestones.rectify,
                         ("day", "note", "files", "reason"),
                         help="Reemplaza lo reportado; si estaba verificado, habrá que verificarlo otra vez."),
    "anulacion": Act(MilestoneAct.ANNULLED, "Anular el reporte", "El reporte quedó anulado; el hito está en curso.",
                     milestones.annul, ("reason",),
                     help="El reporte deja de contar, pero se conserva en la historia."),
}  # fmt: skip

IN_WORDS = {act.value: transition.verb for act, transition in TRANSITIONS.items()}


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
    with reading() as session:
        _found(session, milestone_id, by, chosen.action)  # before a file of theirs is kept
    values = _values(chosen, read)
    try:
        if "files" in chosen.asks:  # kept on their own, so that a mistake elsewhere does not lose them
            with transaction() as session:
                values["files"] = uploads(session, "files", by=by.actor(), now=now)
        read.check()
        plan_id = once.run(partial(_done, chosen, milestone_id, values, by, now), by=by, now=now)["plan_id"]
    except InvalidData as error:
        return _page(milestone_id, name, error.errors, values.get("files", request.form.getlist("files_kept")))
    once.got_through(f"hito-{milestone_id}-{name}", by)
    flash(chosen.done, "success")
    return go(verifying.back() if _from_list() else f"/planes/{plan_id}")


def _done(
    chosen: Act, milestone_id: int, values: dict[str, Any], by: Principal, now: datetime, session: Session
) -> dict[str, Any]:
    chosen.run(session, milestone_id, by=by, now=now, **values)
    return {"plan_id": _found(session, milestone_id, by)[1].id}


def _from_list() -> bool:
    """Whether one came from the list of what waits to be verified, where one goes on afterwards."""
    return request.args.get("de") == "por-verificar"


def _values(chosen: Act, read: Reader) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "day" in chosen.asks:
        values["occurred_on"] = read.day("occurred_on", "Escriba la fecha en que ocurrió.")
        values["confirmed"] = request.form.get("confirmed") == "si"
    if "advance" in chosen.asks:
        values["record_id"] = read.number("record_id")
    texts = ("note", "reason", "without_evidence")
    return values | {name: read.text(name) for name in texts if name in chosen.asks}


def _found(
    session: Session, milestone_id: int, by: Principal, action: str = "plan.read"
) -> tuple[PlanMilestone, WorkPlan]:
    row = session.get(PlanMilestone, milestone_id)
    if row is None:
        raise NotFound("el hito", milestone_id)
    return row, finding.plan(session, row.plan_id, by, action)


def _page(
    milestone_id: int, opened: str = "", problems: dict[str, list[str]] | None = None, kept: list[str] | None = None
) -> Response:
    by = identity.current()
    with reading() as session:
        row, plan = _found(session, milestone_id, by)
        values = plans.heading(session, plan, by)
        records = milestones.records_of(session, row.id)
        report = latest_report(session, row.id) if row.status in DONE else None
        advances = standing_advances(session, row.id)
        values["counting"] = plan_milestones.counting(milestones.of_plan(session, plan.id))
        values["returned"] = returned.of_plan(session, plan.id).get(row.id)
        tokens = [token for record in records for token in record.files] + (kept or [])
        files = names.of_files(session, tokens)
        closed = attachments.foreign(session, tokens, by=by) if outside(by) else set()
        apart = milestones.reported_apart(session, plan, row, by)
        unfollowed = consent.not_followed(plan)
    acts = {
        key: item for key, item in ACTS.items()
        if row.status in item.states and values["allowed"].get(item.action)
        and (item.action != "milestone.verify" or (apart and not unfollowed))
    }  # fmt: skip
    if not advances:
        acts.pop("anular-avance", None)
    held = bool(values["execution_refusal"]) and any(item.of in PROGRESS for item in acts.values())
    acts = {key: item for key, item in acts.items() if not (held and item.of in PROGRESS)}
    crumbs = [HOME, plans.LIST, (values["entity"], f"/planes/{plan.id}")]
    return page(
        "milestone.html", row.name, crumbs=crumbs, row=row, records=records, report=report, words=IN_WORDS, acts=acts,
        held=held, advances=advances, opened=opened, listed=verifying.kept() if _from_list() else None, files=files,
        closed=closed, ended=plan.status not in trace.RUNNING, unfollowed=unfollowed, problems=problems or {},
        kept=kept or [], code=422 if problems else 200, **values,
    )  # fmt: skip
