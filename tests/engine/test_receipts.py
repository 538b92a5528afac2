"""The number given to what is sent: of the day, and found as people write it, as are those given before."""

from datetime import UTC
from datetime import datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from directory.principal import Principal
from engine import submissions
from engine import tasks
from engine.models import Instance
from engine.models import Submission

EVENING = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)  # of the 22nd in Colombia


@pytest.fixture
def sent(session: Session, case: Instance, ana: Principal, now: datetime) -> Submission:
    task = tasks.open_of(session, case.id)[0]
    return tasks.complete(session, task.id, {"text": "Hola"}, by=ana, now=now).submission


def numbered(session: Session, sent: Submission, receipt: str) -> None:
    session.execute(update(Submission).where(Submission.id == sent.id).values(receipt=receipt))
    session.expire_all()


def test_it_carries_the_day_of_colombia() -> None:
    assert submissions.receipt(4711, EVENING) == "R-20261122-004711"


def test_it_rises_with_the_day_whatever_the_task() -> None:
    days = [(9, 30), (10, 1), (12, 31)]
    given = [submissions.receipt(90 - place, datetime(2026, *day, 17, tzinfo=UTC)) for place, day in enumerate(days)]
    assert given == sorted(given)


@pytest.mark.parametrize(
    "text",
    ["R-20261122-004711", "r-20261122-4711", "R20261122004711", "R 20261122 4711", " r-20261122 004711 ",
     "R\u201320261122\u2013004711", "R-20261122004711", "R-20261122-0004711"],
)  # fmt: skip
def test_it_is_found_as_people_write_it(session: Session, sent: Submission, text: str) -> None:
    numbered(session, sent, "R-20261122-004711")
    assert submissions.with_receipt(session, text) is sent


@pytest.mark.parametrize("text", ["R-2026-000123", "r-2026-123", "R2026000123", "R 2026 123", "R-2026000123"])
def test_one_given_before_is_still_found(session: Session, sent: Submission, text: str) -> None:
    numbered(session, sent, "R-2026-000123")
    assert submissions.with_receipt(session, text) is sent


def test_a_number_of_a_year_is_not_taken_for_one_of_a_day(session: Session, sent: Submission) -> None:
    numbered(session, sent, "R-2026-1122004711")
    assert submissions.with_receipt(session, "R-20261122-004711") is None
    assert submissions.with_receipt(session, "R-2026-1122004711") is sent


@pytest.mark.parametrize(
    "text", ["", "R", "R-", "R-2026", "20261122004711", "R-20261122", "R-20261122-", "R-2026-11-22-4711", "R-٢٠٢٦-١٢٣"]
)
def test_what_is_no_number_finds_nothing(session: Session, sent: Submission, text: str) -> None:
    assert submissions.with_receipt(session, text) is None
