"""Reading the small forms of pages: dates, numbers and files, with messages where they are wrong."""

from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from datetime import date
from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from db import files
from db.actor import Actor
from db.errors import InvalidData
from db.errors import gathered

LONGEST = 18  # digits of an id that databases can hold


class Reader:
    """Reads the posted form and gathers what is wrong; `check` raises it all at once."""

    def __init__(self) -> None:
        self.errors: dict[str, list[str]] = {}

    def text(self, name: str, missing: str = "") -> str:
        """The text typed at `name`; `missing` is the message when it is required."""
        value = request.form.get(name, "").strip()
        if missing and not value:
            self.errors[name] = [missing]
        return value

    def number(self, name: str, missing: str = "") -> int | None:
        """The whole number at `name`."""
        value = request.form.get(name, "").strip()
        if value.isdecimal() and len(value) <= LONGEST:
            return int(value)
        if value or missing:
            self.errors[name] = [missing or "Escriba un número entero."]
        return None

    def day(self, name: str, missing: str = "") -> date | None:
        """The date at `name`."""
        value = request.form.get(name, "").strip()
        try:
            return date.fromisoformat(value)
        except ValueError:
            if value or missing:
                self.errors[name] = [missing or "Escriba una fecha como 2026-11-24."]
        return None

    def numbers(self, name: str) -> list[int]:
        """The whole numbers chosen at `name`."""
        typed = dict.fromkeys(request.form.getlist(name))
        return [int(value) for value in typed if value.isdecimal() and len(value) <= LONGEST]

    @contextmanager
    def together(self) -> Iterator[None]:
        """An act whose mistakes are told with those of the boxes: of what could not be read, only that is told.

        Raises InvalidData when anything was wrong, also after the act went well: its transaction is then undone.
        """
        told: dict[str, list[str]] = {}
        with gathered(told):
            yield
        if self.errors:
            told.pop("confirmed", None)  # what is to be confirmed is asked of what was read
        if told or self.errors:
            raise InvalidData(told | self.errors)

    def check(self) -> None:
        """Raise InvalidData when anything was wrong."""
        if self.errors:
            raise InvalidData(self.errors)


def uploads(session: Session, name: str, *, by: Actor, now: datetime) -> list[str]:
    """Keep the files posted at `name`; returns their tokens after those of an earlier try. Raises InvalidData."""
    tokens = list(request.form.getlist(f"{name}_kept"))
    for upload in request.files.getlist(name):
        if upload.filename:
            tokens.append(files.save(session, upload.filename, upload.read(), by=by, now=now, path=name).token)
    return tokens


def kept(tokens: Sequence[str]) -> str:
    """The only token of a question that takes one file; empty without any."""
    return tokens[-1] if tokens else ""
