"""`att territory`."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from att.console import connected
from att.console import operator

if TYPE_CHECKING:
    from directory.territory import Change
    from directory.territory import ImportReport


@click.group()
def territory() -> None:
    """Mantiene el catálogo de departamentos y entidades (DIVIPOLA del DANE)."""


@territory.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Dice qué cambiaría, sin cambiar nada.")
@click.option("--detail", is_flag=True, help="Muestra cada entidad que se crea o cambia; el ensayo siempre lo hace.")
@click.option("--confirmed", is_flag=True, help="Lo importa aunque traiga, calle o renombre alguna entidad.")
def import_file(file: Path, dry_run: bool, detail: bool, confirmed: bool) -> None:
    """Importa el archivo del DANE (JSON o CSV).

    Columnas: cod_dpto, dpto, cod_mpio, nom_mpio, tipo_municipio, longitud, latitud; o las del portal de datos abiertos.
    """
    from db import clock
    from db import transaction
    from directory import territory as catalogue

    connected()
    with transaction() as session:
        report = catalogue.import_file(
            session, file.read_bytes(), file.name, dry_run=dry_run, confirmed=confirmed, by=operator(), now=clock.now()
        )
    for line in _in_words(report, detail=detail):
        click.echo(line)


@territory.command()
@click.argument("code")
@click.argument("name")
def alias(code: str, name: str) -> None:
    """Agrega a la entidad de código CODE otro NAME con el que también se la conoce."""
    from db import clock
    from db import transaction
    from directory import entities

    connected()
    with transaction() as session:
        entity = entities.with_code(session, code)
        entities.add_alias(session, entity.id, name, by=operator(), now=clock.now())
        click.echo(f"«{entity.name}» ({entity.code}) también se encuentra como «{name}».")


@territory.command()
@click.argument("key")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def regions(key: str, file: Path) -> None:
    """Nombra las regiones del esquema KEY con un CSV de columnas `code` (departamento) y `region`."""
    from db import clock
    from db import transaction
    from directory import regions as catalogue

    connected()
    named = _regions_in(file)
    with transaction() as session:
        row = catalogue.define(session, key, named, by=operator(), now=clock.now())
        click.echo(f"«{row.name}» ya tiene sus {len(named)} regiones; se elige en «Ajustes».")


def _regions_in(file: Path) -> dict[str, list[str]]:
    """Region → codes of its departments. Raises InvalidData for a file without these columns."""
    from db.errors import InvalidData

    named: dict[str, list[str]] = {}
    with file.open(encoding="utf-8-sig", newline="") as source:
        for row in csv.DictReader(source):
            code, region = (row.get("code") or "").strip(), (row.get("region") or "").strip()
            if not code or not region:
                raise InvalidData({file.name: ["Cada renglón dice `code` (dos dígitos del DANE) y `region`."]})
            named.setdefault(region, []).append(code)
    return named


def _in_words(report: "ImportReport", *, detail: bool) -> Iterator[str]:
    from directory.territory import ATTRIBUTION

    yield f"Archivo {report.name} (sha256 {report.sha256[:12]}…)" + (
        ": ensayo, no se cambió nada." if report.dry_run else "."
    )
    yield f"  nuevas: {len(report.created)}, actualizadas: {len(report.updated)}, sin cambio: {report.unchanged}"
    yield from (f"  atención: {difference}" for difference in report.differences)
    if report.dry_run and report.differences:
        yield "  Si así es, impórtelo con --confirmed."
    if detail or report.dry_run:
        yield from (f"  + {change.code} {change.name}" for change in report.created)
        yield from (f"  ~ {change.code} {change.name}: {_replaced(change)}" for change in report.updated)
    if report.unmatched:
        yield f"  no vienen en el archivo: {len(report.unmatched)}; siguen como están."
        yield from (f"  ? {change.code} {change.name}" for change in report.unmatched)
    if report.unmatched and report.created:
        yield "  Si una es de las nuevas, con otro nombre, dele antes ese alias: att territory alias CODE NAME"
    yield ATTRIBUTION


_WORDS = {"name": "nombre", "code": "código", "department_code": "departamento", "kind": "clase", "latitude": "latitud",
          "longitude": "longitud"}  # fmt: skip
_KINDS = {"municipality": "municipio", "non_municipal_area": "área no municipalizada", "island": "isla"}


def _replaced(change: "Change") -> str:
    """What is replaced by what («nombre Medellín → Medellin»)."""

    def told(value: str | None) -> str:
        return _KINDS.get(value, value) if value else "ninguna"

    pairs = ((_WORDS[name], told(value), told(change.after[name])) for name, value in change.before.items())
    return ", ".join(f"{what} {before} → {after}" for what, before, after in pairs)
