"""Remarks written and answered from the page of a task, with the same button row as the form."""

from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from db.errors import InvalidData
from directory.principal import Principal
from engine import observations
from engine.models import Task

VERBS = ("remark-add", "remark-change", "remark-remove", "answer")

Errors = dict[str, list[str]]


def remark(session: Session, task: Task, pressed: str, *, by: Principal, now: datetime, errors: Errors) -> None:
    """Do what a button about remarks says. Answers and a remark left in their boxes are kept with any button."""
    verb, _, rest = pressed.partition(":")
    if verb == "remark-remove" and rest.isdecimal():
        observations.remove(session, int(rest), by=by, now=now)
    _change(session, verb, rest, by, now, errors)
    _answer(session, by, now)
    text = request.form.get("remark_text", "").strip()
    if text or verb == "remark-add":
        try:
            observations.add(session, task.id, request.form.get("remark_path", ""), text, by=by, now=now)
        except InvalidData as error:
            errors["remark_text"] = [message for messages in error.errors.values() for message in messages]


def _change(session: Session, verb: str, rest: str, by: Principal, now: datetime, errors: Errors) -> None:
    if verb == "remark-change" and rest.isdecimal():
        name = f"remark-{rest}"
        try:
            observations.change(session, int(rest), request.form.get(name, ""), by=by, now=now)
        except InvalidData as error:
            errors[name] = [message for messages in error.errors.values() for message in messages]


def _answer(session: Session, by: Principal, now: datetime) -> None:
    for name, text in request.form.items():
        key = name.removeprefix("answer-")
        if key == name or not key.isdecimal() or not text.strip():
            continue
        if text.strip() != request.form.get(f"answered-{key}", "").strip():
            observations.answer(session, int(key), text, by=by, now=now)
