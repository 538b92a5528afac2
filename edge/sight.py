"""Which instances a person sees: those of their places, and those in which they take part."""

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import Text
from sqlalchemy import cast
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db.errors import NotAllowed
from db.errors import NotFound
from db.paging import Key
from db.paging import Page
from db.paging import page
from directory import access
from directory.access import ScopeColumns
from directory.principal import Principal
from engine import instances
from engine import reserved
from engine import sight
from engine import submissions
from engine.models import Definition
from engine.models import Instance
from engine.models import Submission

PLACES = ScopeColumns(unit_id=Instance.unit_id, entity_id=Instance.entity_id, region_id=Instance.region_id)


def instance(session: Session, instance_id: int, *, by: Principal) -> Instance:
    """The instance with its definition. Raises NotFound, NotAllowed."""
    row = instances.get(session, instance_id)
    if not sight.may_read(row, by):
        raise NotAllowed("Usted no tiene permiso para ver lo que se envió aquí.", action="history.read", hidden=True)
    return row


def submission(session: Session, instance_id: int, submission_id: int, *, by: Principal) -> Submission:
    """What was sent in an instance, with its data, for whoever reads the instance or sent it.

    Raises NotFound, NotAllowed.
    """
    row, found = instances.get(session, instance_id), submissions.get(session, submission_id)
    if not sight.sent_by(found, by):
        instance(session, row.id, by=by)
    if found.instance_id != row.id:
        raise NotFound("el envío", submission_id)
    return found


def listed(
    session: Session,
    by: Principal,
    *,
    process: str = "",
    status: str = "",
    business_key: str = "",
    limit: int = 25,
    cursor: str = "",
) -> Page[Instance]:
    """The instances that `by` may see, newest first."""
    wanted = select(Instance.id).join(Definition)
    if process:
        wanted = wanted.where(Definition.key == process)
    if status:
        wanted = wanted.where(Instance.status == status)
    if business_key:
        wanted = wanted.where(Instance.business_key == business_key)
    seen = reserved.cases(access.visible(wanted, by, "history.read", PLACES), by, PLACES)
    mine = wanted.where(_takes_part(by.stands_for()))
    statement: Select[Instance] = (
        select(Instance)
        .where(or_(Instance.id.in_(seen), Instance.id.in_(mine)))
        .options(joinedload(Instance.definition))
    )
    return page(session, statement, [Key(Instance.id, descending=True)], limit=limit, cursor=cursor)


def _takes_part(people: frozenset[int]) -> ColumnElement[bool]:
    """Rows whose participants, kept as JSON, name one of `people`."""
    text = cast(Instance.people, Text)
    return or_(*(text.like(f'%":{person}{end}%') for person in sorted(people) for end in ",}"))
