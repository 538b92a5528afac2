"""Exact numbers as people in Colombia write them, and the one spelling in which they are stored."""

import re
from decimal import Decimal

from babel.numbers import format_decimal

LOCALE = "es_CO"
UNBROKEN = "\xa0"  # a space at which no line ends: before a unit or %, after $
LONGEST = 40  # characters of a typed number, signs and separators included
MOST_DIGITS = 24  # digits before the decimal mark; beyond that it is a slip of the hand

_NOISE = re.compile(r"[\s$%\u00a0\u202f]|COP")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*")
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


class NotANumber(ValueError):
    """What was typed cannot be read as a number."""


def parse(typed: object, *, decimals: int = 2) -> Decimal:
    """The exact number that somebody typed, or that a program sent as a string or as a number.

    Of text both «1.234,56» and «1234.56» are read; the last mark is the decimal one. A single dot before exactly three
    digits («1.500») groups thousands unless the question allows that many `decimals`, when the stored spelling wins.
    A number is what it is. Raises NotANumber.
    """
    if isinstance(typed, bool) or not isinstance(typed, str | int | float | Decimal):
        raise NotANumber(typed)
    text = _NOISE.sub("", str(typed))
    if not text or len(text) > LONGEST:
        raise NotANumber(typed)
    plain = _plain(text, decimals) if isinstance(typed, str) else text
    if not _PLAIN.fullmatch(plain) or len(plain.partition(".")[0].lstrip("+-")) > MOST_DIGITS:
        raise NotANumber(typed)
    return Decimal(plain)


def _plain(text: str, decimals: int) -> str:
    """`text` with a dot as decimal mark and no grouping; what makes no sense comes back as it is."""
    dots, commas = text.count("."), text.count(",")
    if dots and commas:
        decimal_mark = max(".", ",", key=text.rfind)
        grouping = "," if decimal_mark == "." else "."
        whole, _, fraction = text.rpartition(decimal_mark)
        sound = _GROUPED.fullmatch(whole) and decimal_mark not in whole
        return f"{whole.replace(grouping, '')}.{fraction}" if sound else text
    if dots > 1 or (dots == 1 and decimals < 3):
        return text.replace(".", "") if _GROUPED.fullmatch(text) else text
    if commas > 1:
        return text.replace(",", "") if _GROUPED.fullmatch(text) else text
    return text.replace(",", ".")


def places(number: Decimal) -> int:
    """How many decimals `number` really has: 1.50 has one."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def canonical(number: Decimal, decimals: int) -> str:
    """The stored spelling: always `decimals` digits after a dot, no grouping, no negative zero."""
    text = f"{number:.{decimals}f}"
    return text.lstrip("-") if Decimal(text) == 0 else text


def is_canonical(value: object, decimals: int) -> bool:
    """Whether `value` is in the stored spelling, and not as somebody typed it: «450.000» of a draft is no 450."""
    whole, mark, fraction = value.partition(".") if isinstance(value, str) else ("", "", "")
    digits = whole.removeprefix("-")
    return digits.isdecimal() and digits.isascii() and bool(mark) == bool(decimals) and len(fraction) == decimals


def spoken(value: object, *, decimals: int = 2, keep_zeros: bool = False) -> str:
    """`value` with es-CO separators: «1.234,5»; with `keep_zeros`, «1.234,50»."""
    fraction = ("0" if keep_zeros else "#") * decimals
    pattern = f"#,##0.{fraction}" if decimals else "#,##0"
    return str(format_decimal(Decimal(str(value)), format=pattern, locale=LOCALE))


def percent(value: object, *, decimals: int = 2) -> str:
    """«33,5 %», which no line divides."""
    return f"{spoken(value, decimals=decimals)}{UNBROKEN}%"


def typed(value: str, decimals: int) -> str:
    """A stored number as it stands in an input, so that `parse` reads it back as the same number."""
    try:
        number = Decimal(value)
    except ArithmeticError:
        return value
    if not number.is_finite() or len(str(value)) > MOST_DIGITS or abs(number.adjusted()) > MOST_DIGITS:
        return str(value)  # a slip of the hand, too long to be written otherwise
    return spoken(number, decimals=decimals) if decimals < 3 else str(value).replace(".", ",")
