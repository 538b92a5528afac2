"""Tables of this room."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column

from db.base import Base
from db.base import Id
from db.privacy import CONTENT
from db.types import Json
from db.types import UtcDateTime


class IdempotencyKey(Base):
    """The answer to a request that carried an Idempotency-Key, kept with the act in one transaction."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str]
    route: Mapped[str]
    request_hash: Mapped[str]
    status: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(Json, info=CONTENT)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
