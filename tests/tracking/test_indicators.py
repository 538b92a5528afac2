"""Indicators: captured per period, against their targets, corrected with history, and meeting what is owed."""

from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from db import files
from db import history
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from notifications import ledger
from notifications import policies
from notifications import sources
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.places import Places
from notifications.policies import Shipped
from tests.tracking.conftest import Scene
from tracking import indicators
from tracking import trace
from tracking.indicators import NewCapture
from tracking.models import IndicatorCapture
from tracking.models import Product
from tracking.policies import SHIPPED

DAY = date(2026, 11, 20)
PROTOCOL = {
    "indicators": [
        {"name": "Bancos", "measure": "Número", "frequency": "quarterly", "accumulation": "sum", "baseline": "0"},
        {"name": "Satisfacción", "measure": "Puntos", "frequency": "monthly", "accumulation": "last"},
    ],
    "targets": [{"indicator": "Bancos", "year": 2026, "target": "40"}, {"indicator": "Bancos", "year": 2027,
                "target": "60"}, {"indicator": "Satisfacción", "year": 2026, "target": "0"}],
}  # fmt: skip


@pytest.fixture
def product(session: Session, scene: Scene, now: datetime) -> Product:
    scene.product.protocol, scene.product.published_at = PROTOCOL, datetime.fromisoformat("2026-07-15T12:00:00+00:00")
    session.flush()
    return scene.product


def capture(session: Session, scene: Scene, now: datetime, **said: Any) -> IndicatorCapture:
    usual = {"indicator": "Bancos", "period": "2026-Q4", "value": "12", "captured_on": DAY, "source": "Bancos",
             "confirmed": True}  # fmt: skip
    new = NewCapture(**{**usual, **said})
    return indicators.capture(session, scene.product.id, new, by=scene.leading, now=now)


def years(session: Session, product: Product, name: str = "Bancos") -> dict[int, tuple[Any, Any, Any]]:
    (one,) = [one for one in indicators.series(session, product) if one.indicator.name == name]
    return {year.year: (year.achieved, year.target, year.percent) for year in one.years}


def test_captures_of_a_year_stand_against_its_target(
    session: Session, scene: Scene, product: Product, now: datetime
) -> None:
    capture(session, scene, now, period="2026-Q3", value="8")
    capture(session, scene, now, value="1,5")
    assert years(session, product) == {
        2026: (Decimal("9.5"), Decimal(40), Decimal("23.8")), 2027: (None, Decimal(60), None),
    }  # fmt: skip
    capture(session, scene, now, indicator="Satisfacción", period="2026-10", value=4)
    capture(session, scene, now, indicator="Satisfacción", period="2026-11", value=3)
    assert years(session, product, "Satisfacción") == {2026: (Decimal(3), Decimal(0), None)}


def test_an_indicator_is_the_same_however_its_name_is_spelled(
    session: Session, scene: Scene, product: Product, now: datetime
) -> None:
    """The form takes «bancos» of a target for «Bancos»; so does what is measured against it, and what was captured."""
    targets = [{"indicator": " bancos ", "year": 2026, "target": "40"}]
    product.protocol = {**PROTOCOL, "targets": targets}
    capture(session, scene, now, indicator="BANCOS", period="2026-Q3", value="8")
    assert years(session, product) == {2026: (Decimal(8), Decimal(40), Decimal(20))}
    renamed = [{**PROTOCOL["indicators"][0], "name": "bancos"}]  # type: ignore[dict-item]
    product.protocol = {"indicators": renamed, "targets": targets}
    assert years(session, product, "bancos") == {2026: (Decimal(8), Decimal(40), Decimal(20))}
    assert indicators.formerly(session, product) == []


@pytest.mark.parametrize(
    ("how", "achieved"), [("sum", "6"), ("last", "1"), ("average", "2"), ("maximum", "3"), ("", "1")]
)
def test_achievements_add_up_as_the_protocol_says(how: str, achieved: str) -> None:
    assert indicators._achieved(how, [Decimal(2), Decimal(3), Decimal(1)]) == Decimal(achieved)


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ({"indicator": "Otro"}, "indicator"),
        ({"period": "2026-11"}, "period"),  # of another frequency
        ({"period": "2027-Q1"}, "period"),  # not begun
        ({"period": "ayer"}, "period"),
        ({"value": "mucho"}, "value"),
        ({"value": "1,23456"}, "value"),
        ({"captured_on": date(2026, 9, 30)}, "captured_on"),  # before the period
        ({"captured_on": date(2027, 1, 5)}, "captured_on"),
        ({"source": " "}, "source"),
        ({"files": ["f" * 32]}, "files"),
    ],
)
def test_what_is_refused(
    session: Session, scene: Scene, product: Product, now: datetime, said: dict[str, Any], at: str
) -> None:
    with pytest.raises(InvalidData) as caught:
        capture(session, scene, now, **said)
    assert list(caught.value.errors) == [at]


def test_a_period_in_course_is_captured_by_who_means_it(
    session: Session, scene: Scene, product: Product, now: datetime
) -> None:
    with pytest.raises(InvalidData) as caught:
        capture(session, scene, now, confirmed=False)
    (said,) = caught.value.errors["confirmed"]
    assert "faltan 37 días, termina el 31 de diciembre de 2026" in said
    capture(session, scene, now, period="2026-Q3", confirmed=False)  # that quarter is over


def test_a_period_is_captured_once_and_by_whoever_leads(
    session: Session, scene: Scene, product: Product, now: datetime
) -> None:
    capture(session, scene, now)
    with pytest.raises(InvalidData, match="corregir"):
        capture(session, scene, now, value="13")
    new = NewCapture(indicator="Bancos", period="2026-Q3", value="1", captured_on=DAY, source="x")
    for by in (scene.monitoring, scene.advising):
        with pytest.raises(NotAllowed):
            indicators.capture(session, product.id, new, by=by, now=now)
    (one, _) = indicators.of_protocol(product)
    assert [period.key for period in indicators.open_periods(one, product, ["2026-Q4"], now=now)] == ["2026-Q3"]


def test_not_before_the_portfolio(session: Session, scene: Scene, now: datetime) -> None:
    with pytest.raises(Conflict, match="portafolio"):
        capture(session, scene, now)


def test_a_correction_keeps_what_it_said(session: Session, scene: Scene, product: Product, now: datetime) -> None:
    paper = files.save(session, "tabla.pdf", b"%PDF-1.7 tabla", by=SYSTEM, now=now).token
    row = capture(session, scene, now)
    indicators.rectify(
        session, row.id, {"value": "14", "files": [paper]}, reason="Faltaba Istmina", revision=1, by=scene.leading,
        now=now,
    )  # fmt: skip
    act = history.of(session, trace.subject(product))[-1]
    assert act.summary == "Rectificó la captura de «Bancos» de cuarto trimestre de 2026: 14 (decía 12)."
    assert (act.reason, act.details["value"]) == ("Faltaba Istmina", ["12", "14"])
    for changes, reason, at in (({"value": "14"}, "Igual", "value"), ({"value": "15"}, "", "reason"),
                                ({"period": "2026-Q3"}, "Otro", "period")):  # fmt: skip
        with pytest.raises(InvalidData) as caught:
            indicators.rectify(session, row.id, changes, reason=reason, by=scene.leading, now=now)
        assert list(caught.value.errors) == [at]
    with pytest.raises(Conflict) as stale:
        indicators.rectify(session, row.id, {"value": "1"}, reason="Otra", revision=1, by=scene.leading, now=now)
    assert stale.value.code == "stale"
    with pytest.raises(NotAllowed):
        indicators.rectify(session, row.id, {"value": "1"}, reason="Otra", by=scene.monitoring, now=now)


def owed(session: Session, now: datetime) -> Obligation:
    spec = next(one.spec for one in SHIPPED if one.key == "captura_trimestral")
    policies.install(session, [Shipped("captura_trimestral", spec)], since=date(2026, 10, 1), by=SYSTEM, now=now)
    (policy,) = [one for one in policies.every(session) if one.key == "captura_trimestral"]
    subjects = list(sources.subjects(session, policy.spec.subjects, DAY))
    ledger.open_batch(session, policy, subjects, Places(session), now=now)
    session.flush()
    return session.scalars(select(Obligation)).one()


def test_it_meets_what_is_owed_and_annulled_it_is_owed_again(
    session: Session, scene: Scene, product: Product, now: datetime
) -> None:
    row = owed(session, now)
    assert (row.period, row.status) == ("2026-Q4", ObligationStatus.PENDING)
    taken = capture(session, scene, now)
    assert row.status == ObligationStatus.MET
    indicators.annul(session, taken.id, reason="Era de otro producto", by=scene.leading, now=now)
    assert row.status == ObligationStatus.PENDING
    assert years(session, product)[2026] == (None, Decimal(40), None)
    with pytest.raises(Conflict, match="se anuló"):
        indicators.annul(session, taken.id, reason="Otra vez", by=scene.leading, now=now)
    capture(session, scene, now, value="3")
    assert row.status == ObligationStatus.MET


def test_what_the_protocol_names_no_more_is_told_apart(
    session: Session, scene: Scene, product: Product, now: datetime
) -> None:
    capture(session, scene, now)
    product.protocol = {"indicators": [], "targets": []}
    session.flush()
    assert [row.indicator for row in indicators.formerly(session, product)] == ["Bancos"]
    assert indicators.series(session, product) == []
