"""The table of permissions, line by line, and that lists show what single questions allow."""

from itertools import product

import pytest
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import create_engine
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from db.errors import NotAllowed
from directory import access
from directory.access import Subject
from directory.actions import CASE_ACTS
from directory.actions import IN_WORDS
from directory.principal import DELEGATION
from directory.principal import Grant
from directory.principal import Principal
from directory.roles import ROLES
from directory.rules import RULES

ME, ANA, OTHER = 1, 2, 3
HERE, THERE = 10, 20

LEAD = Grant("technical_lead", "unit", HERE)
REVIEWER = Grant("der_reviewer", "national")
COORDINATOR = Grant("regional_coordinator", "region", HERE)
ADVISOR = Grant("territorial_advisor", "entity", HERE)
EXPERT = Grant("thematic_expert", "national")
DIRECTOR = Grant("technical_director", "unit", HERE)
ADMIN = Grant("administrator", "national")
CONTROL = Grant("internal_control", "national")
SENIOR = Grant("senior_management", "national")
CONTACT = Grant("beneficiary_contact", "entity", HERE)
COMMUNICATIONS = Grant("communications", "national")
PARTNER = Grant("partner_entity", "unit", HERE, units=frozenset({HERE}), strategies=frozenset({7}))
FOR_ANA = Grant("der_reviewer", "national", None, ANA, "Ana Ruiz", DELEGATION)

IN_UNIT, IN_REGION, IN_ENTITY = Subject(unit_id=HERE), Subject(region_id=HERE), Subject(entity_id=HERE)


def holding(*grants: Grant) -> Principal:
    return Principal(ME, "Luis Mora", None, grants)


TABLE = [
    # What is owed: one's own, and where one coordinates; the administrator changes nothing of it.
    (ADVISOR, "obligation.read", Subject(people=frozenset({ME})), True),
    (ADVISOR, "obligation.read", IN_ENTITY, False),
    (ADVISOR, "obligation.state", Subject(people=frozenset({ME})), True),
    (ADVISOR, "obligation.state", Subject(people=frozenset({OTHER})), False),
    (COORDINATOR, "obligation.read", IN_REGION, True),
    (COORDINATOR, "obligation.waive", IN_REGION, True),
    (COORDINATOR, "obligation.waive", Subject(region_id=THERE), False),
    (COORDINATOR, "policy.change", access.ANYWHERE, False),
    (DIRECTOR, "statement.decide", IN_UNIT, True),
    (DIRECTOR, "statement.decide", Subject(unit_id=THERE), False),
    (CONTROL, "obligation.read", IN_REGION, True),
    (CONTROL, "obligation.waive", IN_REGION, False),
    (ADMIN, "policy.read", access.ANYWHERE, True),
    (ADMIN, "policy.change", access.ANYWHERE, False),
    (ADMIN, "obligation.waive", access.ANYWHERE, False),
    (ADMIN, "cut.take", access.ANYWHERE, False),
    # A partner: the strategies of which its unit is part, and there what is its own.
    (PARTNER, "strategy.read", Subject(strategy_id=7), True),
    (PARTNER, "strategy.read", Subject(strategy_id=8, unit_id=HERE), False),
    (PARTNER, "strategy.read", access.ANYWHERE, False),
    (PARTNER, "advance.read", Subject(strategy_id=7, partner_id=HERE), True),
    (PARTNER, "advance.read", Subject(strategy_id=7, partner_id=THERE), False),
    (PARTNER, "advance.correct", Subject(strategy_id=7, people=frozenset({ME})), True),
    (PARTNER, "advance.correct", Subject(strategy_id=7, people=frozenset({OTHER})), False),
    (PARTNER, "partner.manage", Subject(strategy_id=7, people=frozenset({ME})), False),
    (PARTNER, "people.read", access.ANYWHERE, False),
    (PARTNER, "policy.read", access.ANYWHERE, False),
    (PARTNER, "product.read", Subject(people=frozenset({ME})), False),
    (LEAD, "advance.read", Subject(strategy_id=7, people=frozenset({ME})), True),
    # Completing: one's own tasks, and free ones for one's role and place.
    (LEAD, "task.complete", Subject(assignee_id=ME, role="technical_lead"), True),
    (LEAD, "task.complete", Subject(assignee_id=OTHER, role="technical_lead", unit_id=HERE), False),
    (LEAD, "task.complete", Subject(role="technical_lead", unit_id=HERE), True),
    (LEAD, "task.complete", Subject(role="technical_lead", unit_id=THERE), False),
    (LEAD, "task.complete", Subject(role="der_reviewer", unit_id=HERE), False),
    (LEAD, "task.complete", access.ANYWHERE, False),
    (REVIEWER, "task.complete", Subject(role="der_reviewer", unit_id=THERE), True),
    (ADVISOR, "task.complete", Subject(role="territorial_advisor", entity_id=HERE), True),
    (ADVISOR, "task.complete", Subject(role="territorial_advisor", entity_id=THERE), False),
    (COMMUNICATIONS, "task.complete", Subject(assignee_id=ME), True),
    (ADMIN, "task.complete", Subject(assignee_id=ME), False),
    (CONTROL, "task.complete", Subject(assignee_id=ME), False),
    (SENIOR, "task.complete", Subject(assignee_id=ME), False),
    (CONTACT, "task.complete", Subject(assignee_id=ME), False),
    # Assigning and reading.
    (COORDINATOR, "task.assign", Subject(assignee_id=OTHER, region_id=HERE), True),
    (COORDINATOR, "task.assign", Subject(assignee_id=OTHER, region_id=THERE), False),
    (COORDINATOR, "task.complete", Subject(assignee_id=OTHER, region_id=HERE), False),
    (COORDINATOR, "task.read", IN_REGION, True),
    (COORDINATOR, "plan.read", Subject(region_id=THERE), False),
    (DIRECTOR, "task.read", IN_UNIT, True),
    (DIRECTOR, "task.read", Subject(unit_id=THERE), False),
    (LEAD, "task.read", Subject(unit_id=THERE, people=frozenset({ME})), True),
    (REVIEWER, "task.read", Subject(unit_id=THERE), True),
    (REVIEWER, "plan.read", Subject(entity_id=THERE), True),
    (SENIOR, "product.read", Subject(unit_id=THERE), True),
    (CONTROL, "history.read", Subject(unit_id=THERE), True),
    (ADMIN, "task.read", IN_UNIT, False),
    (ADMIN, "product.read", IN_UNIT, False),
    (COMMUNICATIONS, "product.read", Subject(unit_id=THERE), True),
    (COMMUNICATIONS, "plan.read", IN_ENTITY, False),
    (CONTACT, "plan.read", IN_ENTITY, True),
    (CONTACT, "plan.read", Subject(entity_id=THERE), False),
    (CONTACT, "people.read", access.ANYWHERE, False),
    # Products, plans and what is reported on them.
    (LEAD, "product.create", IN_UNIT, True),
    (LEAD, "product.create", Subject(unit_id=THERE), False),
    (LEAD, "product.withdraw", Subject(people=frozenset({ME})), True),
    (LEAD, "product.withdraw", IN_UNIT, False),
    (ADVISOR, "plan.write", IN_ENTITY, True),
    (ADVISOR, "advisory.write", Subject(entity_id=THERE), False),
    (Grant("territorial_advisor", "region", HERE), "advisory.write", IN_REGION, True),
    # Correcting what was registered: its author, and who attends or coordinates the place.
    (EXPERT, "advisory.write", IN_REGION, True),
    (EXPERT, "advisory.correct", IN_REGION, False),
    (EXPERT, "advisory.correct", Subject(region_id=HERE, people=frozenset({ME})), True),
    (EXPERT, "contact.correct", IN_REGION, False),
    (EXPERT, "contact.correct", Subject(region_id=HERE, people=frozenset({ME})), True),
    (ADVISOR, "advisory.correct", IN_ENTITY, True),
    (ADVISOR, "advisory.correct", Subject(entity_id=THERE), False),
    (COORDINATOR, "advisory.correct", IN_REGION, True),
    (COORDINATOR, "contact.correct", IN_REGION, True),
    (COORDINATOR, "contact.correct", Subject(region_id=THERE), False),
    (LEAD, "advisory.correct", IN_UNIT, True),
    (DIRECTOR, "advisory.correct", IN_UNIT, False),
    (CONTROL, "contact.correct", IN_REGION, False),
    (COORDINATOR, "plan.write", IN_REGION, False),
    (COORDINATOR, "milestone.verify", IN_REGION, True),
    (ADVISOR, "milestone.verify", IN_ENTITY, False),
    (REVIEWER, "milestone.verify", IN_ENTITY, False),
    (Grant("der_monitoring", "national"), "milestone.verify", Subject(entity_id=THERE), True),
    # Running the system.
    (ADMIN, "process.deploy", access.ANYWHERE, True),
    (ADMIN, "process.publish", access.ANYWHERE, True),
    (Grant("der_monitoring", "national"), "process.publish", access.ANYWHERE, True),
    (Grant("der_monitoring", "national"), "process.deploy", access.ANYWHERE, False),
    (REVIEWER, "process.publish", access.ANYWHERE, False),
    (ADMIN, "people.manage", access.ANYWHERE, True),
    (ADMIN, "incident.retry", access.ANYWHERE, True),
    (ADMIN, "territory.import", access.ANYWHERE, True),
    (ADMIN, "instance.cancel", IN_UNIT, False),
    (ADMIN, "instance.migrate", IN_UNIT, True),
    (DIRECTOR, "instance.migrate", IN_UNIT, False),
    (REVIEWER, "people.manage", access.ANYWHERE, False),
    (COORDINATOR, "coverage.manage", IN_REGION, True),
    (CONTROL, "coverage.read", IN_REGION, True),
    (CONTROL, "coverage.manage", IN_REGION, False),
    (COORDINATOR, "plan.transfer", IN_REGION, True),
    (DIRECTOR, "plan.cancel", IN_UNIT, True),
    (LEAD, "plan.cancel", Subject(people=frozenset({ME})), True),
    (LEAD, "plan.cancel", IN_UNIT, False),
    (ADVISOR, "plan.cancel", Subject(people=frozenset({ME})), False),
    (COORDINATOR, "plan.transfer", Subject(region_id=THERE), False),
    (ADVISOR, "plan.transfer", IN_ENTITY, False),
    (Grant("der_monitoring", "national"), "template.confirm", IN_UNIT, True),
    (LEAD, "template.confirm", IN_UNIT, False),
    (COORDINATOR, "coverage.manage", Subject(region_id=THERE), False),
    (LEAD, "delegation.own", access.ANYWHERE, True),
    (ADMIN, "delegation.own", access.ANYWHERE, False),
    (CONTROL, "delegation.own", access.ANYWHERE, False),
    # By delegation.
    (FOR_ANA, "task.complete", Subject(assignee_id=ANA, role="der_reviewer"), True),
    (FOR_ANA, "task.complete", Subject(assignee_id=ANA, role="technical_lead"), False),
    (FOR_ANA, "task.complete", Subject(assignee_id=OTHER, role="der_reviewer"), False),
    (FOR_ANA, "task.complete", Subject(role="der_reviewer"), True),
]


@pytest.mark.parametrize(("grant", "action", "subject", "expected"), TABLE)
def test_table(grant: Grant, action: str, subject: Subject, expected: bool) -> None:
    assert (access.allowed(holding(grant), action, subject) is not None) is expected


@pytest.mark.parametrize("action", list(RULES))
def test_who_holds_nothing_may_nothing(action: str) -> None:
    everything = Subject(HERE, HERE, HERE, ME, "technical_lead", frozenset({ME}))
    assert access.allowed(holding(), action, everything) is None
    assert not access.may(holding(), action)


@pytest.mark.parametrize("action", sorted(CASE_ACTS))
def test_the_administrator_never_acts_on_a_case_whatever_else_they_hold(action: str) -> None:
    mine = Subject(HERE, HERE, HERE, ME, "technical_lead", frozenset({ME}))
    assert access.allowed(holding(ADMIN, LEAD, DIRECTOR, COORDINATOR), action, mine) is None
    assert not access.may(holding(ADMIN, LEAD), action)


@pytest.mark.parametrize(("role", "action"), [*product(["senior_management", "internal_control"], sorted(CASE_ACTS))])
def test_those_who_only_read_do_no_act(role: str, action: str) -> None:
    assert not access.may(holding(Grant(role, "national")), action)


def test_every_action_has_words_and_rules() -> None:
    assert set(IN_WORDS) == set(RULES)
    assert set(RULES) >= CASE_ACTS


def test_rules_name_known_roles() -> None:
    assert all(roles <= set(ROLES) for rules in RULES.values() for roles, _ in rules)


def test_unknown_actions_are_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        access.allowed(holding(LEAD), "task.destroy")


def test_a_unit_covers_those_below() -> None:
    director = Grant("subdirectorate", "unit", HERE, units=frozenset({HERE, THERE}))
    assert access.allowed(holding(director), "plan.read", Subject(unit_id=THERE))


def test_own_right_comes_before_delegation() -> None:
    subject = Subject(role="der_reviewer")
    assert access.allowed(holding(FOR_ANA, REVIEWER), "task.complete", subject) is REVIEWER


def test_the_role_of_the_task_is_the_capacity() -> None:
    subject = Subject(assignee_id=ME, role="technical_lead", unit_id=HERE)
    assert access.demand(holding(REVIEWER, LEAD), "task.complete", subject).capacity == "Líder técnico"


def test_demand_says_for_whom() -> None:
    actor = access.demand(holding(FOR_ANA), "task.complete", Subject(assignee_id=ANA, role="der_reviewer"))
    assert (actor.person_id, actor.on_behalf_of) == (ME, ANA)
    assert actor.capacity == "Revisión DER, por delegación de Ana Ruiz"


def test_demand_refuses_in_words() -> None:
    with pytest.raises(NotAllowed, match="completar esta tarea"):
        access.demand(holding(LEAD), "task.complete", Subject(assignee_id=OTHER))


# --- Lists ---


class _Tables(DeclarativeBase):
    pass


class _Row(_Tables):
    __tablename__ = "row"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    unit_id: Mapped[int | None]
    region_id: Mapped[int | None]
    entity_id: Mapped[int | None]
    assignee_id: Mapped[int | None]
    advisor_id: Mapped[int | None]
    role: Mapped[str] = mapped_column(String)
    strategy_id: Mapped[int]
    partner_id: Mapped[int | None]


COLUMNS = access.ScopeColumns(
    unit_id=_Row.unit_id, entity_id=_Row.entity_id, region_id=_Row.region_id, assignee_id=_Row.assignee_id,
    role=_Row.role, people=(_Row.advisor_id,), strategy_id=_Row.strategy_id, partner_id=_Row.partner_id,
)  # fmt: skip

PEOPLE = [
    (),
    (LEAD,),
    (REVIEWER,),
    (COORDINATOR,),
    (ADVISOR,),
    (ADMIN,),
    (CONTROL,),
    (CONTACT,),
    (PARTNER, Grant("partner_entity", "unit", THERE, units=frozenset({THERE}), strategies=frozenset({8}))),
    (FOR_ANA,),
    (LEAD, FOR_ANA),
    (ADVISOR, Grant("territorial_advisor", "entity", THERE, ANA, "Ana", DELEGATION)),
    (Grant("planning_liaison", "unit", HERE, units=frozenset({HERE, THERE})), COORDINATOR),
]


@pytest.fixture(scope="module")
def rows() -> Engine:
    """Every combination of places, assignee, advisor and role."""
    engine = create_engine("sqlite://")
    _Tables.metadata.create_all(engine)
    places = [(HERE, None, None), (THERE, HERE, None), (THERE, THERE, HERE), (None, None, THERE), (None, None, None)]
    roles = ["technical_lead", "der_reviewer", "territorial_advisor"]
    with Session(engine) as session, session.begin():
        for (unit, region, entity), assignee, advisor, role in product(places, [None, ME, ANA], [None, ME, ANA], roles):
            session.add(
                _Row(
                    unit_id=unit,
                    region_id=region,
                    entity_id=entity,
                    assignee_id=assignee,
                    advisor_id=advisor,
                    role=role,
                    strategy_id=7 if unit == HERE else 8,
                    partner_id=THERE if region is None else HERE,
                )
            )
    return engine


@pytest.fixture(scope="module")
def subjects(rows: Engine) -> dict[int, Subject]:
    """What each row is about."""
    with Session(rows) as session:
        return {row.id: _subject(row) for row in session.scalars(select(_Row))}


@pytest.mark.parametrize("grants", PEOPLE)
@pytest.mark.parametrize("action", list(RULES))
def test_lists_show_exactly_what_is_allowed(
    rows: Engine, subjects: dict[int, Subject], grants: tuple[Grant, ...], action: str
) -> None:
    by = holding(*grants)
    expected = [number for number, subject in subjects.items() if access.allowed(by, action, subject)]
    with Session(rows) as session:
        assert list(session.scalars(access.visible(select(_Row.id), by, action, COLUMNS))) == expected


def test_a_list_without_columns_shows_nothing_to_who_is_limited(rows: Engine) -> None:
    with Session(rows) as session:
        seen = access.visible(select(_Row.id), holding(LEAD), "task.read", access.ScopeColumns())
        assert session.scalars(seen).all() == []


def _subject(row: _Row) -> Subject:
    people = frozenset({row.advisor_id} if row.advisor_id else ())
    return Subject(
        row.unit_id, row.entity_id, row.region_id, row.assignee_id, row.role, people, row.strategy_id, row.partner_id
    )  # fmt: skip
