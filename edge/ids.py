"""Ids in addresses: whole numbers that a database can hold, so that a larger one is simply not found."""

from flask import Flask
from werkzeug.routing import IntegerConverter
from werkzeug.routing import Map


class IdConverter(IntegerConverter):
    """`<id:task_id>`."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, min=1, max=2**63 - 1)


def install(app: Flask) -> None:
    """Let routes of `app` say `<id:…>`; to be called before they are registered."""
    app.url_map.converters["id"] = IdConverter
