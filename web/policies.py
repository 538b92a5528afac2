"""Políticas de plazos: what each says and how it came to say it."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from flask import Response
from flask import request

from db import clock
from db import reading
from db.clock import local_date
from db.history import Subject
from directory import searching
from edge import identity
from edge import names
from edge.exports import answering
from edge.exports.of_deadlines import POLICIES
from edge.permission import permission
from notifications import chains
from notifications import governing
from notifications import periods
from notifications import policies
from notifications import sources
from notifications import versions
from notifications.calendar import in_words
from notifications.policies import Held
from notifications.versions import Version
from web import histories
from web import policy_form
from web.frame import HOME
from web.frame import page

blueprint = Blueprint("web_policies", __name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is narrowed by."""

    text: str


LIST = ("Políticas de plazos", "/politicas")


@blueprint.get("/politicas")
@permission("policy.read")
def listed() -> Response:
    with reading() as session:
        rows = policies.every(session)
    text = request.args.get("buscar", "").strip()
    kept = [row for row in rows if searching.found(text, f"{row.spec.title} {row.spec.owes}")]
    if answering.by_page():
        return answering.workbook(POLICIES, answering.whole(kept), Asked(text), by=identity.current())
    return page(
        "policies.html", "Políticas de plazos", crumbs=[HOME], rows=kept, frequencies=periods.FREQUENCIES,
        sources=sources.known(), text=text,
    )  # fmt: skip


@blueprint.get("/politicas/<key>")
@permission("policy.read")
def show(key: str) -> Response:
    with reading() as session:
        policy = policies.get(session, key)
        known = versions.of(session, policy)
        people = names.of_people(session, [one.created_by for one in known])
        titles = {one.key: one.spec.title for one in policies.every(session)} if chains.linked(key) else {}
        past = histories.values(session, Subject("policy", policy.id))
    return page(
        "policy.html", policy.spec.title, crumbs=[HOME, LIST], policy=policy, versions=known, people=people,
        words=policy_form.in_words(policy.spec), earlier=_earlier(policy), ruling=_ruling(policy),
        ruled={one.number: _ruled(one) for one in known}, changes={one.number: _changes(one) for one in known},
        in_force=_in_force(policy), step_after=_named(titles, [chains.of(key).after]),
        next_steps=_named(titles, chains.next_of(key)), **past,
    )  # fmt: skip


def _named(titles: Mapping[str, str], keys: Sequence[str]) -> list[tuple[str, str]]:
    """Those of these policies that there are: key and title."""
    return [(key, titles[key]) for key in keys if key in titles]


def _ruling(policy: Held) -> str:
    """From which period what the policy says rules, where an earlier version rules before it."""
    return periods.the(governing.period_label(policy.spec, policy.opening)) if policy.opening else ""


def _in_force(policy: Held) -> int:
    """The version that governs what begins today."""
    today = local_date(clock.now())
    return policy.at(today).layers[0].number if policy.opening and policy.opening > today else policy.version


def _ruled(one: Version) -> str:
    """Of what a version rules, or ruled until another one took its place; empty where it rules everything."""
    since = periods.the(governing.period_label(one.spec, one.since)) if one.since else ""
    if one.replaced_by is not None and one.replaced_at is not None:
        if not one.ruled:
            return f"iba a regir desde {since}; no llegó a regir: la reemplazó la versión {one.replaced_by}"
        last = in_words(local_date(one.replaced_at))
        first = f" desde {since}" if since else ""
        return f"rigió{first} hasta el {last}, cuando la reemplazó la versión {one.replaced_by}"
    bounds = [f"desde {since}" if since else "", f"lo que empieza antes del {in_words(one.until)}" if one.until else ""]
    told = " y sólo ".join(filter(None, bounds)) if since else bounds[1]
    return f"rige {told}" if told else ""


def _changes(one: Version) -> list[tuple[str, str, str]]:
    """What a version changed of the one before it, each with what was said before and after."""
    return policy_form.changed(one.before, one.spec) if one.before else []


def _earlier(policy: Held) -> list[dict[str, Any]]:
    """What the policy says of earlier periods, the newest first."""
    parts = policy.parts()
    return [
        {"number": part.layers[0].number, "words": policy_form.in_words(part.spec), "until": part.until}
        for part in reversed(parts[:-1])
    ]
