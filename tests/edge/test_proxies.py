"""Whose address a request has when reverse proxies stand in front."""

from pathlib import Path

import pytest
from flask import Flask
from flask import request

from att.app import build
from att.settings import Settings
from db.errors import InvalidData
from edge.permission import public

SENT = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "otro.co"}


def behind(tmp_path: Path, proxies: str) -> Flask:
    """The application with a route that says how it was reached."""
    env = {"ATT_VAR": str(tmp_path), "ATT_SECRET_KEY": "k" * 40, "ATT_TRUSTED_PROXIES": proxies}
    app = build(Settings.from_env(env))

    @public
    def view() -> str:
        return f"{request.remote_addr} {request.scheme} {request.host}"

    app.add_url_rule("/quien", "quien", view)
    return app


@pytest.mark.parametrize(
    ("proxies", "told"),
    [
        ("0", "127.0.0.1 http localhost"),  # nobody in front: the headers are the caller's own words
        ("1", "198.51.100.7 https localhost"),  # what the only proxy saw
        ("2", "203.0.113.9 http localhost"),  # what the outer one saw; only one of them told the scheme
    ],
)
def test_only_what_trusted_proxies_wrote_counts(database: None, tmp_path: Path, proxies: str, told: str) -> None:
    assert behind(tmp_path, proxies).test_client().get("/quien", headers=SENT).text == told


@pytest.mark.parametrize("value", ["-1", "uno", "11", "²"])
def test_a_wrong_number_is_refused_by_name(tmp_path: Path, value: str) -> None:
    with pytest.raises(InvalidData, match="ATT_TRUSTED_PROXIES"):
        Settings.from_env({"ATT_VAR": str(tmp_path), "ATT_TRUSTED_PROXIES": value})
