"""The application on the small world, which is built once and changed by nothing that is asked."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from datetime import datetime
from pathlib import Path

import pytest
import structlog
from flask import Flask
from sqlalchemy.orm import Session

from att.app import build
from att.settings import Settings
from att.tables import metadata
from db import connect
from db import files
from db.checkpoints import checking
from db.session import current_engine
from engine import seal
from tests import databases
from tests.access import world as worlds
from tests.access.asking import Asker
from tests.access.onehand import one_hand

REHEARSING = ("web.simulations",)
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@pytest.fixture(scope="package")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application. Its pages are not drawn: who gets in is settled before."""
    folder = tmp_path_factory.mktemp("access")
    app = build(Settings.from_env({"ATT_VAR": str(folder), "ATT_SECRET_KEY": "k" * 40}))
    app.testing = True
    del app.extensions["att_problem_page"]
    return app


@pytest.fixture(scope="package")
def built(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, worlds.World]]:
    """The world, its folder, and where its database is."""
    folder = tmp_path_factory.mktemp("world")
    _keep_under(folder)
    with databases.apart(folder, metadata()) as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr("db.clock.now", lambda: NOW)
        engine = connect(url)
        world = worlds.build()
        engine.dispose()
        yield folder, url, world


@pytest.fixture(scope="module")
def asker(app: Flask, built: tuple[Path, str, worlds.World]) -> Iterator[Asker]:
    """Asks in the world, without a line in the log for each question."""
    folder, url, world = built
    _keep_under(folder)
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with pytest.MonkeyPatch.context() as patch, one_hand(url) as hand:
        patch.setattr("db.clock.now", lambda: NOW)
        patch.setattr("web.frame.render_template", lambda *_, **values: str(values.get("problems", "")))
        for user in REHEARSING:  # a copy of the file would wait for ever for the transaction that never ends
            patch.setattr(f"{user}.rehearsal", _apart)
        yield Asker(app, world, hand)
    structlog.configure(**before)


@contextmanager
def _apart() -> Iterator[Session]:
    """A rehearsal as it is on PostgreSQL: what it writes is never kept."""
    with Session(current_engine(), expire_on_commit=False) as session:
        yield session


def _keep_under(folder: Path) -> None:
    files.keep_under(folder / "files")
    checking.keep_under(folder / "checkpoints", folder / "key.pem")
    seal.use("k" * 40)
