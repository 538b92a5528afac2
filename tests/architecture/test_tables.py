"""What every table keeps to."""

from sqlalchemy import types

from att.tables import MODULES
from att.tables import metadata
from tests.architecture import source


def test_every_module_with_tables_is_listed() -> None:
    having = {
        source.named(path).removesuffix(".py").replace("/", ".")
        for path in source.modules()
        if "__tablename__ =" in path.read_text() and source.named(path) != "att/tables.py"
    }
    # A package that is listed brings its own modules along.
    assert [name for name in having if name not in MODULES and name.rpartition(".")[0] not in MODULES] == []


def test_every_column_has_a_type() -> None:
    found = [str(column) for table in metadata().tables.values() for column in table.columns
             if isinstance(column.type, types.NullType)]  # fmt: skip
    assert found == []


def test_a_reference_has_the_type_of_what_it_refers_to() -> None:
    found = [
        str(key.parent)
        for table in metadata().tables.values()
        for key in table.foreign_keys
        if type(key.parent.type) is not type(key.column.type)
    ]
    assert found == []


def test_every_constraint_has_a_name() -> None:
    found = [
        table.name
        for table in metadata().tables.values()
        for constraint in table.constraints
        if constraint.name is None
    ]
    assert found == []
