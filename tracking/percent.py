"""Exact percentages that the database itself can add up.

A percentage is kept as a whole number of millionths of a point, so that sums in SQL are exact on SQLite and on
PostgreSQL alike. Two weights of two decimals multiplied (33,33 % of 33,33 %) need six decimals and no more.
"""

from decimal import ROUND_HALF_EVEN
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Dialect
from sqlalchemy.types import TypeDecorator

HUNDRED = Decimal(100)
ZERO = Decimal(0)
STEP = Decimal("0.000001")


class Percent(TypeDecorator[Decimal]):
    """A percentage with up to six decimals. Refuses what it could not keep exactly."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        millionths = Decimal(value) / STEP
        if millionths != millionths.to_integral_value():
            raise ValueError(f"{value} has more than six decimals")
        return int(millionths)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(int(value)) * STEP


def share(part: Decimal, whole: Decimal) -> Decimal:
    """`part` as a percentage of `whole`, to six decimals; 0 when there is no whole.

    100 only when `part` is all of `whole`, and 0 only when it is nothing of it.
    """
    if whole == ZERO:
        return ZERO
    if part == whole:
        return HUNDRED
    rounded = (part * HUNDRED / whole).quantize(STEP, rounding=ROUND_HALF_EVEN)
    return min(max(rounded, STEP if part else ZERO), HUNDRED - STEP)


def equal_shares(count: int, whole: Decimal = HUNDRED, step: Decimal = Decimal("0.01")) -> list[Decimal]:
    """`whole` in `count` equal parts of two decimals; the last one closes the sum exactly (33,33 33,33 33,34)."""
    part = (whole / count).quantize(step, rounding="ROUND_DOWN")
    return [part] * (count - 1) + [whole - part * (count - 1)]
