"""A list shows somebody what they may open one by one, and nothing else."""

import json

import pytest

from tests.access import rows
from tests.access.asking import Asker
from tests.access.rows import PLACES

# The list, what it lists, and the row that says who reads one of them.
LISTS = {
    "/api/v1/work-plans": ("plan_id", "plans.read"),
    "/api/v1/products": ("product_id", "products.read"),
    "/api/v1/instances": ("instance_id", "cases.read"),
    "/api/v1/tasks?mine=false": ("task_id", "cases.task"),
    "/api/v1/obligations": ("obligation_id", "owed.read"),
    "/api/v1/reports": ("report_id", "owed.report"),
    "/api/v1/advisories": ("advisory_id", "plans.read"),
    "/api/v1/contacts": ("contact_id", "plans.contact"),
    "/api/v1/corrective-actions": ("action_id", "plans.read"),
    "/api/v1/support-requests": ("support_id", "plans.read"),
    "/api/v1/incidents": ("incident_id", "system.incident"),
    "/api/v1/operations": ("operation_id", "system.operation"),
    "/api/v1/handovers": ("handover_id", "people.handover"),
    "/api/v1/strategies": ("strategy_id", "products.strategy"),
}
FOLLOWED = {("/api/v1/instances", "thematic_expert")}
"""Who works beside cases opens them from what they are about: their list has those in which they take part."""


@pytest.mark.parametrize("path", LISTS)
def test_a_list_shows_what_may_be_opened(asker: Asker, path: str) -> None:
    name, row = LISTS[path][0], rows.rows()[LISTS[path][1]]
    wrong = []
    for role in sorted(row.held):
        with asker.being(role):
            shown = {one["id"] for one in json.loads(asker.ask("GET", path, "mine")[2])["items"]}
            for about in PLACES:
                listed, readable = asker.values(about)[name] in shown, role in row.places[about]
                if listed != readable and not (readable and (path, role) in FOLLOWED):
                    wrong.append((role, about, "listed" if listed else "not listed"))
    assert wrong == []
