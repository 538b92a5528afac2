"""What programs, people and attackers put where something else was expected."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

ALPHABET = "aábcdeéfghiíjklmnñoópqrstuúüvwxyz AÁBCDEÉFGHIÍJKLMNÑOÓPQRSTUÚÜVWXYZ ¡! ¿? «» – — … ª º ç Ç"
"""Every letter of Spanish and what stands between words."""

NAMES = (
    "Peñúñuri Güiza d’Óñez", "ÑANDÚ", "José-María Ibáñez de la Ó", "Nuevo Belén de Bajirá", "Pingüinera ¡Ñame!",
    "ﬁ ǆ ẞ",
)  # fmt: skip

TEXTS = (
    ALPHABET, *NAMES,
    "e\u0301n\u0303", "\u0301", "a" + "\u0301" * 300,  # combining letters, alone and in heaps
    "\u200fعبارة\u200e", "\u061c", "\u202etxt.exe\u202c", "\u2066x\u2069",  # marks that turn the direction of reading
    "\ufeffhola", "hola\ufeff", "\u200b", "\u00ad", "\u2028\u2029", "\u3000", "\u00a0",
    "🦙👩🏽‍🌾🇨🇴", "𐍈", "\U0010ffff", "\uffff", "\ufdd0",
    "\x00", "a\x00b", "\x07\x1b[31m", "\x7f\x80\x9f", "\ud800", "\udfffa", "\udc00\ud800", "\x85",
    "", " ", "\t\n", "\r\nX-Injected: si", "%00", "%", "%_", "%F0%9F", "\\", "\\u0000", "'", "\"", "' OR 1=1 --",
    "../../etc/passwd", "..%2f", "{{7*7}}", "${7*7}", "{0.__class__}", "<script>alert(1)</script>", "]]>", "=1+1",
    "@SUMA",
    "NaN", "Infinity", "-0", "1e400", "0x10", "1_000", " 1", "٣", "１２", "²", "Ⅷ", "½", "12,5", "true", "null", "None",
    "9999-12-31", "0001-01-01", "2026-02-30", "10000-01-01", "-2026-01-01", "2026-W48-2", "20261124",
    "2026-11-24T00:00:00Z",
    "2026-1", "2026-13", "2026-Q5", "2026-00", "0000-01", "٢٠٢٦-١١", "9999-12", "9999-Q4", "9999", "0001-01", "0000",
    "ñ" * 100_000,
)  # fmt: skip

NUMBERS = (
    0, -1, 1, 2**31 - 1, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63), 10**400, 0.1, -0.0, 1e308, float("nan"),
    float("inf"),
)  # fmt: skip

SHAPES: tuple[Any, ...] = (None, True, False, [], {}, [[]], [None], {"": ""}, {"a": {"b": [1]}}, [{}], ["x"] * 1000)

ANYTHING: tuple[Any, ...] = (*TEXTS, *NUMBERS, *SHAPES)

KEYS = ("", "\x00", "\ud800", "__proto__", "a/b", "ñ", "_schema", "0", "x" * 5000, "typename", "self")

CURSORS = ("=", "e30=", "A" * 5000, "bnVsbA==", "W10=", "WzEsMl0=", "eyJhIjoxfQ", "ñ", "\x00", "Ly8v")

HEADERS: dict[str, tuple[str, ...]] = {
    "If-Match": ("", "*", '"1"', 'W/"1"', "1", '"', '"1", "2"', '"\xf1"', '"' + "9" * 5000 + '"', '"-1"', '"1e3"',
    '"٣"'),
    "Idempotency-Key": ("", " ", "k", "k" * 100, "k" * 101, "\xf1and\xfa", "a b", "\x00", "\t", "clave-1", "\x7f"),
    "Accept": ("", "*/*", "text/html", "application/xml", "application/json;q=0", "x", "a/b;q=ñ", ";,",
    "image/*, */*;q=0.1"),
    "Accept-Encoding": ("", "gzip", "br", "*;q=0", "gzip;q=x", "identity;q=0", ";", "\xff"),
    "Authorization": ("", "Bearer", "Bearer ", "Bearer x", "Bearer \xf1", "Basic YTpi", "Basic x",
    "Bearer " + "a" * 9000),
    "X-Request-ID": ("", "x", "a" * 5000, "\xf1and\xfa", "12345678", "a b c d e f", "\x00" * 20),
    "Cookie": ("att_session=x", "att_session=\xf1", "session=.eJx", ";;;=", "a" * 9000, "att_session=" + "%00" * 20),
    "If-None-Match": ("*", '"1"', "x"), "If-Modified-Since": ("x", "Mon, 99 Nov 2026 00:00:00 GMT"),
    "Range": ("bytes=0-1", "bytes=-1", "bytes=9-1", "x", "bytes=0-0,2-3", "bytes=99999999999999999999-"),
    "Host": ("", "x y", "[", "localhost:99999", "\xf1.co"), "X-Forwarded-For": ("x", "1.2.3.4, \xf1", "::"),
    "X-Forwarded-Proto": ("x", "https"), "Forwarded": ("for=\"",), "X-HTTP-Method-Override": ("DELETE",),
    "X-CSRF-Token": ("x",),
    "Content-Encoding": ("gzip", "x"), "Expect": ("100-continue", "x"), "TE": ("x",), "Origin": ("null", "https://x"),
}  # fmt: skip
"""What headers may not bring to fall, as a server hands them on: letters of Latin-1."""

DEPTH = 100_000

BODIES: tuple[bytes, ...] = (
    b"", b" ", b"null", b"true", b"0", b'""', b"[]", b"{}", b"[{}]", b'"\\ud800"', b"{", b"}", b"{'a': 1}",
    b"{\"a\":1,}",
    b"\xef\xbb\xbf{}", "{}".encode("utf-16"), "{}".encode("utf-32"), b"\xff\xfe", b"\x00", b"{\"\xf1\": 1}",
    b"\x1f\x8b\x08\x00",
    b"[" * DEPTH, b"[" * DEPTH + b"]" * DEPTH, b'{"a":' * DEPTH + b"1" + b"}" * DEPTH,
    b'{"data":' + b"[" * 60 + b"]" * 60 + b"}",
    b'{"a": NaN}', b'{"a": -Infinity}', b'{"a": 1e999}', b'{"a": ' + b"9" * 5000 + b"}",
    b'{"a": 1' + b"0" * 300 + b".5}",
    b'{"reason": "a", "reason": "b"}', b'{"reason": "\xed\xa0\x80"}', b'{"reason": "\\u0000"}', b'{"\\u202e": 1}',
    b"reason=a&reason=b", b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n", b"<a/>",
    b"{}{}", b"// {}",
)  # fmt: skip
"""Whole bodies that are no JSON, or JSON that nobody should keep."""

TYPES = (
    "application/json", "application/json; charset=utf-16", "application/json;charset=x", "application/vnd.api+json",
    "text/json",
    "text/plain", "text/html", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data",
    "multipart/form-data; boundary=x", "multipart/form-data; boundary=" + "x" * 300, "multipart/mixed; boundary=x",
    "", "x", "/", "application/", "application/json, text/plain", "application/octet-stream", "\xf1/\xf1",
)  # fmt: skip


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each part of `value` stands in it, itself left out."""
    inner: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield (*here, key)
        yield from places(part, (*here, key))


def spoiled(value: Any, chance: Random) -> Any:
    """A copy of `value` in which one part is gone, twice there, called otherwise or something else."""
    whole = json.loads(json.dumps(value, default=str))
    there = list(places(whole))
    if not there:
        return chance.choice(ANYTHING)
    *above, last = chance.choice(there)
    holder = whole
    for key in above:
        holder = holder[key]
    what = chance.randrange(10)
    if what == 0:
        del holder[last]
    elif what == 1 and isinstance(holder, list):
        holder.append(holder[last])
    elif what == 2 and isinstance(holder, dict):
        holder[chance.choice(KEYS)] = holder[last]
    else:
        holder[last] = chance.choice(ANYTHING)
    return whole
