"""The mail that comes back to this installation: one message as a mail server pipes it, or those of a Maildir."""

import mailbox
from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import structlog

from att import running
from db import transaction
from db.errors import InvalidData
from notifications import bounces
from notifications import returned
from notifications.bounces import Result
from notifications.bounces import Taken

JOB = "bounces"
LONGEST = 20 * 2**20  # bytes read of a message: its headers and the notification stand far before
SEEN, FLAGGED = "S", "F"
FOLDER = "returned"  # of ATT_VAR: a Maildir of what was piped and somebody has to read

WORDS = {
    Result.BOUNCED: "rebotó, y no se escribe más a esa dirección",
    Result.EXPIRED: "no se pudo entregar a tiempo",
    Result.DELAYED: "se demora en otro servidor",
    Result.KNOWN: "ya estaba anotado",
    Result.ARRIVED: "dice que llegó",
    Result.AUTOMATIC: "es una respuesta automática",
    Result.UNMATCHED: "no corresponde a ningún mensaje enviado a esa dirección",
    Result.OTHER: "no es un aviso de devolución; alguien debe leerlo",
    Result.EARLY: "el mensaje todavía está saliendo; se lee otra vez más tarde",
}

log = structlog.get_logger("att.returns")


def take(content: bytes, now: datetime) -> list[Taken]:
    """Note what one message says of ours, all of it or nothing."""
    found = returned.read(content[:LONGEST])
    with transaction() as session:
        taken = bounces.take(session, found, now=now)
    for one in taken:
        log.info("returned", result=one.result, message=one.message_id, code=one.code)
    return taken


def in_words(taken: Taken) -> str:
    """«mensaje 12, julio@example.org (5.1.1): rebotó…»."""
    about = f"mensaje {taken.message_id}, {taken.address}" if taken.message_id else taken.address
    code = f" ({taken.code})" if taken.code else ""
    return f"{about}{code}: {WORDS[taken.result]}" if about else WORDS[taken.result]


def keep(var: Path, content: bytes) -> Path:
    """Put a message that was piped, and that somebody has to read, into a Maildir; returns its folder.

    The mail server drops what it piped once it is told that it was dealt with.
    """
    folder = var / FOLDER
    mailbox.Maildir(folder, create=True).add(content)
    return folder


def from_folder(folder: Path, now: datetime) -> Counter[Result]:
    """Read what is new in a Maildir, and keep on the page of jobs what came of it. Raises InvalidData (`folder`).

    What was dealt with is marked as read there; what somebody has to read is flagged; what failed stays as it was.
    """
    if not all((folder / name).is_dir() for name in ("new", "cur")):
        raise InvalidData({"folder": [f"{folder} no es un buzón Maildir: faltan sus carpetas «new» y «cur»."]})
    counts: Counter[Result] = Counter()

    def read(path: Path) -> None:
        taken = take(_beginning(path), now)
        _put_away(path, folder, taken)
        counts.update(one.result for one in taken)

    running.kept(JOB, lambda: running.each(JOB, _unread(folder), read))
    return counts


def _unread(folder: Path) -> Iterator[Path]:
    for name in ("new", "cur"):
        for path in sorted((folder / name).iterdir()):
            if path.is_file() and not path.name.startswith(".") and not {SEEN, FLAGGED} & set(_flags(path)):
                yield path


def _flags(path: Path) -> str:
    return path.name.partition(":2,")[2]


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST)


def _put_away(path: Path, folder: Path, taken: Sequence[Taken]) -> None:
    results = {one.result for one in taken}
    if Result.EARLY in results:
        return
    flags = "".join(sorted({*_flags(path), FLAGGED if results & bounces.TO_BE_READ else SEEN}))
    path.rename(folder / "cur" / f"{path.name.partition(':')[0]}:2,{flags}")
