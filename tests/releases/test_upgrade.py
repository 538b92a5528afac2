"""What a released version backed up is put back by the present program, and the work goes on to its end."""

import shutil
from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from pathlib import Path

import pytest

from att import schema
from att.app import build
from att.settings import Settings
from db.session import current_engine
from tests import databases
from tests.api.office import PDF
from tests.api.office import STAFF
from tests.api.office import Office
from tests.releases import kept
from tests.releases.installation import DRAFTED
from tests.releases.installation import KINDS
from tests.releases.installation import NOW
from tests.releases.installation import REMARK
from tests.releases.installation import SUMMARY
from tests.releases.installation import Stored
from tests.releases.installation import every
from tests.releases.installation import installed

pytestmark = pytest.mark.skipif(
    databases.kind() == "postgresql" and shutil.which("pg_restore") is None, reason="needs the client of PostgreSQL"
)
LATER = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
Run = Callable[..., str]


def test_the_present_version_is_kept_on_every_database() -> None:
    assert {stored.path.parent.name for kind in KINDS for stored in every(kind)} >= {kept.current_version()}
    assert all(len(every(kind)) == len(every(KINDS[0])) for kind in KINDS)


@pytest.mark.parametrize("stored", every(databases.kind()), ids=lambda stored: stored.name)
def test_a_back_up_of_a_released_version_goes_on(
    stored: Stored, bare_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.clock.now", lambda: LATER)
    with installed(tmp_path / "var", bare_url) as run:
        assert "La historia está íntegra" in run("restore", str(stored.unpacked(tmp_path)))
        assert "La base de datos está lista." in run("init")
        assert schema.differences(current_engine()) == []
        office = come_back(Settings.from_env())
        what_was_there_is_there(office)
        their_work_goes_on(office)
        assert "íntegra" in run("audit", "verify")
        current_engine().dispose()


def come_back(settings: Settings) -> Office:
    """The people of the back-up, who enter with the passwords that they had."""
    office = Office(build(settings), LATER)
    for name in ("admin", *STAFF):
        office.sign_in(name)
    found = office.reader("GET", "/entities?kind=municipality&department=27&limit=2").json
    office.entities = found["items"]
    office.unit_id = office.reader("GET", "/products").json["items"][0]["unit_id"]
    office.files = {office.id_of(name): office.upload(name) for name in STAFF}
    return office


def what_was_there_is_there(office: Office) -> None:
    advisor = office.callers["asesora"]
    (advisory,) = advisor("GET", "/advisories").json["items"]
    assert (advisory["summary"], advisory["status"]) == (SUMMARY, "closed")
    assert advisor("GET", f"/files/{advisory['minutes_file']}").data == PDF
    naming = next(row for row in of(office, "Activity_NombrarProducto"))
    draft = office.callers["lider"]("GET", f"/tasks/{naming['id']}").json["draft"]
    assert (draft["data"]["name"], draft["saved_at"]) == (DRAFTED, NOW.isoformat())
    review = next(row for row in of(office, "Activity_ValidarProtocolo"))
    (remark,) = office.callers["der"]("GET", f"/tasks/{review['id']}").json["observations"]
    assert remark["text"] == REMARK


def their_work_goes_on(office: Office) -> None:
    """Each waiting step is done, by the version of its process that it began with; a plan comes to its end."""
    assisted = next(row for row in of(office, "Activity_EjecutarAsistencia"))["instance_id"]
    for element in ("Activity_NombrarProducto", "Activity_ValidarProtocolo"):
        case = next(row for row in of(office, element))["instance_id"]
        assert office.do(case, element)["receipt"]
    office.push(assisted)
    case = office.reader("GET", f"/instances/{assisted}").json
    assert case["status"] == "completed"
    acts = office.reader("GET", f"/instances/{assisted}/history?limit=200").json["items"]
    assert {act["at"] for act in acts} >= {NOW.isoformat(), LATER.isoformat()}
    new = office.start_product("Uno nuevo")
    assert office.waiting(new["instance_id"])


def of(office: Office, element: str) -> list[dict[str, int]]:
    """The open tasks at `element`."""
    return list(office.reader("GET", f"/tasks?mine=false&element={element}").json["items"])
