"""Headers that keep a page to its own files and its own site."""

from flask import Flask
from flask import Response
from flask import request

from edge import identity

POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
    "font-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
))  # fmt: skip

ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def install(app: Flask, *, https: bool) -> None:
    """Add the headers to every answer of `app`; `https` when the application is reached that way alone."""
    fixed = {**ALWAYS, **(HTTPS_ONLY if https else {})}

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers and request.endpoint != "static":
            response.headers["Cache-Control"] = "no-cache" if identity.maybe_current() is None else "private, no-cache"
        return response
