"""Who may do what: the one table of action × role × scope. `directory/access.py` asks it.

Each line of RULES says who may do an action and how far they reach:

- ANYWHERE: the scope of the role is not looked at.
- SCOPE: the scope of the role covers the subject: `national` covers all; a unit covers itself and the units below it.
- INVOLVED: the person, or somebody for whom they act by delegation, takes part (assignee, lead, advisor).
- ASSIGNEE: the task is assigned to the person or to somebody for whom they act by delegation.
- CANDIDATE: the task is free, it is for that role, and the scope of the role covers it.
- PARTNER: the unit of the role takes part today, as a partner, in the strategy that the subject is of (`joining`).

What is not in the table is not allowed. Whoever runs the system (`administrator`) does no act of CASE_ACTS, whatever
else they hold. `senior_management` and `internal_control` stand only in lines that read. A delegate acts on what is
assigned to the author only with the role the task is for.
"""

from enum import StrEnum

from directory.roles import ACTING
from directory.roles import OUTSIDE
from directory.roles import ROLES


class Reach(StrEnum):
    """How far a line of the table reaches."""

    ANYWHERE = "anywhere"
    SCOPE = "scope"
    INVOLVED = "involved"
    ASSIGNEE = "assignee"
    CANDIDATE = "candidate"
    PARTNER = "partner"


Roles = frozenset[str]
Rule = tuple[Roles, Reach]


def _roles(*keys: str) -> Roles:
    return frozenset(keys)


DER = _roles("der_reviewer", "der_monitoring", "support_liaison")
READERS = _roles("senior_management", "internal_control")
NATIONAL_READERS = DER | READERS | _roles("planning_group")
DIRECTORS = _roles("technical_director", "subdirectorate")
UNIT_ROLES = DIRECTORS | _roles("technical_lead", "planning_liaison")
FIELD = _roles("territorial_advisor", "regional_coordinator")
REPORTING = FIELD | _roles("thematic_expert", "technical_lead")
"""Who may attend entities, and so reports what they did."""
ADMINISTRATOR = _roles("administrator")
WATCHERS = ADMINISTRATOR | _roles("der_monitoring", "internal_control")
"""Who sees whether the system itself is well."""
STAFF = frozenset(ROLES) - ADMINISTRATOR - OUTSIDE - _roles("beneficiary_contact")
INSIDE = ACTING - OUTSIDE
"""Acting roles of who works in the DNP. A partner has a part in its strategies, and in steps that are given to it."""

TASK_READ: tuple[Rule, ...] = (
    (NATIONAL_READERS, Reach.ANYWHERE),
    (UNIT_ROLES | FIELD, Reach.SCOPE),
    (ACTING, Reach.INVOLVED),
    (ACTING, Reach.CANDIDATE),
)
CORRECTING: tuple[Rule, ...] = ((FIELD | _roles("technical_lead"), Reach.SCOPE), (REPORTING, Reach.INVOLVED))
OWN_STEP: tuple[Rule, ...] = ((ACTING, Reach.ASSIGNEE), (ACTING, Reach.CANDIDATE))

RULES: dict[str, tuple[Rule, ...]] = {
    # Tasks and observations
    "task.read": TASK_READ,
    "task.complete": OWN_STEP,
    "task.claim": OWN_STEP,
    "task.assign": ((_roles("regional_coordinator", "technical_director"), Reach.SCOPE),),
    "submission.rectify": OWN_STEP,  # the subject is the step as its author's, or as free
    "observation.add": ((DER, Reach.ANYWHERE), (DIRECTORS | _roles("regional_coordinator"), Reach.SCOPE), *OWN_STEP),
    "observation.answer": ((ACTING, Reach.INVOLVED),),
    # Products and strategies
    "product.create": ((_roles("technical_lead", "technical_director"), Reach.SCOPE),),
    "product.read": (
        (NATIONAL_READERS | FIELD | _roles("communications", "thematic_expert"), Reach.ANYWHERE),
        (UNIT_ROLES, Reach.SCOPE),
        (INSIDE, Reach.INVOLVED),
    ),
    "product.withdraw": ((_roles("technical_director"), Reach.SCOPE), (_roles("technical_lead"), Reach.INVOLVED)),
    "product.modify": ((_roles("technical_director"), Reach.SCOPE), (_roles("technical_lead"), Reach.INVOLVED)),
    "product.place": ((DIRECTORS, Reach.SCOPE), (_roles("technical_lead"), Reach.INVOLVED)),
    "indicator.capture": ((_roles("technical_lead"), Reach.INVOLVED),),
    "portfolio.edit": ((INSIDE, Reach.CANDIDATE),),  # the subject names the role, which is a setting
    "strategy.create": ((DIRECTORS | _roles("technical_lead"), Reach.SCOPE),),
    "strategy.read": ((STAFF, Reach.ANYWHERE), (OUTSIDE, Reach.PARTNER)),
    # Partners of a strategy, and what they say they did in it
    "partner.manage": ((DIRECTORS, Reach.SCOPE), (_roles("technical_lead"), Reach.INVOLVED)),
    "advance.read": (
        (NATIONAL_READERS, Reach.ANYWHERE),
        (DIRECTORS, Reach.SCOPE),
        (_roles("technical_lead"), Reach.INVOLVED),
        (OUTSIDE, Reach.PARTNER),
    ),
    "advance.write": ((OUTSIDE, Reach.PARTNER),),
    "advance.correct": ((OUTSIDE, Reach.INVOLVED),),  # by who wrote it; the subject has its author
    # Work plans and what is reported on them
    "plan.read": (
        (NATIONAL_READERS, Reach.ANYWHERE),
        (UNIT_ROLES | FIELD | _roles("thematic_expert", "beneficiary_contact"), Reach.SCOPE),
        (INSIDE, Reach.INVOLVED),
    ),
    "plan.write": (
        (_roles("territorial_advisor"), Reach.SCOPE),
        (_roles("territorial_advisor", "technical_lead"), Reach.INVOLVED),
    ),
    # An expert is asked for by whoever carries a plan, and by who coordinates where it is.
    "support.ask": (
        (FIELD, Reach.SCOPE),
        (_roles("territorial_advisor", "technical_lead"), Reach.INVOLVED),
    ),
    "plan.transfer": (
        (_roles("support_liaison"), Reach.ANYWHERE),
        (_roles("regional_coordinator"), Reach.SCOPE),
    ),
    "plan.cancel": ((DIRECTORS, Reach.SCOPE), (_roles("technical_lead"), Reach.INVOLVED)),
    "template.confirm": ((_roles("der_monitoring"), Reach.ANYWHERE),),
    "milestone.verify": ((_roles("der_monitoring"), Reach.ANYWHERE), (_roles("regional_coordinator"), Reach.SCOPE)),
    "advisory.write": (
        (FIELD | _roles("thematic_expert", "technical_lead"), Reach.SCOPE),
        (_roles("territorial_advisor", "technical_lead"), Reach.INVOLVED),
    ),
    "contact.write": (
        (FIELD | _roles("thematic_expert", "technical_lead"), Reach.SCOPE),
        (_roles("territorial_advisor", "technical_lead"), Reach.INVOLVED),
    ),
    # Correcting reaches less far than registering: an expert attends the whole country on demand and corrects what they
    # registered; whoever accompanies or coordinates the entity corrects what was done in it.
    "advisory.correct": CORRECTING,
    "contact.correct": CORRECTING,
    "consent.withdraw": ((FIELD, Reach.SCOPE), (_roles("territorial_advisor"), Reach.INVOLVED)),
    "consent.give": ((FIELD, Reach.SCOPE), (_roles("territorial_advisor"), Reach.INVOLVED)),
    # What is owed, and the policies by which it is
    "obligation.read": (
        (NATIONAL_READERS, Reach.ANYWHERE),
        (DIRECTORS | _roles("regional_coordinator", "planning_liaison"), Reach.SCOPE),
        (INSIDE, Reach.INVOLVED),
    ),
    "obligation.oversee": (
        (NATIONAL_READERS, Reach.ANYWHERE),
        (DIRECTORS | _roles("regional_coordinator", "planning_liaison"), Reach.SCOPE),
    ),
    "obligation.state": ((INSIDE, Reach.INVOLVED),),
    "obligation.waive": (
        (_roles("der_monitoring"), Reach.ANYWHERE),
        (_roles("regional_coordinator", "technical_director"), Reach.SCOPE),
    ),
    "statement.decide": (
        (_roles("der_monitoring", "planning_group"), Reach.ANYWHERE),
        (_roles("regional_coordinator", "technical_director"), Reach.SCOPE),
    ),
    "review.read": (
        (_roles("der_reviewer", "der_monitoring", "planning_group"), Reach.ANYWHERE),
        (_roles("regional_coordinator", "technical_director"), Reach.SCOPE),
    ),
    "policy.read": ((STAFF | ADMINISTRATOR, Reach.ANYWHERE),),
    "policy.change": ((_roles("der_monitoring"), Reach.ANYWHERE),),
    "cut.read": ((NATIONAL_READERS | DIRECTORS | _roles("regional_coordinator"), Reach.ANYWHERE),),
    "cut.take": ((_roles("der_monitoring"), Reach.ANYWHERE),),
    # Reports of a period
    "report.read": (
        (NATIONAL_READERS, Reach.ANYWHERE),
        (DIRECTORS | _roles("regional_coordinator"), Reach.SCOPE),
        (REPORTING, Reach.INVOLVED),
    ),
    "report.oversee": (
        (NATIONAL_READERS, Reach.ANYWHERE),
        (DIRECTORS | _roles("regional_coordinator"), Reach.SCOPE),
    ),
    "report.prepare": ((REPORTING, Reach.INVOLVED),),
    "contract.change": ((ADMINISTRATOR, Reach.ANYWHERE), (REPORTING, Reach.INVOLVED)),
    # Running the system
    "process.read": ((STAFF | ADMINISTRATOR, Reach.ANYWHERE),),
    "process.deploy": ((ADMINISTRATOR, Reach.ANYWHERE),),  # proposing: somebody else publishes
    "process.publish": ((ADMINISTRATOR | _roles("der_monitoring"), Reach.ANYWHERE),),
    "instance.cancel": ((DIRECTORS, Reach.SCOPE),),
    "instance.migrate": ((ADMINISTRATOR, Reach.ANYWHERE),),
    "system.watch": ((WATCHERS, Reach.ANYWHERE),),
    # Whoever directs or coordinates the place of a case repairs what their own acts reach: who does a step, its end.
    "incident.read": ((WATCHERS, Reach.ANYWHERE), (DIRECTORS | _roles("regional_coordinator"), Reach.SCOPE)),
    "incident.retry": ((ADMINISTRATOR, Reach.ANYWHERE),),
    "step.restart": ((ADMINISTRATOR, Reach.ANYWHERE),),
    "operation.read": ((ADMINISTRATOR | DER | READERS, Reach.ANYWHERE), (INSIDE, Reach.INVOLVED)),
    "operation.cancel": ((ADMINISTRATOR, Reach.ANYWHERE), (INSIDE, Reach.INVOLVED)),
    "message.read": ((ADMINISTRATOR | _roles("internal_control"), Reach.ANYWHERE),),
    "message.send": ((ADMINISTRATOR, Reach.ANYWHERE),),
    # People and territory
    "people.read": ((STAFF | ADMINISTRATOR, Reach.ANYWHERE),),
    "people.manage": ((ADMINISTRATOR, Reach.ANYWHERE),),
    "unit.manage": ((ADMINISTRATOR, Reach.ANYWHERE),),
    "people.history": ((ADMINISTRATOR | _roles("internal_control"), Reach.ANYWHERE),),
    # Who read personal data: whoever controls, and whoever answers those whose data they are (Ley 1581, arts. 14, 17).
    "reading.read": ((ADMINISTRATOR | _roles("internal_control"), Reach.ANYWHERE),),
    "coverage.read": (
        (NATIONAL_READERS | ADMINISTRATOR, Reach.ANYWHERE),
        (_roles("regional_coordinator"), Reach.SCOPE),
    ),
    "coverage.manage": (
        (ADMINISTRATOR | _roles("support_liaison"), Reach.ANYWHERE),
        (_roles("regional_coordinator"), Reach.SCOPE),
    ),
    "handover.run": (
        (_roles("support_liaison"), Reach.ANYWHERE),
        (_roles("regional_coordinator", "technical_director"), Reach.SCOPE),
    ),
    "handover.read": (
        (NATIONAL_READERS | ADMINISTRATOR, Reach.ANYWHERE),
        (_roles("regional_coordinator", "technical_director"), Reach.SCOPE),
    ),
    "absence.register": ((ADMINISTRATOR, Reach.ANYWHERE), (_roles("regional_coordinator"), Reach.SCOPE)),
    "delegation.own": ((ACTING, Reach.ANYWHERE),),
    "territory.import": ((ADMINISTRATOR, Reach.ANYWHERE),),
    "setting.read": ((ADMINISTRATOR | _roles("internal_control"), Reach.ANYWHERE),),
    "setting.change": ((ADMINISTRATOR, Reach.ANYWHERE),),
    "calendar.read": ((STAFF | ADMINISTRATOR, Reach.ANYWHERE),),
    "calendar.change": ((ADMINISTRATOR | _roles("der_monitoring"), Reach.ANYWHERE),),
    "history.read": TASK_READ,
    # Those who work beside a case read what was sent about what they may read: the expert, the protocol on which he
    # advises; the communications team, what it is to tell; a partner, how its strategies are governed.
    "case.follow": ((_roles("thematic_expert", "communications", "partner_entity"), Reach.ANYWHERE),),
    "history.verify": ((ADMINISTRATOR | _roles("internal_control"), Reach.ANYWHERE),),
    "file.read": (*TASK_READ, (_roles("beneficiary_contact"), Reach.SCOPE)),
}
