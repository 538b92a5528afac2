"""Conservación: terms are told, rehearsed, confirmed and written down; the notice tells everybody."""

import re
from datetime import timedelta

import pytest

from db import SYSTEM
from db import clock
from db import reading
from db import settings
from db import transaction
from directory import people
from tests.web.conftest import Browse
from tests.web.world import World

HERE = "/ajustes/conservacion"
AS_IT_IS = {"session_days": "90", "attempt_days": "1", "message_months": "24"}


@pytest.fixture
def gone(world: World) -> None:
    """Somebody who left three years ago."""
    then = clock.now() - timedelta(days=3 * 366)
    with transaction() as session:
        person = people.add(session, "Julio Peña", email="julio@dnp.gov.co", by=SYSTEM, now=then)
        people.disable(session, person.id, reason="Terminó", by=SYSTEM, now=then)


def kept(key: str) -> object:
    with reading() as session:
        return settings.get(session, key, None)


def test_a_rehearsal_tells_how_many_and_keeps_nothing(browse: Browse, gone: None) -> None:
    admin = browse("admin")
    admin.get(HERE)
    told = admin.post(HERE, {**AS_IT_IS, "left_months": "12", "act": "rehearse"}, 200).get_data(as_text=True)
    assert "Ensayo: nada se guardó" in told
    assert "con lo que escribió se alcanzarían 1" in told
    assert 'value="12"' in told
    assert kept("left_months") is None


def test_what_would_go_at_once_is_confirmed_first(browse: Browse, gone: None) -> None:
    admin = browse("admin")
    admin.get(HERE)
    wanted = {**AS_IT_IS, "left_months": "12"}
    told = admin.post(HERE, wanted, 422).get_data(as_text=True)
    assert "1 registro" in told
    assert "Esto no se puede deshacer" in told
    assert kept("left_months") is None
    agreed = re.search(r'name="confirmed" value="([^"]+)"', told)
    assert agreed
    admin.post(HERE, {**wanted, "left_months": "6", "confirmed": agreed.group(1)}, 422)
    admin.post(HERE, {**wanted, "confirmed": agreed.group(1)})
    assert kept("left_months") == 12
    assert "de siempre a 12 meses" in admin.get(HERE)


def test_what_takes_nothing_away_needs_no_confirmation(browse: Browse, world: World) -> None:
    admin = browse("admin")
    admin.get(HERE)
    admin.post(HERE, {**AS_IT_IS, "attendee_months": "120", "message_months": "36"})
    assert (kept("attendee_months"), kept("message_months"), kept("session_days")) == (120, 36, None)


@pytest.mark.parametrize(
    "wrong", [{"message_months": "0"}, {"message_months": ""}, {"session_days": "1"}, {"left_months": "seis"},
              {"reading_months": "601"}],
)  # fmt: skip
def test_a_wrong_term_is_told_at_its_field(browse: Browse, world: World, wrong: dict[str, str]) -> None:
    admin = browse("admin")
    admin.get(HERE)
    said = admin.post(HERE, {**AS_IT_IS, **wrong}, 422).get_data(as_text=True)
    assert f'href="#{next(iter(wrong))}"' in said


def test_control_reads_the_terms_and_changes_none(browse: Browse, world: World) -> None:
    control = browse("control")
    page = control.get(HERE)
    assert "Contenido de los mensajes" in page
    assert "24 meses" in page
    assert "Guardar los términos" not in page
    control.post(HERE, AS_IT_IS, 403)
    browse("director").get(HERE, 403)


def test_everybody_reads_the_notice_with_who_answers_and_the_terms(browse: Browse, world: World) -> None:
    visitor = browse("")
    page = visitor.get("/tratamiento-de-datos")
    assert "todavía no ha escrito sus datos de responsable" in page
    assert "Contenido de los mensajes: 24 meses" in page
    assert 'href="/tratamiento-de-datos"' in visitor.get("/portafolio")
    assert "Set-Cookie" not in visitor.client.get("/tratamiento-de-datos").headers
    with transaction() as session:
        for key, value in {"privacy_controller": "Entidad de Prueba", "privacy_email": "datos@prueba.gov.co"}.items():
            settings.put(session, key, value, by=SYSTEM, now=clock.now())
    page = visitor.get("/tratamiento-de-datos")
    assert "Entidad de Prueba" in page
    assert "escriba a datos@prueba.gov.co" in page


def test_the_page_has_every_term_that_the_job_applies(browse: Browse, world: World) -> None:
    page = browse("admin").get(HERE)
    terms = ("session_days", "attempt_days", "message_months", "reading_months", "attendee_months", "left_months")
    assert all(f'name="{key}"' in page for key in terms)
