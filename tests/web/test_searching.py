"""The box in the header: one page of results, by kind, of what whoever asks may see."""

import pytest
from sqlalchemy import select

from db import reading
from engine.models import Submission
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.test_product_place import strategy
from tests.web.world import World


def test_every_page_has_the_box(browse: Browse, world: World) -> None:
    for path in ("/bandeja", "/planes", "/mi-cuenta"):
        assert 'action="/buscar"' in browse("asesor").get(path)
    assert 'action="/buscar"' not in browse("").get("/portafolio")


@pytest.mark.parametrize(
    ("text", "address"), [("bancos al DIA", "/productos/"), ("medellin", "/entidades/"), ("julio pena", "/personas/")]
)
def test_each_kind_is_found_without_accents(browse: Browse, world: World, plan: int, text: str, address: str) -> None:
    page = browse("monitoreo").get(f"/buscar?que={text}")
    assert f'<span class="title"><a href="{address}' in page


def test_strategies_are_found_by_who_may_read_them(browse: Browse, world: World) -> None:
    chosen = strategy(world)
    assert f'<a href="/estrategias/{chosen}">Fortalecer la inversión' in browse("asesor").get("/buscar?que=inversion")


def test_the_box_offers_what_it_finds(browse: Browse, world: World) -> None:
    assert 'placeholder="Producto, entidad, plan o persona"' in browse("asesor").get("/planes")
    assert "entidad, plan" not in browse("admin").get("/personas").split("</header>")[0]


@pytest.mark.parametrize("sign", ["%25", "_", "-"])
def test_signs_alone_stand_in_no_name(browse: Browse, world: World, sign: str) -> None:
    page = browse("admin").get(f"/buscar?que={sign}").split("</header>")[-1]
    assert 'href="/entidades/' not in page
    assert 'href="/personas/' not in page


def test_plans_are_found_by_their_product(browse: Browse, world: World, plan: int) -> None:
    assert f'href="/planes/{plan}"' in browse("asesor").get("/buscar?que=bancos")


def test_only_what_one_may_see_is_found(browse: Browse, world: World) -> None:
    desk.product(world, "Activity_DelimitarProblema")
    assert "/productos/" in browse("lider").get("/buscar?que=bancos").split("</header>")[-1]
    assert '<a href="/planes/' not in browse("admin").get("/buscar?que=bancos")
    browse("").get("/buscar?que=bancos", 303)


def test_nothing_found_and_nothing_asked_say_so(browse: Browse, world: World) -> None:
    assert "Nada coincide con «zzz»" in browse("asesor").get("/buscar?que=zzz")
    assert "Escriba qué busca" in browse("asesor").get("/buscar")


def test_many_of_a_kind_lead_to_their_list(browse: Browse, world: World) -> None:
    assert 'href="/entidades?buscar=san"' in browse("asesor").get("/buscar?que=san")


def test_what_was_sent_is_found_by_its_number_by_who_may_read_it(browse: Browse, world: World) -> None:
    desk.product(world, "Activity_DelimitarProblema")
    with reading() as session:
        row = session.scalars(select(Submission).order_by(Submission.id)).first()
    assert row is not None
    for text in (row.receipt, row.receipt.lower(), row.receipt.replace("-", "")):
        for who in ("lider", "control"):
            assert f'<a href="/envios/{row.id}">{row.receipt}' in browse(who).get(f"/buscar?que={text}")
    assert "/envios/" not in browse("admin").get(f"/buscar?que={row.receipt}")
    assert "/envios/" not in browse("control").get("/buscar?que=R-2026-999999")
