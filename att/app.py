"""The web application: settings in, a Flask application out. There is no global one."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

import api
import web
from att import health
from att import metrics
from att import post
from att import registered
from att.settings import Settings
from db import connect
from db import files
from db.checkpoints import checking
from directory import sealed
from edge.install import install
from edge.oidc import installed
from engine import seal

MEGABYTE = 1024 * 1024
WEB_FOLDER = Path(web.__file__).parent


class JsonProvider(DefaultJSONProvider):
    """JSON with exact numbers as text, dates as ISO 8601, and Spanish letters as they are."""

    ensure_ascii = False
    sort_keys = False

    @staticmethod
    def default(value: Any) -> Any:
        """What JSON has no word for. Raises TypeError for the rest."""
        if isinstance(value, Decimal):
            return str(value)
        if isinstance(value, date):
            return value.isoformat()
        return DefaultJSONProvider.default(value)


def create_app(settings: Settings) -> Flask:
    """The application on the database that `settings` name, which must be at the newest migration to be ready."""
    connect(settings.database_url)
    files.keep_under(settings.files)
    return build(settings)


def build(settings: Settings) -> Flask:
    """The application on the database that is already connected."""
    registered.register()
    seal.use(settings.secret_key, settings.older_keys)
    sealed.use(settings.secret_key, settings.older_keys)
    post.use(settings)
    checking.keep_under(settings.checkpoints, settings.checkpoint_key)
    app = Flask("att", static_folder=str(WEB_FOLDER / "static"), template_folder=str(WEB_FOLDER / "templates"))
    https = settings.base_url.startswith("https://")
    app.config.update(_config(settings, https))
    app.json = JsonProvider(app)
    installed.use(app, settings.oidc)
    health.register(app)
    metrics.register(app, settings.metrics_token)
    api.register(app)
    web.register(app)
    install(app, https=https)
    _trust(app, settings.trusted_proxies)
    return app


def _trust(app: Flask, proxies: int) -> None:
    """Believe the last `proxies` entries of X-Forwarded-For and -Proto; without a proxy anybody could write them."""
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]


def _config(settings: Settings, https: bool) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.older_keys),
        "SESSION_COOKIE_NAME": "att_page",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": https,
        "MAX_CONTENT_LENGTH": 25 * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": 5 * MEGABYTE,
        "MAX_FORM_PARTS": 20_000,  # a table of a thousand entities is posted whole
        "TEMPLATES_AUTO_RELOAD": False,
    }
