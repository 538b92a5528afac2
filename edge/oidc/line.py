"""What is asked of the provider over HTTP: short waits, no redirection followed, JSON objects only."""

from typing import Any

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from requests.exceptions import RequestException

from db.errors import Unavailable
from edge.errors import NotVouched

CONNECTING, ANSWERING = 3.05, 5.0
"""Seconds that the provider may take to be reached, and to say something; the numbers are ours."""

SILENT = (
    "El proveedor de las cuentas institucionales no responde. Intente de nuevo en unos minutos, o ingrese con su "
    "usuario y contraseña."
)
WRONG = (
    "El proveedor de las cuentas institucionales respondió algo que no se entiende. Ingrese con su usuario y "
    "contraseña, e informe a la administración del sistema."
)

log = structlog.get_logger("att.oidc")


class Line(OAuth2Session):  # type: ignore[misc]  # it has no types
    """A conversation with the provider; close it."""

    def request(self, method: str, url: str, **options: Any) -> Any:
        """As the library's, within our waits. A redirection is an answer, never followed."""
        return super().request(method, url, **{**options, "timeout": (CONNECTING, ANSWERING), "allow_redirects": False})

    def tokens(self, url: str, **sent: Any) -> dict[str, Any]:
        """What the provider gives for a code. Raises NotVouched when it refuses the code, else Unavailable."""
        try:
            found = self.fetch_token(url, grant_type="authorization_code", **sent)
        except OAuthError as error:
            if error.error == "invalid_grant":
                raise NotVouched("code") from error
            log.warning("provider refuses us", code=str(error.error)[:40])
            raise Unavailable(WRONG) from error
        except RequestException as error:
            raise Unavailable(SILENT) from error
        except (ValueError, TypeError) as error:
            raise Unavailable(WRONG) from error
        return dict(found)

    def read(self, url: str, access_token: str = "") -> dict[str, Any]:
        """The JSON object at `url`, for the bearer of a token if one is given. Raises Unavailable."""
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {access_token}"} if access_token else {})
        try:
            answer = self.get(url, withhold_token=True, headers=headers)
        except RequestException as error:
            raise Unavailable(SILENT) from error
        if answer.status_code >= 500:
            raise Unavailable(SILENT)
        try:
            found: Any = answer.json() if answer.status_code == 200 else None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise Unavailable(WRONG)
        return dict(found)


def published(url: str) -> dict[str, Any]:
    """What the provider publishes at `url`, for everybody. Raises Unavailable."""
    with Line() as line:
        found: dict[str, Any] = line.read(url)
    return found
