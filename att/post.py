"""The post of this installation: by which ways messages leave, and the run that hands them over.

One run at a time, under a lock that the server or the kernel takes back when its holder dies.
"""

from collections.abc import Callable
from datetime import datetime

import structlog

from att import election
from att.settings import Settings
from db import clock
from db import reading
from db import transaction
from db.jobs import Outcome
from notifications import letterhead
from notifications import outbox
from notifications import preferences
from notifications import webhook_address
from notifications.letterhead import Letterhead
from notifications.senders import Answer
from notifications.senders import Outcome as Result
from notifications.senders import Parcel
from notifications.senders import Sender
from notifications.senders.eml import EmlSender
from notifications.senders.smtp import Server
from notifications.senders.smtp import SmtpSender
from notifications.senders.webhook import WebhookSender

AT_ONCE = 20  # messages taken out together

log = structlog.get_logger("att.post")


class _InUse:
    settings: Settings | None = None


def use(settings: Settings) -> None:
    """Send by the ways of this installation, on its paper."""
    _InUse.settings = settings
    letterhead.use(Letterhead(settings.base_url, settings.mail_sender))
    webhook_address.use(private=settings.private_webhooks)


def senders(settings: Settings) -> dict[str, Callable[[], Sender]]:
    """Channel → its way out."""
    mail: Callable[[], Sender] = lambda: EmlSender(settings.var / "mail")  # noqa: E731
    if settings.smtp_url:
        server = Server.from_url(settings.smtp_url)
        mail = lambda: SmtpSender(server, settings.mail_sender)  # noqa: E731
    hook: Callable[[], Sender] = lambda: WebhookSender(clock.now, private=settings.private_webhooks)  # noqa: E731
    return {preferences.EMAIL: mail, preferences.WEBHOOK: hook}


def deliver(now: datetime) -> Outcome:
    """Hand over every message whose time has come; nothing when another process is at it."""
    settings = _InUse.settings
    if settings is None:
        return Outcome()
    with election.elected(settings.database_url, settings.var, election.MAIL) as lease:
        if lease is None:
            return Outcome()
        runs = []
        for channel, way in senders(settings).items():
            runs.append(_Run(channel, lease, now))
            with way() as sender:
                runs[-1].through(sender)
    return Outcome(
        found=sum(run.found for run in runs),
        done=sum(run.done for run in runs),
        failed=sum(run.failed for run in runs),
        error=next((run.error for run in runs if run.error), ""),
    )


class _Run:
    """One run through what is due by one channel."""

    def __init__(self, channel: str, lease: election.Lease, now: datetime) -> None:
        self._channel, self._lease, self._now = channel, lease, now
        self.found = self.done = self.failed = 0
        self.error = ""

    def through(self, sender: Sender) -> None:
        """Send until nothing is due, the other side is silent, or the lock is no longer ours."""
        while self._lease.holds():
            with reading() as session:
                ids = outbox.due(session, self._channel, now=self._now, limit=AT_ONCE)
            if not ids or not all(self._hand_over(sender, parcel) for parcel in self._claimed(ids)):
                return

    def _claimed(self, ids: list[int]) -> list[Parcel]:
        """Claim them together; when one cannot be composed, one by one, and end that one."""
        try:
            with transaction() as session:
                return outbox.claim(session, ids, now=self._now)
        except Exception:  # whatever one message is wrong about, the others leave
            log.exception("claim failed", messages=ids)
            return [parcel for message_id in ids for parcel in self._claimed_alone(message_id)]

    def _claimed_alone(self, message_id: int) -> list[Parcel]:
        try:
            with transaction() as session:
                return outbox.claim(session, [message_id], now=self._now)
        except Exception as error:  # it cannot be foreseen, and is told to whoever runs the system
            log.exception("message failed", message=message_id)
            self._failed(f"{type(error).__name__}: {error}")
            with transaction() as session:
                outbox.break_off(session, message_id, self.error, now=self._now)
            return []

    def _hand_over(self, sender: Sender, parcel: Parcel) -> bool:
        """Send one and record it. False when nothing more can be sent now."""
        answer = sender.send(parcel)
        with transaction() as session:
            outbox.record(session, parcel, answer, now=self._now)
        self._count(answer)
        return not answer.silent

    def _count(self, answer: Answer) -> None:
        if answer.outcome is Result.SENT:
            self.found, self.done = self.found + 1, self.done + 1
        else:
            self._failed(answer.detail)

    def _failed(self, error: str) -> None:
        self.found, self.failed, self.error = self.found + 1, self.failed + 1, error[:500]
