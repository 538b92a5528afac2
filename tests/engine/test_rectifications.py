"""Correcting what was sent: beside it, by whom it belongs to, and never what the process already rests on."""

from collections.abc import Iterator
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db import seals
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory.principal import Principal
from engine import definitions
from engine import prefill
from engine import rectifiable
from engine import rectifications
from engine import rectified
from engine import registry
from engine import seal
from engine import submissions
from engine import tasks
from engine.context import Context
from engine.instances import Links
from engine.instances import start
from engine.instances import subject
from engine.models import Instance
from engine.models import Submission
from engine.registry import Elsewhere
from engine.registry import Process
from forms.declaration import Condition
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Rule
from forms.declaration import Section
from tests.engine import diagrams as d
from tests.engine.conftest import person

ROWS = (Field(kind=Kind.TEXT, name="who", label="Quién", required=True, personal=True),
        Field(kind=Kind.INTEGER, name="size", label="Cantidad", fixed=True))  # fmt: skip
RECORD = Form(
    "acta", "Acta",
    (Section("acta", "Acta", (
        Field(kind=Kind.DATE, name="day", label="Día", required=True, time="past"),
        Field(kind=Kind.DATE, name="end", label="Hasta"),
        Field(kind=Kind.BOOLEAN, name="more", label="¿Hace falta más?"),
        Field(kind=Kind.BOOLEAN, name="guests", label="¿Hubo invitados?"),
        Field(kind=Kind.TEXT, name="guest", label="Invitado", required=True, show_if=Condition("guests", (True,))),
        Field(kind=Kind.INTEGER, name="opened", label="Casos abiertos"),
        Field(kind=Kind.TABLE, name="people", label="Personas", columns=ROWS),
    )),),
    rules=(Rule("dates_in_order", params={"fields": ["day", "end"]}),),
)  # fmt: skip
SENT = {"day": "2026-11-03", "end": "2026-11-10", "more": False, "guests": True, "guest": "Nadie", "opened": 2,
        "people": [{"who": "Eva", "size": 1}, {"who": "Luz", "size": 2}]}  # fmt: skip
BODY = (
    d.start() + d.user("Activity_Reunir", form="acta", participant="writer", outputs="more=more guests=guests")
    + d.choice("Gateway_Mas", "Flow_Seguir") + d.user("Activity_Informar", form="acta", prefill="Activity_Reunir")
    + d.user("Activity_Revisar", role="der_reviewer", form="acta", reviews="Activity_Informar",
             separate_from="Activity_Reunir Activity_Informar")
    + d.user("Activity_Archivar", form="acta") + d.end() + d.end("Event_FinMas")
    + d.chain("Event_Inicio", "Activity_Reunir", "Gateway_Mas")
    + d.flow("Gateway_Mas", "Activity_Informar", name="Flow_Seguir")
    + d.flow("Gateway_Mas", "Event_FinMas", "more == True")
    + d.chain("Activity_Informar", "Activity_Revisar", "Activity_Archivar", "Event_Fin")
)  # fmt: skip


class Diary:
    """What the process recorded besides."""

    def __init__(self) -> None:
        self.lines: list[object] = []

    def note(self, session, context, changes, *, reason, by, now) -> None:
        self.lines.append((dict(changes), reason, by.name))


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def case(session: Session, ana: Principal, diary: Diary, now: datetime) -> Iterator[Instance]:
    """A case whose first step was sent by Ana."""
    seal.use("a secret of the tests")
    text = d.diagram("reunion", BODY, variables="more:yes_no guests:yes_no")
    process = Process(
        "reunion", "Reunión", {"reunion.bpmn": text}, {"acta": RECORD}, rectified={"acta": diary.note},
        elsewhere={"acta": {"opened": Elsewhere("Los casos se cierran en su página.", "/casos/{case_id}")}},
        decided={"acta": Elsewhere("Pida otra acta.")},
    )  # fmt: skip
    registry.register(process)
    definitions.deploy(session, process, by=SYSTEM, now=now)
    links = Links("Reunión uno", people={"writer": ana.person_id}, refs={"case_id": 7})
    instance = start(session, "reunion", "R-1", links=links, by=ana.actor(), now=now)
    send(session, instance, "Activity_Reunir", ana, now)
    yield instance
    registry._processes.pop("reunion")
    for kept in (registry._rectified, registry._elsewhere, registry._decided):
        kept.pop("acta", None)


def send(session: Session, case: Instance, element: str, by: Principal, now: datetime) -> Submission:
    task = next(one for one in tasks.open_of(session, case.id) if one.element == element)
    return tasks.complete(session, task.id, SENT, by=by, now=now).submission


def met(session: Session, case: Instance) -> Submission:
    found = submissions.latest(session, case.id, "Activity_Reunir")
    assert found
    return found


def correct(session, case, by, now, changes=None, reason="Se escribió mal", **how):
    changes = changes or {"day": "2026-11-02"}
    return rectifications.rectify(session, met(session, case).id, changes, reason=reason, by=by, now=now, **how)


def refusals(session, case) -> dict[str, str]:
    row = met(session, case)
    spots = rectifiable.spots(session, row, tasks.get(session, row.task_id, by=person_of(session, row)))
    return {spot.path: spot.refusal.text for spot in spots if spot.refusal}


def person_of(session, row) -> Principal:
    from directory.principal import load

    return load(session, row.author_id, now=row.at)


def test_what_was_sent_stays_and_what_is_read_says_the_correction(session, case, ana, now) -> None:
    correct(session, case, ana, now)
    session.expire_all()
    row = met(session, case)
    assert row.data["day"] == "2026-11-03"
    assert rectified.answers(session, row) == {**SENT, "day": "2026-11-02"}
    assert Context(session, case).answers("Activity_Reunir")["day"] == "2026-11-02"


def test_the_next_form_starts_from_the_correction(session, case, ana, now) -> None:
    correct(session, case, ana, now, {"people/1/who": "Luz Marina"})
    open_task = tasks.open_of(session, case.id)[0]
    assert prefill.initial(session, open_task, now=now)["people"][1] == {"who": "Luz Marina", "size": 2}


def test_the_correction_says_what_stood_there_who_and_why(session, case, ana, now) -> None:
    row = correct(session, case, ana, now)[0]
    said = (row.path, row.label, row.before, row.after, row.reason, row.author_id, row.at)
    assert said == ("day", "Día", "2026-11-03", "2026-11-02", "Se escribió mal", ana.person_id, now)
    assert row.capacity == ana.actor(ana.grants[0]).capacity


def test_a_second_correction_begins_where_the_first_ended(session, case, ana, now) -> None:
    correct(session, case, ana, now)
    row = correct(session, case, ana, now, {"day": "2026-11-01"})[0]
    assert row.before == "2026-11-02"
    assert rectified.answers(session, met(session, case))["day"] == "2026-11-01"


def test_it_stands_in_the_chain_without_personal_data(session, case, ana, now) -> None:
    correct(session, case, ana, now, {"end": "2026-11-12", "people/0/who": "Eva María"})
    act = history.of(session, subject(case.id))[-1]
    assert (act.action, act.reason, act.actor_id) == ("submission.rectified", "Se escribió mal", ana.person_id)
    assert act.summary == "Rectificó una respuesta de «Activity_Reunir»: Hasta; «Quién» de la persona 1."
    assert act.details["changes"] == [
        {"path": "end", "before": "2026-11-10", "after": "2026-11-12"}, {"path": "people/0/who"},
    ]  # fmt: skip
    assert list(history.verify(session)) == []


@pytest.mark.parametrize(
    ("edit", "problem"),
    [("reason = 'Otra'", "content"), ("after = '\"2026-11-01\"'", "content"), ("after = '{'", "content"),
     ("id = id + 100", "gone")],
)  # fmt: skip
def test_a_correction_that_was_altered_shows(session, case, ana, now, edit, problem) -> None:
    correct(session, case, ana, now)
    session.expire_all()
    assert list(seals.verify(session)) == []
    session.execute(text(f"UPDATE rectification SET {edit}"))
    session.expire_all()
    assert [found.problem for found in seals.verify(session)] == [problem]


def test_the_process_records_besides(session, case, ana, diary, now) -> None:
    correct(session, case, ana, now)
    assert diary.lines == [({"day": ("2026-11-03", "2026-11-02")}, "Se escribió mal", "Ana Ruiz")]


def test_a_variable_that_turned_nothing_takes_the_correction(session, case, ana, now) -> None:
    correct(session, case, ana, now, {"guests": False, "guest": None})
    session.expire_all()
    assert case.variables == {"more": False, "guests": False}


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"day": "ayer"}, "day"),
        ({"day": "2027-01-01"}, "day"),  # not yet
        ({"day": None}, "day"),  # required
        ({"end": "2026-11-01"}, "end"),  # by the rule of the form
        ({"nothing": 1}, "nothing"),
        ({"people/9/who": "x"}, "people/9/who"),
        ({"people/0/who": ""}, "people/0/who"),
        ({"guests": False}, "guests"),  # what was answered under it would be left over
        ({"day": "2026-11-03"}, "changes"),  # says the same
        ({"more": True}, "more"),
        ({"opened": 3}, "opened"),
        ({"people/0/size": 5}, "people/0/size"),
    ],
)
def test_what_the_form_or_the_process_refuses(session, case, ana, now, changes, at) -> None:
    with pytest.raises(InvalidData) as caught:
        correct(session, case, ana, now, changes)
    assert list(caught.value.errors) == [at]
    assert rectified.of(session, met(session, case).id) == []


def test_it_says_what_may_not_be_corrected_and_where_it_is(session, case) -> None:
    told = refusals(session, case)
    assert set(told) == {"more", "opened", "people/0/size", "people/1/size"}
    assert told["more"] == rectifiable.TURNED.text
    assert told["opened"] == "Los casos se cierran en su página."


def test_the_page_of_another_act_belongs_to_the_case(session, case, ana) -> None:
    row = met(session, case)
    spots = rectifiable.spots(session, row, tasks.get(session, row.task_id, by=ana))
    assert [spot.refusal.url for spot in spots if spot.path == "opened" and spot.refusal] == ["/casos/7"]


def test_what_was_wrong_before_does_not_hinder(session, case, ana, now) -> None:
    """A day that is out of its bounds by now is not held against another answer."""
    correct(session, case, ana, now - timedelta(days=30), {"people/0/who": "Evita"})


def test_a_reason_is_needed(session, case, ana, now) -> None:
    with pytest.raises(InvalidData) as caught:
        correct(session, case, ana, now, reason=" . ")
    assert list(caught.value.errors) == ["reason"]


def test_whoever_holds_the_role_there_may_and_others_may_not(session, case, ana, rosa, now) -> None:
    with pytest.raises(NotAllowed):
        correct(session, case, rosa, now)
    colleague = person(session, "Leo Paz", "technical_lead", now)
    assert correct(session, case, colleague, now)[0].author_id == colleague.person_id


def test_two_at_once_are_told_apart(session, case, ana, now) -> None:
    seen = tasks.get(session, met(session, case).task_id, by=ana).revision
    correct(session, case, ana, now, revision=seen)
    with pytest.raises(Conflict) as caught:
        correct(session, case, ana, now, {"day": "2026-11-01"}, revision=seen)
    assert caught.value.code == "stale"


def test_not_while_somebody_decides_on_it_nor_after(session, case, ana, rosa, now) -> None:
    send(session, case, "Activity_Informar", ana, now)
    with pytest.raises(Conflict, match="Activity_Revisar» está revisando"):
        correct(session, case, ana, now)
    send(session, case, "Activity_Revisar", rosa, now)
    with pytest.raises(Conflict, match=r"ya se decidió \(«Activity_Revisar»\). Pida otra acta."):
        correct(session, case, ana, now)


def test_a_decision_is_not_corrected(session, case, ana, rosa, now) -> None:
    send(session, case, "Activity_Informar", ana, now)
    decided = send(session, case, "Activity_Revisar", rosa, now)
    with pytest.raises(Conflict, match="Lo que se decide"):
        rectifications.rectify(session, decided.id, {"day": "2026-11-01"}, reason="Error mío", by=rosa, now=now)


def test_not_once_the_case_ended(session, case, ana, rosa, now) -> None:
    for element, by in (("Activity_Informar", ana), ("Activity_Revisar", rosa)):
        send(session, case, element, by, now)
    last = send(session, case, "Activity_Archivar", ana, now)
    with pytest.raises(Conflict, match="terminó"):
        rectifications.rectify(session, last.id, {"day": "2026-11-01"}, reason="Error mío", by=ana, now=now)


def test_whoever_corrects_does_not_decide_on_it(session, case, ana, rosa, now) -> None:
    """Separation of duties counts a correction as writing."""
    both = person(session, "Doble Rol", "technical_lead", now)
    correct(session, case, both, now)
    send(session, case, "Activity_Informar", ana, now)
    review = tasks.open_of(session, case.id)[0]
    from engine import separation

    assert separation.wrote(session, review, {both.person_id})
    assert not separation.wrote(session, review, {rosa.person_id})
