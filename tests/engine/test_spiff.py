"""The door to the library: what a step does, what a stored state keeps, what is refused."""

import pytest

from db.errors import Conflict
from db.errors import DefinitionError
from engine.bundle import Bundle
from engine.spiff import Run
from engine.spiff import Specs
from engine.spiff import parse
from tests.engine import diagrams as d


def specs(body: str, *, variables: str = "", messages: tuple[str, ...] = (), **files: str) -> Specs:
    named = {f"{key}.bpmn": text for key, text in files.items()}
    return parse(
        Bundle("caso", {"caso.bpmn": d.diagram("caso", body, variables=variables, messages=messages), **named})
    )


def restored(run: Run, variables: dict | None = None) -> Run:
    return Run.load(run.specs, run.dump(), variables or {})


def waiting(run: Run) -> list[str]:
    return sorted(work.element.id for work in run.tasks())


def do(run: Run, element: str) -> None:
    run.complete(next(work.id for work in [*run.tasks(), *run.services()] if work.element.id == element))


LOOP = (
    d.start() + d.choice("Gateway_Union") + d.user("Activity_Escribir") + d.choice("Gateway_Otra", "Flow_Fin") + d.end()
    + d.chain("Event_Inicio", "Gateway_Union", "Activity_Escribir", "Gateway_Otra")
    + d.flow("Gateway_Otra", "Gateway_Union", "again == True") + d.flow("Gateway_Otra", "Event_Fin", name="Flow_Fin")
)  # fmt: skip


def test_a_run_waits_at_its_first_task() -> None:
    assert waiting(Run.start(specs(LOOP, variables="again:yes_no"), {"again": False})) == ["Activity_Escribir"]


def test_it_ends_at_its_end_event() -> None:
    run = Run.start(specs(LOOP, variables="again:yes_no"), {"again": False})
    do(run, "Activity_Escribir")
    assert run.end == "Event_Fin"


@pytest.mark.parametrize("rounds", [1, 2, 600])
def test_the_state_stays_slim_through_any_number_of_rounds(rounds: int) -> None:
    run = Run.start(specs(LOOP, variables="again:yes_no"), {"again": True})
    for _ in range(rounds):
        run = restored(run, {"again": True})
        do(run, "Activity_Escribir")
    assert len(run.dump()) < 4000
    assert waiting(run) == ["Activity_Escribir"]


def test_what_has_not_begun_is_not_stored() -> None:
    names = [f"Activity_{number}" for number in range(60)]
    line = "".join(d.user(name) for name in names)
    body = d.start() + line + d.end() + d.chain("Event_Inicio", *names, "Event_Fin")
    run = restored(Run.start(specs(body), {}))
    assert len(run.workflow.tasks) < 5
    for name in names:
        assert waiting(run) == [name]
        do(run, name)
        run = run if run.end else restored(run)
    assert run.end == "Event_Fin"


def test_a_completed_task_cannot_be_completed_again() -> None:
    run = Run.start(specs(LOOP, variables="again:yes_no"), {"again": False})
    work = run.tasks()[0]
    run.complete(work.id)
    with pytest.raises(Conflict):
        run.complete(work.id)


PARALLEL = (
    d.start() + d.parallel("Gateway_Abrir") + d.user("Activity_A") + d.user("Activity_B")
    + d.parallel("Gateway_Cerrar") + d.user("Activity_C") + d.end()
    + d.chain("Event_Inicio", "Gateway_Abrir", "Activity_A", "Gateway_Cerrar", "Activity_C", "Event_Fin")
    + d.chain("Gateway_Abrir", "Activity_B", "Gateway_Cerrar")
)  # fmt: skip


@pytest.mark.parametrize("order", [("Activity_A", "Activity_B"), ("Activity_B", "Activity_A")])
def test_a_join_waits_for_every_branch_across_restores(order: tuple[str, str]) -> None:
    run = Run.start(specs(PARALLEL), {})
    do(run, order[0])
    run = restored(run)
    assert waiting(run) == [order[1]]
    do(run, order[1])
    assert waiting(restored(run)) == ["Activity_C"]


SUB = d.sub("Activity_Bloque", PARALLEL.replace('"Event_', '"Event_In'))
LOOPED = (
    d.start() + d.choice("Gateway_Union") + SUB + d.choice("Gateway_Otra", "Flow_Fin") + d.end()
    + d.chain("Event_Inicio", "Gateway_Union", "Activity_Bloque", "Gateway_Otra")
    + d.flow("Gateway_Otra", "Gateway_Union", "again == True") + d.flow("Gateway_Otra", "Event_Fin", name="Flow_Fin")
)  # fmt: skip


def test_a_parallel_block_in_a_sub_process_joins_rightly_in_every_round() -> None:
    run = Run.start(specs(LOOPED, variables="again:yes_no"), {"again": True})
    for _ in range(20):
        for element in ("Activity_A", "Activity_B", "Activity_C"):
            run = restored(run, {"again": True})
            assert element in waiting(run)
            do(run, element)
    assert len(run.dump()) < 8000


INNER = d.diagram(
    "interno", d.start() + d.user("Activity_Dentro") + d.end() + d.chain("Event_Inicio", "Activity_Dentro", "Event_Fin")
)
CALLS = (
    d.start() + d.call("Activity_Llamar", "interno") + d.boundary("Event_Retiro", "Activity_Llamar", "retiro")
    + d.user("Activity_Cerrar") + d.end() + d.end("Event_Retirado")
    + d.chain("Event_Inicio", "Activity_Llamar", "Activity_Cerrar", "Event_Fin")
    + d.flow("Event_Retiro", "Event_Retirado")
)  # fmt: skip


def test_a_called_process_returns_to_its_caller() -> None:
    run = restored(Run.start(specs(CALLS, messages=("retiro",), interno=INNER), {}))
    do(run, "Activity_Dentro")
    assert waiting(restored(run)) == ["Activity_Cerrar"]


def test_work_knows_the_process_in_which_it_stands() -> None:
    run = Run.start(specs(CALLS, messages=("retiro",), interno=INNER), {})
    assert [work.process_key for work in run.tasks()] == ["interno"]


def test_an_interrupting_message_ends_what_it_interrupts() -> None:
    run = restored(Run.start(specs(CALLS, messages=("retiro",), interno=INNER), {}))
    assert run.messages() == {"retiro"}
    run.send("retiro")
    assert (run.end, waiting(run)) == ("Event_Retirado", [])


def test_a_message_nobody_waits_for_is_refused() -> None:
    run = Run.start(specs(LOOP, variables="again:yes_no"), {"again": False})
    with pytest.raises(Conflict):
        run.send("retiro")


SERVED = d.start() + d.user("Activity_A") + d.service("Activity_S", "x.y") + d.user("Activity_B") + d.end() + d.chain(
    "Event_Inicio", "Activity_A", "Activity_S", "Activity_B", "Event_Fin"
)  # fmt: skip


def test_the_step_ends_before_a_service_task() -> None:
    run = Run.start(specs(SERVED), {})
    do(run, "Activity_A")
    run = restored(run)
    assert [work.element.operation for work in run.services()] == ["x.y"]
    do(run, "Activity_S")
    assert waiting(run) == ["Activity_B"]


TIMED = d.start() + d.wait("Event_Plazo", "working_days:3") + d.user("Activity_A") + d.end() + d.chain(
    "Event_Inicio", "Event_Plazo", "Activity_A", "Event_Fin"
)  # fmt: skip


def test_a_timer_waits_until_it_is_told() -> None:
    run = restored(Run.start(specs(TIMED), {}))
    (timer,) = run.timers()
    assert waiting(run) == []
    run.fire(timer.id)
    assert waiting(restored(run)) == ["Activity_A"]


def test_a_state_of_another_version_is_refused() -> None:
    import zlib

    run = Run.start(specs(LOOP, variables="again:yes_no"), {"again": False})
    with pytest.raises(DefinitionError):
        Run.load(run.specs, zlib.compress(b'{"version": 0}'), {})


def test_a_condition_that_fails_names_its_problem() -> None:
    run = Run.start(specs(LOOP, variables="again:yes_no"), {})
    with pytest.raises(DefinitionError, match="again"):
        do(run, "Activity_Escribir")


TURNING = (
    d.start() + d.choice("Gateway_Union") + d.choice("Gateway_Otra", "Flow_Fin") + d.user("Activity_A") + d.end()
    + d.chain("Event_Inicio", "Gateway_Union", "Gateway_Otra")
    + d.flow("Gateway_Otra", "Gateway_Union", "again == True")
    + d.flow("Gateway_Otra", "Activity_A", name="Flow_Fin") + d.flow("Activity_A", "Event_Fin")
)  # fmt: skip


def test_a_diagram_that_turns_without_waiting_is_stopped() -> None:
    with pytest.raises(DefinitionError) as stopped:
        Run.start(specs(TURNING, variables="again:yes_no"), {"again": True})
    assert stopped.value.code == "endless"


@pytest.mark.parametrize("asked", ["evaluate", "execute", "call_service"])
def test_the_library_evaluates_nothing_beside_our_engine(asked: str) -> None:
    run = restored(Run.start(specs(LOOP, variables="again:yes_no"), {"again": False}))
    with pytest.raises(DefinitionError):
        getattr(run.workflow.script_engine.environment, asked)("1 + 1", {})


def test_nothing_of_ours_enters_the_data_of_the_library() -> None:
    """A value called `typename` there would make the case unreadable for ever."""
    variables = {"again": True, "typename": "x", "self": "y"}
    run = restored(Run.start(specs(LOOP, variables="again:yes_no"), variables), variables)
    do(run, "Activity_Escribir")
    assert run.workflow.data == {}
    assert [task.data for task in run.workflow.tasks.values() if task.data] == []
