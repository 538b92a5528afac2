"""Running cases are taken to a later version: what may, what may not and why, and that nothing of theirs is lost."""

import re
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db.errors import InvalidData
from db.errors import NotAllowed
from db.errors import NotNow
from directory.principal import Principal
from engine import definitions
from engine import drafts
from engine import instances
from engine import migrating
from engine import observations
from engine import operations
from engine import registry
from engine import services
from engine import submissions
from engine import tasks
from engine import timers
from engine.demands import END
from engine.demands import Mandatory
from engine.instances import Links
from engine.models import Definition
from engine.models import Instance
from engine.models import Timer
from engine.registry import Process
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Section
from tests.engine import diagrams as d
from tests.engine.conftest import NOTE
from tests.engine.conftest import REVIEWED
from tests.engine.conftest import person

Deploy = Callable[..., Definition]
KEY = "tramite"


@pytest.fixture
def ivan(session: Session, now: datetime) -> Principal:
    return person(session, "Iván Cruz", "administrator", now)


@pytest.fixture
def deploy(session: Session, toy: Process, now: datetime) -> Iterator[Deploy]:
    """The next version of the toy process: its diagram, and what else is other."""

    def deployed(body: str, *, variables: str = "again:yes_no", **other: Any) -> Definition:
        messages = other.pop("messages", ())
        text = d.diagram(KEY, body, variables=variables, messages=messages)
        process = replace(toy, files={f"{KEY}.bpmn": text}, messages=frozenset(messages), **other)
        registry.register(process)
        return definitions.deploy(session, process, by=SYSTEM, now=now)

    yield deployed
    registry.register(toy)


def begin(session: Session, writer: Principal, now: datetime, key: str = "T-9") -> Instance:
    links = Links(f"Trámite {key}", people={"writer": writer.person_id})
    return instances.start(session, KEY, key, links=links, by=SYSTEM, now=now)


def do(session: Session, case: Instance, element: str, by: Principal, now: datetime, **said: Any) -> None:
    task = next(one for one in tasks.open_of(session, case.id) if one.element == element)
    tasks.complete(session, task.id, {"text": "Hola", **said}, by=by, now=now)


def waits(session: Session, case: Instance) -> list[str]:
    return sorted(task.element for task in tasks.open_of(session, case.id))


def obstacles(session: Session, case: Instance, to: Definition) -> str:
    session.flush()
    return "; ".join(migrating.foresee(session, case.id, to.version).obstacles)


def take(session: Session, case: Instance, to: Definition, by: Principal, now: datetime) -> Instance:
    session.flush()
    return migrating.migrate(session, case.id, to.version, reason="Rige otro plazo.", by=by, now=now)


LONGER = REVIEWED.replace("working_days:3", "working_days:9")
SIGNED = (
    REVIEWED.replace(d.flow("Activity_Anotar", "Event_Fin"), "") + d.user("Activity_Firmar", participant="writer")
    + d.chain("Activity_Anotar", "Activity_Firmar", "Event_Fin")
)  # fmt: skip
"""Somebody signs after all that was done before."""


def test_nothing_of_the_task_is_lost(
    session: Session, case: Instance, deploy: Deploy, ana: Principal, rosa: Principal, ivan: Principal, now: datetime
) -> None:
    do(session, case, "Activity_Escribir", ana, now)
    (task,) = tasks.open_of(session, case.id)
    tasks.claim(session, task.id, by=rosa, now=now)
    drafts.save(session, task.id, {"text": "A medias"}, by=rosa, now=now)
    remark = observations.add(session, task.id, "text", "Falta la fecha.", by=rosa, now=now)
    before = (task.id, task.work_id, task.due_at, task.due_reason, task.assignee_id, task.round, task.created_at)
    to = deploy(LONGER)
    take(session, case, to, ivan, now)
    (after,) = tasks.open_of(session, case.id)
    assert before == (
        after.id, after.work_id, after.due_at, after.due_reason, after.assignee_id, after.round, after.created_at
    )  # fmt: skip
    draft = drafts.find(session, task.id)
    assert draft is not None
    assert draft.data == {"text": "A medias"}
    sent = submissions.latest(session, case.id, "Activity_Escribir")
    assert sent is not None
    assert [one.id for one in observations.of_submission(session, sent.id, by=rosa)] == [remark.id]


def test_the_history_says_it_with_its_reason(
    session: Session, case: Instance, deploy: Deploy, ivan: Principal, now: datetime
) -> None:
    to = deploy(LONGER)
    take(session, case, to, ivan, now)
    act = history.of(session, instances.subject(case.id))[-1]
    assert (act.action, act.summary, act.reason) == (
        "instance.migrated", "Pasó de la versión 1 a la 2 de su proceso.", "Rige otro plazo.",
    )  # fmt: skip
    assert (act.actor_id, case.definition_id) == (ivan.person_id, to.id)


def test_it_goes_on_by_the_later_version(
    session: Session, case: Instance, deploy: Deploy, ana: Principal, rosa: Principal, ivan: Principal, now: datetime
) -> None:
    do(session, case, "Activity_Escribir", ana, now)
    take(session, case, deploy(SIGNED), ivan, now)
    do(session, case, "Activity_Revisar", rosa, now, again=True)
    do(session, case, "Activity_Escribir", ana, now)
    do(session, case, "Activity_Revisar", rosa, now, again=False)
    assert services.run_next(session, case.id, now=now)
    assert waits(session, case) == ["Activity_Firmar"]
    do(session, case, "Activity_Firmar", ana, now)
    assert (case.status, case.outcome) == ("completed", "Event_Fin")


def test_what_was_seen_before_it_moved_is_stale(
    session: Session, case: Instance, deploy: Deploy, ana: Principal, ivan: Principal, now: datetime
) -> None:
    (task,) = tasks.open_of(session, case.id)
    seen = task.revision
    take(session, case, deploy(REVIEWED.replace('name="Activity_Escribir"', 'name="Redactar"')), ivan, now)
    assert (task.name, task.revision) == ("Redactar", seen + 1)


def test_a_service_that_waits_runs_by_the_later_version(
    session: Session, case: Instance, deploy: Deploy, ana: Principal, rosa: Principal, ivan: Principal,
    notebook: Any, now: datetime,
) -> None:  # fmt: skip
    do(session, case, "Activity_Escribir", ana, now)
    do(session, case, "Activity_Revisar", rosa, now, again=False)
    take(session, case, deploy(SIGNED), ivan, now)
    assert services.run_next(session, case.id, now=now)
    assert (notebook.lines, waits(session, case)) == (["Rosa Díaz: Hola"], ["Activity_Firmar"])


def test_a_step_that_is_done_may_be_gone(
    session: Session, case: Instance, deploy: Deploy, ana: Principal, rosa: Principal, ivan: Principal, now: datetime
) -> None:
    straight = (
        d.start() + d.user("Activity_Escribir", participant="writer", prefill="Activity_Escribir") + d.user(
            "Activity_Firmar", participant="writer") + d.end()
        + d.chain("Event_Inicio", "Activity_Escribir", "Activity_Firmar", "Event_Fin")
    )  # fmt: skip
    first = deploy(straight, handlers={})
    other = begin(session, ana, now)
    do(session, other, "Activity_Escribir", ana, now)
    shorter = d.start() + d.user("Activity_Firmar", participant="writer") + d.end() + d.chain(
        "Event_Inicio", "Activity_Firmar", "Event_Fin")  # fmt: skip
    to = deploy(shorter, handlers={})
    assert (first.version, obstacles(session, other, to)) == (2, "")
    take(session, other, to, ivan, now)
    do(session, other, "Activity_Firmar", ana, now)
    assert other.status == "completed"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (REVIEWED.replace("Activity_Escribir", "Activity_Redactar"), "«Activity_Escribir», donde está, no está"),
        (REVIEWED.replace(d.user("Activity_Escribir", participant="writer", prefill="Activity_Escribir"), d.user(
            "Activity_Escribir", participant="writer", scope="unit")), "tiene otro ámbito"),
    ],
)  # fmt: skip
def test_where_it_waits_must_be_there_and_alike(
    session: Session, case: Instance, deploy: Deploy, ivan: Principal, body: str, told: str, now: datetime
) -> None:
    to = deploy(body)
    assert told in obstacles(session, case, to)
    with pytest.raises(NotNow, match="no puede pasar a la versión 2"):
        take(session, case, to, ivan, now)
    assert case.definition.version == 1


def other_form(name: str) -> Form:
    """A form that asks for a text alone."""
    asked = (Field(kind=Kind.TEXT, name="text", label="Texto", required=True),)
    return Form(name, "Nota", (Section("nota", "Nota", asked),))


def test_another_form_is_another_step(session: Session, case: Instance, deploy: Deploy, ivan: Principal) -> None:
    body = REVIEWED.replace('name="form" value="nota"', 'name="form" value="otra"', 1)
    to = deploy(body, forms={"nota": NOTE, "otra": other_form("otra")})
    assert "pide otro formulario" in obstacles(session, case, to)


def test_a_newer_form_of_the_same_name_is_taken_with_what_was_typed(
    session: Session, case: Instance, deploy: Deploy, ana: Principal, ivan: Principal, now: datetime
) -> None:
    (task,) = tasks.open_of(session, case.id)
    drafts.save(session, task.id, {"text": "A medias"}, by=ana, now=now)
    newer = replace(NOTE, title="Nota nueva")
    to = deploy(REVIEWED, forms={"nota": newer})
    assert migrating.foresee(session, case.id, 2).notes == (
        "«Activity_Escribir» pasa al formulario de la versión nueva; lo escrito se conserva",
    )
    take(session, case, to, ivan, now)
    assert tasks.form_of(session, task).title == "Nota nueva"
    draft = drafts.find(session, task.id)
    assert draft is not None
    assert draft.data == {"text": "A medias"}


def test_what_was_typed_must_fit_the_newer_form(
    session: Session, case: Instance, deploy: Deploy, ana: Principal, now: datetime
) -> None:
    (task,) = tasks.open_of(session, case.id)
    drafts.save(session, task.id, {"again": True}, by=ana, now=now)
    straight = (
        d.start()
        + d.user("Activity_Escribir", participant="writer", prefill="Activity_Escribir")
        + d.end()
        + (d.chain("Event_Inicio", "Activity_Escribir", "Event_Fin"))
    )
    to = deploy(straight, forms={"nota": other_form("nota")}, variables="", handlers={})
    assert "el borrador de «Activity_Escribir» no cabe" in obstacles(session, case, to)


def test_a_value_of_another_kind_is_not_taken(session: Session, case: Instance, deploy: Deploy) -> None:
    case.variables = {"again": "texto"}
    assert "el dato «again» es de otra clase" in obstacles(session, case, deploy(LONGER))


GATED = REVIEWED.replace(d.chain("Event_Inicio", "Gateway_Union"), "").replace(
    d.flow("Event_Inicio", "Gateway_Union"), ""
) + d.user("Activity_Autorizar", gate="A") + d.chain("Event_Inicio", "Activity_Autorizar", "Gateway_Union")  # fmt: skip
"""Somebody authorises before anything is written."""


def test_a_gate_that_comes_before_is_not_skipped(session: Session, case: Instance, deploy: Deploy) -> None:
    told = obstacles(session, case, deploy(GATED))
    assert told == "no ha pasado por «Activity_Autorizar», que la versión nueva exige antes de donde está"


def test_one_that_was_passed_stays_passed(
    session: Session, deploy: Deploy, ana: Principal, rosa: Principal, ivan: Principal, now: datetime
) -> None:
    deploy(GATED)
    other = begin(session, ana, now)
    do(session, other, "Activity_Autorizar", ana, now)
    assert obstacles(session, other, deploy(GATED.replace("working_days:3", "working_days:9"))) == ""
    assert "no tiene «Activity_Autorizar», por donde ya pasó" in obstacles(session, other, deploy(LONGER))


def test_one_that_comes_again_is_not_passed_twice(
    session: Session, deploy: Deploy, ana: Principal, now: datetime
) -> None:
    deploy(GATED)
    other = begin(session, ana, now)
    do(session, other, "Activity_Autorizar", ana, now)
    later = (
        d.start() + d.user("Activity_Escribir", participant="writer", prefill="Activity_Escribir")
        + d.user("Activity_Autorizar", gate="A") + d.end()
        + d.chain("Event_Inicio", "Activity_Escribir", "Activity_Autorizar", "Event_Fin")
    )  # fmt: skip
    told = obstacles(session, other, deploy(later, handlers={}))
    assert told == "ya pasó por «Activity_Autorizar» y en la versión nueva tendría que volver a pasar"


def test_a_mandatory_decision_with_its_answer_is_not_skipped(
    session: Session, deploy: Deploy, ana: Principal, rosa: Principal, now: datetime
) -> None:
    """Who was told no does not come to stand, in another version, where only a yes leads."""
    rule = Mandatory(KEY, "gate:V", (END, "toy.note"), roles=("der_reviewer",), verdict="again == False")
    asked = REVIEWED.replace('name="reviews"', 'name="gate" value="V" /><spiffworkflow:property name="reviews"')
    (review,) = re.findall('<bpmn:userTask id="Activity_Revisar".*?</bpmn:userTask>', asked)
    write = d.user("Activity_Escribir", participant="writer", prefill="Activity_Escribir")
    sign = d.user("Activity_Firmar", role="der_reviewer")
    line = d.chain("Event_Inicio", "Activity_Escribir", "Activity_Revisar", "Activity_Firmar", "Event_Fin")
    loose = d.start() + write + review + sign + d.end() + line
    strict = asked.replace('targetRef="Activity_Anotar"', 'targetRef="Activity_Firmar"') + sign
    strict += d.flow("Activity_Firmar", "Activity_Anotar")
    deploy(loose, handlers={})
    yes, no = begin(session, ana, now, "T-1"), begin(session, ana, now, "T-2")
    for case, again in ((yes, False), (no, True)):
        do(session, case, "Activity_Escribir", ana, now)
        do(session, case, "Activity_Revisar", rosa, now, again=again)
    to = deploy(strict, mandatory=(rule,))
    assert (obstacles(session, yes, to), "no ha pasado por" in obstacles(session, no, to)) == ("", True)


FORKED = (
    d.start() + d.parallel("Gateway_Abrir") + d.user("Activity_Uno") + d.user("Activity_Dos")
    + d.parallel("Gateway_Cerrar") + d.end()
    + d.chain("Event_Inicio", "Gateway_Abrir", "Activity_Uno", "Gateway_Cerrar")
    + d.chain("Gateway_Abrir", "Activity_Dos", "Gateway_Cerrar", "Event_Fin")
)  # fmt: skip
"""Two steps at a time."""


@pytest.mark.parametrize("done", [(), ("Activity_Uno",), ("Activity_Dos",)])
def test_a_fork_goes_on_wherever_it_stands(
    session: Session, deploy: Deploy, ana: Principal, ivan: Principal, done: tuple[str, ...], now: datetime
) -> None:
    deploy(FORKED, handlers={})
    other = begin(session, ana, now)
    for element in done:
        do(session, other, element, ana, now)
    to = deploy(FORKED.replace('name="Activity_Uno"', 'name="Uno"'), handlers={})
    take(session, other, to, ivan, now)
    for element in waits(session, other):
        do(session, other, element, ana, now)
    assert other.status == "completed"


@pytest.mark.parametrize("done", [(), ("Activity_Uno",)])
def test_a_branch_that_would_never_begin_is_no_way(
    session: Session, deploy: Deploy, ana: Principal, done: tuple[str, ...], now: datetime
) -> None:
    """The join would wait for ever for a third branch."""
    deploy(FORKED, handlers={})
    other = begin(session, ana, now)
    for element in done:
        do(session, other, element, ana, now)
    third = FORKED + d.user("Activity_Tres") + d.chain("Gateway_Abrir", "Activity_Tres", "Gateway_Cerrar")
    assert "ningún caso puede estar así" in obstacles(session, other, deploy(third, handlers={}))


WITHIN = d.start("Event_Adentro") + d.user("Activity_Hacer") + d.end("Event_Hecho") + d.chain(
    "Event_Adentro", "Activity_Hacer", "Event_Hecho")  # fmt: skip
HELD = d.start() + d.sub("Activity_Vida", WITHIN) + d.end() + d.chain("Event_Inicio", "Activity_Vida", "Event_Fin")
INTERRUPTED = HELD + d.boundary("Event_Retiro", "Activity_Vida", "retiro") + d.end("Event_Retirado") + d.flow(
    "Event_Retiro", "Event_Retirado")  # fmt: skip


def test_what_could_not_interrupt_it_any_more_or_yet_is_told(
    session: Session, deploy: Deploy, ana: Principal, now: datetime
) -> None:
    deploy(HELD, handlers={})
    plain = begin(session, ana, now, "T-1")
    to = deploy(INTERRUPTED, handlers={}, messages=("retiro",))
    assert "no atendería «Event_Retiro», que la versión nueva agrega" in obstacles(session, plain, to)
    armed = begin(session, ana, now, "T-2")
    assert "«Event_Retiro»" in obstacles(session, armed, deploy(HELD.replace('name="Activity_Hacer"', 'name="Hacer"'),
                                                               handlers={}))  # fmt: skip


def test_an_interruption_still_works_afterwards(
    session: Session, deploy: Deploy, ana: Principal, ivan: Principal, now: datetime
) -> None:
    deploy(INTERRUPTED, handlers={}, messages=("retiro",))
    other = begin(session, ana, now)
    to = deploy(INTERRUPTED.replace('name="Activity_Hacer"', 'name="Hacer"'), handlers={}, messages=("retiro",))
    take(session, other, to, ivan, now)
    instances.send(session, other.id, "retiro", reason="Se retira.", by=SYSTEM, now=now)
    assert (other.status, other.outcome) == ("completed", "Event_Retirado")


def test_a_term_that_runs_keeps_its_instant(
    session: Session, deploy: Deploy, ana: Principal, ivan: Principal, now: datetime
) -> None:
    timed = d.start() + d.wait("Event_Plazo", "working_days:3") + d.user("Activity_A") + d.end() + d.chain(
        "Event_Inicio", "Event_Plazo", "Activity_A", "Event_Fin")  # fmt: skip
    deploy(timed, handlers={})
    other = begin(session, ana, now)
    (timer,) = session.query(Timer).filter_by(instance_id=other.id)
    due = timer.due_at
    take(session, other, deploy(timed.replace("working_days:3", "working_days:9"), handlers={}), ivan, now)
    assert session.query(Timer).filter_by(instance_id=other.id).one().due_at == due
    assert timers.fire(session, timer.id, now=due) == other.id
    assert waits(session, other) == ["Activity_A"]


def test_what_ended_or_is_there_already_stays(
    session: Session, case: Instance, deploy: Deploy, ana: Principal, ivan: Principal, now: datetime
) -> None:
    to = deploy(LONGER)
    later = begin(session, ana, now)
    assert obstacles(session, later, to) == "está en la versión 2"
    instances.cancel(session, case.id, "Se pidió.", by=SYSTEM, now=now)
    assert obstacles(session, case, to) == "ya terminó"


def test_a_state_that_was_altered_is_not_taken(session: Session, case: Instance, deploy: Deploy) -> None:
    to = deploy(LONGER)
    case.seal = "0" * 64
    assert obstacles(session, case, to) == "el estado guardado del proceso fue alterado"


def test_only_whoever_runs_the_system_takes_cases(
    session: Session, case: Instance, deploy: Deploy, ana: Principal, now: datetime
) -> None:
    to = deploy(LONGER)
    with pytest.raises(NotAllowed):
        take(session, case, to, ana, now)
    with pytest.raises(NotAllowed):
        migrating.begin(session, to, rehearsal=True, reason="", by=ana, now=now)


def versions(session: Session) -> Mapping[str, int]:
    return {row.business_key: row.definition.version for row in instances.listed(session, key=KEY).items}


@pytest.fixture
def many(session: Session, ana: Principal, deploy: Deploy, now: datetime) -> Definition:
    """Thirty cases that wait to be written and one that cannot be taken, with the version to which they go."""
    for number in range(30):
        begin(session, ana, now, f"T-{number}")
    begin(session, ana, now, "T-mal").variables = {"again": "texto"}
    to = deploy(LONGER)
    session.flush()
    return to


def run_through(session: Session, operation_id: int, now: datetime) -> None:
    while operations.advance(session, operation_id, now=now):
        pass


def test_a_rehearsal_says_which_can_and_why_not_and_changes_nothing(
    session: Session, many: Definition, ivan: Principal, now: datetime
) -> None:
    row = migrating.begin(session, many, rehearsal=True, reason="", by=ivan, now=now)
    run_through(session, row.id, now)
    assert (row.status, row.done, row.failed) == ("done", 31, 1)
    assert row.notes[0]["text"] == "Trámite T-mal (versión 1): el dato «again» es de otra clase en la versión nueva."
    assert set(versions(session).values()) == {1}


def test_in_bulk_those_go_that_can(session: Session, many: Definition, ivan: Principal, now: datetime) -> None:
    row = migrating.begin(session, many, rehearsal=False, reason="Rige otro plazo.", by=ivan, now=now)
    run_through(session, row.id, now)
    assert (row.done, row.failed, [note["instance_id"] for note in row.notes]) == (31, 1, [31])
    assert [key for key, version in versions(session).items() if version == 1] == ["T-mal"]
    assert migrating.waiting(session, many) == 1


def test_in_bulk_one_that_stops_on_its_way_stops_no_other(
    session: Session, many: Definition, ivan: Principal, now: datetime
) -> None:
    """Somebody wrote in the database: a task stands open for which the case does not wait."""
    (task,) = tasks.open_of(session, 3)
    task.work_id = "otro"
    row = migrating.begin(session, many, rehearsal=False, reason="Rige otro plazo.", by=ivan, now=now)
    run_through(session, row.id, now)
    assert (row.status, row.done, row.failed) == ("done", 31, 2)
    assert "ya no espera su tarea «Activity_Escribir»" in row.notes[0]["text"]
    stopped = instances.get(session, 3)
    assert (stopped.definition.version, stopped.variables) == (1, {"again": False})
    assert [act.action for act in history.of(session, instances.subject(3))] == ["instance.started"]


def test_a_batch_that_is_repeated_takes_nothing_twice(
    session: Session, many: Definition, ivan: Principal, now: datetime
) -> None:
    row = migrating.begin(session, many, rehearsal=False, reason="Rige otro plazo.", by=ivan, now=now)
    for _ in range(2):
        row.cursor = 0
        migrating.take_next(session, row, by=SYSTEM, now=now)
    acts = [act.action for act in history.of(session, instances.subject(1))]
    assert acts.count("instance.migrated") == 1


def test_in_bulk_only_cases_of_earlier_versions_are_named(
    session: Session, many: Definition, ivan: Principal, now: datetime
) -> None:
    with pytest.raises(InvalidData, match="corregir") as caught:
        migrating.begin(session, many, instance_ids=[1, 999], rehearsal=True, reason="", by=ivan, now=now)
    assert "999" in caught.value.errors["instances"][0]
    with pytest.raises(InvalidData):
        migrating.begin(session, many, rehearsal=False, reason="", by=ivan, now=now)


def test_the_candidates_come_a_page_at_a_time(session: Session, many: Definition) -> None:
    first = migrating.candidates(session, many, limit=20)
    second = migrating.candidates(session, many, limit=20, cursor=first.next_cursor)
    assert [len(first.items), len(second.items), second.next_cursor] == [20, 11, ""]
    assert [one.title for one in second.items if not one.can] == ["Trámite T-mal"]
