"""What is typed for one entity of several is kept with the draft, without a script too."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest

from db import reading
from db import transaction
from engine import drafts
from engine import submissions
from engine.models import Draft
from engine.models import Submission
from engine.models import Task
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Section
from tests.processes.office import PDF
from tests.web import several
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.world import World

FORM = Form("nota", "Nota", (Section("nota", "Nota", (
    Field(kind=Kind.TEXT, name="text", label="Texto", required=True),
    Field(kind=Kind.TEXT, name="place", label="Lugar"),
    Field(kind=Kind.BOOLEAN, name="again", label="¿Otra vez?"),
    Field(kind=Kind.FILES, name="proof", label="Acta"),
)),))  # fmt: skip


CONSENT = Form("nota", "Nota", (Section("nota", "Nota", (
    Field(kind=Kind.TEXT, name="text", label="Nombre de quien responde", required=True, personal=True),
    Field(kind=Kind.FILES, name="proof", label="Soporte"),
)),))  # fmt: skip


@pytest.fixture
def task_ids(world: World, request: pytest.FixtureRequest) -> Iterator[list[int]]:
    with several.waiting(world, getattr(request, "param", FORM)) as ids:
        yield ids


@dataclass
class Look:
    """The last look of the lead at the same step for three entities."""

    lead: Browser
    first: int
    others: list[int]

    @property
    def address(self) -> str:
        return f"/tareas/{self.first}/revision?" + "&".join(f"con={key}" for key in self.others)

    def says(self, *questions: str, **typed: Any) -> dict[str, Any]:
        """What the page posts: `text_1="x"` is what was typed as the text of the entity 1."""
        boxes = {
            f"otra{self.others[int(name[-1]) - 1]}-{name[:-2]}": value
            for name, value in typed.items()
            if re.search(r"_\d$", name)
        }
        plain = {name: value for name, value in typed.items() if not re.search(r"_\d$", name)}
        return {"peer": [str(key) for key in self.others], "distinto": list(questions), **boxes, **plain}

    def changes(self, *questions: str, status: int = 303, **typed: Any) -> str:
        """Press «Cambiar qué es distinto»; returns the page that follows."""
        answer = self.lead.post(self.address, self.says(*questions, **typed), status)
        return self.lead.get(answer.location) if status == 303 else answer.get_data(as_text=True)

    def sends(self, status: int = 200, **typed: Any) -> str:
        sent = self.says(**{"key": "lote", **typed})
        return self.lead.post(f"/tareas/{self.first}/enviar", sent, status).get_data(as_text=True)

    def box(self, text: str, number: int, name: str) -> str:
        """What stands in a box of the entity `number`; empty too when the page has no such box."""
        named = re.escape(f'name="otra{self.others[number - 1]}-{name}"')
        found = re.search(rf'<input [^>]*{named}[^>]*value="([^"]*)"', text) or re.search(
            rf"<textarea [^>]*{named}[^>]*>\n([^<]*)", text
        )
        return found[1] if found else ""


@pytest.fixture
def look(browse: Browse, task_ids: list[int]) -> Look:
    lead, (first, *others) = browse("lider"), task_ids
    lead.get(f"/tareas/{first}")
    ticked = {"_action": "review", "text": "Igual", "revision": "0", "peer": [str(key) for key in others]}
    lead.get(lead.post(f"/tareas/{first}", ticked).location)
    return Look(lead, first, others)


def sent() -> dict[int, dict[str, Any]]:
    with reading() as session:
        return {row.task_id: submissions.get(session, row.id).data for row in session.query(Submission)}


def test_another_question_takes_nothing_from_the_boxes_that_stay(look: Look) -> None:
    look.changes("text")
    text = look.changes("text", "place", text_1="Distinto")
    assert look.box(text, 1, "text") == "Distinto"
    assert f'name="otra{look.others[1]}-place"' in text
    assert look.box(look.lead.get(look.address), 1, "text") == "Distinto"


def test_a_question_that_differs_no_more_and_again_has_what_was_typed(look: Look) -> None:
    look.changes("text", "place")
    text = look.changes("text", text_1="Distinto", place_1="La alcaldía")
    assert f'name="otra{look.others[0]}-place"' not in text
    assert look.box(look.changes("text", "place", text_1="Distinto"), 1, "place") == "La alcaldía"


def test_a_box_that_is_emptied_stays_empty(look: Look) -> None:
    look.changes("text", text_1="Distinto")
    assert look.box(look.changes("text", text_1=""), 1, "text") == ""


def test_which_entities_and_questions_is_remembered_on_coming_back(look: Look) -> None:
    look.changes("text", text_1="Distinto")
    text = look.lead.get(f"/tareas/{look.first}")
    assert all(f'id="par-{key}" checked' in text for key in look.others)
    again = {"_action": "review", "text": "Otra cosa", "revision": "1", "peer": [str(key) for key in look.others]}
    assert look.box(look.lead.get(look.lead.post(f"/tareas/{look.first}", again).location), 1, "text") == "Distinto"


def test_an_entity_that_is_not_ticked_any_more_stays_so(look: Look) -> None:
    only = {"_action": "draft", "text": "Igual", "revision": "1", "peer": str(look.others[0])}
    look.lead.post(f"/tareas/{look.first}", only)
    text = look.lead.get(f"/tareas/{look.first}")
    assert [f'id="par-{key}" checked' in text for key in look.others] == [True, False]


def attached(look: Look, name: str = "acta propia.pdf") -> tuple[str, str]:
    """Attach a file for the first of the others; returns the page and the token of the file."""
    box = f"otra{look.others[0]}-proof"
    text = look.changes("proof", **{f"{box}__files": (BytesIO(PDF), name)})
    return text, re.findall(rf'name="{box}" value="([0-9a-f]+)"', text)[0]


def test_a_file_of_one_entity_is_kept_and_sent_for_it_alone(look: Look) -> None:
    text, token = attached(look)
    assert "acta propia.pdf" in text
    look.sends(distinto="proof", proof_1=["", token])
    assert [one["proof"] for one in sent().values()] == [[], [token], []]


def test_a_file_of_one_entity_is_taken_away_without_sending_anything(look: Look) -> None:
    _, token = attached(look)
    pressed = {"_action": f"detach:otra{look.others[0]}-proof:{token}"}
    assert "acta propia.pdf" not in look.changes("proof", proof_1=["", token], **pressed)
    assert sent() == {}


def test_a_file_that_is_refused_is_told_and_the_rest_is_kept(look: Look) -> None:
    attached = {f"otra{look.others[0]}-proof__files": (BytesIO(b"MZ"), "programa.exe")}
    text = look.changes("proof", "text", status=422, text_1="Distinto", **attached)
    assert f'href="#p-otra{look.others[0]}-proof"' in text
    assert look.box(text, 1, "text") == "Distinto"
    assert look.box(look.lead.get(look.address), 1, "text") == "Distinto"


def test_why_an_entity_is_left_out_and_whose_draft_gives_way_are_kept(look: Look) -> None:
    second, third = look.others
    look.lead.post(f"/tareas/{second}", {"_action": "draft", "text": "Propio", "revision": "0"})
    look.others = [second]
    text = look.changes(**{f"fuera-{third}": "Aplaza la visita", f"borrador-{second}": "1"})
    assert 'value="Aplaza la visita"' in text
    assert re.search(rf'name="borrador-{second}" value="1"[^>]* checked', text)


def test_a_sending_that_is_stopped_keeps_what_was_typed(look: Look) -> None:
    look.changes("text")
    text = look.sends(409, distinto="text", text_1="Distinto", seen="otra cosa")
    assert look.box(text, 1, "text") == "Distinto"
    assert look.box(look.lead.get(look.address), 1, "text") == "Distinto"


def test_it_is_forgotten_once_sent(look: Look) -> None:
    look.changes("text", text_1="Distinto")
    look.sends(text_1="Distinto")
    assert [one["text"] for one in sent().values()] == ["Igual", "Distinto", "Igual"]
    with reading() as session:
        assert session.query(Draft).count() == 0


def test_it_is_forgotten_with_the_draft(look: Look) -> None:
    look.changes("text", text_1="Distinto")
    look.lead.post(f"/tareas/{look.first}/descartar")
    text = look.lead.get(f"/tareas/{look.first}")
    assert not any(f'id="par-{key}" checked' in text for key in look.others)
    look.lead.post(f"/tareas/{look.first}", {"_action": "review", "text": "Igual", "revision": "0"})
    assert look.box(look.lead.get(f"{look.address}&distinto=text"), 1, "text") == ""


def test_the_answers_of_all_go_on_without_touching_it(look: Look) -> None:
    look.changes("text", text_1="Distinto")
    look.lead.post(f"/tareas/{look.first}/borrador", {"text": "Sigo escribiendo", "revision": "1"}, 200)
    with reading() as session:
        draft = session.get_one(Draft, look.first)
        assert draft.data == {"text": "Sigo escribiendo"}
        assert draft.apart["answers"][str(look.others[0])] == {"text": "Distinto"}


def quietly(look: Look, status: int, **said: Any) -> dict[str, Any]:
    answer = look.lead.post(f"/tareas/{look.first}/revision/borrador", look.says("text", **said), status)
    found: dict[str, Any] = answer.get_json()
    return found


def test_a_page_that_was_overtaken_is_told_and_keeps_what_it_says(look: Look) -> None:
    assert quietly(look, 200, text_1="Uno", revision="0", page="a")["revision"] == 1
    assert quietly(look, 200, text_1="Dos", revision="0", page="a")["revision"] == 2
    assert "en otra ventana" in quietly(look, 409, text_1="Tres", revision="1", page="b")["message"]
    text = look.changes("text", status=409, text_1="Tres", revision="1", page="b")
    assert "Esto cambió mientras usted escribía" in text
    assert look.box(text, 1, "text") == "Tres"
    assert 'name="revision" value="2"' in text
    assert look.box(look.lead.get(look.address), 1, "text") == "Dos"


def test_nothing_is_kept_of_what_was_discarded_or_sent_meanwhile(look: Look) -> None:
    with transaction() as session:
        session.delete(session.get_one(Draft, look.first))
    assert "se descartó" in quietly(look, 409, text_1="Uno")["message"]
    with transaction() as session:
        session.get_one(Task, look.first).status = "completed"
    assert "ya se envió" in quietly(look, 409, text_1="Uno")["message"]


def test_somebody_else_keeps_nothing_there(look: Look, browse: Browse) -> None:
    other = browse("der")
    other.get("/bandeja")
    other.post(look.address, look.says("text", text_1="Ajeno"), 403)
    with reading() as session:
        assert "answers" not in drafts.find(session, look.first).apart


@pytest.mark.parametrize("task_ids", [CONSENT], indirect=True)
def test_the_same_support_for_several_entities_is_confirmed_first(look: Look) -> None:
    """What one mayor signed is no proof of what another one answered."""
    common = {"_action": "draft", "text": "Alcaldesa Uno", "peer": [str(key) for key in look.others], "revision": "1"}
    look.lead.post(f"/tareas/{look.first}", {**common, "proof__files": (BytesIO(PDF), "firmado.pdf")})
    page = look.lead.get(look.address)
    shared = "El mismo archivo va como «Soporte» de Entidad 0, Entidad 1 y Entidad 2"
    assert shared in page
    assert len(re.findall(r'<td data-label="Soporte">firmado.pdf', page)) == 3
    assert len(re.findall(r'<td data-label="Nombre de quien responde">Alcaldesa Uno', page)) == 3
    assert shared in look.sends(422)
    assert sent() == {}
    box = f"otra{look.others[0]}"
    own = {f"{box}-text": "Alcalde Dos", f"{box}-proof__files": (BytesIO(PDF), "propio.pdf")}
    page = look.changes("text", "proof", **own)
    assert "El mismo archivo va como «Soporte» de Entidad 0 y Entidad 2" in page
    assert '<td data-label="Soporte">propio.pdf' in page
    look.sends(confirmed="si", distinto=["text", "proof"], **{f"{box}-text": "Alcalde Dos"})
    assert [one["text"] for one in sent().values()] == ["Alcaldesa Uno", "Alcalde Dos", "Alcaldesa Uno"]
