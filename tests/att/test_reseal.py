"""The secret key is changed: what the older one sealed is read, and sealed anew by a command."""

from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy import update

from att.app import build
from att.cli import main
from att.settings import Settings
from att.setup import prepare
from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from db.errors import DefinitionError
from db.errors import Unavailable
from directory import accounts
from directory import sealed
from directory import second_factor
from directory.models import SecondFactor
from engine import instances
from engine import resealing
from engine import seal
from engine import state
from engine.instances import Links
from engine.models import Instance

OLD, NEW = "v" * 40, "n" * 40


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An installation with a case and somebody's telephone, under the old key."""
    env = {"ATT_VAR": str(tmp_path / "var"), "ATT_SECRET_KEY": OLD}
    for words in (["init"], ["users", "add", "ana", "Ana Ruiz", "--password", "una clave bastante larga"]):
        assert CliRunner().invoke(main, words, env=env).exit_code == 0
    with transaction() as session:
        links = Links(title="Una estrategia", people={}, refs={})
        instances.start(session, "gobernanza", "E-1", links=links, by=SYSTEM, now=clock.now())
        account = accounts.find(session, "ana")
        assert account
        telephone = pyotp.TOTP(second_factor.begin(session, account.person_id, now=clock.now()).secret)
        second_factor.confirm(session, account.person_id, telephone.now(), by=SYSTEM, now=clock.now())
    return env


def _opens() -> str:
    """The secret of the telephone, when the state of the case holds too."""
    with reading() as session:
        state.demand_sealed(state.look(session, session.scalars(select(Instance.id)).one()))
        return sealed.unseal(session.scalars(select(SecondFactor.secret)).one())


def test_what_an_older_key_sealed_is_read_and_sealed_anew(env: dict[str, str]) -> None:
    secret = _opens()
    prepare(Settings.from_env({**env, "ATT_SECRET_KEY": NEW}))
    with pytest.raises(DefinitionError):
        _opens()
    both = {**env, "ATT_SECRET_KEY": NEW, "ATT_SECRET_KEYS_OLD": f"{'x' * 32}, {OLD}"}
    prepare(Settings.from_env(both))
    assert _opens() == secret
    done = CliRunner().invoke(main, ["reseal"], env=both)
    assert (done.exit_code, done.output) == (0, "Sellados de nuevo: 1 trámite y 1 teléfono.\n")
    again = CliRunner().invoke(main, ["reseal"], env=both)
    assert again.output == "Sellados de nuevo: 0 trámites y 0 teléfonos.\n"
    prepare(Settings.from_env({**env, "ATT_SECRET_KEY": NEW}))
    assert _opens() == secret
    prepare(Settings.from_env(env))
    with pytest.raises((DefinitionError, Unavailable)):
        _opens()


def test_what_holds_with_no_key_is_named_and_stays(env: dict[str, str]) -> None:
    with transaction() as session:
        session.execute(update(Instance).values(seal="0" * 64))
        seal.use(NEW, [OLD])
        found = resealing.batch(session, 0)
        assert (found.done, found.broken) == (0, (found.last,))
        assert session.scalars(select(Instance.seal)).one() == "0" * 64
    done = CliRunner().invoke(main, ["reseal"], env={**env, "ATT_SECRET_KEY": NEW, "ATT_SECRET_KEYS_OLD": OLD})
    assert done.exit_code == 1
    assert "Trámites que con ninguna clave se abren" in done.stderr


def test_cookies_of_the_older_key_are_read(env: dict[str, str]) -> None:
    app = build(Settings.from_env(env))
    interface = app.session_interface
    signer = interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    newer = build(Settings.from_env({**env, "ATT_SECRET_KEY": NEW, "ATT_SECRET_KEYS_OLD": OLD}))
    written = signer.dumps({"csrf_token": "x"})
    assert interface.get_signing_serializer(newer).loads(written) == {"csrf_token": "x"}  # type: ignore[attr-defined]
