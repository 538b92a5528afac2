"""The catalogue of traps stays true to the program: each guard is where it says, and its tests are there.

Whether the tests notice that a guard is off takes minutes and is tried by `make traps`.
"""

import re

import pytest

from tests.traps import catalogue
from tests.traps.catalogue import DATABASES
from tests.traps.catalogue import ROOT
from tests.traps.catalogue import Trap

TRAPS = catalogue.load()
each_trap = pytest.mark.parametrize("trap", TRAPS, ids=[trap.key for trap in TRAPS])


@each_trap
def test_its_guard_stands_once_in_its_file(trap: Trap) -> None:
    text = (ROOT / trap.file).read_text()
    assert trap.opened(text) != text


@each_trap
def test_without_its_guard_the_file_is_still_a_program(trap: Trap) -> None:
    compile(trap.opened((ROOT / trap.file).read_text()), trap.file, "exec")


@each_trap
def test_its_tests_are_there(trap: Trap) -> None:
    assert trap.tests
    assert trap.database in DATABASES
    for test in trap.tests:
        file, *names = test.split("::")
        text = (ROOT / file).read_text() if names else ""
        assert (ROOT / file).is_file()
        assert all(
            re.search(rf"^ *(def|class) {re.escape(name.split('[')[0])}\b", text, re.MULTILINE) for name in names
        )


def test_no_trap_has_the_name_of_another() -> None:
    assert len({trap.key for trap in TRAPS}) == len(TRAPS)
