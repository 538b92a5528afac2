"""The runs that `make` asks for, each in a pytest of its own; says what it leaves out and why.

`python -m tests.run` runs everything, `… architecture` the structural tests, `… soak` the long ones.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from tests import databases

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = Path("/usr/bin/chromium")
QUICK = "not browser and not soak"


def main(arguments: Sequence[str]) -> int:
    """Run what `arguments` name; returns 0 when every run passed and, in CI, none was left out."""
    match list(arguments):
        case []:
            return _worst(everything())
        case ["architecture"]:
            return _worst(on_both("architecture", ["tests/architecture"]))
        case ["soak"]:
            return _worst(on_both("soak", ["-m", "soak or hypothesis", "--hypothesis-profile=soak"]))
    print("python -m tests.run [architecture | soak]", file=sys.stderr)
    return 2


def everything() -> list[bool]:
    """Unit and process tests on both databases, then the browser's."""
    found = on_both("tests", ["-m", QUICK, "-n", "2"])
    if CHROMIUM.exists():
        # One process each: the forms' tests start a browser of their own, and only one may run per process.
        found.append(pytest("pages in the browser", ["-m", "browser", "tests/browser"], "sqlite"))
        found.append(pytest("forms in the browser", ["-m", "browser", "tests/forms"], "sqlite"))
    else:
        found.append(left_out("the tests in the browser", f"there is no {CHROMIUM}"))
    return found


def on_both(what: str, arguments: Sequence[str]) -> list[bool]:
    """The same run on SQLite and, where a server answers, on PostgreSQL."""
    found = [pytest(f"{what} on SQLite", arguments, "sqlite")]
    if server_answers():
        found.append(pytest(f"{what} on PostgreSQL", arguments, "postgresql"))
    else:
        found.append(left_out(f"{what} on PostgreSQL", "no server answers"))
    return found


def pytest(what: str, arguments: Sequence[str], database: str) -> bool:
    """One run of pytest; no test collected counts as a failure, as pytest itself says with exit 5."""
    print(f"\n=== {what} ===", flush=True)
    env = os.environ | {"ATT_TEST_DATABASE": database}
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
