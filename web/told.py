"""Where the messages about a form stand: beside a question, and in the summary with a link to it."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.words import located

Messages = Mapping[str, Sequence[str]]


def linked(form: Form, messages: Messages) -> Iterator[tuple[str, str]]:
    """Anchor and sentence of each message, for the summary."""
    for path, sentences in messages.items():
        anchor = _anchor(form, path)
        yield from ((anchor, sentence) for sentence in sentences)


def told(messages: Messages, field: Field, path: str) -> list[str]:
    """What is said at `path`; a list of texts has one box, so what is said of its lines stands there too."""
    own = list(messages.get(path, ()))
    if field.kind is Kind.TABLE:
        return own
    return own + [said for place, more in messages.items() if place.startswith(f"{path}/") for said in more]


def _anchor(form: Form, path: str) -> str:
    """The element to which a message leads: a question, a cell, or the question of a line; empty for none of them."""
    if not path or located(form, path) == "la respuesta":
        return ""
    name = path.split("/")[0]
    return "p-" + (path.replace("/", "-") if form.field(name).kind is Kind.TABLE else name)
