"""A small world to ask about: two places, in each of them one of every thing, and a third set that is somebody's own.

The sets are `near` and `mine` (one unit, one region, one entity: where the subjects work) and `far` (others). All that
`mine` holds is in the name of a person who is nobody's subject: before somebody is asked, it is put in theirs.
"""

from collections.abc import Iterator
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

import workflows
from att.setup import deploy_built_in
from att.setup import install_policies
from att.tables import metadata
from db import SYSTEM
from db import clock
from db import files
from db import history
from db import transaction
from directory import accounts
from directory import attachments
from directory import coverage
from directory import entities
from directory import people
from directory import principal
from directory import secrets
from directory import seed
from directory import sessions
from directory import tokens
from directory import units
from directory.models import Absence
from directory.models import ApiToken
from directory.models import Delegation
from directory.models import Encargo
from directory.models import Entity
from directory.models import ExternalIdentity
from directory.models import GroupRole
from directory.models import LoginSession
from directory.models import Person
from directory.models import RoleGrant
from directory.models import Unit
from directory.roles import ROLES
from engine import operations
from engine.models import Definition
from engine.models import DefinitionForm
from engine.models import Incident
from engine.models import Observation
from engine.models import Proposal
from engine.models import Submission
from engine.models import Task
from notifications.calendar import LAW
from notifications.models import CalendarFeed
from notifications.models import Message
from notifications.models import NonWorkingDay
from notifications.models import Obligation
from notifications.models import Policy
from notifications.models import Statement
from notifications.models import Webhook
from tests.processes.office import PDF
from tests.processes.office import Office
from tests.tracking import factories
from tracking import advisories
from tracking import contacts
from tracking import corrective_actions
from tracking import cuts
from tracking import life
from tracking import milestones
from tracking import support
from tracking.models import Handover
from tracking.models import IndicatorCapture
from tracking.models import PartnerAdvance
from tracking.models import Product
from tracking.models import Report
from tracking.models import Strategy
from tracking.models import StrategyPartner
from tracking.models import WorkPlan

LONG_AGO = date(2026, 1, 1)
PASSWORD = "una clave bastante larga"
NEAR, MINE, FAR, ABSENT = "near", "mine", "far", "absent"
DEPARTMENTS = {NEAR: "05", MINE: "05", FAR: "91"}
# What is in the name of somebody and stays so: who they are, and how they enter.
THEIRS = frozenset({"account", "api_token", "coverage", "history", "login_session", "role_grant"})

# Over what each role is held: the narrowest that the domain knows, so that near and far differ.
HELD = {
    "technical_lead": "unit",
    "der_reviewer": "national",
    "der_monitoring": "national",
    "technical_director": "unit",
    "subdirectorate": "unit",
    "territorial_advisor": "region",
    "support_liaison": "national",
    "regional_coordinator": "region",
    "thematic_expert": "region",
    "communications": "unit",
    "planning_liaison": "unit",
    "planning_group": "national",
    "partner_entity": "unit",
    "senior_management": "national",
    "internal_control": "national",
    "administrator": "national",
    "beneficiary_contact": "entity",
}


@dataclass
class Place:
    """Where things are, and who leads and accompanies there."""

    unit_id: int = 0
    region_id: int = 0
    entity_id: int = 0
    lead_id: int = 0
    advisor_id: int = 0
    receiver_id: int = 0
    ally_id: int = 0  # the unit that is a partner there
    speaker_id: int = 0  # who acts for it


@dataclass
class Subject:
    """Somebody who asks: with a cookie on pages, with a token of a program on the API."""

    person_id: int
    role: str
    cookie: str
    token: str


@dataclass
class World:
    """Ids by name: of the places, of the subjects by role, and of what addresses name in each set.

    `cookies` and `tokens` are those that opened something once, and why they do not any more. `named` says in which
    columns the titular stands.
    """

    places: dict[str, Place] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    own: dict[str, dict[str, Any]] = field(default_factory=dict)
    titular: int = 0
    named: list[tuple[str, str]] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)


def build() -> World:
    """Fill the connected database."""
    workflows.register()
    deploy_built_in()
    install_policies()
    world, now = World(), clock.now()
    with transaction() as session:
        seed.load_catalogues(session, by=SYSTEM, now=now)
    with transaction() as session:
        _later_version(session, now)
        _settle_places(session, world, now)
        for role in ROLES:
            world.subjects[role] = _subject(session, world, role, now)
        watcher = principal.load(session, world.subjects["der_monitoring"].person_id, now=now)
        cut = cuts.take(session, "obligations", "2026-10", by=watcher, now=now)
        for name, place in world.places.items():
            world.things[name] = {**_furnish(session, name, place, now), "cut_id": cut.id}
        _past(session, world, now)
        for role, subject in world.subjects.items():
            world.own[role] = _personal(session, subject.person_id, world.places[NEAR].advisor_id, now)
        world.named = [place for place in _names_of_people() if _stands(session, world.titular, *place)]
    return world


def _later_version(session: Session, now: datetime) -> None:
    """A second version of the life of a product, which changes nothing."""
    first = session.query(Definition).filter_by(key="ciclo_de_vida").one()
    second = Definition(key=first.key, version=2, hash="2", title=first.title, files=dict(first.files), deployed_at=now)
    session.add(second)
    session.flush()
    for form in session.query(DefinitionForm).filter_by(definition_id=first.id).all():
        session.add(DefinitionForm(definition_id=second.id, name=form.name, form_hash=form.form_hash))


def _settle_places(session: Session, world: World, now: datetime) -> None:
    below = session.query(Unit).filter(Unit.parent_id.is_not(None)).order_by(Unit.id)
    leaves = [row for row in below if not session.query(Unit).filter_by(parent_id=row.id).count()]
    for number, name in enumerate((NEAR, FAR)):
        place = Place(unit_id=leaves[number].id)
        rows = session.query(Entity).filter_by(department_code=DEPARTMENTS[name], kind="municipality")
        place.entity_id = rows.order_by(Entity.code).first().id
        place.region_id = entities.region_of(session, place.entity_id) or 0
        place.lead_id = _person(session, f"Líder {name}", place.unit_id, now, "technical_lead", "unit", place.unit_id)
        place.advisor_id = _person(
            session, f"Enlace {name}", place.unit_id, now, "territorial_advisor", "region", place.region_id
        )
        place.receiver_id = _person(
            session, f"Relevo {name}", place.unit_id, now, "territorial_advisor", "region", place.region_id
        )
        coverage.cover(session, place.advisor_id, place.entity_id, LONG_AGO, by=SYSTEM, now=now)
        place.ally_id = units.add(session, f"A{number}", f"Aliada {name}", by=SYSTEM, now=now).id
        place.speaker_id = _person(
            session, f"Socia {name}", place.ally_id, now, "partner_entity", "unit", place.ally_id
        )
        world.places[name] = place
    near = world.places[NEAR]
    titular = _person(session, "Titular", near.unit_id, now, "territorial_advisor", "region", near.region_id)
    grant = RoleGrant(
        person_id=titular, role="technical_lead", scope_kind="unit", scope_id=near.unit_id, since=LONG_AGO
    )
    session.add(grant)
    world.titular = titular
    world.places[MINE] = Place(
        near.unit_id, near.region_id, near.entity_id, titular, titular, near.receiver_id, near.ally_id, titular
    )


def _person(
    session: Session, name: str, unit_id: int, now: datetime, role: str, kind: str, scope_id: int | None
) -> int:
    row = factories.person(session, name, now, unit_id)
    session.add(RoleGrant(person_id=row.id, role=role, scope_kind=kind, scope_id=scope_id, since=LONG_AGO))
    session.flush()
    return row.id


def _subject(session: Session, world: World, role: str, now: datetime) -> Subject:
    near, kind = world.places[NEAR], HELD[role]
    scope = {"unit": near.unit_id, "region": near.region_id, "entity": near.entity_id}.get(kind)
    scope = near.ally_id if role == "partner_entity" else scope
    person_id = _person(session, f"Persona {role}", near.unit_id, now, role, kind, scope)
    accounts.create(session, person_id, role, PASSWORD, by=SYSTEM, now=now)
    cookie = sessions.open(session, person_id, address="127.0.0.1", user_agent="pytest", now=now)
    token = tokens.issue(session, person_id, "prueba", by=SYSTEM, now=now)
    tokens.touch(session, token.row.id, now=now)  # or each question would write that it was used, and be taken back
    return Subject(person_id, role, cookie, token.secret)


def _past(session: Session, world: World, now: datetime) -> None:
    """Somebody who may do much, with what opens nothing any more; and somebody else who was disabled."""
    unit_id = world.places[NEAR].unit_id
    kept, gone = (
        _person(session, name, unit_id, now, "der_monitoring", "national", None) for name in ("Vigente", "Retirada")
    )
    opened = {
        "disabled": (gone, now),
        "too old": (kept, now - timedelta(hours=25)),
        "idle": (kept, now - timedelta(hours=9)),
        "ended": (kept, now),
    }
    for why, (person_id, at) in opened.items():
        world.cookies[why] = sessions.open(session, person_id, address="", user_agent="", now=at)
    sessions.close(session, world.cookies["ended"], now=now)
    issued = {"disabled": (gone, now), "expired": (kept, now - timedelta(days=2)), "revoked": (kept, now)}
    for why, (person_id, at) in issued.items():
        one = tokens.issue(session, person_id, why, lasts=timedelta(days=1), by=SYSTEM, now=at)
        world.tokens[why] = one.secret
    tokens.revoke(session, kept, one.row.id, by=SYSTEM, now=now)
    people.disable(session, gone, reason="Terminó su contrato", by=SYSTEM, now=now)


def _furnish(session: Session, name: str, place: Place, now: datetime) -> dict[str, Any]:
    """One of everything in a place."""
    things: dict[str, Any] = {**asdict(place), "person_id": place.advisor_id}
    lead, advisor = (session.get_one(Person, key) for key in (place.lead_id, place.advisor_id))
    product = _product(session, place, name, now)
    things |= {"code": product.code, "product_id": product.id, "strategy_id": product.strategy_id}
    plan = factories.plan(session, product, place.entity_id, now, advisor=advisor)
    things |= {"plan_id": plan.id, "instance_id": plan.instance_id}
    things |= _partner(session, product.strategy_id, place, now)
    things |= _step(session, place, plan, now) | _assistance(session, plan, place, now)
    things |= _owed(session, place, now) | _reports(session, place, now)
    things |= _machinery(session, plan, place, now)
    things |= _personal(session, place.advisor_id, lead.id, now) | _group(session, name, now)
    session.flush()
    return things


def _product(session: Session, place: Place, name: str, now: datetime) -> Product:
    strategy = Strategy(
        name=f"Estrategia {name}", search_name=f"estrategia {name}", objective="Objetivo", goals=[], details={},
        unit_id=place.unit_id, lead_id=place.lead_id, created_at=now,
    )  # fmt: skip
    session.add(strategy)
    session.flush()
    by = principal.load(session, place.lead_id, now=now)
    row = life.start_product(
        session, name=f"Producto {name}", unit_id=place.unit_id, lead_id=place.lead_id, strategy_id=strategy.id,
        by=by, now=now,
    )  # fmt: skip
    row.sheet, row.published_at = {"name": row.name}, now
    return row


def _partner(session: Session, strategy_id: int | None, place: Place, now: datetime) -> dict[str, Any]:
    """The ally of the place is a partner of its strategy, and reported something there."""
    partner = StrategyPartner(
        strategy_id=strategy_id, unit_id=place.ally_id, contribution="Formación", since=LONG_AGO, revision=1,
        registered_at=now,
    )  # fmt: skip
    session.add(partner)
    session.flush()
    done = PartnerAdvance(
        partner_id=partner.id, occurred_on=LONG_AGO, text="Un curso", files=[], author_id=place.speaker_id,
        registered_at=now, revision=1,
    )  # fmt: skip
    session.add(done)
    session.flush()
    return {"partner_id": partner.id, "advance_id": done.id}


def _step(session: Session, place: Place, plan: WorkPlan, now: datetime) -> dict[str, Any]:
    """The first step of the plan was sent by whoever accompanies it; the second waits for them."""
    stored = files.save(session, "acta.pdf", PDF, by=SYSTEM, now=now)
    advisor = principal.load(session, place.advisor_id, now=now)
    entity = session.get_one(Entity, place.entity_id)
    office = Office(session, now, {"advisor": advisor}, place.unit_id, [entity], stored.token)
    office.do(plan.instance_id, "Activity_IdentificarNecesidad")
    task = office.task(plan.instance_id, "Activity_ProgramarAsistencia")
    answers = office.answer(task, {})
    answers["plan_milestones"] = [{**row, "due_date": "2026-12-01"} for row in answers["plan_milestones"]]
    sent = session.query(Submission).filter_by(instance_id=plan.instance_id).one()
    attachments.use(session, [stored.token], history.Subject("work_plan", plan.id), now=now)
    remark = Observation(
        instance_id=plan.instance_id, submission_id=sent.id, task_id=task.id, element=sent.element, number=1, round=1,
        path="", label="Todo", text="Falta algo", status="open", published=False, author_id=place.advisor_id, at=now,
    )  # fmt: skip
    session.add(remark)
    session.flush()
    return {
        "task_id": task.id, "submission_id": sent.id, "observation_id": remark.id, "token": stored.token,
        "work_id": task.work_id, "path": next(iter(sent.data)), "sent_id": sent.task_id,
        "answers": answers,
    }  # fmt: skip


def _assistance(session: Session, plan: WorkPlan, place: Place, now: datetime) -> dict[str, Any]:
    by, today = principal.load(session, place.advisor_id, now=now), clock.local_date(now)
    first = factories.milestone(session, plan)
    milestones.report(session, first.id, occurred_on=today, without_evidence="No aplica.", by=by, now=now)
    given = advisories.NewAdvisory(
        occurred_on=today, modality="advisory", summary="Asesoría", plans=[plan.id], confirmed=True
    )
    advisory = advisories.register(session, given, by=by, now=now)
    contact = contacts.register(
        session, entity_id=place.entity_id, channel="call", topic="Consulta", minutes=10, occurred_on=today, by=by,
        now=now, confirmed=True,
    )  # fmt: skip
    action = corrective_actions.open_action(
        session, plan.id, kind="improvement", finding="Hallazgo", by=by.actor(), now=now
    )
    asked = support.begin(session, plan.id, asker_id=place.advisor_id, by=by.actor(), now=now)
    capture = IndicatorCapture(
        product_id=plan.product_id, indicator="Indicador", subject_id=1, period="2026-Q3",
        period_start=date(2026, 7, 1), value=1, captured_on=today, source="Fuente", note="", files=[],
        captured_by=place.lead_id, registered_at=now, revision=1,
    )  # fmt: skip
    session.add(capture)
    session.flush()
    return {
        "milestone_id": first.id, "advisory_id": advisory.id, "contact_id": contact.id, "action_id": action.id,
        "capture_id": capture.id, "support_id": asked.id,
    }  # fmt: skip


def _owed(session: Session, place: Place, now: datetime) -> dict[str, Any]:
    policy = session.query(Policy).order_by(Policy.id).first()
    due = clock.local_date(now)
    at = LAW.at_cut_off(due)
    owed = Obligation(
        policy_id=policy.id, policy_version=policy.version, subject_kind="person", subject_id=place.advisor_id,
        period=due.isoformat(), period_start=due - timedelta(days=30), period_end=due - timedelta(days=1),
        title="Informe", subject_label="Alguien", debtor_id=place.advisor_id, unit_id=place.unit_id,
        region_id=place.region_id, entity_id=None, due_on=due, due_at=at, limit_at=at, explanation="Último día",
        calendar_version=0, status="pending", created_at=now, changed_at=now,
    )  # fmt: skip
    session.add(owed)
    session.flush()
    said = Statement(
        obligation_id=owed.id, text="Se hizo", happened_on=due, presented_at=now, presented_by=place.advisor_id,
        status="presented",
    )  # fmt: skip
    session.add(said)
    session.flush()
    return {"obligation_id": owed.id, "statement_id": said.id}


def _reports(session: Session, place: Place, now: datetime) -> dict[str, Any]:
    report = Report(
        kind="seta", subject_id=place.advisor_id, period="2026-10", period_start=date(2026, 10, 1),
        period_end=date(2026, 10, 31), title="SETA", person_id=place.advisor_id, unit_id=place.unit_id,
        region_id=place.region_id, status="draft", content={}, revision=1, created_at=now,
    )  # fmt: skip
    session.add(report)
    session.flush()
    return {"report_id": report.id}


def _machinery(session: Session, plan: WorkPlan, place: Place, now: datetime) -> dict[str, Any]:
    """What the system keeps of its own work, where it is about this place."""
    task = session.query(Task).filter_by(instance_id=plan.instance_id, status="open").first()
    incident = Incident(
        instance_id=plan.instance_id, work_id=task.work_id, element=task.element, operation="tracking.schedule_plan",
        message="Falló", error="Unavailable", status="open", attempts=1, first_at=now, last_at=now, retry_at=now,
    )  # fmt: skip
    by = principal.load(session, place.lead_id, now=now).actor()
    operation = operations.begin(session, "start_work_plans", "Abrir planes", {}, 1, by=by, now=now)
    message = Message(
        key=f"prueba {plan.id}", kind="test", channel="email", recipient_id=place.advisor_id,
        address="a@example.org", subject="Aviso", context={}, internet_id=f"<{plan.id}@example.org>", dated_at=now,
        content=b"Subject: Aviso\r\n\r\nTexto\r\n", status="sent", next_at=now, created_at=now, sent_at=now,
    )  # fmt: skip
    base = session.query(Definition).order_by(Definition.id).first()
    proposal = Proposal(
        key=base.key, title=base.title, hash=f"h{plan.id}", files=dict(base.files), base_id=base.id, reason="Motivo",
        proposed_at=now, proposed_by=place.lead_id, status="waiting",
    )  # fmt: skip
    handover = Handover(
        from_id=place.advisor_id, to_id=place.lead_id, since=clock.local_date(now) + timedelta(days=5), reason="Motivo",
        requested_at=now, requested_by=place.lead_id, result={},
    )  # fmt: skip
    day = NonWorkingDay(
        day=date(2026, 12, 1) + timedelta(days=plan.id), scope_kind="national", reason="Día", created_at=now
    )
    session.add_all([incident, message, proposal, handover, day])
    session.flush()
    return {
        "incident_id": incident.id, "operation_id": operation.id, "message_id": message.id, "day_id": day.id,
        "proposal_id": proposal.id, "handover_id": handover.id,
    }  # fmt: skip


def _group(session: Session, name: str, now: datetime) -> dict[str, Any]:
    """What a group of the institutional accounts gives."""
    row = GroupRole(group=f"Grupo {name}", role="senior_management", scope_kind="national", added_at=now)
    session.add(row)
    session.flush()
    return {"group_role_id": row.id, "row_id": row.id}


def _personal(session: Session, person_id: int, other_id: int, now: datetime) -> dict[str, Any]:
    """What belongs to one person and nobody else."""
    until = date(2027, 6, 30)
    secret = secrets.new()
    rows = {
        "absence_id": Absence(person_id=person_id, kind="vacation", since=date(2027, 6, 1), until=until),
        "delegation_id": Delegation(from_id=person_id, to_id=other_id, since=date(2027, 6, 1), until=until),
        "encargo_id": Encargo(
            person_id=person_id, role="thematic_expert", scope_kind="national", act="R", since=date(2027, 6, 1),
            until=until,
        ),
        "feed_id": CalendarFeed(
            owner_id=person_id, name="Agenda", team=False, token_hash=secrets.digest(secret), created_at=now
        ),
        "identity_id": ExternalIdentity(
            person_id=person_id, issuer="https://cuentas.example.org", subject=secrets.new(), email="p@example.org",
            linked_at=now, last_in_at=now,
        ),
        "session_id": LoginSession(
            person_id=person_id, token_hash=secrets.digest(secrets.new()), created_at=now, last_seen_at=now
        ),
        "webhook_id": Webhook(owner_id=person_id, url="https://example.org/", secret="s", created_at=now),
        "token_id": ApiToken(
            person_id=person_id, token_hash=secrets.digest(secrets.new()), name="Otro", created_at=now,
            expires_at=now + timedelta(days=9),
        ),
    }  # fmt: skip
    session.add_all(rows.values())
    session.flush()
    grant = session.query(RoleGrant).filter_by(person_id=person_id).order_by(RoleGrant.id).first()
    return {**{name: row.id for name, row in rows.items()}, "grant_id": grant.id, "secret": secret}


def _names_of_people() -> Iterator[tuple[str, str]]:
    """Every column that names a person, but for what stays theirs, and its table."""
    for table in metadata().tables.values():
        for column in table.c if table.name not in THEIRS else ():
            named = any(key.column.table.name == "person" for key in column.foreign_keys)
            if named or column.name in ("started_by", "uploaded_by"):
                yield table.name, column.name


def _stands(session: Session, person_id: int, table: str, column: str) -> bool:
    found = session.execute(text(f'SELECT 1 FROM "{table}" WHERE "{column}" = {person_id} LIMIT 1'))
    return found.first() is not None


def give(connection: Any, world: World, role: str) -> None:
    """Put all that is in the name of the titular in that of whoever holds `role`."""
    to, former = world.subjects[role].person_id, world.titular
    for table, column in world.named:
        connection.execute(f'UPDATE "{table}" SET "{column}" = {to} WHERE "{column}" = {former}')
    connection.execute(f"UPDATE report SET subject_id = {to} WHERE subject_id = {former}")
    connection.execute(f"UPDATE instance SET people = replace(people, ':{former}', ':{to}')")
