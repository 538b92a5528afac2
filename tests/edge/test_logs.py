"""What stands in the log of an error nobody foresaw."""

import logging
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask

from att import logs
from edge.permission import public


@pytest.fixture
def restored() -> Iterator[None]:
    """Logging as it was before the test."""
    root, ours = logging.getLogger(), structlog.get_config()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before, level
    logging.getLogger(logs.OURS).setLevel(logging.NOTSET)
    logging.raiseExceptions = True
    structlog.configure(**ours)


@pytest.mark.parametrize("plain", [True, False])
def test_a_trace_shows_the_lines_and_no_value_of_a_variable(
    own_app: Flask, restored: None, capsys: pytest.CaptureFixture[str], plain: bool
) -> None:
    @public
    def view() -> str:
        password = "-".join(["clave", "muy", "secreta"])
        raise RuntimeError(len(password))

    own_app.add_url_rule("/api/v1/prueba", "prueba", view)
    logs.configure(plain=plain)
    structlog.configure(cache_logger_on_first_use=False)
    own_app.test_client().get("/api/v1/prueba")
    written = capsys.readouterr().err
    assert "raise RuntimeError(len(password))" in written
    assert "clave-muy-secreta" not in written
