"""Short names to declare questions: `text("name", "Nombre", help=…)` is a Field of kind TEXT.

Each kind brings the limits that hold unless the question says otherwise.
"""

from typing import Any
from typing import TypedDict
from typing import Unpack

from forms.declaration import Condition
from forms.declaration import Field
from forms.declaration import Kind
from forms.declaration import Option


class Details(TypedDict, total=False):
    """What a question may say besides kind, name and label; the meanings are those of Field."""

    help: str
    example: str
    required: bool
    minimum: str
    maximum: str
    max_length: int
    decimals: int
    options: tuple[Option, ...]
    catalogue: str
    columns: tuple[Field, ...]
    min_items: int
    max_items: int
    totals: tuple[str, ...]
    unit: str
    show_if: Condition
    personal: bool
    time: str
    fixed: bool
    source: str
    item: str
    ask: str


class Ask:
    """Declares questions of one kind."""

    def __init__(self, kind: Kind, **defaults: Unpack[Details]) -> None:
        self._kind = kind
        self._defaults = defaults

    def __call__(self, name: str, label: str, **details: Unpack[Details]) -> Field:
        """A question called `name`, read by people as `label`."""
        settings: dict[str, Any] = {**self._defaults, **details}
        if settings.get("required") and self._kind in _LISTS:
            settings.setdefault("min_items", 1)
        return Field(kind=self._kind, name=name, label=label, **settings)


_LISTS = frozenset({Kind.CHOICES, Kind.TEXTS, Kind.TABLE, Kind.FILES, Kind.ENTITIES})

text = Ask(Kind.TEXT, max_length=200)  # a name
sentence = Ask(Kind.TEXT, max_length=500)  # what fits in no name and needs no paragraph: most cells
long_text = Ask(Kind.LONG_TEXT, max_length=6000)
integer = Ask(Kind.INTEGER)
year = Ask(Kind.YEAR, minimum="2000", maximum="2060")
decimal = Ask(Kind.DECIMAL)
money = Ask(Kind.MONEY, minimum="0")
percent = Ask(Kind.PERCENT)
date = Ask(Kind.DATE)
month = Ask(Kind.MONTH)
yes_no = Ask(Kind.BOOLEAN)
choice = Ask(Kind.CHOICE)
choices = Ask(Kind.CHOICES)
texts = Ask(Kind.TEXTS, max_length=500, max_items=50)
table = Ask(Kind.TABLE)
files = Ask(Kind.FILES, max_items=20)
url = Ask(Kind.URL, max_length=500)
email = Ask(Kind.EMAIL, max_length=254)
entity = Ask(Kind.ENTITY)
entities = Ask(Kind.ENTITIES, max_items=1500)
document = Ask(Kind.DOCUMENT)


def when(field: str, *values: str | bool) -> Condition:
    """Shows a question only when `field` of the same form or row has one of `values`."""
    return Condition(field, values)
