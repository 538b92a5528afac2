"""Versions of processes: deployed once by hash, parsed once per program, shared by their instances."""

import threading
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import undefer

from db import Actor
from db import history
from db.errors import NotFound
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
    """Store `process` as the newest version of its key, unless this very version is known already.

    Returns its definition. Raises DefinitionError, naming file, element and line, for a bundle that is refused.
    """
    hashes = {name: hash_of(form) for name, form in process.forms.items()}
    bundle = Bundle(process.key, process.files, hashes)
    known = session.scalars(select(Definition).where(Definition.hash == bundle.hash)).one_or_none()
    if known is not None:
        return known
    if bundle.hash not in _specs:  # what this program knows by its hash was checked before
        _remember(bundle.hash, gate.check(bundle, process))
    definition = Definition(
        key=process.key,
        version=1 + (session.scalar(select(func.max(Definition.version)).where(Definition.key == process.key)) or 0),
        hash=bundle.hash,
        title=process.title,
        files=dict(process.files),
        deployed_at=now,
        deployed_by=by.person_id,
    )
    session.add(definition)
    session.flush()
    _store_forms(session, definition, process, hashes)
    history.record(
        session,
        history.Subject("definition", definition.id),
        "definition.deployed",
        by=by,
        now=now,
        summary=f"Se instaló la versión {definition.version} de «{definition.title}».",
        details={"hash": definition.hash},
    )
    return definition


def latest(session: Session, key: str) -> Definition:
    """The newest version of `key`. Raises NotFound."""
    statement = select(Definition).where(Definition.key == key).order_by(Definition.version.desc()).limit(1)
    found = session.scalars(statement).first()
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
