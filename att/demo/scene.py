"""One transaction of the demonstration: who acts, on which day, and how a case is pushed on."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from att.demo import days
from att.demo.cast import Cast
from att.demo.scale import Scale
from att.demo.story import Story
from db import files
from db.clock import local_date
from directory import attachments
from directory.principal import Principal
from engine import instances
from engine import operations
from engine import services
from engine import tasks
from engine.models import Instance
from engine.models import Task
from tracking.models import Product

MOST_STEPS = 300
"""No case takes more acts than this: who asks for more asks for something that never comes."""

ACTS_PER_DAY = 4


@dataclass(slots=True)
class Scene:
    """The session of a part, and the day on which its people act; `loaded` is the day of loading."""

    session: Session
    cast: Cast
    scale: Scale
    loaded: datetime
    ago: float = 0
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The instant at which the next act happens."""
        return days.before(self.loaded, max(self.ago, 0))

    def go_to(self, ago: float) -> None:
        """Go on `ago` days before loading."""
        self.ago = ago

    def pass_time(self) -> None:
        """A part of a day goes by, though never past the day of loading."""
        self.ago = max(self.ago - 1 / ACTS_PER_DAY, 0)

    def waiting(self, instance_id: int) -> list[Task]:
        """What waits for people in an instance."""
        return tasks.open_of(self.session, instance_id)

    def at(self, instance_id: int, element: str) -> Task:
        """The task that waits at `element`."""
        return next(task for task in self.waiting(instance_id) if task.element == element)

    def do(self, instance_id: int, element: str, story: Story, **changes: Any) -> tasks.Completed:
        """Complete the task at `element` with what the story says, as changed."""
        return self.complete(self.at(instance_id, element), story, changes)

    def complete(self, task: Task, story: Story, changes: Mapping[str, Any] | None = None) -> tasks.Completed:
        """Complete a task as whoever it is for, and let the services run that follow."""
        by = self.cast.doer(self.session, task)
        own = replace(story, files=[self._own_copy(token, by) for token in story.files])
        data = {**own.answers(self.session, task, now=self.now), **(changes or {})}
        done = tasks.complete(self.session, task.id, data, by=by, now=self.now, confirmed=True)
        self.settle(task.instance)
        self.pass_time()
        return done

    def _own_copy(self, token: str, by: Principal) -> str:
        """A paper that somebody may attach: as it is, or their own copy when they may not read it here."""
        if not attachments.foreign(self.session, [token], by=by):
            return token
        row = files.get(self.session, token)
        return files.save(self.session, row.name, files.content(row), by=by.actor(), now=self.now).token

    def settle(self, instance: Instance) -> None:
        """Run the services that wait in an instance."""
        while instance.awaits_service:
            services.run_next(self.session, instance.id, now=self.now)

    def settle_id(self, instance_id: int) -> None:
        """Run the services that wait in the instance with this id."""
        self.settle(instances.get(self.session, instance_id))

    def push(self, instance_id: int, story: Story, *, until: str = "", **changes: Mapping[str, Any]) -> None:
        """Do whatever waits, oldest first, until `until` waits or the case ends; `changes` are by element."""
        for _ in range(MOST_STEPS):
            waiting = self.waiting(instance_id)
            if not waiting or until in {task.element for task in waiting}:
                return
            self.complete(waiting[0], story, changes.get(waiting[0].element))
        raise AssertionError(f"{until or 'the end'} is never reached")

    def work_through(self) -> None:
        """Do the long work that waits, batch by batch."""
        for operation_id in operations.due(self.session, self.now):
            while operations.advance(self.session, operation_id, now=self.now):
                self.pass_time()

    def instance(self, product: Product) -> Instance:
        """The life of a product."""
        assert product.instance_id is not None, "a product begins with its life"
        return instances.get(self.session, product.instance_id)

    def today(self) -> str:
        """The day on which people act, as forms take it."""
        return local_date(self.now).isoformat()
