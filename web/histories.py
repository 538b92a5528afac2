"""Histories: the acts on one or more subjects, newest first, a page at a time and searchable."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from flask import request
from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import case
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import undefer
from sqlalchemy.orm.attributes import set_committed_value

from db import paging
from db.history import HistoryRow
from db.history import Subject
from directory.searching import found as holds
from directory.searching import holding
from edge import identity
from engine import definitions
from engine import instances
from engine import sight
from engine import tasks
from engine.models import Submission
from forms import display
from forms.declaration import Kind
from web import frame

DECISIONS = frozenset({"verdict", "trackable", "another_round"})  # questions whose answer turns the process

KEYS = (paging.Key(HistoryRow.at, descending=True), paging.Key(HistoryRow.id, descending=True))


def values(session: Session, *subjects: Subject, unexplained: Collection[str] = ()) -> dict[str, Any]:
    """What `ui.history_of` shows: `acts` that match the words in the address, and where the next ones are.

    The reason of `unexplained` acts is not for who reads: it is neither shown nor found.
    """
    text = request.args.get("buscar", "").strip()
    chains = [and_(HistoryRow.subject_kind == one.kind, HistoryRow.subject_id == one.id) for one in subjects]
    statement = select(HistoryRow).where(or_(*chains), HistoryRow.summary != "")
    if text:
        reason = case((HistoryRow.action.in_(unexplained), ""), else_=HistoryRow.reason)
        said = (HistoryRow.summary, HistoryRow.actor_name, HistoryRow.capacity, reason)
        by_decision = HistoryRow.id.in_(_decided_so(session, or_(*chains), text))
        statement = statement.where(or_(and_(*holding(text, *said)), by_decision))
    found = paging.page(session, statement, KEYS, cursor=request.args.get("desde", ""))
    for act in found.items:
        if act.action in unexplained:
            set_committed_value(act, "reason", "")
    sent = _sent(session, found.items)
    return {
        "acts": found.items,
        "decided": _decided(session, sent),
        "sent": {act_id: row.id for act_id, row in sent.items()},
        "history_text": text,
        **frame.paging(found.next_cursor),
    }


def _sent(session: Session, acts: Sequence[HistoryRow], *, deciding: bool = False) -> dict[int, Submission]:
    """What was sent with each completed task, where one may read it, by the id of the act."""
    receipts = {row.details.get("receipt"): row.id for row in acts if row.action == "task.completed"}
    statement = select(Submission).where(Submission.receipt.in_(list(receipts)))
    if deciding:
        forms = session.scalars(statement.with_only_columns(Submission.form_hash).distinct())
        statement = statement.where(Submission.form_hash.in_([one for one in forms if _decides(session, one)]))
    rows = list(session.scalars(statement.options(undefer(Submission.data)))) if receipts else []
    by = identity.current()
    cases = {key: instances.get(session, key) for key in {row.instance_id for row in rows}}
    read = {key for key, case in cases.items() if sight.may_read(case, by)}
    return {receipts[row.receipt]: row for row in rows if row.instance_id in read}


def _decided(session: Session, sent: Mapping[int, Submission]) -> dict[int, str]:
    """What was decided with what was sent, in the words of its form."""
    told = {act_id: _decision(session, row) for act_id, row in sent.items()}
    return {act_id: words for act_id, words in told.items() if words}


def _decided_so(session: Session, ours: ColumnElement[bool], text: str) -> list[int]:
    """The acts in whose line the words stand once what was decided is told: that is in no column of theirs."""
    acts = list(session.scalars(select(HistoryRow).where(ours, HistoryRow.action == "task.completed")))
    decided = _decided(session, _sent(session, acts, deciding=True))
    shown = {
        act.id: f"{act.summary} {decided[act.id]} {act.actor_name} {act.capacity} {act.reason}"
        for act in acts if act.id in decided
    }  # fmt: skip
    return [act_id for act_id, told in shown.items() if holds(text, told)]


def _decides(session: Session, form_hash: str) -> bool:
    return any(item.name in DECISIONS for item in definitions.form(session, form_hash).fields())


def _decision(session: Session, row: Submission) -> str:
    asked = [item for item in tasks.form_of(session, row).fields() if item.name in DECISIONS and item.name in row.data]
    said = [(item, display.text(item, row.data[item.name])) for item in asked]
    return "; ".join(f"{item.label} {words}" if item.kind is Kind.BOOLEAN else words for item, words in said)
