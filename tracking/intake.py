"""From the answers of forms to the facts of this room: the only module that knows the names of their fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Data = Mapping[str, Any]

PREDESIGN_KEPT = (
    "problems", "mission_functions", "action_plan_goals", "thematic_lines", "coherence", "value_chain", "moments",
    "background", "justification",
)  # fmt: skip
PROTOCOL_KEPT = (
    "problems", "capacity_types", "capacity_levels", "gaps", "capacity_objectives", "targeting_criteria",
    "targeting_variables", "modalities", "indicators", "targets", "horizon_start", "horizon_end", "schedule",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Predesign:
    """What the ficha says of a product; `kept` are the answers that later steps and pages read."""

    name: str
    problems: list[str]
    moments: list[str]
    kept: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Protocol:
    """What the protocol says of a product."""

    problems: list[str]
    capacities: list[str]
    entities: list[int]
    kept: dict[str, Any]


def predesign(data: Data) -> Predesign:
    """The facts in the form `ficha_prediseno`."""
    return Predesign(
        name=str(data.get("name") or "").strip(),
        problems=_texts(data, "problems"),
        moments=_texts(data, "moments"),
        kept=_kept(data, PREDESIGN_KEPT),
    )


def protocol(data: Data) -> Protocol:
    """The facts in the form `protocolo` (and in `solicitud_modificacion`, which repeats it)."""
    return Protocol(
        problems=_texts(data, "problems"),
        capacities=_texts(data, "capacity_types"),
        entities=[int(entity_id) for entity_id in data.get("entities") or ()],
        kept=_kept(data, PROTOCOL_KEPT),
    )


def sheet(data: Data, ficha: Data, protocol_kept: Data) -> dict[str, Any]:
    """The public sheet: from the form `publicacion_portafolio`, and for the rest from the ficha and the protocol.

    Nothing in it is personal data.
    """
    return {
        "summary": str(data.get("summary") or ""),
        "provider": str(data.get("provider") or ""),
        "provider_kind": str(data.get("provider_kind") or ""),
        "portal_url": str(data.get("portal_url") or ""),
        "capacity_types": _texts(data, "capacity_types") or _texts(protocol_kept, "capacity_types"),
        "descriptors": _texts(data, "descriptors"),
        "problems": _texts(ficha, "problems"),
        "moments": _texts(ficha, "moments"),
        "capacity_objectives": _texts(protocol_kept, "capacity_objectives"),
        "modalities": _texts(protocol_kept, "modalities"),
    }


def _texts(data: Data, name: str) -> list[str]:
    return [str(value) for value in data.get(name) or ()]


def _kept(data: Data, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: data[name] for name in names if data.get(name) not in (None, "", [])}
