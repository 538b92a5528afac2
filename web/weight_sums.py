"""What the weights of a table add up to, in words: beside the table while it is typed, and under its columns."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from forms import display
from forms.declaration import Field
from forms.declaration import Kind
from forms.likeness import first_typed
from forms.likeness import likeness
from forms.numbers import NotANumber
from forms.numbers import parse


@dataclass(frozen=True, slots=True)
class Sums:
    """What the weights of a table add up to, group by group and over the groups: shown beside it while it is typed.

    `lines` are a name, what is said of it, and whether that is not as it should be.
    """

    column: str
    group: str
    group_column: str
    decimals: int
    lines: list[tuple[str, str, bool]]


def sums_of(table: Field, params: Mapping[str, Any] | None, items: Sequence[Mapping[str, Any]]) -> Sums | None:
    """What the rule `weights_add_to_100` is going to look at; None when there is no such rule, or a total says it.

    What is not a number counts as nothing.
    """
    if params is None or (not params.get("group") and params["column"] in table.totals):
        return None
    column = next(item for item in table.columns if item.name == params["column"])
    group, over = params.get("group", ""), params.get("group_column", "")
    shares: dict[str, Decimal] = {}
    groups: dict[str, Decimal] = {}
    named = first_typed(str(row.get(group) or "") if group else "" for row in items)
    for row in items:
        name = named[likeness(row.get(group) or "")] if group else ""
        shares[name] = shares.get(name, Decimal(0)) + _number(row.get(column.name), column.decimals)
        groups[name] = groups.get(name) or _number(row.get(over), column.decimals)
    added = [(name or ("Sin grupo" if len(shares) > 1 else "Suma"), total) for name, total in shares.items()]
    added += [("Entre grupos", sum(groups.values(), Decimal(0)))] if over and len(groups) > 1 else []
    lines = [(name, said_sum(column, total), total not in (0, 100)) for name, total in added]
    return Sums(column.name, group, over, column.decimals, lines)


def said_sum(column: Field, added: Decimal) -> str:
    """«95 %, faltan 5 %»: percentages make a whole, or are all left out."""
    words = display.text(column, added)
    gap = 100 - added
    if column.kind is not Kind.PERCENT or not gap or not added:
        return words
    return f"{words}, {'faltan' if gap > 0 else 'sobran'} {display.text(column, abs(gap))}"


def _number(value: object, decimals: int) -> Decimal:
    try:
        return parse(value, decimals=decimals)
    except NotANumber:
        return Decimal(0)
