"""Checking an ID token: who signed it, for whom, for which sign-in and when (OpenID Connect Core 1.0, 3.1.3.7)."""

from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws
from joserfc import jwt
from joserfc.errors import ClaimError
from joserfc.errors import ExpiredTokenError
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from db.characters import is_forbidden
from edge.errors import NotVouched
from edge.oidc.provider import Connection

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""How a token may be signed: with a key that only the provider has. `none` and shared secrets are not among them."""

LEEWAY = 60
"""Seconds that the clock of the provider may be off; the number is ours."""

LONGEST_SUBJECT = 255
"""Characters of `sub` (OpenID Connect Core 1.0, 2)."""

# What a token says besides that we do not know is no fault of it; `crit` is still obeyed.
_REGISTRY = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)


def checked(
    connection: Connection, raw: object, *, nonce: str, access_token: str = "", now: datetime
) -> dict[str, Any]:
    """The claims of the token `raw`, when all of it holds.

    Raises NotVouched, which names for the log what does not; Unavailable when the keys cannot be fetched.
    """
    if not isinstance(raw, str):
        raise NotVouched("missing")
    try:
        token = _verified(connection, raw)
    except (JoseError, ValueError, TypeError) as error:
        raise NotVouched("signature") from error
    provider = connection.provider
    claims = CodeIDToken(
        token.claims, token.header,
        options={
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id}, "sub": {"essential": True},
        },
        params={"nonce": nonce, "client_id": provider.client_id, "access_token": access_token},
    )  # fmt: skip
    try:
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except ClaimError as error:
        raise NotVouched("exp" if isinstance(error, ExpiredTokenError) else str(error.claim)[:40]) from error
    except (JoseError, ValueError, TypeError) as error:
        raise NotVouched("claims") from error
    subject = claims["sub"]
    if len(subject) > LONGEST_SUBJECT or is_forbidden(subject) or not subject.strip():
        raise NotVouched("sub")
    return dict(claims)


def _verified(connection: Connection, raw: str) -> jwt.Token:
    """The token, once its signature was verified with a key that the provider publishes for its algorithm."""
    header = jws.extract_compact(raw.encode(), registry=_REGISTRY).headers()
    alg, kid = header.get("alg"), header.get("kid")
    if alg not in ALGORITHMS:
        raise NotVouched("alg")
    if kid is not None and not isinstance(kid, str):
        raise NotVouched("key")
    return jwt.decode(raw, connection.key(kid, alg), algorithms=[alg], registry=_REGISTRY)
