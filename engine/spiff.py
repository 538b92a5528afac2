"""The only door to SpiffWorkflow: parse, start, load, advance, complete, send, prune, dump.

Nothing of ours enters the library's task data: conditions read the instance's variables, forms and
answers stay in our tables. So the stored state is only the tree of work items, slim whatever happened.
What the library predicts (all that may follow) is not stored: what follows a work item is drawn when it runs.
"""

import json
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import ClassVar
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.defaults import EndEvent
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.task_spec import ServiceTaskParser
from SpiffWorkflow.spiff.specs.defaults import ServiceTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from db import packed
from db.errors import Conflict
from db.errors import DefinitionError
from engine import expressions
from engine.bundle import Bundle
from engine.bundle import Element

STATE_VERSION = 1
STEP_BUDGET = 2000
LIVE: int = TaskState.READY | TaskState.WAITING | TaskState.STARTED  # below these everything is predicted
FINISHED: int = TaskState.FINISHED_MASK
_NEVER = "9999-12-31T00:00:00+00:00"


class _ServiceTask(ServiceTask):  # type: ignore[misc]
    """A service task that does nothing itself: our services run the handler, then complete it."""

    def _execute(self, task: Task) -> bool:
        return True


class _Parser(SpiffBpmnParser):  # type: ignore[misc]
    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("serviceTask"): (ServiceTaskParser, _ServiceTask),
    }


class _Engine(PythonScriptEngine):  # type: ignore[misc]
    """Evaluates conditions over the instance's variables and refuses every script."""

    def __init__(self, variables: Mapping[str, expressions.Scalar]) -> None:
        super().__init__(environment=_Environment())
        self.variables = variables

    def evaluate(self, task: Task, expression: str, external_context: object = None) -> Any:
        if isinstance(task.task_spec, CatchingEvent):
            return _NEVER  # due instants are our rows; the library never decides that a time has come
        return expressions.evaluate(expression, self.variables)

    def execute(self, task: Task, script: str, external_context: object = None) -> Any:
        raise DefinitionError("Los diagramas no pueden llevar programas.", element=task.task_spec.name, code="script")

    def call_service(self, task: Task, **_kwargs: Any) -> str:
        raise DefinitionError("Servicio fuera de lugar.", element=task.task_spec.name, code="service")


class _Environment:
    """Three call sites of the library bypass the engine object: they find nothing here."""

    def evaluate(self, *_args: Any, **_kwargs: Any) -> Any:
        raise DefinitionError("Expresión fuera de lugar.", code="expression-forbidden")

    execute = call_service = evaluate


@dataclass(frozen=True, slots=True)
class Specs:
    """The parsed bundle: shared by every instance of its version, never changed."""

    bundle: Bundle
    top: Any
    called: Mapping[str, Any]

    def kinds(self, scope: str) -> Mapping[str, str]:
        """What the library makes of the process or sub-process `scope`: name of each of its parts → its class."""
        spec = self.top if scope == self.top.name else self.called.get(scope)
        return {name: type(part).__name__ for name, part in spec.task_specs.items()} if spec is not None else {}


@dataclass(frozen=True, slots=True)
class Work:
    """A work item that waits: a person's task, a service, a timer."""

    id: str
    process_key: str
    element: Element


def parse(bundle: Bundle) -> Specs:
    """The library's specification of `bundle`. Raises DefinitionError naming file and element."""
    parser = _Parser()
    try:
        for name, tree in bundle.trees.items():
            parser.add_bpmn_xml(tree, filename=name)
        top = parser.get_spec(bundle.key)
        called = parser.get_subprocess_specs(bundle.key)
    except SpiffWorkflowException as error:
        raise DefinitionError(
            "El diagrama no se puede leer: " + str(error),
            file=str(getattr(error, "file_name", "") or ""),
            line=int(getattr(error, "line_number", 0) or getattr(error, "sourceline", 0) or 0),
            code="unreadable",
        ) from error
    return Specs(bundle, top, called)


@dataclass(slots=True)
class Run:
    """One instance in memory, between load and dump."""

    specs: Specs
    workflow: Any
    passed: list[tuple[str, str]] = field(
        default_factory=list
    )  # (process key, element) in the order they were completed
    chosen: list[tuple[str, str, str]] = field(default_factory=list)  # (process key, decision, where it went)
    completed: set[str] = field(default_factory=set)  # ids of the work items that `complete` was told of
    end: str = ""  # the end event of the outermost process, once reached
    served: frozenset[str] = frozenset()  # ids of the services that waited already when it was loaded

    @classmethod
    def start(cls, specs: Specs, variables: Mapping[str, expressions.Scalar]) -> "Run":
        """A new run at its first tasks."""
        workflow = BpmnWorkflow(specs.top, dict(specs.called), script_engine=_Engine(variables))
        run = cls(specs, workflow)
        run.advance()
        return run

    @classmethod
    def load(cls, specs: Specs, state: bytes, variables: Mapping[str, expressions.Scalar]) -> "Run":
        """The run that `dump` wrote. Raises DefinitionError for a state of another version."""
        stored = json.loads(packed.unpack(state))
        if stored.get("version") != STATE_VERSION:
            raise DefinitionError("El estado guardado es de otra versión.", code="state-version")
        workflow = BpmnWorkflow(specs.top, dict(specs.called), script_engine=_Engine(variables), deserializing=True)
        _restore(workflow, stored["top"], stored["subs"], workflow)
        run = cls(specs, workflow)
        run.served = frozenset(work.id for work in run.services())
        return run

    def account(self) -> dict[str, Any]:
        """What history keeps of an act: the elements that it passed, and the services that it brought about, by id."""
        brought = [work.id for work in self.services() if work.id not in self.served]
        return {"passed": self.passed, **({"services": brought} if brought else {})}

    def called_now(self, process_key: str) -> bool:
        """Whether this act has entered the process `process_key` at its start."""
        starts = {one.id for one in self.specs.bundle.elements[process_key]
                  if one.kind == "start" and one.scope == process_key}  # fmt: skip
        return any(key == process_key and element in starts for key, element in self.passed)

    def dump(self) -> bytes:
        """The pruned state as bytes; the order of its keys carries meaning."""
        _prune(self.workflow)
        stored = {
            "version": STATE_VERSION,
            "top": _tree(self.workflow),
            "subs": {str(task_id): _tree(sub) for task_id, sub in self.workflow.subprocesses.items()},
        }
        return packed.pack(json.dumps(stored, separators=(",", ":")))

    def tasks(self) -> list[Work]:
        """What waits for people."""
        return [self._work(task) for task in self._ready() if task.task_spec.manual]

    def services(self) -> list[Work]:
        """What waits for a handler, first come first."""
        return [self._work(task) for task in self._ready() if isinstance(task.task_spec, _ServiceTask)]

    def timers(self) -> list[Work]:
        """What waits for a time."""
        return [self._work(task) for task in self._waiting(TimerEventDefinition)]

    def messages(self) -> frozenset[str]:
        """Names of the messages that something waits for now."""
        return frozenset(task.task_spec.event_definition.name for task in self._waiting(MessageEventDefinition))

    def complete(self, work_id: str) -> None:
        """Complete a waiting task or service and go on. Raises Conflict when it does not wait any more.

        The library itself would run any work item in any state: this is the one place that calls it.
        """
        task = _find(self.workflow, UUID(work_id))
        if task is None or task.state != TaskState.READY:
            raise Conflict("Este paso ya no está disponible.")
        self.completed.add(work_id)
        self._run(task)
        self.advance()

    def send(self, message: str) -> None:
        """Deliver a message. Raises Conflict when nothing waits for it."""
        waiting = [
            task for task in self._waiting(MessageEventDefinition) if task.task_spec.event_definition.name == message
        ]
        if not waiting:
            raise Conflict("El proceso no espera este mensaje en su estado actual.")
        self.workflow.send_event(BpmnEvent(waiting[0].task_spec.event_definition))
        self.advance()

    def fire(self, work_id: str) -> None:
        """Tell a timer that its time has come. Raises Conflict when it does not wait any more."""
        for task in self._waiting(TimerEventDefinition):
            if str(task.id) == work_id:
                task._set_internal_data(event_fired=True)
                task.task_spec._update(task)
                self.advance()
                return
        raise Conflict("El plazo ya no está vigente.")

    def advance(self) -> None:
        """Take every step that needs neither a person nor a handler. Raises DefinitionError past the budget."""
        for _ in range(STEP_BUDGET):
            task = self._next_automatic()
            if task is None:
                return
            self._run(task)
        raise DefinitionError("El diagrama da vueltas sin esperar a nadie.", code="endless")

    def _next_automatic(self) -> Task | None:
        for workflow in self._deepest_first():
            for task in list(workflow.tasks.values()):
                if (
                    task.state == TaskState.READY
                    and not task.task_spec.manual
                    and not isinstance(task.task_spec, _ServiceTask)
                ):
                    return task
            if workflow.parent_task_id is not None:
                parent = self.workflow.get_task_from_id(workflow.parent_task_id)
                if parent.state != TaskState.READY:
                    parent.task_spec._update(parent)
        return None

    def _run(self, task: Task) -> None:
        spec = task.task_spec
        if not task._children:  # its prediction was not stored
            spec._predict_hook(task)
        task.run()
        element = self.specs.bundle.element(task.workflow.spec.name, spec.name)
        if element is not None:
            self.passed.append((element.process_key, element.id))
            if element.kind == "choice":
                went = (child.task_spec.name.partition(".")[0] for child in task.children)
                self.chosen.extend((element.process_key, element.id, target) for target in went)
        if isinstance(spec, EndEvent) and task.workflow is self.workflow:
            self.end = spec.name

    def _work(self, task: Task) -> Work:
        element = self.specs.bundle.element(task.workflow.spec.name, task.task_spec.name)
        assert element is not None, f"{task.task_spec.name} stands in no diagram"
        return Work(str(task.id), element.process_key, element)

    def _ready(self) -> list[Task]:
        return [task for workflow in self._all() for task in workflow.tasks.values() if task.state == TaskState.READY]

    def _waiting(self, kind: type) -> list[Task]:
        found = list(self.workflow.event_manager.tasks.values())
        return [
            task for task in found
            if task.state == TaskState.WAITING and isinstance(task.task_spec.event_definition, kind)
        ]  # fmt: skip

    def _all(self) -> Iterator[Any]:
        yield self.workflow
        yield from self.workflow.subprocesses.values()

    def _deepest_first(self) -> list[Any]:
        active = sorted(self.workflow.get_active_subprocesses(), key=lambda sub: sub.depth, reverse=True)
        return [*active, self.workflow]


def _tree(workflow: Any) -> dict[str, Any]:
    return {
        "spec": workflow.spec.name,
        "root": str(workflow.task_tree.id),
        "completed": workflow.completed,
        "tasks": [
            [str(task.id), str(task._parent) if task._parent else None, task.state, task.task_spec.name,
             task.triggered, dict(task.internal_data), [str(child) for child in task._children]]
            for task in workflow.tasks.values()
        ],
    }  # fmt: skip


def _restore(workflow: Any, stored: Mapping[str, Any], subs: Mapping[str, Any], top: Any) -> None:
    for task_id, parent, state, spec_name, triggered, internal, children in stored["tasks"]:
        task = Task(workflow, workflow.spec.task_specs[spec_name], state=state, id=UUID(task_id))
        task._parent = UUID(parent) if parent else None
        task._children = [UUID(child) for child in children]
        task.triggered = triggered
        task.internal_data = internal
        if isinstance(task.task_spec, CatchingEvent) and state == TaskState.WAITING:
            top.event_manager.add_task(task)
    workflow.task_tree = workflow.tasks[UUID(stored["root"])]
    workflow.completed = stored["completed"]
    for task in list(workflow.tasks.values()):
        inner = subs.get(str(task.id))
        if inner is not None and isinstance(task.task_spec, SubWorkflowTask):
            sub = BpmnSubWorkflow(top.subprocess_specs[inner["spec"]], task.id, top, deserializing=True)
            top.subprocesses[task.id] = sub
            _restore(sub, inner, subs, top)
            sub.completed_event.connect(task.task_spec._on_subworkflow_completed, task)


def _prune(workflow: Any) -> None:
    """Drop what nothing can come back to (ended sub-processes, the finished chain above the live work) and guesses."""
    while ended := [task_id for task_id in workflow.subprocesses if _ended(_find(workflow, task_id))]:
        for task_id in ended:
            del workflow.subprocesses[task_id]
    for tree in (workflow, *workflow.subprocesses.values()):
        _collapse(tree)


def _find(workflow: Any, task_id: UUID) -> Task | None:
    trees = (workflow, *workflow.subprocesses.values())
    return next((tree.tasks[task_id] for tree in trees if task_id in tree.tasks), None)


def _ended(owner: Task | None) -> bool:
    return owner is None or owner.has_state(TaskState.FINISHED_MASK)


def _collapse(tree: Any) -> None:
    live = [task for task in tree.tasks.values() if task.has_state(LIVE)]
    if not live:
        return
    for task in live:
        task._drop_children()  # nothing below live work has begun
    keep = _common_ancestor(tree, live)
    root = tree.task_tree
    if keep is root or keep._parent == root.id:
        return
    kept = {root.id} | {task.id for task in _descendants(tree, keep)}
    for task_id in [task_id for task_id in tree.tasks if task_id not in kept]:
        del tree.tasks[task_id]
    root._children = [keep.id]
    keep._parent = root.id


def _common_ancestor(tree: Any, live: list[Task]) -> Task:
    """The deepest finished task above all of `live` (a live task itself is never the one to keep)."""
    lines = [list(_line(tree, task)) for task in live]
    common = lines[0]
    for line in lines[1:]:
        common = [one for one, other in zip(common, line, strict=False) if one is other]
    finished = [task for task in common if task.has_state(TaskState.FINISHED_MASK)]
    return finished[-1] if finished else tree.task_tree


def _line(tree: Any, task: Task) -> Iterator[Task]:
    above = []
    while task is not None:
        above.append(task)
        task = tree.tasks.get(task._parent)
    yield from reversed(above)


def _descendants(tree: Any, task: Task) -> Iterator[Task]:
    waiting = [task]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(tree.tasks[child] for child in here._children if child in tree.tasks)
