"""One of several processes that send the same task at once, over many connections, as often as it is told to.

`python -m tests.faults.rush PORT TOKEN TASK CONNECTIONS ATTEMPTS BODY` writes what was answered as JSON: how often each
status, and under which key and with which receipt it was done.
"""

import http.client
import json
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import field


@dataclass
class Told:
    """What one connection was answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    receipts: set[tuple[str, str]] = field(default_factory=set)


def rush(port: int, token: str, task_id: int, body: str, attempts: int, name: str) -> Told:
    """Send the task over one connection: half of the times with a key of its own, half with one that comes again."""
    told = Told()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for number in range(attempts):
        key = name if number % 2 else f"{name}-{number}"
        given = headers | {"Idempotency-Key": key, "If-Match": '"1"' if number % 4 < 2 else "*"}
        connection.request("POST", f"/api/v1/tasks/{task_id}/complete", body, given)
        answer = connection.getresponse()
        content = json.loads(answer.read())
        told.statuses[answer.status] += 1
        if answer.status == 200:
            told.receipts.add((key, content["receipt"]))
    connection.close()
    return told


def _main(port: int, token: str, task_id: int, connections: int, attempts: int, body: str) -> None:
    names = [f"{os.getpid()}-{number}" for number in range(connections)]
    with ThreadPoolExecutor(connections) as pool:
        told = list(pool.map(lambda name: rush(port, token, task_id, body, attempts, name), names))
    statuses: Counter[int] = sum((one.statuses for one in told), Counter())
    receipts = sorted(receipt for one in told for receipt in one.receipts)
    print(json.dumps({"statuses": statuses, "receipts": receipts}))  # noqa: T201 - its answer


if __name__ == "__main__":
    _main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), sys.argv[6])
