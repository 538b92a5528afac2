"""Histories: the acts on one or more subjects, newest first, a page at a time and searchable."""

from collections.abc import Sequence
from typing import Any

from flask import request
from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import paging
from db.history import HistoryRow
from db.history import Subject
from edge import identity
from edge import sight
from engine import instances
from engine import submissions
from engine import tasks
from engine.models import Submission
from forms import display
from forms.declaration import Kind
from web import frame

DECISIONS = frozenset({"verdict", "trackable", "another_round"})  # questions whose answer turns the process

KEYS = (paging.Key(HistoryRow.at, descending=True), paging.Key(HistoryRow.id, descending=True))


def values(session: Session, *subjects: Subject) -> dict[str, Any]:
    """What `ui.history_of` shows: `acts` that match the words in the address, and where the next ones are."""
    text = request.args.get("buscar", "").strip()
    chains = [and_(HistoryRow.subject_kind == one.kind, HistoryRow.subject_id == one.id) for one in subjects]
    statement = select(HistoryRow).where(or_(*chains), HistoryRow.summary != "")
    if text:
        said = (HistoryRow.summary, HistoryRow.actor_name, HistoryRow.reason)
        statement = statement.where(or_(*(column.icontains(text, autoescape=True) for column in said)))
    found = paging.page(session, statement, KEYS, cursor=request.args.get("desde", ""))
    return {
        "acts": found.items,
        "decided": _decided(session, found.items),
        "history_text": text,
        **frame.paging(found.next_cursor),
    }


def _decided(session: Session, acts: Sequence[HistoryRow]) -> dict[int, str]:
    """What was decided with each completed task, in the words of its form, by the id of the act."""
    sent = {row.details.get("receipt"): row.id for row in acts if row.action == "task.completed"}
    statement = select(Submission.id, Submission.receipt).where(Submission.receipt.in_(list(sent)))
    told = {sent[receipt]: _decision(session, key) for key, receipt in session.execute(statement)} if sent else {}
    return {act_id: words for act_id, words in told.items() if words}


def _decision(session: Session, submission_id: int) -> str:
    row = submissions.get(session, submission_id)
    if not sight.may_read(instances.get(session, row.instance_id), identity.current()):
        return ""
    asked = [item for item in tasks.form_of(session, row).fields() if item.name in DECISIONS and item.name in row.data]
    said = [(item, display.text(item, row.data[item.name])) for item in asked]
    return "; ".join(f"{item.label} {words}" if item.kind is Kind.BOOLEAN else words for item, words in said)
