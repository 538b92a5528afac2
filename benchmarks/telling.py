"""One round of reminders over many open obligations, and the second round of the day, which finds nothing new."""

from collections.abc import Iterator
from datetime import date
from datetime import datetime
from datetime import timedelta

from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.orm import Session

from att import jobs
from benchmarks.measures import Measure
from benchmarks.measures import milliseconds
from db import reading
from db import transaction
from db.clock import BOGOTA
from db.clock import local_date
from directory.models import Person
from directory.models import RoleGrant
from notifications import specs
from notifications.calendar import LAW
from notifications.models import Obligation
from notifications.models import Policy
from notifications.models import PolicyVersion
from notifications.models import Reminder
from notifications.obligation_notices import OBLIGATION
from notifications.specs import PolicySpec

PEOPLE = 4000
DUE, OVERDUE, LATER = 5, 10, 10  # of each person: to be told today, told before, and not to be told yet


def telling(kind: str, *, now: datetime) -> Iterator[Measure]:
    """Of 100,000 open obligations 20,000 are to be told of."""
    today = LAW.forward(local_date(now))
    at = datetime(today.year, today.month, today.day, 9, tzinfo=BOGOTA)
    with transaction() as session:
        _fill(session, today, at)
    before = _told()
    first = milliseconds(lambda: jobs.run("reminders", at))
    told = _told() - before
    again = milliseconds(lambda: jobs.run("reminders", at))
    yield Measure(f"{kind}: reminders missed of {PEOPLE * DUE:,}", float(PEOPLE * DUE - told), "", 0)
    yield Measure(f"{kind}: tell 20,000 of 100,000 obligations", first / 1000, "s", 20)
    yield Measure(f"{kind}: second round of the day", again / 1000, "s", 20)


def _told() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Reminder)) or 0


def _fill(session: Session, today: date, at: datetime) -> None:
    policy_id = _policy(session, at)
    crowd = [_person(number, at) for number in range(PEOPLE)]
    people = session.scalars(insert(Person).returning(Person.id), crowd).all()
    session.execute(insert(RoleGrant), [_post(key, today) for key in people])
    due = LAW.at_cut_off
    days = {today: DUE, LAW.add(today, -3): OVERDUE, LAW.add(today, 20): LATER}
    rows = [
        {
            "policy_id": policy_id, "policy_version": 1, "subject_kind": "person", "subject_id": person,
            "period": f"{day}-{number}", "period_start": day, "period_end": day, "title": "Informe mensual",
            "subject_label": "", "debtor_id": person, "due_on": day, "due_at": due(day), "limit_at": due(day),
            "explanation": "", "calendar_version": 0, "status": "pending", "version": 1, "reason": "",
            "created_at": at, "changed_at": at,
        }
        for person in people for day, count in days.items() for number in range(count)
    ]  # fmt: skip
    session.execute(insert(Obligation), rows)
    told = select(Obligation.id, Obligation.debtor_id, Obligation.due_on).where(Obligation.due_on <= today)
    recorded = [
        {
            "source": OBLIGATION, "source_id": key, "version": 1, "rung": rung, "recipient_id": person, "day": due_on,
            "status": "told", "created_at": at - timedelta(days=9),
        }
        for key, person, due_on in session.execute(told)
        for rung in (("D-5", "D-2", "D0", "D+1") if due_on < today else ("D-5", "D-2"))
    ]  # fmt: skip
    session.execute(insert(Reminder), recorded)
    session.execute(text("ANALYZE"))  # as a server does by itself, some time after so many rows


def _policy(session: Session, at: datetime) -> int:
    spec = PolicySpec(
        title="Informe mensual", owes="El informe", to_whom="el articulador", source_text="Medición",
        subjects="advisors", frequency="monthly", due={"rule": "period_end"}, since=date(2020, 1, 1),
    )  # fmt: skip
    policy = Policy(key="medicion", enabled=True, version=1)
    session.add(policy)
    session.flush()
    data = specs.to_json(spec)
    session.add(PolicyVersion(policy_id=policy.id, number=1, spec=data, reason="Medición", created_at=at))
    session.flush()
    return policy.id


def _post(key: int, today: date) -> dict[str, object]:
    return {"person_id": key, "role": "thematic_expert", "scope_kind": "national", "since": today}


def _person(number: int, at: datetime) -> dict[str, object]:
    email = f"persona{number}@example.org"
    return {"name": f"Persona {number}", "search_name": f"persona {number}", "email": email, "email_key": email,
            "position": "", "created_at": at}  # fmt: skip
