"""Remarks written and answered from the page of a task, with the same button row as the form."""

from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from db.errors import InvalidData
from directory.principal import Principal
from engine import observations
from engine.models import Task

VERBS = ("remark-add", "remark-change", "remark-remove", "remark-close", "remark-reopen", "answer")

Errors = dict[str, list[str]]


def remark(session: Session, task: Task, pressed: str, *, by: Principal, now: datetime, errors: Errors) -> None:
    """Do what a button about remarks says. What stands in the boxes of remarks and answers is kept with any button."""
    verb, _, rest = pressed.partition(":")
    asked = int(rest) if rest.isdecimal() else 0
    if verb == "remark-remove":
        observations.remove(session, asked, by=by, now=now)
    elif verb == "remark-close":
        observations.close(session, asked, by=by, now=now)
    elif verb == "remark-reopen":
        observations.reopen(session, asked, by=by, now=now)
    _change(session, task, by, now, errors)
    _answer(session, by, now)
    path, text = request.form.get("remark_path", ""), request.form.get("remark_text", "").strip()
    if text and _is_written(session, task, path, text, by):
        return  # the browser sent the page again (F5) after it was answered with something to correct
    if text or verb == "remark-add":
        try:
            observations.add(session, task.id, path, text, by=by, now=now)
        except InvalidData as error:
            errors["remark_text"] = [message for messages in error.errors.values() for message in messages]


def _is_written(session: Session, task: Task, path: str, text: str, by: Principal) -> bool:
    return any((row.path, row.text) == (path, text) for row in observations.own(session, task, by=by))


def _change(session: Session, task: Task, by: Principal, now: datetime, errors: Errors) -> None:
    for row in observations.own(session, task, by=by):
        name = f"remark-{row.id}"
        text = request.form.get(name)
        if text is None or text.strip() == row.text:
            continue
        try:
            observations.change(session, row.id, text, by=by, now=now)
        except InvalidData as error:
            errors[name] = [message for messages in error.errors.values() for message in messages]


def _answer(session: Session, by: Principal, now: datetime) -> None:
    for name, text in request.form.items():
        key = name.removeprefix("answer-")
        if key == name or not key.isdecimal() or not text.strip():
            continue
        if text.strip() != request.form.get(f"answered-{key}", "").strip():
            observations.answer(session, int(key), text, by=by, now=now)
