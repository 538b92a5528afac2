"""Completing a task: who may, once, with what, and what it leaves behind."""

from datetime import timedelta

import pytest

from db import history
from db.errors import Conflict
from db.errors import DefinitionError
from db.errors import InvalidData
from db.errors import NotAllowed
from directory.principal import Grant
from engine import drafts
from engine import instances
from engine import observations
from engine import prefill
from engine import services
from engine import status
from engine import tasks
from engine.instances import subject
from engine.models import InstanceStatus
from engine.models import TaskStatus


def first(session, case):
    return tasks.open_of(session, case.id)[0]


def write(session, case, by, now, text="Hola"):
    return tasks.complete(session, first(session, case).id, {"text": text}, by=by, now=now)


def review(session, case, by, now, again=False):
    return tasks.complete(session, first(session, case).id, {"text": "Visto", "again": again}, by=by, now=now)


def test_a_started_case_waits_for_its_participant(session, case, ana) -> None:
    task = first(session, case)
    assert (task.element, task.assignee_id, task.round) == ("Activity_Escribir", ana.person_id, 1)


def test_completing_opens_the_next_task(session, case, ana, now) -> None:
    assert [task.element for task in write(session, case, ana, now).opened] == ["Activity_Revisar"]


def test_the_next_task_has_a_due_instant_with_its_reason(session, case, ana, now) -> None:
    task = write(session, case, ana, now).opened[0]
    assert task.due_at.date().isoformat() == "2026-11-27"
    assert "3 días hábiles" in task.due_reason


def test_it_gives_a_receipt(session, case, ana, now) -> None:
    done = write(session, case, ana, now)
    assert done.receipt == done.submission.receipt == f"R-20261124-{done.task.id:06d}"


def test_a_wrong_form_is_refused_and_the_task_stays(session, case, ana, now) -> None:
    with pytest.raises(InvalidData) as caught:
        tasks.complete(session, first(session, case).id, {}, by=ana, now=now)
    assert list(caught.value.errors) == ["text"]
    assert first(session, case).element == "Activity_Escribir"


def test_a_second_attempt_is_told_who_was_faster(session, case, ana, now) -> None:
    task_id = first(session, case).id
    write(session, case, ana, now)
    with pytest.raises(Conflict, match="Ana Ruiz"):
        tasks.complete(session, task_id, {"text": "Otra"}, by=ana, now=now)


def test_a_stale_revision_is_refused(session, case, ana, now) -> None:
    task = first(session, case)
    with pytest.raises(Conflict) as caught:
        tasks.complete(session, task.id, {"text": "x"}, by=ana, now=now, revision=task.revision - 1)
    assert caught.value.code == "stale"


def test_another_person_may_not_complete_an_assigned_task(session, case, rosa, now) -> None:
    with pytest.raises(NotAllowed):
        write(session, case, rosa, now)


def test_nobody_reviews_what_they_wrote(session, case, ana, rosa, now) -> None:
    write(session, case, ana, now)
    both = type(ana)(ana.person_id, ana.name, ana.unit_id, (*ana.grants, *rosa.grants))
    with pytest.raises(NotAllowed, match="Nadie valida"):
        review(session, case, both, now)


def test_a_claimed_task_belongs_to_its_holder(session, case, ana, rosa, now) -> None:
    task = write(session, case, ana, now).opened[0]
    tasks.claim(session, task.id, by=rosa, now=now)
    with pytest.raises(Conflict, match="Rosa Díaz"):
        tasks.claim(session, task.id, by=rosa, now=now)


def test_a_released_task_goes_back_to_the_group(session, case, ana, rosa, now) -> None:
    task = write(session, case, ana, now).opened[0]
    tasks.claim(session, task.id, by=rosa, now=now)
    assert tasks.release(session, task.id, by=rosa, now=now).assignee_id is None


def test_rounds_are_numbered(session, case, ana, rosa, now) -> None:
    write(session, case, ana, now)
    assert review(session, case, rosa, now, again=True).opened[0].round == 2


def test_a_later_round_starts_from_what_was_sent(session, case, ana, rosa, now) -> None:
    write(session, case, ana, now, text="Primera versión")
    review(session, case, rosa, now, again=True)
    assert prefill.initial(session, first(session, case), now=now)["text"] == "Primera versión"


def test_a_review_starts_empty(session, case, ana, now) -> None:
    write(session, case, ana, now)
    assert prefill.initial(session, first(session, case), now=now) == {}


def settle(session, case, now) -> None:
    while services.run_next(session, case.id, now=now):
        pass


def test_the_service_runs_after_the_step_and_ends_the_case(session, case, ana, rosa, notebook, now) -> None:
    write(session, case, ana, now)
    review(session, case, rosa, now)
    settle(session, case, now)
    assert notebook.lines == ["Rosa Díaz: Hola"]
    assert (case.status, case.outcome) == (InstanceStatus.COMPLETED, "Event_Fin")


def test_a_failing_service_becomes_an_incident_with_growing_pauses(session, case, ana, rosa, notebook, now) -> None:
    write(session, case, ana, now)
    review(session, case, rosa, now)
    pauses = []
    for _ in range(3):
        incident = services.fail(session, case.id, RuntimeError("closed"), now=now)
        pauses.append(incident.retry_at - now)
        now = incident.retry_at
    assert pauses == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]


def test_history_tells_every_act_and_holds(session, case, ana, rosa, now) -> None:
    write(session, case, ana, now)
    review(session, case, rosa, now)
    settle(session, case, now)
    actions = [row.action for row in history.of(session, subject(case.id))]
    assert actions == ["instance.started", "task.completed", "task.completed", "service.completed"]
    assert list(history.verify(session)) == []


def test_steps_say_done_now_and_next(session, case, ana, now) -> None:
    write(session, case, ana, now)
    found = {step.element: step.state for step in status.steps(session, case)}
    assert found == {"Activity_Escribir": "done", "Activity_Revisar": "now", "Activity_Anotar": "next"}


def test_steps_of_a_cancelled_case_say_where_it_stopped_and_what_was_not_done(session, case, ana, now) -> None:
    write(session, case, ana, now)
    instances.cancel(session, case.id, "Sobra", by=ana.actor(), now=now)
    found = {step.element: step.state for step in status.steps(session, case)}
    assert found == {"Activity_Escribir": "done", "Activity_Revisar": "stopped", "Activity_Anotar": "undone"}


def test_the_author_sees_remarks_only_once_the_review_is_sent(session, case, ana, rosa, now) -> None:
    write(session, case, ana, now)
    task = first(session, case)
    observations.add(session, task.id, "text", "Precise el texto.", by=rosa, now=now)
    assert observations.of_instance(session, case.id, by=ana) == []
    review(session, case, rosa, now, again=True)
    (remark,) = observations.standing(session, first(session, case), by=ana)
    assert (remark.number, remark.label, remark.text) == (1, "Texto", "Precise el texto.")


def test_the_author_answers_a_remark(session, case, ana, rosa, now) -> None:
    write(session, case, ana, now)
    remark = observations.add(session, first(session, case).id, "", "Falta el contexto.", by=rosa, now=now)
    review(session, case, rosa, now, again=True)
    assert observations.answer(session, remark.id, "Se agregó.", by=ana, now=now).status == "answered"


def test_a_remark_on_a_place_that_is_not_in_the_form_is_refused(session, case, ana, rosa, now) -> None:
    write(session, case, ana, now)
    with pytest.raises(InvalidData):
        observations.add(session, first(session, case).id, "nothing", "x", by=rosa, now=now)


def test_a_draft_survives_until_the_task_is_sent(session, case, ana, now) -> None:
    task = first(session, case)
    drafts.save(session, task.id, {"text": "a medias"}, by=ana, now=now)
    assert drafts.find(session, task.id).data == {"text": "a medias"}
    write(session, case, ana, now)
    session.expire_all()
    assert drafts.find(session, task.id) is None


def test_a_draft_that_somebody_saved_since_is_not_overwritten(session, case, ana, now) -> None:
    task = first(session, case)
    drafts.save(session, task.id, {"text": "uno"}, by=ana, now=now)
    drafts.save(session, task.id, {"text": "dos"}, by=ana, now=now, revision=1)
    with pytest.raises(Conflict):
        drafts.save(session, task.id, {"text": "tres"}, by=ana, now=now, revision=1)


def test_a_service_that_fails_is_told_with_what_was_wrong(session, case, ana, rosa, now) -> None:
    write(session, case, ana, now)
    review(session, case, rosa, now)
    incident = services.fail(session, case.id, InvalidData({"date": ["Escriba una fecha."]}), now=now)
    assert "date: Escriba una fecha." in incident.message
    assert services.due(session, now) == []
    assert services.due(session, now + timedelta(minutes=2)) == [case.id]


def test_a_task_is_given_only_to_who_could_take_it(session, case, ana, rosa, now) -> None:
    task = write(session, case, ana, now).opened[0]
    director = type(ana)(rosa.person_id, rosa.name, None, (Grant("technical_director", "national"),))
    with pytest.raises(InvalidData):
        tasks.assign(session, task.id, ana.person_id, by=director, now=now)
    with pytest.raises(InvalidData):
        tasks.assign(session, task.id, 999, by=director, now=now)
    assert tasks.assign(session, task.id, rosa.person_id, by=director, now=now).assignee_id == rosa.person_id


def test_the_same_person_in_another_window_is_told(session, case, ana, now) -> None:
    task = first(session, case)
    drafts.save(session, task.id, {"text": "uno"}, by=ana, now=now, revision=0, page="a")
    drafts.save(session, task.id, {"text": "dos"}, by=ana, now=now, revision=0, page="a")  # its answer got lost
    with pytest.raises(Conflict) as caught:
        drafts.save(session, task.id, {"text": "tres"}, by=ana, now=now, revision=0, page="b")
    assert "en otra ventana" in caught.value.message
    assert drafts.save(session, task.id, {"text": "tres"}, by=ana, now=now, revision=2, page="b").revision == 3


def test_what_is_set_apart_for_other_tasks_stands_beside_the_answers(session, case, ana, now) -> None:
    task = first(session, case)
    drafts.save(session, task.id, {"text": "uno"}, by=ana, now=now, together=[8, 9])
    drafts.set_apart(session, task.id, {"questions": ["text"], "answers": {"8": {"text": "ocho"}}}, by=ana, now=now)
    drafts.set_apart(session, task.id, {"questions": [], "answers": {"9": {"text": "nueve"}}}, by=ana, now=now)
    draft = drafts.save(session, task.id, {"text": "dos"}, by=ana, now=now, revision=1)
    assert draft.data == {"text": "dos"}
    assert drafts.together_of(draft) == [8, 9]
    assert draft.apart["questions"] == []
    assert draft.apart["answers"] == {"8": {"text": "ocho"}, "9": {"text": "nueve"}}


def test_what_was_set_apart_in_another_window_is_not_overwritten(session, case, ana, now) -> None:
    task = first(session, case)
    drafts.save(session, task.id, {"text": "uno"}, by=ana, now=now)
    for _ in range(2):  # the answer to the first got lost
        drafts.set_apart(session, task.id, {"questions": ["text"]}, by=ana, now=now, revision=0, page="a")
    with pytest.raises(Conflict) as caught:
        drafts.set_apart(session, task.id, {"questions": []}, by=ana, now=now, revision=1, page="b")
    assert "en otra ventana" in caught.value.message


def test_who_may_not_complete_a_task_does_not_learn_who_did(session, case, ana, rosa, now) -> None:
    task = first(session, case)
    write(session, case, ana, now)
    with pytest.raises(Conflict):
        tasks.complete(session, task.id, {"text": "Otra vez"}, by=ana, now=now)
    with pytest.raises(NotAllowed):
        tasks.complete(session, task.id, {"text": "Otra vez"}, by=rosa, now=now)


def test_a_draft_of_a_task_that_ended_without_it_is_forgotten_in_time(session, case, ana, now) -> None:
    task = first(session, case)
    drafts.save(session, task.id, {"text": "a medias"}, by=ana, now=now)
    assert drafts.purge(session, now=now + timedelta(days=400)) == 0
    task.status = TaskStatus.CANCELLED
    session.flush()
    assert drafts.purge(session, now=now + drafts.KEPT) == 0
    assert drafts.purge(session, now=now + drafts.KEPT + timedelta(minutes=1)) == 1
    session.expire_all()
    assert drafts.find(session, task.id) is None


def test_a_case_put_back_to_an_earlier_state_goes_no_further(session, case, ana, rosa, now) -> None:
    """Who can write to the database cannot have a step done once more, or passed by."""
    state, its_seal = case.state, case.seal
    write(session, case, ana, now)
    case.state, case.seal = state, its_seal
    session.flush()
    with pytest.raises(DefinitionError) as refused:
        review(session, case, rosa, now)
    assert refused.value.code == "seal"


@pytest.mark.parametrize("said", [{"invented": "x"}, {"again": True}], ids=["in no diagram", "by no process"])
def test_a_service_says_nothing_that_is_not_declared(said, session, case, ana, rosa, notebook, now) -> None:
    notebook.says = said
    write(session, case, ana, now)
    review(session, case, rosa, now)
    before = case.variables
    with pytest.raises(DefinitionError, match=min(said)):
        settle(session, case, now)
    assert case.variables == before


def test_a_case_begins_with_nothing_that_its_process_does_not_name(session, toy, ana, now) -> None:
    links = instances.Links(title="Un caso")
    with pytest.raises(DefinitionError, match="again"):
        instances.start(session, toy.key, "otro", links=links, variables={"again": True}, by=ana, now=now)
    assert instances.by_key(session, toy.key, "otro") is None
