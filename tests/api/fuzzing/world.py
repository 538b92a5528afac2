"""A world in which something stands behind nearly every address, and the ids by which it is called."""

import re
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask import Response
from flask import request
from flask import request_finished
from flask_smorest.spec.plugins import FlaskPlugin
from sqlalchemy import select

import workflows
from att import duties
from att import jobs
from att import setup
from att.tables import metadata
from db import reading
from db import transaction
from engine.models import Incident
from engine.models import Instance
from tests.api.office import PASSWORD
from tests.api.office import Office

Known = dict[str, list[Any]]
NOTHING = object()
"""The body of a request that has none."""

# What a parameter or a member of a body names, by its table; every other name that ends with `_id` has its own.
TABLES = {
    "lead": "person", "advisor": "person", "from": "person", "to": "person", "debtor": "person", "recipient": "person",
    "plan": "work_plan", "milestone": "plan_milestone", "action": "corrective_action", "grant": "role_grant",
    "advance": "partner_advance", "partner": "strategy_partner",
    "capture": "indicator_capture", "contact": "quick_contact", "day": "non_working_day", "scope": "region",
    "support": "support_request", "expert": "person", "asker": "person",
}  # fmt: skip
LISTS = {
    "plans": "plan_id",
    "entities": "entity_id",
    "instances": "instance_id",
    "ids": "obligation_id",
    "files": "token",
}
TOKENS = ("minutes_file", "attendance_file", "evidence_file", "evidence_files")
DAYS = ("since", "until", "occurred_on", "day", "date", "captured_on", "happened_on", "due", "applies_from")
SAID: Known = {
    **{name: ["2026-11-20", "2026-11-24", "2026-12-01", "2027-01-15", "2026-02-28"] for name in DAYS},
    "reason": ["Porque así se acordó."], "note": ["Se revisó en campo."], "text": ["Falta el acta."],
    "confirmed": [True], "remark": ["No abre el archivo."],
    "period": ["2026-11", "2026-10", "2026-Q3", "2026-Q4", "2026"],
    "username": ["lider", "persona.nueva"], "password": [PASSWORD, "otra clave bastante larga"],
    "scope_code": ["27", "05"],
    "url": ["https://1.1.1.1/aviso"], "kind": ["follow_up", "obligations", "seta", "activities"], "revision": [1, 2],
}  # fmt: skip
"""What people write there: what chance writes for a day or a reason is hardly ever taken."""
ROLES = {
    "control": ("internal_control", "national"), "contacto": ("beneficiary_contact", "entity"),
    "planeacion": ("planning_group", "national"), "heredera": ("territorial_advisor", "region"),
}  # fmt: skip
PUBLISHED = "ATT-2026-001"
HIDDEN = "Reservado-del-lider-47"
"""What the lead drafts, and the director reads who acts for her."""
DUE = {"kind": "corrective", "finding": "No hubo quórum.", "action": "Citar de nuevo.", "responsible": "Planeación",
       "due": "2026-12-15"}  # fmt: skip


@dataclass(frozen=True)
class Done:
    """What somebody did, and it was done: the values of its path, its arguments and its body."""

    who: str
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any


@dataclass
class World:
    """Who calls (username → token, `""` for nobody), what there is by name, the answers of the forms, what is secret.

    `done` is what was done in it, by operation.
    """

    tokens: dict[str, str]
    known: Known
    answers: dict[int, dict[str, Any]]
    secrets: Mapping[str, frozenset[str]]
    done: dict[str, list[Done]]


def inhabit(office: Office, product: Mapping[str, Any], plans: list[dict[str, Any]]) -> World:
    """Fill the office in: cases at many steps, and one of everything that hangs on them."""
    first = office.reader("GET", f"/entities/{office.entities[0]['id']}").json
    places = {"entity": first["id"], "region": first["region_id"]}
    with recorded(office) as done:
        for name, (role, kind) in ROLES.items():
            office.enrol(name, role, kind, places.get(kind))
        _carry_out(office, plans[0])
        _review(office)
        _owe(office)
        _set_up(office)
    tokens = {name: caller.token for name, caller in office.callers.items()}
    secrets = {token: frozenset({name}) for name, token in tokens.items()}
    secrets |= {PASSWORD: frozenset(), HIDDEN: frozenset({"lider", "director"})}
    tokens |= {"": "", "extraño": "un-token-que-nadie-tiene"}
    return World(tokens, known(office), _answers(office), secrets, done)


@contextmanager
def recorded(office: Office) -> Iterator[dict[str, list[Done]]]:
    """What is done meanwhile over HTTP, by operation, as the description calls it."""
    found: dict[str, list[Done]] = {}

    def keep(_: Flask, response: Response) -> None:
        rule = request.url_rule
        if rule is None or request.method == "GET" or response.status_code >= 300:
            return
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        who = next((name for name, caller in office.callers.items() if caller.token == token), "")
        body = request.get_json() if request.is_json else NOTHING
        done = Done(who, request.view_args or {}, request.args.to_dict(), body)
        found.setdefault(f"{request.method} {FlaskPlugin.flaskpath2openapi(rule.rule)}", []).append(done)

    with request_finished.connected_to(keep, office.app):
        yield found


def known(office: Office) -> Known:
    """The ids of everything that there is, by the names that parameters and bodies have for it."""
    found: Known = {}
    with reading() as session:
        for name, table in metadata().tables.items():
            if "id" in table.columns:
                found[f"{name}_id"] = list(session.scalars(select(table.c.id).order_by(table.c.id.desc()).limit(40)))
        found["key"] = [
            "ciclo_de_vida",
            "procedimiento_att",
            *session.scalars(select(metadata().tables["policy"].c.key)),
        ]
        found["code"] = list(session.scalars(select(metadata().tables["product"].c.code)))
        tokens = metadata().tables["stored_file"].c
        found["token"] = list(session.scalars(select(tokens.token)))
    found |= {f"{name}_id": found[f"{table}_id"] for name, table in TABLES.items()}
    found |= {name: found[one] for name, one in LISTS.items()} | dict.fromkeys(TOKENS, found["token"])
    found["entity_id"] = [entity["id"] for entity in office.entities]
    found["unit_id"] = [office.unit_id]
    found["name"] = ["ficha_prediseno", "protocolo"]
    found["number"] = [1]
    return found


def _carry_out(office: Office, plan: Mapping[str, Any]) -> None:
    """A plan in its execution: advised, moved, with an action that corrects it and somebody away."""
    case, advisor = plan["instance_id"], office.callers["asesora"]
    office.push(case, until="Activity_MonitorearAsistencia")
    office.do(case, "Activity_MonitorearAsistencia", corrective_actions=[DUE])
    milestones = office.reader("GET", f"/work-plans/{plan['id']}/milestones").json["items"]
    first, second, third = (f"/milestones/{row['id']}" for row in milestones[:3])
    worked = {"occurred_on": "2026-11-20", "note": "Se empezó.", "confirmed": True}
    made = {"_expected_status": 201}
    advisor("POST", f"{first}/report", json={**worked, "files": [office.upload("asesora")]}, **made)
    office.callers["monitoreo"]("POST", f"{first}/verify", json={"note": "Se revisó."}, **made)
    advisor("POST", f"{second}/report", json={**worked, "files": [office.upload("asesora")]}, **made)
    advisor("POST", f"{third}/progress", json=worked, **made)
    given = {"occurred_on": "2026-11-20", "modality": "remote", "summary": "Dudas.", "plans": [plan["id"]],
             "confirmed": True}  # fmt: skip
    advisor("POST", f"/work-plans/{plan['id']}/support-requests", **made)
    papers = {name: office.upload("asesora") for name in ("minutes_file", "attendance_file")}
    advisor("POST", "/advisories", json=given, **made)
    advisor("POST", "/advisories", json={**given, **papers, "summary": "Banco de proyectos."}, **made)
    met = {
        "entity_id": plan["entity_id"],
        "channel": "call",
        "topic": "Fecha",
        "minutes": 5,
        "occurred_on": "2026-11-20",
    }
    advisor("POST", "/contacts", json=met, **made)
    away = {"kind": "vacaciones", "since": "2026-12-21", "until": "2026-12-31"}
    advisor("POST", "/absences", json=away, **made)


def _review(office: Office) -> None:
    """A product that waits for its review, with a remark and a draft, and another of which only its name is missing."""
    lead, reviewer = office.callers["lider"], office.callers["der"]
    case = office.start_product("Banco de proyectos al día")["instance_id"]
    office.push(case, until="Activity_ValidarProtocolo")
    review = office.task(case, "Activity_ValidarProtocolo")["id"]
    remark = {"path": "milestones/0/name", "text": "Precise el hito."}
    reviewer("POST", f"/tasks/{review}/observations", json=remark, _expected_status=201)
    reviewer("PUT", f"/tasks/{review}/draft", json={"data": {"verdict": "returned"}})
    named = office.start_product("Otro más")["instance_id"]
    task = office.task(named, "Activity_NombrarProducto")["id"]
    lead("PUT", f"/tasks/{task}/draft", json={"data": {"name": HIDDEN}})
    sent = {"name": "Gobierno", "objective": "Fortalecer.", "unit_id": office.unit_id, "lead_id": office.id_of("lider")}
    lead("POST", "/strategies", json=sent, _expected_status=201)


def _owe(office: Office) -> None:
    """What is owed, stated, told and reported."""
    setup.install_policies()
    duties.open_obligations(office.now)
    duties.mark_overdue(office.now)
    jobs.begin_reports(office.now)
    jobs.remind(office.now)
    advisor = office.callers["asesora"]
    for kind in ("activities", "seta"):
        advisor("POST", "/reports", json={"kind": kind, "period": "2026-11"}, _expected_status=201)
    checker, lead, made = office.callers["monitoreo"], office.callers["lider"], {"_expected_status": 201}
    checker("POST", "/cuts", json={"kind": "follow_up", "period": "2026-Q3"}, **made)
    said = {
        "text": "Lo envié.",
        "happened_on": "2026-11-20",
        "evidence_link": "https://example.org/1",
        "confirmed": True,
    }
    owed = lead("GET", "/obligations/mine").json["items"]
    final = next(row["id"] for row in owed if row["title"].startswith("Informe final"))
    lead("POST", f"/obligations/{final}/statements", json=said, **made)
    indicators = f"/products/{PUBLISHED}/indicators"
    measured = {"indicator": lead("GET", indicators).json["items"][0]["name"], "period": "2026-Q3", "value": "10",
                "captured_on": "2026-11-20", "source": "Bancos."}  # fmt: skip
    lead("POST", f"{indicators}/captures", json=measured, **made)


def _set_up(office: Office) -> None:
    """Days, delegations, encargos, webhooks and what is proposed."""
    root, made = office.callers["admin"], {"_expected_status": 201}
    root("PATCH", f"/people/{office.id_of('asesora')}", json={"email": "asesora@example.org"})
    advisor = office.callers["asesora"]
    advisor("PUT", "/preferences/webhook", json={"url": "https://1.1.1.1/aviso"})
    advisor("POST", "/preferences/test", _expected_status=202)
    root("POST", "/calendar/days", json={"day": "2026-12-24", "scope_kind": "national", "reason": "Decreto."}, **made)
    lent = {"to_id": office.id_of("director"), "since": "2026-11-24", "until": "2026-12-01"}
    office.callers["lider"]("POST", "/delegations", json=lent, **made)
    diagram = (Path(workflows.__file__).parent / "bpmn" / "informe_mensual.bpmn").read_text(encoding="utf-8")
    renamed = re.sub(r'(<bpmn:userTask id="[^"]*" name=")[^"]*"', r'\1Escribir el informe"', diagram, count=1)
    root("POST", "/units", json={"code": "ESAP", "name": "Escuela Superior"}, **made)
    root("POST", "/group-roles", json={"group": "ATT-Revisores", "role": "der_reviewer"}, **made)
    sent = {"process": "informe_mensual", "files": {"informe_mensual.bpmn": renamed}, "reason": "Se llama así."}
    root("POST", "/processes", json=sent, **made)
    to_come = {"from_id": office.id_of("asesora"), "to_id": office.id_of("heredera"), "since": "2026-12-01",
               "reason": "Traslado."}  # fmt: skip
    office.callers["articulador"]("POST", "/handovers", json=to_come, **made)
    with transaction() as session:
        stuck = session.scalars(select(Instance).where(Instance.status == "open").order_by(Instance.id)).first()
        session.add(Incident(
            instance_id=stuck.id if stuck else 0, work_id="w", element="Activity_Nada", operation="nada",
            message="Falló.",
            error="RuntimeError", status="open", attempts=1, first_at=office.now, last_at=office.now,
        ))  # fmt: skip
    held = {"role": "der_reviewer", "since": "2026-11-24", "until": "2026-12-01", "act": "Resolución 1"}
    root("POST", f"/people/{office.id_of('monitoreo')}/encargos", json=held, **made)


def _answers(office: Office) -> dict[int, dict[str, Any]]:
    """Answers that each open task would take, by its id."""
    found = {}
    for task in office.reader("GET", "/tasks?mine=false&limit=200").json["items"]:
        doer = office.who(task)
        shown = doer("GET", f"/tasks/{task['id']}").json
        found[task["id"]] = office.answers(doer, shown, {})
    return found
