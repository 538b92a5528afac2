"""Changing a policy, creating one and switching one off and on, each after seeing what it will do to what is owed."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from directory import access
from directory.roles import ROLES
from edge import identity
from edge.permission import permission
from notifications import governing
from notifications import kinds
from notifications import ledger
from notifications import periods
from notifications import policies
from notifications import preview
from notifications import sources
from notifications import specs
from notifications.policies import Held
from notifications.preview import Preview
from notifications.specs import PolicySpec
from web import policy_form
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.policies import LIST

blueprint = Blueprint("web_policy_changes", __name__)

UNSEEN = "Lo escrito ya no es lo que se había previsto: vea de nuevo qué cambia y confírmelo."
SOON = "Los plazos abiertos se ajustan en unos minutos."
Problems = Mapping[str, list[str]]


@blueprint.get("/politicas/<key>/cambio")
@permission("policy.change")
def change_form(key: str) -> Response:
    with reading() as session:
        return _form(session, policies.get(session, key))


@blueprint.post("/politicas/<key>/cambio")
@permission("policy.change")
def change(key: str) -> Response:
    """Show what the change would do; make it when that was seen and confirmed."""
    by, now = identity.current(), clock.now()
    with reading() as session:
        policy = policies.get(session, key)
        access.demand(by, "policy.change")
        data = policy_form.posted(policy.spec)
        try:
            since = policy_form.applies_from()
            found = preview.of(session, policy, data, enabled=policy.enabled, applies_from=since, now=now)
        except InvalidData as error:
            return _form(session, policy, error.errors)
        seen = policy_form.digest(data, found.since)
        if "confirmar" not in request.form:
            return _form(session, policy, found=found, seen=seen)
        if request.form.get("seen") != seen:
            return _form(session, policy, {"": [UNSEEN]}, found, seen)
    try:
        with transaction() as session:
            policies.change(
                session, key, data, enabled=policy.enabled, reason=_reason(), version=_version(),
                applies_from=found.since, by=by, now=now,
            )  # fmt: skip
    except (InvalidData, Conflict) as error:
        with reading() as session:
            return _form(session, policies.get(session, key), _said(error), found, seen)
    flash(f"La política cambió y rige desde {periods.the(found.label)}. {SOON}", "success")
    return go(f"/politicas/{key}")


@blueprint.get("/politicas/nueva")
@permission("policy.change")
def new_form() -> Response:
    with reading() as session:
        return _form(session, _blank())


@blueprint.post("/politicas/nueva")
@permission("policy.change")
def create() -> Response:
    """Show what a new policy would open; put it in when that was seen and confirmed."""
    by, now, policy = identity.current(), clock.now(), _blank()
    access.demand(by, "policy.change")
    data = policy_form.posted(policy.spec)
    with reading() as session:
        try:
            found = preview.of_new(session, data, now=now)
        except InvalidData as error:
            return _form(session, policy, error.errors)
        seen = policy_form.digest(data)
        if "confirmar" not in request.form:
            return _form(session, policy, found=found, seen=seen)
        if request.form.get("seen") != seen:
            return _form(session, policy, {"": [UNSEEN]}, found, seen)
    key = policy_form.key_of(data["title"])
    try:
        with transaction() as session:
            policies.create(session, key, data, reason=_reason(), by=by, now=now)
    except (InvalidData, Conflict) as error:
        with reading() as session:
            return _form(session, policy, _said(error), found, seen)
    flash(f"La política quedó creada. {SOON}", "success")
    return go(f"/politicas/{key}")


@blueprint.get("/politicas/<key>/estado")
@permission("policy.change")
def switch_form(key: str) -> Response:
    """What switching the policy off, or on, would do."""
    with reading() as session:
        return _switch_page(session, policies.get(session, key))


@blueprint.post("/politicas/<key>/estado")
@permission("policy.change")
def switch(key: str) -> Response:
    enabled = request.form.get("enabled") == "1"
    try:
        with transaction() as session:
            policies.switch(
                session, key, enabled=enabled, reason=_reason(), version=_version(), by=identity.current(),
                now=clock.now(),
            )  # fmt: skip
    except (InvalidData, Conflict) as error:
        with reading() as session:
            return _switch_page(session, policies.get(session, key), _said(error))
    flash(f"La política quedó {'activa' if enabled else 'apagada'}. {SOON}", "success")
    return go(f"/politicas/{key}")


def _blank() -> Held:
    spec = policy_form.blank(local_date(clock.now()))
    return policies.held("", governing.laid((), 0, spec, None))


def _reason() -> str:
    return request.form.get("reason", "")


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _said(error: InvalidData | Conflict) -> dict[str, list[str]]:
    return error.errors if isinstance(error, InvalidData) else {"": [error.message]}


def _switch_page(session: Session, policy: Held, problems: Problems | None = None) -> Response:
    access.demand(identity.current(), "policy.change")
    found = preview.of_switch(session, policy, enabled=not policy.enabled, now=clock.now())
    return page(
        "policy_switch.html", f"{'Apagar' if policy.enabled else 'Encender'} «{policy.spec.title}»",
        crumbs=[HOME, LIST, (policy.spec.title, f"/politicas/{policy.key}")], policy=policy, found=found,
        typed=request.form, problems=problems or {}, code=422 if problems else 200,
    )  # fmt: skip


def _form(
    session: Session, policy: Held, problems: Problems | None = None, found: Preview | None = None, seen: str = ""
) -> Response:
    values: dict[str, Any] = {
        "frequencies": periods.FREQUENCIES,
        "sources": {name: one.title for name, one in sources.known().items()},
        "rules": specs.RULES,
        "units": policy_form.TERMS,
        "non_workings": specs.NON_WORKING,
        "recipients": policy_form.recipients(ROLES),
        "from_when": periods.the(found.label) if found else "",
        "changes": policy_form.changed(found.before, found.after) if found and found.before and found.after else [],
    }
    typed = _typed(session, policy)
    above: list[tuple[str, str]] = [(policy.spec.title, f"/politicas/{policy.key}")] if policy.key else []
    return page(
        "policy_change.html", f"Cambiar «{policy.spec.title}»" if policy.key else "Crear una política",
        crumbs=[HOME, LIST, *above], policy=policy, found=found, seen=seen,
        problems=policy_form.by_line(problems or {}), typed=typed, kinds=_kinds(typed),
        choices=_choices(session, policy),
        code=422 if problems else 200, **values,
    )  # fmt: skip


def _typed(session: Session, policy: Held) -> dict[str, Any]:
    typed = policy_form.typed(policy)
    offered = [day for day, _ in _choices(session, policy)]
    if typed.get("applies_from") not in offered:
        spec = _proposed(policy)
        typed["applies_from"] = governing.next_start(spec, local_date(clock.now())).isoformat()
    return typed


def _kinds(typed: Mapping[str, Any]) -> dict[str, str]:
    """The facts that may meet what is owed of what was chosen, and those chosen already, so that they can be undone."""
    about, chosen = typed.get("subjects", ""), typed["met_by"]
    return {kind: said for kind, said in kinds.known().items() if kind in chosen or specs.fits(kind, about)}


def _choices(session: Session, policy: Held) -> list[tuple[str, str]]:
    """From when the change may rule; a new policy rules since its validity begins."""
    if not policy.key:
        return []
    return governing.choices(_proposed(policy), ledger.opened(session, policy.id), local_date(clock.now()))


def _proposed(policy: Held) -> PolicySpec:
    """What was typed, as far as it can be read; else what the policy says."""
    try:
        return specs.from_json(policy_form.posted(policy.spec)) if request.form else policy.spec
    except InvalidData:
        return policy.spec
