"""Roles and capacities."""

import pytest

from directory import roles


@pytest.mark.parametrize(
    ("kwargs", "expected"),
    [
        ({}, "Dirección técnica"),
        ({"encargo": True}, "Dirección técnica (encargo)"),
        ({"delegated_by": "Ana Ruiz"}, "Dirección técnica, por delegación de Ana Ruiz"),
    ],
)
def test_capacity_in_words(kwargs: dict[str, object], expected: str) -> None:
    assert roles.capacity("technical_director", **kwargs) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("role", list(roles.ROLES.values()), ids=lambda role: role.key)
def test_every_role_is_complete(role: roles.Role) -> None:
    assert role.label
    assert role.article_label
    assert set(role.scope_kinds) <= set(roles.SCOPE_KINDS)
    assert role.scope_kinds


def test_who_only_reads_does_not_act() -> None:
    assert not roles.ACTING & {"senior_management", "internal_control", "administrator", "beneficiary_contact"}
