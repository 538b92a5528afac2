"""What instances and operations are about: ids by name (`product_id`), kept as JSON."""

from sqlalchemy import ColumnElement
from sqlalchemy import Text
from sqlalchemy import cast
from sqlalchemy.orm import InstrumentedAttribute


def names(column: InstrumentedAttribute[dict[str, int]], ref: tuple[str, int]) -> ColumnElement[bool]:
    """Rows whose links in `column` name `ref`: a name and an id."""
    pattern, links = f'%"{ref[0]}":{int(ref[1])}', cast(column, Text)
    return links.like(pattern + ",%") | links.like(pattern + "}%")
