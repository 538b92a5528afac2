"""The policies that come with the program are right, and there for everything that the issue names."""

from datetime import date
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from notifications import due
from notifications import periods
from notifications import policies
from notifications import specs
from notifications.calendar import LAW
from notifications.policies import Shipped
from tracking.policies import SHIPPED

BY_KEY = {one.key: one for one in SHIPPED}


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda one: one.key)
def test_each_is_right_field_by_field(shipped: Shipped) -> None:
    assert specs.from_json(specs.to_json(shipped.spec)) == shipped.spec


def test_keys_differ() -> None:
    assert len(BY_KEY) == len(SHIPPED)


def test_which_are_off_and_which_only_recommend() -> None:
    assert {one.key for one in SHIPPED if not one.enabled} == {"hitos_quincenales", "descarga_seta"}
    assert {one.key for one in SHIPPED if not one.spec.escalates} == {"reunion_semanal"}


@pytest.mark.parametrize(
    ("key", "day", "due_on"),
    [
        ("informe_actividades", "2026-10-10", "2026-11-09"),
        ("informe_actividades", "2026-07-10", "2026-08-06"),  # the 9th is a Sunday, the 7th a holiday
        ("reporte_seta", "2026-10-10", "2026-11-09"),
        ("monitoreo_trimestral", "2026-11-10", "2026-12-31"),
        ("monitoreo_trimestral", "2027-01-10", "2027-03-31"),
        ("reunion_semanal", "2026-11-18", "2026-11-20"),
        ("sisgestion_carga", "2026-10-10", "2026-11-05"),
        ("sisgestion_presentacion", "2026-10-10", "2026-11-09"),
        ("sisgestion_validacion", "2026-10-10", "2026-11-12"),
        ("corte_trimestral", "2026-08-10", "2026-10-07"),
        ("reporte_pas", "2026-02-01", "2026-06-30"),
        ("reporte_pas", "2026-08-01", "2026-12-31"),
        ("insumos_pas", "2024-08-01", "2024-12-13"),  # the 15th is a Sunday
    ],
)
def test_due_days(key: str, day: str, due_on: str) -> None:
    spec = BY_KEY[key].spec
    moment = date.fromisoformat(day)
    own = next((one for one in spec.periods if one.holds(moment)), None)
    period = own or periods.of(spec.frequency, moment)
    assert due.compute(spec, period, LAW).on.isoformat() == due_on


def test_the_cuts_of_the_pas() -> None:
    spec = BY_KEY["reporte_pas"].spec
    assert (spec.periods[0].key, spec.periods[0].label) == ("2022-H2", "Primer corte")
    assert [(one.key, one.label) for one in spec.periods][-2:] == [
        ("2026-H1", "Octavo corte"),
        ("2026-H2", "Informe de cierre"),
    ]
    assert len(spec.periods) == 9


def test_they_are_installed_once_and_from_the_period_in_course(session: Session, now: datetime) -> None:
    day = date(2026, 8, 1)
    assert len(policies.install(session, SHIPPED, since=day, by=SYSTEM, now=now)) == len(SHIPPED)
    assert policies.install(session, SHIPPED, since=day, by=SYSTEM, now=now) == []
    since = {one.key: one.spec.since for one in policies.every(session)}
    assert since["informe_actividades"] == date(2026, 8, 1)
    assert since["monitoreo_trimestral"] == since["reporte_pas"] == date(2026, 7, 1)
    assert since["evaluacion_plan"] == date(2026, 1, 1)
    assert since["compuertas_der"] == date(2026, 8, 1)
