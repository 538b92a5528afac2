"""The command line. Each command is loaded when it is asked for, so that none waits for what it does not use."""

import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import click

from att import commands
from db.errors import AttError
from db.errors import InvalidData


class Commands(click.Group):
    """Finds each command in the module of its name under att/commands, and shows errors as sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(module.name for module in iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command = getattr(import_module(f"att.commands.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AttError as error:
            for line in in_words(error):
                click.echo(line, err=True)
            sys.exit(1)


@click.group(cls=Commands)
def main() -> None:
    """Sistema de asistencia técnica territorial."""


def in_words(error: AttError) -> list[str]:
    """The sentence of `error`, and below it each problem of what was sent that the sentence does not say."""
    lines = [f"Error: {error.message}"]
    if isinstance(error, InvalidData):
        found = [(path, message) for path, messages in error.errors.items() for message in messages]
        lines += [
            f"  {path}: {message}" if path else f"  {message}" for path, message in found if message not in lines[0]
        ]
    return lines
