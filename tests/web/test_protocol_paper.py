"""The protocol as a document: its verdict, its remarks with their answers, and its milestones at a glance."""

import re

import pytest
from pypdfium2 import PdfDocument

from engine import observations
from engine import prefill
from engine import submissions
from tests.processes.office import Office
from tests.snapshots import Stage
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.world import World

WRITE, C2, C3 = "Activity_DiligenciarProtocolo", "Activity_ValidarProtocolo", "Activity_ParametrizarHitos"


@pytest.fixture
def code(world: World, snapshot: Stage) -> str:
    """A product whose protocol was returned with a remark, answered, and validated in the second round."""

    def build() -> str:
        code = desk.product(world, C2)

        def returned(office: Office) -> None:
            review = office.task(desk.case(office, code), C2)
            by = office.who(review)
            observations.add(office.session, review.id, "milestones/0", "Precise la meta.", by=by, now=office.now)
            office.complete(review, {"verdict": "returned", "remarks": "Ajuste la meta del primer hito."})
            (remark,) = observations.of_instance(office.session, review.instance_id, by=by)
            lead = office.people["technical_lead"]
            observations.answer(office.session, remark.id, "Se precisó con la entidad.", by=lead, now=office.now)

        desk.work(world, returned)
        desk.do(world, code, WRITE)
        desk.do(world, code, C2, verdict="validated", remarks="Queda en firme.")
        return code

    return snapshot("protocol_paper", build)


def paper(browser: Browser, world: World, code: str, round_: int) -> str:
    """The words of the protocol's document in a round."""

    def sent(office: Office) -> int:
        case = office.instance(desk.case(office, code)).id
        rows = [row for row in submissions.of_instance(office.session, case) if row.element == WRITE]
        return next(row.id for row in rows if row.round == round_)

    pages = PdfDocument(browser.client.get(f"/envios/{desk.work(world, sent)}/documento").data)
    return " ".join(" ".join(sheet.get_textpage().get_text_bounded() for sheet in pages).split())


def test_a_round_carries_its_own_verdict_and_remarks(world: World, code: str, browse: Browse) -> None:
    first = paper(browse("lider"), world, code, 1)
    assert "Validar el protocolo Quién y cuándo Rosa Díaz (Revisión DER)" in first
    assert "Ajuste la meta del primer hito." in first
    assert "Rosa Díaz: Precise la meta. Respuesta de Ana Ruiz: Se precisó con la entidad." in first
    assert "Queda en firme." not in first
    second = paper(browse("lider"), world, code, 2)
    assert "Queda en firme." in second
    assert "Ajuste la meta" not in second
    assert "Observaciones y respuestas" not in second


def test_the_milestones_add_up_to_100(world: World, code: str, browse: Browse) -> None:
    said = paper(browse("lider"), world, code, 2)
    overview = said.partition("Resumen de los hitos")[2].partition("Suma de los pesos: ")
    assert overview[0].startswith(" Número Hito Grupo Peso en el total Plazo")
    assert overview[2].startswith("100")
    weights = [float(one.replace(",", ".")) for one in re.findall(r"(\d+(?:,\d+)?)\s%", overview[0])]
    assert len(weights) > 1
    assert sum(weights) == pytest.approx(100)
    assert re.search(r"\d+ de [a-z]+ de 20\d\d", overview[0])


def test_what_monitoring_says_is_in_the_document_too(world: World, code: str, browse: Browse) -> None:
    why = "No dice qué evidencia lo da por cumplido"
    desk.do(world, code, C3, trackable=False, untrackable=[{"number": 1, "reason": why}])
    assert why in paper(browse("lider"), world, code, 2)


def test_the_weights_and_terms_that_monitoring_fixed_are_those_of_the_overview(
    world: World, code: str, browse: Browse
) -> None:
    before = paper(browse("lider"), world, code, 2)
    assert "Resumen de los hitos Número" in before

    def fixed(office: Office) -> None:
        task = office.task(desk.case(office, code), C3)
        rows = prefill.initial(office.session, task, now=office.now)["milestones"]
        rows[0] |= {"deadline": f"{office.now.year + 1}-12-09"}
        office.complete(task, {"milestones": rows})

    desk.work(world, fixed)
    said = paper(browse("lider"), world, code, 2)
    overview = said.partition("Resumen de los hitos, como los fijó «")[2].partition("Suma de los pesos: ")[0]
    assert "Más abajo, los hitos están como se enviaron" in overview
    assert "9 de diciembre de 20" in overview


def test_a_document_says_the_year_of_what_was_decided(world: World, code: str, browse: Browse) -> None:
    assert re.search(
        r"Rosa Díaz \(Revisión DER\), \d+ de [a-z]+ de 20\d\d a las?", paper(browse("lider"), world, code, 1)
    )
