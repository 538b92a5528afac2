"""The invariants, for programs that watch the system."""

from db import clock
from db import invariants
from db import transaction
from db.invariants import Finding
from tests.api.conftest import Api

KEY = "open_case_waits"


def test_they_are_listed_with_the_last_look(api: Api) -> None:
    with transaction() as session:
        invariants.keep(session, KEY, [Finding("instance", 4, "está varado", 4)], seconds=0.1, now=clock.now())
    told = {row["key"]: row for row in api("luz")("GET", "/invariants").json["items"]}
    assert set(told) == set(invariants.CHECKS)
    assert (told[KEY]["found"], told["timer_goes_off"]["found"]) == (1, None)
    assert told[KEY]["since"] == told[KEY]["looked_at"]


def test_what_breaks_them_is_listed(api: Api) -> None:
    with transaction() as session:
        invariants.keep(session, KEY, [Finding("instance", 4, "está varado", 4)], seconds=0.1, now=clock.now())
    (row,) = api("root")("GET", f"/invariants/findings?key={KEY}").json["items"]
    assert (row["kind"], row["subject_id"], row["instance_id"], row["text"]) == ("instance", 4, 4, "está varado")
    assert api("root")("GET", "/invariants/findings?cleared=true").json["items"] == []


def test_they_are_for_whoever_watches_the_system(api: Api) -> None:
    for path in ("/invariants", "/invariants/findings"):
        api("ana")("GET", path, _expected_status=403)
