"""A program that calls the API."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


@dataclass(frozen=True)
class Caller:
    """A program that acts for somebody; every call says which status it expects."""

    client: FlaskClient
    token: str = ""
    person_id: int = 0

    def __call__(self, method: str, path: str, *, _expected_status: int = 200, **options: Any) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        response = self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)
        assert response.status_code == _expected_status, response.get_data(as_text=True)
        return response
