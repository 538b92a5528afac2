"""A form as its templates know it: sections, questions, rows and cells, each ready to be drawn."""

from dataclasses import dataclass
from dataclasses import field as declared
from typing import Any

from forms import numbers
from forms.answers import bounds
from forms.answers import is_empty
from forms.answers import limit
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.fixed import is_given
from forms.words import item
from web.entity_finder import Finder
from web.picked import Picked
from web.remark import Remark
from web.table_widths import Widths
from web.table_widths import room
from web.table_widths import wraps
from web.typography import tight
from web.weight_sums import Sums

CHARACTERS_A_LINE, MOST_LINES = 24, 8  # of a box in a cell

STATES = {"complete": "Completa", "missing": "Falta", "wrong": "Por corregir", "remarks": "Con observaciones"}


@dataclass(slots=True)
class QuestionView:
    """A question, or a cell, ready to be drawn. `name` is that of its input, `id` that of its element."""

    field: Field
    path: str
    value: Any
    shown: bool
    errors: list[str] = declared(default_factory=list)
    warnings: list[str] = declared(default_factory=list)
    remarks: list[Remark] = declared(default_factory=list)
    options: list[Picked] = declared(default_factory=list)
    files: list[tuple[str, str]] = declared(default_factory=list)
    words: str = ""
    before: str | None = None  # what the earlier version said, when it differs
    came: str = ""  # what came into a set since; `before` is then what left it
    rows: list["RowView"] = declared(default_factory=list)
    removed: list[str] = declared(default_factory=list)
    totals: list[str | None] = declared(default_factory=list)
    sums: Sums | None = None
    factors: tuple[str, ...] = ()  # of a table: the columns whose product is that of `product` where it is left empty
    product: str = ""
    hint: str = ""  # what a cell comes to when it is left empty
    label: str = ""
    demanded: bool = False  # other answers may make it obligatory
    finder: Finder | None = None  # of a question about entities: how to find them
    notes: list[str] = declared(default_factory=list)  # how it was corrected after it was sent

    @property
    def name(self) -> str:
        return self.path.replace("/", "-")

    @property
    def id(self) -> str:
        return "p-" + self.name

    @property
    def kind(self) -> str:
        return self.field.kind.value

    @property
    def item(self) -> str:
        return item(self.field)

    @property
    def given(self) -> bool:
        """Whether the rows of this table come from the case."""
        return self.field.kind is Kind.TABLE and is_given(self.field)

    @property
    def described(self) -> str:
        """The ids that aria-describedby lists."""
        cell = "/" in self.path
        parts = {"ayuda": self.field.help and not cell, "error": self.errors, "aviso": self.warnings}
        return " ".join(f"{self.id}-{suffix}" for suffix, present in parts.items() if present)

    @property
    def typed(self) -> str:
        """The value as it stands in an input."""
        if is_empty(self.value) or isinstance(self.value, list | dict):
            return ""
        if isinstance(self.value, float):  # a program sent it
            return str(self.value).replace(".", ",")
        numeric = self.field.kind in (Kind.DECIMAL, Kind.MONEY, Kind.PERCENT)
        stored = numeric and numbers.is_canonical(self.value, self.field.decimals)
        return numbers.typed(self.value, self.field.decimals) if stored else str(self.value)

    @property
    def lines(self) -> str:
        return "\n".join(str(line) for line in self.value) if isinstance(self.value, list) else self.typed

    @property
    def unread(self) -> str:
        """Of an answer about entities, what was typed and names none for sure, a line each."""
        items = self.value if isinstance(self.value, list) else [self.value]
        return "\n".join(item for item in items if isinstance(item, str) and not item.isdecimal())

    @property
    def limit(self) -> int:
        return limit(self.field)

    @property
    def help(self) -> str:
        return tight(self.field.help)

    @property
    def example(self) -> str:
        return tight(self.field.example)

    @property
    def wraps(self) -> bool:
        """Whether its box grows with what is typed."""
        return wraps(self.field)

    @property
    def room(self) -> str:
        """The class of its cell, by the room it wants."""
        return room(self.field)

    @property
    def height(self) -> int:
        """Lines of its box in a cell, for browsers that do not let it grow."""
        text = self.lines
        return min(max(text.count("\n") + 1, 1 + len(text) // CHARACTERS_A_LINE), MOST_LINES)

    @property
    def widths(self) -> Widths:
        """What its columns ask of the page, when it is a table."""
        return Widths(self.field)

    @property
    def bounds(self) -> tuple[str | None, str | None]:
        return bounds(self.field)

    @property
    def chosen_first(self) -> list[tuple[str, list[Picked]]]:
        """Options by group, groups in order of appearance."""
        groups: dict[str, list[Picked]] = {}
        for option in self.options:
            groups.setdefault(option.group, []).append(option)
        return list(groups.items())

    @property
    def condition(self) -> str:
        return self.field.show_if.field if self.field.show_if else ""

    @property
    def condition_values(self) -> str:
        values = self.field.show_if.values if self.field.show_if else ()
        return "|".join(str(value).lower() if isinstance(value, bool) else value for value in values)


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of a table: its cells and what is wrong with it as a whole."""

    index: int
    cells: list[QuestionView]
    errors: list[str]
    remarks: list[Remark]
    path: str
    added: bool = False
    moved: str = ""  # where the row stood, when it changed places


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section: its questions and where it stands, in a word."""

    name: str
    title: str
    intro: str
    questions: list[QuestionView]
    state: str

    @property
    def anchor(self) -> str:
        return "s-" + self.name

    @property
    def state_label(self) -> str:
        return STATES[self.state]


@dataclass(frozen=True, slots=True)
class FormView:
    """A whole form, ready to be drawn."""

    form: Form
    sections: list[SectionView]
    problems: list[tuple[str, str]]  # anchor and sentence of each error, in order
    warnings: list[tuple[str, str]]
    remarks: list[Remark]  # on the whole form
    readonly: bool
    file_url: str
    compared: bool

    @property
    def changes(self) -> int:
        """How many answers differ from the earlier version."""
        return sum(_changes(question) for section in self.sections for question in section.questions)

    @property
    def changed(self) -> list[str]:
        """The questions that differ from the earlier version, as they are asked."""
        return [one.field.label for section in self.sections for one in section.questions if _changes(one)]


def _changes(question: QuestionView) -> int:
    cells = sum(1 for row in question.rows for cell in row.cells if cell.before is not None)
    whole = int(question.before is not None) + len(question.removed)
    return whole + cells + sum(1 for row in question.rows if row.added or row.moved)
