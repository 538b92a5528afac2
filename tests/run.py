"""The runs that `make` asks for, each in a pytest of its own; says what it leaves out and why.

`python -m tests.run` runs everything, `… architecture` the structural tests, `… editor` those of the diagrams in an
ordinary editor, `… soak` the long ones.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from tests import browsers
from tests import databases

ROOT = Path(__file__).resolve().parent.parent
NO_SERVER = "no server answers"
BESIDE = ("-n", "2", "--dist", "loadgroup")
QUICK = ("-m", "not browser and not soak", *BESIDE)
# On PostgreSQL `make test` asks what may come out otherwise there, and `make soak` the rest (tests/twice.py).
AGAIN = ("-m", "not browser and not soak and not later", *BESIDE)
AGAIN_LATER = ("-m", "not browser and not soak and later", *BESIDE)
# Tests that send requests or start programs; all others are of units and processes.
THROUGH_THE_DOOR = ("tests/edge", "tests/api", "tests/web", "tests/access", "tests/att", "tests/faults")
# What kills processes waits for most of its time: random cases are tried beside it.
SOAK = ("-m", "soak or hypothesis", "--hypothesis-profile=soak", *BESIDE)
# A file of browser tests stays with one process: its tests share a server.
IN_BROWSER = ("-m", "browser", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
# The rest of the pages does nothing that depends on the database.
WORK_IN_BROWSER = ("tests/browser/test_life.py", "tests/browser/test_drafts.py")
FEW = 3  # more failures in a browser than that are no accident of a busy machine


def main(arguments: Sequence[str]) -> int:
    """Run what `arguments` name; returns 0 when every run passed and, in CI, none was left out."""
    match list(arguments):
        case []:
            return _worst(everything())
        case ["architecture"]:
            return _worst(on_both("architecture", ["tests/architecture"]))
        case ["editor"]:
            return _worst([in_browser("diagrams in the editor", ["-m", "browser", "tests/editor"], "sqlite")])
        case ["soak"]:
            return _worst([*on_both("soak", SOAK), on_postgresql("tests that wait", AGAIN_LATER)])
    print("python -m tests.run [architecture | editor | soak]", file=sys.stderr)
    return 2


def everything() -> list[bool]:
    """Unit and process tests first, which tell soonest what is wrong; then the program, PostgreSQL, the browser."""
    units = [*QUICK, *(f"--ignore={folder}" for folder in THROUGH_THE_DOOR)]
    found = [
        pytest("unit and process tests on SQLite", units, "sqlite"),
        pytest("the program on SQLite", [*QUICK, *THROUGH_THE_DOOR], "sqlite"),
        on_postgresql("tests", AGAIN),
    ]
    # The two longest files first, one for each process: the last one would leave the other process without work.
    everywhere = [*IN_BROWSER, "tests/forms", "tests/browser"]
    found.append(in_browser("pages in the browser on SQLite", everywhere, "sqlite"))
    what = "work in the browser on PostgreSQL"
    if server_answers():
        found.append(in_browser(what, [*IN_BROWSER, *WORK_IN_BROWSER], "postgresql"))
    else:
        found.append(left_out(what, NO_SERVER))
    return found


def in_browser(what: str, arguments: Sequence[str], database: str) -> bool:
    """One run in the browser, where there is one; the few that failed in it are tried once more, alone (ADR 15)."""
    if not browsers.CHROMIUM:
        return left_out(what, "there is no chromium")
    if pytest(what, [*arguments, "--cache-clear"], database):
        return True
    failed = failed_last()
    if not 0 < len(failed) <= FEW:
        return False
    print(f"\n=== {what}: A SECOND TRY, ALONE. Look into: ===", *failed, sep="\n  ", flush=True)
    return pytest(f"{what}, once more", ["-n", "0", *failed], database)


def failed_last() -> list[str]:
    """The tests that failed in the run before, which began with nothing noted, by their ids."""
    record = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
    return sorted(json.loads(record.read_text())) if record.exists() else []


def on_both(what: str, arguments: Sequence[str]) -> list[bool]:
    """The same run on SQLite and, where a server answers, of the tests that have a database on PostgreSQL."""
    return [pytest(f"{what} on SQLite", arguments, "sqlite"), on_postgresql(what, arguments)]


def on_postgresql(what: str, arguments: Sequence[str]) -> bool:
    """A run of the tests that have a database on PostgreSQL, where a server answers."""
    if server_answers():
        return pytest(f"{what} on PostgreSQL", arguments, "postgresql")
    return left_out(f"{what} on PostgreSQL", NO_SERVER)


def pytest(what: str, arguments: Sequence[str], database: str) -> bool:
    """One run of pytest; no test collected counts as a failure, as pytest itself says with exit 5."""
    print(f"\n=== {what} ===", flush=True)
    # What one process compiled, those after it (workers, the next run, what tests start) need not compile again.
    env = os.environ | {"ATT_TEST_DATABASE": database, "PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=env, check=False)
    return done.returncode == 0


def left_out(what: str, why: str) -> bool:
    """Say that a run is left out; in CI that is a failure."""
    failure = bool(os.environ.get("CI"))
    print(f"\n=== {what}: LEFT OUT, {why}{' — a failure in CI' if failure else ''} ===", flush=True)
    return not failure


def server_answers() -> bool:
    """Whether a PostgreSQL server listens where the tests look for one."""
    url = make_url(databases.SERVER)
    try:
        with socket.create_connection((url.host or "127.0.0.1", url.port or 5432), timeout=2):
            return True
    except OSError:
        return False


def _worst(passed: Sequence[bool]) -> int:
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
