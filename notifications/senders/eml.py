"""Messages as files, where there is no mail server: one `.eml` each, that any mail program opens."""

import re
from pathlib import Path

from notifications.senders.base import Answer
from notifications.senders.base import Outcome
from notifications.senders.base import Parcel


class EmlSender:
    """Writes into a folder. The name of a file follows from the message, so that a second attempt writes the same."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> "EmlSender":
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def send(self, parcel: Parcel) -> Answer:
        """Write `parcel`; passing when the folder cannot be written."""
        name = f"{parcel.message_id:08d}-{re.sub(r'[^A-Za-z0-9-]', '', parcel.internet_id.partition('@')[0])[:60]}.eml"
        unfinished = self._folder / f".{name}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(parcel.content)
            unfinished.replace(self._folder / name)
        except OSError as error:
            return Answer(Outcome.PASSING, "file", f"No se pudo escribir el archivo: {error.strerror}.", silent=True)
        return Answer(Outcome.SENT, "file", name)
