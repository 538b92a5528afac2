"""An installation without a provider of identities is as if there were none."""

import pytest
from flask import Flask

from att.app import build
from att.settings import Settings


@pytest.mark.parametrize("path", ["", "/respuesta?code=x&state=y", "/confirmacion", "/salida"])
def test_nothing_of_it_is_served(database: None, plain: Flask, path: str) -> None:
    assert plain.test_client().get(f"/ingreso/institucional{path}").status_code == 404


def test_the_page_of_ingreso_says_nothing_of_it(database: None, plain: Flask) -> None:
    page = plain.test_client().get("/ingreso?salida=institucional").get_data(as_text=True)
    assert "institucional" not in page


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application as most installations have it."""
    folder = tmp_path_factory.mktemp("plain")
    return build(Settings.from_env({"ATT_VAR": str(folder), "ATT_SECRET_KEY": "k" * 40}))
