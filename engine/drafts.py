"""Drafts: what was typed and not yet sent."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from db.types import dumps
from directory import access
from directory.models import Person
from directory.principal import Principal
from engine import attachments
from engine import endings
from engine import separation
from engine.models import Draft
from engine.models import Instance
from engine.models import Task
from engine.models import TaskStatus
from engine.tasks import form_of
from engine.tasks import subject_of
from forms import shape

APART_OVERTAKEN = (
    "Lo distinto de cada entidad se guardó en otra ventana o en otro dispositivo después de abrir esta página; lo que "
    "escribió aquí se conserva."
)
MAX_BYTES = 1_000_000
KEPT = timedelta(days=90)  # after it was saved, where its task ended


def save(
    session: Session,
    task_id: int,
    data: Mapping[str, Any],
    *,
    by: Principal,
    now: datetime,
    revision: int | None = None,
    page: str = "",
    together: Sequence[int] | None = None,
) -> Draft:
    """Keep `data` as the draft of a task, unchecked but for its size and for what no page could show.

    `revision` is that of the draft which was being edited, in the opened page that `page` names. A person who goes on
    in the same page is never late: a quiet saving may be under way, or its answer got lost. `together` are the other
    tasks for which it is to be sent too, when the page says it. Raises NotFound, NotAllowed, InvalidData when it is too
    large or an answer is not of the shape of its question, and Conflict when the task is open no more or it was saved
    since from elsewhere.
    """
    task = _open(session, task_id, by)
    _demand_room(data)
    misshapen = shape.problems(form_of(session, task), data)
    if misshapen:
        raise InvalidData(misshapen)
    draft = _locked(session, task_id)
    if draft is None:
        draft = Draft(task_id=task_id, revision=0, data={})
        session.add(draft)
    elif revision is not None and revision != draft.revision and not _same_page(draft, page, by):
        raise _overtaken(session, draft, by)
    draft.data, draft.saved_at, draft.saved_by, draft.page = dict(data), now, by.person_id, page
    draft.revision += 1
    if together is not None and list(together) != together_of(draft):
        draft.apart = {**draft.apart, "together": list(together)}
    session.flush()
    attachments.drafted(session, task_id, data, by=by, now=now)
    return draft


def set_apart(
    session: Session,
    task_id: int,
    parts: Mapping[str, Any],
    *,
    by: Principal,
    now: datetime,
    revision: int | None = None,
    page: str = "",
) -> Draft:
    """Keep, with the draft of a task, what was typed on its last look for the other entities of a batch.

    `parts` are mappings and lists by name: a list takes the place of the one before, a mapping changes the names that
    it has, so that what a page does not show stays. They have a `revision` of their own, which goes up here, and
    `page` is as for `save`: they are typed on another page than the answers. Raises NotFound, NotAllowed, InvalidData
    when it is too large, and Conflict when the task is open no more, its draft was discarded or they were saved since
    from elsewhere.
    """
    _open(session, task_id, by)
    draft = _locked(session, task_id)
    if draft is None:
        raise Conflict("El borrador se descartó; lo que escribió aquí no se guardó.", code="no-draft")
    before = draft.apart
    same_page = bool(page) and before.get("page") == page
    if revision is not None and revision != before.get("revision", 0) and not same_page:
        raise Conflict(APART_OVERTAKEN, code="stale")
    after = {**merged_apart(before, parts), "revision": before.get("revision", 0) + 1, "page": page}
    _demand_room({**draft.data, "": after})
    draft.apart = after
    session.flush()
    attachments.drafted(session, task_id, after, by=by, now=now)
    return draft


def merged_apart(before: Mapping[str, Any], parts: Mapping[str, Any]) -> dict[str, Any]:
    """What `set_apart` keeps of `before` and `parts`."""
    return {**before, **{name: _merged(before.get(name), value) for name, value in parts.items()}}


def together_of(draft: Draft) -> list[int]:
    """The other tasks for which a draft is to be sent too."""
    return list(draft.apart.get("together", ()))


def find(session: Session, task_id: int) -> Draft | None:
    """The draft of a task, if there is one."""
    return session.get(Draft, task_id)


def seen(session: Session, task: Task, *, by: Principal) -> Draft | None:
    """The draft of a task as `by` may see it: it is a matter of those who may complete the task."""
    grant = access.allowed(by, "task.complete", subject_of(task))
    if grant is None or separation.wrote_as(session, task, by, grant):
        return None
    return find(session, task.id)


def saved(session: Session, task_ids: Collection[int]) -> dict[int, datetime]:
    """When the drafts of those of `task_ids` that have one were saved."""
    statement = select(Draft.task_id, Draft.saved_at).where(Draft.task_id.in_(task_ids))
    return {row.task_id: row.saved_at for row in session.execute(statement)} if task_ids else {}


def discard(session: Session, task_id: int, *, by: Principal, now: datetime) -> None:
    """Throw a draft away. Raises NotFound, NotAllowed."""
    _writable(session, task_id, by)
    draft = find(session, task_id)
    if draft is not None:
        session.delete(draft)
        session.flush()


def purge(session: Session, *, now: datetime) -> int:
    """Delete drafts of tasks that ended without them, some time after they were typed. Returns how many."""
    ended = select(Task.id).where(Task.id == Draft.task_id, Task.status != TaskStatus.OPEN).exists()
    old = delete(Draft).where(Draft.saved_at < now - KEPT, ended)
    gone = session.scalars(old.returning(Draft.task_id).execution_options(synchronize_session=False))
    return len(gone.all())


def _writable(session: Session, task_id: int, by: Principal) -> Task:
    """The task, when `by` may complete it."""
    whole = joinedload(Task.instance).joinedload(Instance.definition)
    task = session.scalars(select(Task).where(Task.id == task_id).options(whole)).one_or_none()
    if task is None:
        raise NotFound("la tarea", task_id)
    separation.demand(session, task, by, access.demand(by, "task.complete", subject_of(task)))
    return task


def _open(session: Session, task_id: int, by: Principal) -> Task:
    """The task, when `by` may complete it and it still waits for that."""
    task = _writable(session, task_id, by)
    if task.status == TaskStatus.CANCELLED:
        said = f"La tarea ya no hace falta y el borrador no se guardó. {endings.of(session, task)}"
        raise Conflict(said, code="cancelled")
    if task.status != TaskStatus.OPEN:
        raise Conflict("La tarea ya se envió; el borrador no se guardó.", code="completed")
    return task


def _locked(session: Session, task_id: int) -> Draft | None:
    statement = select(Draft).where(Draft.task_id == task_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def _demand_room(data: Mapping[str, Any]) -> None:
    if len(dumps(dict(data))) > MAX_BYTES:
        raise InvalidData({"": ["El borrador es demasiado grande para guardarse."]})


def _merged(before: Any, after: Any) -> Any:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return merged_apart(before, after)
    return after


def _same_page(draft: Draft, page: str, by: Principal) -> bool:
    return bool(page) and draft.page == page and draft.saved_by == by.person_id


def _overtaken(session: Session, draft: Draft, by: Principal) -> Conflict:
    if draft.saved_by == by.person_id:
        return Conflict(
            "Usted guardó este borrador en otra ventana o en otro dispositivo después de abrir esta página; lo que "
            "escribió aquí se conserva.", code="stale",
        )  # fmt: skip
    name = session.scalar(select(Person.name).where(Person.id == draft.saved_by))
    return Conflict(
        f"{name} guardó este borrador después de que usted lo abrió; lo que escribió se conserva.", code="stale"
    )
