"""The same step waiting in several cases of one product, to be done for all of them at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from db import SYSTEM
from db import clock
from db import transaction
from engine import definitions
from engine import registry
from engine.instances import Links
from engine.instances import start
from engine.models import Task
from engine.registry import Process
from forms.declaration import Form
from tests.engine import diagrams as d
from tests.web.world import World

BODY = (
    d.start() + d.user("Activity_Escribir", participant="writer", batch="true") + d.end()
    + d.chain("Event_Inicio", "Activity_Escribir", "Event_Fin")
)  # fmt: skip


@contextmanager
def waiting(world: World, form: Form) -> Iterator[list[int]]:
    """The tasks with `form` in each entity of `world`, all of the lead: «Entidad 0», «Entidad 1»…"""
    registry.register(Process("varios", "Varios", {"varios.bpmn": d.diagram("varios", BODY)}, {"nota": form}))
    with transaction() as session:
        definitions.deploy(session, registry.process("varios"), by=SYSTEM, now=clock.now())
        for number, entity_id in enumerate(world.entities):
            people, refs = {"writer": world.people["lider"]}, {"product_id": 1}
            links = Links(f"Entidad {number}", entity_id=entity_id, people=people, refs=refs)
            start(session, "varios", f"V-{number}", links=links, by=SYSTEM, now=clock.now())
        ids = [task.id for task in session.query(Task).filter_by(process_key="varios").order_by(Task.id)]
    yield ids
    registry._processes.pop("varios")
