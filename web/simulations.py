"""Simulación: who would be reminded of what a policy asks for, and when, if nobody did anything meanwhile."""

from datetime import date
from datetime import time
from datetime import timedelta
from itertools import islice

from flask import Blueprint
from flask import Response
from flask import request

from db import clock
from db import reading
from db.errors import InvalidData
from db.rehearsal import rehearsal
from edge.permission import permission
from notifications import chains
from notifications import policies
from notifications import simulation
from notifications.words import hour
from web import policy_form
from web.frame import HOME
from web.frame import page

blueprint = Blueprint("web_simulations", __name__)

USUAL, LONGEST = timedelta(days=30), timedelta(days=92)
MOST = 500


@blueprint.get("/politicas/<key>/simulacion")
@permission("policy.change")
def show(key: str) -> Response:
    """The reminders of some weeks; nothing is sent and nothing stays."""
    today = clock.local_date(clock.now())
    problems: dict[str, list[str]] = {}
    since = _day("desde", today, problems)
    until = _day("hasta", since + USUAL, problems)
    if not problems and until - since > LONGEST:
        problems["hasta"] = [f"Simule {LONGEST.days} días a lo sumo; la línea de comandos simula hasta un año."]
    with reading() as session:
        policy = policies.get(session, key)
        before = [one.spec.title for one in policies.every(session) if one.key == chains.of(key).after]
    told: list[simulation.Told] = []
    if not problems:
        try:
            with rehearsal() as session:
                told = list(islice(simulation.run(session, since, until, policy=key), MOST + 1))
        except InvalidData as error:
            problems = {"hasta" if path == "until" else path: said for path, said in error.errors.items()}
    rungs = {one.rung: policy_form.when_in_words(int(one.rung[1:])) for one in told if one.rung[-1].isdigit()}
    crumbs = [HOME, ("Políticas de plazos", "/politicas"), (policy.spec.title, f"/politicas/{key}")]
    return page(
        "simulation.html", "Simulación de recordatorios", crumbs=crumbs, policy=policy, since=since, until=until,
        told=told[:MOST], rungs=rungs, hours={one.hour: hour(time(one.hour)) for one in told},
        more=len(told) > MOST, before=before, problems=problems, code=422 if problems else 200,
    )  # fmt: skip


def _day(name: str, otherwise: date, problems: dict[str, list[str]]) -> date:
    text = request.args.get(name, "").strip()
    if not text:
        return otherwise
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems[name] = ["Escriba una fecha como 2026-11-24."]
        return otherwise
