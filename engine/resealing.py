"""Sealing the stored states anew with the key in use, after the key changed."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from engine import seal
from engine.models import Definition
from engine.models import Instance


@dataclass(frozen=True, slots=True)
class Resealed:
    """Of a batch: the last id looked at (0: no more), how many were sealed anew, and which hold with no key."""

    last: int
    done: int
    broken: tuple[int, ...]


def batch(session: Session, after: int, size: int = 200) -> Resealed:
    """Seal anew the next `size` cases whose id is above `after`; what holds with no key stays, and is named."""
    columns = (Instance.id, Instance.revision, Definition.hash, Instance.state, Instance.seal)
    statement = select(*columns).join(Definition, Definition.id == Instance.definition_id).where(Instance.id > after)
    rows = session.execute(statement.order_by(Instance.id).limit(size).with_for_update(of=Instance)).all()
    done, broken = 0, []
    for key, revision, definition, state, found in rows:
        sealed = seal.seal(key, revision, definition, state)
        if found == sealed:
            continue
        if not seal.holds(found, key, revision, definition, state):
            broken.append(key)
            continue
        session.execute(update(Instance).where(Instance.id == key).values(seal=sealed))
        done += 1
    return Resealed(rows[-1].id if rows else 0, done, tuple(broken))
