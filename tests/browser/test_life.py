"""A product's whole life through the pages alone, by the people it takes, each at a browser of their own."""

import re

from playwright.sync_api import expect

from att import jobs
from db import clock
from tests.browser.conftest import People
from tests.browser.desk import FILE
from tests.browser.desk import Desk
from tests.browser.house import House

NAME = "Bancos de proyectos al día"
LIDER, DER, ASESOR, ARTICULADOR = "Ana Ruiz", "Rosa Díaz", "Julio Peña", "Marta Gil"


def test_from_an_idea_to_a_closed_work_plan(house: House, people: People) -> None:
    lead, der, monitor = people("lider"), people("der"), people("monitoreo")
    propose(lead)
    second_round_of_the_ficha(lead, der)
    design(lead, house.codes[:2])
    protocol_comes_back(lead, der)
    milestones_cannot_be_followed(der, monitor)
    publish(monitor, house.codes[:2])


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
    lead.does("Elaborar la ficha de prediseño", "background", "justification")
    lead.reads("«Retroalimentar la ficha»")


def second_round_of_the_ficha(lead: Desk, der: Desk) -> None:
    """C1: the DER suggests, the author answers each remark and decides on another round."""
    der.begins("Retroalimentar la ficha")
    der.reads(f"{LIDER} lo envió", "El presupuesto se formula con proyectos desactualizados")
    der.remarks("Todo el documento", "Cuente cómo se eligieron los antecedentes.")
    der.remarks("Justificación", "Diga desde cuándo rige esa obligación.")
    der.writes("Retroalimentar la ficha", suggests_round=True)
    der.sends("Retroalimentar la ficha")

    lead.begins("Responder la retroalimentación")
    lead.reads("Cuente cómo se eligieron los antecedentes.", "Diga desde cuándo rige esa obligación.", DER)
    lead.answers(1, "Por cobertura; quedó escrito.")
    lead.answers(2, "Desde 2015; quedó escrito.")
    lead.writes("Responder la retroalimentación", another_round=True)
    lead.sends("Responder la retroalimentación")
    lead.does("Elaborar la ficha de prediseño", justification="Desde 2015 las administraciones deben actualizarlos.")

    der.begins("Retroalimentar la ficha")
    der.reads("Hay un cambio frente a la versión anterior", "Desde 2015; quedó escrito.")
    der.writes("Retroalimentar la ficha", suggests_round=False)
    der.sends("Retroalimentar la ficha")
    lead.does("Responder la retroalimentación")


def design(lead: Desk, codes: list[str]) -> None:
    """The seven steps of the protocol, and the protocol."""
    lead.does("Determinar las brechas de capacidad")
    lead.does("Definir los objetivos de capacidad")
    lead.does("Focalizar las entidades territoriales", entities=codes)
    lead.does("Definir los hitos de trabajo")
    lead.does("Establecer las modalidades de asistencia")
    lead.does("Definir indicadores y metas")
    lead.does("Establecer costos y recursos")
    lead.does("Diligenciar el protocolo", "schedule")


def protocol_comes_back(lead: Desk, der: Desk) -> None:
    """C2: returned with a remark on a row, corrected, validated."""
    der.begins("Validar el protocolo")
    der.remarks("Hitos de trabajo, fila 2", "¿Quién designa al responsable?")
    der.writes("Validar el protocolo", verdict="returned", remarks="Precise el segundo hito.")
    der.sends("Validar el protocolo")


def milestones_cannot_be_followed(der: Desk, monitor: Desk) -> None:
    pass


def publish(monitor: Desk, codes: list[str]) -> None:
    pass
