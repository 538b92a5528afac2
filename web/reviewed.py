"""What somebody looked at on «Revise sus respuestas»: that is sent, and nothing that was written since."""

import hashlib
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from db.types import dumps
from engine.models import Observation
from forms import spelling
from forms.answers import is_empty
from forms.declaration import Form

REMARKS = "observaciones"  # no question is called so: names are in English
SHORT = 12  # characters of a digest, enough to tell two answers of one person apart


def mark(form: Form, answers: Mapping[str, Any], remarks: Iterable[Observation]) -> str:
    """What the page of the review carries: each answer and the remarks that go with them, as short digests."""
    return " ".join(f"{name}:{digest}" for name, digest in _digests(form, answers, remarks).items())


def changed(form: Form, seen: str, answers: Mapping[str, Any], remarks: Iterable[Observation]) -> list[str]:
    """The questions, in words, that no longer say what they said on the page that carries `seen`; none without it."""
    if not seen:
        return []
    before, now = dict(word.split(":", 1) for word in seen.split() if ":" in word), _digests(form, answers, remarks)
    labels = {**{field.name: field.label for field in form.fields()}, REMARKS: "Observaciones que se enviarán"}
    return [label for name, label in labels.items() if before.get(name) != now.get(name)]


def _digests(form: Form, answers: Mapping[str, Any], remarks: Iterable[Observation]) -> dict[str, str]:
    said: dict[str, Any] = {name: value for name, value in spelling.answers(form, answers).items()
                            if not is_empty(value)}  # fmt: skip
    written = [[row.path, row.text] for row in remarks]
    if written:
        said[REMARKS] = written
    return {name: hashlib.sha256(dumps(value).encode()).hexdigest()[:SHORT] for name, value in said.items()}
