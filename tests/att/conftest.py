"""The small demonstration, loaded once per process for every test here that only looks at it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from att import schema
from att.demo import load
from att.demo.scale import SMALL
from db.session import current_engine
from tests.att.test_demo import NOW
from tests.att.test_demo import PASSWORD
from tests.att.test_demo import Loaded
from tests.att.test_demo import empty_database
from tests.att.test_demo import prepared


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """The small demonstration, loaded once per process for the tests that only look at it."""
    folder = tmp_path_factory.mktemp("demo")
    with empty_database(folder) as url:
        engine = prepared(url, folder)
        said: list[str] = []
        load.load(SMALL, PASSWORD, now=NOW, say=said.append)
        engine.dispose()
        yield Loaded(url, folder, said)


@pytest.fixture
def newest(database: None) -> Iterator[None]:
    """The database says that it has the newest tables, as commands demand; afterwards it says nothing again."""
    engine = current_engine()
    schema.mark_newest(engine)
    yield
    with engine.execution_options(att_write=True).begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    engine.dispose()  # the test may have changed to another one
