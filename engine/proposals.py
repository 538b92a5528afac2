"""Versions that people propose: checked, kept, and published or rejected by somebody else.

Whoever proposes does not decide, nor whoever acts for them. What waits starts nothing: only what was published is a
definition.
"""

from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import undefer

from db import Actor
from db import clock
from db import history
from db import rows
from db.errors import Conflict
from db.errors import DefinitionError
from db.errors import NotAllowed
from db.errors import NotNow
from db.paging import DEFAULT_LIMIT
from db.paging import Key
from db.paging import Page
from db.paging import page
from directory import access
from directory import reasons
from directory.models import Person
from directory.principal import Principal
from directory.searching import holding
from engine import comparing
from engine import definitions
from engine import drawing
from engine import gate
from engine import registry
from engine.bundle import Bundle
from engine.models import Definition
from engine.models import Proposal
from engine.models import ProposalStatus
from engine.registry import Process
from forms.words import long_date

WAITING = Proposal.status == ProposalStatus.WAITING
APART = "Quien propone una versión no la publica ni la rechaza, ni quien actúa por esa persona: le corresponde a otra."


@dataclass(frozen=True, slots=True)
class Checked:
    """A bundle that passed the gate, with what its names stand for in this program."""

    process: Process
    bundle: Bundle


def subject(proposal_id: int) -> history.Subject:
    """The chain of history of a proposal."""
    return history.Subject("proposal", proposal_id)


def completed(session: Session, key: str, sent: Mapping[str, str]) -> dict[str, str]:
    """The files `sent` with those of the version that rules which they leave as they are and still call.

    A file goes by the process in it, whatever it is called: browsers rename what is downloaded twice. Raises
    DefinitionError for a file that is no XML, and for two with the same process.
    """
    ruling = definitions.newest(session, key)
    rules = definitions.bundle(session, ruling) if ruling is not None else Bundle(key, {})
    known, sent = rules.files, _as_known(sent, rules)
    whole = Bundle(key, {**known, **sent})
    by_process = {process: elements for process, elements in whole.elements.items() if process}
    called, waiting = set[str](), [key]
    while waiting:
        process = waiting.pop()
        if process not in called and process in by_process:
            called.add(process)
            waiting += [one.called for one in by_process[process] if one.called]
    kept = {whole.file_of(process) for process in called}
    return {name: text for name, text in whole.files.items() if name in sent or name in kept}


def _as_known(sent: Mapping[str, str], rules: Bundle) -> dict[str, str]:
    """`sent` under the names that the version that rules gives to the same processes."""
    calls: dict[str, list[str]] = {}
    for name, text in sent.items():
        held = [process for process in Bundle(name, {name: text}).elements if process in rules.elements]
        calls.setdefault(rules.file_of(held[0]) if len(held) == 1 else name, []).append(name)
    for target, names in calls.items():
        if len(names) > 1:
            both = " y ".join(f"«{name}»" for name in names)
            message = f"{both} traen el mismo proceso: adjunte uno solo."
            raise DefinitionError(message, file=target, code="process-twice")
    return {target: sent[name] for target, (name,) in calls.items()}


def check(key: str, files: Mapping[str, str]) -> Checked:
    """The diagrams `files` (name → XML text) as a version of process `key`, once the gate let them in.

    The forms are those of this program. It may take seconds and asks nothing of the database: call it while no
    transaction is open. Raises NotFound for an unknown process, DefinitionError for what is refused.
    """
    process = replace(registry.process(key), files=dict(files))
    bundle = definitions.bundle_of(process)
    gate.check(bundle, process)
    _demand_drawn(bundle)
    return Checked(process, bundle)


def check_again(session: Session, proposal_id: int) -> Checked:
    """What was proposed, checked anew: the program may be another one since. Raises as `check`, and NotFound."""
    row = get(session, proposal_id)
    return check(row.key, files(session, row))


def propose(session: Session, checked: Checked, *, reason: str, by: Principal, now: datetime) -> Proposal:
    """Keep what was checked, for somebody else to decide.

    Raises NotAllowed, InvalidData (`reason`), and Conflict when the same was published or waits already.
    """
    actor = access.demand(by, "process.deploy")
    reason = reasons.demand(reason, "Escriba qué cambia y por qué.")
    base = definitions.held(session, checked.process.key)  # first: who proposes the same at this moment waits here
    _demand_new(session, checked.bundle.hash)
    row = Proposal(
        key=checked.process.key,
        title=checked.process.title,
        hash=checked.bundle.hash,
        files=dict(checked.process.files),
        base_id=base.id if base else None,
        reason=reason,
        proposed_at=now,
        proposed_by=by.person_id,
        proposed_for=actor.on_behalf_of,
        status=ProposalStatus.WAITING,
    )
    session.add(row)
    session.flush()
    history.record(
        session, subject(row.id), "definition.proposed", by=actor, now=now, reason=reason,
        summary=f"Propuso una versión de «{row.title}».", details={"hash": row.hash, "base_id": row.base_id},
    )  # fmt: skip
    return row


def publish(
    session: Session, proposal_id: int, checked: Checked, *, reason: str, by: Principal, now: datetime
) -> Definition:
    """Make what was proposed the newest version of its process; `checked` comes from `check_again`.

    Raises NotFound, NotAllowed (whoever proposed it, or acts for them, too), InvalidData (`reason`), Conflict when it
    was decided, and NotNow when another version was published since, or the program brings other forms.
    """
    row, actor = _held(session, proposal_id, by)
    reason = reasons.demand(reason, "Escriba qué revisó y por qué se publica.")
    if checked.bundle.hash != row.hash:
        raise NotNow("Desde que se propuso, el programa cambió y sus formularios son otros: hay que proponerla de "
                     "nuevo.", code="other-forms")  # fmt: skip
    newest = definitions.held(session, row.key)
    if newest is not None and newest.id != row.base_id:
        raise NotNow(f"Desde que se propuso se publicó la versión {newest.version}: lo que se comparó ya no es lo que "
                     "rige. Hay que proponerla de nuevo.", code="other-base")  # fmt: skip
    definition = definitions.store(session, checked.process, newest, by=actor, now=now)
    proposer = session.get_one(Person, row.proposed_by).name
    history.record(
        session, definitions.subject(definition.id), "definition.deployed", by=actor, now=now, reason=reason,
        summary=f"Publicó la versión {definition.version} de «{definition.title}», que propuso {proposer}.",
        details={"hash": definition.hash, "proposal_id": row.id, "proposed_by": row.proposed_by},
    )  # fmt: skip
    row.definition_id = definition.id
    told = f"Publicó la propuesta como la versión {definition.version} de «{row.title}»."
    _decide(session, row, ProposalStatus.PUBLISHED, told, reason, by=actor, now=now)
    return definition


def reject(session: Session, proposal_id: int, *, reason: str, by: Principal, now: datetime) -> Proposal:
    """Put what was proposed aside, with the reason. Raises as `publish`, but for what only publishing needs."""
    row, actor = _held(session, proposal_id, by)
    reason = reasons.demand(reason, "Escriba por qué se rechaza.")
    told = f"Rechazó la versión propuesta de «{row.title}»."
    _decide(session, row, ProposalStatus.REJECTED, told, reason, by=actor, now=now)
    return row


def get(session: Session, proposal_id: int) -> Proposal:
    """The proposal. Raises NotFound."""
    return rows.get(session, Proposal, proposal_id, "la propuesta")


def files(session: Session, row: Proposal) -> dict[str, str]:
    """The diagrams that were proposed: name → XML text."""
    statement = select(Proposal).where(Proposal.id == row.id).options(undefer(Proposal.files))
    return dict(session.scalars(statement).one().files)


def listed(
    session: Session, *, text: str = "", status: str = "", key: str = "", limit: int = DEFAULT_LIMIT, cursor: str = ""
) -> Page[Proposal]:
    """Proposals, the newest first."""
    statement = select(Proposal).join(Person, Person.id == Proposal.proposed_by)
    statement = statement.where(*holding(text, Proposal.title, Proposal.reason, Person.name))
    for column, wanted in ((Proposal.status, status), (Proposal.key, key)):
        if wanted:
            statement = statement.where(column == wanted)
    return page(session, statement, [Key(Proposal.id, descending=True)], limit=limit, cursor=cursor)


def waiting_for(session: Session, by: Principal) -> int:
    """How many proposals wait on which `by` may decide."""
    if not access.may(by, "process.publish"):
        return 0
    return len(session.scalars(select(Proposal.id).where(WAITING, *_of_others(by))).all())


def of_definitions(session: Session, definition_ids: Collection[int]) -> dict[int, Proposal]:
    """Version → the proposal from which it was published; none for those that the program brought."""
    statement = select(Proposal).where(Proposal.definition_id.in_(definition_ids))
    return {row.definition_id: row for row in session.scalars(statement) if row.definition_id is not None}


def may_decide(row: Proposal, by: Principal) -> bool:
    """Whether `by` may publish or reject it."""
    return row.status == ProposalStatus.WAITING and access.may(by, "process.publish") and not _is_own(row, by)


def overtaken(session: Session, row: Proposal) -> Definition | None:
    """The version that was published since `row` was proposed, while it waits; None when what it shows still counts."""
    newest = definitions.newest(session, row.key) if row.status == ProposalStatus.WAITING else None
    return newest if newest is not None and newest.id != row.base_id else None


def bundles(session: Session, row: Proposal) -> tuple[Bundle | None, Bundle]:
    """What ruled when it was proposed (None: nothing), and what is proposed."""
    base = definitions.get(session, row.base_id) if row.base_id is not None else None
    forms = definitions.bundle_of(registry.process(row.key)).forms
    proposed = Bundle(row.key, files(session, row), forms)
    if row.definition_id is not None:
        proposed = definitions.bundle(session, definitions.get(session, row.definition_id))
    return (definitions.bundle(session, base) if base is not None else None), proposed


def difference(session: Session, row: Proposal) -> list[comparing.Change]:
    """What would change, or changed, by what was proposed."""
    titles = {name: form.title for name, form in registry.process(row.key).forms.items()}
    return comparing.compare(*bundles(session, row), titles)


def _demand_new(session: Session, bundle_hash: str) -> None:
    known = definitions.known_as(session, bundle_hash)
    if known is not None:
        raise Conflict(f"Esta versión ya está publicada: es la {known.version} de «{known.title}».", code="known")
    waiting = session.scalars(select(Proposal).where(Proposal.hash == bundle_hash, WAITING)).first()
    if waiting is not None:
        raise Conflict(f"Esta versión ya está propuesta: es la propuesta {waiting.id}.", code="proposed")


def _demand_drawn(bundle: Bundle) -> None:
    """Refuse what cannot be seen: whoever decides looks at the drawing."""
    for key, elements in bundle.elements.items():
        file = bundle.file_of(key)
        places = drawing.drawn(bundle.files[file].encode())
        lines = {one.id: one.line for one in elements} | {one.id: one.line for one in bundle.flows[key]}
        for name in [name for name in lines if name not in places]:
            raise DefinitionError("No dice dónde se dibuja.", file=file, element=name, line=lines[name], code="undrawn")


def _held(session: Session, proposal_id: int, by: Principal) -> tuple[Proposal, Actor]:
    """The proposal, locked and still waiting, with `by` as who decides on it."""
    row = rows.held(session, Proposal, proposal_id, "la propuesta")
    actor = access.demand(by, "process.publish")
    if _is_own(row, by):
        raise NotAllowed(APART, action="process.publish")
    if row.status != ProposalStatus.WAITING:
        raise Conflict(_decided(session, row), code="decided")
    return row, actor


def _is_own(row: Proposal, by: Principal) -> bool:
    return bool(by.stands_for() & {row.proposed_by, row.proposed_for})


def _of_others(by: Principal) -> list[ColumnElement[bool]]:
    mine = sorted(by.stands_for())
    apart: Any = or_(Proposal.proposed_for.is_(None), Proposal.proposed_for.not_in(mine))
    return [Proposal.proposed_by.not_in(mine), apart]


def _decided(session: Session, row: Proposal) -> str:
    assert row.decided_at is not None, "it was decided"
    name = session.get_one(Person, row.decided_by).name
    verb = "publicó" if row.status == ProposalStatus.PUBLISHED else "rechazó"
    return f"{name} ya la {verb} el {long_date(clock.local_date(row.decided_at).isoformat())}."


def _decide(
    session: Session, row: Proposal, status: ProposalStatus, told: str, reason: str, *, by: Actor, now: datetime
) -> None:
    row.status, row.decided_at, row.decided_by, row.decision_reason = status, now, by.person_id, reason
    action = f"definition.{status}"
    details = {"definition_id": row.definition_id} if row.definition_id is not None else {}
    history.record(
        session, subject(row.id), action, by=by, now=now, reason=reason, summary=told, details=details
    )  # fmt: skip
    session.flush()
