"""Messages in words: what stands in one, as plain text and HTML for people, as JSON for programs.

A digest holds what its reminders are about and is still open when it is composed. The bytes are made once.
"""

import hashlib
import re
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment
from jinja2 import FileSystemLoader
from jinja2 import StrictUndefined
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import undefer

from db.types import dumps
from notifications import letterhead
from notifications.digests import Digests
from notifications.digests import Line
from notifications.models import Message

DIGEST, TEST, EVENT = "digest", "test", "event"
PREFERENCES = "/mi-cuenta/avisos"
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=lambda name: bool(name and ".html" in name),
    undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes, and to whom."""

    name: str
    address: str
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Frozen:
    """The bytes of a message, made once."""

    subject: str
    content: bytes


def frozen(
    session: Session, rows: Sequence[Message], places: Mapping[int, Place], *, now: datetime
) -> dict[int, Frozen | None]:
    """Message id → its bytes: those it has, or new ones; None where nothing is left to tell."""
    kept = _kept(session, rows)
    fresh = [row for row in rows if row.id not in kept]
    digests = Digests(session, [row for row in fresh if row.kind == DIGEST], now)
    made = {row.id: _made(row, places[row.id], digests) for row in fresh}
    return {**kept, **made}


def _kept(session: Session, rows: Sequence[Message]) -> dict[int, Frozen | None]:
    ids = [row.id for row in rows if row.subject]  # a subject stands there once it was composed
    if not ids:
        return {}
    found = session.scalars(select(Message).where(Message.id.in_(ids)).options(undefer(Message.content)))
    return {row.id: Frozen(row.subject, row.content) for row in found if row.content is not None}


def _made(row: Message, place: Place, digests: Digests) -> Frozen | None:
    values: dict[str, Any] = {"name": place.name, **row.context}
    if row.kind == DIGEST:
        found = digests.of(row)
        if found is None:
            return None
        values |= found
    elif row.kind == TEST:
        values |= {"subject": "Mensaje de prueba"}
    if row.channel == "webhook":
        return Frozen(values["subject"], _json(row, values))
    return Frozen(values["subject"], _mail(row, place, values))


def _mail(row: Message, place: Place, values: Mapping[str, Any]) -> bytes:
    head = letterhead.current()
    # What goes to a mailbox of another institution has nobody here whose preferences could be changed.
    wishes = head.link(PREFERENCES) if row.recipient_id is not None else ""
    shared = {"head": head, "preferences": wishes, **values}
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = values["subject"]
    mail["From"] = Address(display_name=head.name, addr_spec=head.sender)
    mail["To"] = Address(display_name=_plain(place.name), addr_spec=place.address)
    mail["Date"] = format_datetime(row.dated_at)
    mail["Message-ID"] = row.internet_id
    mail["Auto-Submitted"] = "auto-generated"  # no vacation notice answers it
    if wishes:
        mail["List-Unsubscribe"] = f"<{wishes}>"
    mail.set_content(_render(f"{row.kind}.txt", shared), cte="quoted-printable")
    mail.add_alternative(_render(f"{row.kind}.html", shared), subtype="html", cte="quoted-printable")
    mail.set_boundary("=_" + hashlib.sha256(row.internet_id.encode()).hexdigest()[:32])
    return mail.as_bytes()


def _json(row: Message, values: Mapping[str, Any]) -> bytes:
    head = letterhead.current()
    body: dict[str, Any] = {"id": row.internet_id, "kind": row.kind, "at": row.dated_at.isoformat()}
    body |= {"recipient": values["name"], "subject": values["subject"]}
    if row.kind == DIGEST:
        body["items"] = [
            _json_line(group.key, line)
            for section in values["sections"] for group in section.groups for line in group.lines
        ]  # fmt: skip
        body["more"] = sum(one.count for one in values["rest"])
        body["rest"] = [{"title": one.title, "count": one.count, "link": one.url} for one in values["rest"]]
    if row.kind == EVENT:
        body |= {"paragraphs": values["paragraphs"], "link": head.link(values["link"])}
        body |= {key: values[key] for key in ("checkpoint",) if key in values}  # for programs, besides the words
    return dumps(body).encode()


def _json_line(group: str, line: Line) -> dict[str, Any]:
    item = line.item
    return {
        "part": item.part, "group": group, "title": item.title, "about": item.about, "link": line.url, "why": item.why,
        "due_at": item.due_at.isoformat() if item.due_at else None, "explanation": item.explanation,
        "moved": item.moved, "whose": item.whose, "on_behalf_of": line.on_behalf_of,
    }  # fmt: skip


def _render(template: str, values: Mapping[str, Any]) -> str:
    text = _ENVIRONMENT.get_template(template).render(values)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n" if template.endswith(".txt") else text


def _plain(name: str) -> str:
    """A name that cannot break a header."""
    return "".join(char if char.isprintable() else " " for char in name).strip()
