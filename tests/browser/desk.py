"""Somebody at a browser: what they open, read, type and press."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator
from playwright.sync_api import Page
from playwright.sync_api import expect

from db import clock
from tests.browser.filling import attachment
from tests.browser.filling import fill
from tests.browser.filling import form_of
from tests.web import world as worlds
from workflows.forms.examples import example
from workflows.forms.examples import until

FILE = "acta.pdf"


@dataclass
class Desk:
    """One signed-in person and their page."""

    page: Page
    username: str

    # --- Moving about ---

    def sign_in(self) -> None:
        """Through the page of ingreso, on to wherever the person was heading."""
        if "/ingreso" not in self.page.url:
            self.page.goto("/ingreso")
        self.page.get_by_label("Usuario").fill(self.username)
        self.page.get_by_label("Contraseña").fill(worlds.PASSWORD)
        self.press("Ingresar")
        expect(self.page.get_by_role("link", name="Salir")).to_be_visible()

    def open(self, address: str) -> None:
        """Go to a page, which must be there."""
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.ok, f"{address}: {answer.status}"

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Go through a link, to a page that is whole by then."""
        self.main.get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_load_state()

    def press(self, name: str) -> None:
        """Press a button; the page to which it leads, if to any, is whole by then."""
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state()

    def unfold(self, name: str) -> Locator:
        """Open a part of the page that is folded, and return it."""
        fold = self.main.locator("details", has=self.page.locator("summary").get_by_text(name, exact=True))
        if fold.get_attribute("open") is None:
            fold.locator("summary").click()
        return fold

    @property
    def main(self) -> Locator:
        """The page without what surrounds every page."""
        return self.page.locator("main")

    def reads(self, *sentences: str | re.Pattern[str]) -> None:
        """What stands on the page."""
        for sentence in sentences:
            expect(self.main).to_contain_text(sentence)

    def does_not_read(self, sentence: str) -> None:
        """What does not stand on the page."""
        expect(self.main).not_to_contain_text(sentence)

    # --- Tasks ---

    def begins(self, task: str, about: str = "") -> None:
        """Open a task from the inbox, or go on to it from the receipt of the one before; take it when it is free."""
        onwards = self.main.get_by_role("link", name=f"Continuar con «{task}»", exact=True)
        if "/recibo" in self.page.url and onwards.count() and not about:
            onwards.click()
        else:
            self.open("/bandeja?ver=todas")
            row = self.main.locator("li.row", has_text=about)
            row.get_by_role("link", name=task, exact=True).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(task)
        self.page.wait_for_load_state()  # what is counted must be there by now
        take = self.page.get_by_role("button", name="Tomar esta tarea")
        if take.count():
            take.click()
            expect(take).to_have_count(0)
            self.page.wait_for_load_state()

    def writes(self, task: str, *only: str, **changes: Any) -> None:
        """Type the example answers of a task (`only` some questions when named), as changed."""
        form = form_of(task)
        now = clock.now()
        answers = until(form, {**example(form.name, files=[FILE], year=now.year), **changes}, clock.local_date(now))
        chosen = {*only, *changes} if only else set(answers)
        fill(self.page, form, {name: value for name, value in answers.items() if name in chosen})

    def sends(self, task: str) -> None:
        """Look through the answers, confirm what looks unlikely, and send them; ends at the receipt."""
        self.press("Revisar y enviar")
        self.reads("Revise sus respuestas")
        self.page.wait_for_load_state()
        doubts = self.page.locator("#confirmed")
        if doubts.count():
            doubts.check()
        self.press(form_of(task).submit)
        self.reads(f"Enviado: {task}", "Radicado")

    def does(self, task: str, *only: str, about: str = "", **changes: Any) -> None:
        """A task from beginning to end."""
        self.begins(task, about)
        self.writes(task, *only, **changes)
        self.sends(task)

    # --- Remarks ---

    def remarks(self, place: str, text: str) -> None:
        """Write a remark on `place` while reviewing."""
        places = self.page.get_by_label("Sobre qué")
        value = places.locator("option").filter(has_text=place).first.get_attribute("value")
        places.select_option(value=value)
        self.page.get_by_label("Nueva observación").fill(text)
        self.press("Agregar observación")
        self.reads(text)

    def answers(self, number: int, text: str) -> None:
        """Type the answer to a remark."""
        self.page.get_by_label(f"Respuesta a la observación {number}").fill(text)

    # --- Files ---

    def attaches(self, label: str, name: str, within: Locator | None = None) -> None:
        """Attach a file at the question called `label`."""
        (within or self.main).get_by_label(label, exact=True).set_input_files(attachment(name))
