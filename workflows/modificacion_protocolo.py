"""Modification of a validated protocol: the reason, what changes, C2 on the difference, who adopts it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import Actor
from db.errors import InvalidData
from engine import submissions
from engine.context import Context
from engine.demands import Mandatory
from engine.registry import Consequence
from engine.registry import Named
from forms.display import entity_names
from forms.numbers import percent
from forms.walk import rows
from forms.words import listed
from tracking import adoption
from tracking import life
from tracking import lineage
from tracking import modifications
from tracking import work_plans
from tracking.milestone_acts import IN_WORDS
from tracking.models import MilestoneStatus
from tracking.models import Modification
from tracking.models import WorkPlan
from workflows import activacion
from workflows import adopcion
from workflows import modified_milestones
from workflows import protocol_changes

REQUEST = "Activity_SolicitarModificacion"
ADOPTION = "Activity_DecidirAdopcion"
PROTOCOL = "Activity_DiligenciarProtocolo"
OWN = ("desist", "reason", "changes")  # what a request says besides the protocol


def modification_request(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """The request that was returned, or else the protocol in force with the reason that opened the modification."""
    if context.variables["verdict"] == "returned":
        return context.answers(REQUEST)
    in_force = _protocol_in_force(session, context)
    return {**in_force, "desist": False, "reason": context.reason(life.MODIFICATION), "changes": []}


def protocol_in_force(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """What the DER compares the request with; what only a request says counts as unchanged."""
    asked = context.answers(REQUEST)
    own = {name: asked[name] for name in OWN if name in asked}
    return {**own, **_compared(session, context, asked)}


def _compared(session: Session, context: Context, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The protocol in force, as the answers `asked` are compared with it."""
    table, in_force = modified_milestones.TABLE, _protocol_in_force(session, context)
    return {**in_force, table: modified_milestones.beside(in_force[table], rows(asked.get(table)))}


def _protocol_in_force(session: Session, context: Context) -> Mapping[str, Any]:
    """The protocol as it was validated last, by the last modification that was applied or at first.

    Its milestones are those in force, as C3 left them, each with the name by which a row goes on with it.
    """
    applied = modifications.of_product(session, context.ref("product_id"))
    until = applied[-1].applied_at if applied else None
    validated = submissions.latest(session, context.instance.id, REQUEST, until=until) if until else None
    data = validated.data if validated is not None else context.answers(PROTOCOL)
    since = validated.id if validated is not None else 0
    found = modified_milestones.rows_in_force(session, context, data, since, until)
    return {**{name: value for name, value in data.items() if name not in OWN}, modified_milestones.TABLE: found}


def demand_running_plans(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """Only plans that run, of entities that are still focalised, can adopt a modification."""
    if data.get("adoption") != "chosen" or context.variables["product_closed"]:
        return
    within, apart = modifications.reached(session, _last(session, context))
    chosen = set(data.get("entities", ()))
    if out := chosen & {plan.entity_id for plan in apart}:
        who = listed(sorted(entity_names(session, out).values()))
        raise InvalidData({"entities": [f"Quite {who}: la modificación no alcanza a quien ya no está focalizado."]})
    if out := chosen - {plan.entity_id for plan in within}:
        who = listed(sorted(entity_names(session, out).values()))
        raise InvalidData({"entities": [f"Quite {who}: sólo adoptan las entidades con un plan en curso desde antes."]})


def _last(session: Session, context: Context) -> Modification:
    return modifications.of_product(session, context.ref("product_id"))[-1]


def apply_modification(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Put the validated modification in force: protocol, entities, and milestones where they changed.

    A modification that was open when the product closed runs to its end, but there is nothing left to change.
    """
    if context.variables["product_closed"]:
        return
    product_id = context.ref("product_id")
    asked, weights = modified_milestones.asked(context), modified_milestones.weights(context)
    modifications.apply_modification(session, product_id, asked, weights=weights, by=by, now=now)
    vigencia = work_plans.latest_vigencia(session, product_id)
    if vigencia is not None:  # entities that came in get their plan; those that have one keep it
        activacion.begin_plans(session, product_id, vigencia, cause=context.cause, by=by, now=now)


def record_adoption(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Put down, as long work, which running plans adopt the modification and which stay with what they had."""
    if context.variables["product_closed"]:
        return
    answers = context.answers(ADOPTION)
    modification = _last(session, context)
    within, _ = modifications.reached(session, modification)
    chosen = set(answers.get("entities", ())) & {plan.entity_id for plan in within}  # those that ended since are let go
    decisions = modifications.adopting(session, modification.id, choice=answers["adoption"], entities=chosen)
    reason = str(answers.get("adoption_reason") or "")
    adopcion.begin(session, modification.id, decisions, reason, cause=context.cause, by=by, now=now)


def request_told(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> list[Consequence]:
    """For its author: what the request changes of the protocol in force."""
    if data.get("desist") is True:
        return [Consequence("desisted", "La modificación termina aquí y el protocolo vigente queda como está.")]
    changed = protocol_changes.told(session, _compared(session, context, data), data)
    return [*changed, *modified_milestones.progress_told(session, context, data.get("milestones") or ())]


def verdict_told(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> list[Consequence]:
    """For the DER: what the request that it decides on changes of the protocol in force."""
    return request_told(session, context, context.answers(REQUEST), now=now)


def parameterisation_told(
    session: Session, context: Context, data: Mapping[str, Any], *, now: datetime
) -> list[Consequence]:
    """For the monitoring team (C3): what becomes of the progress of the milestones that change."""
    return list(modified_milestones.progress_told(session, context, data.get("milestones") or ()))


def adoption_told(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> list[Consequence]:
    """Which running plans take the modification over, which go on as they were, and which it does not reach."""
    if context.variables["product_closed"]:
        return [Consequence("closed", "El producto ya cerró: no hay planes que adopten la modificación.")]
    modification = _last(session, context)
    within, apart = modifications.reached(session, modification)
    chosen = set(data.get("entities") or ()) if data.get("adoption") == "chosen" else set()
    adopt = [plan for plan in within if data.get("adoption") == "all" or plan.entity_id in chosen]
    names = entity_names(session, {plan.entity_id for plan in (*within, *apart)})
    groups = (
        ("adopting", adopt, "Adoptarán la modificación"),
        (
            "staying",
            [plan for plan in within if plan not in adopt],
            "Seguirán con el protocolo anterior" if data.get("adoption") else "Por decidir si la adoptan",
        ),
        ("out", apart, "No los alcanza, porque su entidad salió de la focalización (se cierran o se mantienen aparte)"),
    )
    words = _changed(session, modification, within)
    told = [_plans(kind, plans, text, names, words) for kind, plans, text in groups if plans]
    return told or [Consequence("none", "No hay planes de trabajo en curso: no hay nada que adoptar.")]


def _plans(
    kind: str, plans: list[WorkPlan], text: str, names: Mapping[int, str], words: Mapping[int, str]
) -> Consequence:
    count = f"{len(plans)} {'plan' if len(plans) == 1 else 'planes'}"
    said = words if kind != "out" else {}
    named = [
        Named(f"{names[one.entity_id]}{said.get(one.id, '')}", f"/planes/{one.id}", [one.entity_id]) for one in plans
    ]
    return Consequence(kind, f"{text}: {count}.", len(plans), named)


def _changed(session: Session, modification: Modification, plans: list[WorkPlan]) -> dict[int, str]:
    """What adopting does to each plan, in words: its progress, and the milestones that go and come."""
    if modification.template_id is None:
        return {}
    lines, found = lineage.of_product(session, modification.product_id), {}
    for plan in plans:
        change = adoption.foresee(session, plan, modification.template_id, lines=lines)
        gone = [f"se retira «{row.name}»" for row in change.retired if row not in change.lost]
        gone += [f"se retira «{row.name}», {IN_WORDS[MilestoneStatus(row.status)]}" for row in change.lost]
        found[plan.id] = ": " + "; ".join([
            f"reportado, de {percent(change.reported[0])} a {percent(change.reported[1])}",
            f"verificado, de {percent(change.verified[0])} a {percent(change.verified[1])}",
            *gone, *change.words(),
        ])  # fmt: skip
    return found


MANDATORY = (
    Mandatory("modificacion_protocolo", "gate:C2", ("tracking.apply_modification",), roles=("der_reviewer",),
              verdict='verdict == "validated"', apart=True),
    Mandatory("modificacion_protocolo", "gate:C3", ("tracking.apply_modification",), roles=("der_monitoring",),
              verdict="trackable == True", unless="milestones_changed == False", apart=True),
)  # fmt: skip
HANDLERS = {
    **modified_milestones.HANDLERS,
    "tracking.apply_modification": apply_modification,
    "tracking.record_adoption": record_adoption,
}
CHECKS = {**modified_milestones.CHECKS, "adopcion_modificacion": demand_running_plans}
CONSEQUENCES = {
    "solicitud_modificacion": request_told,
    "concepto_modificacion": verdict_told,
    "parametrizacion_modificacion": parameterisation_told,
    "adopcion_modificacion": adoption_told,
}
PREFILLS = {"modification_request": modification_request, "protocol_in_force": protocol_in_force}
