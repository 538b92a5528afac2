"""The working days by which pages count: those of the whole country, with what people declared, as mails do."""

from flask import g

from db import reading
from notifications import days
from notifications.calendar import WorkingDays


def of_country() -> WorkingDays:
    """The working days of the whole country, read once for each request."""
    if "working_days" not in g:
        with reading() as session:
            g.working_days = days.load(session)
    found: WorkingDays = g.working_days
    return found
