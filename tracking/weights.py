"""Weights of milestones: those that were left out, and whether they add up to 100.

Source of the rule: the tables of Gobierno al Plan, where the milestones of a group add up to 100 % of the group and
the groups to 100 % of the whole, with two decimals (33,33 + 33,33 + 33,34).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from db.errors import InvalidData
from forms.likeness import first_typed
from forms.likeness import likeness
from tracking.percent import HUNDRED
from tracking.percent import equal_shares

Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """The weights asked for in one row; None where the row leaves it out."""

    group: str
    weight: Decimal | None
    group_weight: Decimal | None


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of one row: in its group, of its group, and in the whole. `group_position` counts from 1.

    `group` is the name of its group as it was typed first: capitals, accents and blanks make no other group.
    """

    group: str
    group_position: int
    weight: Decimal
    group_weight: Decimal
    total: Decimal


def complete(rows: Sequence[Asked], path: str = "milestones") -> list[Weights]:
    """The weights of every row, in the same order.

    Where a whole group leaves them out they are equal, and the last one closes the sum; so are the groups among
    themselves. Raises InvalidData at `path/<row>/weight` or `path/<row>/group_weight`.
    """
    errors: Errors = {}
    named = first_typed(row.group for row in rows)
    groups: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        groups.setdefault(named[likeness(row.group)], []).append(index)
        _check_number(row.weight, f"{path}/{index}/weight", errors)
        _check_number(row.group_weight, f"{path}/{index}/group_weight", errors)
    if errors:
        raise InvalidData(errors)
    weights = _inside_groups(rows, groups, path, errors)
    of_groups = _of_groups(rows, groups, path, errors)
    if errors:
        raise InvalidData(errors)
    positions = {group: position for position, group in enumerate(groups, start=1)}
    return [
        Weights(name, positions[name], weights[index], of_groups[name], weights[index] * of_groups[name] / HUNDRED)
        for index, name in enumerate(named[likeness(row.group)] for row in rows)
    ]  # fmt: skip


def _check_number(value: Decimal | None, path: str, errors: Errors) -> None:
    if value is None:
        return
    if not 0 <= value <= HUNDRED:
        errors[path] = ["Escriba un porcentaje entre 0 y 100."]
    elif value != value.quantize(Decimal("0.01")):
        errors[path] = ["Escriba el porcentaje con dos decimales como máximo."]


def _inside_groups(
    rows: Sequence[Asked], groups: dict[str, list[int]], path: str, errors: Errors
) -> dict[int, Decimal]:
    weights: dict[int, Decimal] = {}
    for group, members in groups.items():
        asked = [rows[index].weight for index in members]
        paths = [f"{path}/{index}/weight" for index in members]
        where = f"los hitos de «{group}»" if group else "los hitos"
        weights.update(zip(members, _closed(asked, paths, where, errors), strict=True))
    return weights


def _of_groups(rows: Sequence[Asked], groups: dict[str, list[int]], path: str, errors: Errors) -> dict[str, Decimal]:
    asked: list[Decimal | None] = []
    paths: list[str] = []
    for group, members in groups.items():
        given = [(index, rows[index].group_weight) for index in members if rows[index].group_weight is not None]
        first = given[0][1] if given else None
        for index, weight in given:
            if weight != first:
                errors[f"{path}/{index}/group_weight"] = [f"El peso de «{group}» debe ser el mismo en todos sus hitos."]
        asked.append(first)
        paths.append(f"{path}/{given[0][0] if given else members[0]}/group_weight")
    return dict(zip(groups, _closed(asked, paths, "los grupos", errors), strict=True))


def _closed(asked: Sequence[Decimal | None], paths: Sequence[str], where: str, errors: Errors) -> list[Decimal]:
    given = [weight for weight in asked if weight is not None]
    if not given:
        return equal_shares(len(asked))
    if len(given) < len(asked):
        for weight, path in zip(asked, paths, strict=True):
            if weight is None:
                errors[path] = [f"Escriba el peso, o déjelo en blanco en todos {where}."]
    elif sum(given) != HUNDRED:
        errors[paths[-1]] = [f"Los pesos de {where} suman {_words(sum(given, Decimal(0)))} %; deben sumar 100 %."]
    return [weight or Decimal(0) for weight in asked]


def _words(number: Decimal) -> str:
    return f"{number.normalize():f}".replace(".", ",")
