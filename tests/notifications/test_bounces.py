"""What comes back: read by the standards whatever wrote it, matched, noted once, told apart from everything else."""

from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import Person
from notifications import bounces
from notifications import outbox
from notifications import preferences
from notifications import returned
from notifications.bounces import Result
from notifications.models import DeliveryAttempt
from notifications.models import Message
from notifications.models import MessageStatus
from notifications.returned import Kind
from notifications.senders import Answer
from notifications.senders import Outcome
from tests.notifications.scene import Scene

SAMPLES = Path(__file__).parent / "returned"
FAILED = ("postfix_failed", "exchange_failed", "exim_failed", "internationalized_failed")


def sample(name: str, message_id: str, address: str) -> bytes:
    """A message as a mail server writes it, about one of ours."""
    text = (SAMPLES / f"{name}.eml").read_text()
    return text.replace("@MESSAGE_ID@", message_id).replace("@ADDRESS@", address).encode()


@pytest.fixture
def julio(session: Session, now: datetime) -> Person:
    return Scene(session, now).person("Julio Peña")


@pytest.fixture
def message(session: Session, julio: Person, now: datetime) -> Message:
    """One that a server took."""
    context = {"subject": "Su informe volvió", "paragraphs": ["Faltan los soportes."], "link": "/informes/1"}
    row = outbox.enqueue(session, "uno", "event", "email", julio.id, context, stale_at=None, now=now)
    (parcel,) = outbox.claim(session, [row.id], now=now)
    outbox.record(session, parcel, Answer(Outcome.SENT, "250"), now=now)
    session.flush()
    return row


def came(session: Session, name: str, row: Message, now: datetime, address: str = "") -> list[Result]:
    found = returned.read(sample(name, row.internet_id, address or row.address))
    taken = bounces.take(session, found, now=now)
    session.flush()
    return [one.result for one in taken]


def noted(session: Session) -> list[tuple[str, str]]:
    rows = select(DeliveryAttempt.outcome, DeliveryAttempt.code).where(DeliveryAttempt.outcome.in_(bounces.CAME_BACK))
    return [(outcome, code) for outcome, code in session.execute(rows.order_by(DeliveryAttempt.id))]


class TestRefused:
    @pytest.mark.parametrize("name", FAILED)
    def test_message_and_address_are_marked(
        self, session: Session, julio: Person, message: Message, now: datetime, name: str
    ) -> None:
        assert came(session, name, message, now) == [Result.BOUNCED]
        assert message.status == MessageStatus.FAILED
        assert preferences.of(session, julio.id).bounced_at == now

    def test_the_code_and_the_words_of_the_server_are_kept(
        self, session: Session, message: Message, now: datetime
    ) -> None:
        came(session, "exchange_failed", message, now)
        assert noted(session) == [("bounced", "5.1.10")]
        assert "RESOLVER.ADR.RecipientNotFound" in message.error

    @pytest.mark.parametrize("name", FAILED)
    def test_read_twice_it_is_noted_once(self, session: Session, message: Message, now: datetime, name: str) -> None:
        came(session, name, message, now)
        assert came(session, name, message, now + timedelta(hours=1)) == [Result.KNOWN]
        assert len(noted(session)) == 1

    def test_read_again_after_the_message_went_out_anew_it_marks_nothing(
        self, session: Session, julio: Person, message: Message, now: datetime
    ) -> None:
        came(session, "exim_failed", message, now)
        session.get_one(preferences.Preference, julio.id).bounced_at = None
        message.status = MessageStatus.SENT
        session.flush()
        assert came(session, "exim_failed", message, now + timedelta(hours=1)) == [Result.KNOWN]
        assert message.status == MessageStatus.SENT
        assert preferences.of(session, julio.id).bounced_at is None

    def test_what_a_hand_noted_before_is_known(self, session: Session, message: Message, now: datetime) -> None:
        message.status = MessageStatus.FAILED
        assert came(session, "postfix_failed", message, now) == [Result.KNOWN]
        assert noted(session) == []

    def test_an_address_is_the_same_in_capitals(self, session: Session, message: Message, now: datetime) -> None:
        assert came(session, "postfix_failed", message, now, message.address.upper()) == [Result.BOUNCED]

    def test_while_it_leaves_it_is_left_for_later(self, session: Session, message: Message, now: datetime) -> None:
        message.status = MessageStatus.SENDING
        assert came(session, "postfix_failed", message, now) == [Result.EARLY]
        assert noted(session) == []


class TestPassing:
    def test_a_delay_is_an_attempt(self, session: Session, julio: Person, message: Message, now: datetime) -> None:
        assert came(session, "postfix_delayed", message, now) == [Result.DELAYED]
        assert noted(session) == [("delayed", "4.4.1")]
        assert message.status == MessageStatus.SENT
        assert preferences.of(session, julio.id).bounced_at is None
        assert came(session, "postfix_delayed", message, now) == [Result.KNOWN]

    def test_given_up_the_message_is_marked_and_the_address_is_not(
        self, session: Session, julio: Person, message: Message, now: datetime
    ) -> None:
        came(session, "postfix_delayed", message, now)
        assert came(session, "postfix_expired", message, now) == [Result.EXPIRED]
        assert message.status == MessageStatus.FAILED
        assert preferences.of(session, julio.id).bounced_at is None
        assert noted(session) == [("delayed", "4.4.1"), ("bounced", "4.4.1")]


class TestAnythingElse:
    @pytest.mark.parametrize(("name", "result"), [("vacation", Result.AUTOMATIC), ("answer", Result.OTHER)])
    def test_answers_are_told_apart(
        self, session: Session, message: Message, now: datetime, name: str, result: Result
    ) -> None:
        assert came(session, name, message, now) == [result]
        assert message.status == MessageStatus.SENT

    def test_what_was_never_sent_is_not_matched(self, session: Session, message: Message, now: datetime) -> None:
        found = returned.read(sample("postfix_failed", "<otro@example.org>", message.address))
        (taken,) = bounces.take(session, found, now=now)
        assert (taken.result, taken.message_id, taken.address) == (Result.UNMATCHED, None, message.address)

    def test_an_address_that_it_was_not_sent_to_is_not_matched(
        self, session: Session, julio: Person, message: Message, now: datetime
    ) -> None:
        """Somebody forwards their mail to where nobody is: theirs still works."""
        assert came(session, "postfix_failed", message, now, "otra@example.org") == [Result.UNMATCHED]
        assert preferences.of(session, julio.id).bounced_at is None

    def test_a_notification_that_somebody_forwards_is_no_notification(self) -> None:
        inner = sample("postfix_failed", "<a@example.org>", "julio@example.org")
        outer = b'Subject: Fwd\nContent-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: message/rfc822\n\n'
        assert returned.read(outer + inner + b"\n--x--\n").kind is Kind.OTHER

    def test_success_changes_nothing(self, session: Session, message: Message, now: datetime) -> None:
        text = sample("postfix_failed", message.internet_id, message.address).replace(
            b"Action: failed", b"Action: relayed"
        )
        (taken,) = bounces.take(session, returned.read(text), now=now)
        assert taken.result is Result.ARRIVED
        assert noted(session) == []

    @given(st.binary(max_size=400), st.integers(0, 2000), st.sampled_from([*FAILED, "vacation"]))
    def test_nothing_that_comes_is_refused(self, noise: bytes, place: int, name: str) -> None:
        text = sample(name, "<a@example.org>", "julio@example.org")
        for content in (noise, text[:place] + noise + text[place:], text[:place]):
            assert returned.read(content) == returned.read(content)

    def test_no_character_that_cannot_be_kept_remains(self) -> None:
        text = sample("exchange_failed", "<a@example.org>", "julio@example.org")
        found = returned.read(text.replace(b"Recipient ", b"Rec\x00ip\xffient\x1b "))
        (fate,) = found.fates
        fate.detail.encode()
        assert "\x00" not in fate.detail
        assert "\x1b" not in fate.detail


def test_a_refusal_by_policy_marks_the_message_and_not_the_address(
    session: Session, message: Message, julio: Person, now: datetime
) -> None:
    """RFC 3463 x.7.x is about us or a policy: nothing is said of the mailbox."""
    text = sample("postfix_failed", message.internet_id, message.address).replace(b"5.1.1", b"5.7.1")
    (taken,) = bounces.take(session, returned.read(text), now=now)
    assert (taken.result, message.status) == (Result.EXPIRED, MessageStatus.FAILED)
    assert preferences.of(session, julio.id).bounced_at is None
