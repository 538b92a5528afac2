"""`make traps`: switch each guard off in turn, in a copy of the program, and demand that its tests turn red.

`python -m tests.traps [KEY …]` tries those traps alone. First every named test must pass with all guards on. A test
that fails to start (the program does not load any more) shows nothing, and counts as a guard that nobody tests.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.traps import catalogue
from tests.traps.catalogue import ROOT
from tests.traps.catalogue import Trap

PASSED, FAILED = 0, 1  # what pytest itself returns; anything else is neither
PATIENCE = 300  # seconds for the tests of one trap
MADE = (".git", ".venv", "node_modules", "var", "build", ".*_cache", "__pycache__", "test-results")


def main(keys: Sequence[str]) -> int:
    """Try the traps called `keys`, or all; returns 0 when every guard is needed by its tests."""
    traps = [trap for trap in catalogue.load() if not keys or trap.key in keys]
    with a_copy() as copy:
        if not all(closed(copy, traps, database) for database in catalogue.DATABASES):
            print("The tests do not pass with every guard on: nothing was tried.")
            return 1
        asleep = [trap for trap in traps if not turns_red(copy, trap)]
    print(f"\n{len(traps) - len(asleep)} of {len(traps)} guards are missed by their tests when they are off.")
    for trap in asleep:
        print(f"  NOT MISSED: {trap.key} ({trap.file})")
    return 1 if asleep or not traps else 0


@contextmanager
def a_copy() -> Iterator[Path]:
    """The program in a folder of its own, which may be broken."""
    with tempfile.TemporaryDirectory(prefix="traps-") as folder:
        copy = Path(folder) / "program"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*MADE))
        yield copy


def closed(copy: Path, traps: Sequence[Trap], database: str) -> bool:
    """Whether the tests of `traps` on `database` pass with every guard on."""
    tests = sorted({test for trap in traps if trap.database == database for test in trap.tests})
    return not tests or run(copy, tests, database) == PASSED


def turns_red(copy: Path, trap: Trap) -> bool:
    """Whether a test of `trap` fails without its guard; the guard is back afterwards."""
    file = copy / trap.file
    whole = file.read_text()
    file.write_text(trap.opened(whole))
    try:
        red = run(copy, trap.tests, trap.database) == FAILED
    finally:
        file.write_text(whole)
    print(f"{'red' if red else 'NOT RED':8}{trap.key}", flush=True)
    return red


def run(copy: Path, tests: Sequence[str], database: str) -> int:
    """What pytest returns for `tests` in the copy; they stop at the first failure."""
    env = os.environ | {"ATT_TEST_DATABASE": database, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(command, cwd=copy, env=env, check=False, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return FAILED  # without the guard it never ends
    if done.returncode not in (PASSED, FAILED):
        print(done.stdout[-3000:], done.stderr[-1000:])
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
