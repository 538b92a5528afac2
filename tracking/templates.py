"""The milestone template of a product, version by version."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from decimal import Decimal
from decimal import InvalidOperation
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory.principal import Principal
from forms.likeness import first_typed
from forms.likeness import likeness
from tracking import trace
from tracking import weights
from tracking.models import MilestoneTemplate
from tracking.models import TemplateMilestone

Row = Mapping[str, Any]


def parameterise(
    session: Session,
    product_id: int,
    rows: Sequence[Row],
    *,
    confirmed: bool = True,
    note: str = "",
    by: Actor,
    now: datetime,
) -> MilestoneTemplate:
    """Fix the milestones of a product as the next version of its template.

    `rows` are those of the table `milestones` of the forms: `number, name, moment, group, weight, group_weight, target,
    deadline`, and also `conditional, condition, note`; their order is the order of work. `confirmed=False` says that
    the weights are doubtful, and `note` why. Raises NotFound, Conflict when the product ended, and InvalidData at
    `milestones/<row>/<field>`.
    """
    product = trace.active_product(session, product_id)
    before = latest(session, product_id)
    milestones = read(rows, known=groups_of(session, before))
    if not confirmed:
        note = trace.required(note, "note", "Explique por qué los pesos no están confirmados.")
    version = (latest_version(session, product_id) or 0) + 1
    template = MilestoneTemplate(
        product_id=product_id, version=version, confirmed=confirmed, note=note, fixed_at=now, fixed_by=by.person_id
    )
    session.add(template)
    session.flush()
    for milestone in milestones:
        milestone.template_id = template.id
    session.add_all(milestones)
    session.flush()
    summary = f"Fijó la versión {version} de la plantilla, con {len(milestones)} hitos."
    trace.record(session, product, "template.fixed", summary, by=by, now=now, details={"confirmed": confirmed})
    return template


def confirm(session: Session, template_id: int, *, note: str, by: Principal, now: datetime) -> MilestoneTemplate:
    """Confirm weights that came from a doubtful source; `note` says who answers for them.

    Raises NotFound, NotAllowed without `template.confirm`, InvalidData (`note`), Conflict when they were confirmed
    already.
    """
    template = get(session, template_id)
    product = trace.product(session, template.product_id)
    people = frozenset({product.lead_id})
    actor = access.demand(by, "template.confirm", access.Subject(unit_id=product.unit_id, people=people))
    session.refresh(template)  # somebody else may have confirmed it while this one waited for the lock
    if template.confirmed:
        raise Conflict("Los pesos de esta plantilla ya están confirmados.", code="template_confirmed")
    note = trace.required(note, "note", "Escriba quién confirma los pesos y con qué soporte.")
    template.confirmed, template.confirmed_at, template.confirmed_by = True, now, actor.person_id
    session.flush()
    summary = f"Confirmó los pesos de la versión {template.version} de la plantilla."
    trace.record(session, product, "template.confirmed", summary, by=actor, now=now, reason=note)
    return template


def get(session: Session, template_id: int) -> MilestoneTemplate:
    """The template with this id. Raises NotFound."""
    template = session.get(MilestoneTemplate, template_id)
    if template is None:
        raise NotFound("la plantilla de hitos", template_id)
    return template


def latest(session: Session, product_id: int) -> MilestoneTemplate | None:
    """The template that new plans of a product take; None before the milestones are parameterised."""
    statement = select(MilestoneTemplate).where(MilestoneTemplate.product_id == product_id)
    return session.scalars(statement.order_by(MilestoneTemplate.version.desc()).limit(1)).first()


def latest_version(session: Session, product_id: int) -> int | None:
    """The number of the latest version, if there is one."""
    template = latest(session, product_id)
    return template.version if template else None


def milestones_of(session: Session, template_id: int) -> list[TemplateMilestone]:
    """The milestones of a template in the order of work."""
    statement = select(TemplateMilestone).where(TemplateMilestone.template_id == template_id)
    return list(session.scalars(statement.order_by(TemplateMilestone.position)))


def groups_of(session: Session, template: MilestoneTemplate | None) -> list[str]:
    """The names of the groups of a template, which a later version keeps."""
    return [row.group_name for row in milestones_of(session, template.id)] if template is not None else []


def read(rows: Sequence[Row], path: str = "milestones", *, known: Iterable[str] = ()) -> list[TemplateMilestone]:
    """The milestones in `rows`, with complete weights and without template.

    A group keeps its name as it was typed first, here or among those `known` before. Raises InvalidData under `path`.
    """
    if not rows:
        raise InvalidData({path: ["Escriba al menos un hito."]})
    errors: dict[str, list[str]] = {}
    _check_rows(rows, path, errors)
    asked = [
        weights.Asked(_text(row, "group"), _number(row, "weight", f"{path}/{index}/weight", errors),
                      _number(row, "group_weight", f"{path}/{index}/group_weight", errors))
        for index, row in enumerate(rows)
    ]  # fmt: skip
    if errors:
        raise InvalidData(errors)
    weighed, first = weights.complete(asked, path), first_typed(known)
    return [
        _milestone(row, position, w, first.get(likeness(w.group), w.group))
        for position, (row, w) in enumerate(zip(rows, weighed, strict=True), start=1)
    ]


def _milestone(row: Row, position: int, weighed: weights.Weights, group: str) -> TemplateMilestone:
    deadline = row.get("deadline") or None
    return TemplateMilestone(
        number=int(row["number"]),
        position=position,
        name=_text(row, "name"),
        moment=_text(row, "moment"),
        group_position=weighed.group_position,
        group_name=group,
        group_weight=weighed.group_weight,
        weight=weighed.weight,
        total_weight=weighed.total,
        target=_text(row, "target"),
        deadline=date.fromisoformat(deadline) if isinstance(deadline, str) else deadline,
        conditional=bool(row.get("conditional", False)),
        condition=_text(row, "condition"),
        note=_text(row, "note"),
    )


def _check_rows(rows: Sequence[Row], path: str, errors: dict[str, list[str]]) -> None:
    seen: set[int] = set()
    for index, row in enumerate(rows):
        if not _text(row, "name"):
            errors[f"{path}/{index}/name"] = ["Escriba el nombre del hito."]
        number = row.get("number")
        if not isinstance(number, int) or number < 1:
            errors[f"{path}/{index}/number"] = ["Escriba el número del hito."]
        elif number in seen:
            errors[f"{path}/{index}/number"] = [f"El número {number} está repetido."]
        else:
            seen.add(number)


def _text(row: Row, name: str) -> str:
    return str(row.get(name) or "").strip()


def _number(row: Row, name: str, path: str, errors: dict[str, list[str]]) -> Decimal | None:
    value = row.get(name)
    if value in (None, ""):
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        errors[path] = ["Escriba un porcentaje."]
        return None
