"""Decisions of statements: what is altered of them in the database shows, and hides nothing else; taking them back."""

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from db import history
from db import seals
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from notifications import ledger
from notifications import statements
from notifications.models import ObligationStatus
from notifications.models import Statement
from tests import databases
from tests.notifications.test_obligation_acts import Office
from tests.notifications.test_obligation_acts import first
from tests.notifications.test_obligation_acts import office
from tests.notifications.test_obligation_acts import said

__all__ = ["office"]

STRICT = databases.kind() == "postgresql"  # which refuses by itself what is no value of a column


@pytest.fixture
def returned(session: Session, now: datetime, office: Office) -> Statement:
    """One that was presented and returned."""
    statement = statements.present(session, first(session).id, said(), by=office.advisor, now=now)
    statements.return_(session, statement.id, "Falta el anexo", by=office.coordinator, now=now)
    session.flush()
    return statement


def altered(session: Session, statement: Statement, edit: str) -> list[tuple[int, str]]:
    """The breaks that are found, as act and problem, after the row was edited in the database."""
    key = statement.id
    session.expire_all()
    session.execute(text(f"UPDATE statement SET {edit} WHERE id = {key}"))
    session.expire_all()
    found = list(seals.verify(session))
    ends = history.heads(session, after=0, limit=200)
    assert sorted(found, key=str) == sorted(seals.check(session, history.chains_of(session, ends)), key=str)
    return [(one.sequence, one.problem) for one in found]


@pytest.mark.parametrize(
    "edit",
    ["status = 'ACCEPTED'", "remark = 'Otra'", "decided_by = presented_by", "decided_at = '2026-11-25 10:00:00'",
     "decided_at = NULL"],
)  # fmt: skip
def test_a_decision_that_was_altered_shows_at_its_act(session: Session, returned: Statement, edit: str) -> None:
    assert altered(session, returned, "remark = remark") == []
    assert altered(session, returned, edit) == [(2, "decision")]


def test_a_decision_that_nobody_took_shows(session: Session, now: datetime, office: Office) -> None:
    statement = statements.present(session, first(session).id, said(), by=office.advisor, now=now)
    assert altered(session, statement, "status = 'ACCEPTED'") == [(1, "decision")]


def test_a_decision_from_before_acts_named_their_statement_is_compared_too(
    session: Session, now: datetime, office: Office, returned: Statement
) -> None:
    again = statements.present(session, returned.obligation_id, said(), by=office.advisor, now=now)
    statements.accept(session, again.id, remark="Bien", by=office.monitor, now=now)
    for act in history.of(session, ledger.obligation_chain(returned.obligation_id)):
        if act.action in ("statement.returned", "statement.accepted"):
            act.details = {}
    session.flush()
    assert altered(session, again, "remark = remark") == []
    assert altered(session, again, "remark = 'Mal'") == [(4, "decision")]
    assert altered(session, returned, "remark = 'Otra'") == [(2, "decision"), (4, "decision")]


@pytest.mark.parametrize("edit", ["status = 'accepted'", "decided_at = 'ayer'"])
def test_one_that_cannot_be_read_shows_and_hides_no_other(
    session: Session, now: datetime, office: Office, returned: Statement, edit: str
) -> None:
    if STRICT:
        assert databases.refuses(session, f"UPDATE statement SET {edit} WHERE id = {returned.id}")
        return
    again = statements.present(session, returned.obligation_id, said(), by=office.advisor, now=now)
    statements.return_(session, again.id, "Todavía falta", by=office.monitor, now=now)
    assert altered(session, returned, edit) == [(2, "decision")]
    assert altered(session, again, "text = 'Otro'") == [(3, "content"), (2, "decision")]


def test_one_that_cannot_be_read_does_not_hide_the_obligation(
    session: Session, now: datetime, office: Office, returned: Statement
) -> None:
    row = returned.obligation_id
    if STRICT:
        assert databases.refuses(session, f"UPDATE statement SET status = 'accepted' WHERE id = {returned.id}")
        return
    again = statements.present(session, row, said(), by=office.advisor, now=now)
    altered(session, returned, "status = 'accepted'")
    assert [one.id for one in statements.of(session, row)] == [again.id]
    assert statements.count_unreadable(session, row) == 1


@pytest.mark.parametrize(
    ("edit", "problem"),
    [("details = '{'", "altered"), ("at = 'ayer'", "altered"), ("sequence = 'x'", "missing")],
)
def test_an_act_that_cannot_be_read_shows_and_hides_no_other(
    session: Session, returned: Statement, edit: str, problem: str
) -> None:
    chain = ledger.obligation_chain(returned.obligation_id)
    where = f"subject_kind = 'obligation' AND subject_id = {chain.id} AND sequence = 1"
    if STRICT and not edit.startswith("details"):
        assert databases.refuses(session, f"UPDATE history SET {edit} WHERE {where}")
        return
    session.expire_all()
    session.execute(text(f"UPDATE history SET {edit} WHERE {where}"))
    session.expire_all()
    found = list(history.verify(session))
    assert problem in [one.problem for one in found if one.subject == chain]
    assert all(one.subject == chain for one in found)
    assert isinstance(list(seals.verify(session)), list)


# --- Withdrawing ---


def test_who_presented_it_takes_it_back_until_it_is_decided(session: Session, now: datetime, office: Office) -> None:
    row = first(session)
    statement = statements.present(session, row.id, said(), by=office.advisor, now=now)
    assert statements.may_withdraw(row, statement, by=office.advisor)
    with pytest.raises(NotAllowed):
        statements.withdraw(session, statement.id, by=office.coordinator, now=now)
    statements.withdraw(session, statement.id, by=office.advisor, now=now)
    session.flush()
    session.expire_all()
    assert statement.withdrawn
    assert statements.last(session) == []  # nobody is told to correct what they took back themselves
    assert statements.to_decide(session, by=office.coordinator, now=now) == []
    with pytest.raises(Conflict, match="la retiró"):
        statements.accept(session, statement.id, by=office.coordinator, now=now)
    assert history.of(session, ledger.obligation_chain(row.id))[-1].action == "statement.withdrawn"
    again = statements.present(session, row.id, said(text="Bien escrito"), by=office.advisor, now=now)
    statements.accept(session, again.id, by=office.coordinator, now=now)
    assert row.status in (ObligationStatus.MET, ObligationStatus.LATE)
    with pytest.raises(Conflict, match="ya se decidió"):
        statements.withdraw(session, again.id, by=office.advisor, now=now)
    assert list(seals.verify(session)) == []


# --- What is wrong, all at once ---


def test_everything_that_is_wrong_is_told_at_once(session: Session, now: datetime, office: Office) -> None:
    with pytest.raises(InvalidData) as refused:
        statements.present(
            session, first(session).id, said(text=" ", happened_on=None, evidence_link=""), by=office.advisor, now=now
        )
    assert refused.value.errors.keys() == {"text", "happened_on", "evidence_link"}


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"text": "x" * 4001}, "text"), ({"evidence_link": "https://e.org/" + "x" * 2000}, "evidence_link")],
)
def test_a_text_has_a_limit(
    session: Session, now: datetime, office: Office, changes: dict[str, str], path: str
) -> None:
    with pytest.raises(InvalidData) as refused:
        statements.present(session, first(session).id, said(**changes), by=office.advisor, now=now)
    assert refused.value.errors.keys() == {path}
    assert "como máximo" in refused.value.errors[path][0]


def test_a_remark_has_a_limit(session: Session, now: datetime, office: Office) -> None:
    statement = statements.present(session, first(session).id, said(text="x" * 4000), by=office.advisor, now=now)
    with pytest.raises(InvalidData) as refused:
        statements.return_(session, statement.id, "x" * 4001, by=office.coordinator, now=now)
    assert refused.value.errors["remark"] == [
        "Escriba como máximo 4.000 caracteres en «Observación»: tiene 4.001."
    ]  # fmt: skip
