"""A sink for notices: instead of going out they are kept, so that each can be shown as its recipient would see it."""

import threading
from collections import deque
from typing import Any, NamedTuple

from sqlalchemy import Row

from hemlarm_cloud.notices.outbox import CHANNELS, Channel
from hemlarm_cloud.notices.sending import Send, Sender
from hemlarm_cloud.store import Store

KEPT_MAX = 200
"""Messages kept; the oldest makes way."""

ROUND_MAX = 50
"""Notices of each channel that one call of `take` sinks."""


class SunkMessage(NamedTuple):
    """One message as its recipient would see it; an SMS has no subject. `at_ms` is when it was put."""

    number: int
    """Ascends without gaps, from 1."""
    channel: Channel
    recipient: str
    subject: str
    text: str
    at_ms: int
    site: int | None


class Sink:
    """Takes the place of all senders. Its methods named as channels are what `NoticeService` calls to send.

    In virtual time `take` does the service's work, whenever it is called.
    """

    def __init__(self, most: int = KEPT_MAX) -> None:
        self._guard = threading.Lock()
        self._kept: deque[SunkMessage] = deque(maxlen=most)
        self._count = 0

    def mail(self, notice: Row[Any]) -> None:
        """Keep a mail."""
        self._keep("mail", notice, notice.subject)

    def sms(self, notice: Row[Any]) -> None:
        """Keep an SMS."""
        self._keep("sms", notice, "")

    def push(self, notice: Row[Any]) -> None:
        """Keep a push message to one browser."""
        self._keep("push", notice, notice.subject)

    def apps(self, notice: Row[Any]) -> None:
        """Keep a message to one of somebody's other services."""
        self._keep("apps", notice, notice.subject)

    def senders(self) -> dict[Channel, Send]:
        """Return what sends each channel's notices, as `NoticeService` takes it."""
        return {"mail": self.mail, "sms": self.sms, "push": self.push, "apps": self.apps}

    def take(self, store: Store, now_ms: int) -> int:
        """Sink what is due, up to a bound; returns how many there were."""
        senders, taken = self.senders(), 0
        for channel in CHANNELS:
            sender = Sender(store, channel, senders[channel])
            for _ in range(ROUND_MAX):
                if not sender.send_due(now_ms):
                    break
                taken += 1
        return taken

    def messages(self, after: int = 0) -> list[SunkMessage]:
        """Return what was kept with a larger number than `after`, oldest first."""
        with self._guard:
            return [message for message in self._kept if message.number > after]

    def _keep(self, channel: Channel, notice: Row[Any], subject: str) -> None:
        with self._guard:
            self._count += 1
            self._kept.append(
                SunkMessage(
                    self._count, channel, notice.recipient, subject, notice.text, notice.created_ms, notice.site
                )
            )
