"""The second step of a login: codes of a telephone, recovery codes, and what fails."""

from datetime import datetime
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db import settings
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import Unavailable
from directory import grants
from directory import recovery
from directory import sealed
from directory import second_factor
from directory import trace
from directory.models import RecoveryCode
from directory.models import SecondFactor
from tests.directory.conftest import AddPerson

PERIOD = timedelta(seconds=second_factor.STEP)


@pytest.fixture(autouse=True)
def key() -> None:
    sealed.use("a secret of the tests")


@pytest.fixture
def ana(add_person: AddPerson) -> int:
    return add_person("Ana").id


def telephone(session: Session, person_id: int, now: datetime) -> pyotp.TOTP:
    """An application on a telephone that has learnt the secret."""
    return pyotp.TOTP(second_factor.begin(session, person_id, now=now).secret)


@pytest.fixture
def enrolled(session: Session, ana: int, now: datetime) -> tuple[pyotp.TOTP, list[str]]:
    shows = telephone(session, ana, now)
    return shows, second_factor.confirm(session, ana, shows.at(now), by=SYSTEM, now=now)


def passes(session: Session, person_id: int, code: str, now: datetime) -> bool:
    return second_factor.prove(session, person_id, code, by=SYSTEM, now=now).passed


def test_the_secret_is_not_kept_as_it_is(session: Session, ana: int, now: datetime) -> None:
    secret = second_factor.begin(session, ana, now=now).secret
    kept = session.get_one(SecondFactor, ana).secret
    assert secret not in kept
    sealed.use("another secret")
    with pytest.raises(Unavailable):
        sealed.unseal(kept)


def test_nothing_counts_before_the_first_code(session: Session, ana: int, now: datetime) -> None:
    shows = telephone(session, ana, now)
    assert not second_factor.holds(session, ana)
    assert not passes(session, ana, shows.at(now), now)
    with pytest.raises(InvalidData):
        second_factor.confirm(session, ana, "000000", by=SYSTEM, now=now)
    assert second_factor.owed(session, ana, now=now) == ""


def test_what_was_begun_waits_half_an_hour(session: Session, ana: int, now: datetime) -> None:
    shows, late = telephone(session, ana, now), now + second_factor.TO_CONFIRM
    assert second_factor.begun(session, ana, now=late) is None
    with pytest.raises(Conflict):
        second_factor.confirm(session, ana, shows.at(late), by=SYSTEM, now=late)


def test_a_code_serves_once(session: Session, ana: int, enrolled: tuple[pyotp.TOTP, list[str]], now: datetime) -> None:
    shows, later = enrolled[0], now + PERIOD
    assert second_factor.owed(session, ana, now=now) == second_factor.CODE
    assert not passes(session, ana, shows.at(now), now), "the code of the enrolment served already"
    assert passes(session, ana, f" {shows.at(later)[:3]} {shows.at(later)[3:]} ", later)
    assert not passes(session, ana, shows.at(later), later)
    assert not passes(session, ana, shows.at(now), later), "nor does one from before it"


@pytest.mark.parametrize(("off", "expected"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_period(
    session: Session, ana: int, enrolled: tuple[pyotp.TOTP, list[str]], now: datetime, off: int, expected: bool
) -> None:
    here = now + 10 * PERIOD
    assert passes(session, ana, enrolled[0].at(here + off * PERIOD), here) is expected


@pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "\x00", "1e5000"])
def test_what_is_no_code_passes_nothing(
    session: Session, ana: int, enrolled: tuple[pyotp.TOTP, list[str]], now: datetime, code: str
) -> None:
    assert not passes(session, ana, code, now)


def test_a_recovery_code_serves_once_however_it_is_written(
    session: Session, ana: int, enrolled: tuple[pyotp.TOTP, list[str]], now: datetime
) -> None:
    codes = enrolled[1]
    assert len(set(codes)) == recovery.HOW_MANY == recovery.left(session, ana)
    assert passes(session, ana, codes[0].lower().replace("-", " "), now)
    assert not passes(session, ana, codes[0], now)
    assert recovery.left(session, ana) == recovery.HOW_MANY - 1
    assert not {row.code_hash for row in session.query(RecoveryCode)} & set(codes)
    acts = [row.action for row in history.of(session, trace.person(ana))]
    assert {"second_factor.enrolled", "second_factor.recovery_used"} <= set(acts)


def test_a_recovery_code_is_of_one_person(
    session: Session, add_person: AddPerson, enrolled: tuple[pyotp.TOTP, list[str]], now: datetime
) -> None:
    luis = add_person("Luis").id
    shows = telephone(session, luis, now)
    second_factor.confirm(session, luis, shows.at(now), by=SYSTEM, now=now)
    assert not passes(session, luis, enrolled[1][0], now)


def test_after_five_failures_nothing_is_checked_for_a_while(
    session: Session, ana: int, enrolled: tuple[pyotp.TOTP, list[str]], now: datetime
) -> None:
    here = now + 10 * PERIOD
    right = enrolled[0].at(here)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for _ in range(5):
        assert not passes(session, ana, wrong, here)
    proof = second_factor.prove(session, ana, right, by=SYSTEM, now=here)
    assert (proof.passed, proof.wait) == (False, timedelta(minutes=1))
    assert "Intente de nuevo" in proof.message
    later = here + proof.wait
    assert passes(session, ana, enrolled[0].at(later), later)


def test_without_it_nothing_is_proved(session: Session, ana: int, now: datetime) -> None:
    assert not passes(session, ana, "123456", now)
    with pytest.raises(Conflict):
        second_factor.remove(session, ana, reason="perdió el teléfono", by=SYSTEM, now=now)
    with pytest.raises(Conflict):
        second_factor.renew_recovery(session, ana, by=SYSTEM, now=now)


def test_removing_it_needs_a_reason_and_leaves_no_code(
    session: Session, ana: int, enrolled: tuple[pyotp.TOTP, list[str]], now: datetime
) -> None:
    with pytest.raises(InvalidData):
        second_factor.remove(session, ana, reason=" ", by=SYSTEM, now=now)
    with pytest.raises(Conflict):
        second_factor.begin(session, ana, now=now)
    second_factor.remove(session, ana, reason="perdió el teléfono", by=SYSTEM, now=now)
    assert (second_factor.owed(session, ana, now=now), recovery.left(session, ana)) == ("", 0)
    assert not passes(session, ana, enrolled[1][0], now)


def test_after_the_key_changed_a_recovery_code_still_opens(
    session: Session, ana: int, enrolled: tuple[pyotp.TOTP, list[str]], now: datetime
) -> None:
    sealed.use("another secret")
    later = now + PERIOD
    assert not passes(session, ana, enrolled[0].at(later), later)
    assert passes(session, ana, enrolled[1][0], later)


def test_new_recovery_codes_end_the_old_ones(
    session: Session, ana: int, enrolled: tuple[pyotp.TOTP, list[str]], now: datetime
) -> None:
    codes = second_factor.renew_recovery(session, ana, by=SYSTEM, now=now)
    assert not passes(session, ana, enrolled[1][0], now)
    assert passes(session, ana, codes[0], now)


def test_the_setting_demands_it_of_those_who_decide(session: Session, ana: int, now: datetime) -> None:
    settings.put(session, second_factor.KEY, True, by=SYSTEM, now=now)
    grants.add(session, ana, "thematic_expert", by=SYSTEM, now=now)
    assert second_factor.owed(session, ana, now=now) == ""
    grants.add(session, ana, "der_reviewer", by=SYSTEM, now=now)
    assert second_factor.owed(session, ana, now=now) == second_factor.ENROLMENT
    settings.put(session, second_factor.KEY, False, by=SYSTEM, now=now)
    assert second_factor.owed(session, ana, now=now) == ""
