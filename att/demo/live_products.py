"""Products in every stage, so that each profile finds something to do."""

from dataclasses import replace

from att.demo import people
from att.demo import procedure
from att.demo import products
from att.demo import strategies
from att.demo import tales
from att.demo.scene import Scene
from att.demo.story import Story
from db.clock import local_date
from directory import coverage
from engine import drafts
from engine import observations
from engine import prefill
from engine.models import Observation
from tracking import life
from tracking.models import WorkPlan

SHEET, PROTOCOL, C1, C2 = (
    "Activity_ElaborarFicha", "Activity_DiligenciarProtocolo", "Activity_RetroalimentarFicha",
    "Activity_ValidarProtocolo",
)  # fmt: skip

REMARKS = (
    ("", "El protocolo es coherente con la ficha. Falta decir cómo se sostendrá la actualización sin asesor.",
     "Se agregó el hito «Rutina de actualización adoptada», que deja la tarea en cabeza del municipio."),
    ("gaps/0/value", "¿De qué fuente y de qué fecha es el 62 %?",
     "De la encuesta de la primera asistencia a 40 municipios; se anexa el cálculo."),
    ("targeting_criteria", "Precise el umbral de desempeño fiscal con el que se focaliza.",
     "Se focalizan los municipios con índice inferior a 60 puntos."),
    ("indicators/0/formula", "La fórmula no dice si se cuenta el banco o cada proyecto.",
     "Se cuenta el banco completo: todos sus proyectos vigentes con ficha actualizada."),
    ("milestones/2/deadline", "El plazo cae después de radicar el presupuesto. ¿Alcanza a servir para presupuestar?",
     "Se adelantó la mesa de priorización; los proyectos que se presupuestan se actualizan primero."),
)  # fmt: skip
"""What the DER remarked in the first round, on which question, and what the author answered."""

CORRECTED = "Bajo desempeño fiscal: índice inferior a 60 puntos"

STAGGERED = (0, 0, 1, 1, 2, 2, 3, 4, 4, 4)
"""How many of the first four steps each plan of harmonisation has behind it, over and over."""


def in_predesign(scene: Scene) -> str:
    """Half way through the pre-design, with a draft of the value chain."""
    scene.go_to(12)
    told = products.story(scene, tales.RISK, arrival=-170, entities=())
    product = products.start(scene, told, strategy_id=None)
    case = scene.instance(product).id
    scene.push(case, told, until="Activity_DefinirCadenaDeValor")
    task = scene.at(case, "Activity_DefinirCadenaDeValor")
    written = told.answers(scene.session, task, now=scene.now)["value_chain"][:3]
    by = scene.cast.doer(scene.session, task)
    drafts.save(scene.session, task.id, {"value_chain": written}, by=by, now=scene.now)
    return f"«{product.name}»: en prediseño, con un borrador guardado"


def in_feedback(scene: Scene) -> str:
    """Waiting for the DER's feedback on its sheet (C1)."""
    scene.go_to(24)
    told = products.story(scene, tales.ACCOUNTABILITY, arrival=-140, entities=())
    product = products.start(scene, told, strategy_id=strategies.get(scene, strategies.TOGETHER).id)
    scene.push(scene.instance(product).id, told, until=C1)
    return f"«{product.name}»: en retroalimentación de la ficha (C1)"


def in_parameterisation(scene: Scene) -> str:
    """Validated, and waiting for the DER's monitoring team to fix its milestones (C3)."""
    scene.go_to(50)
    told = products.story(scene, tales.HANDING_OVER, arrival=-45, entities=_some(scene, 12, skip=9))
    product = products.start(scene, told, strategy_id=strategies.get(scene, strategies.TOGETHER).id)
    case = scene.instance(product).id
    scene.push(case, told, until=C2)
    scene.go_to(min(scene.ago, 6))
    scene.push(case, told, until="Activity_ParametrizarHitos")
    return f"«{product.name}»: en parametrización de hitos (C3)"


def in_second_round(scene: Scene) -> str:
    """Returned by the DER with remarks, answered by its author, and waiting for the second validation (C2)."""
    scene.go_to(75)
    told = products.story(scene, tales.PROJECT_BANKS, arrival=-60, entities=_some(scene, 30, skip=3))
    product = products.start(scene, told, strategy_id=strategies.get(scene, strategies.FINANCES).id)
    case = scene.instance(product).id
    scene.push(case, told, until=C2)
    scene.go_to(min(scene.ago, 34))
    written = _remark(scene, case)
    scene.do(
        case, C2, told, verdict="returned", remarks="Atienda las cinco observaciones y envíe de nuevo el protocolo."
    )
    scene.go_to(min(scene.ago, 18))
    for remark, (_, _, answer) in zip(written, REMARKS, strict=True):
        observations.answer(scene.session, remark.id, answer, by=scene.cast.of(scene.session, "lider"), now=scene.now)
    criteria = [CORRECTED, *tales.PROJECT_BANKS.criteria[1:]]
    scene.do(case, PROTOCOL, told, targeting_criteria=criteria)
    return f"«{product.name}»: en validación del protocolo (C2), segunda ronda"


def in_activation(scene: Scene) -> str:
    """In the territory, its plans at different steps: those of the advisor with an account among them."""
    scene.go_to(210)
    told = products.story(scene, tales.HARMONISATION, arrival=95, entities=_own_and_others(scene))
    product = products.start(scene, told, strategy_id=strategies.get(scene, strategies.FINANCES).id)
    opened = products.arrive(scene, product, told, 95)
    for index, plan in enumerate(opened):
        scene.go_to(90 - index)
        steps = STAGGERED[index % len(STAGGERED)]
        if not steps:
            continue
        own = procedure.walk(scene, plan, told, steps=steps)
        if steps == len(procedure.STEPS):
            _monitor(scene, plan, own, improved=index % len(STAGGERED) == len(STAGGERED) - 1)
    _draft(scene, opened[1])
    return f"«{product.name}»: en activación, con {len(opened)} planes en distintos pasos"


def in_follow_up(scene: Scene) -> str:
    """Back from the territory: its plans are closed and its follow-up has begun."""
    scene.go_to(400)
    told = products.story(scene, tales.RESULTS_BUDGET, arrival=300, entities=_some(scene, 3, skip=7))
    product = products.start(scene, told, strategy_id=strategies.get(scene, strategies.FINANCES).id)
    opened = products.arrive(scene, product, told, 300)
    for plan in opened:
        scene.go_to(290)
        own = procedure.walk(scene, plan, told)
        procedure.report(scene, plan, range(1, len(told.tale.steps) + 1), own.files[0], until=70)
        procedure.verify(scene, plan, range(1, len(told.tale.steps) + 1))
        assert plan.instance_id is not None, "a plan opens with its procedure"
        scene.push(plan.instance_id, own)
    scene.go_to(40)
    scene.push(scene.instance(product).id, told, until="Activity_AplicarMonitoreo360")
    return f"«{product.name}»: en seguimiento y evaluación"


def withdrawn(scene: Scene) -> str:
    """Withdrawn from the territory by its director, with its plans."""
    scene.go_to(260)
    told = products.story(scene, tales.HELP_DESK, arrival=190, entities=_some(scene, 3, skip=5), lead="lider2")
    product = products.start(scene, told, strategy_id=None, lead="lider2")
    opened = products.arrive(scene, product, told, 190)
    scene.go_to(120)
    reason = "Sus funciones se integran a la segunda fase de Gobierno al Plan, que ya atiende estas consultas."
    director = scene.cast.of(scene.session, "director")
    life.withdraw_product(scene.session, product.id, reason, by=director, now=scene.now)
    scene.settle(scene.instance(product))
    scene.work_through()
    return f"«{product.name}»: retirado, con {len(opened)} planes cancelados"


def being_modified(scene: Scene) -> str:
    """In the territory, with a modification of its protocol before the DER."""
    scene.go_to(230)
    chosen = _some(scene, 6, skip=11)
    told = products.story(scene, tales.FOLLOW_UP, arrival=110, entities=chosen[:-1], lead="lider2")
    product = products.start(
        scene, told, strategy_id=strategies.get(scene, strategies.GOBIERNO_AL_PLAN).id, lead="lider2"
    )
    for index, plan in enumerate(products.arrive(scene, product, told, 110)):
        scene.go_to(100 - index)
        own = procedure.walk(scene, plan, told)
        procedure.report(scene, plan, range(1, 2 + index % 2), own.files[0], until=20)
    scene.go_to(8)
    reason = "La gobernación pidió sumar un municipio que ya aprobó su plan indicativo."
    life.request_modification(
        scene.session, product.id, reason, by=scene.cast.of(scene.session, "lider2"), now=scene.now
    )
    scene.settle(scene.instance(product))
    wider = replace(told, entities=chosen)
    scene.do(scene.instance(product).id, "Activity_SolicitarModificacion", wider, reason=reason, changes=["targeting"])
    return f"«{product.name}»: en activación, con una modificación del protocolo en validación"


def _some(scene: Scene, count: int, *, skip: int) -> list[int]:
    """Up to `count` municipalities with advisor, one in every `skip`, those that have none left out."""
    reached = [row.id for row in people.reached(scene.session, scene.scale) if row.kind != "governorate"]
    covered = coverage.advisors_of(scene.session, reached, local_date(scene.loaded))
    stride = max(min(skip, len(covered) // count), 1)
    return [entity_id for entity_id in reached[::stride] if entity_id in covered][:count]


def _own_and_others(scene: Scene) -> list[int]:
    advisor = scene.cast.of(scene.session, people.own_key(scene.session, "asesor"))
    mine = coverage.entities_of(scene.session, advisor.person_id, local_date(scene.loaded))
    others = [entity_id for entity_id in _some(scene, scene.scale.harmonisation, skip=14) if entity_id not in mine]
    return (mine + others)[: scene.scale.harmonisation]


def _remark(scene: Scene, case: int) -> list[Observation]:
    """Write the remarks of the first round in the reviewing task."""
    task = scene.at(case, C2)
    by = scene.cast.doer(scene.session, task)
    return [observations.add(scene.session, task.id, path, text, by=by, now=scene.now) for path, text, _ in REMARKS]


def _monitor(scene: Scene, plan: WorkPlan, own: Story, *, improved: bool) -> None:
    """Report what was reached, and monitor one plan in so many: an action to improve stays open there."""
    procedure.report(scene, plan, [1, 2], own.files[0], until=12)
    if not improved:
        return
    scene.go_to(10)
    action = {
        "kind": "corrective",
        "finding": "La mesa de planeación y hacienda no se reunió en los dos últimos meses",
        "action": "Acordar con el alcalde un calendario de reuniones y seguirlo cada quince días",
        "responsible": "Asesoría territorial",
        "due": scene.today(),
    }
    task = procedure.one(scene, plan, "Activity_MonitorearAsistencia")
    scene.complete(task, own, {"corrective_actions": [action]})


def _draft(scene: Scene, plan: WorkPlan) -> None:
    """The advisor left the first step of a plan half written."""
    scene.go_to(2)
    task = procedure.one(scene, plan, procedure.STEPS[0])
    typed = dict(prefill.initial(scene.session, task, now=scene.now))
    typed["installed_capacity"] = "Una profesional de planta en planeación; falta preguntar por"
    drafts.save(scene.session, task.id, typed, by=scene.cast.doer(scene.session, task), now=scene.now)
