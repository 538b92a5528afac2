"""Lists that show just what a digest counted and did not tell in full; its links name the message."""

from flask import request

from notifications import told
from notifications.told import Told
from web.frame import number


def asked() -> Told | None:
    """Which message the address names, and which of its rows stood in it in full; None for any other list."""
    message_id = number("aviso")
    return None if message_id is None else Told(message_id, told.without(request.args.get("menos", "")))
