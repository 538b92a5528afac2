"""Rules about sums: weights, costs and their sources."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from forms.answers import is_empty
from forms.declaration import Kind
from forms.likeness import first_typed
from forms.likeness import likeness
from forms.numbers import percent
from forms.numbers import spoken
from forms.rules import Data
from forms.rules import Problem
from forms.rules import it
from forms.rules import labels
from forms.rules import rule
from forms.walk import rows

HUNDRED = Decimal(100)


@rule("weights_add_to_100", version=1)
def weights_add_to_100(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """Weights add to exactly 100, or all are left out (and count as equal).

    Groups whose names differ only in capitals, accents or blanks are one (`forms.likeness`).
    `table`, `column`; with `group` (a column) the rows of each group add to 100 on their own. With `group_column` also
    the groups have a weight, repeated on each of their rows: equal within a group, and 100 over all groups.
    """
    table, column = params["table"], params["column"]
    groups = _grouped(rows(data.get(table)), params.get("group", ""))
    written = [row for group in groups.values() for _, row in group if not is_empty(row.get(column))]
    if written:
        for name, group in groups.items():
            yield from _weights(name, group, table, column, context)
    if params.get("group_column"):
        yield from _group_weights(groups, table, params["group_column"], context)


def _weights(name: str, group: list[tuple[int, Data]], table: str, column: str, context: Data) -> Iterator[Problem]:
    empty = [index for index, row in group if is_empty(row.get(column))]
    for index in empty:
        path = f"{table}/{index}/{column}"
        yield Problem(path, f"Escriba {it(context, path)}, o deje todos los pesos en blanco para que sean iguales.")
    if not empty:
        yield from _sum_to_100(
            sum((Decimal(row[column]) for _, row in group), Decimal(0)), name, table, column, context
        )


def _sum_to_100(total: Decimal, name: str, table: str, column: str, context: Data) -> Iterator[Problem]:
    if total == HUNDRED:
        return
    gap = f"faltan {percent(HUNDRED - total)}" if total < HUNDRED else f"sobran {percent(total - HUNDRED)}"
    where = f" en el grupo «{name}»" if name else ""
    label = labels(context, [column], table)[0]
    yield Problem(table, f"Ajuste {label} para que sume {percent(HUNDRED)}{where}: suma {percent(total)}, {gap}.")


def _group_weights(
    groups: dict[str, list[tuple[int, Data]]], table: str, column: str, context: Data
) -> Iterator[Problem]:
    weights: dict[str, Decimal] = {}
    for name, group in groups.items():
        values = {Decimal(row[column]) for _, row in group if not is_empty(row.get(column))}
        if len(values) > 1:
            yield Problem(
                f"{table}/{group[0][0]}/{column}", f"Escriba el mismo valor en todas las filas del grupo «{name}»."
            )
            return
        if values:
            weights[name] = values.pop()
    if weights and len(weights) < len(groups):
        missing = next(name for name in groups if name not in weights)
        path = f"{table}/{groups[missing][0][0]}/{column}"
        yield Problem(
            path, f"Escriba {it(context, path)}, o deje en blanco los de todos los grupos para que sean iguales."
        )
    elif weights:
        yield from _sum_to_100(sum(weights.values(), Decimal(0)), "", table, column, context)


def _grouped(items: list[Any], column: str) -> dict[str, list[tuple[int, Data]]]:
    """The rows of each group, by its name as it was typed first."""
    named = [str(row.get(column) or "") if column else "" for row in items]
    first = first_typed(named)
    groups: dict[str, list[tuple[int, Data]]] = defaultdict(list)
    for index, (name, row) in enumerate(zip(named, items, strict=True)):
        groups[first[likeness(name)]].append((index, row))
    return groups


@rule("totals_match", version=1)
def totals_match(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    """Two amounts are equal: costs and their sources, a total and its parts.

    `left` and `right` are `table/column` (added over its rows) or a question; `by` names a column of both tables to
    compare group by group. Or `table`, `total` and `parts`: in each row the total equals the sum of its parts.
    """
    if params.get("parts"):
        yield from _row_totals(data, params, context)
        return
    by = params.get("by", "")
    left, right = (_sums(data, params[side], by) for side in ("left", "right"))
    if not left and not right:
        return
    typed = first_typed(_typed(data, params["left"], by) + _typed(data, params["right"], by))
    names = [_label(context, params[side]) for side in ("left", "right")]
    for key in dict.fromkeys([*left, *right]):
        one, other = left.get(key, Decimal(0)), right.get(key, Decimal(0))
        if one != other:
            where = f" en «{typed[key]}»" if key else ""
            said = f"{names[0]} suma {spoken(one)} y {names[1]}, {spoken(other)}"
            yield Problem(params["right"].split("/")[0], f"Haga coincidir los dos valores{where}: {said}.")


def _row_totals(data: Data, params: Data, context: Data) -> Iterator[Problem]:
    table, total, parts = params["table"], params["total"], params["parts"]
    for index, row in enumerate(rows(data.get(table))):
        if is_empty(row.get(total)):
            continue
        added = sum((Decimal(str(row[part])) for part in parts if not is_empty(row.get(part))), Decimal(0))
        if added != Decimal(str(row[total])):
            path = f"{table}/{index}/{total}"
            yield Problem(
                path, f"Haga coincidir {it(context, path)} con la suma de sus partes, que es {spoken(added)}."
            )


def _sums(data: Data, operand: str, by: str) -> dict[str, Decimal]:
    name, _, column = operand.partition("/")
    if not column:
        return {} if is_empty(data.get(name)) else {"": Decimal(str(data[name]))}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(data.get(name)):
        if not is_empty(row.get(column)):
            sums[likeness(row.get(by, "")) if by else ""] += Decimal(str(row[column]))
    return dict(sums)


def _typed(data: Data, operand: str, by: str) -> list[str]:
    """What a side of `totals_match` calls its groups."""
    return [str(row.get(by, "")) for row in rows(data.get(operand.partition("/")[0]))] if by else []


def _label(context: Data, operand: str) -> str:
    name, _, column = operand.partition("/")
    field = context["form"].field(name)
    return f"«{field.label}»" if field.kind is Kind.TABLE or not column else labels(context, [column], name)[0]
