"""Everything that registers itself in a room below: whichever process begins, it knows the same of it.

A module that only registers something is named by nobody else, so it is named here. A server whose worker is another
process would otherwise know neither what is owed nor how steps follow each other.
"""

from importlib import import_module

import workflows

MODULES = (
    "directory.retention",
    "engine.integrity",
    "engine.invariants",
    "engine.kept",
    "engine.migrating",
    "engine.notices",
    "engine.postponing",
    "engine.rectifications",
    "notifications.absence_notices",
    "notifications.invariants",
    "notifications.kept",
    "notifications.obligation_notices",
    "notifications.person_notices",
    "notifications.retention",
    "notifications.statement_notices",
    "notifications.statements",
    "tracking.invariants",
    "tracking.kept",
    "tracking.partner_advances",
    "tracking.policies",
    "tracking.retention",
    "tracking.returned_notices",
    "tracking.support_notices",
    "tracking.withdrawal_notices",
)


def register() -> None:
    """Make everything known, before the first request, job or command. May be repeated."""
    for name in MODULES:
        import_module(name)
    workflows.register()
