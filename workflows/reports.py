"""What the processes of reports share: what the program composed, put in their forms and frozen when they are sent."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.errors import InvalidData
from engine.context import Context
from forms import fixed
from forms.declaration import Form
from forms.fixed import is_given
from tracking.models import Report
from tracking.reports import composing
from tracking.reports import early
from tracking.reports import store
from workflows.forms import FORMS

MOVED = (
    "Lo registrado cambió después de que usted guardó este borrador. Ya está al día: léalo, guarde y envíe de nuevo."
)


def report_of(session: Session, context: Context) -> Report:
    """The report that an instance carries, locked."""
    return store.held(session, context.ref("report_id"))


def answers(session: Session, context: Context, form: str, *, now: datetime) -> dict[str, Any]:
    """The form with what is registered now, and what its author had added before it was returned."""
    row = session.get_one(Report, context.ref("report_id"))
    fresh = composing.answers(composing.registered(session, row, now), row.kind)
    before = context.answers(context.element)
    return {**before, **fresh, **_tables(FORMS[form], before, fresh)}


def demand_current(session: Session, context: Context, form: str, data: Mapping[str, Any], *, now: datetime) -> None:
    """What is sent shows what is registered now. Raises InvalidData at the table that does not."""
    row = session.get_one(Report, context.ref("report_id"))
    fresh = composing.answers(composing.registered(session, row, now), row.kind)
    errors = {
        table.name: [MOVED]
        for table in FORMS[form].fields()
        if is_given(table) and fresh.get(table.name) and _shown(table, data) != _shown(table, fresh)
    }
    if errors:
        raise InvalidData(errors)


def presented_early(
    session: Session, context: Context, data: Mapping[str, Any], *, now: datetime
) -> Sequence[str]:  # fmt: skip
    """What the author of a report is to confirm while its period has not ended."""
    doubt = early.doubt(session.get_one(Report, context.ref("report_id")), now)
    return [doubt] if doubt else []


def _tables(form: Form, before: Mapping[str, Any], fresh: Mapping[str, Any]) -> dict[str, Any]:
    merged = fixed.in_place(form, before, fresh)
    names = [table.name for table in form.fields() if is_given(table) and fresh.get(table.name)]
    return {name: merged[name] for name in names}


def _shown(table: Any, data: Mapping[str, Any]) -> list[list[str]]:
    """The fixed columns of a table; blanks and line ends may travel differently."""
    columns = [column.name for column in table.columns if column.fixed]
    return [[" ".join(str(row.get(name, "")).split()) for name in columns] for row in data.get(table.name) or ()]
