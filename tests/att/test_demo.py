"""The demonstration loads through real use cases, once, and leaves a database that holds together."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

import tracking.invariants  # noqa: F401 - registers every check
import workflows
from att.cli import main
from att.demo import days
from att.demo import entrance
from att.demo import live_products
from att.demo import load
from att.demo import milestone_choice
from att.demo import people
from att.demo.cast import Cast
from att.demo.parts import Part
from att.demo.scale import FULL
from att.demo.scale import SMALL
from att.demo.scene import Scene
from att.setup import deploy_built_in
from att.tables import metadata
from db import connect
from db import files
from db import history
from db import invariants
from db import reading
from db.checkpoints import checking
from db.clock import local_date
from db.errors import InvalidData
from db.session import build_engine
from engine import inbox
from engine import seal
from engine.inbox import InboxFilter
from engine.models import Incident
from engine.models import Observation
from engine.models import Task
from notifications.ledger import OPEN
from notifications.models import Fact
from notifications.models import Obligation
from notifications.models import Policy
from tests import databases
from tests.entering import log_in
from tracking import execution
from tracking import facts
from tracking import milestones
from tracking import progress
from tracking import rollup
from tracking import templates
from tracking import work_plans
from tracking.models import Advisory
from tracking.models import AdvisoryEntity
from tracking.models import ConsentStatus
from tracking.models import PlanMilestone
from tracking.models import Product
from tracking.models import Report
from tracking.models import TemplateMilestone
from tracking.models import WorkPlan
from tracking.reviewing import listing

PASSWORD = "una contraseña de prueba"
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)

pytestmark = pytest.mark.xdist_group("demonstration")  # it is loaded once


@dataclass(frozen=True)
class Loaded:
    """The small demonstration: its database, its folder, and what was said while it loaded."""

    url: str
    folder: Path
    said: list[str]


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    if databases.kind() == "sqlite":
        yield f"sqlite:///{databases.make_template(folder / 'att.db', metadata())}"
        return
    with databases.postgresql_database(f"att_demo_{os.getpid()}") as url:
        engine = build_engine(url)
        metadata().create_all(engine)
        engine.dispose()
        yield url


@pytest.fixture
def session(demonstration: Loaded) -> Iterator[Session]:
    """A session on the small demonstration."""
    engine = prepared(demonstration.url, demonstration.folder)
    with reading() as session:
        yield session
    engine.dispose()


def prepared(url: str, folder: Path) -> Engine:
    engine = connect(url)
    files.keep_under(folder / "files")
    checking.keep_under(folder / "checkpoints", folder / "checkpoint_key.pem")
    seal.use("a secret of the tests")
    workflows.register()
    deploy_built_in()
    return engine


def product(session: Session, name: str) -> Product:
    return session.scalars(select(Product).where(Product.name.contains(name))).one()


def who(session: Session, username: str):
    return Cast(NOW).of(session, people.own_key(session, username))


def test_every_part_says_what_it_made(demonstration) -> None:
    assert len(demonstration.said) == len(list(load.parts(SMALL, PASSWORD)))


def test_the_history_of_every_subject_holds(session) -> None:
    assert list(history.verify(session)) == []


def test_the_sums_of_plans_follow_from_their_records(session) -> None:
    assert list(rollup.mismatches(session)) == []


def test_everything_that_must_always_hold_does(session) -> None:
    assert {key: found for key, check in invariants.CHECKS.items() if (found := list(check.look(session, NOW)))} == {}


def test_no_incident_is_left(session) -> None:
    assert session.scalar(select(func.count(Incident.id))) == 0


def test_nothing_happens_after_the_day_of_loading(session) -> None:
    assert session.scalar(select(func.max(history.HistoryRow.at))) <= NOW


def test_each_history_is_in_the_order_of_time(session) -> None:
    chains: dict[tuple[str, int], list[datetime]] = {}
    for row in session.scalars(select(history.HistoryRow).order_by(history.HistoryRow.id)):
        chains.setdefault((row.subject_kind, row.subject_id), []).append(row.at)
    assert [subject for subject, moments in chains.items() if moments != sorted(moments)] == []


@pytest.mark.parametrize(
    ("name", "stage", "status"),
    [
        ("Fase I:", "follow_up", "closed"),
        ("Fase II:", "activation", "active"),
        ("Gestión del riesgo", "predesign", "active"),
        ("Rendición pública", "predesign", "active"),
        ("Bancos de proyectos", "design", "active"),
        ("Empalme", "design", "active"),
        ("Armonización", "activation", "active"),
        ("Presupuestación", "follow_up", "active"),
        ("Mesa de ayuda", "activation", "withdrawn"),
        ("Seguimiento a planes", "activation", "active"),
    ],
)
def test_there_is_a_product_in_every_stage(session, name, stage, status) -> None:
    row = product(session, name)
    assert (row.stage, row.status) == (stage, status)


@pytest.mark.parametrize(
    ("username", "element"),
    [
        ("lider", "Activity_DefinirCadenaDeValor"),
        ("lider", "Activity_AplicarMonitoreo360"),
        ("der", "Activity_RetroalimentarFicha"),
        ("der", "Activity_ValidarProtocolo"),
        ("der", "Activity_ValidarModificacion"),
        ("monitoreo", "Activity_ParametrizarHitos"),
        ("asesor", "Activity_IdentificarNecesidad"),
        ("asesor", "Activity_RegistrarConsentimiento"),
        ("asesor", "Activity_MonitorearAsistencia"),
        ("asesor", "Activity_FormularAccion"),
        ("articulador", "Activity_VerificarCierre"),
        ("director", "Activity_DefinirRoles"),
    ],
)
def test_each_profile_finds_something_to_do(session, username, element) -> None:
    page = inbox.inbox(session, who(session, username), InboxFilter(), now=NOW, limit=100)
    assert element in {task.element for task in page.items}


@pytest.mark.parametrize(
    ("username", "kinds"),
    [
        ("der", {"forms"}), ("monitoreo", {"reports", "milestones"}), ("articulador", {"actions", "milestones"}),
        ("asesor", set()), ("socia", set()),
    ],
)  # fmt: skip
def test_whoever_reviews_finds_what_waits(session, username, kinds) -> None:
    by = who(session, username)
    page = listing.listing(session, by, now=NOW, limit=200)
    found = {kind for kind, count in listing.counts(session, by, now=NOW).items() if count}
    assert found == {row.kind for row in page.items}
    assert (listing.total(session, by, now=NOW) > 0) is bool(found)
    assert kinds <= found
    assert kinds or not found


def test_the_second_round_answers_every_remark(session) -> None:
    found = session.scalars(select(Observation).order_by(Observation.number)).all()
    assert [(row.path, row.status) for row in found] == [(path, "answered") for path, _, _ in live_products.REMARKS]
    task = session.scalars(select(Task).where(Task.element == "Activity_ValidarProtocolo", Task.status == "open")).one()
    assert task.round == 2


def test_the_weights_of_the_second_phase_are_in_doubt(session) -> None:
    template = templates.latest(session, product(session, "Fase II:").id)
    assert template is not None
    assert not template.confirmed
    assert "lectura A" in template.note


def test_one_entity_refused_and_one_took_its_consent_back(session) -> None:
    given = session.scalars(
        select(WorkPlan.consent).where(WorkPlan.product_id == product(session, "Fase II:").id)
    ).all()
    assert (given.count(ConsentStatus.REFUSED), given.count(ConsentStatus.WITHDRAWN)) == (1, 1)


def test_reports_of_the_last_two_months_stand_in_every_state(session: Session) -> None:
    found = session.execute(select(Report.kind, Report.period, Report.status).order_by(Report.id)).all()
    assert [tuple(row) for row in found] == [
        ("activities", "2026-09", "accepted"),
        ("activities", "2026-10", "returned"),
        ("activities", "2026-10", "presented"),
        ("activities", "2026-10", "returned"),
        ("seta", "2026-09", "presented"),
        ("plan_report", "2026-10", "presented"),
        ("regional_form", "2026-10", "presented"),
        ("balance", "2026-Q3", "presented"),
    ]


def test_the_inbox_and_the_ledger_agree_on_what_is_monitored(session: Session) -> None:
    done = session.scalars(select(Fact).where(Fact.kind == facts.MONITORING_RECORDED)).all()
    assert done
    assert all(fact.reference.startswith("submission:") for fact in done)
    owed = select(Obligation.plan_id, func.min(Obligation.due_at)).join(Policy, Policy.id == Obligation.policy_id)
    owed = owed.where(Policy.key == "monitoreo_trimestral", Obligation.status.in_(OPEN)).group_by(Obligation.plan_id)
    first = dict(session.execute(owed).all())
    waiting = select(Task).where(Task.element == "Activity_MonitorearAsistencia", Task.status == "open")
    tasks = session.scalars(waiting.options(joinedload(Task.instance))).all()
    dated = {task.instance.refs["plan_id"]: task.due_at for task in tasks}
    assert {plan: due for plan, due in dated.items() if plan in first} == {
        plan: due for plan, due in first.items() if plan in dated
    }


def test_of_two_coordinations_one_waits_for_the_der_and_one_was_returned_by_it(session: Session) -> None:
    coordinators = [people.own_key(session, "articulador"), people.another_coordinator(session)]
    authors = [Cast(NOW).of(session, key).person_id for key in coordinators]
    monitor = who(session, "monitoreo").person_id
    rows = select(Report).where(Report.kind == "activities", Report.person_id.in_(authors)).order_by(Report.id)
    waiting, returned = session.scalars(rows).all()
    assert (waiting.status, waiting.decided_by) == ("presented", None)
    assert (returned.status, returned.decided_by) == ("returned", monitor)
    task = session.scalars(select(Task).where(Task.instance_id == waiting.instance_id, Task.status == "open")).one()
    assert task.role == "der_monitoring"


@pytest.mark.parametrize(
    ("username", "role"),
    [
        ("altadireccion", "senior_management"), ("experto", "thematic_expert"), ("acompanamiento", "support_liaison"),
        ("enlaceplaneacion", "planning_liaison"), ("socia", "partner_entity"),
    ],
)  # fmt: skip
def test_every_profile_has_an_account(session: Session, username: str, role: str) -> None:
    assert username in people.ACCOUNTS
    assert who(session, username).has_role(role)


def test_the_readme_lists_every_account() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text()
    assert [name for name in people.ACCOUNTS if f"| `{name}` |" not in text] == []


def test_one_entity_has_no_advisor(session) -> None:
    filters = work_plans.Filters(product_id=product(session, "Fase II:").id)
    assert progress.total(session, who(session, "monitoreo"), filters).without_advisor == 1


def test_every_advisory_was_given_and_registered_while_its_plan_was_being_carried_out(session) -> None:
    statement = select(Advisory, Task).join(AdvisoryEntity, AdvisoryEntity.advisory_id == Advisory.id)
    statement = statement.join(WorkPlan, WorkPlan.id == AdvisoryEntity.plan_id)
    statement = statement.join(Task, (Task.instance_id == WorkPlan.instance_id) & (Task.element == execution.STEP))
    found = session.execute(statement).all()
    assert len(found) >= session.scalar(select(func.count()).select_from(AdvisoryEntity)) > 0
    for advisory, step in found:
        assert local_date(step.created_at) <= advisory.occurred_on <= local_date(advisory.registered_at)
        assert step.ended_at is None or advisory.registered_at <= step.ended_at


def test_milestones_are_reached_one_after_the_other_in_each_group(session) -> None:
    order = {row.id: row.group_position for row in session.scalars(select(TemplateMilestone))}
    plans = select(WorkPlan.id).where(WorkPlan.product_id == product(session, "Fase II:").id)
    for plan_id in session.scalars(plans):
        reached: dict[int, list[bool]] = {}
        for row in milestones.of_plan(session, plan_id):
            reached.setdefault(order[row.template_milestone_id], []).append(row.achieved_on is not None)
        assert all(group == sorted(group, reverse=True) for group in reached.values())


def test_the_accounts_open_with_the_password(session) -> None:
    refused = [name for name in people.ACCOUNTS if not log_in(session, name, PASSWORD, now=NOW).person]
    assert refused == []


def test_loading_again_changes_nothing(session, demonstration) -> None:
    before = session.scalar(select(func.count(history.HistoryRow.id)))
    session.rollback()
    said: list[str] = []
    load.load(SMALL, PASSWORD, now=NOW + timedelta(days=1), say=said.append)
    assert (said, load.loaded()) == ([], True)
    assert session.scalar(select(func.count(history.HistoryRow.id))) == before


def test_a_part_that_fails_leaves_nothing_and_is_taken_up_again(database, monkeypatch) -> None:
    def broken(scene: Scene) -> str:
        people.load_catalogues(scene)
        raise InvalidData({"": ["falla"]})

    first = Part("first", "la primera", lambda scene: "primera")
    monkeypatch.setattr(load, "parts", lambda *args: iter([first, Part("second", "la segunda", broken)]))
    said: list[str] = []
    with pytest.raises(InvalidData):
        load.load(SMALL, PASSWORD, now=NOW, say=said.append)
    assert not load.loaded()
    monkeypatch.setattr(
        load, "parts", lambda *args: iter([first, Part("second", "la segunda", people.load_catalogues)])
    )
    load.load(SMALL, PASSWORD, now=NOW, say=said.append)
    assert [line[:12] for line in said] == ["  · primera", "  · Catálogo"]


def test_what_an_earlier_version_did_not_load_is_said_and_not_added(tmp_path, monkeypatch) -> None:
    environment = {"ATT_VAR": str(tmp_path), "ATT_DATABASE_URL": "", "ATT_SECRET_KEY": "k" * 40}

    def parts(*keys: str) -> None:
        made = [Part(key, f"la parte {key.partition('.')[0]}", lambda scene: "hecha") for key in keys]
        monkeypatch.setattr(load, "parts", lambda *args: iter(made))

    def told(command: str = "demo") -> str:
        ran = CliRunner().invoke(main, [command], env=environment)
        assert ran.exit_code == 0, ran.output
        return ran.output

    told("init")
    parts("plans", "plans.0")
    load.load(SMALL, PASSWORD, now=NOW, say=lambda line: None)
    assert load.missing() == []
    parts("plans", "plans.0", "plans.1", "experts", "partners")  # a larger scale has more of what is there
    assert load.missing() == ["la parte experts", "la parte partners"]
    output = told()
    assert "ya está cargada" in output
    assert "no tenía: la parte experts y la parte partners" in output
    assert "hecha" not in output
    parts("plans", "plans.0", "plans.1")
    assert "no tenía" not in told()


def test_the_password_is_made_once_and_kept_for_its_owner(tmp_path) -> None:
    made = entrance.password(tmp_path, {})
    assert entrance.password(tmp_path, {}) == made
    assert (tmp_path / entrance.FILE).stat().st_mode & 0o777 == 0o600


def test_a_given_password_is_not_kept(tmp_path) -> None:
    assert entrance.password(tmp_path, {entrance.VARIABLE: "otra contraseña"}) == "otra contraseña"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("start", [0, 1, 2, 3, 4, 5, 6])
def test_days_before_keep_their_order_and_are_working_days(start) -> None:
    now = NOW + timedelta(days=start)
    moments = [days.before(now, ago / 10) for ago in range(300, -1, -1)]
    assert moments == sorted(moments)
    assert all(moment.weekday() < 5 for moment in moments if moment != now)


def test_dates_of_answers_move_together() -> None:
    answers = {"start": "2026-02-02", "rows": [{"due": "2026-12-15", "year": 2026}], "text": "En 2026"}
    moved = days.shifted(answers, date(2025, 2, 2) - date(2026, 2, 2))
    assert moved == {"start": "2025-02-02", "rows": [{"due": "2025-12-15", "year": 2026}], "text": "En 2026"}


def test_the_mean_is_kept_although_weights_are_coarse() -> None:
    rows = [
        TemplateMilestone(number=n, position=n, group_position=1 + n // 3, total_weight=Decimal(weight))
        for n, weight in enumerate(("7", "13", "20", "25", "35"), start=1)
    ]
    weights = {row.number: row.total_weight for row in rows}
    chosen = milestone_choice.choose(rows, [43.1] * 200, "prueba")
    mean = sum(sum(weights[n] for n in numbers) for numbers in chosen) / 200
    assert abs(mean - Decimal("43.1")) < Decimal("0.5")


@pytest.mark.soak
def test_the_whole_demonstration_stands_at_its_mean(database) -> None:
    seal.use("a secret of the tests")
    workflows.register()
    deploy_built_in()
    load.load(FULL, PASSWORD, now=NOW, say=lambda line: None)
    with reading() as session:
        second = product(session, "Fase II:")
        line = progress.total(session, who(session, "monitoreo"), work_plans.Filters(product_id=second.id))
        assert line.plans == 365 + 32
        assert round(line.reported, 1) == Decimal("43.1")
        assert list(history.verify(session)) == []
        assert list(rollup.mismatches(session)) == []
        assert session.scalar(select(func.count()).select_from(PlanMilestone).where(PlanMilestone.status == "blocked"))
