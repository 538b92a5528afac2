"""The provider of identities that an installation declares. It loads nothing: most installations have none."""

from dataclasses import dataclass
from dataclasses import field

LABEL = "Ingresar con la cuenta institucional"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""The only hosts to which anything is said without TLS."""

SIGN_IN_PAGE = "/ingreso"
START_PAGE = "/ingreso/institucional"
RETURN_PAGE = f"{START_PAGE}/respuesta"
"""Where the provider sends people back to: it must know this address."""

PROOF_PAGE = f"{START_PAGE}/confirmacion"
LEFT_PAGE = f"{START_PAGE}/salida"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """What the environment says of it; see docs/operations.md for each variable.

    `redirect_uri` is where it sends people back to, `left_uri` where to once they left there too. `second_step` are the
    values of `amr` or `acr` that count as one.
    """

    issuer: str
    client_id: str
    redirect_uri: str
    left_uri: str
    client_secret: str = field(default="", repr=False)
    scopes: str = "openid email profile"
    groups_claim: str = "groups"
    verified_claim: str = "email_verified"
    second_step: frozenset[str] = frozenset()
    label: str = LABEL
