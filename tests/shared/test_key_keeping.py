"""The panel's side of new keys: both kept until the new one has proved itself, and the way back where it does not."""

from fake_board import FakeBoard
from hemlarm_firmware import key_keeping
from hemlarm_firmware.app import App
from hemlarm_protocol import cbor, keys, rekeying, sealing, upkeep, x25519
from hemlarm_protocol.cloud_end import CloudEnd
from hemlarm_protocol.panel_end import OPEN
from session_support import PANEL, ROOT_KEY, Chance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OF_CLOUD = bytes(range(200, 232))
PUBLIC = x25519.public_key(OF_CLOUD)
ASKED = upkeep.Rekey(b"change 1", 0, 0xFFFFFFFF, PUBLIC)
OFFER = b"offer  1"
BEFORE = {"host": "old", "port": 8883, "certificate": b"old certificate", "key": b"old key", "authority": b"ca"}


class _Broker:
    """A connection that is there, or is not."""

    path = 1

    def __init__(self, is_open: bool = True) -> None:
        self.is_open = is_open

    def close(self) -> None:
        self.is_open = False


class Desk:
    """A panel with all its parts and no event loop of its own; `told` is what it says to the cloud."""

    def __init__(self, board: "FakeBoard | None" = None) -> None:
        self.board = board or FakeBoard()
        if board is None:
            kept: Any = dict(BEFORE)
            kept["panel"], kept["root_key"] = PANEL, ROOT_KEY
            self.board.keep_credentials(kept)
        self.told: list[Any] = []
        self.trials: list[Any] = []
        module: Any = key_keeping
        module._watch = self.trials.append
        key_keeping._pieces[:] = [b"", b""]
        app: Any = App(self.board)
        self.app = app
        self.app.uplink.tell = self.told.append
        self.cloud = CloudEnd(PANEL, ROOT_KEY, Chance(3))

    @property
    def kept(self) -> "dict[str, Any]":
        found: Any = self.board.credentials()
        return dict(found)

    def take(self, message: "Any") -> bool:
        more: bool = key_keeping.take(self.app, message)
        return more

    def pass_s(self, seconds: int) -> None:
        self.board.ticks += 1000 * seconds

    def exchange(self) -> None:
        """Whatever both ends have to say, until they are silent."""
        now_ms = self.app.clock.uptime_ms()
        for _ in range(20):
            for frame in self.app.end.to_send():
                for fact in self.cloud.received(frame, now_ms):
                    if fact[0] == "event":
                        self.cloud.acknowledge([(fact[1], fact[2], sealing.short_tag(fact[3]))])
            for frame in self.cloud.to_send():
                self.app.end.received(frame, now_ms)

    def connect(self) -> None:
        self.app.start()
        self.app.end.connected(self.app.clock.uptime_ms())
        self.exchange()
        assert self.app.end.state == OPEN

    def answered(self) -> bytes:
        """The root key that the cloud derives of the panel's answer; from now on it takes both."""
        common = x25519.shared_secret(OF_CLOUD, self.told[-1].public)
        root_key = rekeying.next_root(ROOT_KEY, common, PANEL, ASKED.id)
        self.cloud.use_roots([ROOT_KEY, root_key])
        return root_key


def test_a_change_is_kept_before_it_is_answered_and_answered_the_same_again() -> None:
    desk = Desk()
    desk.connect()
    assert desk.take(ASKED) is False
    assert desk.kept["root_next"] == desk.answered()
    assert desk.kept["root_key"] == ROOT_KEY
    desk.take(ASKED)
    assert desk.told[0] == desk.told[1] and len(desk.trials) == 1


def test_late_or_with_a_key_that_is_none_or_on_a_failing_flash_nothing_changes() -> None:
    desk = Desk()
    desk.connect()
    desk.take(upkeep.Rekey(ASKED.id, 0, 0, PUBLIC))
    desk.take(upkeep.Rekey(ASKED.id, 0, 0xFFFFFFFF, bytes(32)))
    desk.board.chips["keys"].bad_programs = 5
    desk.take(ASKED)
    assert desk.told == [] and "root_next" not in desk.kept and desk.trials == []


def test_a_session_under_the_new_key_with_nothing_left_to_say_ends_the_old_one() -> None:
    desk = Desk()
    desk.connect()
    desk.take(ASKED)
    root_key, (trial,) = desk.answered(), desk.trials
    kid = desk.app.recorder.kid
    desk.exchange()
    assert desk.cloud.session_root == root_key
    assert trial.look() is True
    assert desk.kept["root_key"] == root_key
    assert sorted(desk.kept) == sorted(list(BEFORE) + ["panel", "root_key"])
    assert ROOT_KEY not in bytes(desk.board.chips["keys"].cells)
    desk.exchange()
    assert desk.app.recorder.kid != kid
    desk.app.performer.record(1305)
    desk.app.end.poke(desk.app.clock.uptime_ms())
    desk.exchange()
    assert desk.app.recorder.pending == 0
    assert desk.cloud.is_under(desk.app.memory.salts[0], root_key)


def test_what_the_old_key_sealed_keeps_it_until_it_is_acknowledged() -> None:
    desk = Desk()
    desk.connect()
    desk.take(ASKED)
    desk.answered()
    (trial,) = desk.trials
    desk.exchange()
    desk.app.performer.record(1305)
    assert trial.look() is False
    desk.app.end.poke(desk.app.clock.uptime_ms())
    desk.exchange()
    assert trial.look() is True


def test_unheard_under_the_new_key_it_greets_under_the_old_one_and_again_under_the_new() -> None:
    desk = Desk()
    desk.connect()
    desk.take(ASKED)
    (trial,) = desk.trials
    roots = []
    for _ in range(8):
        roots.append(rekeying.root_of(desk.app.end) == ROOT_KEY)
        trial.look()
        desk.pass_s(6)
    assert roots == [False, False, False, True, True, True, False, False]
    assert "root_next" in desk.kept


def test_an_incarnation_that_a_cut_kept_from_beginning_begins_at_the_next_start_under_a_fresh_salt() -> None:
    desk = Desk()
    desk.connect()
    kept = desk.kept
    kept["root_key"], kept["salt"] = bytes(32), desk.app.memory.salts[0]
    desk.board.keep_credentials(kept)
    again = Desk(desk.board)
    assert again.app.memory.salts != [kept["salt"]] and len(again.app.memory.salts) == 1
    assert again.app.recorder.kid == keys.journal_key(bytes(32), PANEL, again.app.memory.salts[0]).kid
    assert "salt" not in desk.kept
    third = Desk(desk.board)
    assert third.app.memory.salts == again.app.memory.salts


# The connection.


def pieces(document: "dict[str, Any]", size: int = 20) -> "list[Any]":
    plain: Any = document
    data = cbor.encode(plain)
    return [
        upkeep.Credential(OFFER, upkeep.CONNECTION, len(data), at, data[at : at + size])
        for at in range(0, len(data), size)
    ]


NEW: "dict[str, Any]" = {"certificate": b"new certificate", "key": b"new key"}


def test_a_certificate_comes_in_pieces_and_the_former_one_is_kept_beside_it() -> None:
    desk = Desk()
    sent = pieces(NEW)
    assert [desk.take(piece) for piece in sent] == [True] * (len(sent) - 1) + [False]
    assert desk.told[-1] == upkeep.CredentialState(OFFER, sent[0].total)
    assert (desk.kept["certificate"], desk.kept["key"], desk.kept["host"]) == (b"new certificate", b"new key", "old")
    assert desk.kept["former"] == {"certificate": b"old certificate", "key": b"old key"}
    desk.take(sent[0])
    assert desk.told[-1] == upkeep.CredentialState(OFFER, sent[0].total)


def test_a_piece_that_does_not_follow_is_not_taken_and_the_cloud_hears_where_to_go_on() -> None:
    desk = Desk()
    sent = pieces(NEW)
    for piece in (sent[0], sent[2], sent[0], sent[1]):
        desk.take(piece)
    assert [state.got for state in desk.told] == [20, 20, 20, 40]


def test_what_is_no_connections_is_refused() -> None:
    for wrong in ({"root_key": bytes(32)}, {"panel": bytes(8)}, {"port": "8883"}, {"certificate": "text"}, {}):
        desk = Desk()
        for piece in pieces(wrong, 100):
            desk.take(piece)
        assert desk.told[-1].got == 0
        assert "former" not in desk.kept and desk.kept["root_key"] == ROOT_KEY


def renewed() -> Desk:
    desk = Desk()
    for piece in pieces(NEW):
        desk.take(piece)
    desk.app.uplink._connections[0] = _Broker()
    desk.app.uplink._running = False
    return desk


def test_the_former_certificate_goes_when_the_broker_has_let_the_panel_in() -> None:
    desk = renewed()
    (trial,) = desk.trials
    assert trial.look() is False
    desk.app.uplink._connections[0] = _Broker()
    assert trial.look() is True
    assert "former" not in desk.kept and desk.kept["certificate"] == b"new certificate"


def test_the_former_certificate_comes_back_where_the_broker_does_not() -> None:
    desk = renewed()
    (trial,) = desk.trials
    assert trial.look() is False
    desk.app.uplink._connections[0] = _Broker(is_open=False)
    desk.pass_s(599)
    assert trial.look() is False
    desk.pass_s(2)
    assert trial.look() is True
    assert "former" not in desk.kept and desk.kept["certificate"] == b"old certificate"
    assert desk.told[-1] == upkeep.CredentialState(OFFER, 0)


def test_the_messages_reach_the_module_as_the_cloud_sends_them() -> None:
    desk = Desk()
    desk.connect()
    desk.cloud.upkeep(ASKED)
    desk.exchange()
    assert [fact for fact in desk.app.end.happenings() if fact[0] == "upkeep"] == [("upkeep", ASKED)]
