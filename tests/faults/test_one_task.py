"""Many send the same task at once, from several processes to several processes: one does it, nobody meets an error."""

import json
import subprocess
import sys
from collections import Counter

import pytest

from db import reading
from engine.models import Submission
from engine.models import Task
from tests.api.office import Office
from tests.faults import audit
from tests.faults.conftest import status
from tests.faults.house import GUNICORN
from tests.faults.house import PATIENCE
from tests.faults.house import House
from tests.faults.house import wait_until
from tests.run import ROOT
from workflows.forms.examples import example

PROCESSES, CONNECTIONS = 4, 10
DONE, REFUSED = 200, {409, 412}


@pytest.mark.parametrize("attempts", [6, pytest.param(250, marks=pytest.mark.soak)], ids=["some", "many"])
def test_one_of_many_attempts_at_a_task_does_it(office: Office, house_of: House, attempts: int) -> None:
    house_of.keep(GUNICORN)
    case = office.start_product()["instance_id"]
    task = office.task(case, "Activity_NombrarProducto")
    wait_until(lambda: status(house_of.port) == DONE, "the server answers")
    statuses, receipts = rushed(house_of, office.callers["lider"].token, task["id"], attempts)
    assert statuses.total() == PROCESSES * CONNECTIONS * attempts
    assert set(statuses) <= {DONE, *REFUSED}
    assert len({receipt for _, receipt in receipts}) == len({key for key, _ in receipts}) == 1
    with reading() as session:
        assert session.query(Submission).filter_by(task_id=task["id"]).count() == 1
        after = session.query(Task).filter_by(instance_id=case, element="Activity_DelimitarProblema").count()
        assert after == 1
        audit.sound(session)


def rushed(house: House, token: str, task_id: int, attempts: int) -> tuple[Counter[int], set[tuple[str, str]]]:
    """Every process sends the task so often over each of its connections; how, and with which receipts."""
    body = json.dumps({"data": example("nombre_producto"), "confirmed": True})
    command = [sys.executable, "-m", "tests.faults.rush"]
    given = [str(house.port), token, str(task_id), str(CONNECTIONS), str(attempts), body]
    running = [
        subprocess.Popen([*command, *given], stdout=subprocess.PIPE, cwd=ROOT, text=True) for _ in range(PROCESSES)
    ]
    statuses: Counter[int] = Counter()
    receipts: set[tuple[str, str]] = set()
    for process in running:
        said, _ = process.communicate(timeout=10 * PATIENCE)
        assert process.returncode == 0
        told = json.loads(said)
        statuses.update({int(number): count for number, count in told["statuses"].items()})
        receipts.update((key, receipt) for key, receipt in told["receipts"])
    return statuses, receipts
