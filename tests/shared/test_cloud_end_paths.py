"""The cloud's end over two paths and SMS: heartbeats of a path, levels, and acknowledgements without a session."""

from hemlarm_protocol import cloud_end, keys, messages, sealing
from hemlarm_protocol.session import Reader, Writer
from session_support import PANEL, ROOT_KEY, Chance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SALT = bytes(range(16))
SMS_BYTES = 140


class InSession:
    """A cloud's end in session with a panel of this firmware, and the panel's writer and reader."""

    def __init__(self, firmware: int = 1_003) -> None:
        chance = Chance(1)
        self.cloud = cloud_end.CloudEnd(PANEL, ROOT_KEY, chance, 45_000)
        key = keys.hello_key(ROOT_KEY, PANEL)
        message = messages.Hello(1, chance(16), 0, None, 1, 0, firmware, [SALT])
        hello = sealing.frame(key, sealing.seal_random(key, chance(13), messages.encode(message)))
        self.cloud.received(hello, 0, 0)
        (welcome,) = self.cloud.to_send()
        key = keys.welcome_key(ROOT_KEY, PANEL, hello)
        self.welcome: Any = messages.decode(sealing.open_random(key, welcome[4:]), keys.WELCOME, keys.DOWN)
        self.writer = Writer(keys.session_key(ROOT_KEY, PANEL, hello, welcome, keys.UP, 0))
        self.reader = Reader(keys.session_key(ROOT_KEY, PANEL, hello, welcome, keys.DOWN, 0), keys.DOWN)

    def say(self, message: "messages.Message") -> "list[Any]":
        """Say this in the session; returns the kinds of what the cloud learns."""
        return [fact[0] for fact in self.cloud.received(self.writer.frame(message), 0, 0)]

    def answers(self) -> "list[Any]":
        return [self.reader.open(frame[4:]) for frame in self.cloud.to_send()]


def event(number: int) -> bytes:
    """An event of the incarnation that the Hello names."""
    key = keys.journal_key(ROOT_KEY, PANEL, SALT)
    message = messages.Event(1130, 1, 1, 0, 0, 0, 1, 5, None)
    return sealing.frame(key, sealing.seal_numbered(key, number, messages.encode(message)))


def acknowledged(frame: bytes) -> "Any":
    key = keys.sms_key(ROOT_KEY, PANEL)
    assert frame[:4] == key.kid
    return messages.decode(sealing.open_random(key, frame[4:]), keys.SMS, keys.DOWN)


def test_a_paths_heartbeat_opens_the_session_and_is_answered_by_its_uptime() -> None:
    both = InSession()
    assert both.say(messages.PathHeartbeat(7_000, 1, 0, 9, 0, 2)) == ["opened", "heartbeat"]
    (answer,) = both.answers()
    assert answer == messages.HeartbeatReply(7_000, 0)


def test_a_report_of_a_path_is_a_fact() -> None:
    both = InSession()
    both.say(messages.Heartbeat(1, 1, 0, 9, 0))
    assert both.say(messages.PathReport(2, 1, 1, 3, 90, 0, 0, 0, 0, 0, 0, 0)) == ["path-report"]


def test_levels_are_told_in_a_session_of_firmware_that_knows_them() -> None:
    both = InSession()
    assert not both.cloud.levels(45_000, 30_000_000)
    both.say(messages.PathHeartbeat(1, 1, 0, 9, 0, 1))
    assert both.cloud.levels(45_000, 30_000_000)
    assert both.answers()[-1] == messages.Levels(45_000, 30_000_000)
    old = InSession(1_002)
    old.say(messages.Heartbeat(1, 1, 0, 9, 0))
    old.answers()
    assert not old.cloud.levels(45_000, 30_000_000)
    assert old.cloud.to_send() == []


def test_the_next_welcome_tells_what_heartbeats_are_wanted_now() -> None:
    both = InSession()
    assert both.welcome.heartbeat_ms == 45_000
    both.cloud.heartbeat_ms = 22_500
    key = keys.hello_key(ROOT_KEY, PANEL)
    message = messages.Hello(2, bytes(16), 0, None, 1, 0, 1_003, [SALT])
    hello = sealing.frame(key, sealing.seal_random(key, bytes(13), messages.encode(message)))
    both.cloud.received(hello, 0, 0)
    (welcome,) = both.cloud.to_send()
    key = keys.welcome_key(ROOT_KEY, PANEL, hello)
    told: Any = messages.decode(sealing.open_random(key, welcome[4:]), keys.WELCOME, keys.DOWN)
    assert told.heartbeat_ms == 22_500


def test_an_event_that_comes_by_sms_is_the_same_event() -> None:
    cloud = InSession().cloud
    ((kind, kid, number, sealed, message),) = cloud.received_by_sms(event(9), 0)
    assert (kind, number, message.qcode) == ("event", 9, 1130)
    assert kid + sealed == event(9)


def test_nothing_but_an_event_is_taken_by_sms() -> None:
    both = InSession()
    heartbeat = both.writer.frame(messages.PathHeartbeat(1, 1, 0, 9, 0, 1))
    key = keys.hello_key(ROOT_KEY, PANEL)
    message = messages.Hello(3, bytes(16), 0, None, 1, 0, 1_003, [SALT])
    hello = sealing.frame(key, sealing.seal_random(key, bytes(13), messages.encode(message)))
    for frame in (heartbeat, hello, b"", bytes(68), event(1)[:-1] + b"x"):
        ((kind, _),) = both.cloud.received_by_sms(frame, 0)
        assert kind == "refused"
    assert both.cloud.refusals.total() == 5
    assert both.cloud.hello is None


def test_an_acknowledgement_by_sms_fits_one_and_names_four_events_at_most() -> None:
    cloud = InSession().cloud
    kid = keys.journal_key(ROOT_KEY, PANEL, SALT).kid
    events = [(kid, 0xFFFFFFFF - number, bytes(8)) for number in range(9)]
    frames = cloud.sms_acknowledgements(events)
    assert [len(acknowledged(frame).acks) // 2 for frame in frames] == [4, 4, 1]
    assert all(len(frame) <= SMS_BYTES for frame in frames)
    assert acknowledged(frames[0]).kid == kid
    assert cloud.to_send() == []


def test_events_of_two_incarnations_are_acknowledged_apart() -> None:
    frames = InSession().cloud.sms_acknowledgements([(b"kid1", 1, bytes(8)), (b"kid2", 1, bytes(8))])
    assert [acknowledged(frame).kid for frame in frames] == [b"kid1", b"kid2"]


def test_two_acknowledgements_of_the_same_are_sealed_apart() -> None:
    cloud = InSession().cloud
    once, again = [cloud.sms_acknowledgements([(b"kid1", 1, bytes(8))])[0] for _ in range(2)]
    assert once != again
    assert acknowledged(once) == acknowledged(again)
