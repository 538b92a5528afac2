"""Mail is handed to a real server, over TLS where there are credentials; each refusal is told for what it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notifications.senders import Answer
from notifications.senders import Outcome
from notifications.senders import Parcel
from notifications.senders.smtp import Server
from notifications.senders.smtp import SmtpSender
from tests.notifications import mailbox
from tests.notifications.mailbox import Mailbox

CONTENT = b"Subject: Hola\r\nMessage-ID: <uno@att>\r\n\r\n.una l\xc3\xadnea con punto\r\n"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox.serving(Mailbox()) as served:
        yield served


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The certificate of the tests is trusted."""
    mailbox.authority().cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


def parcel(address: str = "julio@example.org") -> Parcel:
    return Parcel(1, "email", address, "<uno@att>", CONTENT)


def send(url: str, *parcels: Parcel) -> list[Answer]:
    with SmtpSender(Server.from_url(url), "avisos@example.org", timeout=5) as sender:
        return [sender.send(one) for one in parcels]


def sent_to(box: Mailbox, *parcels: Parcel) -> list[Answer]:
    return send(f"smtp://127.0.0.1:{box.port}", *parcels)


def test_the_bytes_arrive_as_they_are(box: Mailbox) -> None:
    (answer,) = sent_to(box, parcel())
    assert answer.outcome is Outcome.SENT
    assert box.received == [("julio@example.org", CONTENT)]


def test_several_messages_go_over_one_connection(box: Mailbox) -> None:
    answers = sent_to(box, parcel("a@example.org"), parcel("b@example.org"))
    assert [answer.outcome for answer in answers] == [Outcome.SENT, Outcome.SENT]
    assert [address for address, _ in box.received] == ["a@example.org", "b@example.org"]


@pytest.mark.parametrize(
    ("said", "outcome", "bad_address"),
    [
        ("550 5.1.1 No existe", Outcome.PERMANENT, True),
        ("553 Mal escrita", Outcome.PERMANENT, True),
        ("550 5.2.1 Buzón deshabilitado", Outcome.PERMANENT, True),
        ("550 5.4.1 Recipient address rejected: Access denied", Outcome.PERMANENT, True),
        ("550 No such user here", Outcome.PERMANENT, True),
        ("550 5.1.8 Sender address rejected", Outcome.PERMANENT, False),
        ("550 5.7.1 relaying denied", Outcome.PASSING, False),
        ("550 Relaying denied", Outcome.PASSING, False),
        ("554 5.7.1 Recipient address rejected: policy", Outcome.PASSING, False),
        ("550 5.3.2 System not accepting network messages", Outcome.PASSING, False),
        ("554 No", Outcome.PERMANENT, False),
        ("552 Buzón lleno", Outcome.PASSING, False),
        ("450 Ocupado", Outcome.PASSING, False),
        ("451 Lista gris", Outcome.PASSING, False),
    ],
)
def test_a_refused_recipient(box: Mailbox, said: str, outcome: Outcome, bad_address: bool) -> None:
    box.refusals["malo"] = said
    refused, good = sent_to(box, parcel("malo@example.org"), parcel("bueno@example.org"))
    assert (refused.outcome, refused.code, refused.bad_address) == (outcome, said[:3], bad_address)
    assert not refused.silent
    assert good.outcome is Outcome.SENT


@pytest.mark.parametrize(("said", "outcome"), [("554 Spam", Outcome.PERMANENT), ("452 Lleno", Outcome.PASSING)])
def test_refused_content(box: Mailbox, said: str, outcome: Outcome) -> None:
    box.content_answer = said
    (answer,) = sent_to(box, parcel())
    assert (answer.outcome, answer.bad_address, answer.silent) == (outcome, False, False)


@pytest.mark.parametrize("said", ["451 Ahora no", "530 Identifíquese", "550 Remitente desconocido"])
def test_a_server_that_takes_nothing_from_us_is_asked_later(box: Mailbox, said: str) -> None:
    box.sender_answer = said
    (answer,) = sent_to(box, parcel())
    assert (answer.outcome, answer.silent, answer.bad_address) == (Outcome.PASSING, True, False)


def test_no_server_is_asked_later() -> None:
    closed = Mailbox()
    with mailbox.serving(closed):
        pass
    (answer,) = sent_to(closed, parcel())
    assert (answer.outcome, answer.code, answer.silent) == (Outcome.PASSING, "connection", True)


def test_an_address_that_smtp_cannot_carry_harms_no_other(box: Mailbox) -> None:
    answers = sent_to(box, parcel("peña@example.org"), parcel())
    assert [(answer.outcome, answer.bad_address) for answer in answers] == [
        (Outcome.PERMANENT, True), (Outcome.SENT, False)]  # fmt: skip


class TestTls:
    def test_from_the_start(self, trusted: None) -> None:
        with mailbox.serving(Mailbox(), ssl_context=mailbox.server_context()) as box:
            (answer,) = send(f"smtps://localhost:{box.port}", parcel())
        assert answer.outcome is Outcome.SENT

    def test_starttls_is_used_where_it_is_offered(self, trusted: None) -> None:
        with mailbox.serving(Mailbox(), tls_context=mailbox.server_context()) as box:
            (answer,) = send(f"smtp://localhost:{box.port}", parcel())
        assert answer.outcome is Outcome.SENT
        assert box.over_tls == [True]

    @pytest.mark.parametrize(
        ("scheme", "option"), [("smtps", "ssl_context"), ("smtp", "tls_context")], ids=["smtps", "starttls"]
    )
    def test_a_certificate_that_nobody_trusts_gets_no_mail(self, scheme: str, option: str) -> None:
        with mailbox.serving(Mailbox(), **{option: mailbox.server_context()}) as box:
            (answer,) = send(f"{scheme}://localhost:{box.port}", parcel())
        assert (answer.outcome, answer.silent) == (Outcome.PASSING, True)
        assert box.received == []

    def test_credentials_come_from_the_address(self, trusted: None) -> None:
        options = {"tls_context": mailbox.server_context(), "authenticator": mailbox.check, "auth_required": True}
        with mailbox.serving(Mailbox(), **options) as box:
            (good,) = send(f"smtp://att:una%20clave%2Fcon%3Asignos@localhost:{box.port}", parcel())
            (bad,) = send(f"smtp://att:otra@localhost:{box.port}", parcel())
        assert good.outcome is Outcome.SENT
        assert (bad.outcome, bad.code, bad.silent) == (Outcome.PASSING, "535", True)

    def test_credentials_never_go_in_the_clear_to_another_machine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("notifications.senders.smtp.THIS_MACHINE", frozenset())
        options = {"authenticator": mailbox.check, "auth_require_tls": False}
        with mailbox.serving(Mailbox(), **options) as box:
            (answer,) = send(f"smtp://att:clave@127.0.0.1:{box.port}", parcel())
        assert (answer.outcome, answer.silent) == (Outcome.PASSING, True)
        assert "TLS" in answer.detail
