"""Offices: what somebody owes for a team of the whole country. Obligations know them by their fixed numbers."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from directory import roles
from notifications.sources import Lister
from notifications.sources import Subject
from notifications.sources import source
from tracking.sources import holders

MONITORING, PLANNING, COMMUNICATIONS, SENIOR, SUPPORT = 1, 2, 3, 4, 5

OFFICES = {
    "der_monitoring": (MONITORING, "Equipo de monitoreo de la DER"),
    "planning_group": (PLANNING, "Grupo de Planeación"),
    "communications": (COMMUNICATIONS, "Equipo de comunicaciones"),
    "senior_management": (SENIOR, "Alta dirección"),
    "support_liaison": (SUPPORT, "Enlaces de acompañamiento"),
}


def about(number: int) -> str:
    """The office with this number, as kinds of facts name what they are about."""
    return f"office:{number}"


def _office(role: str) -> Lister:
    number, label = OFFICES[role]

    def list_office(session: Session, on: date) -> Iterable[Subject]:
        post = holders.posts(session, role, roles.NATIONAL, on).get(None)
        if post is not None:
            yield Subject(kind="office", id=number, label=label, debtor_id=post.holder_id, since=post.since)

    return list_office


for _role, (_number, _label) in OFFICES.items():
    source(f"office_{_role}", _label, about=about(_number))(_office(_role))
