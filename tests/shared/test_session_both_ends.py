"""Both ends together: from an event to its acknowledgement over losses, restarts, reboots and restored stores."""

from hemlarm_protocol import flights, keys, messages, sealing
from session_support import FIRE, OTHER_SALT, PANEL, ROOT_KEY, Cloud, Panel, kinds, opened, settle

COMMAND = messages.Command(b"command1", 2, 1, 7, 0xFFFFFFFF)
CHANGE = messages.Configure(b"change 1", 6, 7, 0xFFFFFFFF, bytes(messages.CONFIG_BYTES_MAX))


def journalled(panel: Panel) -> "dict[tuple[bytes, int], bytes]":
    return {(record.kid, record.number): record.sealed for record in panel.journal.records}


def test_an_event_is_stored_and_acknowledged_in_one_round_trip() -> None:
    panel, cloud = opened()
    record = panel.event(FIRE)
    panel.end.poke(1)
    assert settle(panel, cloud, 1) == 2
    assert panel.end.happenings() == [("acknowledged", record.kid, record.number)]
    assert cloud.events == journalled(panel)


def test_events_from_before_the_session_are_acknowledged_as_it_opens() -> None:
    panel, cloud = Panel(), Cloud()
    for _ in range(100):
        panel.event()
    panel.end.connected(0)
    settle(panel, cloud, 0)
    assert panel.journal.pending == 0
    assert cloud.events == journalled(panel)


def test_a_lost_event_comes_again_and_so_does_a_lost_acknowledgement() -> None:
    panel, cloud = opened()
    panel.event()
    panel.end.poke(0)
    panel.end.to_send()
    panel.end.wake(1000)
    cloud.heard(panel.end.to_send(), 1000)
    cloud.end.to_send()
    assert panel.journal.pending == 1
    panel.end.wake(4000)
    settle(panel, cloud, 4000)
    assert panel.journal.pending == 0
    assert len(cloud.events) == 1


def test_a_cloud_that_restarts_is_greeted_and_acknowledges_what_it_had_not() -> None:
    panel, cloud = opened()
    panel.event()
    panel.end.poke(10_000)
    cloud.heard(panel.end.to_send(), 10_000)
    cloud.restart()
    panel.end.wake(11_000)
    settle(panel, cloud, 11_000)
    assert panel.journal.pending == 0
    assert "opened" in kinds(panel.end.happenings())


def test_commands_go_down_and_results_come_up() -> None:
    panel, cloud = opened()
    assert cloud.end.command(COMMAND)
    settle(panel, cloud, 1)
    assert panel.end.happenings() == [("command", COMMAND)]
    panel.end.answer(COMMAND.id, 1, 2)
    settle(panel, cloud, 2)
    assert cloud.take_facts() == [("result", messages.Result(COMMAND.id, 1, 2))]


def test_changes_of_the_configuration_go_down_and_results_come_up() -> None:
    panel, cloud = opened()
    assert cloud.end.configure(CHANGE)
    settle(panel, cloud, 0)
    assert panel.end.happenings() == [("configure", CHANGE)]
    panel.end.answer(CHANGE.id, 0, 7)
    settle(panel, cloud, 0)
    assert cloud.take_facts() == [("result", messages.Result(CHANGE.id, 0, 7))]


def test_why_a_change_is_refused_comes_before_its_result() -> None:
    panel, cloud = opened()
    panel.end.refuse(CHANGE.id, "entry_s: 400 är fel")
    panel.end.answer(CHANGE.id, 3, 6)
    settle(panel, cloud, 0)
    refusal = messages.Refusal(CHANGE.id, "entry_s: 400 är fel".encode())
    assert cloud.take_facts() == [("refusal", refusal), ("result", messages.Result(CHANGE.id, 3, 6))]


def test_a_reason_that_is_too_long_is_cut_between_two_characters() -> None:
    panel, cloud = opened()
    most = messages.REASON_BYTES_MAX
    for text, whole in (("x" * most, most), ("x" * (most + 1), most), ("x" + "å" * most, most - 1), ("€" * most, 198)):
        panel.end.refuse(CHANGE.id, text)
        settle(panel, cloud, 0)
        assert cloud.take_facts() == [("refusal", messages.Refusal(CHANGE.id, text.encode()[:whole]))]


def test_the_configuration_is_asked_for_and_comes_up_in_pieces() -> None:
    panel, cloud = opened()
    request = messages.ReadConfig(b"request1", 700, 0xFFFFFFFF)
    assert cloud.end.read_config(request)
    settle(panel, cloud, 0)
    assert panel.end.happenings() == [("read-config", request)]
    panel.end.answer_config(request.id, 6, 1500, 700, b"x" * messages.CONFIG_BYTES_MAX)
    settle(panel, cloud, 0)
    part = messages.ConfigPart(b"request1", 6, 1500, 700, b"x" * messages.CONFIG_BYTES_MAX)
    assert cloud.take_facts() == [("config-part", part)]


def test_without_a_session_no_configuration_goes_either_way() -> None:
    panel, cloud = Panel(), Cloud()
    assert not cloud.end.configure(CHANGE)
    assert not cloud.end.read_config(messages.ReadConfig(bytes(8), 0, 0))
    panel.end.answer_config(bytes(8), 1, 1, 0, b"x")
    panel.end.refuse(bytes(8), "why")
    assert panel.end.to_send() == cloud.end.to_send() == []


def test_a_command_that_is_repeated_on_the_wire_reaches_the_shell_once() -> None:
    panel, cloud = opened()
    cloud.end.command(COMMAND)
    frames = cloud.end.to_send()
    panel.heard(frames * 5, 1)
    assert kinds(panel.end.happenings()) == ["command"]


def test_a_command_from_an_earlier_session_is_void() -> None:
    panel, cloud = opened()
    cloud.end.command(COMMAND)
    held = cloud.end.to_send()
    panel.end.disconnected()
    panel.heard(held, 9_000)
    panel.end.connected(10_000)
    panel.heard(held, 10_000)
    settle(panel, cloud, 10_000)
    panel.heard(held, 10_001)
    assert "command" not in kinds(panel.end.happenings())


def test_after_a_reboot_nothing_from_before_it_is_taken() -> None:
    panel, cloud = opened()
    panel.event()
    panel.end.poke(1)
    cloud.heard(panel.end.to_send(), 1)
    cloud.end.command(COMMAND)
    recorded = cloud.end.to_send()
    panel.boot()
    panel.end.connected(0)
    panel.heard(recorded, 0)
    assert panel.end.happenings() == []
    settle(panel, cloud, 0)
    panel.heard(recorded, 1)
    assert "command" not in kinds(panel.end.happenings())
    assert panel.journal.pending == 0


def test_what_a_restored_store_lacks_is_asked_for_and_comes_again() -> None:
    panel, cloud = opened()
    for _ in range(5):
        panel.event()
    panel.end.poke(1)
    settle(panel, cloud, 1)
    panel.end.happenings()
    cloud.events = {}
    cloud.restart()
    panel.end.wake(60_000)
    settle(panel, cloud, 60_000)
    assert cloud.end.ask_again(panel.key.kid, 1, 5)
    settle(panel, cloud, 60_001)
    asked = [happening for happening in panel.end.happenings() if happening[0] == "resend"]
    assert asked == [("resend", messages.Resend(panel.key.kid, 1, 5))]
    assert panel.journal.recall(panel.key.kid, 1, 5) == 5
    panel.end.poke(60_002)
    settle(panel, cloud, 60_002)
    assert cloud.events == journalled(panel)
    assert panel.journal.pending == 0


def test_a_recorded_conversation_played_to_both_ends_changes_nothing() -> None:
    panel, cloud = Panel(), Cloud()
    up, down = [], []
    panel.end.connected(0)
    panel.event()
    for now_ms in range(5):
        up += panel.end.to_send()
        cloud.heard(up[-3:], now_ms)
        down += cloud.end.to_send()
        panel.heard(down[-3:], now_ms)
    cloud.end.command(COMMAND)
    settle(panel, cloud, 5)
    state = panel.end.state, cloud.end.hello, panel.journal.pending, dict(cloud.events)
    panel.end.happenings()
    cloud.take_facts()
    for frame in down * 2:
        panel.heard([frame], 10_000)
    for frame in up * 2:
        cloud.heard([frame], 10_000)
    cloud.end.to_send()
    assert panel.end.happenings() == []
    assert set(kinds(cloud.take_facts())) <= {"refused", "event", "salt"}
    assert (panel.end.state, cloud.end.hello, panel.journal.pending, cloud.events) == state


def test_two_incarnations_are_acknowledged_each_under_its_own_key_id() -> None:
    panel, cloud = Panel(1, (OTHER_SALT,)), Cloud()
    panel.event()
    panel.salts = (b"newest salt.....", OTHER_SALT)
    panel.key = keys.journal_key(ROOT_KEY, PANEL, panel.salts[0])
    panel.next_number = 1
    panel.event()
    panel.end.connected(0)
    settle(panel, cloud, 0)
    assert panel.journal.pending == 0
    assert len(cloud.events) == 2
    assert cloud.salts == [OTHER_SALT, b"newest salt....."]


def test_a_busy_exchange_stays_within_its_bounds() -> None:
    panel, cloud = opened()
    for _ in range(200):
        panel.event()
    panel.end.poke(1)
    most = 0
    for now_ms in range(1, 100):
        frames = panel.end.to_send()
        most = max(most, len(frames))
        cloud.heard(frames, now_ms)
        panel.heard(cloud.end.to_send(), now_ms)
    assert most == flights.IN_FLIGHT_MAX
    assert panel.journal.pending == 0


def test_the_cloud_and_the_panel_never_seal_two_messages_under_one_nonce() -> None:
    panel, cloud = opened()
    seen = set()
    for now_ms in range(0, 400_000, 7000):
        if now_ms % 3 == 0:
            panel.event()
            panel.end.poke(now_ms)
        panel.end.wake(now_ms)
        cloud.end.command(COMMAND)
        for frames, deliver in ((panel.end.to_send(), cloud.heard), (cloud.end.to_send(), panel.heard)):
            for frame in frames:
                nonce = frame[:4] + sealing.split_frame(frame)[1][9:26]
                if frame[:4] != panel.key.kid:
                    assert nonce not in seen
                    seen.add(nonce)
            deliver(frames, now_ms)
