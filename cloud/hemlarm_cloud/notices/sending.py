"""Notices go out from threads of their own for each channel, so that none waits for another.

Each is taken for a while before it is sent, and marked as sent afterwards. A crash in between repeats it once that
while is over: a notice may come twice, and is never lost.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import Row

from hemlarm_cloud.notices import outbox
from hemlarm_cloud.notices.outbox import Channel
from hemlarm_cloud.notices.trouble import SendError
from hemlarm_cloud.store import Store, StoreError
from hemlarm_cloud.supervision import service_cases

Send = Callable[[Row[Any]], None]
"""Sends a notice, or raises SendError."""

TAKEN_MS = 120_000
"""How long nobody else takes a notice: longer than any attempt."""

RETRY_MS = 10_000
RETRY_MS_MAX = 3_600_000
"""The wait after a first failure, doubled by each further one up to an hour."""

GIVEN_UP_MS = 3 * 86_400_000
"""How old a notice is when it is tried no more: it survives a weekend without a mail server."""

OWN_GIVEN_UP_MS = 4 * 3_600_000
"""How old one to a browser or a service of somebody's own: what happened this morning alarms nobody at night."""

POLL_S = 1.0
"""How soon a notice that another process put is seen."""

_ROUND = 50
_STOPPED_S = 30.0
_DAY_MS = 86_400_000

_log = logging.getLogger(__name__)


class _Manner(NamedTuple):
    """How a channel's notices are treated. What goes to somebody's own service is that person's to mend, not ours."""

    threads: int
    given_up_ms: int
    ours: bool
    missing: str = ""
    """The setting without which nothing goes out."""


_MANNERS: dict[Channel, _Manner] = {
    "mail": _Manner(1, GIVEN_UP_MS, True, "mail_server"),
    "sms": _Manner(1, GIVEN_UP_MS, True, "sms_url"),
    # Two: the slow answer of one house's server must not keep all others waiting.
    "push": _Manner(2, OWN_GIVEN_UP_MS, False),
    "apps": _Manner(2, OWN_GIVEN_UP_MS, False),
}


class Sender:
    """Sends the notices of one channel. Several threads and processes may, for each takes a notice first."""

    def __init__(self, store: Store, channel: Channel, send: Send | None) -> None:
        """Without `send` notices wait and are given up in the end, which their list tells."""
        self._store = store
        self._channel = channel
        self._manner = _MANNERS[channel]
        self._send = send or self._not_set_up

    def send_due(self, now_ms: int) -> bool:
        """Send the notice that has waited longest, if one is due. Returns whether there was one."""
        with self._store.read() as reading:
            if not outbox.is_due(reading, self._channel, now_ms):
                return False
        with self._store.begin() as tx:
            notice = outbox.take(tx, self._channel, now_ms, now_ms + TAKEN_MS)
        if notice is None:
            return False
        try:
            self._send(notice)
        except SendError as error:
            self._not_sent(notice, error, now_ms)
        else:
            with self._store.begin() as tx:
                outbox.sent(tx, notice.id, now_ms)
        return True

    def _not_sent(self, notice: Row[Any], error: SendError, now_ms: int) -> None:
        problem = str(error)
        if not error.for_good and now_ms - notice.created_ms < self._manner.given_up_ms:
            due_ms = now_ms + min(RETRY_MS << min(notice.tries, 20), RETRY_MS_MAX)
            with self._store.begin() as tx:
                outbox.put_off(tx, notice.id, problem, due_ms)
                if not self._manner.ours:
                    outbox.put_off_all(tx, self._channel, notice.recipient, due_ms)
            return
        _log.error("notice %d by %s is given up: %s", notice.id, notice.channel, problem)
        # One case a site and day: a dead mail server is not a thousand things to do.
        key = f"notice-failed:{notice.site or 0}:{now_ms // _DAY_MS}"
        summary = f"Notice {notice.id} by {notice.channel} could not be delivered: {notice.subject}"
        with self._store.begin() as tx:
            outbox.failed(tx, notice.id, problem)
            if self._manner.ours:
                service_cases.open_case(tx, key, notice.site, summary, now_ms)

    def _not_set_up(self, _notice: Row[Any]) -> None:
        remedy = f"; set {self._manner.missing}" if self._manner.missing else ""
        raise SendError(f"nothing is set up to send {self._channel}{remedy}")


class NoticeService:
    """Sends what waits, between `start` and `stop`. Each channel's sender sends one notice, or is None."""

    def __init__(
        self,
        store: Store,
        mail: Send | None,
        sms: Send | None,
        clock_ms: Callable[[], int],
        push: Send | None = None,
        apps: Send | None = None,
    ) -> None:
        self._clock_ms = clock_ms
        self._stopping = threading.Event()
        self._store = store
        ways: dict[Channel, Send | None] = {"mail": mail, "sms": sms, "push": push, "apps": apps}
        self._threads = [
            threading.Thread(
                target=self._run, args=(Sender(store, channel, way),), name=f"notices by {channel}", daemon=True
            )
            for channel, way in ways.items()
            for _ in range(_MANNERS[channel].threads)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End; what is being sent is finished, what waits goes out after the next start."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(_STOPPED_S)

    def _run(self, sender: Sender) -> None:
        while not self._stopping.is_set():
            if not self._sent_one(sender):
                self._stopping.wait(POLL_S)

    def _sent_one(self, sender: Sender) -> bool:
        try:
            return sender.send_due(self._clock_ms())
        except StoreError as error:
            _log.error("notices wait: %s", error)
        return False
