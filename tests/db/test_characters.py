"""What may be kept is told quickly, and never for a character that may not."""

import sys

import pytest

from db import characters
from forms import answers

EVERY = "".join(map(chr, range(sys.maxunicode + 1)))


def test_nothing_forbidden_is_printable() -> None:
    printable = "".join(filter(str.isprintable, EVERY)) + "\n\t"
    assert characters.is_printable(printable)
    assert not characters.is_forbidden(printable)
    assert answers.clean(printable, most=len(EVERY), several_lines=True)
    assert answers.clean(printable[:-2], most=len(EVERY))


def test_what_is_seen_by_nobody_may_still_be_kept() -> None:
    assert not characters.is_printable("re\u00adforma")
    assert not characters.is_forbidden("re\u00adforma")


@pytest.mark.parametrize("wrong", ["\x00", "\x1b", "\x7f", "\x9f", "\u202e", "\u2069", "\ud800"])
def test_one_among_many_is_found(wrong: str) -> None:
    text = "asistencia técnica\n" * 400 + wrong + "ñ" * 400
    assert characters.is_forbidden(text)
    assert wrong not in characters.clean(text)
