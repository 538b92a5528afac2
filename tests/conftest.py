"""Fixtures for every test: a fresh database, a session, a fixed now."""

import gc
import os
import signal
from collections.abc import Callable
from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
import typst
from argon2 import PasswordHasher
from hypothesis import settings
from sqlalchemy.orm import Session

from att import registered
from att.tables import metadata
from db import connect
from db import files
from db import transaction
from db.checkpoints import checking
from directory import accounts
from tests import browsers
from tests import databases
from tests import twice
from tests.snapshots import Shelf
from tests.snapshots import Stage

# What gives a test its database; whatever else makes one depends on one of these.
DATABASES = frozenset({"database_url", "postgresql_url", "bare_url", "built", "demonstration", "house"})
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

settings.register_profile("default", derandomize=True, deadline=None, max_examples=25)
settings.register_profile("soak", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile("default")


@pytest.fixture(autouse=True, scope="session")
def everything_registered() -> None:
    """A test knows what every process of the program knows (`tests/att/test_registered.py`)."""
    registered.register()


@pytest.fixture(autouse=True, scope="session")
def quick_hashing() -> None:
    """Passwords are hashed with the least work that argon2 allows."""
    accounts.hash_with(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(autouse=True, scope="session")
def plain_traces() -> None:
    """An error that nobody foresaw is logged in lines: drawing each frame with its variables costs seconds."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], renderer])


@pytest.fixture(autouse=True, scope="session")
def remembered_statements() -> Iterator[None]:
    """Each test has an engine of its own, but a statement that one of them compiled need not be compiled again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("db.session.build_engine", databases.remembering())
        yield


@pytest.fixture(scope="session")
def papers() -> Callable[..., bytes]:
    """Typesets as the program does, but what was asked before is remembered."""
    made: dict[str, bytes] = {}

    def typeset(template: Path, **options: Any) -> bytes:
        key = repr((template, options))
        if key not in made:
            made[key] = typst.compile(template, **options)
        return made[key]

    return typeset


@pytest.fixture
def drawn_once(papers: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of who may have a paper: the same paper is drawn once for all who get it."""
    monkeypatch.setattr("forms.document.typst", SimpleNamespace(compile=papers))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How Playwright starts the browser, which all the tests of a process share."""
    return {"executable_path": browsers.CHROMIUM, "args": list(browsers.OPTIONS)}


@pytest.fixture
def now() -> datetime:
    """A Tuesday morning in Bogotá."""
    return datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[None]:
    """An empty database with every table, and an empty folder for files."""
    engine = connect(database_url)
    files.keep_under(tmp_path / "files")
    checking.keep_under(tmp_path / "checkpoints", tmp_path / "checkpoint_key.pem")
    yield
    engine.dispose()


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """The snapshots of this process."""
    return Shelf(tmp_path_factory.mktemp("snapshots"))


@pytest.fixture
def snapshot(database: None, shelf: Shelf, tmp_path: Path) -> Stage:
    """`snapshot(name, build)` is what `build()` makes of the database, built once per process."""
    return Stage(shelf, tmp_path / "files")


@pytest.fixture
def session(database: None) -> Iterator[Session]:
    """A session in a transaction that is kept when the test ends well."""
    with transaction() as session:
        yield session


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a database with every table and no row is."""
    if databases.kind() == "sqlite":
        yield databases.copy_of(request.getfixturevalue("sqlite_template"), tmp_path)
        return
    url = request.getfixturevalue("postgresql_url")
    yield url
    databases.nothing_awaited(url)
    engine = connect(url)
    with engine.begin() as connection:
        databases.empty(connection, metadata())
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table, made once per process."""
    return databases.make_template(tmp_path_factory.mktemp("template") / "att.db", metadata())


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL database with every table, made once per process and dropped at the end."""
    with databases.postgresql_database(f"att_test_{WORKER}_{os.getpid()}") as url:
        engine = connect(url)
        metadata().create_all(engine)
        engine.dispose()
        yield url


@pytest.fixture
def bare_url(tmp_path: Path) -> Iterator[str]:
    """Where a database without any table is: what a first installation meets."""
    if databases.kind() == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    with databases.postgresql_database(f"att_bare_{WORKER}_{os.getpid()}") as url:
        yield url


def pytest_configure() -> None:
    """A run in the background of a shell ignores the interrupt, and what a test starts would ignore it as well."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_itemcollected(item: pytest.Item) -> None:
    """What `make test` does not ask of PostgreSQL as well is marked."""
    if twice.is_later(item.path):
        item.add_marker(pytest.mark.later)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A run on PostgreSQL is of the tests that ask for a database: the others know none, and passed on SQLite."""
    if databases.kind() == "sqlite":
        return
    without = [item for item in items if DATABASES.isdisjoint(getattr(item, "fixturenames", DATABASES))]
    config.hook.pytest_deselected(items=without)
    left = set(without)
    items[:] = [item for item in items if item not in left]


def pytest_collection_finish() -> None:
    """What was loaded to here stays until the end: the garbage collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In continuous integration (CI is set) a skipped test fails the run: there, everything must run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why a run without a failed test still failed."""
    skipped = terminalreporter.stats.get("skipped")
    if os.environ.get("CI") and skipped:
        terminalreporter.write_line(f"CI: {len(skipped)} skipped test(s) count as failures.", red=True)
