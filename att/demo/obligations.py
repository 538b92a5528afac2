"""What people owed in the last months, and how each of them kept to it: in time, late, excused, or not at all."""

from datetime import date
from datetime import datetime
from datetime import timedelta
from random import Random

from sqlalchemy import select

from att.demo.scene import Scene
from db.actor import SYSTEM
from db.clock import local_date
from directory.chunks import chunks
from directory.principal import Principal
from engine import ledger_dates
from notifications import acts
from notifications import chains
from notifications import facts
from notifications import kinds
from notifications import ledger
from notifications import policies
from notifications import sources
from notifications import statements
from notifications import steps
from notifications.facts import NewFact
from notifications.models import Obligation
from notifications.places import Places
from notifications.policies import Held
from notifications.statements import NewStatement
from notifications.supervisors import Book
from tracking import facts as real
from tracking.policies import SHIPPED

MONTHS = 3
SINCE = "La demostración empieza tres meses atrás."

LIVED = {
    real.ADVISORY_REGISTERED, real.ADVISORY_CLOSED, real.GATE_COMPLETED, real.EVALUATION_RECORDED,
    real.MONITORING_RECORDED,
}  # fmt: skip
"""What the rest of the demonstration does itself."""

EXCUSES = (
    "Licencia durante todo el periodo.",
    "La entidad suspendió las actividades por calamidad pública.",
    "El periodo se reportó junto con el siguiente, por acuerdo con la DER.",
)


def owe(scene: Scene) -> str:
    """The policies of the program, valid since three months ago, and the ledger with a past."""
    scene.go_to(0)
    policies.install(scene.session, SHIPPED, since=_first_day(scene), by=SYSTEM, now=scene.loaded)
    policies.date_back(scene.session, _first_day(scene), SINCE, by=SYSTEM, now=scene.loaded)
    held = {policy.id: policy for policy in policies.enabled(scene.session)}
    opened = sum(_open(scene, part) for policy in held.values() for part in policy.parts())
    past = select(Obligation).where(Obligation.status.in_(ledger.OPEN), Obligation.due_at < scene.loaded)
    for row in scene.session.scalars(past.order_by(Obligation.id)).all():
        if LIVED.isdisjoint(held[row.policy_id].spec.met_by):
            _live(scene, held[row.policy_id], row)
    scene.session.flush()
    steps.sweep(scene.session, now=scene.loaded)
    while ledger.overdue_batch(scene.session, now=scene.loaded):
        continue
    after: int | None = 0
    while after is not None:
        after, _ = ledger_dates.batch(scene.session, after=after, now=scene.loaded)
    return f"{len(held)} políticas de plazos y {opened} obligaciones"


def _first_day(scene: Scene) -> date:
    day = local_date(scene.loaded).replace(day=1)
    for _ in range(MONTHS):
        day = (day - timedelta(days=1)).replace(day=1)
    return day


def _open(scene: Scene, policy: Held) -> int:
    places, opened = Places(scene.session), 0
    found = list(sources.subjects(scene.session, policy.spec.subjects, local_date(scene.loaded)))
    for batch in chunks(found, ledger.BATCH):
        opened += ledger.open_batch(scene.session, policy, batch, places, now=scene.loaded).opened
    return opened


def _live(scene: Scene, policy: Held, row: Obligation) -> None:
    """Let whoever owed it do it, in time or not."""
    random = Random(f"plazo {policy.key} {row.subject_id} {row.period}")
    fate = random.random()
    if row.debtor_id is None or fate >= 0.92:
        return
    if fate >= 0.86:
        acts.waive(
            scene.session, row.id, random.choice(EXCUSES), by=_monitor(scene, row), now=row.due_at - timedelta(hours=20)
        )
        return
    if row.status not in ledger.OPEN or chains.waits_for(scene.session, row) is not None:
        return
    late = timedelta(days=random.randint(1, 5), hours=random.randint(0, 3))
    early = timedelta(hours=random.choice((1, 2, 20, 24, 45)))
    at = row.due_at + late if fate >= 0.74 else row.due_at - early
    before = chains.before(scene.session, row)
    if before is not None and before.met_at is not None:
        at = max(at, before.met_at + timedelta(hours=25))  # a day after what was presented, it was decided
    if at < scene.loaded:
        _do(scene, policy, row, at)


def _do(scene: Scene, policy: Held, row: Obligation, at: datetime) -> None:
    by = scene.cast.person(scene.session, row.debtor_id or 0)
    if kinds.STATEMENT not in policy.spec.met_by:
        new = NewFact(
            kind=policy.spec.met_by[0], reference=f"demo:{row.id}", subject_kind=row.subject_kind,
            subject_id=row.subject_id, period=row.period, on=local_date(at), label=policy.spec.title,
        )  # fmt: skip
        facts.record(scene.session, new, by=by.actor(), now=at)
        return
    said = NewStatement(
        text=f"{policy.spec.owes} Quedó publicado en el repositorio de la dependencia.", happened_on=local_date(at),
        evidence_link=f"https://repositorio.att.example/{policy.key}/{row.period}", confirmed=True,
    )  # fmt: skip
    statement = statements.present(scene.session, row.id, said, by=by, now=at)
    decided = min(at + timedelta(days=1), scene.loaded)
    supervisor = _decider(scene, row)
    if supervisor.person_id != row.debtor_id:
        statements.accept(scene.session, statement.id, confirmed=True, by=supervisor, now=decided)


def _monitor(scene: Scene, row: Obligation) -> Principal:
    """Who follows up for the DER; of two, the one who does not owe it."""
    first, *others = (scene.cast.of(scene.session, key) for key in ("monitoreo", "monitoreo2"))
    return others[0] if first.person_id == row.debtor_id else first


def _decider(scene: Scene, row: Obligation) -> Principal:
    """Who decides a statement: in a chain whoever the step is for, else the monitoring of the DER."""
    alone = chains.deciders(scene.session, Book(scene.session, local_date(scene.loaded)), row)
    return scene.cast.person(scene.session, min(alone)) if alone else _monitor(scene, row)
