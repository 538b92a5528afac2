"""Histories: the acts on one or more subjects, newest first, a page at a time and searchable."""

from typing import Any

from flask import request
from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import paging
from db.history import HistoryRow
from db.history import Subject
from web import frame

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
    return {"acts": found.items, "history_text": text, **frame.paging(found.next_cursor)}
