"""Pages for people: the same calls as the API, as accessible HTML that works without JavaScript."""

from dataclasses import replace
from functools import partial
from importlib import import_module
from secrets import token_urlsafe
from typing import Any

from flask import Flask
from flask import request
from flask.typing import ResponseReturnValue

from db import clock
from db import reading
from db.errors import Unavailable
from directory import access
from directory import principal
from directory import sessions
from directory.principal import Principal
from edge import identity
from edge import problems
from edge import request_id
from edge.exports import answering
from edge.oidc import installed
from engine.tasks import may_read
from web import doors
from web import filters
from web import frame
from web import proof
from web import reach
from web import reviewing
from web import settings

# One module per noun, each with its `blueprint`.
MODULES = (
    "inbox", "tasks", "task_sheets", "submitting", "submissions", "rectifying", "products", "strategies", "portfolio",
    "plans", "milestones", "verifying", "returned", "advisories", "advising", "contacts", "corrective", "supports",
    "consents", "entities", "searching", "people", "units", "absences", "coverages", "uncovering", "handovers",
    "incidents", "repairs", "operations", "processes", "proposals", "migrations", "entrance", "account",
    "assigning",
    "plan_acts", "weights",
    "portfolio_entry", "product_place", "team", "changes", "settings", "crawlers", "deadlines", "compliance",
    "obligations", "policies", "policy_changes", "cuts", "calendars", "calendar_days", "reviewing", "feeds",
    "jobs", "simulations", "outbox", "preferences", "contracts", "seta", "reports", "report_activities",
    "indicators", "integrity", "invariants", "second_step", "groups", "identities", "readings", "personal_data",
    "keeping", "privacy", "receipts", "help", "partners", "partner_advances",
)  # fmt: skip


def register(app: Flask) -> None:
    """Put every page on `app`."""
    filters.install(app)
    app.context_processor(_common)
    problems.render_pages_with(app, _problem)
    for name in (*MODULES, *(["institutional"] if installed.of(app) else [])):
        app.register_blueprint(import_module(f"web.{name}").blueprint)


def _common() -> dict[str, Any]:
    """What every template may use."""
    person = identity.maybe_current()
    return {
        "person": person,
        "menu": doors.menu(person, request.path, reviewing.waiting(person)),
        "site_name": "Sistema de asistencia técnica territorial",
        "look": _look(),
        "same_list": frame.same_list,
        "tab_links": frame.argument_tabs,
        "new_key": lambda: token_urlsafe(16),
        "reach_of": partial(reach.in_words, person) if person else None,
        "may": lambda action: person is not None and access.may(person, action),
        "may_open": lambda task: person is not None and may_read(task, person),
    }


def _look() -> dict[str, Any]:
    """The name and the bar of the entity; nothing of it when the database does not answer, so that this can be said."""
    try:
        with reading() as session:
            return settings.look(session)
    except Unavailable:
        return {}


def _problem(problem: problems.Problem) -> ResponseReturnValue:
    if problem.code == problems.PROOF_MISSING and request.method == "POST":
        return proof.ask(problem)
    person = identity.maybe_current() or _stranded()
    if problem.status == 403 and request.method == "GET" and not request.view_args:
        problem = replace(problem, detail="No tiene permiso para ver esta página.")
    values: dict[str, Any] = {"problem": problem, "request_id": request_id.current()}
    values["back"] = problems.page_before() if request.method == "POST" and problem.status in (400, 409) else ""
    values["fixed"] = dict.fromkeys([*problem.errors.keys() & request.args.keys(), "desde", answering.ARGUMENT], "")
    values |= {"person": person, "menu": doors.menu(person, request.path)}
    return frame.page("problem.html", problem.title, code=problem.status, **values)


def _stranded() -> Principal | None:
    """Whoever is signed in at an address that leads nowhere, where nobody was asked who they are."""
    secret, now = request.cookies.get(identity.COOKIE, ""), clock.now()
    if request.endpoint is not None or not secret:
        return None
    try:
        with reading() as session:
            row = sessions.find(session, secret, now=now)
            return principal.load(session, row.person_id, now=now) if row else None
    except Unavailable:
        return None
