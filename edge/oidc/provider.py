"""The provider of identities of an installation: what is remembered of what it publishes."""

from datetime import datetime
from datetime import timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from authlib.common.urls import add_params_to_uri
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jwk import RSAKey

from db import clock
from db.errors import Unavailable
from edge.errors import NotVouched
from edge.oidc import line
from edge.oidc.declared import LOOPBACK
from edge.oidc.declared import Provider

KEPT = timedelta(hours=1)
"""How long what the provider publishes is taken to be as it was."""

AGAIN = timedelta(seconds=30)
"""How long after its keys were fetched they are not fetched again, whatever key a token names."""

PAUSE = timedelta(seconds=5)
"""How long it is not asked again after it did not answer: others would wait in line for the same silence."""

DISCOVERY = "/.well-known/openid-configuration"
DEMANDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OPTIONAL = ("userinfo_endpoint", "end_session_endpoint")


class Connection:
    """The provider, with what it published: each process remembers its own. Several threads may ask it."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._lock = Lock()
        self._metadata: tuple[datetime, dict[str, Any]] | None = None
        self._keys: tuple[datetime, list[dict[str, Any]]] | None = None
        self._silent_since: datetime | None = None

    def metadata(self) -> dict[str, Any]:
        """What it publishes about itself. Raises Unavailable."""
        with self._lock:
            return self._published()

    def ending(self) -> str:
        """Where people leave the provider too; empty when it has no such place, or does not answer."""
        try:
            url = self.metadata().get("end_session_endpoint")
        except Unavailable:
            return ""
        said = {"client_id": self.provider.client_id, "post_logout_redirect_uri": self.provider.left_uri}
        return str(add_params_to_uri(url, said.items())) if url else ""

    def key(self, kid: str | None, alg: str) -> RSAKey | ECKey:
        """Its key called `kid`, for `alg`; without a name, the only one that fits.

        A name that is not known may be of a key that is new: what it publishes is fetched again, and not more often
        than every AGAIN. Raises NotVouched when there is none, Unavailable.
        """
        with self._lock:
            now = clock.now()
            if self._keys is None or now - self._keys[0] >= KEPT:
                self._fetch_keys(now)
            found = self._fitting(kid, alg)
            if found is None and self._keys is not None and now - self._keys[0] >= AGAIN:
                self._fetch_keys(now)
                found = self._fitting(kid, alg)
        if found is None:
            raise NotVouched("key")
        return found

    def _published(self) -> dict[str, Any]:
        now = clock.now()
        if self._metadata is None or now - self._metadata[0] >= KEPT:
            url = self.provider.issuer.rstrip("/") + DISCOVERY
            self._metadata = now, _checked(self._fetched(url), self.provider.issuer)
        return self._metadata[1]

    def _fetch_keys(self, now: datetime) -> None:
        keys = self._fetched(self._published()["jwks_uri"]).get("keys")
        self._keys = now, [one for one in keys if isinstance(one, dict)] if isinstance(keys, list) else []

    def _fetched(self, url: str) -> dict[str, Any]:
        """What is published at `url`; a provider that did not answer is not waited for again at once."""
        if self._silent_since is not None and clock.now() - self._silent_since < PAUSE:
            raise Unavailable(line.SILENT)
        try:
            found = line.published(url)
        except Unavailable:
            self._silent_since = clock.now()  # the wait itself may be longer than the pause
            raise
        self._silent_since = None
        return found

    def _fitting(self, kid: str | None, alg: str) -> RSAKey | ECKey | None:
        """The key to verify with. None when there is none, or when several fit a token that names none."""
        kind: type[RSAKey] | type[ECKey] = ECKey if alg.startswith("ES") else RSAKey
        known = self._keys[1] if self._keys is not None else []
        fitting = [
            one for one in known
            if one.get("kty") == kind.key_type and one.get("use", "sig") == "sig" and one.get("alg", alg) == alg
            and (kid is None or one.get("kid") == kid)
        ]  # fmt: skip
        if len(fitting) != 1:
            return None
        try:
            return kind.import_key(fitting[0])
        except (ValueError, TypeError, KeyError, JoseError):
            return None


def _checked(found: dict[str, Any], issuer: str) -> dict[str, Any]:
    """The metadata, when they are of `issuer` and every address can be used. Raises Unavailable."""
    secure = ("https", "http") if urlsplit(issuer).hostname in LOOPBACK else ("https",)
    addresses = [found.get(name) for name in DEMANDED] + [found[name] for name in OPTIONAL if found.get(name)]
    whole = all(isinstance(one, str) and urlsplit(one).scheme in secure for one in addresses)
    if found.get("issuer") != issuer or not whole:
        raise Unavailable(line.WRONG)
    return found
