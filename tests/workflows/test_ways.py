"""Every way through the diagrams, with the state saved and restored after each step."""

import pytest

from engine import spiff
from tests.workflows.test_diagrams import bundle_of

ENDED = {"tracking.finish_execution": {"execution_finished": True}, "tracking.close_product": {"product_closed": True}}
GOOD = {"another_round": False, "verdict": "validated", "trackable": True, "more_content": False, "desist": False}
PREDESIGN = ["NombrarProducto", "DelimitarProblema", "RevisarAlineacion", "DefinirCadenaDeValor", "UbicarEnCiclo"]
SHEET = ["ElaborarFicha", "RetroalimentarFicha", "ResponderRetroalimentacion"]
STEPS = [
    "DeterminarBrechas",
    "DefinirObjetivos",
    "FocalizarEntidades",
    "DefinirHitos",
    "EstablecerModalidades",
    "DefinirIndicadores",
    "EstablecerCostos",
]
DESIGN = [*STEPS, "DiligenciarProtocolo", "ValidarProtocolo", "ParametrizarHitos", "PublicarEnPortafolio"]
OPERATION = [
    "DefinirEcosistemas",
    "EstablecerGobernanza",
    "ActivarLlegada",
    "DesarrollarAsistencia",
    "DefinirComunicacion",
    "AplicarMonitoreo360",
    "SistematizarExperiencias",
    "DifundirResultados",
]
COMMUNICATION = [
    "EntenderNecesidad",
    "DisenarPlanContenidos",
    "DesignarEquipo",
    "ProgramarParrilla",
    "RecolectarElementos",
    "ProducirContenidos",
    "RecogerRetroalimentacion",
    "IdentificarPracticas",
    "DifundirLecciones",
]
CHANGE = ["SolicitarModificacion", "ValidarModificacion", "DecidirAdopcion"]
rounds = pytest.mark.parametrize("times", [0, 1, 2])


class Case:
    """A case that goes through a diagram; every step loads its state and saves it again."""

    def __init__(self, key: str) -> None:
        self.specs = spiff.parse(bundle_of(key))
        self.variables = dict(self.specs.bundle.variables)
        self.end = ""
        self.passed = list[str]()
        self._keep(spiff.Run.start(self.specs, self.variables))
        self._settle()

    def do(self, *names: str, **variables: str | bool) -> None:
        """Complete the named steps, one after the other."""
        self.variables.update(variables)
        for name in names:
            run = self._run()
            (work,) = [one for one in run.tasks() if one.element.id == f"Activity_{name}"]
            run.complete(work.id)
            self._keep(run)
            self._settle()

    def send(self, message: str) -> None:
        run = self._run()
        run.send(message)
        self._keep(run)
        self._settle()

    @property
    def open(self) -> list[str]:
        return [] if self.end else sorted(one.element.id.removeprefix("Activity_") for one in self._run().tasks())

    @property
    def messages(self) -> frozenset[str]:
        return self._run().messages()

    def _run(self) -> spiff.Run:
        return spiff.Run.load(self.specs, self.state, self.variables)

    def _keep(self, run: spiff.Run) -> None:
        self.passed += [element.partition("_")[2] for _key, element in run.passed]
        self.end = self.end or run.end
        self.state = run.dump() if not self.end else b""

    def _settle(self) -> None:
        while not self.end:
            run = self._run()
            if not run.services():
                return
            work = run.services()[0]
            self.variables.update(ENDED.get(work.element.operation, {}))
            run.complete(work.id)
            self._keep(run)


@rounds
def test_a_sheet_goes_round_as_often_as_its_author_wants(times: int) -> None:
    case = Case("prediseno")
    case.do(*PREDESIGN)
    for _ in range(times):
        case.do(*SHEET, another_round=True)
    case.do(*SHEET, another_round=False)
    assert case.end == "Event_PredisenoTerminado"


@rounds
def test_a_returned_protocol_is_written_again(times: int) -> None:
    case = Case("diseno")
    case.do(*STEPS)
    for _ in range(times):
        case.do("DiligenciarProtocolo", "ValidarProtocolo", verdict="returned")
    case.do("DiligenciarProtocolo", "ValidarProtocolo", verdict="validated")
    assert case.open == ["ParametrizarHitos"]


@rounds
def test_untrackable_milestones_go_back_to_validation(times: int) -> None:
    case = Case("diseno")
    case.do(*STEPS, "DiligenciarProtocolo")
    for _ in range(times):
        case.do("ValidarProtocolo", "ParametrizarHitos", verdict="validated", trackable=False)
    case.do("ValidarProtocolo", "ParametrizarHitos", "PublicarEnPortafolio", verdict="validated", trackable=True)
    assert case.end == "Event_DisenoTerminado"


def test_activation_runs_assistance_and_communication_at_once() -> None:
    case = Case("activacion")
    case.do(*OPERATION[:3])
    assert case.open == ["DefinirComunicacion", "DesarrollarAsistencia"]
    case.do("DefinirComunicacion")
    assert not case.end
    case.do("DesarrollarAsistencia")
    assert case.end == "Event_ActivacionTerminada"


@rounds
def test_communication_repeats_its_weeks(times: int) -> None:
    case = Case("comunicaciones")
    case.do(*COMMUNICATION[:3])
    for _ in range(times):
        case.do(*COMMUNICATION[3:7], more_content=True)
    case.do(*COMMUNICATION[3:], more_content=False)
    assert case.end == "Event_ComunicacionTerminada"


def test_governance_goes_straight_through() -> None:
    case = Case("gobernanza")
    while not case.end:
        case.do(*case.open)
    assert case.passed.count("RegistrarEstrategia") == 1


@rounds
@pytest.mark.parametrize("desist", [False, True])
def test_a_returned_change_is_asked_again_or_given_up(times: int, desist: bool) -> None:
    case = Case("modificacion_protocolo")
    for _ in range(times):
        case.do("SolicitarModificacion", "ValidarModificacion", verdict="returned")
    case.do("SolicitarModificacion", desist=desist)
    assert case.open == ([] if desist else ["ValidarModificacion"])
    assert case.end == ("Event_ModificacionDesistida" if desist else "")


def assisted(*, adjustments: int = 0, consent: bool) -> Case:
    case = Case("procedimiento_att")
    case.do("IdentificarNecesidad")
    for _ in range(adjustments):
        case.do("ProgramarAsistencia", "SocializarPlan", adjust=True)
    case.do("ProgramarAsistencia", "SocializarPlan", adjust=False)
    case.do("RegistrarConsentimiento", consent=consent)
    return case


@rounds
def test_a_plan_is_adjusted_as_often_as_needed(times: int) -> None:
    assert assisted(adjustments=times, consent=True).passed.count("RegistrarPlan") == times + 1


def test_without_consent_nothing_is_monitored() -> None:
    case = assisted(consent=False)
    assert case.open == ["EjecutarAsistencia"]
    case.do("EjecutarAsistencia")
    assert case.open == ["EvaluarAsistencia"]


@rounds
def test_monitoring_repeats_until_the_execution_ended(times: int) -> None:
    case = assisted(consent=True)
    case.do(*["MonitorearAsistencia"] * times, "EjecutarAsistencia")
    assert case.open == ["MonitorearAsistencia"]
    case.do("MonitorearAsistencia")
    assert case.open == ["EvaluarAsistencia"]


@rounds
@pytest.mark.parametrize("executed_first", [False, True])
def test_consent_can_be_withdrawn_at_any_time(times: int, executed_first: bool) -> None:
    case = assisted(consent=True)
    case.do(*["MonitorearAsistencia"] * times, *["EjecutarAsistencia"] * executed_first)
    case.send("consentimiento_retirado")
    case.do(*["EjecutarAsistencia"] * (not executed_first))
    assert case.open == ["EvaluarAsistencia"]
    assert case.passed.count("RetirarConsentimiento") == 1


@rounds
@pytest.mark.parametrize("consent", [False, True])
def test_consent_can_be_given_and_withdrawn_again_and_again_while_the_execution_lasts(
    times: int, consent: bool
) -> None:
    case = assisted(consent=consent)
    for _ in range(times):
        case.send("consentimiento_retirado" if consent else "consentimiento_otorgado")
        case.send("consentimiento_otorgado" if consent else "consentimiento_retirado")
    case.do(*["MonitorearAsistencia"] * consent)
    assert case.open == sorted(["EjecutarAsistencia", *["MonitorearAsistencia"] * consent])
    case.do("EjecutarAsistencia", *["MonitorearAsistencia"] * consent)
    assert case.open == ["EvaluarAsistencia"]
    assert case.passed.count("IniciarSeguimiento") == times


def test_no_consent_is_waited_for_after_the_execution() -> None:
    refused, withdrawn = assisted(consent=False), assisted(consent=True)
    assert refused.messages == {"consentimiento_otorgado"}
    refused.do("EjecutarAsistencia")
    withdrawn.do("EjecutarAsistencia")
    assert withdrawn.messages == {"consentimiento_retirado"}
    withdrawn.send("consentimiento_retirado")
    assert refused.messages == withdrawn.messages == frozenset()


def test_an_assistance_ends_after_its_eight_steps() -> None:
    case = assisted(consent=False)
    case.do("EjecutarAsistencia", "EvaluarAsistencia", "GestionarConocimiento", "SistematizarResultados")
    assert case.end == "Event_AsistenciaTerminada"


@rounds
def test_a_corrective_action_closes_when_it_is_effective_and_verified(times: int) -> None:
    case = Case("accion_correctiva")
    case.do("FormularAccion", *["SeguirAccion", "FormularAccion"] * times)
    for _ in range(times):
        case.do("SeguirAccion", "VerificarCierre", effective=True, closed=False)
    case.do("SeguirAccion", "VerificarCierre", effective=True, closed=True)
    assert case.end == "Event_AccionCerrada"


@rounds
@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_support_is_attended_when_an_expert_accepts_and_it_is_received(times: int, missing: int) -> None:
    case = Case("apoyo_experto")
    for _ in range(times):
        case.do("PedirApoyo", "ResponderSolicitud", accepted=False)
    case.do("PedirApoyo", "ResponderSolicitud", accepted=True)
    for _ in range(missing):
        case.do("RegistrarApoyo", "ConfirmarApoyo", received=False)
    case.do("RegistrarApoyo", "ConfirmarApoyo", received=True)
    assert case.end == "Event_SolicitudAtendida"


@rounds
def test_who_asked_for_a_support_gives_it_up_when_it_is_declined(times: int) -> None:
    case = Case("apoyo_experto")
    case.do(*["PedirApoyo", "ResponderSolicitud"] * times)
    case.do("PedirApoyo", desist=True)
    assert case.end == "Event_SolicitudRetirada"


@pytest.mark.parametrize("steps", [["PedirApoyo"], ["PedirApoyo", "ResponderSolicitud"]], ids=["asked", "accepted"])
def test_a_support_is_withdrawn_while_it_waits_for_the_expert(steps: list[str]) -> None:
    case = Case("apoyo_experto")
    case.do(*steps, accepted=True)
    assert case.messages == {"retiro_de_apoyo"}
    case.send("retiro_de_apoyo")
    assert case.end == "Event_SolicitudRetirada"


def test_a_support_that_was_given_is_not_withdrawn() -> None:
    case = Case("apoyo_experto")
    assert not case.messages
    case.do("PedirApoyo", "ResponderSolicitud", "RegistrarApoyo", accepted=True)
    assert not case.messages


def designed() -> Case:
    case = Case("ciclo_de_vida")
    case.do(*PREDESIGN, *SHEET, *DESIGN, **GOOD)
    return case


def test_no_change_is_asked_for_before_the_design_is_ready() -> None:
    assert Case("ciclo_de_vida").messages == {"retiro_solicitado"}
    assert designed().messages == {"retiro_solicitado", "modificacion_solicitada"}


@rounds
@pytest.mark.parametrize("at", range(len(OPERATION)))
def test_a_protocol_changes_as_often_as_needed(times: int, at: int) -> None:
    case = designed()
    case.do(*OPERATION[:at])
    for _ in range(times):
        case.send("modificacion_solicitada")
        case.do(*CHANGE)
    case.do(*OPERATION[at:], *COMMUNICATION)
    assert case.end == "Event_ProductoTerminado"
    assert case.passed.count("Modificacion") == times


def test_a_change_open_at_the_end_of_the_operation_is_finished_first() -> None:
    case = designed()
    case.send("modificacion_solicitada")
    case.do(*COMMUNICATION, *OPERATION)
    assert case.open == ["SolicitarModificacion"]
    case.do(*CHANGE)
    assert case.end == "Event_ProductoTerminado"


def test_a_second_change_waits_for_the_first() -> None:
    case = designed()
    case.send("modificacion_solicitada")
    assert "modificacion_solicitada" not in case.messages


@pytest.mark.parametrize("done", [0, 3, 9, 19, 21, 26])
def test_a_product_can_be_withdrawn_at_any_time(done: int) -> None:
    case = Case("ciclo_de_vida")
    case.do(*[*PREDESIGN, *SHEET, *DESIGN, *OPERATION][:done], **GOOD)
    case.send("retiro_solicitado")
    assert case.end == "Event_ProductoRetirado"
    assert case.passed.count("RetirarProducto") == 1
