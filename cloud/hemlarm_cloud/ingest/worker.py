"""Runs the ingest core at the broker, in one thread: read what came, commit it together, acknowledge.

There is no timer that collects: a group is whatever arrived while the last commit ran, up to a bound, so a lone alarm
waits for nobody.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from hemlarm_cloud.broker import BrokerLogin
from hemlarm_cloud.broker.client import BrokerClient
from hemlarm_cloud.ingest.core import IngestCore
from hemlarm_cloud.sms import envelope
from hemlarm_cloud.store import StoreError
from hemlarm_protocol import topics
from hemlarm_protocol.errors import BadMessage

GROUP_MAX = 200
"""Frames in one commit: at 15 us an event a commit then still takes only milliseconds."""

COMMANDS_EVERY_S = 0.2
EXPIRE_EVERY_S = 10.0
STORE_RETRY_S = 0.5

DEAF_S = 5.0
"""A standstill of so long, from a stalled disk or machine: what panels said meanwhile may be lost, or not yet read."""

_log = logging.getLogger(__name__)

Frames = Sequence[tuple[str, bytes]]
"""Pairs of a panel and a frame from or to it."""

Observer = Callable[[Frames, Frames, int], None]
"""Sees each group after its commit: what came, what goes back, and when that was, in microseconds since 1970."""


def steady_ms() -> int:
    """Return milliseconds on a clock that nobody sets, for the core."""
    return time.monotonic_ns() // 1_000_000


class Worker:
    """One ingest process. `shards` is the range it serves, both ends included."""

    def __init__(
        self,
        core: IngestCore,
        login: BrokerLogin,
        shards: tuple[str, str] = ("00", "ff"),
        observer: Observer | None = None,
    ) -> None:
        self._core = core
        self._client = BrokerClient(login, _filters(shards))
        self._shards = shards
        self._observer = observer
        self._stopping = False
        self._next_pump = self._next_expire = self._served_s = 0.0
        self._caught_up = False

    def run(self) -> None:
        """Serve until `stop`. The broker and the store may come and go."""
        while not self._stopping:
            if self._client.connected:
                self._serve_once()
            elif self._client.connect():
                self._core.listening(_now_ms())
        self._client.close()

    def stop(self) -> None:
        """Make `run` return, from any thread or a signal handler."""
        self._stopping = True

    def _serve_once(self) -> None:
        arrived = self._client.read(min(self._next_pump - time.monotonic(), COMMANDS_EVERY_S), GROUP_MAX)
        self._caught_up = len(arrived) < GROUP_MAX
        received = [each for each in map(_received, arrived) if each]
        if received:
            self._process(received)
        now_s = time.monotonic()
        if now_s >= self._served_s + DEAF_S:
            self._core.listening(_now_ms())
        self._served_s = now_s
        if now_s >= self._next_pump:
            self._periodic()

    def _process(self, received: "Sequence[_Received]") -> None:
        now_ms = _now_ms()
        frames = [(panel, frame) for panel, payload, sms in received for frame in (sms.frames if sms else (payload,))]
        try:
            for panel, payload, sms in received:
                if sms is None:
                    self._core.receive(panel, payload, now_ms)
                    continue
                for frame in sms.frames:
                    self._core.receive_sms(panel, frame, now_ms, sms.sender)
            answers = self._core.commit(now_ms)
        except StoreError as error:
            _log.error("nothing of the last %d frames was stored or acknowledged: %s", len(frames), error)
            time.sleep(STORE_RETRY_S)
            return
        self._publish(frames, answers)
        for panel, payload, sms in received:
            if sms is not None:
                self._client.publish(topics.sms_down(panel), envelope.pack_receipt(payload))

    def _periodic(self) -> None:
        self._next_pump = time.monotonic() + COMMANDS_EVERY_S
        try:
            if self._next_pump >= self._next_expire:
                self._next_expire = self._next_pump + EXPIRE_EVERY_S
                self._core.expire(_now_ms())
            self._publish([], self._core.pump(_now_ms(), self._shards))
            if self._caught_up:
                self._core.supervise(_now_ms(), self._shards)
        except StoreError as error:
            _log.error("commands wait: %s", error)

    def _publish(self, frames: Frames, answers: Frames) -> None:
        """Send what follows from a commit, and let the observer see both."""
        committed_us = time.time_ns() // 1000
        for panel, frame in answers:
            self._client.publish(topics.down(panel), frame)
        for text in self._core.texts():
            self._client.publish(topics.sms_down(text.panel), envelope.pack_down(text.number, text.frame))
        if self._observer and (frames or answers):
            self._observer(frames, answers, committed_us)


class _Sms(NamedTuple):
    sender: str
    frames: list[bytes]


_Received = tuple[str, bytes, _Sms | None]
"""A panel, what came from it, and what that is if it came by SMS."""


def _received(message: tuple[str, bytes]) -> _Received | None:
    """Return what came, or None for what is not from a panel."""
    topic, payload = message
    try:
        panel, kind = topics.parse(topic)
        if kind == "up":
            return panel, payload, None
        if kind == "sms":
            return panel, payload, _Sms(*envelope.unpack_up(payload))
    except BadMessage:
        return None
    return None


def _filters(shards: tuple[str, str]) -> list[str]:
    if shards == ("00", "ff"):
        return [topics.UP_FILTER, topics.SMS_UP_FILTER]
    served = range(int(shards[0], 16), int(shards[1], 16) + 1)
    return [topics.shard_filter(f"{shard:02x}", kind) for kind in ("up", "sms") for shard in served]


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
