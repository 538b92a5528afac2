"""Which tests `make test` asks on PostgreSQL as well, and which of them wait there for `make soak`.

Asked twice at once is whatever the database itself may answer otherwise: what locks, what runs at the same moment, what
questions find and in which order, plans, migrations, commands and jobs, the work of the processes, everything that
programs ask (`tests/api`), and each page once (`tests/att/test_counted.py`). What only comes after that, whatever the
database was, waits: it is listed here with the reason. In a folder that waits, those files do not that write SQL of
their own, let something happen at the same moment or ask which database they have (`DIFFERS`).

A test that waits is marked `later`. On SQLite and in a run that somebody begins by hand the mark changes nothing.
"""

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

LATER = {
    "tests/web": "what pages show of what the rooms below found, which are asked at once",
    "tests/workflows": "what diagrams and forms say: they are no rows",
    "tests/access": "who gets in is decided before anything is looked for, and lists are asked in tests/directory",
    "tests/api/fuzzing": "what chance sends is refused before it comes to the database, but for the lines it hits",
    "tests/edge/oidc": "what a provider of identities answers; accounts and sessions are asked in tests/directory",
    "tests/forms/test_hostile.py": "drawing of answers",
    "tests/forms/test_load.py": "reading of answers; catalogues are asked at once",
    "tests/forms/test_ratings.py": "drawing of answers",
    "tests/forms/test_renderings.py": "drawing of answers",
    "tests/att/test_bounces.py": "what a server of mail sends back",
    "tests/att/test_demo.py": "what the demonstration tells; it is loaded all the same, for each page",
    "tests/att/test_gunicorn.py": "how processes begin and end",
    "tests/att/test_sockets.py": "how processes begin and end",
    "tests/att/test_tampering.py": "the arithmetic of the history, on rows that were read; tests/db asks how they are",
    "tests/faults/test_clock.py": "what the clock of a machine does to processes",
    "tests/faults/test_disk.py": "what a full disk does to files",
    "tests/faults/test_zones.py": "what the zone of a machine does to processes",
}

# What may come out otherwise on another database, by the words of a file of tests.
DIFFERS = re.compile(
    r"(?<![\w.])text\(|databases\.(kind|refuses)|dialect|postgresql|import (threading|meanwhile)|\bThread"
)


@cache
def is_later(file: Path) -> bool:
    """Whether the tests of `file` wait for `make soak` to be asked on PostgreSQL."""
    path = file.relative_to(ROOT)
    if str(path) in LATER:
        return True
    return any(str(folder) in LATER for folder in path.parents) and not DIFFERS.search(file.read_text())
