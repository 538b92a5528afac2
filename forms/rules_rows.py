"""Rules about rows: order of dates, repetition, targets per year."""

from collections.abc import Iterator
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from forms.answers import is_empty
from forms.likeness import likeness
from forms.rules import Data
from forms.rules import Problem
from forms.rules import it
from forms.rules import labels
from forms.rules import rule
from forms.walk import rows
from forms.words import listed
from forms.words import of


@rule("dates_in_order", version=1)
def dates_in_order(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """Each date of `fields` is not before the one preceding it; with `table`, in every row; with `strict`, after it."""
    for prefix, answers in _scopes(data, params):
        answered = [name for name in params["fields"] if not is_empty(answers.get(name))]
        for first, second in pairwise(answered):
            late = answers[second] <= answers[first] if params.get("strict") else answers[second] < answers[first]
            if late:
                bound = "posterior a" if params.get("strict") else "igual o posterior a"
                one, other = it(context, prefix + second), it(context, prefix + first)
                yield Problem(prefix + second, f"Elija para {one} una fecha {bound} la {of(other)}.")


@rule("unique_rows", version=1)
def unique_rows(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """No two rows of `table` agree in all of `columns`; capitals, accents and blanks make no difference."""
    table, columns = params["table"], params["columns"]
    seen: dict[tuple[str, ...], int] = {}
    for index, row in enumerate(rows(data.get(table))):
        if any(is_empty(row.get(column)) for column in columns):
            continue
        key = tuple(likeness(row[column]) for column in columns)
        first = seen.setdefault(key, index)
        if first != index:
            same = listed(labels(context, columns, table))
            one, other = it(context, f"{table}/{index}"), it(context, f"{table}/{first}")
            yield Problem(f"{table}/{index}/{columns[0]}", f"Cambie {same} en {one}: repite lo que dice {other}.")


@rule("target_per_indicator_and_year", version=1)
def target_per_indicator_and_year(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """Every indicator has one target for each year of the horizon.

    `indicators` (table) and `indicator` (the column with its name); `targets` (table) with the columns
    `target_indicator`, `year` and `value`. The horizon is `years` (list), or the answers `from` and `to` (years or
    dates), or `horizon` in the context. When the targets are columns of the indicators, `columns` maps year to column.
    """
    years = _horizon(data, params, context)
    indicators = rows(data.get(params["indicators"]))
    if params.get("columns"):
        yield from _wide_targets(indicators, params, years, context)
        return
    name = params["indicator"]
    given = {
        (likeness(row.get(params["target_indicator"], "")), str(row.get(params["year"], "")))
        for row in rows(data.get(params["targets"]))
        if not is_empty(row.get(params["value"]))
    }
    for index, row in enumerate(indicators):
        if not is_empty(row.get(name)):
            missing = [year for year in years if (likeness(row[name]), year) not in given]
            if missing:
                noun = it(context, f"{params['indicators']}/{index}")
                said = f"{'la meta' if len(missing) == 1 else 'las metas'} de {listed(missing)}"
                yield Problem(params["targets"], f"Escriba {said} para {noun}, «{row[name]}».")


def _wide_targets(indicators: Sequence[Data], params: Data, years: list[str], context: Data) -> Iterator[Problem]:
    for index, row in enumerate(indicators):
        for year in years:
            column = params["columns"].get(year)
            if column and is_empty(row.get(column)):
                path = f"{params['indicators']}/{index}/{column}"
                yield Problem(path, f"Escriba {it(context, path)}.")


def _horizon(data: Data, params: Data, context: Data) -> list[str]:
    if params.get("years"):
        return [str(year) for year in params["years"]]
    if params.get("from") and params.get("to"):
        first, last = (str(data.get(params[end]) or "")[:4] for end in ("from", "to"))
        if not (first.isdigit() and last.isdigit()):
            return []
        return [str(year) for year in range(int(first), min(int(last), int(first) + 50) + 1)]
    return [str(year) for year in context.get("horizon", ())]


@rule("entities_not_repeated", version=1)
def entities_not_repeated(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """An entity stands once among all of `fields`, or once in `column` of `table`."""
    seen: dict[Any, str] = {}
    for path, value in answers_named(data, params):
        values = value if isinstance(value, list) else [value]
        repeated = [item for item in values if seen.setdefault(item, path) != path]
        if repeated:
            one, other = it(context, path), it(context, seen[repeated[0]])
            yield Problem(path, f"Quite {of(one)} lo que ya está en {other}: cada entidad va una sola vez.")


@rule("at_least_one", version=1)
def at_least_one(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """At least one of `fields` is answered; with `table`, in every row."""
    for prefix, answers in _scopes(data, params):
        if all(is_empty(answers.get(name)) or answers.get(name) is False for name in params["fields"]):
            said = listed(labels(context, params["fields"], params.get("table", "")), "o")
            yield Problem(prefix + params["fields"][0], f"Responda al menos una de estas preguntas: {said}.")


@rule("conditional_required", version=1)
def conditional_required(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """`fields` must be answered when `field` has one of `values`; with `table`, row by row.

    Unlike `show_if`, the questions are always visible. A box that was not ticked is a no, unless `if_asked`: then
    `field` may be hidden, and says nothing.
    """
    silence = False if False in params["values"] and not params.get("if_asked") else None
    for prefix, answers in _scopes(data, params):
        value = answers.get(params["field"], silence)
        if value not in params["values"]:
            continue
        for name in params["fields"]:
            if is_empty(answers.get(name)):
                reason = labels(context, [params["field"]], params.get("table", ""))[0]
                yield Problem(
                    prefix + name,
                    f"Complete {it(context, prefix + name)}: así lo pide su respuesta a {reason}.",
                )


def _scopes(data: Data, params: Data) -> Iterator[tuple[str, Data]]:
    """The answers under which the names of a rule stand: each row of `table`, or the form itself."""
    if not params.get("table"):
        yield "", data
        return
    for index, row in enumerate(rows(data.get(params["table"]))):
        yield f"{params['table']}/{index}/", row


def answers_named(data: Data, params: Data) -> Iterator[tuple[str, Any]]:
    """Path and value of every answer that a rule's `fields`, or `table` and `column`, name."""
    names = [params["column"]] if params.get("table") else params["fields"]
    for prefix, answers in _scopes(data, params):
        yield from ((prefix + name, answers[name]) for name in names if not is_empty(answers.get(name)))
