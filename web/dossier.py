"""What belongs to the document of a submission besides its answers: verdicts, remarks and what was answered to them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from directory.principal import Principal
from edge import names
from edge.words import ended
from engine import observations
from engine import reviews
from engine import tasks
from engine.models import Observation
from engine.models import Submission
from forms import display
from forms.difference import own_questions
from forms.document import Part
from web.filters import full_moment

WHOLE = "Todo el documento"
LEFT_OPEN = "Observaciones de rondas anteriores que no se dieron por atendidas"


def verdicts(session: Session, row: Submission) -> list[Part]:
    """What each review of a submission decided, by whom and when, without what it only repeats of it."""
    found = reviews.of_submission(session, row)
    people = names.of_people(session, [one.author_id for one in found])
    return [_verdict(session, row, one, people.get(one.author_id, "")) for one in found]


def said_with(session: Session, row: Submission) -> list[Part]:
    """The remarks that went out with a submission that is itself a review, and the earlier ones that it left open."""
    given = observations.sent_with(session, row.task_id)
    parts = [Part("Observaciones", _told(given)), Part(LEFT_OPEN, _told(observations.left_open(session, row)))]
    return [one for one in parts if one.lines]


def _told(given: Sequence[Observation]) -> list[tuple[str, str]]:
    return [(f"{one.number}. {one.label or WHOLE}", one.text) for one in given]


def remarks(session: Session, row: Submission, *, by: Principal) -> list[Part]:
    """The remarks on a submission, as far as `by` may see them, with who answered what."""
    found = [one for one in observations.of_submission(session, row.id, by=by) if one.published]
    people = names.of_people(session, [key for one in found for key in (one.author_id, one.answered_by)])
    lines = [(f"{one.number}. {one.label or WHOLE}", _exchange(one, people)) for one in found]
    return [Part("Observaciones y respuestas", lines)] if lines else []


def _verdict(session: Session, row: Submission, review: Submission, author: str) -> Part:
    form = own_questions(tasks.form_of(session, review), review.data, row.data)
    looked = display.lookups(session, form, review.data)
    answers = [shown for _, found in display.sections(form, review.data, looked) for shown in found]
    who = f"{author} ({review.capacity})" if review.capacity else author
    when = f"{who}, {ended(full_moment(review.at))} Radicado {review.receipt}."
    return Part(form.title, [("Quién y cuándo", when)], answers)


def _exchange(one: Observation, people: dict[int, str]) -> str:
    said = f"{people.get(one.author_id, '')}: {one.text}"
    if one.answer:
        return f"{said}\nRespuesta de {people.get(one.answered_by or 0, '')}: {one.answer}"
    return f"{said}\nSin respuesta."
