"""The newest checkpoint, sent once a day to addresses outside: what a mailbox of others keeps, nobody here can change.

A copy has the number, the counts, the hash and the signature. The hash is enough: it stands for every line before.
"""

import re
from datetime import datetime

from sqlalchemy.orm import Session

from db import settings
from db.checkpoints.log import Checkpoint
from db.clock import local_date
from db.errors import InvalidData
from notifications import compose
from notifications import outbox
from notifications import preferences
from notifications import words

KEY = "checkpoint_addresses"
MOST = 10
LONGEST = 500


def addresses(text: str) -> list[str]:
    """The addresses in what somebody typed: mailboxes, and webhooks that begin with https://. Raises InvalidData."""
    found = [one for one in re.split(r"[\s,;]+", text) if one]
    wrong = [one for one in found if not _is_mailbox(one) and not one.startswith("https://")]
    if wrong:
        raise InvalidData({KEY: [f"«{wrong[0]}» no es un correo ni una dirección https://."]})
    if len(found) > MOST or len(text) > LONGEST:
        raise InvalidData({KEY: [f"Escriba hasta {MOST} direcciones, en {LONGEST} caracteres."]})
    return list(dict.fromkeys(found))


def checked(text: str) -> list[str]:
    """As `addresses`, for what somebody types today: a mailbox outside has a domain with a dot. Raises InvalidData."""
    found = addresses(text)
    wrong = [one for one in found if _is_mailbox(one) and "." not in one.partition("@")[2]]
    if wrong:
        raise InvalidData({KEY: [f"A «{wrong[0]}» le falta el final del dominio (por ejemplo, .gov.co)."]})
    return found


def send(session: Session, line: Checkpoint, *, now: datetime) -> int:
    """Put a copy of `line` in the outbox for every address that has none of today. Returns for how many addresses."""
    wanted = addresses(str(settings.get(session, KEY, "")))
    for address in wanted:
        channel = preferences.EMAIL if _is_mailbox(address) else preferences.WEBHOOK
        key = f"checkpoint:{local_date(now)}:{address}"
        told = _told(line, now)
        outbox.enqueue(session, key, compose.EVENT, channel, None, told, stale_at=None, now=now, address=address)
    return len(wanted)


def _is_mailbox(address: str) -> bool:
    return outbox.ADDRESS.fullmatch(address) is not None


def _counted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _told(line: Checkpoint, now: datetime) -> dict[str, object]:
    plain = {"number": line.number, "at": line.at.isoformat(), "acts": line.acts, "chains": line.chains,
             "hash": line.hash, "previous": line.previous, "key": line.key, "signature": line.signature}  # fmt: skip
    day = words.day_of(local_date(line.at), today=local_date(now))
    return {
        "name": "A quien guarda los puntos de control",
        "subject": f"Punto de control {line.number} de la historia",
        "paragraphs": [
            f"El {day} a las {words.clock_time(line.at)} se firmó el punto de control {line.number}: cubre "
            f"{_counted(line.acts)} actos de {_counted(line.chains)} historias.",
            f"Huella: {line.hash}",
            f"Llave pública: {line.key}",
            "Conserve este correo. Con la huella, el verificador de la historia comprueba que nada de lo registrado "
            "hasta ese momento se cambió, se borró ni se reemplazó por una copia anterior.",
        ],
        "link": "/integridad",
        "checkpoint": plain,
    }
