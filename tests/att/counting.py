"""Every page of the small demonstration, opened by each role before and after its rows have twins."""

import os
import re
import shutil
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import make_url

from att.app import build
from att.settings import Settings
from att.tables import metadata
from db import reading
from db.session import current_engine
from engine import seal
from tests import databases
from tests import twins
from tests.att.test_demo import NOW
from tests.att.test_demo import Loaded
from tests.att.test_demo import prepared
from tests.questions import asked
from tests.web.conftest import Browser

ROLES = ("lider", "director", "der", "monitoreo", "asesor", "articulador", "control", "admin", "entidad", "socia")

# What the parts of an address stand for: the row of the demonstration with most below it.
NAMES = {
    "chapter": "SELECT 'comun'",
    "day_text": "SELECT '2026-11-24'",
    "id:advance_id": "SELECT min(id) FROM partner_advance",
    "id:advisory_id": "SELECT min(id) FROM advisory",
    "id:contact_id": "SELECT min(id) FROM quick_contact",
    "id:entity_id": "SELECT entity_id FROM work_plan GROUP BY 1 ORDER BY count(*) DESC, 1",
    "id:instance_id": "SELECT min(id) FROM instance",
    "id:milestone_id": "SELECT milestone_id FROM milestone_record GROUP BY 1 ORDER BY count(*) DESC, 1",
    "id:obligation_id": "SELECT min(obligation_id) FROM statement",
    "id:operation_id": "SELECT min(id) FROM operation",
    "id:partner_id": "SELECT min(id) FROM strategy_partner",
    "id:plan_id": "SELECT plan_id FROM milestone_record GROUP BY 1 ORDER BY count(*) DESC, 1",
    "id:product_id": "SELECT product_id FROM work_plan GROUP BY 1 ORDER BY count(*) DESC, 1",
    "id:report_id": "SELECT min(id) FROM report",
    "id:strategy_id": "SELECT strategy_id FROM product GROUP BY 1 ORDER BY count(*) DESC, 1",
    "id:submission_id": "SELECT max(id) FROM submission",
    "id:support_id": "SELECT min(id) FROM support_request WHERE status = 'waiting'",
    "id:unit_id": "SELECT unit_id FROM person WHERE unit_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1",
    "pending": "SELECT min(id) FROM plan_milestone WHERE reported_at IS NOT NULL AND verified_at IS NULL",
    "code": "SELECT code FROM product JOIN work_plan ON product_id = product.id GROUP BY 1 ORDER BY count(*) DESC, 1",
}
OF_PERSON = {
    "id:person_id": "SELECT person_id FROM account WHERE username_key = :who",
    "id:task_id": "SELECT task.id FROM task LEFT JOIN account ON person_id = assignee_id AND username_key = :who "
    "WHERE status = 'open' ORDER BY person_id IS NULL, task.id",
}
KEYS = {"/politicas": "SELECT key FROM policy ORDER BY id", "/procesos": "SELECT key FROM definition ORDER BY id"}
LISTS = re.compile(r"IN \([^()]*\)")  # of ids: they are longer where there is more


@dataclass
class Counted:
    """The statements of a page that somebody may open: with few rows, and with three times as many."""

    few: list[str]
    many: list[str]

    def growth(self) -> str:
        """What is asked more often when there is more, for whoever looks for it."""
        few, many = (Counter(LISTS.sub("IN (…)", one) for one in asked) for asked in (self.few, self.many))
        return "\n".join(f"{times} × {one[:300]}" for one, times in (many - few).items())


@contextmanager
def app_on_a_copy(demonstration: Loaded, folder: Path, papers: Callable[..., bytes]) -> Iterator[Flask]:
    """The application on a copy of the demonstration, on the day when it was loaded; `papers` typesets."""
    with _copy(demonstration.url, folder) as url, pytest.MonkeyPatch.context() as patch:
        engine = prepared(url, demonstration.folder)
        patch.setattr("db.clock.now", lambda: NOW)
        patch.setattr("forms.document.typst", SimpleNamespace(compile=papers))
        app = build(Settings.from_env({"ATT_VAR": str(folder), "ATT_SECRET_KEY": "k" * 40}))
        app.testing = True
        seal.use("a secret of the tests")
        yield app
        engine.dispose()


@contextmanager
def _copy(url: str, folder: Path) -> Iterator[str]:
    if databases.kind() == "sqlite":
        shutil.copyfile(make_url(url).database or "", folder / "att.db")
        yield f"sqlite:///{folder / 'att.db'}"
        return
    with databases.postgresql_database(f"att_twins_{os.getpid()}", make_url(url).database or "") as copy:
        yield copy


def count(app: Flask, addresses: Iterable[str]) -> dict[str, dict[str, Counted]]:
    """Address → who may open it → what that asked."""
    pages = [(address, who, _filled(address, who)) for address in addresses for who in ROLES]
    browsers = {who: Browser(app.test_client()) for who in ROLES}
    for who, browser in browsers.items():
        browser.enter(who)
        browser.get("/mi-cuenta")
    few = {page: _asked(browsers[page[1]], page[2]) for page in pages}
    with current_engine().execution_options(att_write=True).begin() as connection:
        twins.add(connection, metadata())
    found: dict[str, dict[str, Counted]] = {address: {} for address, _, _ in pages}
    for page, statements in few.items():
        if statements:
            found[page[0]][page[1]] = Counted(statements, _asked(browsers[page[1]], page[2]))
    return found


def _asked(browser: Browser, path: str) -> list[str]:
    """What a page asks; nothing when it is closed to whoever opens it."""
    with asked() as seen:
        opened = browser.client.get(path).status_code == 200
    return seen if opened else []


def _filled(address: str, who: str) -> str:
    with reading() as session:
        for name, question in (NAMES | OF_PERSON).items():
            if f"<{name}>" in address:
                told = session.scalars(text(question), {"who": who} if name in OF_PERSON else {}).first()
                address = address.replace(f"<{name}>", str(told))
        for beginning, question in KEYS.items():
            if address.startswith(beginning) and "<key>" in address:
                address = address.replace("<key>", str(session.scalars(text(question)).first()))
    return address
