"""Who may correct and annul what was registered of an entity: its author and who answers for the place, nobody else."""

from typing import Any

import pytest
from sqlalchemy import select

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import accounts
from directory import grants
from tests.tracking import factories
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.test_advising import TODAY
from tests.web.test_advising import said
from tests.web.world import LONG_AGO
from tests.web.world import PASSWORD
from tests.web.world import World
from tracking import advisories
from tracking.models import Advisory
from tracking.models import QuickContact

CHANGED = {"occurred_on": TODAY, "modality": "advisory", "summary": "Otra cosa", "rectify_reason": "Porque sí"}
SAME = {**CHANGED, "summary": "Se revisó el diagnóstico"}


@pytest.fixture
def expert(browse: Browse, world: World) -> Browser:
    with transaction() as session:
        now = clock.now()
        row = factories.person(session, "Experta", now)
        accounts.create(session, row.id, "experta", PASSWORD, by=SYSTEM, now=now)
        grants.add(session, row.id, "thematic_expert", "national", None, since=LONG_AGO, by=SYSTEM, now=now)
    return browse("experta")


def advised(browser: Browser, plan: int) -> str:
    browser.get(f"/asesorias/nueva?plan={plan}")
    return str(browser.post("/asesorias/nueva", said(plan)).location)


def contacted(browser: Browser, entity_id: int) -> str:
    browser.get("/interacciones/nueva")
    data = {"entity_id": str(entity_id), "channel": "call", "topic": "Duda", "minutes": "15"}
    browser.post("/interacciones/nueva", data)
    with reading() as session:
        return f"/interacciones/{session.scalars(select(QuickContact.id).order_by(QuickContact.id.desc())).first()}"


def advisory(address: str) -> Advisory:
    with reading() as session:
        return advisories.get(session, int(address.rpartition("/")[2]))


def test_an_expert_corrects_nothing_of_others(browse: Browse, world: World, plan: int, expert: Browser) -> None:
    advisor = browse("asesor")
    place, contact = advised(advisor, plan), contacted(advisor, world.entities[0])
    assert "Anular la asesoría" not in expert.get(place)
    assert "Anular la interacción" not in expert.get(contact)
    expert.post(f"{place}/rectificacion", CHANGED, 403)
    expert.post(f"{place}/cierre", {}, 403)
    expert.post(f"{place}/anulacion", {"reason": "Porque sí"}, 403)
    expert.post(f"{contact}/anulacion", {"reason": "Porque sí"}, 403)
    assert (advisory(place).status, advisory(place).summary) == ("open", "Se revisó el diagnóstico")


def test_an_expert_corrects_what_they_registered(world: World, plan: int, expert: Browser) -> None:
    place, contact = advised(expert, plan), contacted(expert, world.entities[0])
    expert.get(place)
    expert.post(f"{place}/rectificacion", CHANGED)
    expert.post(f"{place}/anulacion", {"reason": "No se dio"})
    expert.post(f"{contact}/anulacion", {"reason": "Se repitió"})
    assert (advisory(place).status, advisory(place).summary) == ("annulled", "Otra cosa")


@pytest.mark.parametrize("username", ["asesor", "articulador", "lider"])
def test_who_answers_for_the_place_corrects_what_an_expert_registered(
    browse: Browse, plan: int, expert: Browser, username: str
) -> None:
    place, browser = advised(expert, plan), browse(username)
    browser.get(place)
    browser.post(f"{place}/rectificacion", CHANGED)
    browser.post(f"{place}/anulacion", {"reason": "No se dio"})
    assert advisory(place).status == "annulled"


@pytest.mark.parametrize("username", ["director", "control", "comunicaciones"])
def test_who_only_reads_corrects_nothing(browse: Browse, plan: int, username: str) -> None:
    place, browser = advised(browse("asesor"), plan), browse(username)
    browser.get("/bandeja")
    browser.post(f"{place}/anulacion", {"reason": "Porque sí"}, 403)
    assert advisory(place).status == "open"


@pytest.mark.parametrize("changes", [{}, {"plans_asked": "si"}, {"summary": "  Se revisó el diagnóstico \r\n"}])
def test_a_correction_that_changes_nothing_is_not_written(browse: Browse, plan: int, changes: dict[str, Any]) -> None:
    advisor = browse("asesor")
    place = advised(advisor, plan)
    before = advisor.get(place)
    plans = {"plans": [str(plan)]} if "plans_asked" in changes else {}
    page = advisor.post(f"{place}/rectificacion", {**SAME, **changes, **plans}, 422).get_data(as_text=True)
    assert "No cambió nada" in page
    assert 'value="Porque sí"' in page
    assert "Rectificó la asesoría" not in page
    assert advisory(place).revision == 1
    assert before.count("Registró una asesoría") == page.count("Registró una asesoría")


def test_two_clicks_correct_once(browse: Browse, plan: int) -> None:
    advisor = browse("asesor")
    place = advised(advisor, plan)
    advisor.get(place)
    for _ in range(2):
        advisor.post(f"{place}/rectificacion", {**CHANGED, "key": "k" * 32})
    assert advisor.get(place).count("Rectificó la asesoría") == 1
