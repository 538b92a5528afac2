"""Rules of ATT across fields, beside the general ones of forms: registered when this module is imported."""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from decimal import Decimal
from math import prod
from typing import Any

from forms import spelling
from forms.answers import is_empty
from forms.declaration import Form
from forms.declaration import Option
from forms.display import text
from forms.likeness import likeness
from forms.numbers import spoken
from forms.rules import Data
from forms.rules import Problem
from forms.rules import fills
from forms.rules import find
from forms.rules import it
from forms.rules import labels
from forms.rules import rule
from forms.walk import rows
from forms.words import capital
from forms.words import listed


@rule("every_option_used", version=1)
def every_option_used(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """Each option of `column` stands in at least one row of `table`.

    Source: 001, etapa 1, paso 4, asks for every link of the value chain; 001, gobierno, paso 2, for every component.
    """
    table, column = params["table"], params["column"]
    used = {row.get(column) for row in rows(data.get(table))}
    options = next(item for item in context["form"].field(table).columns if item.name == column).options
    missing = _without(options, used)
    if used and missing:
        label = labels(context, [column], table)[0]
        each = "una fila" if len(missing) == 1 else "una fila por cada opción que falta"
        yield Problem(table, f"Agregue {each} en {label}: {listed(missing)}.")


@rule("every_option_chosen", version=1)
def every_option_chosen(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """All the options of `field` are marked: it is a list of conditions that must hold (001, etapa 2, paso 2)."""
    chosen = set(data.get(params["field"], ()))
    missing = _without(context["form"].field(params["field"]).options, chosen)
    if chosen and missing:
        yield Problem(params["field"], f"Revise los objetivos hasta que cumplan también: {listed(missing)}.")


def _without(options: tuple[Option, ...], present: set[object]) -> list[str]:
    return [f"«{option.label}»" for option in options if option.value not in present]


@rule("rows_refer_to_rows", version=1)
def rows_refer_to_rows(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """What `column` of `table` says stands in `to_column` of `to_table`, but for capitals, accents and blanks."""
    table, column, other = params["table"], params["column"], params["to_table"]
    known = {likeness(row.get(params["to_column"])) for row in rows(data.get(other))}
    for index, row in enumerate(rows(data.get(table))):
        value = row.get(column)
        if not is_empty(value) and likeness(value) not in known:
            path = f"{table}/{index}/{column}"
            where = labels(context, [other])[0]
            yield Problem(path, f"Escriba {it(context, path)} como aparece en {where}.")


@fills("row_products", version=1)
def reckon_products(form: Form, raw: dict[str, Any], params: Data) -> None:
    """In each row of `table`, an empty `total` is the product of `factors` that can be read, to the cent."""
    table, total = form.field(params["table"]), params["total"]
    written = raw.get(table.name)
    for row in written if isinstance(written, list) else []:
        if not isinstance(row, dict) or not is_empty(row.get(total)):
            continue
        sound = spelling.row(table, row)
        try:
            row[total] = str(_product(Decimal(str(sound[name])) for name in params["factors"]))
        except (KeyError, ArithmeticError):
            continue  # a factor is missing or is no number: that is said of the factor


def _product(factors: Iterable[Decimal]) -> Decimal:
    return prod(factors, start=Decimal(1)).quantize(Decimal("0.01"))


@rule("row_products", version=1)
def row_products(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """In each row of `table`, `total` is the product of `factors`, to the cent."""
    table, total = params["table"], params["total"]
    for index, row in enumerate(rows(data.get(table))):
        values = [row.get(name) for name in (*params["factors"], total)]
        if any(is_empty(value) for value in values):
            continue
        *factors, written = (Decimal(str(value)) for value in values)
        product = _product(factors)
        if product != written:
            path = f"{table}/{index}/{total}"
            names = listed(labels(context, params["factors"], table), "por")
            yield Problem(path, f"Corrija {it(context, path)}: {names} da {spoken(product)}.")


@rule("numbers_within_list", version=1)
def numbers_within_list(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """The number in `column` of `table` is a position, from 1, in the answers to `list`.

    Source: 001, etapa 2, paso 1: each capacity gap relates to a problem of the predesign.
    """
    table, column = params["table"], params["column"]
    count = len(data.get(params["list"], ()))
    for index, row in enumerate(rows(data.get(table))):
        value = row.get(column)
        if isinstance(value, int) and count and not 1 <= value <= count:
            path = f"{table}/{index}/{column}"
            where = labels(context, [params["list"]])[0]
            yield Problem(
                path, f"Escriba para {it(context, path)} un número de 1 a {count}: es su posición en {where}."
            )


@rule("difference_explained", version=1)
def difference_explained(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """Where `column` of `table` is not what the system knows (`from`), `explanation` says why."""
    table, column, known = params["table"], params["column"], params["from"]
    for index, row in enumerate(rows(data.get(table))):
        values = [row.get(column), row.get(known)]
        if any(is_empty(value) for value in values) or not is_empty(row.get(params["explanation"])):
            continue
        if Decimal(str(values[0])) != Decimal(str(values[1])):
            path = f"{table}/{index}/{params['explanation']}"
            yield Problem(path, f"Explique por qué informa {spoken(values[0])} y no {spoken(values[1])}.")


@rule("dates_within", version=1)
def dates_within(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """Every date in `columns` of `table` falls between the answers `start` and `end`."""
    first, last = (str(data.get(params[end]) or "") for end in ("start", "end"))
    if not (first and last):
        return
    ends = zip((params["start"], params["end"]), (first, last), strict=True)
    form: Form = context["form"]
    bounds = listed([f"{it(context, name)} ({text(form.field(name), day)})" for name, day in ends])
    for index, row in enumerate(rows(data.get(params["table"]))):
        for column in params["columns"]:
            value = str(row.get(column) or "")
            if value and not first <= value <= last:
                path = f"{params['table']}/{index}/{column}"
                yield Problem(path, f"Elija para {it(context, path)} una fecha entre {bounds}.")


@rule("rows_within_week", version=1)
def rows_within_week(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """The answer `start` is a Monday, and every `column` of `table` falls in the week that begins on it."""
    name, first = params["start"], _day(data.get(params["start"]))
    if first is None:
        return
    field = context["form"].field(name)
    if first.weekday():
        monday = text(field, (first - timedelta(days=first.weekday())).isoformat())
        yield Problem(name, f"Elija un lunes: la semana de esa fecha comienza el {monday}.")
        return
    last = first + timedelta(days=6)
    week = f"{text(field, first.isoformat())} y el {text(field, last.isoformat())}"
    for index, row in enumerate(rows(data.get(params["table"]))):
        day = _day(row.get(params["column"]))
        if day is not None and not first <= day <= last:
            path = f"{params['table']}/{index}/{params['column']}"
            yield Problem(path, f"Elija para {it(context, path)} una fecha de la semana, entre el {week}.")


def _day(value: object) -> date | None:
    return None if is_empty(value) else date.fromisoformat(str(value))


@rule("problems_not_lack_of_solution", version=1)
def problems_not_lack_of_solution(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """The general warning on wording, for each text of the list `field` (001, etapa 1, paso 2)."""
    texts = data.get(params["field"], ())
    judge = find("problem_not_lack_of_solution")
    listing = {"texts": [{"text": text} for text in texts]}
    found: dict[int, list[str]] = defaultdict(list)
    for problem in judge(listing, {"table": "texts", "column": "text"}, context):
        found[int(problem.path.split("/")[1])].append(problem.message)
    for index, messages in found.items():
        place = f"{params['field']}/{index}"
        where = capital(it(context, place))
        yield from (
            Problem(place, f"{where}: {message[:1].lower()}{message[1:]}", warning=True) for message in messages
        )
