"""Reading and writing what a released version stored: one file for each process."""

import gzip
import json
import tomllib
from base64 import b64decode
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.bundle import Bundle

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Rest:
    """A case that rests: at which step, its stored state, what it knows, and what it passed."""

    process_key: str
    element: str
    kind: str  # `user`: somebody is to act; `service`: a handler is to run
    state: bytes
    variables: Mapping[str, Any]
    passed: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Released:
    """A process as a version shipped it."""

    version: str
    bundle: Bundle
    forms: Mapping[str, Any]  # name → declaration
    rests: tuple[Rest, ...]

    @property
    def name(self) -> str:
        return f"{self.version}-{self.bundle.key}"


def current_version() -> str:
    """The version of the program."""
    project = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def every() -> list[Released]:
    """Every process of every released version."""
    return [_read(path) for path in sorted(HERE.glob("*/*.json.gz"))]


def write(released: Released) -> Path:
    """Keep a process as it was released. Raises FileExistsError: what was kept is not written again."""
    folder = HERE / released.version
    folder.mkdir(exist_ok=True)
    path = folder / f"{released.bundle.key}.json.gz"
    content = {
        "files": dict(released.bundle.files),
        "hashes": dict(released.bundle.forms),
        "forms": dict(released.forms),
        "rests": [
            {**vars(rest), "state": b64encode(rest.state).decode(), "variables": dict(rest.variables)}
            for rest in released.rests
        ],
    }
    with path.open("xb") as file:
        file.write(gzip.compress(json.dumps(content, ensure_ascii=False).encode(), mtime=0))
    return path


def _read(path: Path) -> Released:
    content = json.loads(gzip.decompress(path.read_bytes()))
    bundle = Bundle(path.name.removesuffix(".json.gz"), content["files"], content["hashes"])
    rests = tuple(
        Rest(
            **{name: row[name] for name in ("process_key", "element", "kind", "variables")},
            state=b64decode(row["state"]),
            passed=tuple((key, element) for key, element in row["passed"]),
        )
        for row in content["rests"]
    )
    return Released(path.parent.name, bundle, content["forms"], rests)
