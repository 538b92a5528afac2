"""The milestones of a form at a glance, for its document: what each weighs in the whole, and when it is due."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from db.errors import InvalidData
from engine import reviews
from engine import tasks
from engine.models import Submission
from forms.declaration import Form
from forms.document import Part
from forms.numbers import percent
from forms.walk import rows
from forms.words import long_date
from tracking import templates
from tracking.models import TemplateMilestone

HEAD = ("Número", "Hito", "Grupo", "Peso en el total", "Plazo")
EXACT = 4  # decimals of a weight in the whole: two of the milestone times two of its group


TITLE = "Resumen de los hitos"
RULES = "Estos pesos y plazos. Más abajo, los hitos están como se enviaron, antes de esa revisión."


def of_submission(session: Session, row: Submission, data: Mapping[str, Any]) -> list[Part]:
    """The overview of the milestones that were sent, as `data` says them now, or as the review that fixed them did."""
    for review in reversed(reviews.of_submission(session, row)):
        form = tasks.form_of(session, review)
        fixed = overview(form, review.data) if review.data.get("trackable") is not False else []
        if fixed:
            said = [("Qué rige", RULES)]
            return [replace(part, title=f"{TITLE}, como los fijó «{form.title}»", lines=said) for part in fixed]
    return overview(tasks.form_of(session, row), data)


def overview(form: Form, data: Mapping[str, Any]) -> list[Part]:
    """The overview of each table of weighed milestones in `form`; none where they cannot be weighed."""
    tables = [rule.params["table"] for rule in form.rules if rule.name == "weights_add_to_100"]
    return [part for table in tables if (part := _part(rows(data.get(table)), table))]


def _part(written: list[Mapping[str, Any]], table: str) -> Part | None:
    try:
        weighed = templates.read(written, table)
    except InvalidData:
        return None
    total = sum((one.total_weight for one in weighed), Decimal(0))
    return Part(TITLE, head=HEAD, rows=[_row(one) for one in weighed],
                totals=f"Suma de los pesos: {percent(total)}")  # fmt: skip


def _row(one: TemplateMilestone) -> tuple[str, ...]:
    due = long_date(one.deadline.isoformat()) if one.deadline else "Sin plazo"
    return (str(one.number), one.name, one.group_name or "Sin grupo", percent(one.total_weight, decimals=EXACT), due)
