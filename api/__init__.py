"""How programs talk to the system: JSON over HTTP under /api/v1, one file per resource."""

from importlib import import_module

from flask import Flask

from api import docs
from api import openapi
from edge import ids

RESOURCES = (
    "tokens", "people", "appointments", "contracts", "units", "processes", "proposals", "migrations", "instances",
    "rectifications",
    "tasks", "observations", "files", "products", "indicators", "strategies", "partners", "portfolio", "entities",
    "work_plans", "milestones", "verification", "consents", "corrective_actions", "support_requests", "advisories",
    "calendar",
    "obligations", "policies", "cuts", "contacts", "delegations", "handovers", "operations", "incidents",
    "reports", "reviews", "messages", "preferences", "invariants", "identities", "group_roles", "readings",
)  # fmt: skip


def register(app: Flask) -> openapi.Api:
    """Serve every resource and its description on `app`."""
    if "id" not in app.url_map.converters:
        ids.install(app)
    api = openapi.build(app)
    for name in RESOURCES:
        api.register_blueprint(import_module(f"api.{name}").blueprint)
    app.register_blueprint(docs.blueprint)
    app.register_blueprint(docs.serve(lambda: openapi.document(api, app)))
    return api
