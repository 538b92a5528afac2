"""What the process does by itself after a person's step."""

import pytest
import structlog

from edge import metrics
from edge import steps
from engine import services


def test_services_run_until_none_is_left(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [True, True, False]
    monkeypatch.setattr(services, "run_next", lambda session, instance_id, *, now: left.pop(0))
    steps.settle(7)
    assert left == []


def test_services_without_an_end_are_stopped(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []
    monkeypatch.setattr(services, "run_next", lambda session, instance_id, *, now: ran.append(instance_id) or True)
    with structlog.testing.capture_logs() as logs:
        steps.settle(7)
    assert len(ran) == steps.MOST_SERVICES
    assert [line["event"] for line in logs] == ["services_do_not_end"]


def test_settling_never_raises(database: None) -> None:
    """Neither the service nor the incident can be written: there is no such instance."""
    with structlog.testing.capture_logs() as logs:
        steps.settle(999)
    assert [line["event"] for line in logs] == ["service_failed", "incident_not_recorded"]


def test_a_service_that_fails_is_counted(database: None) -> None:
    failed = ("att_service_seconds_count", {"outcome": "failed"})
    before = metrics.REGISTRY.get_sample_value(*failed) or 0.0
    assert not steps.settle(999)
    assert metrics.REGISTRY.get_sample_value(*failed) == before + 1
