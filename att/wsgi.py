"""The application for a web server of several processes, as gunicorn: `att.wsgi:application()`."""

import sys
from typing import NoReturn

from flask import Flask

from att import collector
from att.settings import Settings
from db.errors import AttError


def application() -> Flask:
    """The application by the environment, on a database that is prepared; it may be loaded before processes are forked.

    Ends the process with a sentence where something is wrong with either.
    """
    try:
        with collector.resting():
            return _prepared()
    except AttError as error:
        _end(error)


def _prepared() -> Flask:
    from att import logs
    from att import schema
    from att.app import create_app
    from db.session import current_engine

    logs.configure()
    app = create_app(settings())
    schema.demand(answering=False)
    current_engine().dispose()  # no connection is shared with whoever is forked from here
    return app


def settings() -> Settings:
    """The settings by the environment; ends the process with a sentence where one is wrong."""
    try:
        return Settings.from_env()
    except AttError as error:
        _end(error)


def _end(error: AttError) -> NoReturn:
    """End the process with what is wrong in words, as commands do."""
    from att.cli import in_words

    sys.exit("\n".join(in_words(error)))
