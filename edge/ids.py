"""Ids in addresses: whole numbers that a database can hold, so that a larger one is simply not found."""

from flask import Flask
from werkzeug.routing import IntegerConverter


class IdConverter(IntegerConverter):
    """`<id:task_id>`. What is none does not even look like one, or it would be answered as a method not admitted."""

    regex = "[1-9][0-9]{0,17}"


def install(app: Flask) -> None:
    """Let routes of `app` say `<id:…>`; to be called before they are registered."""
    app.url_map.converters["id"] = IdConverter
