"""Versions of processes: deployed once by hash, parsed once per program, shared by their instances."""

import threading
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import undefer

from db import Actor
from db import history
from db.errors import NotFound
from engine import comparing
from engine import gate
from engine import spiff
from engine.bundle import Bundle
from engine.models import Definition
from engine.models import DefinitionForm
from engine.models import FormText
from engine.registry import Process
from forms.declaration import Form
from forms.declaration import from_json
from forms.declaration import hash_of
from forms.declaration import to_json

_CACHED = 64
_specs: dict[str, spiff.Specs] = {}
_forms: dict[str, Form] = {}
_lock = threading.Lock()


def deploy(session: Session, process: Process, *, by: Actor, now: datetime) -> Definition:
    """Publish `process` as the newest version of its key, unless this very version is known already.

    It is for what the program itself brings: what people change goes by `proposals`. Returns its definition. Raises
    DefinitionError, naming file, element and line, for a bundle that is refused.
    """
    bundle = bundle_of(process)
    known = known_as(session, bundle.hash)
    if known is not None:
        return known
    if bundle.hash not in _specs:  # what this program knows by its hash was checked before
        _remember(bundle.hash, gate.check(bundle, process))
    definition = store(session, process, held(session, process.key), by=by, now=now)
    history.record(
        session, subject(definition.id), "definition.deployed", by=by, now=now,
        summary=f"Se instaló la versión {definition.version} de «{definition.title}».",
        details={"hash": definition.hash},
    )  # fmt: skip
    return definition


def subject(definition_id: int) -> history.Subject:
    """The chain of history of a version."""
    return history.Subject("definition", definition_id)


def bundle_of(process: Process) -> Bundle:
    """The diagrams of `process` with the hashes of its forms."""
    return Bundle(process.key, process.files, {name: hash_of(form) for name, form in process.forms.items()})


def known_as(session: Session, bundle_hash: str) -> Definition | None:
    """The version whose content has this hash, if there is one."""
    return session.scalars(select(Definition).where(Definition.hash == bundle_hash)).one_or_none()


def newest(session: Session, key: str) -> Definition | None:
    """The newest version of `key`; None without any."""
    return session.scalars(_newest(key)).first()


def held(session: Session, key: str) -> Definition | None:
    """The newest version of `key`, locked until the transaction ends so that one alone comes after it."""
    return session.scalars(_newest(key).with_for_update()).first()


def store(session: Session, process: Process, after: Definition | None, *, by: Actor, now: datetime) -> Definition:
    """Keep what was checked as the version of `process` that comes after `after`; the caller holds that one."""
    bundle = bundle_of(process)
    definition = Definition(
        key=process.key,
        version=1 + (after.version if after is not None else 0),
        hash=bundle.hash,
        title=process.title,
        files=dict(process.files),
        deployed_at=now,
        deployed_by=by.person_id,
    )
    session.add(definition)
    session.flush()
    _store_forms(session, definition, process, dict(bundle.forms))
    return definition


def latest(session: Session, key: str) -> Definition:
    """The newest version of `key`. Raises NotFound."""
    found = newest(session, key)
    if found is None:
        raise NotFound("el proceso", key)
    return found


def every(session: Session) -> list[Definition]:
    """All versions of all processes, by key and newest first."""
    return list(session.scalars(select(Definition).order_by(Definition.key, Definition.version.desc())))


def get(session: Session, definition_id: int) -> Definition:
    """The definition. Raises NotFound."""
    found = session.get(Definition, definition_id)
    if found is None:
        raise NotFound("la versión del proceso", definition_id)
    return found


def before(session: Session, definition: Definition) -> Definition | None:
    """The version that ruled before this one; None for the first."""
    statement = select(Definition).where(Definition.key == definition.key, Definition.version < definition.version)
    return session.scalars(statement.order_by(Definition.version.desc()).limit(1)).first()


def version(session: Session, key: str, number: int) -> Definition:
    """A version of process `key` by its number. Raises NotFound."""
    found = session.scalars(select(Definition).where(Definition.key == key, Definition.version == number)).first()
    if found is None:
        raise NotFound("la versión del proceso", number)
    return found


def changes(session: Session, definition: Definition) -> list[comparing.Change]:
    """What is other in a version than in the one before; everything is new in the first."""
    earlier = before(session, definition)
    was = bundle(session, earlier) if earlier is not None else None
    return comparing.compare(was, bundle(session, definition), _titles(session, definition, earlier))


def specs(session: Session, definition: Definition) -> spiff.Specs:
    """The parsed bundle of `definition`, from memory when this program parsed it before."""
    found = _specs.get(definition.hash)
    return found if found is not None else _parsed(session, definition)


def bundle(session: Session, definition: Definition) -> Bundle:
    """The diagrams of `definition` as we read them."""
    return specs(session, definition).bundle


def diagram(session: Session, definition_id: int, process_key: str) -> bytes:
    """The BPMN file in which `process_key` stands. Raises NotFound."""
    found = bundle(session, get(session, definition_id))
    try:
        return found.files[found.file_of(process_key)].encode()
    except KeyError as error:
        raise NotFound("el diagrama", process_key) from error


def process_keys(session: Session, definition_id: int) -> list[str]:
    """The processes drawn in the bundle, the outermost first."""
    found = bundle(session, get(session, definition_id))
    return [found.key, *(key for key in found.elements if key != found.key)]


def form(session: Session, form_hash: str) -> Form:
    """The stored declaration. Raises NotFound."""
    found = _forms.get(form_hash)
    if found is None:
        row = session.get(FormText, form_hash)
        if row is None:
            raise NotFound("el formulario", form_hash)
        found = _forms[form_hash] = from_json(row.body)
    return found


def form_named(session: Session, key: str, name: str) -> Form:
    """The form `name` of the newest version of process `key`. Raises NotFound."""
    return form(session, form_hash(session, latest(session, key).id, name))


def form_hash(session: Session, definition_id: int, name: str) -> str:
    """The hash of the declaration that the definition means by `name`. Raises NotFound."""
    row = session.get(DefinitionForm, (definition_id, name))
    if row is None:
        raise NotFound("el formulario", name)
    return row.form_hash


def _titles(session: Session, *definitions: Definition | None) -> dict[str, str]:
    """Form name → title, as these versions call them, the first one before the others."""
    found: dict[str, str] = {}
    for one in definitions:
        for name, key in bundle(session, one).forms.items() if one is not None else ():
            found.setdefault(name, form(session, key).title)
    return found


def _newest(key: str) -> Select[Definition]:
    return select(Definition).where(Definition.key == key).order_by(Definition.version.desc()).limit(1)


def _parsed(session: Session, definition: Definition) -> spiff.Specs:
    stored = session.scalars(
        select(Definition).where(Definition.id == definition.id).options(undefer(Definition.files))
    ).one()
    pairs = select(DefinitionForm.name, DefinitionForm.form_hash).where(DefinitionForm.definition_id == definition.id)
    hashes = {row.name: row.form_hash for row in session.execute(pairs)}
    found = spiff.parse(Bundle(definition.key, stored.files, hashes))
    _remember(definition.hash, found)
    return found


def _remember(definition_hash: str, found: spiff.Specs) -> None:
    with _lock:
        while len(_specs) >= _CACHED:
            _specs.pop(next(iter(_specs)))
        _specs[definition_hash] = found


def _store_forms(session: Session, definition: Definition, process: Process, hashes: dict[str, str]) -> None:
    known = set(session.scalars(select(FormText.hash).where(FormText.hash.in_(hashes.values()))))
    for name, declaration in process.forms.items():
        if hashes[name] not in known:
            known.add(hashes[name])
            session.add(FormText(hash=hashes[name], name=name, body=to_json(declaration)))
    session.flush()
    session.add_all(
        DefinitionForm(definition_id=definition.id, name=name, form_hash=hashes[name]) for name in process.forms
    )
    session.flush()
