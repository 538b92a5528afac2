"""An ordinary BPMN editor, bpmn-js, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page

from tests import browsers

EDITOR = Path(__file__).parents[2] / "node_modules" / "bpmn-js" / "dist"
PAPER = "<style>body { margin: 0 } #canvas { width: 100vw; height: 100vh }</style><div id=canvas></div>"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here needs the editor, which `make check` installs, and a browser."""
    for item in items:
        if item.path.parent.name == "editor":
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.skipif(not browsers.CHROMIUM, reason="needs Debian's chromium"))
            item.add_marker(pytest.mark.skipif(not EDITOR.is_dir(), reason="needs bpmn-js: run `make check`"))


@pytest.fixture(scope="module")
def editor(browser: Browser) -> Iterator[Page]:
    """A page with the editor, and nothing open in it."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_content(PAPER)
    page.add_style_tag(path=EDITOR / "assets" / "diagram-js.css")
    page.add_script_tag(path=EDITOR / "bpmn-modeler.production.min.js")
    yield page
    page.close()
