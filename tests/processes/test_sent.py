"""What a form meets when it is sent: the week that a schedule declares, and the gate of whoever completed it."""

from datetime import date

from sqlalchemy import select

from db import SYSTEM
from directory.models import RoleGrant
from notifications import ledger
from notifications import policies
from notifications import sources
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.places import Places
from tests.processes.office import Office
from tracking import facts
from tracking.models import Product
from tracking.policies import SHIPPED
from tracking.sources import offices


def sweep(office: Office, key: str) -> list[Obligation]:
    """One round of the ledger for a policy; what it holds, oldest first."""
    shipped = [one for one in SHIPPED if one.key == key]
    policies.install(office.session, shipped, since=date(2026, 11, 1), by=SYSTEM, now=office.now)
    policy = policies.get(office.session, key)
    subjects = list(sources.subjects(office.session, policy.spec.subjects, office.now.date()))
    ledger.open_batch(office.session, policy, subjects, Places(office.session), now=office.now)
    office.session.flush()
    office.session.expire_all()
    return list(office.session.scalars(select(Obligation).order_by(Obligation.period_start, Obligation.id)))


def test_a_late_schedule_meets_the_week_that_it_declares(office: Office) -> None:
    for grant in office.session.scalars(select(RoleGrant)):
        grant.since = date(2026, 2, 1)
    office.session.flush()
    owed = {row.period: row for row in sweep(office, "parrilla_semanal")}
    facts.office_did(
        office.session, facts.CONTENT_SCHEDULED, offices.COMMUNICATIONS, "task:1", "Parrilla", on=date(2026, 11, 9),
        by=SYSTEM, now=office.now,
    )  # fmt: skip
    office.session.flush()
    assert {period for period, row in owed.items() if row.status == ObligationStatus.LATE} == {"2026-W46"}


def test_a_gate_is_owed_by_whoever_completed_it_though_nobody_had_taken_it(office: Office, product: Product) -> None:
    office.push(product.instance_id, until="Activity_RetroalimentarFicha")
    (row,) = sweep(office, "compuertas_der")
    assert row.debtor_id is None
    office.do(product.instance_id, "Activity_RetroalimentarFicha", suggests_round=True)
    assert (row.debtor_id, row.status) == (office.people["der_reviewer"].person_id, ObligationStatus.MET)
    office.do(product.instance_id, "Activity_ResponderRetroalimentacion", another_round=True)
    office.push(product.instance_id, until="Activity_RetroalimentarFicha")
    first, again = sweep(office, "compuertas_der")
    assert (", ronda" in first.subject_label, ", ronda 2 ·" in again.subject_label) == (False, True)


def test_what_was_met_while_nobody_had_taken_it_is_given_at_the_next_sweep(office: Office, product: Product) -> None:
    """As it stands where the program of before recorded it."""
    office.push(product.instance_id, until="Activity_RetroalimentarFicha")
    (row,) = sweep(office, "compuertas_der")
    office.do(product.instance_id, "Activity_RetroalimentarFicha", suggests_round=False)
    row.debtor_id = None
    office.session.flush()
    assert [one.debtor_id for one in sweep(office, "compuertas_der")] == [office.people["der_reviewer"].person_id]
