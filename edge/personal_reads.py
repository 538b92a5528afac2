"""Personal data that a request tells, written down once its answer is made (`directory.readings`).

A view, or what it asks here, says with `note` what it tells. One transaction then writes it, once the answer is known
to be good and before it leaves: what cannot be written down is not told.
"""

from collections.abc import Iterable
from dataclasses import replace

from flask import Flask
from flask import Response
from flask import current_app
from flask import g
from flask import request

from db import clock
from db import transaction
from db.errors import InvalidData
from db.files import StoredFile
from directory import readings
from directory import reasons
from directory.readings import Read
from edge import identity
from edge import journal
from engine.models import Submission
from forms.declaration import Form
from notifications.models import Message

NOT_TOLD = frozenset({304})
"""Answers that tell nothing: whoever asks has it already."""
PURPOSE = "purpose"


def install(app: Flask) -> None:
    """Write down what every request of `app` tells. It is put on last, so that it looks at the answer first."""
    app.after_request(_keep)


def note(kind: str, ids: Iterable[int] = (), *, count: int = 0, asked: str = "", purpose: str = "") -> None:
    """Say that this request tells personal data of `kind` (`readings.KINDS`), of these rows; twice the same is once."""
    told: dict[str, Read] = g.setdefault("personal_reads", {})
    known = told.get(kind, Read(kind))
    every = tuple(dict.fromkeys((*known.ids, *ids)))
    told[kind] = replace(
        known, ids=every, count=max(known.count, count, len(every)), asked=asked or known.asked,
        purpose=purpose or known.purpose,
    )  # fmt: skip


def answers(form: Form, row: Submission) -> None:
    """Say that this request tells what somebody sent, if it answers a question about people and is of somebody else."""
    by = identity.current()
    if row.author_id != by.person_id and holds_people(form, row.data):
        note(readings.ANSWERS, [row.id])


def file(row: StoredFile) -> None:
    """Say that this request gives an attached file: what people attach is not known, and it may name anybody."""
    if row.uploaded_by != identity.current().person_id:
        note(readings.FILE, [row.id])


def message(row: Message) -> None:
    """Say that this request tells what was sent to somebody."""
    recipient = [row.recipient_id] if row.recipient_id is not None else []
    note(readings.MESSAGE, recipient, count=1, asked=f"Mensaje {row.id}")


def messages(rows: Iterable[Message], *, asked: str = "") -> None:
    """Say that this request tells to which addresses messages went."""
    reached = [row.recipient_id for row in rows if row.address and row.recipient_id is not None]
    if reached:
        note(readings.PEOPLE, reached, asked=asked)


def holds_people(form: Form, data: dict[str, object]) -> bool:
    """Whether one of the answers `data` to `form` is to a question that is marked personal."""
    for field in form.fields():
        answer = data.get(field.name)
        if answer and (field.personal or _in_rows([one.name for one in field.columns if one.personal], answer)):
            return True
    return False


def demand_purpose(text: str, field: str = PURPOSE) -> str:
    """What somebody takes personal data out of the system for. Raises InvalidData (`field`) without a reason."""
    said = text.strip()
    if len(said) > readings.LONGEST:
        raise InvalidData({field: [f"Escriba hasta {readings.LONGEST} caracteres."]})
    why = "Diga para qué necesita estos datos personales: queda escrito (Ley 1581 de 2012)."
    return reasons.demand(said, why, field)


def forget() -> None:
    """Nothing of it is told: an error is answered instead."""
    g.pop("personal_reads", None)


def _in_rows(names: list[str], rows: object) -> bool:
    return bool(names) and isinstance(rows, list) and any(row.get(name) for row in rows for name in names)


def _keep(response: Response) -> Response:
    told: dict[str, Read] = g.pop("personal_reads", {})
    if not told or request.method == "HEAD" or response.status_code in NOT_TOLD:
        return response
    by = identity.current()
    try:
        with transaction() as session:
            readings.keep(
                session, told.values(), reader_id=by.person_id, reader_name=by.name,
                route=f"{request.method} {journal.route()}", now=clock.now(),
            )  # fmt: skip
    except Exception as error:
        response.close()
        return current_app.make_response(current_app.handle_user_exception(error))
    return response
