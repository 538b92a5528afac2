"""The doors of the house: the menu, where each role begins, and which roles no step is given to."""

from collections.abc import Sequence

from directory import access
from directory.principal import Principal
from web.frame import HOME
from web.frame import REVIEWS
from web.frame import Link

# Label, address, and the action that opens the door; the order is the same on every page.
MENU = (
    ("Bandeja", "/bandeja", "task.read"),
    ("Tareas del equipo", "/tareas-del-equipo", "task.assign"),
    ("Productos", "/productos", "product.read"),
    ("Estrategias", "/estrategias", "strategy.read"),
    ("Planes de trabajo", "/planes", "plan.read"),
    ("Para revisar", REVIEWS, "review.read"),
    ("Hitos por verificar", "/hitos-por-verificar", "milestone.verify"),
    ("Entidades", "/entidades", "plan.read"),
    ("Asesorías", "/asesorias", "plan.read"),
    ("Interacciones", "/interacciones", "plan.read"),
    ("Plazos", "/plazos", "obligation.read"),
    ("Informes", "/informes", "report.read"),
    ("Calendario", "/calendario", "calendar.read"),
    ("Personas", "/personas", "people.read"),
    ("Dependencias", "/dependencias", "setting.read"),
    ("Cobertura", "/cobertura", "coverage.read"),
    ("Acciones correctivas", "/acciones-correctivas", "plan.read"),
    ("Apoyos expertos", "/apoyos-expertos", "plan.read"),
    ("Operaciones", "/operaciones", "operation.read"),
    ("Incidentes", "/incidentes", "incident.read"),
    ("Trabajos automáticos", "/trabajos", "system.watch"),
    ("Invariantes", "/invariantes", "system.watch"),
    ("Mensajes", "/mensajes", "message.read"),
    ("Integridad de la historia", "/integridad", "history.verify"),
    ("Lecturas de datos personales", "/lecturas", "reading.read"),
    ("Políticas de plazos", "/politicas", "policy.read"),
    ("Procesos", "/procesos", "process.read"),
    ("Ajustes", "/ajustes", "setting.read"),
)

NOT_DAILY = ("/calendario", "/interacciones", "/hitos-por-verificar", "/estrategias")
"""Where there is little room these go under «Más», the last one first; hitos stand among what is to be reviewed too."""

NOT_OFTEN = (
    "/personas", "/dependencias", "/cobertura", "/acciones-correctivas", "/apoyos-expertos", "/operaciones",
    "/incidentes", "/trabajos", "/invariantes", "/mensajes", "/integridad", "/lecturas", "/politicas", "/procesos",
    "/ajustes",
)  # fmt: skip
"""These go under «Más» before any other."""

ROOM, GAP, COUNT = 129, 3, 6
"""In letters: the width of the bar on a screen of 1280 pixels, what lies between two doors, and a number beside one."""

FIRST = {
    "technical_director": "/tareas-del-equipo",
    "subdirectorate": "/plazos/equipo",
    "support_liaison": "/cobertura",
    "planning_liaison": "/plazos",
    "planning_group": REVIEWS,
    "partner_entity": "/estrategias",
    "senior_management": "/plazos/cumplimiento",
    "internal_control": "/plazos/equipo",
    "administrator": "/personas",
    "beneficiary_contact": "/planes",
}
"""Where those begin who carry no case step by step: the page that serves them, unless their inbox holds something."""

NO_STEPS = {
    "subdirectorate": ("Plazos del equipo", "lo que deben las personas de su dependencia"),
    "support_liaison": ("Cobertura", "quién acompaña cada entidad"),
    "planning_liaison": ("Plazos", "lo que usted debe reportar y hasta cuándo"),
    "planning_group": ("Para revisar", "lo que espera por su validación"),
    "partner_entity": ("Estrategias", "aquellas en las que participa su entidad, y dónde contar lo que hace"),
    "senior_management": ("Cumplimiento", "quién cumple a tiempo y qué está vencido"),
    "internal_control": ("Plazos del equipo", "lo que se debe, lo vencido y a quién le corresponde"),
}
"""The roles to which no step of a process is given: how their first page is called, and what is there."""


def menu(person: Principal | None, path: str, waiting: str = "") -> list[Link]:
    """The doors that `person` may open, the one that leads to `path` marked; `waiting` is what there is to review."""
    if person is None:
        return []
    doors = [(label, url) for label, url, action in MENU if access.may(person, action)]
    near = _near(doors)
    return [
        Link(label, url, path == url or path.startswith(f"{url}/"), url not in near, waiting if url == REVIEWS else "")
        for label, url in doors
    ]


def first(person: Principal, *, waiting: bool = False) -> str:
    """Where somebody begins: the inbox, or the page that serves their roles when no `waiting` task is there.

    Without any role, the page that says why there is nothing.
    """
    if access.may(person, "task.read") and (waiting or not _begin_elsewhere(person)):
        return HOME[1]
    if person.grants and person.grants[0].role in FIRST:
        return FIRST[person.grants[0].role]
    return next((link.url for link in menu(person, "")), HOME[1])


def without_steps(person: Principal) -> list[tuple[Link, str]]:
    """Where to go instead, and what is there, for whoever holds only roles to which no step is given; else nothing."""
    held = dict.fromkeys(grant.role for grant in person.grants)
    if not held or not held.keys() <= NO_STEPS.keys():
        return []
    return [(Link(NO_STEPS[role][0], FIRST[role]), NO_STEPS[role][1]) for role in held]


def _begin_elsewhere(person: Principal) -> bool:
    return bool(person.grants) and all(grant.role in FIRST for grant in person.grants)


def _near(doors: Sequence[tuple[str, str]]) -> set[str]:
    """The doors that stand in the bar: as many as fit in one line, those of every day before the others."""
    last = {url: place for place, url in enumerate(NOT_DAILY + NOT_OFTEN)}
    near, room = set[str](), ROOM
    for label, url in sorted(doors, key=lambda door: last.get(door[1], -1)):
        room -= len(label) + GAP + (COUNT if url == REVIEWS else 0)
        if room < 0:
            break
        near.add(url)
    return near
