"""What the provider answers: a code, for which it gives the tokens that say who came."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from typing import Any

from flask import request

from db import clock
from db.characters import is_forbidden
from directory.identities import Vouched
from edge.errors import NotVouched
from edge.oidc import id_token
from edge.oidc.declared import Provider
from edge.oidc.journey import Journey
from edge.oidc.journey import line
from edge.oidc.provider import Connection

DECLINED = "El ingreso no se completó en el sitio de su cuenta institucional. Intente de nuevo si lo desea."
VERIFIED = (True, "true", 1, "1")
"""How providers say that an address was verified; anything else is a no."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Who came, when they last proved it to the provider (None if it does not say), and whether with a second step."""

    vouched: Vouched
    proved_at: datetime | None
    second_step: bool


def read(connection: Connection, journey: Journey) -> Answer:
    """Who came back from `journey`. Raises NotVouched, Unavailable."""
    metadata, provider = connection.metadata(), connection.provider
    _demand_issuer(provider, metadata)
    if request.args.get("error"):
        raise NotVouched("declined", DECLINED)
    code = request.args.get("code", "")
    if not code:
        raise NotVouched("no-code")
    with line(connection) as asking:
        tokens = asking.tokens(metadata["token_endpoint"], code=code, code_verifier=journey.verifier,
                               redirect_uri=provider.redirect_uri)  # fmt: skip
        access = tokens.get("access_token")
        access = access if isinstance(access, str) else ""
        claims = id_token.checked(
            connection, tokens.get("id_token"), nonce=journey.nonce, access_token=access, now=clock.now()
        )
        url = metadata.get("userinfo_endpoint")
        if url and access and _lacks(provider, claims):
            claims = _with_more(provider, claims, asking.read(url, access))
    return Answer(_vouched(provider, claims), _when(claims), _second_step(provider, claims))


def _demand_issuer(provider: Provider, metadata: Mapping[str, Any]) -> None:
    """Raise NotVouched when the answer is of another provider (RFC 9207)."""
    said = request.args.get("iss")
    if said is None and not metadata.get("authorization_response_iss_parameter_supported"):
        return
    if not hmac.compare_digest((said or "").encode(), provider.issuer.encode()):
        raise NotVouched("iss")


def _lacks(provider: Provider, claims: Mapping[str, Any]) -> bool:
    """Whether a token leaves to another page of the provider what we ask about."""
    return "email" not in claims or _claim(claims, provider.groups_claim) is None


def _with_more(provider: Provider, claims: dict[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The claims with what that page adds, which changes nothing that was signed. Raises NotVouched for another's."""
    if more.get("sub") != claims["sub"]:
        raise NotVouched("userinfo")
    # An address and whether it was verified are said by one and the same.
    says = claims if "email" in claims else more
    return {**more, **claims, **{name: says.get(name) for name in ("email", provider.verified_claim)}}


def _vouched(provider: Provider, claims: Mapping[str, Any]) -> Vouched:
    email, groups = claims.get("email"), _claim(claims, provider.groups_claim)
    said = claims.get(provider.verified_claim)
    verified = isinstance(email, str) and not is_forbidden(email) and said in VERIFIED
    named = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
    return Vouched(
        provider.issuer, claims["sub"], str(email).strip() if verified else "",
        frozenset(one for one in named if isinstance(one, str)),
    )  # fmt: skip


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """The claim `name`; a name with dots may lead into one (`realm_access.roles`)."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _when(claims: Mapping[str, Any]) -> datetime | None:
    """When the person proved to the provider who they are, no later than now."""
    said = claims.get("auth_time")
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    try:
        return min(datetime.fromtimestamp(said, UTC), clock.now())
    except (OverflowError, OSError, ValueError):
        return None


def _second_step(provider: Provider, claims: Mapping[str, Any]) -> bool:
    amr = claims.get("amr")
    said = {one for one in amr if isinstance(one, str)} if isinstance(amr, list) else set()
    acr = claims.get("acr")
    return bool(provider.second_step & (said | ({acr} if isinstance(acr, str) else set())))
