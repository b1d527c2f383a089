"""The panel's end with two paths: the session outlives a change, a race sends all twice, each path proves itself."""

from hemlarm_protocol import keys, messages, panel_end, sealing
from hemlarm_protocol.path_names import IP, MOBILE
from hemlarm_protocol.two_path_end import TwoPathEnd
from session_support import FIRE, PANEL, ROOT_KEY, ROUTINE, Cloud, Panel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class TwoPathPanel(Panel):
    """A `Panel` with two paths; `heartbeats` are (path it went on, path it names) of those that were carried."""

    end: TwoPathEnd

    def boot(self) -> None:
        self.boots += 1
        self.heartbeats: list[tuple[int, int]] = []
        self.end = TwoPathEnd(PANEL, ROOT_KEY, self.chance, self.journal, self._status)


def carry(
    panel: TwoPathPanel, cloud: Cloud, now_ms: int, up: "tuple[int, ...]", down: "tuple[int, ...]"
) -> "list[Any]":
    """Carry frames until nobody says more, over the paths that work; return what the panel's end told."""
    told: list[Any] = []
    for _ in range(50):
        sent = {path: panel.end.to_send(path) for path in (IP, MOBILE)}
        for path in up:
            cloud.heard(sent[path], now_ms)
            for fact in cloud.take_facts():
                if fact[0] == "heartbeat":
                    panel.heartbeats.append((path, fact[1].path))
        answers = cloud.end.to_send()
        for path in down:
            for frame in answers:
                panel.end.received(frame, now_ms, path)
        told += panel.end.happenings()
        if not any(sent.values()) and not answers:
            return told
    raise AssertionError("the ends never stop talking")


def opened() -> "tuple[TwoPathPanel, Cloud]":
    panel, cloud = TwoPathPanel(), Cloud()
    panel.end.connected(0, IP)
    carry(panel, cloud, 0, (IP,), (IP,))
    panel.heartbeats.clear()
    return panel, cloud


def frames_of(panel: TwoPathPanel, path: int) -> "list[str]":
    """Take what is to be sent on a path and say what each frame is."""
    names = {panel.key.kid: "event", keys.hello_key(ROOT_KEY, PANEL).kid: "hello"}
    return [names.get(frame[:4], "session") for frame in panel.end.to_send(path)]


def test_a_session_goes_on_over_the_other_path_without_a_greeting() -> None:
    panel, cloud = opened()
    panel.event(FIRE)
    panel.end.poke(1_000)
    assert frames_of(panel, IP) == ["event"]
    panel.end.use(MOBILE, 1_500)
    panel.end.connected(2_000, MOBILE)
    assert frames_of(panel, MOBILE) == ["event", "session"]
    panel.end.disconnected(IP)
    panel.end.wake(4_000)
    assert ("acknowledged", panel.key.kid, 1) in carry(panel, cloud, 4_000, (MOBILE,), (MOBILE,))
    assert panel.end.state == panel_end.OPEN


def test_a_session_outlives_a_time_without_any_path() -> None:
    panel, _ = opened()
    panel.end.disconnected(IP)
    assert panel.end.deadline_ms() is None
    panel.event(FIRE)
    panel.end.poke(5_000)
    assert frames_of(panel, IP) == frames_of(panel, MOBILE) == []
    assert [record.number for record in panel.end.waiting()] == [1]
    assert panel.end.oldest_ms(FIRE) == 5_000
    panel.end.connected(60_000, IP)
    assert frames_of(panel, IP) == ["event", "session"]


def test_a_cloud_that_has_forgotten_the_session_knocks_and_is_greeted() -> None:
    panel, cloud = opened()
    panel.end.disconnected(IP)
    cloud.restart()
    panel.event(FIRE)
    panel.end.connected(60_000, MOBILE)
    told = carry(panel, cloud, 60_000, (MOBILE,), (MOBILE,))
    assert [fact[0] for fact in told if fact[0] in ("opened", "acknowledged")] == ["opened", "acknowledged"]


def test_where_no_session_could_be_had_the_next_connection_begins_with_a_greeting() -> None:
    panel = TwoPathPanel()
    panel.end.connected(0, IP)
    assert frames_of(panel, IP) == ["hello"]
    panel.end.connected(1_000, MOBILE)
    assert frames_of(panel, MOBILE) == []
    panel.end.use(MOBILE, 2_000)
    assert frames_of(panel, MOBILE) == ["hello"]
    panel.end.disconnected(IP)
    panel.end.disconnected(MOBILE)
    panel.end.connected(3_000, IP)
    assert frames_of(panel, IP) == ["hello"]


def test_in_a_race_everything_goes_over_both_paths_but_a_heartbeat_over_its_own_only() -> None:
    panel, cloud = opened()
    panel.event(FIRE)
    panel.end.poke(1_000)
    panel.end.connected(2_000, MOBILE)
    panel.end.to_send(IP), panel.end.to_send(MOBILE)
    panel.end.race(True, 5_000)
    assert frames_of(panel, IP) == ["session"]
    assert frames_of(panel, MOBILE) == ["event"]
    panel.event(ROUTINE)
    panel.end.poke(5_001)
    assert frames_of(panel, IP) == frames_of(panel, MOBILE) == ["event"]
    panel.end.race(False, 5_002)
    panel.event(ROUTINE)
    panel.end.poke(5_003)
    assert frames_of(panel, IP) == ["event"]
    assert frames_of(panel, MOBILE) == []
    panel.end.wake(20_000)
    carry(panel, cloud, 20_000, (IP, MOBILE), (IP, MOBILE))
    assert panel.heartbeats
    assert all(went == named for went, named in panel.heartbeats)


def test_a_path_is_proven_by_its_own_heartbeat_and_by_what_was_heard_on_it_only() -> None:
    for up, down, proven in (
        ((IP, MOBILE), (IP, MOBILE), [IP, MOBILE]),
        ((MOBILE,), (IP, MOBILE), [MOBILE]),
        ((IP, MOBILE), (MOBILE,), [MOBILE]),
        ((IP,), (MOBILE,), []),
        ((IP,), (IP,), [IP]),
    ):
        panel, cloud = opened()
        panel.end.connected(1_000, MOBILE)
        panel.end.check(IP, 1_001)
        told = carry(panel, cloud, 1_002, up, down)
        assert sorted([fact[1] for fact in told if fact[0] == "answered"]) == proven


def test_two_heartbeats_never_share_the_moment_that_names_them() -> None:
    panel, cloud = opened()
    panel.end.connected(1_000, MOBILE)
    panel.end.check(IP, 1_000)
    assert panel.end.deadline_ms() == 1_001
    panel.end.wake(1_001)
    told = carry(panel, cloud, 1_001, (IP, MOBILE), (IP, MOBILE))
    assert sorted([fact[1] for fact in told if fact[0] == "answered"]) == [IP, MOBILE]


def test_what_comes_on_both_paths_is_no_refusal_and_has_its_effect_once() -> None:
    panel, cloud = opened()
    panel.end.connected(1_000, MOBILE)
    cloud.end.command(messages.Command(b"command1", 2, 1, 7, 0xFFFFFFFF))
    told = carry(panel, cloud, 1_000, (IP, MOBILE), (IP, MOBILE))
    assert [fact[0] for fact in told].count("command") == 1
    assert panel.end.refusals.counts == {}


def test_a_silent_cloud_is_greeted_later_than_by_a_panel_with_one_path() -> None:
    panel, _ = opened()
    panel.event(FIRE)
    panel.end.poke(10_000)
    greeted_ms = None
    while greeted_ms is None:
        at_ms = panel.end.deadline_ms()
        assert at_ms is not None
        panel.end.wake(at_ms)
        if "hello" in frames_of(panel, IP):
            greeted_ms = at_ms
    assert 12_000 <= greeted_ms - 10_000 <= 15_000


def test_the_levels_pace_the_path_in_use_and_reach_the_shell() -> None:
    panel, cloud = opened()
    cloud.end._to_session(messages.Levels(22_500, 45_000))
    assert carry(panel, cloud, 1_000, (IP,), (IP,)) == [("levels", messages.Levels(22_500, 45_000))]
    assert panel.end.deadline_ms() == 23_500
    panel.end.wake(23_500)
    carry(panel, cloud, 23_500, (IP,), (IP,))
    assert panel.end.deadline_ms() == 46_000


def test_an_event_acknowledged_by_sms_is_forgotten_and_one_with_another_tag_is_not() -> None:
    panel, _ = opened()
    panel.end.disconnected(IP)
    record = panel.event(FIRE)
    panel.end.poke(1_000)
    panel.end.acknowledged(record.kid, record.number, bytes(8), 2_000)
    assert panel.journal.pending == 1
    panel.end.acknowledged(record.kid, record.number, sealing.short_tag(record.sealed), 2_000)
    assert panel.journal.pending == 0
    assert panel.end.happenings() == [("acknowledged", record.kid, 1)]


def test_the_path_in_use_owes_answers_and_the_other_one_only_to_its_heartbeat() -> None:
    panel, cloud = opened()
    assert not panel.end.owed(IP)
    panel.event(FIRE)
    panel.end.poke(1_000)
    assert panel.end.owed(IP)
    assert not panel.end.owed(MOBILE)
    panel.end.connected(1_001, MOBILE)
    assert panel.end.owed(MOBILE)
    carry(panel, cloud, 1_002, (IP, MOBILE), (IP, MOBILE))
    assert not panel.end.owed(IP)
    assert not panel.end.owed(MOBILE)
