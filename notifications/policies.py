"""Policies as they are in force: they come with the program, people change them, every change is a version."""

import re
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import false
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory import reasons
from directory.principal import Principal
from notifications import chains
from notifications import days
from notifications import governing
from notifications import ordering
from notifications import periods
from notifications import specs
from notifications.governing import Layer
from notifications.models import Obligation
from notifications.models import Policy
from notifications.models import PolicyVersion
from notifications.periods import Period
from notifications.specs import PolicySpec

INSTALLED = "Política con la que llega el programa."
UPDATED = "Actualización del programa."
KEY = "[a-z][a-z0-9_]{2,59}"


@dataclass(frozen=True, slots=True)
class Shipped:
    """A policy that comes with the program; its validity begins when it is installed."""

    key: str
    spec: PolicySpec
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Held:
    """A policy as it is in force: `spec` governs the periods that start from `since` on and before `until`.

    Where earlier versions govern earlier periods, `at` and `parts` say what they say.
    """

    id: int
    key: str
    enabled: bool
    version: int
    spec: PolicySpec
    layers: tuple[Layer, ...] = ()
    since: date = date.min
    until: date = date.max

    def parts(self) -> list["Held"]:
        """The policy once for each version that governs some periods, the earliest first."""
        ends = [layer.since for layer in self.layers[1:]] + [date.max]
        return [
            replace(self, spec=layer.spec, layers=(layer,), since=layer.since, until=end)
            for layer, end in zip(self.layers, ends, strict=True)
        ]

    def at(self, start: date) -> "Held":
        """The policy as it governs the period that starts on `start`."""
        if self.since <= start or len(self.layers) < 2:
            return self
        return next(part for part in self.parts() if part.since <= start < part.until)

    def rules(self, period: Period) -> bool:
        """Whether `period` is one of those that `spec` governs, and lies in its validity."""
        return self.since <= period.start < self.until and self.spec.belongs(period)

    def between(self, first: date, last: date) -> list[Period]:
        """The periods of `spec` that it governs, start by `last` and end on or after `first`, in order."""
        return [period for period in self.spec.between(first, last) if self.rules(period)]

    @property
    def opening(self) -> date | None:
        """The first day that the newest version rules, where an earlier one rules before it."""
        return self.since if len(self.layers) > 1 else None


def held(key: str, layers: tuple[Layer, ...], *, id: int = 0, enabled: bool = True, version: int = 0) -> Held:
    """A policy with these layers; what it says is what the last of them says."""
    return Held(id, key, enabled, version, layers[-1].spec, layers, layers[-1].since)


def every(session: Session) -> list[Held]:
    """All policies, in the order in which they came."""
    return _all(session, session.execute(_in_force().order_by(Policy.id)).all())


def enabled(session: Session) -> list[Held]:
    """The policies by which something is owed."""
    return [policy for policy in every(session) if policy.enabled]


def enabled_parts(session: Session) -> list[Held]:
    """The policies by which something is owed, once for each version that governs some periods."""
    return [part for policy in enabled(session) for part in policy.parts()]


def recommended(session: Session) -> ColumnElement[bool]:
    """Which obligations come from a policy that only recommends."""
    parts = [part for policy in every(session) for part in policy.parts() if not part.spec.escalates]
    return or_(
        false(),
        *(
            and_(
                Obligation.policy_id == part.id,
                Obligation.period_start >= part.since,
                Obligation.period_start < part.until,
            )
            for part in parts
        ),
    )


def many(session: Session, ids: Collection[int]) -> dict[int, Held]:
    """The policies with these ids."""
    rows = session.execute(_in_force().where(Policy.id.in_(sorted(ids)))).all() if ids else ()
    return {policy.id: policy for policy in _all(session, rows)}


def get(session: Session, key: str) -> Held:
    """The policy with this key. Raises NotFound."""
    row = session.execute(_in_force().where(Policy.key == key)).one_or_none()
    if row is None:
        raise NotFound("la política", key)
    return _all(session, [row])[0]


def versions(session: Session, policy_id: int) -> list[PolicyVersion]:
    """Every version of a policy, newest first."""
    statement = select(PolicyVersion).where(PolicyVersion.policy_id == policy_id)
    return list(session.scalars(statement.order_by(PolicyVersion.number.desc())))


def as_of(session: Session, policy: Held, number: int) -> Held:
    """`policy` as it was when its version `number` was the newest, with what earlier ones ruled then."""
    if number == policy.version:
        return policy
    known = [(one.number, one.spec) for one in reversed(versions(session, policy.id)) if one.number <= number]
    layers = governing.layers(known)
    return held(policy.key, layers, id=policy.id, enabled=policy.enabled, version=number)


def install(session: Session, shipped: Sequence[Shipped], *, since: date, by: Actor, now: datetime) -> list[str]:
    """Put in the policies of the program, valid from the beginning of the period of `since`. Idempotent.

    One that is there already gets the new words of the program, unless somebody changed it: then it stays.
    Returns the keys of those put in or brought up to date.
    """
    present = {policy.key: policy for policy in every(session)}
    touched = []
    for one in shipped:
        known = present.get(one.key)
        if known is None:
            spec = specs.with_since(one.spec, since)
            row = Policy(key=one.key, enabled=one.enabled, version=0)
            session.add(row)
            session.flush()
            _write(session, row, spec, INSTALLED, by=by, now=now)
            touched.append(one.key)
        elif _untouched(session, known) and _differs(known, one):
            row = session.get_one(Policy, known.id)
            spec = replace(one.spec, since=known.spec.since, until=known.spec.until)
            _write(session, row, spec, UPDATED, by=by, now=now)
            touched.append(one.key)
    return touched


def date_back(session: Session, since: date, reason: str, *, by: Actor, now: datetime) -> None:
    """Let the policies that nobody changed be valid since the period of an earlier day; those valid before it stay."""
    for known in every(session):
        spec = specs.with_since(known.spec, since)
        if spec.since < known.spec.since and _untouched(session, known):
            row = session.get_one(Policy, known.id)
            _write(session, row, spec, reason, by=by, now=now, before=known)


def change(
    session: Session,
    key: str,
    data: Mapping[str, Any],
    *,
    enabled: bool,
    reason: str,
    version: int,
    applies_from: date | None = None,
    by: Principal,
    now: datetime,
) -> Held:
    """Let the policy say `data` of the periods from `applies_from` on: a new version. The ledger follows at a sweep.

    Without `applies_from` it rules from the next period that is not opened yet. `version` is the one that was read.
    Raises NotFound, NotAllowed, Conflict when somebody changed it since or when nothing changes, InvalidData at the
    fields, at `applies_from` and at `reason`.
    """
    actor = access.demand(by, "policy.change")
    row, known = _read_as(session, key, version)
    spec = specs.from_json(data)
    since = governing.checked(spec, applies_from, local_date(now))
    reasons.demand(reason, "Escriba por qué cambia la política.")
    demand_order(session, known, spec, since)
    changed = proposed(known, spec, since, enabled=enabled)
    if changed.layers == known.layers and enabled == known.enabled:
        raise Conflict("No hay ningún cambio por guardar.", code="unchanged")
    row.enabled = enabled
    _write(session, row, spec, reason.strip(), by=actor, now=now, before=known, since=since)
    return replace(changed, version=row.version)


def proposed(known: Held, spec: PolicySpec, since: date, *, enabled: bool) -> Held:
    """`known` as it would be if it said `spec` of the periods from `since` on."""
    layers = governing.laid(known.layers, known.version + 1, spec, since)
    return held(known.key, layers, id=known.id, enabled=enabled, version=known.version)


def demand_order(session: Session, known: Held, spec: PolicySpec, since: date) -> None:
    """Raise InvalidData at `due` when `spec` breaks the order of the steps before or after that of `known`.

    Where its days stay as they are nothing is asked: an order that was broken before is put right step by step.
    """
    if not chains.linked(known.key) or ordering.same_days(known.at(since).spec, spec):
        return
    on, others = days.load(session), {one.key: one.at(since).spec for one in enabled(session)}
    before, after = chains.of(known.key).after, chains.next_of(known.key)
    told = [ordering.too_early(spec, others[before], since, on)] if before in others else []
    told += [ordering.too_late(spec, others[key], since, on) for key in after if key in others]
    if any(told):
        raise InvalidData({"due": [one for one in told if one]})


def switch(
    session: Session, key: str, *, enabled: bool, reason: str, version: int, by: Principal, now: datetime
) -> Held:  # fmt: skip
    """Switch a policy on or off; what it says stays. Raises what `change` raises."""
    actor = access.demand(by, "policy.change")
    row, known = _read_as(session, key, version)
    reasons.demand(reason, f"Escriba por qué se {'enciende' if enabled else 'apaga'} la política.")
    if known.enabled == enabled:
        raise Conflict(f"La política ya está {'encendida' if enabled else 'apagada'}.", code="unchanged")
    row.enabled = enabled
    _write(session, row, known.spec, reason.strip(), by=actor, now=now, before=known, since=known.opening)
    return get(session, key)


def create(
    session: Session, key: str, data: Mapping[str, Any], *, reason: str, enabled: bool = True, by: Principal,
    now: datetime,
) -> Held:  # fmt: skip
    """Put in a policy of one's own. What it asks for is opened at the next sweep.

    Raises NotAllowed, Conflict when another one has that key, InvalidData at the fields, at `key` and at `reason`.
    """
    actor = access.demand(by, "policy.change")
    spec = specs.from_json(data)
    problems = {}
    if not re.fullmatch(KEY, key):
        problems["key"] = ["Escriba una clave de 3 a 60 letras minúsculas sin tilde, números o guiones bajos."]
    if not reasons.told(reason):
        problems["reason"] = [reasons.wanting(reason, "Escriba por qué se crea la política.")]
    if problems:
        raise InvalidData(problems)
    if session.scalars(select(Policy.id).where(Policy.key == key)).first() is not None:
        raise Conflict("Ya hay una política con esa clave.", code="exists")
    row = Policy(key=key, enabled=enabled, version=0)
    session.add(row)
    session.flush()
    _write(session, row, spec, reason.strip(), by=actor, now=now)
    return get(session, key)


def _read_as(session: Session, key: str, version: int) -> tuple[Policy, Held]:
    """The policy, locked, as it was read. Raises NotFound, and Conflict when somebody changed it since."""
    row = session.scalars(select(Policy).where(Policy.key == key).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("la política", key)
    known = get(session, key)
    if known.version != version:
        raise Conflict("Alguien cambió esta política mientras usted la leía; revise la versión vigente.", code="stale")
    return row, known


def _write(
    session: Session, row: Policy, spec: PolicySpec, reason: str, *, by: Actor, now: datetime,
    before: Held | None = None, since: date | None = None,
) -> None:  # fmt: skip
    row.version += 1
    data = specs.to_json(spec)
    ruling = {governing.APPLIES_FROM: since.isoformat()} if since else {}
    session.add(
        PolicyVersion(
            policy_id=row.id, number=row.version, spec={**data, **ruling}, reason=reason, created_at=now,
            created_by=by.person_id,
        )
    )  # fmt: skip
    session.flush()
    from_when = f", desde {periods.the(governing.period_label(spec, since))}" if since else ""
    summary = f"Versión {row.version} de la política «{spec.title}»{from_when}."
    details = _difference(before, spec, row.enabled) if before else {}
    subject = history.Subject("policy", row.id)
    history.record(session, subject, "policy.changed", by=by, now=now, summary=summary, details=details, reason=reason)


def _difference(before: Held, spec: PolicySpec, enabled: bool) -> dict[str, Any]:
    """What each changed field said and says."""
    changed = specs.difference(before.spec, spec)
    return changed if enabled == before.enabled else {**changed, "enabled": [before.enabled, enabled]}


def _untouched(session: Session, known: Held) -> bool:
    """Whether nobody but the program wrote a version of it."""
    written = select(PolicyVersion.id).where(PolicyVersion.policy_id == known.id, PolicyVersion.created_by.is_not(None))
    return session.scalars(written.limit(1)).first() is None


def _differs(known: Held, shipped: Shipped) -> bool:
    """Whether the program says something else now, its validity aside."""
    return replace(shipped.spec, since=known.spec.since, until=known.spec.until) != known.spec


def _in_force() -> Any:
    return select(Policy, PolicyVersion).join(
        PolicyVersion, and_(PolicyVersion.policy_id == Policy.id, PolicyVersion.number == Policy.version)
    )


def _all(session: Session, rows: Iterable[Any]) -> list[Held]:
    """The policies of these rows, each with the versions that govern periods."""
    pairs = [(policy, version) for policy, version in rows]
    layered = [policy.id for policy, version in pairs if governing.APPLIES_FROM in version.spec]
    kept = _kept(session, layered)
    return [
        held(
            policy.key, governing.layers(kept.get(policy.id) or [(version.number, version.spec)]), id=policy.id,
            enabled=policy.enabled, version=policy.version,
        )
        for policy, version in pairs
    ]  # fmt: skip


def _kept(session: Session, ids: Collection[int]) -> dict[int, list[tuple[int, Mapping[str, Any]]]]:
    """Every version of some policies, oldest first."""
    found: dict[int, list[tuple[int, Mapping[str, Any]]]] = {}
    if ids:
        columns = select(PolicyVersion.policy_id, PolicyVersion.number, PolicyVersion.spec)
        statement = columns.where(PolicyVersion.policy_id.in_(sorted(ids))).order_by(PolicyVersion.number)
        for policy_id, number, data in session.execute(statement):
            found.setdefault(policy_id, []).append((number, data))
    return found
