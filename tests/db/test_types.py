"""Column types say the same on every database."""

import hashlib
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db import seals
from db import settings
from db.clock import BOGOTA
from db.packed import pack
from db.packed import unpack
from db.types import CompressedJson
from db.types import ExactDecimal
from db.types import Written
from db.types import dumps

DIALECTS = [sqlite.dialect(), postgresql.dialect()]


def test_a_naive_instant_is_refused(session: Session) -> None:
    naive = datetime(2026, 11, 24, 9, 0)  # noqa: DTZ001
    history.record(session, history.Subject("plan", 1), "plan.changed", by=SYSTEM, now=naive)
    with pytest.raises((ValueError, StatementError), match="naive"):
        session.flush()
    session.rollback()


def test_an_instant_comes_back_the_same_and_aware(session: Session) -> None:
    settings.put(session, "hora", 1, by=SYSTEM, now=datetime(2026, 11, 24, 9, 0, tzinfo=BOGOTA))
    session.flush()
    session.expire_all()
    kept = session.get_one(settings.Setting, "hora").changed_at
    assert (kept, kept.tzinfo) == (datetime(2026, 11, 24, 14, 0, tzinfo=UTC), UTC)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("number", ["0.1", "12345678901234567890.123456789", "-3", "1.10"])
def test_a_decimal_keeps_every_digit(number: str, dialect: object) -> None:
    kept = ExactDecimal().process_bind_param(Decimal(number), dialect)  # type: ignore[arg-type]
    assert str(ExactDecimal().process_result_value(kept, dialect)) == number  # type: ignore[arg-type]


def test_json_keeps_the_order_of_keys(session: Session, now: datetime) -> None:
    settings.put(session, "orden", {"z": 1, "a": {"y": 2, "b": 3}}, by=SYSTEM, now=now)
    session.flush()
    session.expire_all()
    assert dumps(settings.get(session, "orden", None)) == '{"z":1,"a":{"y":2,"b":3}}'


def test_compressed_json_is_smaller_and_comes_back() -> None:
    value = {"texto": "asistencia técnica territorial " * 100}
    kept = CompressedJson().process_bind_param(value, DIALECTS[0])
    assert len(kept or b"") < 300
    assert CompressedJson().process_result_value(kept, DIALECTS[0]) == value


def test_what_zlib_packed_before_is_read() -> None:
    assert unpack(zlib.compress("trámite".encode())) == "trámite"


@pytest.mark.parametrize("cut", [0, 3, 20])
@pytest.mark.parametrize("packer", [pack, lambda text: zlib.compress(text.encode())])
def test_what_was_not_packed_whole_is_refused(packer: Callable[[str], bytes], cut: int) -> None:
    with pytest.raises(ValueError, match="no packed text"):
        unpack(packer("asistencia " * 9)[:cut])


def test_threads_pack_at_the_same_time() -> None:
    texts = [f"{number} asistencia técnica " * 500 for number in range(50)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(unpack, pool.map(pack, texts))) == texts


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        dumps({"valor": value})


def test_what_is_written_out_once_says_the_same() -> None:
    answers = {"nombre": "Ñandú", "filas": [{"a": 1}], "vacía": None}
    assert dumps(Written(answers)) == dumps(answers)
    assert dumps([Written(answers)]) == dumps([answers])
    assert Written(answers) == answers


@pytest.mark.parametrize("answers", [{}, {"a": [1, None, "ñ"], "b": {"c": True}}])
def test_what_is_written_out_once_has_the_same_seal(answers: dict[str, Any], now: datetime) -> None:
    content = ["R-2026-000001", 1, None, now]
    whole = hashlib.sha256(dumps([*content[:3], now.isoformat(timespec="microseconds"), answers]).encode()).hexdigest()
    assert seals.seal(*content, answers) == seals.seal(*content, Written(answers)) == whole
