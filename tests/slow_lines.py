"""A line on which scripts are long on their way, while people type already."""

from collections.abc import Callable

from playwright.sync_api import Page
from playwright.sync_api import Route


def held_back(page: Page, script: str) -> Callable[[], None]:
    """Keep `script` on its way, as a slow line does, until what is returned is called; then the page is whole."""
    waiting: list[Route] = []
    page.route(f"**/{script}*", lambda route: waiting.append(route))

    def arrive() -> None:
        for route in waiting:
            route.continue_()
        page.wait_for_load_state()

    return arrive
