"""Putting activities of the monthly report under another obligation than their own, before it is presented.

That its author may do so is ours: the same step may answer to different obligations in different contracts.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from db.errors import Conflict
from db.errors import InvalidData
from directory import access
from directory.principal import Principal
from notifications.words import counted
from tracking.models import Report
from tracking.reports import composing
from tracking.reports import contract
from tracking.reports import kinds
from tracking.reports import store
from tracking.reports.contract import Clause


def offered(session: Session, row: Report) -> list[Clause]:
    """The obligations in force in the period of a report, under which its activities may be told."""
    return contract.in_force(session, row.subject_id, row.period_start, row.period_end)


def move(
    session: Session, report_id: int, moves: Mapping[str, int], *, revision: int, by: Principal, now: datetime
) -> Report:
    """Keep under which obligation each activity is told: `moves` are all of them, by key, with its number.

    Those put where they stand of their own, and those not named, are told there. Raises NotFound, NotAllowed, Conflict
    when it was presented, is no activity report or somebody changed it meanwhile, and InvalidData at the key.
    """
    row = store.held(session, report_id)
    actor = access.demand(by, "report.prepare", store.subject(row))
    if row.kind != kinds.ACTIVITIES:
        raise Conflict("Solo el informe de actividades se ordena por obligaciones.", code="not-activities")
    if row.status in store.FROZEN:
        raise Conflict("Este informe ya se presentó; no admite cambios.", code="presented")
    if row.revision != revision:
        raise Conflict("Este informe cambió mientras usted lo ordenaba. Ábralo de nuevo.", code="stale")
    _demand_known(session, row, moves, now)
    row.content = {**row.content, "moves": dict(moves)}
    kept = composing.registered(session, row, now)["moves"]
    row.content = {**row.content, "moves": kept}
    row.revision += 1
    session.flush()
    words = f"Ordenó las actividades: {counted(len(kept), 'quedó', 'quedaron')} en otra obligación que la suya."
    store.record(session, row, "report.arranged", words, by=actor, now=now)
    return row


def _demand_known(session: Session, row: Report, moves: Mapping[str, int], now: datetime) -> None:
    numbers = {clause.number for clause in offered(session, row)}
    told = {one["key"] for group in composing.registered(session, row, now)["obligations"]
            for one in group["activities"]}  # fmt: skip
    errors = {key: ["Esta actividad no está en el informe."] for key in moves if key not in told}
    errors |= {key: ["Elija una obligación de la lista."] for key, number in moves.items() if number not in numbers}
    if errors:
        raise InvalidData(errors)
