"""`att worker`."""

import click

from att.console import connected


@click.command()
@click.option("--batches", is_flag=True, help="Atiende sólo tandas de la cola de ATT_BROKER_URL.")
@click.option("--hands", default=2, show_default=True, type=click.IntRange(1, 64), help="Procesos que atienden tandas.")
@click.option("--beside", is_flag=True, hidden=True, help="Termina con el servidor que lo inició.")
def worker(batches: bool, hands: int, beside: bool) -> None:
    """Ejecuta solo los trabajos automáticos; espera su turno si otro proceso los tiene."""
    if batches:
        _serve_batches(hands)
    elif beside:
        from att.worker import run_beside

        run_beside(connected(answering=False))
    else:
        from att.worker import run_until_signalled

        run_until_signalled(connected())


def _serve_batches(hands: int) -> None:
    from att.crew import serve
    from att.settings import Settings
    from att.settings import wrong

    settings = Settings.from_env()
    if not settings.broker_url:
        raise wrong("ATT_BROKER_URL", "dé la dirección de la cola, por ejemplo amqp://servidor o redis://servidor.")
    serve(settings, hands=hands)
