"""A reason has words."""

import pytest

from db.errors import InvalidData
from directory import reasons


@pytest.mark.parametrize("reason", ["", "  ", ".", "...", "1", "x", "- -", "2026"])
def test_signs_are_no_reason(reason: str) -> None:
    with pytest.raises(InvalidData) as caught:
        reasons.demand(reason, "Escriba por qué.")
    (said,) = caught.value.errors["reason"]
    assert said.startswith("Escriba por qué.")
    assert ("al menos una palabra" in said) is bool(reason.strip()), "of an empty box nothing was too short"


@pytest.mark.parametrize("reason", ["Se jubiló", " ya no ", "No", "Ñandú 3"])
def test_words_are(reason: str) -> None:
    assert reasons.demand(reason, "Escriba por qué.") == reason.strip()
