"""The second step of a login: a code of six digits that an application on the telephone shows (TOTP, RFC 6238).

OWASP ASVS 5.0, 6.3.3 asks for it at level 2. Anybody may have it; a setting demands it of those who decide or
administer. A code serves once and for a minute and a half; what fails is counted, as passwords are.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import settings
from db.actor import Actor
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import Unavailable
from directory import accounts
from directory import principal
from directory import reasons
from directory import recovery
from directory import sealed
from directory import throttle
from directory import trace
from directory.models import Person
from directory.models import SecondFactor

KEY = "second_factor_demanded"
DEMANDED = False
"""The setting that demands it, and what it is until somebody changes it."""

DECIDING = frozenset(
    {
        "der_reviewer", "der_monitoring", "technical_director", "subdirectorate", "planning_group",
        "regional_coordinator", "administrator",
    }
)  # fmt: skip
"""The roles that return, validate, accept or administer."""

CODE, ENROLMENT = "code", "enrolment"
"""What a session owes before it opens anything: a code, or to begin with them."""

ISSUER = "Sistema ATT"
STEP = 30  # seconds that a code lasts, as every application takes it to be
DRIFT = 1  # how many periods the clock of a telephone may be off
TO_CONFIRM = timedelta(minutes=30)

WRONG = "El código no es correcto o ya se usó. Escriba el que su aplicación muestra ahora."


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the telephone must learn: the secret in letters, and the address that a QR code carries."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class Proof:
    """The outcome of a code. It is not an error, so that the transaction keeps the count of failures."""

    passed: bool
    message: str = ""
    wait: timedelta = timedelta(0)


def holds(session: Session, person_id: int) -> bool:
    """Whether a person enters with a second step."""
    row = session.get(SecondFactor, person_id)
    return row is not None and row.confirmed_at is not None


def owed(session: Session, person_id: int, *, now: datetime) -> str:
    """What a person still owes who has just given their password: CODE, ENROLMENT, or nothing."""
    if holds(session, person_id):
        return CODE
    return ENROLMENT if demanded(session, person_id, now=now) else ""


def demanded(session: Session, person_id: int, *, now: datetime) -> bool:
    """Whether the setting demands a second step of a person, by the roles that they hold or were lent."""
    if not settings.get(session, KEY, DEMANDED):
        return False
    return any(grant.role in DECIDING for grant in principal.load(session, person_id, now=now).grants)


def begin(session: Session, person_id: int, *, now: datetime) -> Enrolment:
    """A secret for a person to bring to their telephone; it counts once `confirm` has seen a code of it.

    Raises NotFound, Conflict when they already enter with a second step.
    """
    trace.lock(session, person_id)
    row = session.get(SecondFactor, person_id, populate_existing=True)
    if row is not None and row.confirmed_at is not None:
        raise Conflict("Su ingreso ya tiene un segundo paso.", code="second-factor-there")
    if row is None:
        row = SecondFactor(person_id=person_id)
        session.add(row)
    row.secret, row.begun_at, row.last_step = sealed.seal(pyotp.random_base32()), now, 0
    session.flush()
    return _enrolment(session, row)


def begun(session: Session, person_id: int, *, now: datetime) -> Enrolment | None:
    """What was begun in the last half hour and waits for its first code."""
    row = session.get(SecondFactor, person_id)
    if row is None or row.confirmed_at is not None or now - row.begun_at >= TO_CONFIRM:
        return None
    return _enrolment(session, row)


def confirm(session: Session, person_id: int, code: str, *, by: Actor, now: datetime) -> list[str]:
    """Count on the telephone from now on, since it shows the right code; returns the recovery codes, to be shown once.

    Raises InvalidData (`code`), Conflict when nothing was begun lately.
    """
    person = trace.lock(session, person_id)
    row = session.get(SecondFactor, person_id, populate_existing=True)
    if row is None or row.confirmed_at is not None or now - row.begun_at >= TO_CONFIRM:
        raise Conflict("Comience de nuevo: esa clave ya no está por confirmar.", code="second-factor-not-begun")
    if not _shown(row, code, now):
        raise InvalidData({"code": [WRONG]})
    row.confirmed_at = now
    summary = f"{person.name} ingresa desde ahora con un segundo paso."
    trace.record(session, person_id, "second_factor.enrolled", summary, by=by, now=now)
    return recovery.renew(session, person_id)


def prove(session: Session, person_id: int, given: str, *, by: Actor, now: datetime) -> Proof:
    """What comes of a code of the telephone, or of a recovery code, that a person gives.

    After five failures there are pauses in which nothing is checked. Whoever has no second step proves nothing.
    """
    person = trace.lock(session, person_id)
    counted = _counted(person_id)
    pause = throttle.blocked_until(session, counted, now=now, hold=True)
    row = session.get(SecondFactor, person_id, populate_existing=True)
    if pause is None and row is not None and row.confirmed_at is not None:
        if _shown(row, given, now):
            throttle.forget(session, counted)
            return Proof(passed=True)
        if recovery.use(session, person_id, given, now=now):
            throttle.forget(session, counted)
            summary = f"{person.name} usó un código de recuperación; le quedan {recovery.left(session, person_id)}."
            trace.record(session, person_id, "second_factor.recovery_used", summary, by=by, now=now)
            return Proof(passed=True)
        pause = throttle.failed(session, counted, now=now)
    return Proof(False, accounts.try_again(pause), pause - now) if pause else Proof(False, WRONG)


def renew_recovery(session: Session, person_id: int, *, by: Actor, now: datetime) -> list[str]:
    """Ten new recovery codes; those before no longer serve. Raises Conflict without a second step."""
    person = trace.lock(session, person_id)
    if not holds(session, person_id):
        raise Conflict("Su ingreso no tiene un segundo paso.", code="no-second-factor")
    summary = f"{person.name} renovó sus códigos de recuperación."
    trace.record(session, person_id, "second_factor.recovery_renewed", summary, by=by, now=now)
    return recovery.renew(session, person_id)


def remove(session: Session, person_id: int, *, reason: str, by: Actor, now: datetime) -> None:
    """Let a person enter with the password alone again, for a `reason` (a lost telephone).

    Raises NotFound, InvalidData (`factor-reason`), Conflict when there is none.
    """
    person = trace.lock(session, person_id)
    why = reasons.demand(reason, "Diga por qué se retira el segundo paso.", "factor-reason")
    row = session.get(SecondFactor, person_id, populate_existing=True)
    if row is None or row.confirmed_at is None:
        raise Conflict("Su ingreso no tiene un segundo paso.", code="no-second-factor")
    session.delete(row)
    recovery.forget(session, person_id)
    throttle.forget(session, _counted(person_id))
    summary = f"Retiró el segundo paso del ingreso de {person.name}."
    trace.record(session, person_id, "second_factor.removed", summary, reason=why, by=by, now=now)


def _counted(person_id: int) -> list[throttle.Counter]:
    """What a wrong code counts for."""
    return [throttle.Counter(f"code:{person_id}", throttle.HERE)]


def _enrolment(session: Session, row: SecondFactor) -> Enrolment:
    secret, account = sealed.unseal(row.secret), accounts.of(session, row.person_id)
    # Who enters with their institutional account alone has no username here.
    name = account.username if account else session.get_one(Person, row.person_id).email
    address = pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=name, issuer_name=ISSUER)
    return Enrolment(secret, address)


def _shown(row: SecondFactor, given: str, now: datetime) -> bool:
    """Whether a telephone shows `given` about now; a code, and those before it, serve no second time."""
    code = "".join(given.split())
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        return False
    try:
        totp = pyotp.TOTP(sealed.unseal(row.secret), interval=STEP)
    except Unavailable:
        return False  # the key of the installation changed: a recovery code still serves
    here = int(now.timestamp()) // STEP
    for step in range(here - DRIFT, here + DRIFT + 1):
        if step > row.last_step and hmac.compare_digest(totp.generate_otp(step), code):
            row.last_step = step
            return True
    return False


def reseal(session: Session) -> tuple[int, int]:
    """Seal the secret of every telephone anew with the key in use: how many were, and how many no key opens."""
    done = lost = 0
    for row in session.scalars(select(SecondFactor).order_by(SecondFactor.person_id).with_for_update()).all():
        try:
            fresh = sealed.renewed(row.secret)
        except Unavailable:
            lost += 1
            continue
        if fresh is not None:
            row.secret, done = fresh, done + 1
    return done, lost
