"""A partner entity that works in a strategy, and what it says it did there."""

from att.demo import papers
from att.demo import people
from att.demo import strategies
from att.demo.cast import address
from att.demo.scene import Scene
from db.actor import SYSTEM
from db.clock import local_date
from directory import grants
from directory import people as registered
from directory import principal
from directory import roles
from tracking import partner_advances
from tracking import partners
from tracking.partner_advances import NewAdvance
from tracking.partners import NewPartner

JOINED = 300
"""So many days before loading it was added."""

ADVANCES = (
    (150, "Curso virtual de gestión pública territorial para 40 servidores de las entidades de la estrategia, con "
          "énfasis en presupuesto y proyectos.", 2, False),
    (40, "Mesa de trabajo sobre el plan indicativo con los equipos de planeación; se entregó la guía de seguimiento.",
     3, True),
)  # fmt: skip
"""Days before loading, what was done, in how many entities, and whether a file shows it."""


def take_part(scene: Scene) -> str:
    """The unit of the partner takes part in one strategy, and its professional reports two advances."""
    scene.go_to(JOINED)
    unit = people.partner_unit(scene)
    _hold(scene, unit)
    strategy, lead = strategies.get(scene, strategies.FINANCES), scene.cast.of(scene.session, "lider")
    new = NewPartner(
        unit_id=unit, since=local_date(scene.now),
        contribution="Forma a los servidores de las entidades y presta instructores para las mesas de trabajo.",
    )  # fmt: skip
    row = partners.add(scene.session, strategy.id, new, by=lead, now=scene.now)
    reached = [entity.id for entity in people.reached(scene.session, scene.scale)]
    for ago, text, entities, proved in ADVANCES:
        scene.go_to(ago)
        by = principal.load(scene.session, _professional(scene), now=scene.now)
        lines = [("Asunto", text)]
        tokens = [papers.paper(scene, "acta-mesa-de-trabajo", "Acta de la mesa de trabajo", lines, by=by)]
        said = NewAdvance(
            occurred_on=local_date(scene.now), text=text, entities=reached[:entities], files=tokens if proved else []
        )
        partner_advances.report(scene.session, row.id, said, by=by, now=scene.now)
    return f"una entidad socia en «{strategy.name}», con {len(ADVANCES)} avances"


def _hold(scene: Scene, unit_id: int) -> None:
    """Its professional acts for the unit, also where a demonstration of an earlier version gave the role otherwise."""
    person_id = _professional(scene)
    held = {(row.scope_kind, row.scope_id) for row in grants.of(scene.session, person_id) if row.revoked_at is None}
    if (roles.UNIT, unit_id) not in held:
        grants.add(scene.session, person_id, "partner_entity", roles.UNIT, unit_id, by=SYSTEM, now=scene.now)


def _professional(scene: Scene) -> int:
    person = registered.find(scene.session, address("socia"))
    assert person is not None, "people are appointed first"
    return person.id
