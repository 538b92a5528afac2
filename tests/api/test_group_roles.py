"""Roles by groups and institutional accounts, over HTTP."""

from typing import Any

import pytest

from db import clock
from db import history
from db import reading
from db import transaction
from directory import group_roles
from directory import identities
from directory.identities import Vouched
from tests.api.conftest import Api

SENT = {"group": "ATT-Revisores", "role": "der_reviewer"}


def paths(problem: dict[str, Any]) -> list[str]:
    return [error["path"] for error in problem["errors"]]


def test_what_a_group_gives_is_listed_and_taken_back(api: Api) -> None:
    root = api("root")
    row = root("POST", "/group-roles", json=SENT, _expected_status=201).json
    assert (row["group"], row["scope_kind"], row["removed_at"]) == ("ATT-Revisores", "national", None)
    for missing in ("", "?reason=", "?reason=."):
        problem = root("DELETE", f"/group-roles/{row['id']}{missing}", _expected_status=422).json
        assert paths(problem) == ["reason"]
    assert root("DELETE", f"/group-roles/{row['id']}?reason=Ya no revisan").json["removed_at"]
    assert root("GET", "/group-roles").json["items"] == []
    with reading() as session:
        told = [(act.summary, act.reason) for act in history.of(session, group_roles.SUBJECT)]
    assert told == [
        ("El grupo «ATT-Revisores» da desde ahora el rol Revisión DER (todo el país).", ""),
        ("El grupo «ATT-Revisores» ya no da el rol Revisión DER (todo el país).", "Ya no revisan"),
    ]


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"group": ""}, "group"), ({"group": "  "}, "group"), ({"group": "g" * 201}, "group"),
        ({"role": "rey"}, "role"),
        ({"role": "technical_lead"}, "scope_kind"), ({"scope_id": 3}, "scope_id"),
        ({"role": "technical_lead", "scope_kind": "unit", "scope_id": 999}, "scope_id"),
        ({"role": "territorial_advisor", "scope_kind": "entity", "scope_id": 1}, "scope_kind"),
    ],
)  # fmt: skip
def test_what_no_group_can_give_is_refused_where_it_is(api: Api, changed: dict[str, Any], path: str) -> None:
    assert paths(api("root")("POST", "/group-roles", json={**SENT, **changed}, _expected_status=422).json) == [path]


def test_a_group_gives_the_same_once(api: Api) -> None:
    api("root")("POST", "/group-roles", json=SENT, _expected_status=201)
    assert paths(api("root")("POST", "/group-roles", json=SENT, _expected_status=422).json) == ["group"]
    api("root")("POST", "/group-roles", json={**SENT, "role": "der_monitoring"}, _expected_status=201)


@pytest.mark.parametrize("path", ["/group-roles", "/people/1/identities"])
def test_only_who_administers_people_reads_it(api: Api, path: str) -> None:
    for name in ("ana", "luz"):
        api(name)("GET", path, _expected_status=403)


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/group-roles/9"), ("DELETE", "/people/1/identities/9")])
def test_what_is_not_there_is_not_found(api: Api, method: str, path: str) -> None:
    api("root")(method, f"{path}?reason=Porque sí", _expected_status=404)


def test_the_account_of_somebody_is_removed_and_let_in_again(api: Api) -> None:
    root = api("root")
    person = root("POST", "/people", json={"name": "Inés", "email": "ines@dnp.gov.co"}, _expected_status=201).json["id"]
    with transaction() as session:
        vouched = Vouched("https://cuentas.example", "sub-ines", "ines@dnp.gov.co")
        identity_id = identities.arrive(session, vouched, now=clock.now()).id
    here = f"/people/{person}/identities"
    (row,) = root("GET", here).json["items"]
    assert (row["id"], row["subject"], row["email"]) == (identity_id, "sub-ines", "ines@dnp.gov.co")
    assert root("DELETE", f"{here}/{identity_id}?reason=No es de ella").json["removed_at"]
    assert root("POST", f"{here}/{identity_id}/restore").json["removed_at"] is None
    root("POST", f"/people/{root.person_id}/identities/{identity_id}/restore", _expected_status=404)


def test_a_role_says_whether_a_group_gave_it(api: Api) -> None:
    root = api("root")
    root("POST", "/group-roles", json=SENT, _expected_status=201)
    person = root("POST", "/people", json={"name": "Inés", "email": "ines@dnp.gov.co"}, _expected_status=201).json["id"]
    with transaction() as session:
        vouched = Vouched("https://x", "x", "ines@dnp.gov.co", frozenset({"ATT-Revisores"}))
        identities.arrive(session, vouched, now=clock.now())
    (held,) = root("GET", f"/people/{person}/roles").json["items"]
    assert (held["role"], held["source"]) == ("der_reviewer", "oidc")
