"""The floor: what a step costs with the bare driver and the bare library, and nothing of ours.

One step reads a stored state, completes a task of a 25-step diagram in memory, and writes state and form durably. What
is stepped is what was read, and what is written is what was stepped: the state goes through the library's own
converters, without the diagram and without what is finished, which is the least that any program must store.
"""

import json
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

from benchmarks import toy

Step = Callable[[], None]


def sqlite(folder: Path) -> Step:
    """A step on SQLite with the pragmas of the application."""
    connection = sqlite3.connect(folder / "baseline.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    library, form = _Library(), _form()
    connection.execute("CREATE TABLE state (id INTEGER PRIMARY KEY, body BLOB)")
    connection.execute("CREATE TABLE form (id INTEGER PRIMARY KEY, body BLOB)")
    connection.execute("INSERT INTO state VALUES (1, ?)", [library.started()])

    def step() -> None:
        connection.execute("BEGIN IMMEDIATE")
        body = connection.execute("SELECT body FROM state WHERE id = 1").fetchone()[0]
        connection.execute("UPDATE state SET body = ? WHERE id = 1", [library.stepped(body)])
        connection.execute("INSERT INTO form (body) VALUES (?)", [form()])
        connection.execute("COMMIT")

    return step


def postgresql(url: str) -> Step:
    """The same on PostgreSQL."""
    import psycopg

    connection = psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)
    library, form = _Library(), _form()
    connection.execute("CREATE TABLE baseline_state (id int PRIMARY KEY, body bytea)")
    connection.execute("CREATE TABLE baseline_form (id bigserial PRIMARY KEY, body bytea)")
    connection.execute("INSERT INTO baseline_state VALUES (1, %s)", [library.started()])

    def step() -> None:
        connection.execute("BEGIN")
        row: Any = connection.execute("SELECT body FROM baseline_state WHERE id = 1 FOR UPDATE").fetchone()
        connection.execute("UPDATE baseline_state SET body = %s WHERE id = 1", [library.stepped(row[0])])
        connection.execute("INSERT INTO baseline_form (body) VALUES (%s)", [form()])
        connection.execute("COMMIT")

    return step


def _form() -> Callable[[], bytes]:
    answers = toy.answers()
    return lambda: zlib.compress(json.dumps(answers).encode(), level=1)


class _Library:
    """A diagram of 25 steps in a line, parsed once."""

    def __init__(self) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_xml(etree.fromstring(toy.diagram(25).encode()))
        self._spec = parser.get_spec(toy.KEY)
        self._codec = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))

    def started(self) -> bytes:
        """The state of a new case."""
        return self._stored(self._new())

    def stepped(self, state: bytes) -> bytes:
        """The state after the next step; after the last one, that of a new case."""
        return self._stored(self._advanced(self._restored(state)))

    def _new(self) -> Any:
        workflow = BpmnWorkflow(self._spec)
        workflow.do_engine_steps()
        return workflow

    def _advanced(self, workflow: Any) -> Any:
        (ready,) = workflow.get_tasks(state=TaskState.READY, manual=True)
        ready.run()
        workflow.do_engine_steps()
        return self._new() if workflow.completed else workflow

    def _restored(self, state: bytes) -> Any:
        stored = json.loads(state)
        workflow = BpmnWorkflow(self._spec, deserializing=True)
        for task in stored:
            self._codec.from_dict(task, workflow=workflow)  # it adds itself
        workflow.task_tree = workflow.tasks[UUID(stored[0]["id"])]
        return workflow

    def _stored(self, workflow: Any) -> bytes:
        (ready,) = workflow.get_tasks(state=TaskState.READY, manual=True)
        root, tasks = workflow.task_tree, list(workflow.tasks.values())
        finished = {task.id for task in tasks if task.has_state(TaskState.FINISHED_MASK) and task is not root}
        root._children, ready._parent = [ready.id], root.id
        kept = [self._codec.to_dict(task) for task in tasks if task.id not in finished]
        return json.dumps(kept, separators=(",", ":")).encode()
