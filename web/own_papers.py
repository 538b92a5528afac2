"""What a step for several entities says of persons and carries as their proof, entity by entity, before it is sent.

What somebody of one entity signed is no proof of what another one answered: a file that goes along with several is
asked about where the form tells who answers.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.models import Task
from forms import display
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.walk import visible
from forms.words import listed
from web import differing
from web.apart import Apart

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Carried:
    """An entity of the batch, and what goes with it to each of the questions that are shown, in words."""

    title: str
    said: list[str]


def answers(form: Form, task: Task, first: Answers, each: Sequence[Apart], kept: Answers) -> list[tuple[Task, Answers]]:
    """What is sent for `task`, which gets `first`, and for the others: their own over what was written for all."""
    wanted = differing.chosen(form, kept)
    return [(task, first), *((one.task, {**one.answers, **_typed(one.task, wanted, kept)}) for one in each)]


def shown(session: Session, form: Form, sent: Sequence[tuple[Task, Answers]]) -> tuple[list[str], list[Carried]]:
    """The labels of the questions about persons and their proof, and what each entity carries; none without proof."""
    fields = [item for item in form.fields() if item.kind in differing.SIMPLE and (item.personal or _proof(item))]
    if not any(_proof(item) for item in fields):
        return [], []
    looked = display.lookups(session, form, *(data for _, data in sent))
    rows = [Carried(task.instance.title, [_text(form, item, data, looked) for item in fields]) for task, data in sent]
    return [item.label for item in fields], rows


def doubts(form: Form, sent: Sequence[tuple[Task, Answers]]) -> list[str]:
    """What is to be confirmed: the proof of a person's answer that would be that of several entities."""
    if not any(item.personal for item in form.fields()):
        return []
    found = []
    for item in (item for item in form.fields() if _proof(item)):
        holders: dict[str, list[str]] = {}
        for task, data in sent:
            for token in data.get(item.name) or () if _asked(form, item, data) else ():
                holders.setdefault(token, []).append(task.instance.title)
        shared = dict.fromkeys(tuple(titles) for titles in holders.values() if len(titles) > 1)
        found += [f"El mismo archivo va como «{item.label}» de {listed(titles)}" for titles in shared]
    return found


def _proof(item: Field) -> bool:
    return item.kind is Kind.FILES


def _typed(task: Task, wanted: Sequence[str], kept: Answers) -> dict[str, Any]:
    own = kept.get("answers", {}).get(str(task.id), {})
    return {name: own[name] for name in wanted if own.get(name) not in (None, "", [])}


def _asked(form: Form, item: Field, data: Answers) -> bool:
    return item in visible(tuple(form.fields()), data)


def _text(form: Form, item: Field, data: Answers, looked: display.Lookups) -> str:
    return display.text(item, data.get(item.name), looked) if _asked(form, item, data) else ""
