"""Every error of the application has its answer over HTTP."""

from collections.abc import Iterator
from importlib import import_module

from db.errors import AttError
from tests.architecture import source


def kinds(error: type[AttError]) -> Iterator[type[AttError]]:
    for kind in error.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_every_kind_of_error_is_in_the_table_of_statuses() -> None:
    for path in source.modules():
        if path.name not in ("__main__.py",):
            import_module(source.named(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    table = {row[0] for row in import_module("edge.problems").TABLE}
    assert [kind.__name__ for kind in kinds(AttError) if kind not in table] == []
