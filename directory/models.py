"""Tables of this room: people and what they may do, units, regions, territorial entities, accounts.

Days are calendar days in Colombia, both ends included. Nothing is deleted: what stops gets
an `until` or a `revoked_at`.
"""

from datetime import date
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column

from db.base import Base
from db.base import BigId
from db.base import Id
from db.privacy import CONTACT
from db.privacy import CONTENT
from db.privacy import DEVICE
from db.privacy import NAME
from db.privacy import SECRET
from db.privacy import SENSITIVE
from db.types import ExactDecimal
from db.types import Json
from db.types import UtcDateTime


class Period:
    """From one day to another, both included; open when `until` is None. Revoked ones no longer count."""

    since: Mapped[date]
    until: Mapped[date | None]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


# --- Organisation ---


class Unit(Base):
    """A unit of the DNP, or of an ally; units form a tree."""

    __tablename__ = "unit"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    search_name: Mapped[str] = mapped_column(index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Person(Base):
    """Somebody who takes part in technical assistance. `position` is their post in words."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_search_name_id", "search_name", "id"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(info=NAME)
    search_name: Mapped[str] = mapped_column(info=NAME)
    email: Mapped[str] = mapped_column(default="", info=CONTACT)
    email_key: Mapped[str | None] = mapped_column(unique=True, info=CONTACT)
    position: Mapped[str] = mapped_column(default="", info=NAME)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    forgotten_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when how to reach them was removed


class RoleGrant(Period, Base):
    """A role that somebody holds, over everything (`national`) or over one unit, region or entity.

    `source` says how they came to it: `hand` when somebody gave it, `oidc` when a group of their institutional account
    does (`group_grants`).
    """

    __tablename__ = "role_grant"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(index=True)
    scope_kind: Mapped[str]
    scope_id: Mapped[int | None] = mapped_column(BigId)
    source: Mapped[str] = mapped_column(default="hand")


class Absence(Period, Base):
    """Days on which somebody is away (vacaciones, incapacidad, licencia, comisión). Always has an `until`."""

    __tablename__ = "absence"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(info=SENSITIVE)
    note: Mapped[str] = mapped_column(default="", info=SENSITIVE)


class Delegation(Period, Base):
    """`to_id` acts for `from_id` with the roles `from_id` holds, or with `role` alone."""

    __tablename__ = "delegation"

    id: Mapped[Id]
    from_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="", info=SENSITIVE)


class Encargo(Period, Base):
    """`person_id` fills a post, that is a role with its scope, between two dates. `act` names the resolution."""

    __tablename__ = "encargo"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    scope_kind: Mapped[str]
    scope_id: Mapped[int | None] = mapped_column(BigId)
    act: Mapped[str] = mapped_column(default="")


# --- Territory ---


class Department(Base):
    """One of the 32 departments, or Bogotá D.C.; `code` is DANE's, two digits."""

    __tablename__ = "department"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    search_name: Mapped[str] = mapped_column(unique=True)


class RegionScheme(Base):
    """A way of dividing the country in regions. The sources give several; one is current."""

    __tablename__ = "region_scheme"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    region_count: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    current: Mapped[bool] = mapped_column(default=False)


class Region(Base):
    """A region of one scheme."""

    __tablename__ = "region"
    __table_args__ = (UniqueConstraint("scheme_id", "name"),)

    id: Mapped[Id]
    scheme_id: Mapped[int] = mapped_column(ForeignKey("region_scheme.id"), index=True)
    name: Mapped[str]


class RegionDepartment(Base):
    """The region of a department in one scheme."""

    __tablename__ = "region_department"

    scheme_id: Mapped[int] = mapped_column(ForeignKey("region_scheme.id"), primary_key=True)
    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"), primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)


class Entity(Base):
    """Who receives technical assistance.

    `kind` is a key of `directory.entities.KINDS`. `code` is DANE's five digits for municipalities, the department's
    two for its gobernación, and one of ours for the rest.
    """

    __tablename__ = "entity"
    __table_args__ = (
        Index("ix_entity_search_name_id", "search_name", "id"),
        Index("ix_entity_department_code_search_name", "department_code", "search_name"),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(index=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    search_name: Mapped[str]
    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"))
    latitude: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    longitude: Mapped[Decimal | None] = mapped_column(ExactDecimal)


class EntityAlias(Base):
    """Another name by which people or documents call an entity."""

    __tablename__ = "entity_alias"
    __table_args__ = (UniqueConstraint("entity_id", "search_name"),)

    id: Mapped[Id]
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"))
    name: Mapped[str]
    search_name: Mapped[str] = mapped_column(index=True)


class Coverage(Period, Base):
    """The advisor of an entity. At most one on any day; a revoked row never counted."""

    __tablename__ = "coverage"
    __table_args__ = (Index("ix_coverage_entity_id_since", "entity_id", "since"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"))


class TerritoryImport(Base):
    """A file of territorial entities that was imported: what it was called and its SHA-256."""

    __tablename__ = "territory_import"

    id: Mapped[Id]
    name: Mapped[str]
    sha256: Mapped[str]
    source: Mapped[str]
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by: Mapped[int | None] = mapped_column(BigId)
    created: Mapped[int]
    updated: Mapped[int]
    unchanged: Mapped[int]


# --- Getting in ---


class Account(Base):
    """The username and password of a person. `username_key` is what must be unique."""

    __tablename__ = "account"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    username: Mapped[str] = mapped_column(info=NAME)
    username_key: Mapped[str] = mapped_column(unique=True, info=NAME)
    password_hash: Mapped[str] = mapped_column(info=SECRET)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LoginAttempt(Base):
    """Failures to log in. `subject` is `username:…@…`, `username:…` (hashed) or `address:…` (see `throttle`)."""

    __tablename__ = "login_attempt"

    subject: Mapped[str] = mapped_column(primary_key=True, info=DEVICE)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LoginSession(Base):
    """A browser that is logged in. The token itself is only in its cookie.

    `owes` is what is missing before it opens anything (`second_factor.CODE`, `second_factor.ENROLMENT`); `proved_at`
    is when its person proved again who they are; `identity_id` is the institutional account that opened it, if one did.
    """

    __tablename__ = "login_session"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True, info=SECRET)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(default="", info=DEVICE)
    user_agent: Mapped[str] = mapped_column(default="", info=DEVICE)
    owes: Mapped[str] = mapped_column(default="")
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    identity_id: Mapped[int | None] = mapped_column(ForeignKey("external_identity.id"), index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ExternalIdentity(Base):
    """An account at a provider of identities by which a person enters: who vouches for it, and its name there.

    `email` is the address by which it was linked; a later one changes nothing. `withheld` says in words which roles of
    its groups could not be given. A removed link opens nothing, and stays so that nothing links it anew.
    """

    __tablename__ = "external_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    issuer: Mapped[str]
    subject: Mapped[str] = mapped_column(info=NAME)
    email: Mapped[str] = mapped_column(info=CONTACT)
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_in_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withheld: Mapped[list[str]] = mapped_column(Json, default=list)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class GroupRole(Base):
    """A group of the institutional accounts, as the provider calls it, and a role that it gives over a scope."""

    __tablename__ = "group_role"

    id: Mapped[Id]
    group: Mapped[str] = mapped_column("group_name")
    role: Mapped[str]
    scope_kind: Mapped[str]
    scope_id: Mapped[int | None] = mapped_column(BigId)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SecondFactor(Base):
    """What a person proves with that they hold their telephone: the secret of an application that shows codes.

    The secret is sealed. `last_step` is the period of the last code that was taken: no code serves twice.
    """

    __tablename__ = "second_factor"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    secret: Mapped[str] = mapped_column(info=SECRET)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Base):
    """A code that serves once in place of the telephone. Only its hash is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True, info=SECRET)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiToken(Base):
    """A bearer token of a program that acts for a person. Only its hash is kept."""

    __tablename__ = "api_token"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True, info=SECRET)
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


# --- Who read personal data ---


class PersonalReading(Base):
    """Somebody read personal data of others: one row per request and kind. Never updated.

    `kind` is a key of `directory.readings.KINDS`. `person_id` is whose data, when they are of one person who is known
    here; `among` are the ids of the rows that were told, as `,3,14,`: of people, advisories, submissions, by the kind.
    """

    __tablename__ = "personal_reading"
    __table_args__ = (
        Index("ix_personal_reading_person_id_id", "person_id", "id"),
        Index("ix_personal_reading_reader_id_id", "reader_id", "id"),
        Index("ix_personal_reading_kind_id", "kind", "id"),
    )

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # nobody: the operator of the machine
    reader_name: Mapped[str] = mapped_column(info=NAME)
    kind: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    among: Mapped[str]
    count: Mapped[int]  # how many were told, also where `among` names fewer
    asked: Mapped[str] = mapped_column(info=CONTENT)  # by which filter they were found
    route: Mapped[str]  # method and address, without what stands in it: `GET /personas/<id:person_id>`
    purpose: Mapped[str] = mapped_column(info=CONTENT)  # what for, where it is asked
