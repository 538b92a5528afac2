"""Whose account it is: the first time by the verified address, then by its name at the provider alone."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from flask import Flask

from db import SYSTEM
from db import clock
from db import history
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory import identities
from directory import people
from directory.identities import Vouched
from edge.oidc import installed
from tests.edge.oidc.conftest import Visitor
from tests.edge.oidc.conftest import registered
from tests.edge.oidc.provider import Issued
from tests.edge.oidc.provider import Provider


def acts(person_id: int) -> Sequence[str]:
    with reading() as session:
        return [row.action for row in history.of(session, history.Subject("person", person_id))]


def remove(person_id: int, reason: str = "Se equivocó de cuenta") -> int:
    with transaction() as session:
        (row,) = identities.in_use(session, person_id)
        identities.remove(session, person_id, row.id, reason=reason, by=SYSTEM, now=clock.now())
        return row.id


def refused(visitor: Visitor, username: str) -> str:
    """What somebody reads who may not enter."""
    answer = visitor.enters(username)
    assert answer.status_code == 403
    assert not visitor.is_in
    return answer.get_data(as_text=True)


def test_the_first_time_the_verified_address_decides(visitor: Visitor, ana: int) -> None:
    visitor.enters("ana")
    visitor.client.delete_cookie("att_session")
    visitor.enters("ana")
    with reading() as session:
        (row,) = identities.of(session, ana)
    assert (row.subject, row.email) == ("sub-ana", "ana@dnp.gov.co")
    assert acts(ana) == ["person.added", "identity.linked"], "it is told once"


def test_an_address_may_be_written_in_capitals(visitor: Visitor, provider: Provider, ana: int) -> None:
    provider.knows("ana", email="Ana@DNP.gov.co")
    visitor.enters("ana")
    assert visitor.is_in


def test_afterwards_the_address_decides_nothing(visitor: Visitor, provider: Provider, ana: int) -> None:
    julio = registered("Julio Peña", "julio@dnp.gov.co")
    visitor.enters("ana")
    visitor.client.delete_cookie("att_session")
    provider.knows("ana", email="julio@dnp.gov.co")
    visitor.enters("ana")
    assert visitor.client.get("/api/v1/me").json["person_id"] == ana
    with reading() as session:
        assert identities.of(session, julio) == []


def test_whoever_is_not_registered_reads_what_to_do(visitor: Visitor, ana: int) -> None:
    assert "no está registrada" in refused(visitor, "julio")
    with reading() as session:
        assert people.find(session, "julio@dnp.gov.co") is None


@pytest.mark.parametrize("said", [False, None, "no", "false", 0, 2, [True], {}])
def test_an_address_that_was_not_verified_links_nothing(
    visitor: Visitor, provider: Provider, ana: int, said: object
) -> None:
    provider.knows("otra", email="ana@dnp.gov.co", email_verified=said)
    assert "verificado" in refused(visitor, "otra")


@pytest.mark.parametrize("said", [True, "true", 1, "1"])
def test_the_installation_says_which_claim_tells_it(
    visitor: Visitor, provider: Provider, ana: int, said: object
) -> None:
    """Entra ID calls it otherwise, and providers write a yes in several ways."""
    app = visitor.client.application
    connection = installed.of(app)
    assert connection
    installed.use(app, replace(connection.provider, verified_claim="xms_edov"))
    provider.knows("ana", email="ana@dnp.gov.co")
    assert "verificado" in refused(visitor, "ana"), "what it usually is called does not count there"
    provider.knows("ana", email="ana@dnp.gov.co", xms_edov=said)
    visitor.enters("ana")
    assert visitor.is_in


def test_an_address_that_nobody_says_was_verified_links_nothing(visitor: Visitor, provider: Provider, ana: int) -> None:
    provider.people["otra"] = {"sub": "sub-otra", "email": "ana@dnp.gov.co"}
    assert "verificado" in refused(visitor, "otra")


def test_who_has_no_address_is_linked_to_nobody(visitor: Visitor, provider: Provider, ana: int) -> None:
    registered("Sin correo", "")
    provider.knows("otra")
    assert "verificado" in refused(visitor, "otra")


def test_an_address_that_two_accounts_have_links_the_first(visitor: Visitor, provider: Provider, ana: int) -> None:
    """An address is given anew to who comes after somebody left: they are not who left."""
    visitor.enters("ana")
    visitor.client.delete_cookie("att_session")
    provider.knows("otra", email="ana@dnp.gov.co")
    visitor.outside.cookies.clear()
    assert "ya ingresa con otra cuenta" in refused(visitor, "otra")


def test_an_address_that_two_people_want_is_of_one(visitor: Visitor, ana: int) -> None:
    with pytest.raises(InvalidData), transaction() as session:
        people.add(session, "Otra Ana", email="ANA@dnp.gov.co", by=SYSTEM, now=clock.now())
    visitor.enters("ana")
    assert visitor.client.get("/api/v1/me").json["person_id"] == ana


def test_the_disabled_stay_out(visitor: Visitor, ana: int) -> None:
    visitor.enters("ana")
    disable(ana)
    assert not visitor.is_in
    assert "ya no tiene acceso" in refused(visitor, "ana")


def test_the_disabled_are_not_linked(visitor: Visitor, ana: int) -> None:
    disable(ana)
    assert "no está registrada" in refused(visitor, "ana")
    assert acts(ana)[-1] == "person.disabled"


def disable(person_id: int) -> None:
    with transaction() as session:
        people.disable(session, person_id, by=SYSTEM, now=clock.now())


def test_a_removed_account_opens_nothing_and_is_not_linked_anew(visitor: Visitor, ana: int) -> None:
    visitor.enters("ana")
    assert visitor.is_in
    identity_id = remove(ana)
    assert not visitor.is_in, "what it had opened ended"
    assert "retiró esta cuenta" in refused(visitor, "ana")
    with transaction() as session:
        identities.restore(session, ana, identity_id, by=SYSTEM, now=clock.now())
    visitor.enters("ana")
    assert visitor.is_in
    assert acts(ana)[1:] == ["identity.linked", "identity.removed", "identity.restored"]


def test_once_the_account_before_was_removed_another_is_linked(visitor: Visitor, provider: Provider, ana: int) -> None:
    visitor.enters("ana")
    before = remove(ana)
    visitor.outside.cookies.clear()
    provider.knows("otra", email="ana@dnp.gov.co")
    visitor.enters("otra")
    assert visitor.is_in
    with pytest.raises(Conflict), transaction() as session:
        identities.restore(session, ana, before, by=SYSTEM, now=clock.now())


def test_an_account_is_removed_for_a_reason_and_from_whom_it_is_of(visitor: Visitor, ana: int) -> None:
    visitor.enters("ana")
    with pytest.raises(InvalidData):
        remove(ana, reason=".")
    julio = registered("Julio Peña", "julio@dnp.gov.co")
    with reading() as session:
        (row,) = identities.of(session, ana)
    for act in (identities.restore, lambda *given, **named: identities.remove(*given, reason="Porque sí", **named)):
        with pytest.raises(NotFound), transaction() as session:
            act(session, julio, row.id, by=SYSTEM, now=clock.now())
    assert visitor.is_in


def test_accounts_of_other_providers_are_others(app: Flask, ana: int) -> None:
    with transaction() as session:
        first = identities.arrive(session, Vouched("https://uno", "x", "ana@dnp.gov.co"), now=clock.now())
        second = identities.arrive(session, Vouched("https://dos", "x", "ana@dnp.gov.co"), now=clock.now())
        assert first.id != second.id
    with reading() as session:
        assert len(identities.in_use(session, ana)) == 2


# --- What the token leaves to another page of the provider ---


def thin(issued: Issued) -> str:
    """A token that says only who it is."""
    issued.claims = {name: value for name, value in issued.claims.items() if name not in ("email", "email_verified")}
    return issued.signed()


def test_an_address_may_stand_on_another_page(visitor: Visitor, provider: Provider, ana: int) -> None:
    provider.spoil = thin
    visitor.enters("ana")
    assert visitor.is_in
    assert "/userinfo" in provider.asked


def test_that_page_must_be_about_who_came(visitor: Visitor, provider: Provider, ana: int) -> None:
    provider.spoil, provider.userinfo = thin, {"sub": "sub-julio"}
    assert visitor.enters("ana").status_code == 400
    assert not visitor.is_in


def test_that_page_changes_nothing_that_was_signed(visitor: Visitor, provider: Provider, ana: int) -> None:
    """It would make of somebody's own address, verified there, that of another."""
    registered("Julio Peña", "julio@dnp.gov.co")
    provider.people["otra"] = {"sub": "sub-otra", "email": "ana@dnp.gov.co"}
    provider.userinfo = {"email": "julio@dnp.gov.co", "email_verified": True}
    assert "verificado" in refused(visitor, "otra")
