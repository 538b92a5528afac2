"""Para revisar: one list of reports, statements, milestones, actions and forms for whoever reviews them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from att import duties
from att import jobs
from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import principal
from directory.principal import Principal
from notifications import policies
from notifications import statements
from notifications.models import Obligation
from tests.browser.house import House
from tests.browser.work import in_progress
from tests.snapshots import Stage
from tests.web.conftest import Browse
from tests.web.world import World
from tracking.policies import SHIPPED
from tracking.reviewing import listing


@pytest.fixture
def busy(world: World, tmp_path, snapshot: Stage) -> World:
    """A product in execution with an advisory, one in review, what is owed, and a statement of the coordinator."""

    def build() -> World:
        in_progress(House("", world, tmp_path))
        now = clock.now()
        first = (clock.local_date(now).replace(day=1) - timedelta(days=1)).replace(day=1)
        with transaction() as session:
            policies.install(session, SHIPPED, since=first, by=SYSTEM, now=now)
        duties.open_obligations(now)
        with transaction() as session:
            policy = policies.get(session, "formulario_regional")
            row = session.scalars(select(Obligation).where(Obligation.policy_id == policy.id)).first()
            assert row is not None
            new = statements.NewStatement(
                text="Envié el formulario", happened_on=clock.local_date(now), evidence_link="https://example.org/f",
                confirmed=True,
            )  # fmt: skip
            by = principal.load(session, world.people["articulador"], now=now)
            statements.present(session, row.id, new, by=by, now=now)
        return world

    return snapshot("reviewing", build)


def who(world: World, username: str) -> Principal:
    with reading() as session:
        return principal.load(session, world.people[username], now=clock.now())


def kinds(world: World, username: str) -> dict[str, int]:
    by, now = who(world, username), clock.now()
    with reading() as session:
        counts = listing.counts(session, by, now=now)
        assert listing.total(session, by, now=now) == sum(counts.values())
    return {key: count for key, count in counts.items() if count}


def test_each_one_sees_what_is_theirs_to_review(busy: World, browse: Browse) -> None:
    assert kinds(busy, "der") == {"forms": 1}
    monitor = kinds(busy, "monitoreo")
    assert monitor["statements"] == 1
    assert monitor["milestones"] >= 1
    coordinator = kinds(busy, "articulador")
    assert "statements" not in coordinator  # it is their own
    assert coordinator["milestones"] == monitor["milestones"]


def test_the_menu_counts_what_the_page_lists(busy: World, browse: Browse) -> None:
    total = sum(kinds(busy, "monitoreo").values())
    page = browse("monitoreo").get("/para-revisar")
    assert f'<span class="count">{total}<span class="visually-hidden"> por revisar</span></span>' in page
    assert len(re.findall(r'<li class="row">', page)) == total
    assert f'Todo\u00a0<span class="secondary">({total})</span>' in page


def test_it_is_narrowed_by_kind_and_searched(busy: World, browse: Browse) -> None:
    monitor = browse("monitoreo")
    page = monitor.get("/para-revisar?tipo=statements")
    assert re.findall(r'class="title"><a href="(/plazos/\d+)"', page) != []
    assert "/hitos/" not in page.split("<main")[1]
    assert "Formulario mensual de desempeño" in monitor.get("/para-revisar?buscar=DESEMPENO")
    assert "Nada coincide con su búsqueda" in monitor.get("/para-revisar?buscar=nadaquever")
    der = browse("der").get("/para-revisar")
    assert "Validar el protocolo" in der
    assert "Bancos de proyectos" in browse("der").get("/para-revisar?buscar=bancos+protocolo")
    assert "Nada coincide" in browse("der").get("/para-revisar?buscar=nadaquever")


def test_pages_follow_one_another_across_kinds(busy: World) -> None:
    by, now = who(busy, "monitoreo"), clock.now()
    with reading() as session:
        whole = listing.listing(session, by, now=now, limit=200).items
        found, cursor = [], ""
        for _ in range(len(whole) + 1):
            page = listing.listing(session, by, now=now, limit=1, cursor=cursor)
            found += page.items
            cursor = page.next_cursor
            if not cursor:
                break
    assert len({row.kind for row in whole}) > 1
    assert found == whole
    assert [row.since for row in whole] == sorted(row.since for row in whole)


def test_an_altered_cursor_is_refused(busy: World, browse: Browse) -> None:
    browse("monitoreo").get("/para-revisar?desde=nada", 422)


def test_nobody_reviews_what_they_wrote(busy: World) -> None:
    """The coordinator's own report goes to the DER, and is not among what the coordinator reviews."""
    jobs.begin_reports(clock.now())
    assert "reports" not in kinds(busy, "articulador")


def test_it_is_for_whoever_reviews(busy: World, browse: Browse) -> None:
    for username in ("asesor", "lider", "control", "admin"):
        browse(username).get("/para-revisar", 403)
        assert "/para-revisar" not in browse(username).get("/mi-cuenta")


def test_with_nothing_to_review_it_says_so(world: World, browse: Browse) -> None:
    page = browse("der").get("/para-revisar")
    assert "Nada espera por su revisión" in page
    assert "por revisar</span>" not in page
