"""The quarterly cut of the follow-up of plans: progress by region and by product, frozen.

Source: recomendaciones 2023-2024 (P015): a cut each quarter, together with the balance of the Plan de Convergencia.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.principal import Principal
from notifications import cuts
from notifications.models import Cut
from notifications.periods import Period
from notifications.periods import bounds
from notifications.periods import of_the
from tracking import as_of
from tracking import facts
from tracking.models import Advisory
from tracking.models import AdvisoryStatus
from tracking.models import WorkPlan
from tracking.sources import offices

FOLLOW_UP = "follow_up"


def take(session: Session, kind: str, key: str, *, by: Principal, now: datetime) -> Cut:
    """Freeze the figures of a period; that of the follow-up is what the monitoring of the DER owes each quarter.

    Raises as `notifications.cuts.take`.
    """
    cut = cuts.take(session, kind, key, by=by, now=now)
    if kind == FOLLOW_UP:
        facts.office_did(
            session, facts.CUT_TAKEN, offices.MONITORING, f"cut:{cut.id}", f"Corte {of_the(cut.figures['label'])}",
            period=key, link=f"/cortes/{cut.id}", by=by.actor(), now=now,
        )  # fmt: skip
    return cut


@cuts.figures(FOLLOW_UP, "Seguimiento de los planes de trabajo")
def _of_plans(session: Session, period: Period) -> Mapping[str, Any]:
    """Progress of the plans that counted at the end of the period, and advisories given in it."""
    given = select(func.count()).where(
        Advisory.occurred_on.between(period.start, period.end), Advisory.status != AdvisoryStatus.ANNULLED
    )
    return {
        "advisories": session.scalar(given) or 0,
        "regions": _progress(session, WorkPlan.region_id, period),
        "products": _progress(session, WorkPlan.product_id, period),
    }


def _progress(session: Session, column: Any, period: Period) -> list[dict[str, Any]]:
    """The mean progress of the plans of each place or product in each vigencia, as text so that it stays exact.

    Vigencias are not mixed: a closed year would hide how the present one goes. `opened` are all its plans, also those
    that do not count because their entity has not accepted the follow-up.
    """
    until = bounds(period)[1]
    return [
        {
            "key": key, "vigencia": vigencia, "opened": opened[key], "plans": one.plans,
            "reported": str(one.mean(one.reported)), "verified": str(one.mean(one.verified)),
        }
        for vigencia, opened in as_of.totals(session, column, until).items()
        for key, one in as_of.by_column(session, column, until, WorkPlan.vigencia == vigencia).items()
    ]  # fmt: skip
