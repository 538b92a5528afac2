"""`att bounce`."""

import os
import sys

import click

from att.console import connected


@click.command()
def bounce() -> None:
    """Lee por la entrada estándar un mensaje que volvió y anota lo que dice.

    Termina con 75 (EX_TEMPFAIL) cuando el servidor de correo debe intentarlo de nuevo.
    """
    connected(prepared=False)  # whatever is amiss, the mail server pipes it again
    import structlog

    from att import returns
    from db import clock
    from notifications.bounces import Result

    content = sys.stdin.buffer.read(returns.LONGEST)
    try:
        taken = returns.take(content, clock.now())
    except Exception:  # the mail server keeps the message and pipes it again
        structlog.get_logger("att.returns").exception("could not be read")
        sys.exit(os.EX_TEMPFAIL)
    for one in taken:
        click.echo(returns.in_words(one))
    if any(one.result is Result.EARLY for one in taken):
        sys.exit(os.EX_TEMPFAIL)
