"""Protection against requests forged by another site's page.

It concerns requests whose authority is a cookie the browser adds by itself. A bearer token is added by a
program on purpose, and a request to the API without a cookie has no authority to abuse: neither needs it.
"""

from flask import Flask
from flask import request
from flask_wtf.csrf import CSRFError
from flask_wtf.csrf import CSRFProtect

from edge import identity
from edge.problems import for_programs

EXPIRED = "La página estuvo abierta demasiado tiempo o venía de otra sesión. Vuelva a cargarla e intente de nuevo."


def install(app: Flask) -> None:
    """Check the token of every unsafe request whose authority is a cookie."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # long forms stay open for days; the token lives as long as the session
    app.config["WTF_CSRF_HEADERS"] = ["X-CSRF-Token"]
    protection = CSRFProtect(app)

    @app.before_request
    def check() -> None:
        if _needs_none():
            return
        try:
            protection.protect()
        except CSRFError as error:
            error.description, error.spanish = EXPIRED, True
            raise


def _needs_none() -> bool:
    if request.endpoint is None or identity.by_token():
        return True
    return for_programs() and identity.COOKIE not in request.cookies
