"""The milestones of a modification: each goes on with one in force or is new, passes C3, and carries its progress."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy.orm import Session

from db import Actor
from db.errors import InvalidData
from engine import definitions
from engine import submissions
from engine.context import Context
from engine.registry import Consequence
from forms import pairing
from forms.catalogues import catalogue
from forms.declaration import Option
from forms.likeness import likeness
from forms.words import listed
from tracking import adoption
from tracking import lineage
from tracking import modifications
from tracking import templates
from tracking.models import TemplateMilestone
from workflows import validated_milestones
from workflows.forms import milestones

Rows = Sequence[Mapping[str, Any]]

REQUEST = "Activity_SolicitarModificacion"
FIRST_C3, C3 = "Activity_ParametrizarHitos", "Activity_ParametrizarModificacion"
TABLE = "milestones"


@catalogue("milestones_in_force")
def offered(session: Session, context: Mapping[str, Any]) -> list[Option]:
    """What a row of a modification may go on with: the milestones in force of the product, or none."""
    product_id = context.get("product_id")
    before = in_force(session, int(product_id)) if product_id else []
    return [Option(lineage.NEW, "Es un hito nuevo"), *(Option(lineage.key(row), lineage.key(row)) for row in before)]


def in_force(session: Session, product_id: int) -> list[TemplateMilestone]:
    """The milestones of the version in force; none before the first."""
    current = templates.latest(session, product_id)
    return templates.milestones_of(session, current.id) if current is not None else []


def rows_in_force(
    session: Session, context: Context, data: Mapping[str, Any], since: int, until: datetime | None
) -> list[dict[str, Any]]:
    """The rows in force, as the protocol `data` or a later C3 says them, each with the milestone that it is.

    `since` is the submission that `data` comes from, and `until` the instant at which it was put in force.
    """
    own = submissions.latest(session, context.instance.id, C3, until=until) if until else context.submission(FIRST_C3)
    rows = own.data.get(TABLE) if own is not None and own.id > since else None
    known = {row.number: lineage.key(row) for row in in_force(session, context.ref("product_id"))}
    return [
        {**row, **({lineage.COLUMN: known[row["number"]]} if row.get("number") in known else {})}
        for row in rows or data.get(TABLE) or ()
    ]


def beside(before: Rows, asked: Rows) -> list[dict[str, Any]]:
    """The rows in force as those of a request are compared with them: what a row leaves unsaid is no change.

    A row that does not say with which milestone it goes on goes by its wording, which is compared as well.
    """
    plain, other = _without_line(before), _without_line(asked)
    found = pairing.pairs(milestones.MODIFIED, plain, other)
    unsaid = {i for i, j in found if j is not None and not asked[j].get(lineage.COLUMN)}
    return [plain[index] if index in unsaid else dict(row) for index, row in enumerate(before)]


def asked(context: Context) -> dict[str, Any]:
    """The request as it is to be put in force: with its milestones as C3 left them, where they went through it."""
    request, parameterised = context.submission(REQUEST), context.submission(C3)
    data = context.answers(REQUEST)
    if request is not None and parameterised is not None and parameterised.id > request.id:
        data[TABLE] = parameterised.data[TABLE]
    return data


def weights(context: Context) -> modifications.Weights | None:
    """What C3 said of the weights of this request; None when it was not asked."""
    request, found = context.submission(REQUEST), context.submission(C3)
    if request is None or found is None or found.id < request.id:
        return None
    return modifications.Weights(bool(found.data["weights_confirmed"]), str(found.data.get("template_note") or ""))


def compare(session: Session, context: Context, *, by: Actor, now: datetime) -> Mapping[str, bool]:
    """Whether the request changes milestones or weights, which then pass C3 before any plan may adopt them."""
    if context.variables["product_closed"]:
        return {"milestones_changed": False}
    rows = context.answers(REQUEST).get(TABLE) or ()
    return {"milestones_changed": modifications.changes_milestones(session, context.ref("product_id"), rows)}


def demand_lines(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """It is plain with which milestone in force each row goes on: what is doubtful is for a person to say."""
    rows = data.get(TABLE) or ()
    if data.get("desist") is True or not _asks(session, context):
        return
    before = in_force(session, context.ref("product_id"))
    errors: dict[str, list[str]] = {}
    for index, one in lineage.mistaken(before, rows):
        text = f"Esta fila se llama como el hito vigente «{lineage.key(one)}» y dice continuar otro: elija aquel."
        errors.setdefault(_path(index), []).append(text)
    for index in lineage.repeated(rows):
        errors.setdefault(_path(index), []).append("Otra fila ya continúa este hito: elija otro, o que es nuevo.")
    maybe: dict[int, list[str]] = {}
    for index, one in lineage.doubtful(before, rows):
        maybe.setdefault(index, []).append(f"«{lineage.key(one)}»")
    for index, names in maybe.items():
        name = rows[index].get("name") or ""
        errors.setdefault(_path(index), []).append(
            f"Diga si «{name}» continúa {listed(names, 'o')} o es un hito nuevo."
        )
    if errors:
        raise InvalidData(errors)


def demand_parameterised(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """C3 changes none of the milestones that C2 validated, and says with which in force each goes on."""
    validated_milestones.demand_of(REQUEST)(session, context, data, now=now)
    demand_lines(session, context, data, now=now)


def progress_told(session: Session, context: Context, rows: Rows) -> Iterator[Consequence]:
    """Which milestones with progress in running plans go, and which stay under a wording of their own."""
    product_id = context.ref("product_id")
    before, lines = in_force(session, product_id), lineage.of_product(session, product_id)
    done, found = adoption.done_in(session, product_id, lines), lineage.parents(before, rows)
    kept = {one.id for one in found if one is not None}
    for one in before:
        if one.id not in kept and (count := done.get(lines.roots[one.id], 0)):
            text = f"Se retira «{lineage.key(one)}», que ya está reportado en {_plans(count)}: en los que adopten la "
            yield Consequence("progress_retired", f"{text}modificación dejará de contar.", count, warning=True)
    for row, parent in zip(rows, found, strict=True):
        count = done.get(lines.roots[parent.id], 0) if parent is not None else 0
        if parent is not None and count and not _alike(parent.name, row.get("name")):
            text = f"«{parent.name}» pasa a llamarse «{row.get('name')}» y conserva lo reportado en {_plans(count)}: "
            yield Consequence("progress_renamed", f"{text}confirme que es el mismo hito.", count, warning=True)


def _without_line(rows: Rows) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != lineage.COLUMN} for row in rows]


def _asks(session: Session, context: Context) -> bool:
    """Whether the form of this case asks for it: cases from before the question go by the wording alone."""
    name = "parametrizacion_modificacion" if context.element == C3 else "solicitud_modificacion"
    found = definitions.form_hash(session, context.instance.definition_id, name)
    return any(one.name == lineage.COLUMN for one in definitions.form(session, found).field(TABLE).columns)


def _path(index: int) -> str:
    return f"{TABLE}/{index}/{lineage.COLUMN}"


def _alike(one: object, other: object) -> bool:
    return SequenceMatcher(None, likeness(one), likeness(other)).ratio() >= lineage.ALIKE


def _plans(count: int) -> str:
    return "1 plan" if count == 1 else f"{count} planes"


HANDLERS = {"tracking.compare_milestones": compare}
CHECKS = {"solicitud_modificacion": demand_lines, "parametrizacion_modificacion": demand_parameterised}
