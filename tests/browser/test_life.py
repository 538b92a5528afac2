"""A product's whole life through the pages alone, by the people it takes, each at a browser of their own."""

from playwright.sync_api import expect

from att import jobs
from db import clock
from tests.browser.conftest import People
from tests.browser.desk import Desk
from tests.browser.house import House

NAME = "Bancos de proyectos al día"
LEAD, REVIEWER = "Ana Ruiz", "Rosa Díaz"

FICHA, FEEDBACK = "Elaborar la ficha de prediseño", "Retroalimentar la ficha"
ANSWER = "Responder la retroalimentación"
PROTOCOL, VALIDATION = "Diligenciar el protocolo", "Validar el protocolo"
PARAMETERS, PORTFOLIO = "Parametrizar los hitos", "Incluir en el portafolio interactivo"
NEED, PROGRAMME = "Identificar la problemática o necesidad", "Programar la asistencia técnica"
SOCIALISATION, CONSENT = "Socializar el plan de trabajo", "Registrar el consentimiento"
EXECUTION, MONITORING = "Ejecutar la asistencia técnica", "Monitorear la asistencia técnica"


def test_from_an_idea_to_a_closed_work_plan(house: House, people: People, visit: People) -> None:
    first, second = house.entities
    lead, der, monitor = people("lider"), people("der"), people("monitoreo")
    propose(lead)
    second_round_of_the_ficha(lead, der)
    design(lead, [first.code, second.code])
    protocol_returned_once(lead, der)
    milestones_sent_back_once(der, monitor)
    publish(monitor, visit(), first.name, second.name)
    activate(lead, first.name, second.name)

    advisor, coordinator = people("asesor"), people("articulador")
    agree_on_the_plan(advisor, first.name)
    carry_it_out(advisor, first.name)
    verify_a_milestone(coordinator, first.name)
    follow_up(advisor, coordinator, first.name)
    close_the_plan(advisor, lead, first.name)
    refuse_to_be_followed(advisor, second.name)


def propose(lead: Desk) -> None:
    """A new product, from its name to its ficha."""
    lead.open("/bandeja")
    lead.reads("No hay tareas pendientes")
    lead.follow("Nuevo producto")
    lead.page.get_by_label("Nombre del producto o servicio").fill(NAME)
    lead.press("Crear el producto")
    lead.reads(f"«{NAME}»", "Nombrar el producto o servicio")
    lead.writes("Nombrar el producto o servicio")
    lead.sends("Nombrar el producto o servicio")
    lead.does("Delimitar el problema o necesidad")
    lead.does("Revisar la alineación estratégica")
    lead.does("Definir la cadena de valor")
    lead.does("Ubicar en el ciclo de valor público")
    lead.does(FICHA, "background", "justification")
    lead.reads(f"«{FEEDBACK}», a cargo de")


def second_round_of_the_ficha(lead: Desk, der: Desk) -> None:
    """C1: the DER suggests, the author answers each remark and decides on another round."""
    der.begins(FEEDBACK)
    der.reads(f"{LEAD} lo envió", "El presupuesto se formula con proyectos desactualizados")
    der.remarks("Todo el documento", "Cuente cómo se eligieron los antecedentes.")
    der.remarks("Justificación", "Diga desde cuándo rige esa obligación.")
    der.writes(FEEDBACK, suggests_round=True)
    der.sends(FEEDBACK)

    lead.begins(ANSWER)
    lead.reads("Cuente cómo se eligieron los antecedentes.", "Diga desde cuándo rige esa obligación.", REVIEWER)
    lead.answers(1, "Por cobertura; quedó escrito.")
    lead.answers(2, "Desde 2015; quedó escrito.")
    lead.writes(ANSWER, another_round=True)
    lead.sends(ANSWER)
    lead.does(FICHA, "justification", justification="Desde 2015 deben actualizarlos antes de presupuestar.")

    der.begins(FEEDBACK)
    der.reads("ronda 2", "Hay un cambio frente a la versión anterior")
    der.reads("Observaciones de rondas anteriores: 2 por atender de 2")
    der.reads("Desde 2015; quedó escrito.")
    der.writes(FEEDBACK, suggests_round=False)
    der.sends(FEEDBACK)
    lead.does(ANSWER, another_round=False)


def design(lead: Desk, codes: list[str]) -> None:
    """The seven steps of the protocol, and the protocol."""
    lead.does("Determinar las brechas de capacidad")
    lead.does("Definir los objetivos de capacidad")
    lead.does("Focalizar las entidades territoriales", entities=codes)
    lead.does("Definir los hitos de trabajo")
    lead.does("Establecer las modalidades de asistencia")
    lead.does("Definir indicadores y metas")
    lead.does("Establecer costos y recursos")
    lead.does(PROTOCOL, "schedule")


def protocol_returned_once(lead: Desk, der: Desk) -> None:
    """C2: returned with a remark on a row, corrected, validated."""
    der.begins(VALIDATION)
    der.remarks("Hitos de trabajo, fila 2", "¿Quién designa al responsable?")
    der.writes(VALIDATION, verdict="returned", remarks="Precise el segundo hito.")
    der.sends(VALIDATION)

    lead.begins(PROTOCOL)
    lead.reads("Hitos de trabajo, fila 2", "¿Quién designa al responsable?")
    lead.page.get_by_label("Meta, hito 2", exact=True).fill("Responsable designado por decreto del alcalde")
    lead.page.get_by_label("Respuesta a la observación", exact=False).fill("El alcalde, por decreto.")
    lead.sends(PROTOCOL)

    der.begins(VALIDATION)
    der.reads("Hay un cambio frente a la versión anterior", "Responsable designado por decreto del alcalde")
    der.main.locator("button[value^='remark-close:']").first.click()
    der.reads("0 por atender de")
    der.writes(VALIDATION)
    der.sends(VALIDATION)


def milestones_sent_back_once(der: Desk, monitor: Desk) -> None:
    """C3: what cannot be followed goes back to C2; then the template is fixed."""
    monitor.begins(PARAMETERS)
    reason = "No tiene medio de verificación."
    monitor.writes(PARAMETERS, "trackable", trackable=False, untrackable=[{"number": 1, "reason": reason}])
    monitor.sends(PARAMETERS)
    der.begins(VALIDATION)
    der.reads(reason)
    der.does(VALIDATION)
    monitor.does(PARAMETERS, "trackable", "date", "weights_confirmed", "template_note")


def publish(monitor: Desk, visitor: Desk, *entities: str) -> None:
    """C4: the sheet is public at once, for people without an account."""
    visitor.open("/portafolio")
    visitor.reads("Aún no hay productos publicados")
    monitor.does(PORTFOLIO, "published", "provider_kind", "descriptors", "summary", "provider", "portal_url")
    visitor.open("/portafolio")
    visitor.follow(NAME)
    visitor.reads("Acompañamos a su municipio", "Que los municipios mantengan actualizado su banco", *entities)
    assert visitor.page.context.cookies() == []


def activate(lead: Desk, *entities: str) -> None:
    """Stage 3: the arrival in territory opens one work plan for each entity."""
    lead.does("Definir los ecosistemas de trabajo")
    lead.does("Establecer el esquema de gobernanza")
    lead.does("Activar la llegada a territorio")
    assert jobs.run_operations(clock.now()).failed == 0
    lead.open("/productos")
    lead.follow(NAME)
    lead.follow("Entidades")
    lead.reads(*entities, "Julio Peña")


def agree_on_the_plan(advisor: Desk, entity: str) -> None:
    """Steps 1 to 3 in the first entity, with one adjustment, and its consent."""
    advisor.does(NEED, "capacities", "stakeholder_groups", "installed_capacity", "agreement_matrix", about=entity)
    advisor.begins(PROGRAMME)
    advisor.writes(
        PROGRAMME, "expected_results", "intervention_logic", "evaluation_scope", "plan_milestones",
        "milestones_parameterised", "plan_actors", "training_needed", "training", "work_plan",
    )  # fmt: skip
    advisor.sends(PROGRAMME)
    advisor.does(SOCIALISATION, meeting_date=today(), adjust=True, adjustments="Correr el taller una semana.")
    advisor.reads(f"«{PROGRAMME}»")
    advisor.begins(PROGRAMME)
    advisor.reads("ronda 2")
    advisor.page.get_by_label("Fecha, entrenamiento 1").fill(f"{clock.now().year}-04-14")
    advisor.sends(PROGRAMME)
    advisor.does(SOCIALISATION, meeting_date=today(), adjust=False)
    advisor.does(CONSENT)
    advisor.reads(f"«{EXECUTION}»", f"«{MONITORING}»")


def carry_it_out(advisor: Desk, entity: str) -> None:
    """Step 4: an advisory that fulfils a milestone, a quick contact, a milestone reported by itself."""
    go_to_plan(advisor, entity)
    advisor.follow("Registrar asesoría")
    advisor.page.get_by_label("Fecha de la asesoría").fill(today())
    advisor.page.get_by_label("Modalidad").select_option(label="Asesoría")
    advisor.page.get_by_label("Qué se hizo y qué se acordó").fill("Se revisó el diagnóstico con el equipo.")
    advisor.page.get_by_label("1. Diagnóstico del banco de proyectos").select_option(label="Se cumplió")
    advisor.page.get_by_label("Nombre, persona 1").fill("Carlos Mena")
    advisor.attaches("Acta", "acta de la visita.pdf")
    advisor.attaches("Listado de asistencia", "listado.pdf")
    advisor.press("Registrar la asesoría")
    advisor.reads("La asesoría quedó registrada.", "Completa", "Carlos Mena", "acta de la visita.pdf")

    go_to_plan(advisor, entity)
    advisor.follow("Interacción corta")
    advisor.page.get_by_label("Por dónde").select_option(label="Llamada")
    advisor.page.get_by_label("Tema", exact=True).fill("Fecha del decreto")
    advisor.page.get_by_label("Minutos").fill("10")
    advisor.press("Registrar")
    advisor.reads("La interacción quedó registrada.")

    advisor.follow("Responsable del banco designado")
    fold = advisor.unfold("Reportar como cumplido")
    fold.get_by_label("¿Cuándo ocurrió?").fill(today())
    fold.get_by_label("Qué se hizo").fill("El alcalde firmó el decreto.")
    advisor.attaches("Evidencia", "decreto.pdf", within=fold)
    fold.get_by_role("button", name="Reportar como cumplido").click()
    advisor.reads("El hito quedó reportado; falta que otra persona lo verifique.", "40 % reportado", "0 % verificado")


def verify_a_milestone(coordinator: Desk, entity: str) -> None:
    """Somebody else looks at the evidence and verifies."""
    go_to_plan(coordinator, entity)
    coordinator.follow("Responsable del banco designado")
    coordinator.reads("decreto.pdf", "Julio Peña")
    fold = coordinator.unfold("Verificar el cumplimiento")
    fold.get_by_role("button", name="Verificar el cumplimiento").click()
    coordinator.reads("El hito quedó verificado.", "16 % verificado")


def follow_up(advisor: Desk, coordinator: Desk, entity: str) -> None:
    """Execution ends; step 5 opens a corrective action, which is followed until somebody else closes it."""
    advisor.does(EXECUTION, about=entity)
    advisor.begins(MONITORING, about=entity)
    advisor.writes(
        MONITORING, "period_start", "period_end", "content_quality", "service_perception", "corrective_actions",
        "progress_report",
    )  # fmt: skip
    advisor.sends(MONITORING)
    advisor.does("Formular la acción")
    advisor.does("Hacer seguimiento a la acción")
    coordinator.does("Verificar el cierre")
    go_to_plan(coordinator, entity)
    coordinator.follow("Procedimiento")
    coordinator.reads("Un hito venció sin evidencia por cambio del equipo de planeación", "Cerrada")


def close_the_plan(advisor: Desk, lead: Desk, entity: str) -> None:
    """Steps 6 to 8."""
    advisor.does("Evaluar la asistencia técnica", about=entity)
    advisor.does("Socializar resultados y lecciones")
    advisor.does("Sistematizar los resultados")
    go_to_plan(advisor, entity)
    advisor.reads("El plan se cerró el")
    lead.open("/planes?estado=closed")
    lead.reads(entity, "Cerrado")
    expect(lead.main.locator("li.row")).to_have_count(1)


def refuse_to_be_followed(advisor: Desk, entity: str) -> None:
    """The second entity does not consent: its assistance goes on, and nobody monitors it."""
    advisor.does(NEED, "capacities", "stakeholder_groups", "installed_capacity", "agreement_matrix", about=entity)
    advisor.does(
        PROGRAMME, "expected_results", "intervention_logic", "evaluation_scope", "plan_milestones",
        "milestones_parameterised", "plan_actors", "training_needed", "training", "work_plan",
    )  # fmt: skip
    advisor.does(SOCIALISATION, meeting_date=today(), adjust=False)
    advisor.does(CONSENT, consent=False, reason="No dispone de equipo.")
    advisor.reads(f"«{EXECUTION}»")
    advisor.does_not_read(MONITORING)
    go_to_plan(advisor, entity)
    advisor.reads("No aceptó el seguimiento")
    advisor.follow("Consentimiento")
    advisor.reads("No dispone de equipo.", "Soporte 1")


def go_to_plan(desk: Desk, entity: str) -> None:
    """The plan of an entity, from the list."""
    desk.open("/planes")
    desk.main.get_by_role("link", name=entity).first.click()
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text(entity)


def today() -> str:
    return clock.local_date(clock.now()).isoformat()
