"""An office that works on the database: founded once per process, with a product that is new or in operation."""

from collections.abc import Callable
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

import workflows
from db import transaction
from tests.processes.office import Office
from tests.processes.office import Staff
from tests.processes.office import found
from tests.snapshots import Stage
from tracking import products
from tracking.models import Product

Play = Callable[[str, Callable[[Office, Product], Any]], Any]


@pytest.fixture
def staff(snapshot: Stage, now: datetime) -> Staff:
    """An office with the built-in processes."""
    workflows.register()

    def build() -> Staff:
        with transaction() as session:
            return found(session, now, entity_count=2)

    return snapshot("staff", build)


@pytest.fixture
def product_id(snapshot: Stage, staff: Staff, now: datetime) -> int:
    """A new product of theirs."""

    def build() -> int:
        with transaction() as session:
            return Office.of(session, staff, now).start_product().id

    return snapshot("product", build)


@pytest.fixture
def played(snapshot: Stage, staff: Staff, product_id: int, now: datetime) -> Play:
    """`played(name, act)` is what they made of it by `act(office, product)`, before the session of the test begins."""

    def play(name: str, act: Callable[[Office, Product], Any]) -> Any:
        def build() -> Any:
            with transaction() as session:
                return act(Office.of(session, staff, now), products.get(session, product_id))

        return snapshot(name, build)

    return play


@pytest.fixture
def active(played: Play) -> None:
    """The product is in operation, with a work plan for each entity."""

    def activate(office: Office, product: Product) -> None:
        office.push(product.instance_id, until="Activity_DesarrollarAsistencia")
        office.work_through()

    played("active", activate)


@pytest.fixture
def session(product_id: int) -> Iterator[Session]:
    """A session on the world that was put up."""
    with transaction() as session:
        yield session


@pytest.fixture
def office(session: Session, staff: Staff, now: datetime) -> Office:
    """Its people at work in this test's session."""
    return Office.of(session, staff, now)


@pytest.fixture
def product(session: Session, product_id: int) -> Product:
    """Its row in this test's session."""
    return products.get(session, product_id)
