"""A downloaded workbook as tests look at it."""

from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

from tests.web.conftest import Browser

HEAD = 5  # title, when, filters, nothing, headings


def downloaded(browser: Browser, path: str, status: int = 200) -> list[list[Any]]:
    """Every row of the workbook at `path`, those above the list included."""
    response = browser.client.get(path)
    assert response.status_code == status, response.get_data(as_text=True)[:2000]
    assert "attachment" in response.headers["Content-Disposition"]
    return opened(response.data)


def opened(content: bytes) -> list[list[Any]]:
    """Every row of the only sheet of a workbook."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def rows(grid: list[list[Any]]) -> list[dict[str, Any]]:
    """The rows of the list, by heading."""
    heads = grid[HEAD - 1]
    return [dict(zip(heads, row, strict=False)) for row in grid[HEAD:]]
