"""A process as it was released before: its diagrams of then, with what its services did then."""

from collections.abc import Mapping
from dataclasses import replace

from engine.registry import Process
from forms.declaration import Form


def older(process: Process, files: Mapping[str, str], forms: Mapping[str, Form] | None = None) -> Process:
    """`process` with `files`: without the services and the demands that came after them."""
    said = "".join(files.values())
    handlers = {name: handler for name, handler in process.handlers.items() if f'id="{name}"' in said}
    return replace(process, files=files, forms=forms or process.forms, handlers=handlers, mandatory=())
