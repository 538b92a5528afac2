"""The floor: what a step costs with the bare driver and the bare engine, and nothing of ours.

One step reads a stored state, completes a task of a 25-step diagram in memory, and writes state and form durably.
"""

import json
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

from benchmarks import toy

STATE = b"s" * 8192
Step = Callable[[], None]


def sqlite(folder: Path) -> Step:
    """A step on SQLite with the pragmas of the application."""
    connection = sqlite3.connect(folder / "baseline.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE state (id INTEGER PRIMARY KEY, body BLOB)")
    connection.execute("CREATE TABLE form (id INTEGER PRIMARY KEY, body BLOB)")
    connection.execute("INSERT INTO state VALUES (1, ?)", [STATE])
    advance, form = _engine(), _form()

    def step() -> None:
        connection.execute("BEGIN IMMEDIATE")
        body = connection.execute("SELECT body FROM state WHERE id = 1").fetchone()[0]
        advance()
        connection.execute("UPDATE state SET body = ? WHERE id = 1", [body])
        connection.execute("INSERT INTO form (body) VALUES (?)", [form()])
        connection.execute("COMMIT")

    return step


def postgresql(url: str) -> Step:
    """The same on PostgreSQL."""
    import psycopg

    connection = psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)
    connection.execute("CREATE TABLE baseline_state (id int PRIMARY KEY, body bytea)")
    connection.execute("CREATE TABLE baseline_form (id bigserial PRIMARY KEY, body bytea)")
    connection.execute("INSERT INTO baseline_state VALUES (1, %s)", [STATE])
    advance, form = _engine(), _form()

    def step() -> None:
        connection.execute("BEGIN")
        row: Any = connection.execute("SELECT body FROM baseline_state WHERE id = 1 FOR UPDATE").fetchone()
        advance()
        connection.execute("UPDATE baseline_state SET body = %s WHERE id = 1", [row[0]])
        connection.execute("INSERT INTO baseline_form (body) VALUES (%s)", [form()])
        connection.execute("COMMIT")

    return step


def _form() -> Callable[[], bytes]:
    answers = toy.answers()
    return lambda: zlib.compress(json.dumps(answers).encode(), level=1)


def _engine() -> Step:
    parser = SpiffBpmnParser()
    parser.add_bpmn_xml(etree.fromstring(toy.diagram(25).encode()))
    spec = parser.get_spec(toy.KEY)
    held = [BpmnWorkflow(spec)]

    def advance() -> None:
        workflow = held[0]
        workflow.do_engine_steps()
        ready = workflow.get_tasks(state=TaskState.READY, manual=True)
        if not ready:
            held[0] = BpmnWorkflow(spec)
            return
        ready[0].run()

    return advance
