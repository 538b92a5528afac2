"""An entity says no, or takes back its yes, and says yes after all: what follows in its procedure."""

from pathlib import Path
from typing import Any

import pytest

from db import SYSTEM
from db import history
from db.errors import Conflict
from engine import definitions
from tests.processes.office import Office
from tests.processes.older import older
from tests.processes.test_life_in_database import plans
from tracking import life
from tracking.models import Product
from tracking.models import WorkPlan
from workflows import procedimiento_att

OLDER = Path(__file__).parent / "versions" / "procedimiento_att_1.bpmn"
"""The procedure as it was before it waited for a later consent; its picture is left out."""


def refuse(office: Office, plan: WorkPlan) -> None:
    office.push(plan.instance_id, until="Activity_RegistrarConsentimiento")
    office.do(plan.instance_id, "Activity_RegistrarConsentimiento", consent=False, reason="No dispone de equipo.")


def withdraw(office: Office, plan: WorkPlan) -> None:
    by = office.people["territorial_advisor"]
    life.withdraw_consent(office.session, plan.id, **said(office), reason="Cambio de gobierno.", by=by, now=office.now)
    office.settle(plan.instance_id)


def give(office: Office, plan: WorkPlan) -> None:
    by = office.people["territorial_advisor"]
    life.give_consent(office.session, plan.id, **said(office), by=by, now=office.now)
    office.settle(plan.instance_id)


def said(office: Office) -> dict[str, Any]:
    return {"name": "Rosa Mena", "post": "Alcaldesa municipal", "date": office.now.date(),
            "evidence_files": [office.file]}  # fmt: skip


def test_a_refused_consent_skips_monitoring_and_execution_goes_on(
    active: None, office: Office, product: Product
) -> None:
    plan = plans(office, product)[0]
    refuse(office, plan)
    assert office.waiting(plan.instance_id) == ["Activity_EjecutarAsistencia"]
    assert plan.consent == "refused"


def test_a_withdrawn_consent_ends_monitoring(active: None, office: Office, product: Product) -> None:
    plan = plans(office, product)[0]
    office.push(plan.instance_id, until="Activity_MonitorearAsistencia")
    withdraw(office, plan)
    assert office.waiting(plan.instance_id) == ["Activity_EjecutarAsistencia"]


@pytest.mark.parametrize("times", [1, 2])
def test_who_withdrew_may_consent_again_as_often_as_it_changes_its_mind(
    active: None, office: Office, product: Product, times: int
) -> None:
    plan = plans(office, product)[0]
    office.push(plan.instance_id, until="Activity_MonitorearAsistencia")
    for _ in range(times):
        withdraw(office, plan)
        give(office, plan)
        assert office.waiting(plan.instance_id) == ["Activity_EjecutarAsistencia", "Activity_MonitorearAsistencia"]
        assert plan.consent == "given"
    monitoring = office.task(plan.instance_id, "Activity_MonitorearAsistencia")
    assert "trimestre" in monitoring.due_reason
    office.push(plan.instance_id)
    assert plan.status == "closed"


def test_who_refused_is_followed_up_since_it_agrees(active: None, office: Office, product: Product) -> None:
    plan = plans(office, product)[0]
    refuse(office, plan)
    give(office, plan)
    assert office.waiting(plan.instance_id) == ["Activity_EjecutarAsistencia", "Activity_MonitorearAsistencia"]
    office.do(plan.instance_id, "Activity_EjecutarAsistencia")
    office.do(plan.instance_id, "Activity_MonitorearAsistencia")
    assert office.waiting(plan.instance_id) == ["Activity_EvaluarAsistencia"]
    written = history.of(office.session, history.Subject("work_plan", plan.id))
    assert {"consent.refused", "plan.not_monitored", "consent.given", "plan.monitoring_begun"} <= {
        entry.action for entry in written
    }


def test_nothing_is_left_to_follow_up_after_the_execution(active: None, office: Office, product: Product) -> None:
    plan = plans(office, product)[0]
    refuse(office, plan)
    office.do(plan.instance_id, "Activity_EjecutarAsistencia")
    with pytest.raises(Conflict) as refused:
        give(office, plan)
    assert refused.value.code == "execution_closed"


@pytest.fixture
def older_plan(office: Office, product: Product) -> WorkPlan:
    """A plan that began under the older version of the procedure, whose entity refused."""
    files = {"procedimiento_att.bpmn": OLDER.read_text(encoding="utf-8")}
    definitions.deploy(office.session, older(procedimiento_att.PROCESS, files), by=SYSTEM, now=office.now)
    office.push(product.instance_id, until="Activity_DesarrollarAsistencia")
    office.work_through()
    plan = plans(office, product)[0]
    refuse(office, plan)
    return plan


def test_a_case_of_an_older_version_goes_on_to_its_end(office: Office, older_plan: WorkPlan) -> None:
    definitions.deploy(office.session, procedimiento_att.PROCESS, by=SYSTEM, now=office.now)
    office.push(older_plan.instance_id)
    assert older_plan.status == "closed"


def test_a_case_of_an_older_version_says_that_it_waits_for_no_consent(office: Office, older_plan: WorkPlan) -> None:
    with pytest.raises(Conflict) as refused:
        give(office, older_plan)
    assert refused.value.code == "older_procedure"
