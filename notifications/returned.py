"""What mail servers send back: a returned message read by the formats of the standards, whatever wrote it.

Delivery status notifications follow RFC 3464 (and RFC 6533 for addresses with accents); automatic answers are known by
RFC 3834, and by what older programs write. Nothing here raises: a message may hold anything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email import message_from_string
from email.message import Message
from enum import StrEnum
from hashlib import sha256

from db.characters import clean

LONGEST = 400  # characters kept of what a server says
_ID = re.compile(r"<[^<>\s]+>")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_ORIGINAL_PARTS = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_AUTOMATIC = ("X-Autoreply", "X-Autorespond", "X-Autorespond-Loop", "X-Auto-Response")


class Kind(StrEnum):
    """What a message that came to the address of bounces is."""

    STATUS = "status"  # a delivery status notification
    AUTOMATIC = "automatic"  # a vacation notice, a receipt, a list that answers
    OTHER = "other"  # written by somebody, or by a server that follows no standard


class Action(StrEnum):
    """What became of a message at one recipient (RFC 3464, 2.3.3 and 2.3.4)."""

    REFUSED = "refused"  # failed with status 5: that address does not take it
    EXPIRED = "expired"  # failed with status 4: another server tried for too long
    DELAYED = "delayed"  # another server still tries
    ARRIVED = "arrived"  # delivered, relayed or expanded


@dataclass(frozen=True, slots=True)
class Fate:
    """What is said of one recipient: the addresses that name it, the code (5.1.1) and the words of the server."""

    addresses: frozenset[str]
    action: Action
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A message that came in: `reference` is its identity, `originals` the Message-IDs that it may be about."""

    kind: Kind
    reference: str
    subject: str
    originals: tuple[str, ...] = ()
    fates: tuple[Fate, ...] = ()


def read(content: bytes) -> Returned:
    """What a message says of ours. The same bytes always have the same `reference`."""
    mail = message_from_bytes(content)
    found = _ID.search(_text(mail, "Message-ID"))
    reference = found.group() if found else f"<{sha256(content).hexdigest()[:32]}>"
    subject = _text(mail, "Subject")[:LONGEST]
    fates = tuple(_fates(mail))
    if fates:
        return Returned(Kind.STATUS, reference, subject, _originals(mail), fates)
    return Returned(Kind.AUTOMATIC if _automatic(mail) else Kind.OTHER, reference, subject)


def _text(mail: Message, header: str) -> str:
    return " ".join(clean(str(mail.get(header, ""))).split())


def _parts(mail: Message, types: tuple[str, ...]) -> Iterator[Message]:
    """Parts of these types that the message itself has: those of a message that it encloses are not its own."""
    payload = mail.get_payload()
    if mail.get_content_type() in types:
        yield mail
    elif mail.is_multipart() and mail.get_content_maintype() == "multipart":
        for part in payload:
            if isinstance(part, Message):
                yield from _parts(part, types)


def _fates(mail: Message) -> Iterator[Fate]:
    for part in _parts(mail, _STATUS_PARTS):
        for block in _blocks(part):
            fate = _fate(block)
            if fate is not None:
                yield fate


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields of a status part; the library splits them for one of its two types only."""
    payload = part.get_payload()
    for block in payload if isinstance(payload, list) else [message_from_string(str(payload))]:
        if isinstance(block, Message):
            yield block
            rest = block.get_payload()
            if isinstance(rest, str) and rest.strip():
                yield from (message_from_string(one) for one in re.split(r"\r?\n[ \t]*\r?\n", rest.strip()))


def _fate(block: Message) -> Fate | None:
    addresses = {_address(block, header) for header in ("Original-Recipient", "Final-Recipient")} - {""}
    if not addresses:
        return None
    diagnostic = _text(block, "Diagnostic-Code")
    code = next(iter(_STATUS.findall(_text(block, "Status")) + _STATUS.findall(diagnostic)), "")
    action = _action(_text(block, "Action").lower(), code)
    said = diagnostic.partition(";")[2].strip() or diagnostic or _text(block, "Status")
    return Fate(frozenset(addresses), action, code, said[:LONGEST])


def _address(block: Message, header: str) -> str:
    """`rfc822; julio@example.org` without its kind, as addresses are compared."""
    value = _text(block, header)
    return value.rpartition(";")[2].strip().strip("<>").casefold()


def _action(said: str, code: str) -> Action:
    """The action that is said; without one, what the code implies."""
    passing = code.startswith("4")
    if said == "failed":
        return Action.EXPIRED if passing else Action.REFUSED
    if said == "delayed" or (not said and passing):
        return Action.DELAYED
    return Action.REFUSED if not said and code.startswith("5") else Action.ARRIVED


def _originals(mail: Message) -> tuple[str, ...]:
    """Message-IDs of what came back: of the copy that is enclosed, else of what the notification answers."""
    enclosed = [identity for part in _parts(mail, _ORIGINAL_PARTS) for identity in _identity(part)]
    answered = [found for name in ("In-Reply-To", "References") for found in _ID.findall(_text(mail, name))]
    return tuple(dict.fromkeys(enclosed or answered))


def _identity(part: Message) -> list[str]:
    payload = part.get_payload()
    copy = payload[0] if isinstance(payload, list) and payload else None
    if not isinstance(copy, Message):
        raw = part.get_payload(decode=True)
        copy = message_from_bytes(raw if isinstance(raw, bytes) else b"")
    return _ID.findall(_text(copy, "Message-ID"))[:1]


def _automatic(mail: Message) -> bool:
    submitted = _text(mail, "Auto-Submitted").lower()
    receipt = mail.get_content_type() == "multipart/report" and "disposition" in str(mail.get_param("report-type", ""))
    return (
        submitted not in ("", "no")
        or receipt
        or any(name in mail for name in _AUTOMATIC)
        or _text(mail, "Precedence").lower() in ("auto_reply", "bulk", "junk", "list")
    )
