"""What the templates of forms show: the declaration joined with answers, errors, remarks and names.

Nothing is decided here: forms/ judges, the view of a page gathers, and web/templates/forms/ draws what this gives
(`web/question_view.py`).
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from forms import display
from forms import numbers
from forms import rules
from forms.answers import is_empty
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Option
from forms.difference import MOVED
from forms.difference import Change
from forms.difference import apparent
from forms.walk import LISTS
from forms.walk import filled
from forms.walk import rows
from forms.walk import visible
from forms.words import item
from web.entity_finder import Finder
from web.picked import offered
from web.question_view import FormView
from web.question_view import QuestionView
from web.question_view import RowView
from web.question_view import SectionView
from web.remark import Remark
from web.told import Messages
from web.told import linked
from web.told import told
from web.typography import tight
from web.weight_sums import said_sum
from web.weight_sums import sums_of


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
    finder: Finder | None = None,
    notes: Messages | None = None,
) -> FormView:
    """Join `form` with its answers.

    `errors`, `warnings` and `observations` go by path; `files` are names by token, `entities` and `people` names by id
    (all `entities` given are offered as choices), `catalogues` resolved options by name. `before` is an earlier version
    to compare with; `file_url` with `{token}` links to an attached file; `finder` helps to find entities; `notes`
    stand, by path, beside answers that were corrected.
    """
    names = display.Lookups(catalogues or {}, entities or {}, people or {}, files or {})
    source = _Source(form, data, errors or {}, warnings or {}, observations or {}, names, before)
    source.finder, source.notes = finder, notes or {}
    sections = [
        _section(source, section.name, section.title, section.intro, section.fields) for section in form.sections
    ]
    return FormView(
        form=form,
        sections=sections,
        problems=list(linked(form, errors or {})),
        warnings=list(linked(form, warnings or {})),
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
        self.weights = {rule.params["table"]: rule.params for rule in form.rules if rule.name == "weights_add_to_100"}
        self.products = {rule.params["table"]: rule.params for rule in form.rules if rule.name == "row_products"}
        self.reckoned = _reckoned(form, data)  # with what is worked out of what is left empty
        self.demanded = {
            name
            for rule in form.rules
            if rule.name == "conditional_required" and not rule.params.get("table")
            for name in rule.params["fields"]
        }
        self.finder: Finder | None = None
        self.notes: Messages = {}
        self.asked = {field.name for field in visible(tuple(form.fields()), data)}
        changes = apparent(form, before, data, names) if before is not None else []
        self.before = {
            change.path: _left(change, names)
            for change in changes
            if change.kind != MOVED and (change.kind != "removed" or change.row is None)
        }
        self.came = {
            change.path: change.words(names)[1]
            for change in changes
            if change.field.kind is Kind.ENTITIES and change.after
        }
        self.moved = {change.path: change.words()[0] for change in changes if change.kind == MOVED}
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
            errors=told(self.errors, field, path),
            warnings=told(self.warnings, field, path),
            remarks=list(self.observations.get(path, ())),
            options=list(offered(field, value, self.names)),
            files=self._files(value) if field.kind is Kind.FILES else [],
            words=tight(display.text(field, value, self.names)),
            before=self.before.get(path),
            came=self.came.get(path, ""),
            removed=self.removed.get(path, []),
            label=label or field.label,
            demanded=path in self.demanded,
            finder=self.finder if field.kind is Kind.ENTITIES else None,
            notes=list(self.notes.get(path, ())),
        )

    def _files(self, value: Iterable[Any]) -> list[tuple[str, str]]:
        return [(token, self.names.files.get(token, "Archivo")) for token in value if isinstance(token, str)]


def _left(change: Change, names: display.Lookups) -> str:
    """What was there before; of a set what left it, which may be nothing."""
    return "" if change.field.kind is Kind.ENTITIES and not change.before else change.words(names)[0]


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
        worked_out = rows(source.reckoned.get(field.name))
        _hint(source.products.get(field.name), question, worked_out)
        sums = [display.total(field, column, worked_out) for column in field.columns] if field.totals else []
        pairs = zip(field.columns, sums, strict=True) if sums else ()
        question.totals = [None if added is None else said_sum(column, added) for column, added in pairs]
        question.sums = sums_of(field, source.weights.get(field.name), items)
    return question


def _reckoned(form: Form, data: Mapping[str, Any]) -> dict[str, Any]:
    found = deepcopy(dict(data))
    rules.fill(form, found)
    return found


def _hint(params: Mapping[str, Any] | None, table: QuestionView, worked_out: Sequence[Mapping[str, Any]]) -> None:
    """Show in a total that was left empty what it comes to, and tell the script of the page what to multiply."""
    if params is None:
        return
    table.factors, table.product = tuple(params["factors"]), params["total"]
    for row, known in zip(table.rows, worked_out, strict=False):
        for cell in row.cells:
            if cell.field.name == table.product and is_empty(cell.value) and not is_empty(known.get(table.product)):
                cell.hint = numbers.typed(known[table.product], cell.field.decimals)


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
    return RowView(index, cells, errors, remarks, path, added=path in source.added, moved=source.moved.get(path, ""))


def _state(questions: Iterable[QuestionView]) -> str:
    everything = [piece for question in questions if question.shown for piece in _pieces(question)]
    if any(piece.errors for piece in everything):
        return "wrong"
    if any(r.open for piece in everything for r in _remarks(piece)):
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
