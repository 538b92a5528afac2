"""What is typed for one entity of several is never lost: a reload, a way back, an ended session, a line that breaks."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator
from playwright.sync_api import expect
from sqlalchemy import select

from db import reading
from db import transaction
from engine import drafts
from engine import submissions
from engine.models import Draft
from engine.models import Submission
from tests.browser.conftest import People
from tests.browser.desk import Desk
from tests.browser.filling import attachment
from tests.browser.house import House
from tests.browser.test_drafts import end_every_session
from tests.browser.test_drafts import kept_on
from tracking.models import WorkPlan

ELEMENT = "Activity_IdentificarNecesidad"
PLAN, BASIS = "national_plan", "strategic_planning"  # the two questions of the step that differ here
TYPED = "Sólo para esta entidad: el plan de desarrollo de su municipio."


@dataclass
class Batch:
    """A step that waits in two entities, ready to be looked at for both on the page of the first."""

    first: int
    other: int

    @property
    def review(self) -> str:
        return f"/tareas/{self.first}/revision?con={self.other}"

    def box(self, desk: Desk, question: str = PLAN) -> Locator:
        return desk.page.locator(f"[name=otra{self.other}-{question}]")


@pytest.fixture
def batch(house: House) -> Batch:
    """A product whose first step waits in the two entities of the advisor, with its draft written in the first."""
    with transaction() as session:
        office = house.office(session)
        product = office.start_product("Planes de desarrollo al día")
        office.push(product.instance_id or 0, until="Activity_DesarrollarAsistencia")
        office.work_through()
        plans = session.scalars(select(WorkPlan).where(WorkPlan.product_id == product.id).order_by(WorkPlan.id))
        first, other = [office.task(plan.instance_id, ELEMENT) for plan in plans][:2]
        drafts.save(session, first.id, office.answer(first, {}), by=office.who(first), now=office.now)
        return Batch(first.id, other.id)


def differ(desk: Desk, batch: Batch, *questions: str) -> None:
    """Tick what differs, open its boxes and wait for them."""
    fold = desk.unfold("Algo es distinto para alguna entidad")
    for question in questions:
        fold.locator(f"[name=distinto][value={question}]").check()
    fold.get_by_role("button").click()
    for question in questions:
        expect(batch.box(desk, question)).to_be_visible()
    desk.page.wait_for_load_state()


def type_in(desk: Desk, batch: Batch, text: str = TYPED) -> None:
    """Type in the box of the entity and leave it, which saves quietly."""
    batch.box(desk).fill(text)
    batch.box(desk).blur()


def at_its_box(people: People, batch: Batch, **options: object) -> Desk:
    """The advisor before the box of the other entity."""
    advisor = people("asesor", **options)
    advisor.open(batch.review)
    differ(advisor, batch, PLAN)
    return advisor


def test_what_is_typed_for_an_entity_survives_a_closed_browser(seated: People, batch: Batch) -> None:
    advisor = at_its_box(seated, batch)
    type_in(advisor, batch)
    advisor.reads("Borrador guardado a las")
    assert kept_on(advisor) == []
    advisor.page.context.close()

    advisor = seated("asesor")
    advisor.open(batch.review)
    expect(batch.box(advisor)).to_have_value(TYPED)


def test_changing_what_differs_keeps_what_was_typed_and_not_yet_saved(seated: People, batch: Batch) -> None:
    advisor = at_its_box(seated, batch)
    batch.box(advisor).fill(TYPED)
    differ(advisor, batch, BASIS)
    expect(batch.box(advisor)).to_have_value(TYPED)
    assert kept_on(advisor) == []


def test_going_on_editing_and_coming_back_finds_it_all(seated: People, batch: Batch) -> None:
    advisor = at_its_box(seated, batch)
    type_in(advisor, batch)
    advisor.reads("Borrador guardado a las")
    advisor.follow("Seguir editando")
    expect(advisor.page.locator(f"#par-{batch.other}")).to_be_checked()
    advisor.press("Revisar y enviar")
    expect(batch.box(advisor)).to_have_value(TYPED)


def test_what_is_typed_after_the_session_ended_is_offered_after_signing_in(seated: People, batch: Batch) -> None:
    advisor = at_its_box(seated, batch)
    end_every_session()
    type_in(advisor, batch)
    advisor.reads("Lo que escribió queda en este dispositivo")
    advisor.page.get_by_role("button", name=re.compile("para 2 entidades$")).click()
    advisor.reads("Su sesión terminó y lo que envió no se registró")
    advisor.sign_in()
    expect(advisor.page).to_have_url(re.compile(re.escape(batch.review)))
    advisor.follow("También se registrará para")
    expect(advisor.page.get_by_role("button", name="Recuperarlas")).to_be_in_viewport()
    advisor.press("Recuperarlas")
    expect(batch.box(advisor)).to_have_value(TYPED)
    advisor.reads("Borrador guardado a las")


def test_what_is_typed_without_signal_is_saved_when_it_returns(seated: People, batch: Batch) -> None:
    advisor = at_its_box(seated, batch)
    advisor.page.context.set_offline(True)
    type_in(advisor, batch)
    advisor.reads("Lo que escribió queda en este dispositivo")
    advisor.page.context.set_offline(False)
    advisor.reads("Borrador guardado a las")
    advisor.page.reload()
    expect(batch.box(advisor)).to_have_value(TYPED)


def test_whoever_leaves_in_the_middle_of_a_word_is_offered_it_on_coming_back(seated: People, batch: Batch) -> None:
    advisor = at_its_box(seated, batch)
    batch.box(advisor).fill(TYPED)
    advisor.open("/bandeja")
    advisor.open(batch.review)
    advisor.press("Recuperarlas")
    expect(batch.box(advisor)).to_have_value(TYPED)


def test_a_file_that_did_not_arrive_is_told_on_coming_back(seated: People, batch: Batch) -> None:
    """An empty box means the same support as the others: nobody is to take it for the one that they chose."""
    advisor = seated("asesor")
    advisor.open(batch.review)
    differ(advisor, batch, PLAN)
    advisor.unfold("Algo es distinto para alguna entidad").locator("[name=distinto][value=agreement_matrix]").check()
    advisor.press("Cambiar qué es distinto")
    box = f"[name=otra{batch.other}-agreement_matrix__files]"
    advisor.page.locator(box).set_input_files(attachment("propio.pdf"))
    advisor.reads("«propio.pdf» no se ha guardado: sube cuando usted pulse un botón del formulario.")
    type_in(advisor, batch)
    advisor.reads(re.compile("Borrador guardado a las .* «propio.pdf» no se ha guardado"))
    for _ in range(2):  # until it is there, or somebody says that they know
        advisor.open("/bandeja")
        advisor.open(batch.review)
        advisor.reads("Estos archivos que usted eligió no alcanzaron a llegar. Elíjalos otra vez:")
    advisor.page.locator(box).set_input_files(attachment("propio.pdf"))
    advisor.press("Cambiar qué es distinto")
    expect(advisor.page.locator("#lo-distinto")).to_contain_text("propio.pdf")
    advisor.does_not_read("no alcanzaron a llegar")


def test_what_the_device_has_is_forgotten_with_the_draft(seated: People, batch: Batch) -> None:
    advisor = at_its_box(seated, batch)
    batch.box(advisor).fill(TYPED)
    advisor.open(f"/tareas/{batch.first}")
    advisor.unfold("Descartar el borrador").get_by_role("button").click()
    advisor.reads("El borrador se descartó")
    assert kept_on(advisor) == []


def test_it_is_sent_for_its_entity_and_kept_nowhere_afterwards(seated: People, batch: Batch) -> None:
    advisor = at_its_box(seated, batch)
    type_in(advisor, batch)
    advisor.page.get_by_role("button", name=re.compile("para 2 entidades$")).click()
    advisor.reads("2 de 2 entidades")
    assert kept_on(advisor) == []
    with reading() as session:
        rows = session.query(Submission).filter(Submission.task_id.in_([batch.first, batch.other]))
        said = {row.task_id: submissions.get(session, row.id).data[PLAN] for row in rows}
        assert session.get(Draft, batch.first) is None
    assert said[batch.other] == TYPED
    assert said[batch.first] != TYPED


def test_a_stopped_sending_loaded_again_is_the_last_look_as_it_was(seated: People, batch: Batch) -> None:
    """Somebody saved the draft meanwhile: the answer stands under an address that only takes forms."""
    advisor = at_its_box(seated, batch)
    type_in(advisor, batch)
    advisor.reads("Borrador guardado a las")
    with transaction() as session:
        draft = session.get_one(Draft, batch.first)
        draft.data = {**draft.data, PLAN: "Otra línea del plan."}
    advisor.page.get_by_role("button", name=re.compile("para 2 entidades$")).click()
    advisor.reads("No se envió: esto cambió desde que usted lo revisó")
    expect(batch.box(advisor)).to_have_value(TYPED)
    expect(advisor.page.get_by_role("button", name="Recuperarlas")).to_have_count(0)
    advisor.page.reload()
    advisor.reads("Revise sus respuestas")
    expect(batch.box(advisor)).to_have_value(TYPED)


def test_without_scripts_the_boxes_come_back_filled(seated: People, batch: Batch) -> None:
    advisor = at_its_box(seated, batch, java_script_enabled=False)
    batch.box(advisor).fill(TYPED)
    differ(advisor, batch, BASIS)
    expect(batch.box(advisor)).to_have_value(TYPED)
    advisor.follow("Seguir editando")
    advisor.press("Revisar y enviar")
    expect(batch.box(advisor)).to_have_value(TYPED)
    expect(batch.box(advisor, BASIS)).to_be_visible()
