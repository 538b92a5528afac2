"""What a permanent answer is about: the mailbox that was written to, or our server and the policies of theirs."""

import re

# Without an enhanced status code (RFC 3463) these replies are about the recipient (RFC 5321, RFC 7504).
NOBODY_THERE = frozenset({"510", "511", "512", "513", "515", "550", "551", "553", "556"})
_ENHANCED = re.compile(r"\b5\.(\d{1,3})\.(\d{1,3})\b")
_OF_THE_SENDER = frozenset({("1", "7"), ("1", "8")})  # «bad sender's mailbox, system address»
_DISABLED = ("2", "1")
_UNSPECIFIED = "0"
_SYSTEM_OR_POLICY = frozenset({"3", "7"})
_ABOUT_US = re.compile(
    r"relay|spam|policy|block(ed|list)|black\s?list|denylist|reputation|\bspf\b|dkim|dmarc|authenticat|"
    r"not permitted|not allowed|banned|sender",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"user unknown|unknown (user|recipient|mailbox)|no such (user|mailbox|recipient|person)|"
    r"(user|mailbox|recipient|account|address)\b.{0,60}\b(not found|not exist|unavailable|disabled|inactive|unknown)|"
    r"recipient address rejected|host( or domain name)? not found|invalid (recipient|mailbox)",
    re.IGNORECASE,
)


def nobody_there(code: str, said: str) -> bool:
    """Whether a permanent answer says that nobody is at the address; else it says nothing about it.

    Args: `code` is the reply (550) or the enhanced status (5.1.1), `said` the words of the server, which may bring
    the enhanced status. Of RFC 3463 x.1.x is about the recipient (but for x.1.7 and x.1.8, the sender's) and x.2.1 a
    disabled mailbox; x.3.x and x.7.x are about systems and policies. Of the rest, and of bare replies, words decide.
    """
    found = _ENHANCED.search(f"{code} {said}")
    if found is None or found.group(1) == _UNSPECIFIED:
        blames_us = _ABOUT_US.search(said) is not None and _NOBODY.search(said) is None
        return (found is not None or code in NOBODY_THERE) and not blames_us
    status = found.group(1), found.group(2)
    if status[0] in _SYSTEM_OR_POLICY:
        return False
    return (status[0] == "1" and status not in _OF_THE_SENDER) or status == _DISABLED or bool(_NOBODY.search(said))


def about_us(code: str, said: str) -> bool:
    """Whether a permanent answer is about our server or a policy, which somebody may mend: it is worth trying again."""
    found = _ENHANCED.search(f"{code} {said}")
    if found is not None and found.group(1) != _UNSPECIFIED:
        return found.group(1) in _SYSTEM_OR_POLICY
    return (found is not None or code in NOBODY_THERE) and not nobody_there(code, said)
