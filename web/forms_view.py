"""What the templates of forms show: the declaration joined with answers, errors, remarks and names.

Nothing is decided here: forms/ judges, the view of a page gathers, and web/templates/forms/ draws.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as declared
from decimal import Decimal
from typing import Any

from forms import display
from forms import numbers
from forms.answers import bounds
from forms.answers import is_empty
from forms.answers import limit
from forms.catalogues import catalogue_of
from forms.catalogues import options as options_of
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Option
from forms.difference import difference
from forms.walk import LISTS
from forms.walk import filled
from forms.walk import rows
from forms.walk import visible
from forms.words import item
from forms.words import located
from web.typography import tight

Messages = Mapping[str, Sequence[str]]

STATES = {"complete": "Completa", "missing": "Falta", "remarks": "Con observaciones"}


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark of a reviewer on a question, and what its author answered."""

    number: int
    text: str
    author: str
    when: str = ""
    answer: str = ""
    answered_by: str = ""
    open: bool = True


@dataclass(frozen=True, slots=True)
class Picked:
    """An option as it is offered: `group` gathers entities by department."""

    value: str
    label: str
    chosen: bool
    group: str = ""


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
    rows: list["RowView"] = declared(default_factory=list)
    removed: list[str] = declared(default_factory=list)
    totals: list[str | None] = declared(default_factory=list)
    label: str = ""

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
        numeric = self.field.kind in (Kind.DECIMAL, Kind.MONEY, Kind.PERCENT)
        return numbers.typed(self.value, self.field.decimals) if numeric and _stored(self.value) else str(self.value)

    @property
    def lines(self) -> str:
        return "\n".join(str(line) for line in self.value) if isinstance(self.value, list) else self.typed

    @property
    def limit(self) -> int:
        return limit(self.field)

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


def form_view(
    form: Form,
    data: Mapping[str, Any],
    errors: Messages | None = None,
    warnings: Messages | None = None,
    observations: Mapping[str, Sequence[Remark]] | None = None,
    files: Mapping[str, str] | None = None,
    entities: Mapping[int, str] | None = None,
    catalogues: Mapping[str, list[Option]] | None = None,
    readonly: bool = False,
    *,
    people: Mapping[int, str] | None = None,
    before: Mapping[str, Any] | None = None,
    file_url: str = "",
) -> FormView:
    """Join `form` with its answers.

    `errors`, `warnings` and `observations` go by path; `files` are names by token, `entities` and `people` names by id
    (all `entities` given are offered as choices), `catalogues` resolved options by name. `before` is an earlier version
    to compare with; `file_url` with `{token}` links to an attached file.
    """
    names = display.Lookups(catalogues or {}, entities or {}, people or {}, files or {})
    source = _Source(form, data, errors or {}, warnings or {}, observations or {}, names, before)
    sections = [
        _section(source, section.name, section.title, section.intro, section.fields) for section in form.sections
    ]
    return FormView(
        form=form,
        sections=sections,
        problems=list(_linked(form, errors or {})),
        warnings=list(_linked(form, warnings or {})),
        remarks=list((observations or {}).get("", ())),
        readonly=readonly,
        file_url=file_url,
        compared=before is not None,
    )


class _Source:
    """Everything that a form view is made of, by path."""

    def __init__(
        self,
        form: Form,
        data: Mapping[str, Any],
        errors: Messages,
        warnings: Messages,
        observations: Mapping[str, Sequence[Remark]],
        names: display.Lookups,
        before: Mapping[str, Any] | None,
    ) -> None:
        self.form, self.data, self.errors, self.warnings = form, data, errors, warnings
        self.observations, self.names = observations, names
        self.asked = {field.name for field in visible(tuple(form.fields()), data)}
        changes = list(difference(form, before, data)) if before is not None else []
        self.before = {
            change.path: change.words(names)[0] for change in changes if change.kind != "removed" or change.row is None
        }
        self.added = {change.path for change in changes if change.kind == "added" and change.column is None}
        self.removed: dict[str, list[str]] = {}
        for change in changes:
            if change.kind == "removed" and change.row is not None and change.column is None:
                self.removed.setdefault(change.field.name, []).append(change.words(names)[0])
            elif change.column is not None:
                self.before[change.path] = change.words(names)[0]

    def question(self, field: Field, path: str, value: Any, shown: bool, label: str = "") -> QuestionView:
        if field.kind in LISTS and not isinstance(value, list):
            value = []  # a draft that a program sent may hold anything
        return QuestionView(
            field,
            path,
            value,
            shown,
            errors=list(self.errors.get(path, ())),
            warnings=list(self.warnings.get(path, ())),
            remarks=list(self.observations.get(path, ())),
            options=list(_options(field, value, self.names)),
            files=[(token, self.names.files.get(token, "Archivo")) for token in value if isinstance(token, str)]
            if field.kind is Kind.FILES
            else [],
            words=tight(display.text(field, value, self.names)),
            before=self.before.get(path),
            removed=self.removed.get(path, []),
            label=label or field.label,
        )


def _section(source: _Source, name: str, title: str, intro: str, fields: Iterable[Field]) -> SectionView:
    questions = [_question(source, field) for field in fields]
    return SectionView(name, title, intro, questions, _state(questions))


def _question(source: _Source, field: Field) -> QuestionView:
    value = source.data.get(field.name)
    question = source.question(field, field.name, value, field.name in source.asked)
    if field.kind is Kind.TABLE:
        items = rows(value)
        padded = items + [{}] * (max(field.min_items, 1) - len(items))
        question.rows = [_row(source, field, index, row) for index, row in enumerate(padded)]
        sums = [display.total(field, column, items) for column in field.columns] if field.totals else []
        pairs = zip(field.columns, sums, strict=True) if sums else ()
        question.totals = [None if added is None else _sum(column, added) for column, added in pairs]
    return question


def _sum(column: Field, added: Decimal) -> str:
    """«95 %, faltan 5 %»: percentages make a whole, or are all left out."""
    words = display.text(column, str(added))
    gap = 100 - added
    if column.kind is not Kind.PERCENT or not gap or not added:
        return words
    return f"{words}, {'faltan' if gap > 0 else 'sobran'} {display.text(column, str(abs(gap)))}"


def _row(source: _Source, table: Field, index: int, row: Mapping[str, Any]) -> RowView:
    path = f"{table.name}/{index}"
    asked = {column.name for column in visible(table.columns, row, source.data)}
    cells = [
        source.question(
            column,
            f"{path}/{column.name}",
            row.get(column.name),
            column.name in asked,
            label=f"{column.label}, {item(table)} {index + 1}",
        )
        for column in table.columns
    ]
    errors, remarks = list(source.errors.get(path, ())), list(source.observations.get(path, ()))
    return RowView(index, cells, errors, remarks, path, added=path in source.added)


def _state(questions: Iterable[QuestionView]) -> str:
    everything = [piece for question in questions if question.shown for piece in _pieces(question)]
    if any(piece.errors for piece in everything) or any(r.open for piece in everything for r in _remarks(piece)):
        return "remarks"
    return "missing" if any(_lacks(piece) for piece in everything) else "complete"


def _pieces(question: QuestionView) -> Iterator[QuestionView]:
    yield question
    for row in question.rows[: filled(rows(question.value))]:
        yield from (cell for cell in row.cells if cell.shown)


def _remarks(piece: QuestionView) -> Iterator[Remark]:
    yield from piece.remarks
    for row in piece.rows:
        yield from row.remarks


def _lacks(piece: QuestionView) -> bool:
    least = (
        max(piece.field.min_items, int(piece.field.required))
        if piece.field.kind in LISTS
        else int(piece.field.required)
    )
    if piece.field.kind is Kind.DOCUMENT:
        return False
    if piece.field.kind is Kind.TABLE:
        return filled(rows(piece.value)) < least  # rows that were only offered do not count
    return len(piece.value or ()) < least if piece.field.kind in LISTS else bool(least) and is_empty(piece.value)


def _options(field: Field, answer: Any, names: display.Lookups) -> Iterator[Picked]:
    chosen = {str(item) for item in (answer if isinstance(answer, list) else [answer]) if item is not None}
    if field.kind in (Kind.ENTITY, Kind.ENTITIES):
        for id, label in sorted(names.entities.items(), key=lambda pair: (_group(pair[1]), pair[1])):
            yield Picked(str(id), label, str(id) in chosen, _group(label))
    elif field.kind in (Kind.CHOICE, Kind.CHOICES, Kind.PERSON):
        known = options_of(field, names.catalogues)
        yield from (Picked(option.value, option.label, option.value in chosen) for option in known)
        # A person who no longer stands in the list is still the answer.
        gone = chosen - {option.value for option in known} if catalogue_of(field) else set()
        for value in sorted(gone):
            person = field.kind is Kind.PERSON and value.isdecimal()
            yield Picked(value, names.people.get(int(value), value) if person else value, True)


def _group(label: str) -> str:
    """The department in «Andes (Antioquia)»."""
    return label.rpartition(" (")[2].rstrip(")") if label.endswith(")") else "Departamentos"


def _linked(form: Form, messages: Messages) -> Iterator[tuple[str, str]]:
    for path, sentences in messages.items():
        anchor = "p-" + path.replace("/", "-") if path and located(form, path) != "la respuesta" else ""
        yield from ((anchor, sentence) for sentence in sentences)


def _stored(value: object) -> bool:
    """Whether a number is in the stored spelling: what somebody typed wrongly is shown as they typed it."""
    text = str(value)
    return text.lstrip("-").replace(".", "", 1).isdecimal() and text.count(".") <= 1


def _changes(question: QuestionView) -> int:
    cells = sum(1 for row in question.rows for cell in row.cells if cell.before is not None)
    whole = int(question.before is not None) + len(question.removed)
    return whole + cells + sum(1 for row in question.rows if row.added)
