"""Pages of the administrator: roles by groups, and the institutional account of a person."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from db import clock
from db import reading
from db import transaction
from directory import group_roles
from directory import identities
from directory import people
from directory.identities import Vouched
from directory.models import LoginSession
from tests.web.conftest import Browse
from tests.web.world import World

HERE = "/ajustes/grupos"


def arrives(world: World, *groups: str) -> int:
    """The reviewer enters with the institutional account."""
    with transaction() as session:
        person = people.get(session, world.people["der"])
        person.email, person.email_key = "rosa@dnp.gov.co", "rosa@dnp.gov.co"
        vouched = Vouched("https://cuentas.example", "sub-rosa", "rosa@dnp.gov.co", frozenset(groups))
        return identities.arrive(session, vouched, now=clock.now()).id


def test_the_administrator_says_which_role_a_group_gives(browse: Browse, world: World) -> None:
    admin = browse("admin")
    assert "Ningún grupo da roles todavía" in admin.get(HERE)
    admin.post(HERE, {"group": "ATT-Líderes", "role": "technical_lead", "scope": f"unit:{world.unit_id}"})
    page = admin.get(HERE)
    assert "ATT-Líderes: Líder técnico" in page
    assert "da desde ahora el rol Líder técnico" in page, "its history"
    with reading() as session:
        (row,) = group_roles.every(session)
    admin.post(f"{HERE}/{row.id}/retiro", {f"reason-{row.id}": "."}, 422)
    admin.post(f"{HERE}/{row.id}/retiro", {f"reason-{row.id}": "Ya no es así"})
    assert "Ningún grupo da roles todavía" in admin.get(HERE)


def test_a_group_may_give_a_role_over_one_entity(browse: Browse, world: World) -> None:
    admin = browse("admin")
    admin.get(HERE)
    admin.post(HERE, {"group": "Alcaldía", "role": "beneficiary_contact", "entity": "05001"})
    with reading() as session:
        (row,) = group_roles.every(session)
    assert (row.scope_kind, row.scope_id) == ("entity", world.entities[0])


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"group": "", "role": "der_reviewer", "scope": "national:"}, "Escriba el grupo"),
        ({"group": "x", "role": "", "scope": "national:"}, "Elija un rol"),
        ({"group": "x", "role": "technical_lead", "scope": "national:"}, "El ámbito del rol"),
        ({"group": "x", "role": "beneficiary_contact", "entity": "Ningún lugar así"}, "Ningún lugar así"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(browse: Browse, sent: dict[str, str], said: str) -> None:
    admin = browse("admin")
    admin.get(HERE)
    page = admin.post(HERE, sent, 422).get_data(as_text=True)
    assert said in page
    assert f'value="{sent["group"]}"' in page


def test_only_the_administrator_opens_it(browse: Browse) -> None:
    for username in ("der", "control", "director"):
        browse(username).get(HERE, 403)


def test_giving_powers_asks_for_a_proof(browse: Browse) -> None:
    admin = browse("admin")
    admin.get(HERE)
    with transaction() as session:
        before = clock.now() - timedelta(hours=1)
        session.execute(update(LoginSession).values(created_at=before, proved_at=None))
    sent = {"group": "ATT-Revisores", "role": "der_reviewer", "scope": "national:"}
    assert "Confirme que es usted" in admin.post(HERE, sent, 403).get_data(as_text=True)
    with reading() as session:
        assert group_roles.every(session) == []


def test_settings_lead_to_it_once_it_matters(browse: Browse, world: World) -> None:
    admin = browse("admin")
    assert HERE not in admin.get("/ajustes")
    admin.get(HERE)
    admin.post(HERE, {"group": "ATT-Revisores", "role": "der_reviewer", "scope": "national:"})
    assert HERE in admin.get("/ajustes")
    assert HERE not in browse("control").get("/ajustes")


def test_the_page_of_a_person_shows_the_account_and_takes_it_away(browse: Browse, world: World) -> None:
    admin = browse("admin")
    admin.get(HERE)
    for group, role in (("Admins", "administrator"), ("Monitoreo", "der_monitoring")):
        admin.post(HERE, {"group": group, "role": role, "scope": "national:"})
    identity_id = arrives(world, "Monitoreo")
    arrives(world, "Monitoreo", "Admins")
    here = f"/personas/{world.people['der']}"
    page = admin.get(here)
    assert "rosa@dnp.gov.co" in page
    assert "por un grupo de su cuenta institucional" in page
    assert "Administración del sistema no se dio" in page
    admin.post(f"{here}/cuentas-institucionales/{identity_id}/retiro", {f"identity-{identity_id}": ""}, 422)
    admin.post(f"{here}/cuentas-institucionales/{identity_id}/retiro", {f"identity-{identity_id}": "Se fue"})
    page = admin.get(here)
    assert "Retiró la cuenta institucional con que ingresaba Rosa Díaz" in page
    assert "Permitirla de nuevo" in page
    admin.post(f"{here}/cuentas-institucionales/{identity_id}/permiso")
    assert "Retirar la cuenta institucional" in admin.get(here)


def test_colleagues_do_not_read_with_which_account_somebody_enters(browse: Browse, world: World) -> None:
    arrives(world)
    here = f"/personas/{world.people['der']}"
    assert "cuentas.example" not in browse("lider").get(here)
    assert "cuentas.example" in browse("control").get(here)
