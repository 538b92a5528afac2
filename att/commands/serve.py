"""`att serve`."""

import click


@click.command()
def serve() -> None:
    """Sirve el sistema en ATT_HOST:ATT_PORT, con los trabajos automáticos."""
    from att import logs
    from att.serve import serve as run
    from att.settings import Settings

    logs.configure()
    run(Settings.from_env())
