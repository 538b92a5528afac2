"""Milestone templates known beforehand: the two phases of Gobierno al Plan (2020).

The data stand in `tracking/data/`. The weights of the groups of phase II cannot be read with certainty in the source:
both readings are here, and neither is confirmed until somebody at the department does so.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.errors import NotFound

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class KnownTemplate:
    """A template in the catalogue; `group_weight` is the column with the weights of its groups."""

    key: str
    title: str
    file: str
    group_weight: str
    confirmed: bool
    note: str = ""


_DOUBT = (
    "La fuente perdió las celdas combinadas con los pesos de los grupos y admite dos lecturas, ambas de suma 100 %. "
    "Esta es la lectura {reading}. Confírmela el responsable del DNP antes de usar los porcentajes."
)

KNOWN: Mapping[str, KnownTemplate] = {
    known.key: known
    for known in (
        KnownTemplate(
            "gobierno_al_plan_fase_1", "Gobierno al Plan, fase I", "gobierno_al_plan_fase_1.csv", "group_weight", True
        ),
        KnownTemplate(
            "gobierno_al_plan_fase_2", "Gobierno al Plan, fase II (lectura A)", "gobierno_al_plan_fase_2.csv",
            "group_weight_a", False, _DOUBT.format(reading="A: de arriba abajo, la más probable"),
        ),
        KnownTemplate(
            "gobierno_al_plan_fase_2_b", "Gobierno al Plan, fase II (lectura B)", "gobierno_al_plan_fase_2.csv",
            "group_weight_b", False, _DOUBT.format(reading="B: en el orden en que salieron los rótulos"),
        ),
    )
}  # fmt: skip


def load(key: str) -> list[dict[str, Any]]:
    """The rows of a known template, ready for `templates.parameterise`. Raises NotFound."""
    known = KNOWN.get(key)
    if known is None:
        raise NotFound("la plantilla de hitos", key)
    with (FOLDER / known.file).open(encoding="utf-8", newline="") as source:
        return [_row(line, known.group_weight) for line in csv.DictReader(source)]


def _row(line: Mapping[str, str], group_weight: str) -> dict[str, Any]:
    texts = {name: line[name] for name in ("name", "moment", "group", "weight", "condition", "note")}
    return {
        **texts,
        "number": int(line["number"]),
        "group_weight": line[group_weight],
        "conditional": bool(line["condition"]),
    }
