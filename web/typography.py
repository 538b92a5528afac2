"""What belongs on one line stays there: a number with its unit, the parts of a date, an hour with its half."""

import re

UNBROKEN = "\xa0"
_TOGETHER = (
    re.compile(r"(?<=\d) (?=%)"),
    re.compile(r"(?<=\$) (?=\d)"),
    re.compile(r"(?<=\d) (?=de (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|nov|dic))"),
    re.compile(r"(?<=\d\xa0de) (?=[a-z])"),
    re.compile(r"(?<= de) (?=\d{4}\b)"),
    re.compile(r"(?<=\d) (?=[ap]\. m\.)"),
    re.compile(r"(?<=\d\xa0[ap]\.) (?=m\.)"),
    re.compile(r"(?<=\d) (?=(?:min|KB|MB|días?|horas?|minutos?)\b)"),
)


def tight(text: str) -> str:
    """`text` with unbroken spaces where a line must not end."""
    for place in _TOGETHER:
        text = place.sub(UNBROKEN, text)
    return text
