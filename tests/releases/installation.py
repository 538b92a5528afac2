"""Back-ups of a small installation of each released version, one for each kind of database.

They are made by the commands of that version over what its people did by HTTP: products and plans at several steps, an
advisory with its papers, a milestone, a remark and a draft. Those of 0.1.0 were made so by that program when its tables
were those of revision 0013, with nothing but the modules of this folder added.
"""

import lzma
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from click.testing import CliRunner

from att.app import build
from att.cli import main as command
from att.settings import Settings
from db.session import current_engine
from tests import databases
from tests.api.office import Office
from tests.releases import kept

KEY = "the secret key of what released versions keep"
NOW = datetime(2026, 11, 18, 14, 0, tzinfo=UTC)  # a Wednesday morning in Bogotá
KINDS = ("sqlite", "postgresql")
DRAFTED = "Lo que el líder alcanzó a escribir: ñandú, pingüino, ¿qué más?"
REMARK = "Precise el hito 1: falta la «línea base»."
SUMMARY = "Se revisó el banco de proyectos con la Secretaría de Planeación."


@dataclass(frozen=True)
class Stored:
    """A back-up of a released version."""

    path: Path

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}-{self.path.name.partition('.')[0]}"

    def unpacked(self, folder: Path) -> Path:
        """The archive as `att backup` wrote it."""
        target = folder / self.path.name.removesuffix(".xz")
        target.write_bytes(lzma.decompress(self.path.read_bytes()))
        return target


def every(kind: str) -> list[Stored]:
    """The back-ups of every released version, of one kind of database."""
    return [Stored(path) for path in sorted(kept.HERE.glob(f"*/{kind}.tar.xz"))]


def fill(office: Office) -> None:
    """What the people of an installation did until their back-up."""
    product = office.start_product("Bancos de proyectos al día")
    first = office.activate(product)[0]
    office.push(first["instance_id"], until="Activity_EjecutarAsistencia")
    advisor, lead, reviewer = (office.callers[name] for name in ("asesora", "lider", "der"))
    made: dict[str, Any] = {"_expected_status": 201}
    papers = {name: office.upload("asesora") for name in ("minutes_file", "attendance_file")}
    given = {"occurred_on": "2026-11-17", "modality": "on_site", "summary": SUMMARY, "plans": [first["id"]],
             "confirmed": True}  # fmt: skip
    advisor("POST", "/advisories", json={**given, **papers}, **made)
    milestone = office.reader("GET", f"/work-plans/{first['id']}/milestones").json["items"][0]
    moved = {"occurred_on": "2026-11-17", "files": [office.upload("asesora")], "note": "Acta.", "confirmed": True}
    advisor("POST", f"/milestones/{milestone['id']}/report", json=moved, **made)
    reviewed = office.start_product("Plan indicativo")["instance_id"]
    office.push(reviewed, until="Activity_ValidarProtocolo")
    review = office.task(reviewed, "Activity_ValidarProtocolo")["id"]
    remark = {"path": "milestones/0/name", "text": REMARK}
    reviewer("POST", f"/tasks/{review}/observations", json=remark, **made)
    begun = office.start_product("Por nombrar")["instance_id"]
    naming = office.task(begun, "Activity_NombrarProducto")["id"]
    lead("PUT", f"/tasks/{naming}/draft", json={"data": {"name": DRAFTED}})


def keep(kind: str) -> Path:
    """Make an installation on a database of this kind, fill it, back it up and keep that. Raises FileExistsError."""
    target = kept.HERE / kept.current_version() / f"{kind}.tar.xz"
    with tempfile.TemporaryDirectory() as folder, _empty(kind, Path(folder)) as url, target.open("xb") as file:
        with patch("db.clock.now", lambda: NOW), installed(Path(folder) / "var", url) as run:
            run("init")
            fill(Office.open(build(Settings.from_env()), NOW))
            run("backup", str(Path(folder) / "respaldo.tar"))
            current_engine().dispose()
        content = (Path(folder) / "respaldo.tar").read_bytes()
        file.write(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))
    return target


@contextmanager
def installed(var: Path, url: str) -> Iterator[Any]:
    """An installation in `var`: the commands are run in it, and stop the test when they fail."""
    variables = {"ATT_VAR": str(var), "ATT_DATABASE_URL": url, "ATT_SECRET_KEY": KEY}

    def run(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(command, arguments)
        assert result.exit_code == code, f"{result.output}{result.exception!r}"
        return result.output

    with patch.dict(os.environ, variables):
        yield run


@contextmanager
def _empty(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'att.db'}"
        return
    with databases.postgresql_database(f"att_release_{os.getpid()}") as url:
        yield url
