"""Whichever way the program is begun, what rooms register is known: a page knows what a job knows."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

LATE = {"forms.rules"}  # reads its modules when it is first asked
BELOW = ("db", "directory", "forms", "notifications", "engine", "tracking", "workflows")
WAYS = {
    "pages": "from att.app import create_app; from att.settings import Settings\ncreate_app(Settings.from_env())",
    "jobs and commands": (
        "from att.setup import prepare; from att.settings import Settings\nprepare(Settings.from_env())"
    ),
}
EVERY_MODULE = """
import importlib, pkgutil
for room in BELOW:
    for found in pkgutil.walk_packages(importlib.import_module(room).__path__, room + "."):
        if "migrations" not in found.name:
            importlib.import_module(found.name)
"""
TELL = """
import json, sys
print(json.dumps({
    f"{name}.{attribute}": sorted(map(str, value))
    for name, module in sys.modules.items() if name.partition(".")[0] in BELOW
    for attribute, value in vars(module).items() if type(value) in (dict, list, set) and attribute != "__builtins__"
}))
"""


def known(begin: str, folder: Path) -> dict[str, list[str]]:
    """What stands in the registries of a process of its own that began so."""
    script = f"BELOW = {BELOW}\n{begin}\n{TELL}"
    told = subprocess.run(
        [sys.executable, "-c", script], env={"ATT_VAR": str(folder)}, capture_output=True, text=True, check=True
    )
    return dict(json.loads(told.stdout))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What is known where every module of every room was loaded."""
    return known(f"{WAYS['pages']}\n{EVERY_MODULE}", tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize("way", WAYS)
def test_nothing_that_a_room_registers_is_missing(whole: dict[str, list[str]], way: str, tmp_path: Path) -> None:
    begun = known(WAYS[way], tmp_path)
    missing = {
        name: sorted(set(whole[name]) - set(keys))
        for name, keys in begun.items() if name.rpartition(".")[0] not in LATE
    }  # fmt: skip
    assert {name: keys for name, keys in missing.items() if keys} == {}
    assert begun["notifications.chains._steps"]
