"""`att bounce`."""

import os
import sys

import click

from att.console import connected


@click.command()
def bounce() -> None:
    """Lee por la entrada estándar un mensaje que volvió y anota lo que dice.

    Lo que alguien debe leer queda en la carpeta «returned» de ATT_VAR.
    Termina con 75 (EX_TEMPFAIL) cuando el servidor de correo debe intentarlo de nuevo.
    """
    settings = connected(prepared=False)  # whatever is amiss, the mail server pipes it again
    import structlog

    from att import returns
    from db import clock
    from notifications.bounces import TO_BE_READ
    from notifications.bounces import Result

    content = sys.stdin.buffer.read()
    try:
        taken = returns.take(content, clock.now())
        results = {one.result for one in taken}
        kept = None
        if results & TO_BE_READ and Result.EARLY not in results:
            kept = returns.keep(settings.var, content)
    except Exception:  # the mail server keeps the message and pipes it again
        structlog.get_logger("att.returns").exception("could not be read")
        sys.exit(os.EX_TEMPFAIL)
    for one in taken:
        click.echo(returns.in_words(one))
    if kept is not None:
        click.echo(f"Quedó en {kept}.")
    if Result.EARLY in results:
        sys.exit(os.EX_TEMPFAIL)
