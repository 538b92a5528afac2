"""Who can enter: with a password here, or with an institutional account that they used before."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from directory import accounts
from directory import identities
from directory import people
from directory import ways_in
from directory.identities import Vouched


def test_an_account_of_either_kind_is_a_way_in(session: Session, now: datetime) -> None:
    ana, julio, rosa = (
        people.add(session, name, email=f"{name.lower()}@dnp.gov.co", by=SYSTEM, now=now).id
        for name in ("Ana", "Julio", "Rosa")
    )
    accounts.create(session, ana, "ana", "una clave bastante larga", by=SYSTEM, now=now)
    linked = identities.arrive(session, Vouched("https://cuentas.example", "x", "julio@dnp.gov.co"), now=now)
    assert ways_in.among(session, [ana, julio, rosa]) == {ana, julio}
    assert set(session.scalars(select(ways_in.people().subquery()))) == {ana, julio}
    identities.remove(session, julio, linked.id, reason="Se fue", by=SYSTEM, now=now)
    assert (ways_in.has(session, ana), ways_in.has(session, julio)) == (True, False)
    assert ways_in.among(session, []) == set()
