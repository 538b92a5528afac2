"""Rules of ATT across fields, beside the general ones of forms: registered when this module is imported."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from forms.answers import is_empty
from forms.declaration import Option
from forms.numbers import spoken
from forms.rules import Data
from forms.rules import Problem
from forms.rules import find
from forms.rules import it
from forms.rules import labels
from forms.rules import rule
from forms.walk import rows
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
        yield Problem(table, f"Agregue al menos una fila con {label}: {listed(missing)}.")


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
    """What `column` of `table` says stands in `to_column` of `to_table`; letters in capitals or not are the same."""
    table, column, other = params["table"], params["column"], params["to_table"]
    known = {str(row.get(params["to_column"])).casefold() for row in rows(data.get(other))}
    for index, row in enumerate(rows(data.get(table))):
        value = row.get(column)
        if not is_empty(value) and str(value).casefold() not in known:
            path = f"{table}/{index}/{column}"
            where = labels(context, [other])[0]
            yield Problem(path, f"Escriba {it(context, path)} como aparece en {where}.")


@rule("row_products", version=1)
def row_products(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """In each row of `table`, `total` is the product of `factors`, to the cent."""
    table, total = params["table"], params["total"]
    for index, row in enumerate(rows(data.get(table))):
        values = [row.get(name) for name in (*params["factors"], total)]
        if any(is_empty(value) for value in values):
            continue
        *factors, written = (Decimal(str(value)) for value in values)
        product = Decimal(1)
        for factor in factors:
            product *= factor
        product = product.quantize(Decimal("0.01"))
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
            yield Problem(path, f"Escriba {it(context, path)} entre 1 y {count}: es su posición en {where}.")


@rule("dates_within", version=1)
def dates_within(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """Every date in `columns` of `table` falls between the answers `start` and `end`."""
    first, last = (str(data.get(params[end]) or "") for end in ("start", "end"))
    if not (first and last):
        return
    bounds = listed([it(context, params["start"]), it(context, params["end"])])
    for index, row in enumerate(rows(data.get(params["table"]))):
        for column in params["columns"]:
            value = str(row.get(column) or "")
            if value and not first <= value <= last:
                path = f"{params['table']}/{index}/{column}"
                yield Problem(path, f"Escriba {it(context, path)} entre {bounds}.")


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
        yield from (Problem(f"{params['field']}/{index}", message, warning=True) for message in messages)
