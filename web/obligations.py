"""Una obligación: why on that day, what meets it, what happened to it, and what can be done about it now."""

from collections.abc import Callable
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory import access
from directory.models import Person
from directory.principal import Principal
from edge import identity
from edge import names
from edge import owed_dates
from edge import working_days
from edge.permission import permission
from forms.words import listed
from notifications import acts
from notifications import chains
from notifications import early
from notifications import expected
from notifications import kinds
from notifications import obligations
from notifications import policies
from notifications import statements
from notifications import told
from notifications import waiting
from notifications.ledger import OPEN
from notifications.ledger import obligation_chain
from notifications.models import Fact
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.models import Statement
from notifications.models import StatementStatus
from notifications.obligation_notices import OBLIGATION
from notifications.statements import NewStatement
from notifications.supervisors import Book
from tracking.reports import owed
from web import histories
from web import once
from web.deadlines import MINE
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.reading_forms import Reader
from web.reading_forms import kept
from web.reading_forms import uploads

blueprint = Blueprint("web_obligations", __name__)

Problems = dict[str, list[str]]
NONE: Problems = {}


@blueprint.get("/plazos/<id:obligation_id>")
@permission("obligation.read")
def show(obligation_id: int) -> Response:
    return _page(obligation_id)


@blueprint.post("/plazos/<id:obligation_id>/constancia")
@permission("obligation.state")
def present(obligation_id: int) -> Response:
    """Present a statement; the file is kept on its own, so that a mistake elsewhere does not lose it."""
    by, now, read = identity.current(), clock.now(), Reader()
    token = _attached(read, by, now)
    day = read.day("happened_on")
    new = NewStatement(
        text=read.text("text"), happened_on=day, evidence_file=token, evidence_link=read.text("evidence_link"),
        confirmed=_confirmed(),
    )  # fmt: skip
    try:
        with transaction() as session:
            statements.present(session, obligation_id, new, by=by, now=now)
            read.check()
    except InvalidData as error:
        return _page(obligation_id, {**error.errors, **read.errors}, token)
    except (Conflict, NotAllowed) as error:
        return _page(obligation_id, {"": [error.message]}, token)
    once.got_through(f"constancia-{obligation_id}", by)
    flash("La constancia quedó presentada; la revisa quien supervisa.", "success")
    return go(f"/plazos/{obligation_id}")


def _attached(read: Reader, by: Principal, now: datetime) -> str:
    """The file of the evidence: the one chosen now, else that of an earlier try. What is wrong with it is noted."""
    try:
        with transaction() as session:
            return kept(uploads(session, "evidence_file", by=by.actor(), now=now))
    except InvalidData as error:
        read.errors |= error.errors
        return kept(request.form.getlist("evidence_file_kept"))


@blueprint.post("/plazos/<id:obligation_id>/constancias/<id:statement_id>/retiro")
@permission("obligation.state")
def withdraw(obligation_id: int, statement_id: int) -> Response:
    """Take back one's own statement while nobody decided it."""
    done = "La constancia quedó retirada; puede corregirla y presentarla de nuevo."
    return _act(obligation_id, done, partial(statements.withdraw, statement_id=statement_id))


@blueprint.post("/plazos/<id:obligation_id>/constancias/<id:statement_id>/aceptacion")
@permission("statement.decide")
def accept(obligation_id: int, statement_id: int) -> Response:
    done = "La constancia quedó aceptada y la obligación, cumplida."
    act = partial(statements.accept, statement_id=statement_id, remark=_typed("remark"), confirmed=_confirmed())
    return _act(obligation_id, done, act)


@blueprint.post("/plazos/<id:obligation_id>/constancias/<id:statement_id>/devolucion")
@permission("statement.decide")
def return_(obligation_id: int, statement_id: int) -> Response:
    done, wide = "La constancia quedó devuelta con su observación.", _typed("with_before") == "si"
    act = partial(statements.return_, statement_id=statement_id, remark=_typed("remark"), with_before=wide)
    return _act(obligation_id, done, act)


@blueprint.post("/plazos/<id:obligation_id>/dispensa")
@permission("obligation.waive")
def waive(obligation_id: int) -> Response:
    act = partial(acts.waive, obligation_id=obligation_id, reason=_typed("reason"))
    return _act(obligation_id, "La obligación quedó dispensada.", act, dated=True)


@blueprint.post("/plazos/<id:obligation_id>/reapertura")
@permission("obligation.waive")
def reopen(obligation_id: int) -> Response:
    act = partial(acts.reopen, obligation_id=obligation_id, reason=_typed("reason"), confirmed=_confirmed())
    return _act(obligation_id, "La obligación volvió a quedar abierta.", act, dated=True)


def _typed(name: str) -> str:
    return request.form.get(name, "")


def _confirmed() -> bool:
    return _typed("confirmed") == "si"


def _act(obligation_id: int, done: str, run: Callable[..., Any], *, dated: bool = False) -> Response:
    """Do something in a transaction of its own; what is wrong is said on the page.

    `dated`: the tasks that meet it have another date afterwards.
    """
    try:
        with transaction() as session:
            run(session, by=identity.current(), now=clock.now())
    except InvalidData as error:
        return _page(obligation_id, error.errors)
    except Conflict as error:
        return _page(obligation_id, {"": [error.message]})
    if dated:
        owed_dates.follow([obligation_id])
    flash(done, "success")
    return go(f"/plazos/{obligation_id}")


def _page(obligation_id: int, problems: Problems = NONE, token: str = "") -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        row = obligations.get(session, obligation_id, by=by)
        policy = policies.many(session, [row.policy_id])[row.policy_id].at(row.period_start)
        values = _about(session, row, policy, by)
        values |= _sayings(session, row, policy, by)
        values |= histories.values(session, obligation_chain(row.id))
    return page(
        "obligation.html", row.title, crumbs=[HOME, MINE], row=row, policy=policy, problems=problems, now=now,
        token=token, label=obligations.LABELS[ObligationStatus(row.status)], meets=_meets(policy), **values,
        code=422 if problems else 200,
    )  # fmt: skip


def _about(session: Session, row: Obligation, policy: policies.Held, by: Principal) -> dict[str, Any]:
    """Who owes it and who supervises it, what met it, its report, how it moved, and what `by` may do."""
    book = Book(session, clock.local_date(clock.now()))
    chosen = chains.deciders(session, book, row) or book.of(
        region_id=row.region_id, unit_id=row.unit_id, debtor_id=row.debtor_id
    )
    reminded = told.reminded(session, OBLIGATION, row.id) if access.may(by, "obligation.oversee") else []
    people = names.of_people(session, [row.debtor_id, *chosen, *(one.recipient_id for one in reminded)])
    others = row.debtor_id not in by.stands_for()
    waives = access.allowed(by, "obligation.waive", obligations.subject(row)) is not None and others
    return {
        "people": people,
        "reminded": reminded,
        "debtor_left": _left(session, row),
        "supervisors": listed([people[one] for one in chosen if one in people]),
        "several_supervise": sum(one in people for one in chosen) > 1,
        "fact": session.get(Fact, row.met_by) if row.met_by is not None else None,
        "moves": obligations.moves_of(session, row.id),
        "products": names.of_products(session, [row.product_id]),
        "report": owed.report_of(session, row, policy),
        "asks_report": owed.kind_of(policy) if row.debtor_id == by.person_id and row.status in OPEN else None,
        "may_waive": waives and row.status in OPEN,
        "may_reopen": waives and row.status == ObligationStatus.WAIVED,
        "region_names": names.of_regions(session, [row.region_id]),
    }


def _left(session: Session, row: Obligation) -> datetime | None:
    """Since when whoever owes it is active no more."""
    person = session.get(Person, row.debtor_id) if row.debtor_id is not None else None
    return person.disabled_at if person is not None else None


def _sayings(session: Session, row: Obligation, policy: policies.Held, by: Principal) -> dict[str, Any]:
    """The statements about it, and whether `by` may present one or decide the one that waits."""
    said = statements.of(session, row.id)
    said_now = next((one for one in said if one.status == StatementStatus.PRESENTED), None)
    states = access.allowed(by, "obligation.state", obligations.subject(row)) is not None
    fits = kinds.STATEMENT in policy.spec.met_by and row.status in OPEN
    now = clock.now()
    presents = states and fits and said_now is None and chains.waits_for(session, row) is None
    deciding = said_now if said_now and statements.may_decide(session, row, said_now, by=by, now=now) else None
    step_met = chains.following(session, row)
    return {
        "early": early.doubt(session, row, now),
        "statements": said,
        "unreadable": statements.count_unreadable(session, row.id),
        "again": said[0] if presents and said and said[0].status == StatementStatus.RETURNED else None,
        "withdrawable": said_now if said_now and statements.may_withdraw(row, said_now, by=by) else None,
        "reached": chains.step_of(session, row).reaches if deciding and statements.reached(session, row) else "",
        "late_said": deciding is not None and _late_said(row, deciding),
        "late_by": _days_late(row, deciding) if deciding else 0,
        **_accepted(row, said),
        "authors": names.of_people(session, [p for one in said for p in (one.presented_by, one.decided_by)]),
        "files": names.of_files(session, [one.evidence_file for one in said if one.evidence_file]),
        "may_present": presents,
        "in_review": said_now is not None,
        "step_before": chains.before(session, row),
        "awaited": (awaited := waiting.awaited(session, [row]).get(row.id)),
        "in_time": expected.if_in_time(session, row, now=now) if awaited else None,
        "step_met": step_met,
        "reads_met": step_met is not None
        and access.allowed(by, "obligation.read", obligations.subject(step_met)) is not None,
        "labels_of": obligations.LABELS,
        "deciding": deciding,
    }


def _accepted(row: Obligation, said: Sequence[Statement]) -> dict[str, Any]:
    """The statement that met it, and how many working days after its limit it was presented: 0 when it was in time."""
    if row.status not in (ObligationStatus.MET, ObligationStatus.LATE):
        return {}
    one = next((one for one in said if one.status == StatementStatus.ACCEPTED), None)
    late = one is not None and one.presented_at > row.limit_at
    return {"accepted": one, "presented_late": late, "days_late": _days_late(row, one) if one and late else 0}


def _days_late(row: Obligation, one: Statement) -> int:
    """How many working days after its limit it was presented."""
    return working_days.of(row).between(clock.local_date(row.limit_at), clock.local_date(one.presented_at))


def _late_said(row: Obligation, one: Statement) -> bool:
    """Whether it was presented after its limit and says that the thing was done before it: that is for who decides."""
    return one.presented_at > row.limit_at and one.happened_on <= clock.local_date(row.limit_at)


def _meets(policy: policies.Held) -> str:
    """«al registrar la asesoría, o con una constancia…»."""
    words = [("con " if kind == kinds.STATEMENT else "al ") + kinds.words(kind) for kind in policy.spec.met_by]
    return listed(words, "o")
