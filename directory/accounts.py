"""Usernames and passwords (argon2id)."""

from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError
from argon2.exceptions import VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.clock import local
from db.errors import InvalidData
from db.errors import NotAllowed
from db.errors import NotFound
from directory import sessions
from directory import throttle
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
class Attempt:
    """The outcome of a login. It is not an error, so that the transaction keeps the count of failures."""

    person: Person | None
    message: str = ""

    def person_or_refuse(self) -> Person:
        """The person who logged in. Raises NotAllowed; call it when the transaction is over."""
        if self.person is None:
            raise NotAllowed(self.message, action="session.open")
        return self.person


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
    _set(session, account, new, "new", "account.password_changed", "Cambió la contraseña", by, now)
    sessions.close_all(session, person_id, now=now, but=keep)


def reset_password(session: Session, person_id: int, new: str, *, by: Actor, now: datetime) -> None:
    """Set the password of somebody else; their sessions end. The caller has demanded `people.manage`.

    Raises NotFound, InvalidData (`password`).
    """
    account = _account(session, person_id)
    _set(session, account, new, "password", "account.password_reset", "Restableció la contraseña", by, now)
    sessions.close_all(session, person_id, now=now)
    throttle.succeeded(session, account.username_key)


def authenticate(session: Session, username: str, password: str, *, address: str = "", now: datetime) -> Attempt:
    """Check a username and password, and count the failure if it is one.

    It takes the same time whether or not the username exists. After five failures in a row of a username or of an
    address there are pauses of 1 to 15 minutes, in which nothing is checked.
    """
    names = throttle.subjects(key_of(username), address)
    pause = throttle.blocked_until(session, names, now=now)
    if pause is not None:
        return Attempt(None, _try_again(pause))
    account = find(session, username)
    decoy = _decoy()
    matches = _matches(account.password_hash if account else decoy, password)
    person = session.get(Person, account.person_id) if account and matches else None
    if account is None or person is None or person.disabled_at is not None:
        throttle.failed(session, names, now=now)
        return Attempt(None, REFUSED)
    throttle.succeeded(session, account.username_key)
    if _Hashing.hasher.check_needs_rehash(account.password_hash):
        account.password_hash = _Hashing.hasher.hash(password)
    return Attempt(person)


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


def _problems_of_username(session: Session, person_id: int, username: str) -> list[str]:
    if not username.strip() or any(char.isspace() for char in username.strip()):
        return ["Escriba un usuario sin espacios."]
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
    if len(set(password)) < 4:
        return ["La contraseña debe tener al menos cuatro caracteres distintos."]
    return []


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


def _try_again(until: datetime) -> str:
    # Rounded up: who comes back at the minute shown must not be refused again.
    moment = local(until).replace(second=0, microsecond=0)
    minute = moment if moment == local(until) else moment + throttle.FIRST_PAUSE
    hour, half = minute.hour % 12 or 12, "a. m." if minute.hour < 12 else "p. m."
    return f"Hubo varios intentos fallidos. Intente de nuevo a partir de las {hour}:{minute.minute:02d} {half}"
