"""What people owe and were told: terms of two months, a statement that waits, a cut, and a message that came back."""

import shutil
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from att import duties
from att import jobs
from att import post
from att.settings import Settings
from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import principal
from directory.models import Person
from directory.principal import Principal
from notifications import bounces
from notifications import days
from notifications import periods
from notifications import policies
from notifications import postmaster
from notifications import returned
from notifications import statements
from notifications.models import Message
from notifications.models import Obligation
from tests.browser.house import House
from tests.notifications.test_bounces import sample
from tracking import cuts
from tracking.models import Report
from tracking.policies import SHIPPED

Places = dict[str, int | str]


def owe(house: House) -> None:
    """The policies of the program since last month, what is owed by them, and the reports that were begun."""
    now = clock.now()
    first = (clock.local_date(now).replace(day=1) - timedelta(days=1)).replace(day=1)
    with transaction() as session:
        policies.install(session, SHIPPED, since=first, by=SYSTEM, now=now)
    duties.open_obligations(now)
    jobs.begin_reports(now)
    shutil.rmtree(house.folder / "mail", ignore_errors=True)  # that of the test before


def in_arrears(house: House) -> Places:
    """Let all this happen, without a browser; returns what can be looked at, by name."""
    owe(house)
    duties.mark_overdue(clock.now())
    found: Places = {"message": _told(house)}
    jobs.run("tidy", clock.now())
    with transaction() as session:
        found |= _stated(session, house) | _decided(session, house)
    with reading() as session:
        mine = select(Report).where(Report.person_id == house.world.people["asesor"]).order_by(Report.id)
        rows = {row.kind: row for row in session.scalars(mine)}
        found |= {"report": rows["activities"].id, "seta": rows["seta"].period}
    return found


def _told(house: House) -> int:
    """A test message to each of two people; that to the advisor came back, and the number of the other."""
    numbers = []
    post.use(Settings.from_env({"ATT_VAR": str(house.folder), "ATT_SECRET_KEY": "k" * 40}))
    for username in ("asesor", "monitoreo"):
        with transaction() as session:
            person = session.get_one(Person, house.world.people[username])
            person.email = f"{username}@example.org"
            session.flush()
            numbers.append(postmaster.send_test(session, person.id, now=clock.now()).id)
    jobs.send_mail(clock.now())
    with transaction() as session:
        row = session.get_one(Message, numbers[0])
        bounces.take(session, returned.read(sample("exchange_failed", row.internet_id, row.address)), now=clock.now())
    return numbers[1]


def _stated(session: Session, house: House) -> Places:
    """What the coordinator owes, with a statement that the DER is to decide; and what the advisor owes."""
    now, policy = clock.now(), policies.get(session, "formulario_regional")
    owed = select(Obligation).where(Obligation.policy_id == policy.id).order_by(Obligation.id)
    row = session.scalars(owed).first()
    assert row is not None
    new = statements.NewStatement(
        text="Envié el formulario", happened_on=clock.local_date(now), evidence_link="https://example.org/formulario",
        confirmed=True,
    )  # fmt: skip
    statements.present(session, row.id, new, by=_somebody(session, house, "articulador"), now=now)
    mine = select(Obligation.id).where(Obligation.debtor_id == house.world.people["asesor"])
    first = session.scalars(mine.order_by(Obligation.id)).first()
    return {"stated": row.id, "owed": first or 0}


def _decided(session: Session, house: House) -> Places:
    """A cut of the last quarter, and a day that is not worked in one region."""
    now, by = clock.now(), _somebody(session, house, "monitoreo")
    today = clock.local_date(now)
    quarter = periods.of(periods.QUARTERLY, periods.of(periods.QUARTERLY, today).start - timedelta(days=1))
    cut = cuts.take(session, "follow_up", quarter.key, by=by, now=now)
    day = today + timedelta(days=(9 - today.weekday()) % 7)  # a Wednesday
    region = str(house.world.region_id)
    row = days.add(session, day, "region", region, "Feria regional", by=by.actor(), now=now)
    session.flush()
    return {"cut": cut.id, "day": row.id}


def _somebody(session: Session, house: House, username: str) -> Principal:
    return principal.load(session, house.world.people[username], now=clock.now())
