"""From the fields of a page to raw answers, and the buttons of tables."""

from typing import Any

import pytest

from forms import posted
from tests.forms.samples import EVERY_KIND


def raw(**fields: list[str]) -> dict[str, Any]:
    return posted.raw(EVERY_KIND, {name.replace("__0__", "-0-"): values for name, values in fields.items()})


READ = [
    ("name", ["  A "], "  A "),
    ("days", ["muchos"], "muchos"),
    ("days", [""], ""),
    ("causes", ["uno\r\n\r\n dos "], ["uno", "dos"]),
    ("travels", ["", "true"], True),
    ("travels", ["", "false"], False),
    ("travels", [""], ""),
    ("modes", ["", "face", "remote"], ["face", "remote"]),
    ("modes", [""], []),
    ("host", ["12"], 12),
    ("host", ["Andes"], "Andes"),
    ("entities", ["", "1", "2"], [1, 2]),
    ("evidence", ["", "abc", "abc"], ["abc"]),
]


@pytest.mark.parametrize(("name", "values", "answer"), READ)
def test_answer(name: str, values: list[str], answer: Any) -> None:
    assert raw(**{name: values})[name] == answer


def test_what_the_page_did_not_have_is_left_out() -> None:
    assert raw(name=["A"]) == {"name": "A", "milestones": []}


def test_rows_go_by_index_and_close_gaps() -> None:
    rows = {"milestones-10-name": ["c"], "milestones-2-name": ["b"], "milestones-0-name": ["a"]}
    assert [row["name"] for row in posted.raw(EVERY_KIND, rows)["milestones"]] == ["a", "b", "c"]


def test_empty_rows_at_the_end_are_dropped() -> None:
    rows = {"milestones-0-name": [""], "milestones-1-name": ["b"], "milestones-2-name": [" "]}
    assert posted.raw(EVERY_KIND, rows)["milestones"] == [{}, {"name": "b"}]


def test_empty_rows_stay_while_rows_are_being_added() -> None:
    rows = {"milestones-0-name": ["a"], "milestones-1-name": [""]}
    assert posted.raw(EVERY_KIND, rows, keep_empty_rows=True)["milestones"] == [{"name": "a"}, {}]


def test_unknown_names_are_not_answers() -> None:
    assert posted.raw(EVERY_KIND, {"csrf_token": ["x"], "milestones-0-other": ["x"]}) == {"milestones": []}


def test_pasted_lines_go_by_path() -> None:
    sent = {"entities__lines": ["05001\r\n\r\nAndes "], "milestones-3-host__lines": ["Cali"], "other__lines": ["x"]}
    assert posted.lines(EVERY_KIND, sent) == {"entities": ["05001", "Andes"], "milestones/3/host": ["Cali"]}


ROWS = [{"name": "a"}, {"name": "b"}, {"name": "c"}]
ACTIONS = [
    ("add:milestones", ["a", "b", "c", ""]),
    ("add:milestones:0", ["a", "", "b", "c"]),
    ("remove:milestones:1", ["a", "c"]),
    ("up:milestones:2", ["a", "c", "b"]),
    ("down:milestones:0", ["b", "a", "c"]),
    ("up:milestones:0", ["a", "b", "c"]),
    ("down:milestones:2", ["a", "b", "c"]),
    ("remove:milestones:9", ["a", "b", "c"]),
    ("remove:milestones:x", ["a", "b", "c"]),
    ("explode:milestones:0", ["a", "b", "c"]),
    ("add:nothing", ["a", "b", "c"]),
    ("", ["a", "b", "c"]),
]


@pytest.mark.parametrize(("pressed", "names"), ACTIONS)
def test_action(pressed: str, names: list[str]) -> None:
    changed = posted.act(EVERY_KIND, {"milestones": ROWS}, pressed)
    assert [row.get("name", "") for row in changed["milestones"]] == names


def test_a_file_is_taken_away() -> None:
    assert posted.act(EVERY_KIND, {"evidence": ["a", "b"]}, "detach:evidence:a")["evidence"] == ["b"]


def test_acting_leaves_the_answers_given_as_they_were() -> None:
    answers = {"milestones": [{"name": "a"}]}
    posted.act(EVERY_KIND, answers, "remove:milestones:0")
    assert answers == {"milestones": [{"name": "a"}]}


def test_a_line_has_no_breaks() -> None:
    row = raw(**{"milestones-0-name": ["Diagnóstico\r\n del banco\nde proyectos"]})["milestones"][0]
    assert row["name"] == "Diagnóstico del banco de proyectos"
