"""A reason has words."""

import pytest

from db.errors import InvalidData
from directory import reasons


@pytest.mark.parametrize("reason", ["", "  ", ".", "...", "1", "x", "- -", "2026"])
def test_signs_are_no_reason(reason: str) -> None:
    with pytest.raises(InvalidData) as caught:
        reasons.demand(reason, "Escriba por qué.")
    assert caught.value.errors == {"reason": ["Escriba por qué."]}


@pytest.mark.parametrize("reason", ["Se jubiló", " ya no ", "No", "Ñandú 3"])
def test_words_are(reason: str) -> None:
    assert reasons.demand(reason, "Escriba por qué.") == reason.strip()
