"""The same person never writes and decides: over every step that decides, what it decides on, every role, every way.

The pairs are written by hand in `separation.toml`. Whoever wrote comes to the decision with a role of their own, with a
post that they fill for some days, in the name of somebody, through somebody who acts in theirs, because the step was
handed over to them, or after they only corrected what another wrote.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

import workflows
from db import SYSTEM
from db import transaction
from directory import principal
from directory.models import Delegation
from directory.models import Encargo
from directory.models import RoleGrant
from directory.principal import Principal
from directory.roles import ACTING
from directory.roles import ROLES
from engine import definitions
from engine.completable import may_complete
from engine.models import Definition
from engine.models import FormText
from engine.models import Instance
from engine.models import Rectification
from engine.models import Submission
from engine.models import Task
from engine.undated import STANDING
from tests.tracking import factories

PAIRS: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("separation.toml").read_text()
)  # fmt: skip
STEPS = [(process, element) for process, steps in PAIRS.items() for element in steps]
LONG_AGO, LONG_AFTER = date(2026, 1, 1), date(2027, 12, 31)
DECIDERS = ("der_reviewer", "der_monitoring", "regional_coordinator", "thematic_expert", "territorial_advisor")
WAYS = ("post", "in_the_name_of_another", "through_another", "otherwise")
MARKS = {"reviews", "separate_from", "gate"}
"""What the diagram says of a step that decides on something."""


@dataclass
class Staff:
    """For each role somebody who wrote, with the people by whom they come to the decision."""

    writers: dict[str, dict[str, Principal]] = field(default_factory=dict)
    others: dict[str, Principal] = field(default_factory=dict)  # deciding role → somebody who wrote nothing
    region_id: int = 0


@pytest.fixture
def session(database: None, now: datetime) -> Iterator[Session]:
    """A session with the built-in processes."""
    workflows.register()
    with transaction() as session:
        for process in workflows.ALL:
            definitions.deploy(session, process, by=SYSTEM, now=now)
        yield session


@pytest.fixture
def staff(session: Session, now: datetime) -> Staff:
    staff = Staff(region_id=factories.department(session).id)
    for role in DECIDERS:
        staff.others[role] = _loaded(session, _hired(session, f"Otra {role}", now, [role]), now)
    for role in ROLES:
        staff.writers[role] = _ways(session, role, now)
    return staff


def _ways(session: Session, role: str, now: datetime) -> dict[str, Principal]:
    """Way → who would decide: each holds `role`, or stands for somebody who does, and every role that decides."""
    held = _hired(session, f"Directa {role}", now, [role, *DECIDERS])
    charged = _hired(session, f"Encargada {role}", now, [role])
    borrower = _hired(session, f"Delegada {role}", now, [role])
    lender = _hired(session, f"Delegante {role}", now, DECIDERS)
    for_them = _hired(session, f"Por otra {role}", now, [])
    for decider in DECIDERS:
        post = Encargo(
            person_id=charged, role=decider, scope_kind="national", act="R", since=LONG_AGO, until=LONG_AFTER
        )
        session.add(post)
    for giver, taker in ((lender, borrower), (held, for_them)):
        session.add(Delegation(from_id=giver, to_id=taker, since=LONG_AGO, until=LONG_AFTER))
    session.flush()
    people = {"own": held, "post": charged, "in_the_name_of_another": borrower, "through_another": for_them}
    return {way: _loaded(session, person_id, now) for way, person_id in people.items()}


def _hired(session: Session, name: str, now: datetime, roles: Any) -> int:
    row = factories.person(session, name, now)
    for role in dict.fromkeys(roles):
        session.add(RoleGrant(person_id=row.id, role=role, scope_kind="national", since=LONG_AGO))
    session.flush()
    return row.id


def _loaded(session: Session, person_id: int, now: datetime) -> Principal:
    return principal.load(session, person_id, now=now)


def _case(session: Session, process: str, element: str, region_id: int, now: datetime) -> Task:
    """A case in which a step that decides is open."""
    told = PAIRS[process][element]
    definition = session.query(Definition).filter_by(key=told["at"]).one()
    instance = Instance(
        definition_id=definition.id, business_key=element, title="Caso", status="open", revision=1, variables={},
        people={}, refs={}, region_id=region_id, awaits_service=False, state=b"", seal="", started_at=now,
    )  # fmt: skip
    session.add(instance)
    session.flush()
    task = _step(session, instance.id, process, element, now, role=told["role"], region_id=region_id)
    whole = select(Task).options(joinedload(Task.instance).joinedload(Instance.definition)).where(Task.id == task.id)
    return session.scalars(whole.execution_options(populate_existing=True)).one()


def _step(session: Session, instance_id: int, process: str, element: str, now: datetime, **more: Any) -> Task:
    if session.get(FormText, "f") is None:
        session.add(FormText(hash="f", name="f", body={}))
    values = {"role": "technical_lead", **more}
    task = Task(
        instance_id=instance_id, work_id=f"{instance_id} {element}", process_key=process, element=element, name=element,
        form_hash="f", status="open", round=1, due_sort=STANDING, revision=1, created_at=now, **values,
    )  # fmt: skip
    session.add(task)
    session.flush()
    return task


def _sent(session: Session, task: Task, element: str, author_id: int, now: datetime) -> Submission:
    written = _step(session, task.instance_id, task.process_key, element, now)
    row = Submission(
        task_id=written.id, instance_id=task.instance_id, element=element, form_hash="f", data={}, author_id=author_id,
        capacity="", at=now, round=1, receipt=element, warnings={},
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def test_every_step_that_decides_has_its_pairs() -> None:
    workflows.register()
    deciding = {
        (key, element.id)
        for process in workflows.ALL
        for key, elements in definitions.bundle_of(process).elements.items()
        for element in elements
        if any(element.words(mark) for mark in MARKS)
    }
    assert deciding == set(STEPS)


def test_whoever_wrote_decides_in_no_way(session: Session, staff: Staff, now: datetime) -> None:
    turn = count()
    for process, element in STEPS:
        task = _case(session, process, element, staff.region_id, now)
        for written in PAIRS[process][element]["writes"]:
            row = _sent(session, task, written, staff.others[task.role].person_id, now)
            assert _deciding(session, task, row, staff, now, next(turn)) == []
            session.delete(row)
            session.flush()


def _deciding(
    session: Session, task: Task, row: Submission, staff: Staff, now: datetime, turn: int
) -> list[tuple[str, ...]]:
    """Who decides on what they wrote, or is kept out although they wrote nothing: role and way.

    Each role comes in its own right and in one of the other ways, which take turns from pair to pair.
    """
    wrong, nobody = [], row.author_id
    for number, (role, ways) in enumerate(staff.writers.items(), start=turn):
        for way in ("own", WAYS[number % len(WAYS)]):
            if way == "otherwise":
                if any(_otherwise(session, task, row, ways["own"], now)):
                    wrong.append((task.element, row.element, role, way, "decides"))
                continue
            by = ways[way]
            if role in ACTING and not may_complete(session, task, by):
                wrong.append((task.element, row.element, role, way, "kept out"))
            row.author_id = _writer(ways, way).person_id
            session.flush()
            if may_complete(session, task, by):
                wrong.append((task.element, row.element, role, way, "decides"))
            row.author_id = nobody
    return wrong


def _otherwise(session: Session, task: Task, row: Submission, by: Principal, now: datetime) -> list[bool]:
    """Whether `by` may decide: what was sent for them; what they corrected; their own, when it was handed to them."""
    correction = Rectification(
        submission_id=row.id, instance_id=task.instance_id, path="p", label="P", before=None, after="x", reason="r",
        author_id=by.person_id, capacity="", at=now,
    )  # fmt: skip
    author, found = row.author_id, []
    for field_name, value in (("on_behalf_of", by.person_id), ("author_id", by.person_id)):
        setattr(row, field_name, value)
        task.assignee_id = by.person_id if field_name == "author_id" else None
        session.flush()
        found.append(may_complete(session, task, by))
        row.on_behalf_of, row.author_id, task.assignee_id = None, author, None
    session.add(correction)
    session.flush()
    found.append(may_complete(session, task, by))
    session.delete(correction)
    session.flush()
    return found


def _writer(ways: dict[str, Principal], way: str) -> Principal:
    """Whoever wrote: who decides, save where somebody else would decide in their name."""
    return ways["own"] if way == "through_another" else ways[way]
