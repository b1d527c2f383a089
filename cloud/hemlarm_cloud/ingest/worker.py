"""Runs the ingest core at the broker, in one thread: read what came, commit it together, acknowledge.

There is no timer that collects: a group is whatever arrived while the last commit ran, up to a bound, so a lone alarm
waits for nobody.
"""

import logging
import time
from collections.abc import Callable, Sequence

from hemlarm_cloud.broker import BrokerLogin
from hemlarm_cloud.broker.client import BrokerClient
from hemlarm_cloud.ingest.core import IngestCore
from hemlarm_cloud.store import StoreError
from hemlarm_protocol import topics
from hemlarm_protocol.errors import BadMessage

GROUP_MAX = 200
"""Frames in one commit: at 15 us an event a commit then still takes only milliseconds."""

COMMANDS_EVERY_S = 0.2
EXPIRE_EVERY_S = 10.0
STORE_RETRY_S = 0.5

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
        self._next_pump = self._next_expire = 0.0

    def run(self) -> None:
        """Serve until `stop`. The broker and the store may come and go."""
        while not self._stopping:
            if self._client.connected or self._client.connect():
                self._serve_once()
        self._client.close()

    def stop(self) -> None:
        """Make `run` return, from any thread or a signal handler."""
        self._stopping = True

    def _serve_once(self) -> None:
        arrived = self._client.read(min(self._next_pump - time.monotonic(), COMMANDS_EVERY_S), GROUP_MAX)
        frames = [(panel, frame) for panel, frame in map(_from_panel, arrived) if panel]
        if frames:
            self._process(frames)
        if time.monotonic() >= self._next_pump:
            self._periodic()

    def _process(self, frames: Frames) -> None:
        now_ms = _now_ms()
        try:
            for panel, frame in frames:
                self._core.receive(panel, frame, now_ms)
            answers = self._core.commit(now_ms)
        except StoreError as error:
            _log.error("nothing of the last %d frames was stored or acknowledged: %s", len(frames), error)
            time.sleep(STORE_RETRY_S)
            return
        self._publish(frames, answers)

    def _periodic(self) -> None:
        self._next_pump = time.monotonic() + COMMANDS_EVERY_S
        try:
            if self._next_pump >= self._next_expire:
                self._next_expire = self._next_pump + EXPIRE_EVERY_S
                self._core.expire(_now_ms())
            self._publish([], self._core.pump(_now_ms(), self._shards))
        except StoreError as error:
            _log.error("commands wait: %s", error)

    def _publish(self, frames: Frames, answers: Frames) -> None:
        """Send what follows from a commit, and let the observer see both."""
        committed_us = time.time_ns() // 1000
        for panel, frame in answers:
            self._client.publish(topics.down(panel), frame)
        if self._observer and (frames or answers):
            self._observer(frames, answers, committed_us)


def _from_panel(message: tuple[str, bytes]) -> tuple[str, bytes]:
    """Return (panel, frame), the panel empty for what is not from one."""
    try:
        panel, direction = topics.parse(message[0])
    except BadMessage:
        return "", b""
    return (panel if direction == "up" else ""), message[1]


def _filters(shards: tuple[str, str]) -> list[str]:
    if shards == ("00", "ff"):
        return [topics.UP_FILTER]
    return [topics.shard_filter(f"{shard:02x}") for shard in range(int(shards[0], 16), int(shards[1], 16) + 1)]


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
