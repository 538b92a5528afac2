"""Diagrams of ours from which a decision was taken away, gone round, or given to the wrong people."""

import re
from collections.abc import Callable
from collections.abc import Iterator

import workflows
from engine.registry import Process
from tests.engine import diagrams as d
from tests.engine.gate.cases import Case
from tests.engine.gate.cases import spoiled

C1, C2, C3, C4 = "Activity_RetroalimentarFicha", "Activity_ValidarProtocolo", "Activity_ParametrizarHitos", \
    "Activity_PublicarEnPortafolio"  # fmt: skip
AUTHORS = ("technical_lead", "territorial_advisor", "communications", "internal_control")

Edit = Callable[[str], str]

_FIRST = ('<bpmn:sequenceFlow id="Flow_ModificacionRequerida_RondaDeModificacion" '
          'sourceRef="Event_ModificacionRequerida" targetRef="Gateway_RondaDeModificacion" />')  # fmt: skip
_SHORTCUT = _FIRST, (
    d.choice("Gateway_Atajo", "Flow_Largo") + d.flow("Event_ModificacionRequerida", "Gateway_Atajo")
    + d.flow("Gateway_Atajo", "Gateway_ModificacionEnFirme", 'verdict == "validated"')
    + d.flow("Gateway_Atajo", "Gateway_RondaDeModificacion", name="Flow_Largo")
)  # fmt: skip
"""What an earlier process left in a variable, taken for what nobody decided yet in this one."""


def cases() -> Iterator[Case]:
    """Every way of ours round a decision."""
    yield from _toy()
    for file, step in (("prediseno", C1), ("diseno", C2), ("diseno", C3), ("diseno", C4),
                       ("modificacion_protocolo", "Activity_ValidarModificacion"),
                       ("modificacion_protocolo", "Activity_ParametrizarModificacion")):  # fmt: skip
        yield _life(f"{file}: {step} is no gate any more", "mandatory-missing", file, _without(step, "gate"))
        for role in AUTHORS:
            yield _life(f"{file}: {step} for {role}", "mandatory-role", file, _with(step, "role", role))
        if step != C4:
            yield _life(f"{file}: {step} by its authors", "mandatory-apart", file, _without(step, "separate_from"))
    for file, variable, steps in (("diseno", "verdict", C2), ("diseno", "trackable", C3)):
        yield _life(f"{file}: {variable} is not told", "mandatory-verdict", file, _without(steps, "outputs"))
    for file, old, new in (
        ("diseno", 'verdict == "validated"', 'verdict == "returned"'),
        ("diseno", 'verdict == "validated"', 'verdict != "validated"'),
        ("diseno", "trackable == True", "trackable == False"),
        ("diseno", "trackable == True", "not trackable"),
        ("diseno", "trackable == True", 'verdict == "validated"'),
        ("modificacion_protocolo", 'verdict == "validated"', 'verdict == "returned"'),
        ("modificacion_protocolo", "trackable == True", "trackable == False"),
        ("modificacion_protocolo", "milestones_changed == True", "milestones_changed == False"),
    ):
        yield _life(f"{file}: {old} became {new}", "mandatory-passed-by", file, _put(old, new))
    yield _life("a modification by the verdict of the design", "mandatory-passed-by", "modificacion_protocolo",
                _put(*_SHORTCUT))  # fmt: skip
    for stage in ("prediseno", "diseno", "activacion", "seguimiento"):
        yield _life(f"without {stage}", "uncalled", "ciclo_de_vida", _bypass(stage))
    yield _life("the product is never closed", "service-missing", "seguimiento",
                _put('id="tracking.close_product"', 'id="tracking.enter_stage_follow_up"'))  # fmt: skip
    for file, step in (("prediseno", "Activity_ResponderRetroalimentacion"),
                       ("comunicaciones", "Activity_RecogerRetroalimentacion"),
                       ("modificacion_protocolo", "Activity_SolicitarModificacion")):  # fmt: skip
        yield _life(f"{file}: nobody says what turns it", "never-told", file, _without(step, "outputs"))
    yield from _alone()


def _toy() -> Iterator[Case]:
    yield spoiled("validated when returned", "mandatory-passed-by", '== "validated"', '== "returned"')
    yield spoiled("validated by the author", "mandatory-role", 'value="der_reviewer"', 'value="technical_lead"')
    yield spoiled("validated by whom it may concern", "mandatory-apart", "separate_from", "reads")
    yield spoiled("no gate", "mandatory-missing", 'name="gate" value="V"', 'name="gate" value="W"')
    yield spoiled("the verdict of another", "mandatory-verdict", 'value="verdict=verdict"', 'value="again=again"')
    yield spoiled("ways exchanged", "mandatory-passed-by", 'verdict == "validated"', 'verdict != "validated"')


def _alone() -> Iterator[Case]:
    """Processes that are called by nobody: the report, the corrective action, the eight steps."""
    report, action, procedure = (_process(key) for key in ("informe_mensual", "accion_correctiva", "procedimiento_att"))
    for role in AUTHORS:
        yield _edited(report, f"report reviewed by {role}", "mandatory-role", report.key,
                      _with("Activity_RevisarInforme", "role", role))  # fmt: skip
        yield _edited(action, f"action closed by {role}", "mandatory-role", action.key,
                      _with("Activity_VerificarCierre", "role", role))  # fmt: skip
    yield _edited(
        report,
        "report returned and accepted",
        "mandatory-passed-by",
        report.key,
        _put('== "validated"', '!= "validated"'),
    )
    yield _edited(
        action,
        "action closed when it is not",
        "mandatory-passed-by",
        action.key,
        _put("closed == True", "closed == False"),
    )
    yield _edited(action, "an action of which nobody says whether it works", "never-told", action.key,
                  _without("Activity_SeguirAccion", "outputs"))  # fmt: skip
    yield _edited(action, "closed by who formulated it", "mandatory-apart", action.key,
                  _without("Activity_VerificarCierre", "separate_from"))  # fmt: skip
    for step in ("IdentificarNecesidad", "ProgramarAsistencia", "SocializarPlan", "RegistrarConsentimiento",
                 "EvaluarAsistencia", "GestionarConocimiento", "SistematizarResultados"):  # fmt: skip
        yield _edited(procedure, f"without {step}", "mandatory-missing", procedure.key, _emptied(f"Activity_{step}"))


def _life(name: str, code: str, file: str, edit: Edit) -> Case:
    return _edited(_process("ciclo_de_vida"), name, code, file, edit)


def _edited(process: Process, name: str, code: str, file: str, edit: Edit) -> Case:
    text = process.files[f"{file}.bpmn"]
    after = edit(text)
    assert after != text, name
    return Case(name, code, {**process.files, f"{file}.bpmn": after}, process.mandatory,
                process.forms, process.key, process.messages, process.handlers, process.begun_with,
                process.supplies)  # fmt: skip


def _process(key: str) -> Process:
    return next(one for one in workflows.ALL if one.key == key)


def _put(old: str, new: str) -> Edit:
    return lambda text: text.replace("&quot;validated&quot;", '"validated"').replace(old, new)


def _property(step: str, name: str) -> re.Pattern[str]:
    return re.compile(rf'(id="{step}".*?)(<spiffworkflow:property name="{name}" value=")([^"]*)(" />)', re.DOTALL)


def _with(step: str, name: str, value: str) -> Edit:
    return lambda text: _property(step, name).sub(rf"\g<1>\g<2>{value}\g<4>", text, count=1)


def _without(step: str, name: str) -> Edit:
    return lambda text: _property(step, name).sub(r"\g<1>", text, count=1)


def _emptied(step: str) -> Edit:
    """The step asks for something else, which decides nothing."""
    return lambda text: _without(step, "outputs")(_with(step, "form", "ejecucion_asistencia")(text))


def _bypass(stage: str) -> Edit:
    """The call of `stage` becomes a call of the communications."""
    return _put(f'calledElement="{stage}"', 'calledElement="comunicaciones"')
