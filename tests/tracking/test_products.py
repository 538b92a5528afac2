"""Products: codes, what forms say of them, their end, who sees them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from db import history
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from db.errors import NotFound
from tests.tracking import factories
from tests.tracking.conftest import Scene
from tracking import portfolio
from tracking import products
from tracking import similar
from tracking import strategies
from workflows.forms import prediseno

SHEET = {"published": True, "summary": "Acompañamos a su municipio.", "provider": "DNP", "descriptors": ["functional"]}
PROTOCOL = {"capacity_types": ["administrative"], "problems": ["Los proyectos vencen en el banco"]}


def test_codes_count_up_in_the_year_of_colombia(session: Session, scene: Scene, now: datetime) -> None:
    second = factories.product(session, scene.lead, scene.unit.id, now, "Otro")
    new_year = datetime(2027, 1, 1, 4, 59, tzinfo=UTC)
    third = factories.product(session, scene.lead, scene.unit.id, new_year, "Tercero")
    assert [scene.product.code, second.code, third.code] == ["ATT-2026-001", "ATT-2026-002", "ATT-2026-003"]


def test_codes_begin_again_each_year(session: Session, scene: Scene) -> None:
    product = factories.product(session, scene.lead, scene.unit.id, datetime(2027, 1, 1, 5, 0, tzinfo=UTC), "Otro")
    assert product.code == "ATT-2027-001"


def test_a_product_dropped_leaves_no_gap(session: Session, scene: Scene, now: datetime) -> None:
    dropped = session.begin_nested()
    factories.product(session, scene.lead, scene.unit.id, now, "Se cae")
    dropped.rollback()
    assert factories.product(session, scene.lead, scene.unit.id, now, "Queda").code == "ATT-2026-002"


def test_nobody_gets_the_same_code(database: None, now: datetime) -> None:
    with transaction() as session:
        unit = factories.unit(session)
        lead = factories.person(session, "Lina", now, unit.id)

    def create(number: int) -> str:
        with transaction() as session:
            return factories.product(session, lead, unit.id, now, f"Producto {number}").code

    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(create, range(8)))
    assert codes == [f"ATT-2026-{number:03d}" for number in range(1, 9)]


def test_only_a_lead_of_the_unit_creates(session: Session, scene: Scene, now: datetime) -> None:
    by = factories.principal(scene.lead, "technical_lead", "unit", scene.unit.id + 1)
    with pytest.raises(NotAllowed):
        products.create(session, name="X", unit_id=scene.unit.id, lead_id=scene.lead.id, by=by, now=now)


@pytest.mark.parametrize("path", ["name", "lead_id"])
def test_wrong_data_say_where(session: Session, scene: Scene, now: datetime, path: str) -> None:
    data = {"name": "X", "unit_id": scene.unit.id, "lead_id": scene.lead.id, path: "" if path == "name" else 0}
    with pytest.raises(InvalidData) as caught:
        products.create(session, **data, by=scene.leading, now=now)
    assert list(caught.value.errors) == [path]


def test_a_name_is_no_longer_than_what_the_step_that_gives_it_takes(
    session: Session, scene: Scene, now: datetime
) -> None:
    assert prediseno.NAME.max_length == products.LONGEST_NAME
    data = {"unit_id": scene.unit.id, "lead_id": scene.lead.id, "by": scene.leading, "now": now}
    assert products.create(session, name="ñ" * 120, **data).name == "ñ" * 120
    with pytest.raises(InvalidData) as caught:
        products.create(session, name="ñ" * 400, **data)
    assert caught.value.errors == {"name": ["Escriba como máximo 120 caracteres en «Nombre»: tiene 400."]}
    scene.product.name = "ñ" * 400
    session.flush()
    assert products.rename(session, scene.product.id, "ñ" * 400, by=factories.BY, now=now).name == "ñ" * 400, (
        "as it was"
    )
    with pytest.raises(InvalidData):
        products.rename(session, scene.product.id, "n" * 121, by=factories.BY, now=now)


def test_the_ficha_names_the_product(session: Session, scene: Scene, now: datetime) -> None:
    data = {"name": "Bancos de proyectos al día", "problems": ["Los proyectos vencen"], "moments": ["planning"]}
    row = products.record_predesign(session, scene.product.id, data, by=factories.BY, now=now)
    assert (row.name, row.search_name, row.search_problem) == (
        "Bancos de proyectos al día", "bancos de proyectos al dia", "los proyectos vencen",
    )  # fmt: skip


def test_the_protocol_focalises_entities(session: Session, scene: Scene, now: datetime) -> None:
    both = {**PROTOCOL, "entities": [scene.entity.id, scene.other_entity.id]}
    products.record_protocol(session, scene.product.id, both, by=factories.BY, now=now)
    products.record_protocol(
        session, scene.product.id, {**PROTOCOL, "entities": [scene.entity.id]}, by=factories.BY, now=now
    )
    assert products.entities_of(session, scene.product.id) == [scene.entity.id]
    row = history.of(session, history.Subject("product", scene.product.id))[-1]
    assert row.details["entities"] == {"added": [], "removed": [scene.other_entity.id]}


def test_a_withdrawn_product_admits_no_change(session: Session, scene: Scene, now: datetime) -> None:
    products.withdraw(session, scene.product.id, "Sin recursos", by=factories.BY, now=now)
    with pytest.raises(Conflict, match="se retiró"):
        products.rename(session, scene.product.id, "Otro", by=factories.BY, now=now)


def test_a_withdrawal_needs_a_reason(session: Session, scene: Scene, now: datetime) -> None:
    with pytest.raises(InvalidData) as caught:
        products.withdraw(session, scene.product.id, " ", by=factories.BY, now=now)
    assert "reason" in caught.value.errors


def test_a_lead_sees_the_products_of_the_unit_only(session: Session, scene: Scene, now: datetime) -> None:
    other = factories.unit(session, "DDU")
    lead = factories.person(session, "Otra Líder", now, other.id)
    factories.product(session, lead, other.id, now, "Ajeno")
    page = products.listing(session, scene.leading, products.Filters())
    assert [row.name for row in page.items] == ["Bancos al día"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (products.Filters(text="bancos dia"), 1),
        (products.Filters(text="att-2026-001"), 1),
        (products.Filters(text="catastro"), 0),
        (products.Filters(stage="design"), 0),
        (products.Filters(status="active"), 1),
    ],
)
def test_filters(session: Session, scene: Scene, filters: products.Filters, found: int) -> None:
    assert len(products.listing(session, scene.monitoring, filters).items) == found


def published(session: Session, scene: Scene, now: datetime) -> None:
    data = {**PROTOCOL, "entities": [scene.entity.id]}
    products.record_protocol(session, scene.product.id, data, by=factories.BY, now=now)
    products.publish(session, scene.product.id, SHEET, by=factories.BY, now=now)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (portfolio.Filters(), 1),
        (portfolio.Filters(text="proyectos"), 1),
        (portfolio.Filters(department="27"), 1),
        (portfolio.Filters(department="05"), 0),
        (portfolio.Filters(capacity="administrative"), 1),
        (portfolio.Filters(capacity="political"), 0),
        (portfolio.Filters(descriptor="functional"), 1),
        (portfolio.Filters(entity_id=0), 0),
    ],
)
def test_portfolio_search(
    session: Session, scene: Scene, now: datetime, filters: portfolio.Filters, found: int
) -> None:
    published(session, scene, now)
    assert len(portfolio.search(session, filters).items) == found


def test_the_sheet_names_nobody(session: Session, scene: Scene, now: datetime) -> None:
    published(session, scene, now)
    sheet = portfolio.sheet(session, scene.product.code)
    assert sheet.entities == ["Quibdó, Chocó"]
    assert sheet.places == {"Chocó": ["Quibdó"]}
    assert scene.lead.name not in repr(sheet)


def test_what_is_not_published_has_no_sheet(session: Session, scene: Scene, now: datetime) -> None:
    products.publish(session, scene.product.id, {"published": False, "unpublished_reason": "Falta"}, by=factories.BY,
                     now=now)  # fmt: skip
    with pytest.raises(NotFound):
        portfolio.sheet(session, scene.product.code)


def test_a_withdrawn_product_leaves_the_portfolio(session: Session, scene: Scene, now: datetime) -> None:
    published(session, scene, now)
    products.withdraw(session, scene.product.id, "Fin", by=factories.BY, now=now)
    assert portfolio.search(session, portfolio.Filters()).items == []


@pytest.mark.parametrize(
    ("name", "problems", "found"),
    [
        ("Banco al día", [], True),
        ("Catastro multipropósito", [], False),
        ("Otra cosa", ["El proyecto vence en los bancos municipales"], True),
    ],
)
def test_similar_products(
    session: Session, scene: Scene, now: datetime, name: str, problems: list[str], found: bool
) -> None:
    products.record_protocol(session, scene.product.id, PROTOCOL, by=factories.BY, now=now)
    matches = similar.similar_products(session, name, problems)
    assert [match.product.id for match in matches] == ([scene.product.id] if found else [])
    assert all(match.reasons for match in matches)


def test_who_else_reaches_an_entity(session: Session, scene: Scene) -> None:
    overlaps = similar.overlapping_entities(session, [scene.entity.id, scene.other_entity.id])
    assert [(row.product.id, row.entity_ids) for row in overlaps] == [(scene.product.id, [scene.entity.id])]


def test_a_strategy_groups_products(session: Session, scene: Scene, now: datetime) -> None:
    goals = [{"goal": "Municipios con banco al día", "target": "400"}]
    strategy = strategies.create(
        session, name="Gobierno al Plan", objective="Fortalecer", unit_id=scene.unit.id, lead_id=scene.lead.id,
        goals=goals, by=scene.leading, now=now,
    )  # fmt: skip
    product = products.create(session, name="X", unit_id=scene.unit.id, lead_id=scene.lead.id,
                              strategy_id=strategy.id, by=scene.leading, now=now)  # fmt: skip
    page = products.listing(session, scene.monitoring, products.Filters(strategy_id=strategy.id))
    assert page.items == [product]
    assert strategies.listing(session, scene.monitoring, strategies.Filters(text="plan")).items[0].goals == goals


def test_two_strategies_of_one_name_are_a_conflict(session: Session, scene: Scene, now: datetime) -> None:
    data = {"objective": "O", "unit_id": scene.unit.id, "lead_id": scene.lead.id, "by": scene.leading, "now": now}
    strategies.create(session, name="Gobierno al Plan", **data)
    with pytest.raises(Conflict):
        strategies.create(session, name="GOBIERNO al plan", **data)


def test_a_withdrawn_product_is_shown_as_similar_with_its_reason(session: Session, scene: Scene, now: datetime) -> None:
    products.withdraw(session, scene.product.id, "Se canceló el convenio.", by=factories.BY, now=now)
    (match,) = similar.similar_products(session, scene.product.name)
    assert match.reasons[-1] == "Se retiró: Se canceló el convenio."
