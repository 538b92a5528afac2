"""The revisions lead to exactly the tables that the models describe."""

import pytest

from att import schema
from db import connect


def test_there_is_a_first_revision() -> None:
    assert schema.revisions()


def test_an_upgraded_database_has_what_the_models_say(bare_url: str) -> None:
    engine = connect(bare_url)
    schema.upgrade(engine)
    found = schema.differences(engine)
    engine.dispose()
    assert found == []


@pytest.mark.parametrize("released", schema.revisions() or ["head"])
def test_every_released_revision_can_be_upgraded(bare_url: str, released: str) -> None:
    engine = connect(bare_url)
    schema.upgrade(engine, released)
    schema.upgrade(engine)
    found = schema.differences(engine)
    engine.dispose()
    assert found == []
