"""Settings from the environment."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from att.settings import Settings
from db.errors import InvalidData


def settings(tmp_path: Path, **variables: str) -> Settings:
    return Settings.from_env({"ATT_VAR": str(tmp_path), **variables})


def test_without_variables_everything_lies_under_var(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path / 'att.db'}"
    assert found.files == tmp_path / "files"
    assert (found.host, found.port, found.base_url) == ("127.0.0.1", 8080, "http://127.0.0.1:8080")
    assert found.timezone == ZoneInfo("America/Bogota")


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first, second = settings(tmp_path), settings(tmp_path)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) == 64
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_given_key_is_not_written_down(tmp_path: Path) -> None:
    assert settings(tmp_path, ATT_SECRET_KEY="k" * 32).secret_key == "k" * 32
    assert not (tmp_path / "secret_key").exists()


def test_the_address_follows_host_and_port(tmp_path: Path) -> None:
    assert settings(tmp_path, ATT_HOST="0.0.0.0", ATT_PORT="9000").base_url == "http://0.0.0.0:9000"


@pytest.mark.parametrize(
    ("base_url", "sender"),
    [
        ("https://att.gov.co", "avisos@att.gov.co"),
        ("http://127.0.0.1:8080", "avisos@127.0.0.1"),
        ("http://[::1]:8080", "avisos@localhost"),
    ],
)
def test_messages_come_from_the_host_of_the_address(tmp_path: Path, base_url: str, sender: str) -> None:
    assert settings(tmp_path, ATT_BASE_URL=base_url).mail_sender == sender
    assert settings(tmp_path, ATT_BASE_URL=base_url, ATT_MAIL_FROM="att@otra.gov.co").mail_sender == "att@otra.gov.co"


def test_webhooks_stay_outside_unless_they_are_let_in(tmp_path: Path) -> None:
    assert not settings(tmp_path).private_webhooks
    assert settings(tmp_path, ATT_WEBHOOK_PRIVATE="si").private_webhooks


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ATT_METRICS_TOKEN", "corto"),
        ("ATT_METRICS_TOKEN", "un token con espacios dentro"),
        ("ATT_METRICS_TOKEN", "una-contraseña-con-tilde-ñ"),
        ("ATT_PORT", "http"),
        ("ATT_PORT", "0"),
        ("ATT_PORT", "65536"),
        ("ATT_PORT", "²"),
        ("ATT_DATABASE_URL", "mysql://localhost/att"),
        ("ATT_DATABASE_URL", "att.db"),
        ("ATT_BASE_URL", "att.gov.co"),
        ("ATT_BASE_URL", "ftp://att.gov.co"),
        ("ATT_BASE_URL", "https://att.gov.co:puerto"),
        ("ATT_SMTP_URL", "correo"),
        ("ATT_MAIL_FROM", "correo"),
        ("ATT_MAIL_FROM", "Avisos <avisos@att.gov.co>"),
        ("ATT_WEBHOOK_PRIVATE", "quizás"),
        ("ATT_BROKER_URL", "http://cola"),
        ("ATT_TIMEZONE", "America/Macondo"),
        ("ATT_TIMEZONE", "../../etc/passwd"),
        ("ATT_SECRET_KEY", "corta"),
        ("ATT_SECRET_KEYS_OLD", f"{'k' * 40},corta"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(tmp_path: Path, variable: str, value: str) -> None:
    with pytest.raises(InvalidData) as refused:
        settings(tmp_path, **{variable: value})
    assert list(refused.value.errors) == [variable]
    assert variable in refused.value.message


def test_a_secret_is_never_repeated(tmp_path: Path) -> None:
    with pytest.raises(InvalidData) as refused:
        settings(tmp_path, ATT_DATABASE_URL="mysql://ana:clave-secreta@localhost/att")
    assert "clave-secreta" not in refused.value.message


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "archivo").write_text("x")
    with pytest.raises(InvalidData, match="ATT_VAR"):
        settings(tmp_path / "archivo" / "var")


def test_a_cut_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("abc")
    with pytest.raises(InvalidData, match="incompleta"):
        settings(tmp_path)


OIDC = {"ATT_OIDC_ISSUER": "https://cuentas.example/realms/dnp/", "ATT_OIDC_CLIENT_ID": "att"}


def test_without_a_provider_nobody_enters_by_one(tmp_path: Path) -> None:
    assert settings(tmp_path).oidc is None
    assert settings(tmp_path, ATT_OIDC_ISSUER=" ", ATT_OIDC_LABEL="").oidc is None


def test_a_provider_is_named_by_its_issuer_to_the_letter(tmp_path: Path) -> None:
    found = settings(tmp_path, ATT_BASE_URL="https://att.gov.co", **OIDC).oidc
    assert found
    assert found.issuer == "https://cuentas.example/realms/dnp/"
    assert found.redirect_uri == "https://att.gov.co/ingreso/institucional/respuesta"
    assert (found.scopes, found.groups_claim, found.verified_claim) == (
        "openid email profile", "groups", "email_verified",
    )  # fmt: skip
    assert (found.client_secret, found.second_step) == ("", frozenset())


def test_a_provider_may_be_told_more_of(tmp_path: Path) -> None:
    more = {
        "ATT_OIDC_CLIENT_SECRET": "a+b/c=", "ATT_OIDC_SCOPES": "openid email groups", "ATT_OIDC_GROUPS": "roles",
        "ATT_OIDC_VERIFIED": "xms_edov", "ATT_OIDC_SECOND_STEP": "mfa otp", "ATT_OIDC_LABEL": "Ingresar con el DNP",
    }  # fmt: skip
    found = settings(tmp_path, **OIDC, **more).oidc
    assert found
    assert (found.client_secret, found.scopes, found.groups_claim) == ("a+b/c=", "openid email groups", "roles")
    assert (found.verified_claim, found.second_step) == ("xms_edov", {"mfa", "otp"})
    assert found.label == "Ingresar con el DNP"
    assert "a+b/c=" not in repr(found)


@pytest.mark.parametrize(
    ("changed", "variable"),
    [
        ({"ATT_OIDC_ISSUER": ""}, "ATT_OIDC_ISSUER"),
        ({"ATT_OIDC_CLIENT_ID": ""}, "ATT_OIDC_CLIENT_ID"),
        ({"ATT_OIDC_ISSUER": "cuentas.example"}, "ATT_OIDC_ISSUER"),
        ({"ATT_OIDC_ISSUER": "http://cuentas.example"}, "ATT_OIDC_ISSUER"),
        ({"ATT_OIDC_SCOPES": "email profile"}, "ATT_OIDC_SCOPES"),
        ({"ATT_OIDC_CLIENT_SECRET": "clave-con-ñ"}, "ATT_OIDC_CLIENT_SECRET"),
    ],
)
def test_a_provider_that_cannot_serve_stops_the_start(tmp_path: Path, changed: dict[str, str], variable: str) -> None:
    with pytest.raises(InvalidData) as refused:
        settings(tmp_path, **{**OIDC, **changed})
    assert list(refused.value.errors) == [variable]
    assert "clave-con" not in refused.value.message


@pytest.mark.parametrize("host", ["127.0.0.1:9000", "localhost", "[::1]:9000"])
def test_a_provider_on_this_machine_needs_no_tls(tmp_path: Path, host: str) -> None:
    found = settings(tmp_path, **{**OIDC, "ATT_OIDC_ISSUER": f"http://{host}"}).oidc
    assert found
