"""Settings read once from the environment, then passed down."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo
from zoneinfo import ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from db.errors import InvalidData
from edge.oidc.declared import LOOPBACK
from edge.oidc.declared import RETURN_PAGE
from edge.oidc.declared import SIGN_IN_PAGE
from edge.oidc.declared import Provider

DATABASES = ("sqlite", "postgresql")
_OIDC = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "SCOPES", "GROUPS", "VERIFIED", "SECOND_STEP", "LABEL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an installation decides; see docs/operations.md for each variable."""

    var: Path
    database_url: str
    secret_key: str
    base_url: str
    host: str
    port: int
    timezone: ZoneInfo
    checkpoints: Path
    checkpoint_key: Path
    older_keys: tuple[str, ...] = ()
    trusted_proxies: int = 0
    smtp_url: str = ""
    mail_sender: str = "avisos@localhost"
    private_webhooks: bool = False
    broker_url: str = ""
    metrics_token: str = ""
    oidc: Provider | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Settings from ATT_* variables. Raises InvalidData that names the variable when one is wrong.

        Makes the folder ATT_VAR, and a secret key in it when none is given.
        """
        var = _folder(env.get("ATT_VAR") or "var")
        host = env.get("ATT_HOST") or "127.0.0.1"
        port = _port(env.get("ATT_PORT") or "8080")
        base_url = _url("ATT_BASE_URL", env.get("ATT_BASE_URL") or f"http://{host}:{port}", ("http", "https"))
        return cls(
            var=var,
            database_url=_database_url(env.get("ATT_DATABASE_URL") or f"sqlite:///{var / 'att.db'}"),
            secret_key=_secret_key(env.get("ATT_SECRET_KEY", ""), var),
            older_keys=_older_keys(env.get("ATT_SECRET_KEYS_OLD", "")),
            base_url=base_url,
            host=host,
            port=port,
            timezone=_timezone(env.get("ATT_TIMEZONE") or "America/Bogota"),
            checkpoints=Path(env.get("ATT_CHECKPOINTS") or var / "checkpoints").absolute(),
            checkpoint_key=Path(env.get("ATT_CHECKPOINT_KEY") or var / "checkpoint_key.pem").absolute(),
            trusted_proxies=_proxies(env.get("ATT_TRUSTED_PROXIES") or "0"),
            smtp_url=_optional_url("ATT_SMTP_URL", env, ("smtp", "smtps")),
            mail_sender=_sender(env.get("ATT_MAIL_FROM") or _usual_sender(base_url)),
            private_webhooks=_yes_no("ATT_WEBHOOK_PRIVATE", env.get("ATT_WEBHOOK_PRIVATE") or "no"),
            broker_url=_optional_url("ATT_BROKER_URL", env, ("amqp", "amqps", "redis", "rediss")),
            metrics_token=_token("ATT_METRICS_TOKEN", env.get("ATT_METRICS_TOKEN", "").strip()),
            oidc=_provider(env, base_url),
        )

    @property
    def files(self) -> Path:
        """The folder of attached files."""
        return self.var / "files"


def wrong(variable: str, problem: str) -> InvalidData:
    """The error for a variable whose value cannot be used; it never repeats the value, which may be secret."""
    return InvalidData({variable: [problem]}, f"La variable {variable} no es válida: {problem}")


def _provider(env: Mapping[str, str], base_url: str) -> Provider | None:
    """The provider of identities, when one is named. Its issuer is kept to the letter: tokens are compared with it."""
    given = {name: env.get(f"ATT_OIDC_{name}", "").strip() for name in _OIDC}
    if not any(given.values()):
        return None
    for name in ("ISSUER", "CLIENT_ID"):
        if not given[name]:
            raise wrong(f"ATT_OIDC_{name}", "falta; las demás variables ATT_OIDC_* no sirven sin ella.")
    parts = urlsplit(_url("ATT_OIDC_ISSUER", given["ISSUER"], ("https", "http")))
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise wrong("ATT_OIDC_ISSUER", "debe comenzar por https://.")
    secret, scopes = given["CLIENT_SECRET"], given["SCOPES"] or Provider.scopes
    if not secret.isascii() or not secret.isprintable():
        raise wrong("ATT_OIDC_CLIENT_SECRET", "tiene signos que ningún proveedor entrega, como tildes.")
    if "openid" not in scopes.split():
        raise wrong("ATT_OIDC_SCOPES", "debe incluir openid.")
    return Provider(
        issuer=given["ISSUER"], client_id=given["CLIENT_ID"], client_secret=secret, scopes=scopes,
        redirect_uri=f"{base_url}{RETURN_PAGE}", left_uri=f"{base_url}{SIGN_IN_PAGE}",
        groups_claim=given["GROUPS"] or Provider.groups_claim,
        verified_claim=given["VERIFIED"] or Provider.verified_claim,
        second_step=frozenset(given["SECOND_STEP"].split()), label=given["LABEL"] or Provider.label,
    )  # fmt: skip


def _folder(value: str) -> Path:
    folder = Path(value).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise wrong("ATT_VAR", f"no se puede crear la carpeta «{value}» ({error.strerror}).") from error
    return folder


def _port(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise wrong("ATT_PORT", f"«{value}» no es un número de puerto entre 1 y 65535.")
    return int(value)


def _proxies(value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value) <= 10):
        raise wrong("ATT_TRUSTED_PROXIES", f"«{value}» no es un número de proxies entre 0 y 10.")
    return int(value)


def _usual_sender(base_url: str) -> str:
    host = urlsplit(base_url).hostname or ""
    return f"avisos@{host if host.isascii() and ':' not in host else 'localhost'}"


def _sender(value: str) -> str:
    name, _, host = value.rpartition("@")
    if not (name and host and value.isascii() and value.isprintable()) or set(value) & set(' <>,;:"'):
        raise wrong("ATT_MAIL_FROM", "debe ser una dirección de correo, como avisos@entidad.gov.co.")
    return value


def _yes_no(variable: str, value: str) -> bool:
    if value not in ("si", "sí", "no"):
        raise wrong(variable, "escriba si o no.")
    return value != "no"


def _token(variable: str, value: str) -> str:
    if value and (len(value) < 20 or not value.isascii() or not value.isprintable() or " " in value):
        raise wrong(variable, "debe tener al menos 20 caracteres, sin espacios ni tildes.")
    return value


def _database_url(value: str) -> str:
    try:
        url = make_url(value)
    except ArgumentError as error:
        raise wrong("ATT_DATABASE_URL", "no tiene la forma de una dirección de base de datos.") from error
    if url.get_backend_name() not in DATABASES:
        raise wrong("ATT_DATABASE_URL", "debe comenzar por sqlite:/// o por postgresql://.")
    return value


def _timezone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise wrong("ATT_TIMEZONE", f"no se conoce la zona horaria «{value}».") from error


def _optional_url(variable: str, env: Mapping[str, str], schemes: tuple[str, ...]) -> str:
    value = env.get(variable, "")
    return _url(variable, value, schemes) if value else ""


def _url(variable: str, value: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(value)
        complete = parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        complete = False
    if not complete:
        forms = ", ".join(f"{scheme}://" for scheme in schemes)
        raise wrong(variable, f"debe ser una dirección completa que comience por {forms}.")
    return value.rstrip("/")


def _secret_key(value: str, var: Path) -> str:
    """The key that signs cookies and seals stored state: given, or made once and kept readable to its owner alone."""
    if value:
        if len(value) < 32:
            raise wrong("ATT_SECRET_KEY", "debe tener al menos 32 caracteres.")
        return value
    path = var / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _kept_key(path)
    with os.fdopen(descriptor, "w") as target:
        key = secrets.token_hex(32)
        target.write(key)
    return key


def _older_keys(value: str) -> tuple[str, ...]:
    """The keys used before, the newest first, with which what was signed and sealed is still read."""
    found = tuple(value.replace(",", " ").split())
    if any(len(key) < 32 for key in found):
        raise wrong("ATT_SECRET_KEYS_OLD", "cada clave debe tener al menos 32 caracteres; sepárelas con comas.")
    return found


def _kept_key(path: Path) -> str:
    key = path.read_text().strip()
    if len(key) < 32:
        raise wrong("ATT_SECRET_KEY", f"la clave guardada en {path} está incompleta; bórrela para crear otra.")
    return key
