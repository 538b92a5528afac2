"""What was corrected of what was sent, in words: beside each answer, and as a section of its document."""

from typing import Any

from sqlalchemy.orm import Session

from edge import names
from engine import rectified
from engine.models import Rectification
from engine.models import Submission
from forms import display
from forms import excerpt
from forms.declaration import Form
from forms.display import Lookups
from forms.document import Part
from web.filters import full_moment


def notes(session: Session, form: Form, sent: Submission) -> dict[str, list[str]]:
    """By path, what each corrected answer said before, with who corrected it, when and why; oldest first."""
    found: dict[str, list[str]] = {}
    for row, before, _, who in _told(session, form, sent):
        found.setdefault(row.path, []).append(f"Decía «{before}» — rectificado por {who}: {row.reason}")
    return found


def lines(session: Session, form: Form, sent: Submission) -> list[tuple[str, str]]:
    """The corrections one by one: which answer, and what it said, says, who corrected it, when and why."""
    return [
        (row.label, f"Decía «{before}». Ahora dice «{after}». Rectificado por {who}: {row.reason}")
        for row, before, after, who in _told(session, form, sent)
    ]


def part(session: Session, form: Form, sent: Submission) -> list[Part]:
    """The corrections as a section of the document of a submission; none when there are none."""
    told = lines(session, form, sent)
    return [Part("Rectificaciones", told)] if told else []


def _told(session: Session, form: Form, sent: Submission) -> list[tuple[Rectification, str, str, str]]:
    """Each correction with what it said before and after, and who made it and when, in words."""
    rows = rectified.of(session, sent.id)
    if not rows:
        return []
    people = names.of_people(session, [row.author_id for row in rows])
    values = [{row.path: value} for row in rows for value in (row.before, row.after)]
    looked = display.lookups(session, form, *(excerpt.replaced(sent.data, value) for value in values))
    return [
        (row, _words(form, row.path, row.before, looked), _words(form, row.path, row.after, looked), _who(row, people))
        for row in rows
    ]


def _words(form: Form, path: str, value: Any, looked: Lookups) -> str:
    return display.text(excerpt.field_at(form, path), value, looked)


def _who(row: Rectification, people: dict[int, str]) -> str:
    capacity = f" ({row.capacity})" if row.capacity else ""
    return f"{people.get(row.author_id, '')}{capacity} el {full_moment(row.at)}"
