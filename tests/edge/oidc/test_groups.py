"""Roles by groups: given and ended at each sign-in, never touching what somebody gave by hand."""

from dataclasses import replace
from datetime import date
from datetime import timedelta

import pytest
from flask import Flask

from att import jobs
from db import SYSTEM
from db import clock
from db import history
from db import reading
from db import transaction
from db.errors import Conflict
from directory import accounts
from directory import grants
from directory import group_grants
from directory import group_roles
from directory import identities
from directory.identities import Vouched
from directory.models import RoleGrant
from edge.oidc import installed
from tests.edge.oidc.conftest import Visitor
from tests.edge.oidc.conftest import registered
from tests.edge.oidc.provider import Provider

ISSUER = "https://cuentas.example"
REVIEWERS, ADMINISTRATORS, AUDITORS = "ATT-Revisores", "ATT-Administradores", "ATT-Control"


@pytest.fixture
def mapped(app: Flask) -> dict[str, int]:
    """Group → what maps it to a role."""
    told = {REVIEWERS: "der_reviewer", ADMINISTRATORS: "administrator", AUDITORS: "internal_control"}
    with transaction() as session:
        return {
            group: group_roles.add(session, group, role, by=SYSTEM, now=clock.now()).id for group, role in told.items()
        }


def comes(*groups: str, subject: str = "sub-ana", email: str = "ana@dnp.gov.co") -> int:
    """Somebody enters with these groups."""
    vouched = Vouched(ISSUER, subject, email, frozenset(groups))
    with transaction() as session:
        return identities.arrive(session, vouched, now=clock.now()).id


def held(person_id: int) -> list[tuple[str, str]]:
    """The roles that count, and how the person came to them."""
    with reading() as session:
        return sorted((row.role, row.source) for row in grants.of(session, person_id) if row.revoked_at is None)


def withheld(person_id: int) -> list[str]:
    with reading() as session:
        return identities.of(session, person_id)[0].withheld


def by_hand(person_id: int, role: str, **days: date) -> None:
    with transaction() as session:
        grants.add(session, person_id, role, by=SYSTEM, now=clock.now(), **days)


def acts(person_id: int) -> list[tuple[str, str]]:
    """What was done with the roles of a person, and why."""
    with reading() as session:
        rows = history.of(session, history.Subject("person", person_id))
    return [(row.action, row.reason) for row in rows if row.action.startswith(("grant.", "identity.withheld"))]


def test_who_comes_with_a_group_has_its_role(visitor: Visitor, provider: Provider, ana: int) -> None:
    with transaction() as session:
        group_roles.add(session, REVIEWERS, "der_reviewer", by=SYSTEM, now=clock.now())
    provider.knows("ana", email="ana@dnp.gov.co", groups=[REVIEWERS, "otro que nadie conoce"])
    visitor.enters()
    me = visitor.client.get("/api/v1/me").json
    assert [grant["role"] for grant in me["grants"]] == ["der_reviewer"]
    assert visitor.client.get("/bandeja").status_code == 200


def test_who_left_the_group_loses_it_at_the_next_sign_in(mapped: dict[str, int], ana: int) -> None:
    comes(REVIEWERS)
    comes(REVIEWERS)
    assert held(ana) == [("der_reviewer", "oidc")]
    comes()
    assert held(ana) == []
    assert acts(ana) == [
        ("grant.added", f"Por el grupo «{REVIEWERS}» de su cuenta institucional."),
        ("grant.revoked", "Ningún grupo de su cuenta institucional lo da ya."),
    ]
    comes(REVIEWERS)
    assert held(ana) == [("der_reviewer", "oidc")]


def test_what_was_given_by_hand_is_not_touched(mapped: dict[str, int], ana: int) -> None:
    by_hand(ana, "der_monitoring")
    by_hand(ana, "der_reviewer")
    comes(REVIEWERS)
    comes()
    assert held(ana) == [("der_monitoring", "hand"), ("der_reviewer", "hand")]
    assert withheld(ana) == []


@pytest.mark.parametrize(("hand", "group"), [("der_monitoring", ADMINISTRATORS), ("internal_control", REVIEWERS)])
def test_no_group_gives_what_must_be_kept_apart(mapped: dict[str, int], ana: int, hand: str, group: str) -> None:
    by_hand(ana, hand)
    comes(group)
    assert held(ana) == [(hand, "hand")]
    assert "no se actúa en los casos" in withheld(ana)[0]
    comes(group)
    assert [act for act, _ in acts(ana)] == ["grant.added", "identity.withheld"], "it is told once"
    comes()
    assert withheld(ana) == []


def test_groups_that_must_be_kept_apart_give_nothing(mapped: dict[str, int], ana: int) -> None:
    comes(REVIEWERS, ADMINISTRATORS)
    assert held(ana) == []
    assert withheld(ana) == [group_grants.BOTH]


def test_what_came_first_stays_when_a_group_comes_that_must_be_kept_apart(mapped: dict[str, int], ana: int) -> None:
    comes(REVIEWERS)
    comes(REVIEWERS, ADMINISTRATORS)
    assert held(ana) == [("der_reviewer", "oidc")]
    comes(ADMINISTRATORS)
    assert held(ana) == [("administrator", "oidc")]


def test_nobody_is_left_without_an_administrator(mapped: dict[str, int], ana: int) -> None:
    comes(ADMINISTRATORS)
    comes()
    assert held(ana) == [("administrator", "oidc")]
    assert "Nadie más administra" in withheld(ana)[0]
    with reading() as session:
        (row,) = identities.in_use(session, ana)
    with pytest.raises(Conflict), transaction() as session:
        identities.remove(session, ana, row.id, reason="Se fue", by=SYSTEM, now=clock.now())
    other_administrator()
    comes()
    assert held(ana) == []


def other_administrator() -> int:
    """An administrator with a password of their own."""
    person_id = registered("Iván Cruz", "ivan@dnp.gov.co")
    by_hand(person_id, "administrator")
    with transaction() as session:
        accounts.create(session, person_id, "ivan", "una clave bastante larga", by=SYSTEM, now=clock.now())
    return person_id


def test_a_role_that_somebody_promised_from_another_day_is_withheld(mapped: dict[str, int], ana: int) -> None:
    by_hand(ana, "der_reviewer", since=clock.local_date(clock.now()) + timedelta(days=5))
    comes(REVIEWERS)
    assert held(ana) == [("der_reviewer", "hand")]
    assert "ya tiene este rol" in withheld(ana)[0]


def test_a_group_that_gives_no_more_takes_with_it_what_it_gave(mapped: dict[str, int], ana: int) -> None:
    comes(REVIEWERS)
    with transaction() as session:
        group_roles.remove(session, mapped[REVIEWERS], reason="Ya no revisan", by=SYSTEM, now=clock.now())
    comes(REVIEWERS)
    assert held(ana) == []


def test_who_loses_the_account_loses_what_its_groups_gave(mapped: dict[str, int], ana: int) -> None:
    by_hand(ana, "der_monitoring")
    comes(REVIEWERS)
    with transaction() as session:
        (row,) = identities.in_use(session, ana)
        identities.remove(session, ana, row.id, reason="Se fue", by=SYSTEM, now=clock.now())
    assert held(ana) == [("der_monitoring", "hand")]


def test_who_does_not_come_for_long_loses_what_groups_gave(
    mapped: dict[str, int], ana: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They may have left the group, or the institution, and hold a token or a password here."""
    julio = registered("Julio Peña", "julio@dnp.gov.co")
    comes(REVIEWERS)
    now = clock.now()
    monkeypatch.setattr("db.clock.now", lambda: now + group_grants.LAPSES - timedelta(minutes=1))
    comes(REVIEWERS, subject="sub-julio", email="julio@dnp.gov.co")
    assert jobs.run("group_grants", clock.now()).done == 0
    monkeypatch.setattr("db.clock.now", lambda: now + group_grants.LAPSES)
    assert jobs.run("group_grants", clock.now()).done == 1
    assert (held(ana), held(julio)) == ([], [("der_reviewer", "oidc")])
    assert acts(ana)[-1] == ("grant.revoked", "No ha ingresado con su cuenta institucional en 30 días.")


def test_who_comes_in_that_very_moment_keeps_it(
    mapped: dict[str, int], ana: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes(REVIEWERS)
    now = clock.now() + group_grants.LAPSES
    monkeypatch.setattr("db.clock.now", lambda: now)
    comes(REVIEWERS)
    with transaction() as session:
        group_grants.lapse(session, ana, now=now)
    assert held(ana) == [("der_reviewer", "oidc")]


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("groups", {"groups": [REVIEWERS]}),
        ("groups", {"groups": REVIEWERS}),
        ("realm_access.roles", {"realm_access": {"roles": [REVIEWERS]}}),
        ("https://dnp.gov.co/grupos", {"https://dnp.gov.co/grupos": [REVIEWERS, 7, None]}),
    ],
)
def test_groups_are_where_the_installation_says(
    visitor: Visitor, provider: Provider, ana: int, claim: str, said: dict[str, object]
) -> None:
    app = visitor.client.application
    connection = installed.of(app)
    assert connection
    installed.use(app, replace(connection.provider, groups_claim=claim))
    with transaction() as session:
        group_roles.add(session, REVIEWERS, "der_reviewer", by=SYSTEM, now=clock.now())
    provider.knows("ana", email="ana@dnp.gov.co", **said)
    visitor.enters()
    assert held(ana) == [("der_reviewer", "oidc")]


@pytest.mark.parametrize("said", [{"groups": {"a": REVIEWERS}}, {"groups": None}, {"groups": [[REVIEWERS]]}, {}])
def test_groups_that_cannot_be_read_are_none(
    visitor: Visitor, provider: Provider, ana: int, said: dict[str, object]
) -> None:
    """Of somebody in very many groups some providers say only where to ask: nothing is given on trust."""
    with transaction() as session:
        group_roles.add(session, REVIEWERS, "der_reviewer", by=SYSTEM, now=clock.now())
    provider.knows("ana", email="ana@dnp.gov.co", **said)
    visitor.enters()
    assert visitor.is_in
    assert held(ana) == []


def test_what_was_there_before_was_given_by_hand(app: Flask, ana: int) -> None:
    with transaction() as session:
        session.add(RoleGrant(person_id=ana, role="der_reviewer", scope_kind="national", since=date(2020, 1, 1)))
    assert held(ana) == [("der_reviewer", "hand")]
