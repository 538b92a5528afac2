"""What is wrong with an answer, by the description of its operation and by what no answer may say."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import pytest
import schemathesis
from requests import PreparedRequest

from edge.problems import MEDIA_TYPE
from tests.api.fuzzing.wire import Answer
from tests.api.fuzzing.wire import Request

MEMBERS = frozenset({"type", "title", "status", "detail", "instance", "request_id", "errors"})
ENGLISH = re.compile(
    r"\b(the|must|not a|not valid|missing|field|required|unknown|invalid|should|value is|longer than|shorter|between|"
    r"bad request|unauthorized|forbidden)\b",
    re.IGNORECASE,
)
INSIDE = (
    "Traceback (most recent",
    "sqlalchemy",
    "psycopg",
    "sqlite3",
    "werkzeug.",
    "marshmallow",
    " object at 0x",
    "site-packages",
)
_REQUEST = PreparedRequest()

Operation = schemathesis.schemas.APIOperation


@dataclass
class Judge:
    """What came back so far: how many answers of each kind, and the first of each thing that was wrong.

    `secrets` are words of one person that no answer to anybody else may hold: word → who may read it.
    """

    secrets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sent: int = 0
    answers: dict[str, Counter[int]] = field(default_factory=dict)
    wrong: dict[tuple[str, str], str] = field(default_factory=dict)

    def hear(self, operation: Operation, request: Request, answer: Answer, who: str) -> Answer:
        """Note what is wrong with `answer`, and give it back."""
        self.sent += 1
        self.answers.setdefault(operation.label, Counter())[answer.status] += 1
        for what in self._faults(operation, answer, who):
            kind = re.sub(r"\d+", "#", what)[:160]
            told = f"{operation.label} ({who or 'nobody'}): {what}\n    {request}\n    {answer.text[:500]}"
            self.wrong.setdefault((operation.label, kind), told)
        return answer

    def demand_nothing_wrong(self, how: str = "") -> None:
        """Fail with all that was wrong, each with the request that showed it."""
        if self.wrong:
            pytest.fail("\n".join([how, *(self.wrong[key] for key in sorted(self.wrong))]), pytrace=False)

    def summary(self, began: int) -> str:
        """How many requests were sent and what they were answered, for whoever reads the log of a long run."""
        every: Counter[int] = sum(self.answers.values(), Counter())
        told = ", ".join(f"{status}: {count}" for status, count in sorted(every.items()))
        return f"{self.sent} requests from seed {began}, {len(self.succeeded())} operations done: {told}"

    def succeeded(self) -> set[str]:
        """The operations that did what they are for at least once."""
        return {label for label, counts in self.answers.items() if any(status < 300 for status in counts)}

    def _faults(self, operation: Operation, answer: Answer, who: str) -> Iterator[str]:
        if answer.status >= 500:
            yield f"answers {answer.status}"
        documented = operation.definition.raw["responses"]
        if str(answer.status) not in documented:
            yield f"answers {answer.status}, which is not described"
        else:
            yield from _by_its_schema(operation, answer)
        if answer.status >= 400:
            yield from _as_a_problem(answer)
        yield from (f"says «{word}»" for word in INSIDE if word in answer.text)
        yield from (
            f"tells «{word}»" for word, readers in self.secrets.items() if who not in readers and word in answer.text
        )
        if "x-injected" in answer.headers:
            yield "took a header from what was sent"


def _by_its_schema(operation: Operation, answer: Answer) -> Iterator[str]:
    headers = {name: [value] for name, value in answer.headers.items()}
    try:
        operation.validate_response(
            schemathesis.Response(answer.status, headers, answer.body, _REQUEST, elapsed=0.0, verify=False)
        )
    except (Exception, BaseExceptionGroup) as error:  # one failure, or a group of them
        yield from (_shortly(one) for one in getattr(error, "exceptions", [error]))
    kind = answer.headers.get("content-type", "").partition(";")[0]
    expected = _content(operation, str(answer.status))
    if expected and not expected & {kind, "*/*"}:
        yield f"is {kind or 'nothing'}, where {sorted(expected)} is described"
    if not expected and answer.body and answer.status == 204:
        yield "has a body, and 204"


def _shortly(failure: Exception) -> str:
    told = str(failure)
    place = re.search(r"Schema at (\S+):", told)
    return f"{' '.join(told.split(chr(10))[:3])} at {place[1] if place else 'its whole'}"


def _content(operation: Operation, status: str) -> set[str]:
    response = operation.definition.raw["responses"][status]
    if "$ref" in response:
        return {MEDIA_TYPE}
    return set(response.get("content", ()))


def _as_a_problem(answer: Answer) -> Iterator[str]:
    try:
        told: dict[str, Any] = json.loads(answer.body)
    except ValueError:
        yield "is no problem+json"
        return
    if answer.headers.get("content-type") != MEDIA_TYPE or told.keys() != MEMBERS or told["status"] != answer.status:
        yield "is no problem+json of this status"
        return
    said = [told["title"], told["detail"], *(one["message"] for one in told["errors"])]
    yield from (f"speaks English, or not at all: «{text}»" for text in said if not text.strip() or ENGLISH.search(text))
    yield from (f"has no path: {one}" for one in told["errors"] if not isinstance(one["path"], str))
