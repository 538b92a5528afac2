"""What must not stand in the project's files."""

import re

import pytest

from tests.architecture import source

# Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry." + "npmjs",
    "registry." + "yarnpkg",
    "unpkg" + ".com",
    "jsde" + "livr.net",
    "cdn" + "js.cloudflare",
    "proxy." + "golang",
]
MACHINE_PATHS = ["/" + "work/", "/" + "root/", "/" + "home/", "/" + "Users/", "C:" + "\\Users"]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every text file of the project by name."""
    found = {}
    for path in source.tracked():
        content = path.read_bytes()
        if b"\0" not in content[:4096]:
            found[source.named(path)] = content.decode("utf-8", errors="replace")
    return found


@pytest.mark.parametrize("name", REGISTRIES)
def test_no_registry_is_named(texts: dict[str, str], name: str) -> None:
    assert [file for file, text in texts.items() if name in text] == []


@pytest.mark.parametrize("path", MACHINE_PATHS)
def test_no_path_of_a_machine_is_named(texts: dict[str, str], path: str) -> None:
    standing = re.compile(rf"(?<![\w.}}]){re.escape(path)}")
    assert [file for file, text in texts.items() if path in text and standing.search(text)] == []


def test_nothing_is_left_to_be_done(texts: dict[str, str]) -> None:
    marks = re.compile(r"\b(" + "TO" + "DO|FIX" + r"ME|XX" + r"X)\b")
    assert [file for file, text in texts.items() if file.endswith(".py") and marks.search(text)] == []


def test_nothing_that_is_made_is_kept(texts: dict[str, str]) -> None:
    made = ("node_modules/", "var/", ".venv/")
    assert [file for file in texts if file.startswith(made)] == []
