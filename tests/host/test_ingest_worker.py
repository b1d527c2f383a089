"""The loop around the ingest core: what it does when it was away, when it is behind, and with what comes by SMS."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from hemlarm_cloud.broker import BrokerLogin
from hemlarm_cloud.ingest import worker as looped
from hemlarm_cloud.ingest.texting import Text
from hemlarm_cloud.ingest.worker import DEAF_S, GROUP_MAX, Worker
from hemlarm_cloud.sms import envelope
from hemlarm_cloud.store import StoreError
from hemlarm_protocol import topics

PANEL, NUMBER, FRAME = "0123456789abcdef", "+46701740605", b"kid1" + bytes(64)
UP = (topics.up(PANEL), FRAME)


class Core:
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.received: list[tuple[Any, ...]] = []
        self.full = False

    def receive(self, panel: str, frame: bytes, now_ms: int) -> None:
        self.received.append((panel, frame))

    def receive_sms(self, panel: str, frame: bytes, now_ms: int, sender: str) -> None:
        self.received.append((panel, frame, sender))

    def commit(self, now_ms: int) -> list[tuple[str, bytes]]:
        if self.full:
            raise StoreError("disk full")
        self.asked.append("commit")
        return []

    def texts(self) -> list[Text]:
        texts = [Text(PANEL, NUMBER, b"answer")] if self.received and "texts" not in self.asked else []
        self.asked.append("texts")
        return texts

    def pump(self, now_ms: int, shards: tuple[str, str]) -> list[tuple[str, bytes]]:
        self.asked.append("pump")
        return []

    def expire(self, now_ms: int) -> None:
        return

    def supervise(self, now_ms: int, shards: tuple[str, str]) -> None:
        self.asked.append("supervise")

    def listening(self, now_ms: int) -> None:
        self.asked.append("listening")


class Scene:
    """A worker on a client and a clock moved by hand; each round is (seconds later, what has come, still connected)."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, *rounds: tuple[float, Sequence[tuple[str, bytes]], bool]
    ) -> None:
        self.core = Core()
        self.published: list[tuple[str, bytes]] = []
        self.connected = False
        self.filters: Sequence[str] = ()
        self._now_s = 1_000.0
        self._rounds = list(rounds)
        monkeypatch.setattr(looped, "BrokerClient", self._client)
        monkeypatch.setattr(time, "monotonic", lambda: self._now_s)
        monkeypatch.setattr(time, "sleep", lambda _seconds: None)
        login = BrokerLogin("host", 1, "cloud-ingest", *[Path()] * 3)
        self.worker = Worker(self.core, login)  # type: ignore[arg-type]

    def run(self) -> list[str]:
        """Run all rounds; returns what the core was asked."""
        self.worker.run()
        return self.core.asked

    def _client(self, login: BrokerLogin, filters: Sequence[str]) -> "Scene":
        self.filters = filters
        return self

    def connect(self) -> bool:
        self.connected = True
        return True

    def read(self, wait_s: float, at_most: int) -> list[tuple[str, bytes]]:
        later_s, arrived, self.connected = self._rounds.pop(0)
        self._now_s += later_s
        if not self._rounds:
            self.worker.stop()
        return list(arrived)

    def publish(self, topic: str, payload: bytes) -> None:
        self.published.append((topic, payload))

    def close(self) -> None:
        return


def test_a_worker_hears_what_comes_over_sessions_and_by_sms(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch, (0.1, [UP], True))
    scene.run()
    assert scene.filters == [topics.UP_FILTER, topics.SMS_UP_FILTER]
    assert scene.core.received == [(PANEL, FRAME)]


def test_whoever_was_connected_anew_knows_of_no_silence_before(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch, (0.3, [], True), (0.3, [], False), (0.3, [], True))
    asked = [what for what in scene.run() if what != "texts"]
    assert asked == [
        "listening",
        "listening",
        "pump",
        "supervise",
        "pump",
        "supervise",
        "listening",
        "pump",
        "supervise",
    ]


def test_after_a_standstill_silence_counts_from_now(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch, (0.3, [], True), (DEAF_S - 0.1, [], True), (DEAF_S, [], True))
    asked = [what for what in scene.run() if what in ("listening", "supervise")]
    assert asked == ["listening", "listening", "supervise", "supervise", "listening", "supervise"]


def test_a_worker_that_is_behind_misses_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch, (0.3, [UP] * GROUP_MAX, True), (0.3, [UP], True))
    asked = [what for what in scene.run() if what in ("pump", "supervise")]
    assert asked == ["pump", "pump", "supervise"]


def test_an_sms_is_received_answered_and_receipted_after_its_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    payload = envelope.pack_up(NUMBER, [FRAME, FRAME])
    scene = Scene(monkeypatch, (0.1, [(topics.sms_up(PANEL), payload)], True))
    scene.run()
    assert scene.core.received == [(PANEL, FRAME, NUMBER)] * 2
    assert scene.published == [
        (topics.sms_down(PANEL), envelope.pack_down(NUMBER, b"answer")),
        (topics.sms_down(PANEL), envelope.pack_receipt(payload)),
    ]


def test_an_sms_that_could_not_be_stored_has_no_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    payload = envelope.pack_up(NUMBER, [FRAME])
    scene = Scene(monkeypatch, (0.1, [(topics.sms_up(PANEL), payload)], True))
    scene.core.full = True
    scene.run()
    assert all(
        topic != topics.sms_down(PANEL) or receipt != envelope.pack_receipt(payload)
        for topic, receipt in scene.published
    )


@pytest.mark.parametrize(
    "message",
    [(topics.sms_up(PANEL), b"junk"), (topics.sms_down(PANEL), FRAME), (topics.down(PANEL), FRAME), ("other", FRAME)],
)
def test_what_is_not_from_a_panel_is_left_alone(monkeypatch: pytest.MonkeyPatch, message: tuple[str, bytes]) -> None:
    scene = Scene(monkeypatch, (0.1, [message], True))
    scene.run()
    assert (scene.core.received, scene.published) == ([], [])
