"""Which columns hold personal data (Ley 1581 de 2012), said where each is declared: `mapped_column(info=CONTACT)`.

A column of text that is neither marked nor named in `tests/architecture/not_personal.toml` fails a test: whoever adds
one decides. Fields of forms say it with `personal` (`forms/declaration.py`).
"""

from enum import StrEnum

from sqlalchemy import MetaData


class Kind(StrEnum):
    """What sort of personal data a column holds."""

    NAME = "name"
    """Who somebody is. Of public servants, in what they do as such, it is public (Decreto 1377 de 2013, art. 3)."""
    CONTACT = "contact"
    """How somebody is reached: mail, telephone."""
    SENSITIVE = "sensitive"
    """Why somebody is away, delegates or leaves: it may be about their health (Ley 1581 de 2012, art. 5)."""
    DEVICE = "device"
    """From where somebody came in: network address and browser."""
    SECRET = "secret"
    """What somebody enters with, or its hash. It is told to nobody, not even to them."""
    CONTENT = "content"
    """Words or answers in which data of people may stand."""


_MARK = "personal"
NAME, CONTACT, SENSITIVE = {_MARK: Kind.NAME}, {_MARK: Kind.CONTACT}, {_MARK: Kind.SENSITIVE}
DEVICE, SECRET, CONTENT = {_MARK: Kind.DEVICE}, {_MARK: Kind.SECRET}, {_MARK: Kind.CONTENT}


def marked(metadata: MetaData) -> dict[str, Kind]:
    """`table.column` → what sort of personal data it holds, of every column of `metadata` that holds some."""
    return {
        f"{table.name}.{column.name}": column.info[_MARK]
        for table in metadata.tables.values()
        for column in table.columns
        if _MARK in column.info
    }
