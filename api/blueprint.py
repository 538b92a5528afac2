"""The kind of blueprint every resource uses, and what their handlers share."""

import flask_smorest


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # it has no types
    """A resource under /api/v1. Pages of lists travel in the body, never in a header."""

    PAGINATION_HEADER_NAME = None

    def __init__(self, name: str, description: str, path: str = "") -> None:
        super().__init__(f"api_{name}", __name__, url_prefix=f"/api/v1{path}", description=description)
