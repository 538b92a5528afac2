"""Policies: who owes what to whom, how often and by when. Data, so that people change them without a new release."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column

from db.base import Base
from db.base import Id
from db.types import Json
from db.types import UtcDateTime


class Policy(Base):
    """A policy by its fixed key; what it says stands in its newest version."""

    __tablename__ = "policy"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    enabled: Mapped[bool]
    version: Mapped[int]  # number of the version in force


class PolicyVersion(Base):
    """What a policy says since `created_at`; `spec` is read and checked by `notifications.policies`."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("policy_id", "number"),)

    id: Mapped[Id]
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"), index=True)
    number: Mapped[int]
    spec: Mapped[dict[str, Any]] = mapped_column(Json)
    reason: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
