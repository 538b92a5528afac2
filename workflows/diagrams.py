"""The diagrams as they are shipped, by the key of their process."""

from collections.abc import Mapping
from pathlib import Path

from forms.declaration import Form
from workflows.forms import BY_PROCESS

_FOLDER = Path(__file__).parent / "bpmn"


def files(*keys: str) -> Mapping[str, str]:
    """The files of these processes: name → XML text."""
    return {f"{key}.bpmn": (_FOLDER / f"{key}.bpmn").read_text(encoding="utf-8") for key in keys}


def forms(*keys: str) -> Mapping[str, Form]:
    """The forms of these processes by name."""
    return {form.name: form for key in keys for form in BY_PROCESS.get(key, ())}
