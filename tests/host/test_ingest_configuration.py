"""The cloud's copy of a configuration and its changes, from event to store and from store to panel."""

from pathlib import Path
from typing import Any

import pytest

from hemlarm_cloud.ingest.configuration_reading import REPEAT_MS, TRIES
from hemlarm_cloud.store import Change, Configuration, Store, StoreError
from hemlarm_protocol import cbor, messages
from ingest_support import BURGLARY, Bench, file_url
from old_store import make_old_store

RESTARTED, RECONFIGURED = 1305, 1306
DONE, BAD_ARGUMENT, CONFLICT, BUSY = 0, 3, 5, 6


class ConfiguredPanel(Bench):
    """A bench whose panel answers for a configuration, as the firmware's shell does."""

    def __init__(self, url: str = "sqlite://") -> None:
        super().__init__(url)
        self.revision = 1
        self.answers: dict[bytes, tuple[int, int]] = {}
        self.reason = ""
        self.asked: list[int] = []
        self.executed: list[bytes] = []

    def document(self) -> bytes:
        """The configuration, as the panel tells it."""
        return cbor.encode({"revision": self.revision, "zones": [{"number": n, "name": "n" * 9} for n in range(1, 65)]})

    def change_here(self) -> None:
        """Somebody changes the configuration at the keypad."""
        self.revision += 1
        self.panel.record(RECONFIGURED)

    def down(self, frames: list[bytes]) -> None:
        """Give frames to the panel, and do what it does with them."""
        super().down(frames)
        for kind, message, *_ in [fact for fact in self.panel.end.happenings() if len(fact) == 2]:
            if kind == "read-config":
                self._tell(message)
            elif kind == "configure":
                self._configure(message)

    def _tell(self, question: Any) -> None:
        self.asked.append(question.offset)
        whole = self.document()
        piece = whole[question.offset : question.offset + messages.CONFIG_BYTES_MAX]
        self.panel.end.answer_config(question.id, self.revision, len(whole), question.offset, piece)

    def _configure(self, change: Any) -> None:
        if change.id not in self.answers:
            self.executed.append(change.edits)
            done = change.base == self.revision
            if done:
                self.change_here()
            self.answers[change.id] = (DONE if done else CONFLICT, self.revision)
        if self.reason:
            self.panel.end.refuse(change.id, self.reason)
        self.panel.end.answer(change.id, *self.answers[change.id])

    def configuration(self) -> Configuration | None:
        """What the cloud knows."""
        with self.store.read() as reading:
            return reading.configuration(self.panel.id)

    def ask_for(self, base: int, change_id: bytes = b"change 1", life_ms: int = 60_000) -> None:
        """Queue a change and let the ingest send it."""
        edits = cbor.encode([["areas", 1, {"entry_s": 45}]])
        with self.store.begin() as tx:
            tx.add_change(Change(change_id, self.panel.id, "anna", 5, base, edits, self.now_ms, self.now_ms + life_ms))
        self.down([frame for _, frame in self.core.pump(self.now_ms)])
        self.settle()

    def change(self, change_id: bytes = b"change 1") -> Change:
        """The change as it is stored."""
        with self.store.read() as reading:
            found = reading.change(change_id)
        assert found
        return found


@pytest.fixture
def bench(store_url: str) -> ConfiguredPanel:
    return ConfiguredPanel(store_url)


def assert_equal_at_both_ends(bench: ConfiguredPanel) -> None:
    stored = bench.configuration()
    assert stored
    assert (stored.revision, stored.document, stored.complete) == (bench.revision, bench.document(), True)


def test_a_panel_that_starts_is_asked_for_its_configuration_until_it_is_there_in_full(bench: ConfiguredPanel) -> None:
    bench.panel.record(RESTARTED)
    bench.connect()
    assert_equal_at_both_ends(bench)
    assert bench.asked == list(range(0, len(bench.document()), messages.CONFIG_BYTES_MAX))
    assert bench.core._readings.due_ms() == []


def test_a_change_at_the_keypad_is_read_again(bench: ConfiguredPanel) -> None:
    bench.panel.record(RESTARTED)
    bench.connect()
    bench.change_here()
    bench.settle()
    assert_equal_at_both_ends(bench)


def test_other_events_ask_for_nothing(bench: ConfiguredPanel) -> None:
    bench.connect()
    bench.panel.record(BURGLARY)
    bench.settle()
    assert bench.asked == []
    assert bench.configuration() is None


def test_an_event_that_comes_twice_asks_once(bench: ConfiguredPanel) -> None:
    bench.connect()
    bench.change_here()
    frames = bench.panel.end.to_send()
    bench.down(bench.exchange(frames))
    bench.settle()
    asked = len(bench.asked)
    bench.down(bench.exchange(frames))
    bench.settle()
    assert len(bench.asked) == asked


def test_a_change_while_it_is_read_leads_to_the_new_one(bench: ConfiguredPanel) -> None:
    bench.panel.record(RESTARTED)
    told = bench._tell

    def tell_and_change(question: Any) -> None:
        told(question)
        if len(bench.asked) == 2:
            bench.change_here()

    bench._tell = tell_and_change  # type: ignore[method-assign]
    bench.connect()
    assert bench.revision == 2
    assert_equal_at_both_ends(bench)


def test_the_former_configuration_is_kept_while_the_new_one_is_read(bench: ConfiguredPanel) -> None:
    bench.panel.record(RESTARTED)
    bench.connect()
    before = bench.configuration()
    assert before
    bench.change_here()
    bench.exchange(bench.panel.end.to_send())
    assert bench.configuration() == before._replace(complete=False)


def test_a_lost_question_is_asked_again(bench: ConfiguredPanel) -> None:
    bench.connect()
    bench.change_here()
    bench.exchange(bench.panel.end.to_send())
    bench.pass_time(REPEAT_MS)
    assert bench.core.deadline_ms(bench.now_ms) == bench.now_ms
    bench.down([frame for _, frame in bench.core.pump(bench.now_ms)])
    bench.settle()
    assert_equal_at_both_ends(bench)


def test_a_panel_that_knows_no_such_question_is_left_alone_after_some_tries(bench: ConfiguredPanel) -> None:
    bench.connect()
    bench.change_here()
    bench.exchange(bench.panel.end.to_send())
    sent = []
    for _ in range(TRIES + 5):
        bench.pass_time(REPEAT_MS)
        sent.append(len(bench.core.pump(bench.now_ms)))
    assert sent == [1] * (TRIES - 1) + [0] * 6
    assert bench.core._readings.due_ms() == []


def test_what_was_not_read_in_one_session_is_asked_for_in_the_next(bench: ConfiguredPanel) -> None:
    bench.connect()
    bench.change_here()
    bench.exchange(bench.panel.end.to_send())
    bench.start_ingest()
    bench.panel.end.disconnected()
    bench.pass_time(10_000)
    bench.connect()
    assert_equal_at_both_ends(bench)


def test_a_failed_commit_loses_no_configuration(bench: ConfiguredPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.panel.record(RESTARTED)
    keep, failures = "hemlarm_cloud.store.transaction.Transaction.keep_configuration", []

    def refuse(*_: Any) -> None:
        failures.append(1)
        raise StoreError("disk full")

    with monkeypatch.context() as context:
        context.setattr(keep, refuse)
        with pytest.raises(StoreError):
            bench.connect()
    bench.settle()
    assert failures == [1]
    assert_equal_at_both_ends(bench)


def test_a_configuration_that_is_no_map_is_counted_and_not_stored(bench: ConfiguredPanel) -> None:
    bench.document = lambda: cbor.encode([1, 2])  # type: ignore[method-assign]
    bench.panel.record(RESTARTED)
    bench.connect()
    assert bench.configuration() == Configuration(bench.panel.id)
    assert bench.core.refusal_counts()["a configuration is a CBOR map"] == 1


def test_a_change_based_on_the_present_revision_is_done_and_both_ends_are_equal(bench: ConfiguredPanel) -> None:
    bench.panel.record(RESTARTED)
    bench.connect()
    bench.ask_for(base=1)
    change = bench.change()
    assert (change.state, change.status, change.detail) == ("done", DONE, 2)
    assert cbor.decode(bench.executed[0]) == [["areas", 1, {"entry_s": 45}]]
    assert bench.revision == 2
    assert_equal_at_both_ends(bench)


def test_a_change_at_the_keypad_at_the_same_time_wins_and_the_clouds_is_a_conflict(bench: ConfiguredPanel) -> None:
    bench.panel.record(RESTARTED)
    bench.connect()
    bench.revision += 1  # Its event is still under way.
    bench.ask_for(base=1)
    assert (bench.change().state, bench.change().status) == ("failed", CONFLICT)
    assert bench.revision == 2
    assert_equal_at_both_ends(bench)


def test_a_busy_panels_answer_is_stored(bench: ConfiguredPanel) -> None:
    bench.answers[b"change 1"] = (BUSY, 1)
    bench.connect()
    bench.ask_for(base=1)
    assert (bench.change().state, bench.change().status) == ("failed", BUSY)


def test_why_a_change_was_refused_is_there_as_soon_as_the_answer_is(bench: ConfiguredPanel) -> None:
    bench.connect()
    bench.answers[b"change 1"], bench.reason = (BAD_ARGUMENT, 1), "entry_s: 400 är fel"
    exchange, seen = bench.exchange, []

    def one_by_one(up: list[bytes]) -> list[bytes]:
        down = []
        for frame in up:
            down += exchange([frame])
            seen.append((bench.change().reason, bench.change().state))
        return down

    bench.exchange = one_by_one  # type: ignore[method-assign]
    bench.ask_for(base=1)
    assert seen[:2] == [("entry_s: 400 är fel", "sent"), ("entry_s: 400 är fel", "failed")]
    assert bench.change().status == BAD_ARGUMENT


def test_a_reason_and_an_answer_that_are_stored_together_are_both_there(bench: ConfiguredPanel) -> None:
    bench.connect()
    bench.answers[b"change 1"], bench.reason = (BAD_ARGUMENT, 1), "because"
    bench.ask_for(base=1)
    assert (bench.change().state, bench.change().reason) == ("failed", "because")


def test_a_lost_reason_leaves_the_answer(bench: ConfiguredPanel) -> None:
    bench.connect()
    bench.answers[b"change 1"], bench.reason = (BAD_ARGUMENT, 1), "because"
    exchange = bench.exchange
    bench.exchange = lambda up: exchange(up[1:])  # type: ignore[method-assign]
    bench.ask_for(base=1)
    assert (bench.change().state, bench.change().status, bench.change().reason) == ("failed", BAD_ARGUMENT, None)


def test_a_reason_is_stored_without_what_a_terminal_or_a_database_would_stumble_over(bench: ConfiguredPanel) -> None:
    bench.connect()
    bench.ask_for(base=2)
    bench.panel.end.refuse(b"change 1", "a\x00b\x1b[2Jc\nd\u202ee f")
    bench.settle()
    assert bench.change().reason == "a\ufffdb\ufffd[2Jc\ufffdd\ufffde f"


def test_a_reason_for_what_was_done_or_never_asked_of_this_panel_has_no_effect(bench: ConfiguredPanel) -> None:
    bench.connect()
    bench.ask_for(base=1)
    other = "ee112233445566ff"
    bench.add_panel(other, bytes(32))
    with bench.store.begin() as tx:
        tx.add_change(Change(b"change 2", other, "anna", 5, 1, b"\x80", bench.now_ms, bench.now_ms + 60_000))
    before = bench.change(), bench.change(b"change 2"), bench.configuration()
    for change_id in (b"change 1", b"change 2", b"change 3"):
        bench.panel.end.refuse(change_id, "because")
    bench.settle()
    assert (bench.change(), bench.change(b"change 2"), bench.configuration()) == before
    assert bench.change().state == "done"


def test_an_unanswered_change_is_sent_again_and_executed_once(bench: ConfiguredPanel) -> None:
    bench.connect()
    answer, lost = bench.panel.end.answer, []
    bench.panel.end.answer = lambda *words: lost.append(words)  # type: ignore[method-assign]
    bench.ask_for(base=1)
    assert bench.change().state == "sent"
    bench.panel.end.answer = answer  # type: ignore[method-assign]
    bench.pass_time(5_000)
    bench.down([frame for _, frame in bench.core.pump(bench.now_ms)])
    bench.settle()
    assert (len(lost), len(bench.executed), bench.revision) == (1, 1, 2)
    assert bench.change().state == "done"
    assert_equal_at_both_ends(bench)


def test_a_change_expires_unanswered(bench: ConfiguredPanel) -> None:
    bench.ask_for(base=1, life_ms=5_000)
    bench.core.expire(bench.now_ms + 5_000)
    assert bench.change().state == "expired"
    with bench.store.read() as reading:
        assert reading.due_changes(bench.now_ms) == []


def test_a_panel_cannot_answer_for_anothers_change(bench: ConfiguredPanel) -> None:
    bench.connect()
    other = "ee112233445566ff"
    bench.add_panel(other, bytes(32))
    with bench.store.begin() as tx:
        tx.add_change(Change(b"change 2", other, "anna", 5, 1, b"\x80", bench.now_ms, bench.now_ms + 60_000))
    bench.panel.end.answer(b"change 2", DONE, 2)
    bench.settle()
    assert bench.change(b"change 2").state == "queued"


def test_an_older_database_has_every_panel_asked_for_its_configuration(tmp_path: Path) -> None:
    url = file_url(tmp_path)
    panel = {"id": "00112233445566ff", "shard": "00", "root_key": b"", "certificate_serial": "1f", "provisioned_ms": 0}
    make_old_store(url, "0001", [("panel", panel)])
    store = Store.open(url)
    with store.read() as reading:
        assert reading.configuration("00112233445566ff") == Configuration("00112233445566ff")
