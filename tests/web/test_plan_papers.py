"""The document of a work plan: what its page says, on paper."""

from pypdfium2 import PdfDocument

from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.test_corrective import waiting
from tests.web.world import World


def paper(browser: Browser, plan: int) -> str:
    """The words of the document of a plan."""
    answer = browser.client.get(f"/planes/{plan}/documento")
    assert answer.status_code == 200
    assert "plan-de-trabajo" in answer.headers["Content-Disposition"]
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in PdfDocument(answer.data))


def test_a_plan_is_taken_along_as_a_document(browse: Browse, world: World, plan: int) -> None:
    waiting(world, plan)
    asesor = browse("asesor")
    assert f'href="/planes/{plan}/documento"' in asesor.get(f"/planes/{plan}")
    said = paper(asesor, plan)
    for told in ("Plan de trabajo: ", "Vigencia: 2026", "Acompaña: ", "Consentimiento: ", "Como está registrado: ",
                 "Procedimiento Paso Estado Quién y cuándo", "Ahora", "Después", "Hitos", "Peso", "Pendiente",
                 "Dos hitos vencieron", "sin formular"):  # fmt: skip
        assert told in said
    assert "Asesorías" not in said, "what there is none of has no section"


def test_a_cancelled_plan_says_why_and_where_it_stopped(browse: Browse, world: World, plan: int) -> None:
    waiting(world, plan)
    lead, advisor, reason = browse("lider"), browse("asesor"), "La entidad se retiró del producto"
    advisor.get(f"/planes/{plan}")
    advisor.post(f"/planes/{plan}/apoyos")
    lead.get(f"/planes/{plan}/cancelacion")
    lead.post(f"/planes/{plan}/cancelacion", {"reason": reason, "confirmed": "si"})
    said = paper(advisor, plan)
    for told in ("Cancelado: ", f"Motivo: {reason}", "Interrumpido", "No se hizo",
                 "Apoyo experto Tema", "Solicitud sin enviar", "Terminada con el plan"):  # fmt: skip
        assert told in said
    page = advisor.get(f"/planes/{plan}?parte=procedimiento")
    for told in (said, page):
        assert ("Interrumpido" in told, "No se hizo" in told, "Después" in told) == (True, True, False)


def test_another_region_reads_no_document_of_it(browse: Browse, plan: int) -> None:
    assert browse("comunicaciones").client.get(f"/planes/{plan}/documento").status_code in (403, 404)
