"""The organisations that work in a strategy beside the DNP, and what they say they did in it."""

from datetime import date
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from db.base import Base
from db.base import Id
from db.types import Json
from db.types import UtcDateTime


class StrategyPartner(Base):
    """A unit of an ally that takes part in a strategy, from one day to another, both included.

    What ends gets an `until`; one that lies before `since` says that it never took part. The same unit may come back in
    a row of its own.
    """

    __tablename__ = "strategy_partner"
    __table_args__ = (Index("ix_strategy_partner_strategy_id_since_id", "strategy_id", "since", "id"),)

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    contribution: Mapped[str]  # what it brings, in words
    since: Mapped[date]
    until: Mapped[date | None]
    revision: Mapped[int]
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PartnerAdvance(Base):
    """What a partner says that it did in a strategy. It moves no milestone; an annulled one stays."""

    __tablename__ = "partner_advance"
    __table_args__ = (Index("ix_partner_advance_partner_id_occurred_on_id", "partner_id", "occurred_on", "id"),)

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("strategy_partner.id"))
    occurred_on: Mapped[date]
    text: Mapped[str]
    files: Mapped[list[str]] = mapped_column(Json)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revision: Mapped[int]
    annulled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    annulment_reason: Mapped[str] = mapped_column(default="")

    partner: Mapped[StrategyPartner] = relationship(lazy="joined", innerjoin=True)
    reached: Mapped[list["PartnerAdvanceEntity"]] = relationship(
        lazy="selectin", order_by="PartnerAdvanceEntity.entity_id", cascade="all, delete-orphan"
    )

    @property
    def entities(self) -> list[int]:
        """Ids of the entities that it reached."""
        return [one.entity_id for one in self.reached]


class PartnerAdvanceEntity(Base):
    """An entity that an advance reached."""

    __tablename__ = "partner_advance_entity"

    advance_id: Mapped[int] = mapped_column(ForeignKey("partner_advance.id"), primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), primary_key=True, index=True)
