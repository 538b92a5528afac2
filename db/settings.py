"""Settings that people change while the system runs, with their defaults and who changed them."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from db.actor import Actor
from db.base import Base
from db.base import BigId
from db.privacy import CONTENT
from db.types import Json
from db.types import UtcDateTime


class Setting(Base):
    """The present value of a setting; a setting without a row has its default."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(Json, info=CONTENT)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(BigId)


def get(session: Session, key: str, default: Any) -> Any:
    """The value of `key`, or `default` where nobody changed it."""
    row = session.get(Setting, key)
    return default if row is None else row.value


def put(session: Session, key: str, value: Any, *, by: Actor, now: datetime) -> None:
    """Change the setting `key`."""
    row = session.get(Setting, key)
    if row is None:
        session.add(Setting(key=key, value=value, changed_at=now, changed_by=by.person_id))
        return
    row.value, row.changed_at, row.changed_by = value, now, by.person_id
