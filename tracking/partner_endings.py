"""A participation that ended while somebody of the partner was writing: they are told who ended it, and when.

They read the strategy no more, and with it neither the participation nor why it ended; that it is over they may know.
"""

from datetime import datetime
from datetime import timedelta

from sqlalchemy.orm import Session

from db import history
from db.clock import local_date
from db.errors import Conflict
from directory import units
from directory.principal import Principal
from directory.roles import OUTSIDE
from forms.words import elapsed
from forms.words import long_date
from tracking import partners
from tracking import strategies
from tracking.models import StrategyPartner

ENDED = "partner_ended"


def demand_not_ended(session: Session, row: StrategyPartner, *, by: Principal, now: datetime) -> None:
    """Let pass, but for who acts for a partner whose participation is over. Raises Conflict with who ended it and when.

    To others the participation is what it was: what they may not read is not there.
    """
    if not partners.over(row, local_date(now)) or not _acts_for(by, row.unit_id):
        return
    raise Conflict(f"{_told(session, row, now)} Lo que usted escribió no se guardó.", code=ENDED)


def _acts_for(by: Principal, unit_id: int) -> bool:
    return any(grant.role in OUTSIDE and unit_id in grant.units for grant in by.grants)


def _told(session: Session, row: StrategyPartner, now: datetime) -> str:
    strategy = strategies.get(session, row.strategy_id)
    whole = f"la participación de {units.get(session, row.unit_id).name} en «{strategy.name}»"
    since = "" if row.until is None else f" desde el {long_date((row.until + timedelta(days=1)).isoformat())}"
    acts = history.backwards(session, partners.chain(row.id))
    act = next((one for one in acts if one.actor_id is not None and "until" in one.details), None)
    if act is None:
        return f"Terminó {whole}{since}."
    return f"{act.actor_name} terminó {elapsed(now - act.at)} {whole}{since}."
