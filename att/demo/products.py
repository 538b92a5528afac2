"""A product of the demonstration from its start to its arrival in the territory."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from att.demo import days
from att.demo import papers
from att.demo.scene import Scene
from att.demo.story import Story
from att.demo.tale import Tale
from directory import units
from tracking import life
from tracking.models import PlanStatus
from tracking.models import Product
from tracking.models import WorkPlan

ARRIVAL = "Activity_DesarrollarAsistencia"
"""What waits once the work plans are being opened."""


def story(scene: Scene, tale: Tale, *, arrival: float, entities: Sequence[int], lead: str = "lider") -> Story:
    """The story of `tale`, whose products arrives `arrival` days ago, with its papers stored by its lead."""
    by = scene.cast.of(scene.session, lead)
    lines = [
        ("Problema central", tale.problems[0]),
        ("Objetivo", tale.objective),
        ("Resultado esperado", tale.chain[4]),
    ]
    token = papers.paper(scene, f"Documento de trabajo – {tale.name}"[:90], tale.name, lines, by=by)
    return Story(tale, days.day_before(scene.loaded, arrival), tuple(entities), (token,))


def start(scene: Scene, told: Story, *, strategy_id: int | None, lead: str = "lider") -> Product:
    """Start the life of the product of a story."""
    unit = units.find(scene.session, "DER")
    assert unit is not None, "the catalogues are loaded first"
    by = scene.cast.of(scene.session, lead)
    product = life.start_product(
        scene.session, name=told.tale.name, unit_id=unit.id, lead_id=by.person_id, strategy_id=strategy_id, by=by,
        now=scene.now,
    )  # fmt: skip
    scene.settle(scene.instance(product))
    return product


def arrive(scene: Scene, product: Product, told: Story, ago: float) -> list[WorkPlan]:
    """Push a product on until its plans are open, `ago` days before loading; returns the plans."""
    instance_id = scene.instance(product).id
    scene.push(instance_id, told, until="Activity_DefinirEcosistemas")
    scene.go_to(min(scene.ago, ago))
    scene.push(instance_id, told, until=ARRIVAL)
    scene.work_through()
    return plans(scene, product)


def plans(scene: Scene, product: Product) -> list[WorkPlan]:
    """The plans of a product that run, in the order in which they were opened."""
    statement = select(WorkPlan).where(WorkPlan.product_id == product.id, WorkPlan.status == PlanStatus.OPEN)
    return list(scene.session.scalars(statement.order_by(WorkPlan.id)))


def named(scene: Scene, name: str) -> Product:
    """The product with this name."""
    return scene.session.scalars(select(Product).where(Product.name == name)).one()


def with_paper(told: Story, token: str) -> Story:
    """The same story, with another paper to attach."""
    return replace(told, files=(token,))
