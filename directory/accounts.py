"""Usernames and passwords (argon2id)."""

from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError
from argon2.exceptions import VerificationError
from sqlalchemy import bindparam
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.characters import too_long
from db.clock import local
from db.errors import InvalidData
from db.errors import NotFound
from db.history import HistoryRow
from directory import sessions
from directory import throttle
from directory import tokens
from directory import trace
from directory.models import Account
from directory.models import Person

MIN_LENGTH = 12
MAX_LENGTH = 200

REFUSED = "El usuario o la contraseña no son correctos."


class _Hashing:
    hasher = PasswordHasher()
    decoy = ""


def hash_with(hasher: PasswordHasher) -> None:
    """Hash passwords with these parameters from now on; older hashes are renewed at the next login."""
    _Hashing.hasher, _Hashing.decoy = hasher, ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A login as it was read, before its password is checked."""

    username_key: str
    address: str
    counted: tuple[throttle.Counter, ...]
    person_id: int | None = None
    password_hash: str = ""
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim, whether its password is that of the account, and the hash with which to renew an older one."""

    claim: Claim
    matches: bool
    renewed: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The outcome of a login. It is not an error, so that the transaction keeps the count of failures."""

    person: Person | None
    message: str = ""
    wait: timedelta = timedelta(0)  # how long nothing is checked, after too many failures


def of(session: Session, person_id: int) -> Account | None:
    """The account of a person, if they have one."""
    return session.get(Account, person_id)


def find(session: Session, username: str) -> Account | None:
    """The account with this username, whatever its case."""
    return session.scalars(select(Account).where(Account.username_key == key_of(username))).one_or_none()


def key_of(username: str) -> str:
    """What of a username must be unique."""
    return username.strip().casefold()


def create(session: Session, person_id: int, username: str, password: str, *, by: Actor, now: datetime) -> Account:
    """Give a person an account; the caller has demanded `people.manage`.

    Raises NotFound, InvalidData (`username`, `password`).
    """
    person = trace.lock(session, person_id)
    errors = {"username": _problems_of_username(session, person_id, username), "password": _weak(username, password)}
    if any(errors.values()):
        raise InvalidData({path: messages for path, messages in errors.items() if messages})
    account = Account(
        person_id=person_id, username=username.strip(), username_key=key_of(username),
        password_hash=_Hashing.hasher.hash(password), changed_at=now,
    )  # fmt: skip
    session.add(account)
    session.flush()
    summary = f"Creó la cuenta {account.username} de {person.name}."
    trace.record(session, person_id, "account.created", summary, by=by, now=now, username=account.username)
    return account


def change_password(
    session: Session, person_id: int, current: str, new: str, *, keep: str = "", by: Actor, now: datetime
) -> None:
    """Change one's own password; every other session than that of the token `keep` ends.

    Raises NotFound, InvalidData (`current`, `new`).
    """
    account = _account(session, person_id)
    if not _matches(account.password_hash, current):
        raise InvalidData({"current": ["Esta no es su contraseña actual."]})
    if new == current:
        raise InvalidData({"new": ["Elija una contraseña distinta de la que tiene."]})
    _set(session, account, new, "new", "account.password_changed", "Cambió la contraseña", by, now)
    sessions.close_all(session, person_id, now=now, but=keep)


def reset_password(session: Session, person_id: int, new: str, *, by: Actor, now: datetime) -> None:
    """Set the password of somebody else; their sessions and tokens end. The caller has demanded `people.manage`.

    Raises NotFound, InvalidData (`password`).
    """
    account = _account(session, person_id)
    _set(session, account, new, "password", "account.password_reset", "Restableció la contraseña", by, now)
    sessions.close_all(session, person_id, now=now)
    tokens.revoke_all(session, person_id, now=now)
    throttle.forgive(session, account.username_key)


def is_given(session: Session, person_id: int) -> bool:
    """Whether somebody else set the password of a person, who has chosen none since.

    The history of the person tells it. What nobody in particular set (the installation, its operator at the command
    line) counts as their own.
    """
    setter = session.scalar(_LAST_SETTER, {"person": person_id})
    return setter is not None and setter != person_id


# Every page asks it: it is built once.
_LAST_SETTER = (
    select(HistoryRow.actor_id)
    .where(
        HistoryRow.subject_kind == "person",
        HistoryRow.subject_id == bindparam("person"),
        HistoryRow.action.in_(("account.created", "account.password_reset", "account.password_changed")),
    )
    .order_by(HistoryRow.sequence.desc())
    .limit(1)
)


def claim(session: Session, username: str, *, address: str = "", now: datetime) -> Claim:
    """What is needed to check a login: `check` does it, and `settle` writes what came of it.

    After too many failures there are pauses, in which nothing is checked; `throttle` says for whom.
    """
    account = find(session, username)
    known = account is not None and sessions.ever_from(session, account.person_id, address)
    counted = tuple(throttle.counters(key_of(username), address, known=known))
    pause = throttle.blocked_until(session, counted, now=now)
    if account is None:
        return Claim(key_of(username), address, counted, paused_until=pause)
    return Claim(key_of(username), address, counted, account.person_id, account.password_hash, pause)


def check(login: Claim, password: str) -> Checked:
    """Whether the password is that of the account. It takes the same time whether or not the username exists.

    It is slow on purpose, and asks nothing of the database: call it while no transaction is open.
    """
    if login.paused_until is not None:
        return Checked(login, matches=False)
    matches = _matches(login.password_hash or _decoy(), password) and login.person_id is not None
    outdated = matches and _Hashing.hasher.check_needs_rehash(login.password_hash)
    return Checked(login, matches, _Hashing.hasher.hash(password) if outdated else "")


def settle(session: Session, checked: Checked, *, now: datetime) -> Attempt:
    """Write what came of a login: a failure is counted, what was counted before a success is forgotten.

    Of logins at the same moment each counts, and none is told what came of it once the others brought a pause.
    """
    login = checked.claim
    if login.paused_until is not None:
        return _paused(login.paused_until, now)
    account = _proved(session, checked)
    if account is None:
        pause = throttle.failed(session, login.counted, now=now)
        return _paused(pause, now) if pause else Attempt(None, REFUSED)
    pause = throttle.blocked_until(session, login.counted, now=now, hold=True)
    if pause is not None:
        return _paused(pause, now)
    throttle.succeeded(session, login.username_key, login.address)
    account.password_hash = checked.renewed or account.password_hash
    return Attempt(session.get_one(Person, account.person_id))


def _proved(session: Session, checked: Checked) -> Account | None:
    """The account that a login opens: its password is still the one that was checked, and its person may enter."""
    if not checked.matches or checked.claim.person_id is None:
        return None
    person = trace.lock(session, checked.claim.person_id)
    account = session.get(Account, person.id, populate_existing=True)
    if account is None or account.password_hash != checked.claim.password_hash or person.disabled_at is not None:
        return None
    return account


def _paused(until: datetime, now: datetime) -> Attempt:
    return Attempt(None, try_again(until), until - now)


def _account(session: Session, person_id: int) -> Account:
    trace.lock(session, person_id)
    account = session.get(Account, person_id)
    if account is None:
        raise NotFound("la cuenta de la persona", person_id)
    return account


def _set(
    session: Session, account: Account, new: str, path: str, action: str, verb: str, by: Actor, now: datetime
) -> None:
    problems = _weak(account.username, new)
    if problems:
        raise InvalidData({path: problems})
    account.password_hash, account.changed_at = _Hashing.hasher.hash(new), now
    session.flush()
    trace.record(session, account.person_id, action, f"{verb} de la cuenta {account.username}.", by=by, now=now)


LONGEST_USERNAME = 64  # characters; the number is ours


def _problems_of_username(session: Session, person_id: int, username: str) -> list[str]:
    if not username.strip() or any(char.isspace() for char in username.strip()):
        return ["Escriba un usuario sin espacios."]
    if wrong := too_long(username, LONGEST_USERNAME, "Usuario"):
        return [wrong]
    if find(session, username) is not None:
        return ["Ya hay una cuenta con este usuario."]
    if session.get(Account, person_id) is not None:
        return ["Esta persona ya tiene una cuenta."]
    return []


def _weak(username: str, password: str) -> list[str]:
    if len(password) < MIN_LENGTH:
        return [f"La contraseña debe tener al menos {MIN_LENGTH} caracteres."]
    if len(password) > MAX_LENGTH:
        return [f"La contraseña debe tener a lo sumo {MAX_LENGTH} caracteres."]
    if password.strip().casefold() == key_of(username):
        return ["La contraseña no puede ser el usuario."]
    if _counted(username, password):
        return ["La contraseña no puede ser el usuario con números seguidos."]
    if len(set(password)) < 4:
        return ["La contraseña debe tener al menos cuatro caracteres distintos."]
    return []


def _counted(username: str, password: str) -> bool:
    """Whether a password is its username with digits in order («socia12345678»), whichever stands first."""
    plain, name = password.casefold(), key_of(username)
    rest = plain.replace(name, "", 1).strip()
    return name in plain and rest.isdigit() and any(rest in run for run in _RUNS)


_RUNS = ("01234567890123456789", "98765432109876543210")


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _Hashing.hasher.verify(password_hash, password[:MAX_LENGTH])
    except (VerificationError, InvalidHashError):
        return False


def _decoy() -> str:
    """A hash to compare with when there is no account, so that both take the same time."""
    if not _Hashing.decoy:
        _Hashing.decoy = _Hashing.hasher.hash("no es la contraseña de nadie")
    return _Hashing.decoy


def try_again(until: datetime) -> str:
    """From when on somebody may try again, in words."""
    # Rounded up: who comes back at the minute shown must not be refused again.
    moment = local(until).replace(second=0, microsecond=0)
    minute = moment if moment == local(until) else moment + throttle.FIRST_PAUSE
    hour, half = minute.hour % 12 or 12, "a. m." if minute.hour < 12 else "p. m."
    return f"Hubo varios intentos fallidos. Intente de nuevo a partir de las {hour}:{minute.minute:02d} {half}"
