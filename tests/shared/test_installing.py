"""A new panel at its serial line: one line for each call, nothing half-installed whenever the power goes."""

from binascii import a2b_base64, b2a_base64

from fake_board import UNIX_MS, FakeBoard
from hemlarm_firmware import credentials, provisioning, unprovisioned
from hemlarm_firmware.configuration import Configuration
from hemlarm_protocol import provisioning as protocol
from hemlarm_protocol import x25519
from nor_flash import NorFlash, PowerCut
from panel_house import plain_config
from session_support import Chance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

SECRET = bytes(range(1, 33))
GIVEN: "dict[str, Any]" = {
    "host": "alarm.example",
    "port": 8883,
    "certificate": b"certificate" * 40,
    "key": b"key" * 45,
    "authority": b"authority" * 50,
    "time": UNIX_MS // 1000,
    "config": plain_config(),
}


class Running:
    """The signed head of what runs."""

    version = 1005

    def __init__(self, cloud_key: bytes) -> None:
        self.cloud_key = cloud_key


class Slots:
    board = "desk"

    def __init__(self, cloud_key: bytes) -> None:
        self.running = Running(cloud_key)


class NewBoard(FakeBoard):
    """A board as it comes, on whose journal and state somebody left something."""

    serial = b"\x01\x02\x03"

    def __init__(self, cloud_key: bytes) -> None:
        super().__init__()
        self.chips["config"] = NorFlash(8)
        self.chips["journal"].cells[4096 * 3 + 5] = 0
        self.chips["state"].cells[9] = 0
        self._slots = Slots(cloud_key)

    def slots(self) -> "Any":
        return self._slots

    def credentials(self) -> "dict[str, object] | None":
        return credentials.load(self.chips["keys"])


class Bench:
    """The board, and what it printed. A cloud's side is kept by the test."""

    def __init__(self, cloud_key: "bytes | None" = None) -> None:
        self.printed: list[str] = []
        self.board = NewBoard(x25519.public_key(SECRET) if cloud_key is None else cloud_key)
        self.start()

    def _print(self, *words: str) -> None:
        self.printed.append(" ".join(words))

    def start(self) -> None:
        """Start the firmware, as after a reset."""
        provisioning._under_way.clear()
        started: Coroutine[Any, Any, None] = unprovisioned.main(self.board)
        try:
            started.send(None)
        except StopIteration:
            pass

    def call(self, name: str, *given: str) -> "list[str]":
        """Return the words of the one line that it prints."""
        self.printed.clear()
        provisioning.print = self._print  # type: ignore[attr-defined]
        try:
            getattr(provisioning, name)(*given)
        finally:
            del provisioning.print  # type: ignore[attr-defined]
        (line,) = self.printed
        assert line.startswith("hemlarm: ")
        assert "\n" not in line
        return line.split(" ")[1:]

    def to_the_pieces(self, given: "dict[str, Any]") -> "tuple[protocol.Facts, bytes, list[bytes]]":
        """Carry the messages; return who it is, what is shared, and the pieces to give."""
        first = a2b_base64(self.call("begin")[1])
        facts, second, shared = protocol.answer(SECRET, Chance(5), first, 1)
        third = a2b_base64(self.call("answer", text(second))[1])
        assert len(protocol.root_key(shared, third)) == 32
        return facts, shared, protocol.give(shared, given)

    def give(self, pieces: "list[bytes]") -> None:
        for number, piece in enumerate(pieces):
            assert self.call("piece", text(piece)) == ["piece", str(number + 1)]


def text(data: bytes) -> str:
    return b2a_base64(data).decode().strip()


def test_a_panel_that_was_never_installed_says_so() -> None:
    bench = Bench()
    assert bench.board.shown["display"] == ("Ej installerad", "Not installed")
    assert bench.call("where") == ["state", "new"]


def test_it_shows_the_code_keeps_what_it_is_given_and_tells_the_proof() -> None:
    bench = Bench()
    facts, shared, pieces = bench.to_the_pieces(GIVEN)
    assert (facts.board, facts.firmware, facts.serial) == ("desk", 1005, b"\x01\x02\x03")
    digits = protocol.code(shared)
    assert bench.board.shown["display"] == ("Kod / code", digits[:3] + " " + digits[3:])
    bench.give(pieces)
    said = bench.call("finish")
    assert said == ["state", "kept", facts.panel.hex(), text(protocol.proof(shared))]
    assert bench.call("where") == said
    kept: Any = bench.board.credentials()
    for name in ("host", "port", "certificate", "key", "authority"):
        assert kept[name] == GIVEN[name]
    assert (kept["panel"], len(kept["root_key"])) == (facts.panel, 32)
    assert len(Configuration(bench.board.flash("config")).load()["zones"]) == len(plain_config()["zones"])
    assert bench.board.kept_ms == UNIX_MS
    assert bench.board.shown["display"] == ("Klar", "Done")


def test_a_board_without_a_cable_keeps_the_name_and_key_of_the_wifi() -> None:
    bench = Bench()
    assert bench.call("wifi", "Hemma", "12345678")[0] == "error"
    _, _, pieces = bench.to_the_pieces(GIVEN)
    for name, key in (("", "12345678"), ("n" * 33, "12345678"), ("Hemma", "1234567"), ("Hemma", "k" * 64)):
        assert bench.call("wifi", name, key)[0] == "error"
    assert bench.call("wifi", "Hemma nät", "12345678") == ["wifi", "Hemma", "nät"]
    bench.give(pieces)
    bench.call("finish")
    kept: Any = bench.board.credentials()
    assert kept["wifi"] == ["Hemma nät", "12345678"]


def test_what_is_wrong_is_told_in_one_line_and_changes_nothing() -> None:
    bench = Bench()
    for name, given in (("answer", ("AAAA",)), ("piece", ("AAAA",)), ("finish", ())):
        assert bench.call(name, *given)[:3] == ["error", "nothing", "is"]
    bench.call("begin")
    for wrong in ("AAAA", "!", "", text(bytes(100))):
        assert bench.call("answer", wrong)[0] == "error"
    _, _, pieces = bench.to_the_pieces(GIVEN)
    bench.give(pieces[1:])
    assert bench.call("finish")[0] == "error"
    assert bench.call("where") == ["state", "new"]
    bench.give(pieces)
    assert bench.call("finish")[:2] == ["state", "kept"]


def test_what_the_cloud_forgot_or_a_panel_does_not_take_as_configuration_is_not_kept() -> None:
    wrong: list[tuple[str, Any]] = [(name, None) for name in GIVEN]
    wrong += [("port", "8883"), ("config", {"areas": []}), ("host", b"alarm.example")]
    for name, value in wrong:
        bench = Bench()
        given = dict(GIVEN)
        given[name] = value
        _, _, pieces = bench.to_the_pieces(given)
        bench.give(pieces)
        assert bench.call("finish")[0] == "error"
        assert bench.board.credentials() is None
        assert bytes(bench.board.chips["config"].cells).strip(b"\xff") == b""


def test_firmware_without_a_cloud_and_a_panel_that_is_installed_do_not_begin() -> None:
    assert "cloud-key" in " ".join(Bench(bytes(32)).call("begin"))
    bench = Bench()
    bench.give(bench.to_the_pieces(GIVEN)[2])
    bench.call("finish")
    assert "keypad" in " ".join(bench.call("begin"))


def test_a_flash_that_fails_is_told_and_another_try_succeeds() -> None:
    bench = Bench()
    _, _, pieces = bench.to_the_pieces(GIVEN)
    bench.give(pieces)
    bench.board.chips["keys"].bad_programs = 1
    assert bench.call("finish")[0] == "error"
    assert bench.call("where") == ["state", "new"]
    bench.give(pieces)
    assert bench.call("finish")[:2] == ["state", "kept"]


def test_whenever_the_power_goes_a_panel_is_new_or_installed() -> None:
    bench = Bench()
    _, _, pieces = bench.to_the_pieces(GIVEN)
    begun = provisioning._under_way[0]
    new = {name: chip.copy() for name, chip in bench.board.chips.items()}
    operations = 0
    for name in ("journal", "state", "config", "keys"):
        for torn in (0, 1, 2, 3):
            for operation in range(30):
                bench.board.chips = {each: chip.copy() for each, chip in new.items()}
                bench.board.chips[name].cut_at = operation
                bench.board.chips[name].torn = torn and 50 * torn + operation
                provisioning._under_way[:] = [begun]
                bench.give(pieces)
                try:
                    bench.call("finish")
                    break
                except PowerCut:
                    operations += 1
                    begun.pieces = []
                    installed_or_new(bench, pieces, begun)
    assert operations >= 36


def installed_or_new(bench: Bench, pieces: "list[bytes]", begun: "Any") -> None:
    """Start after the cut; where nothing is installed, do it again."""
    bench.board.chips = {name: chip.copy() for name, chip in bench.board.chips.items()}
    bench.start()
    if bench.call("where") == ["state", "new"]:
        provisioning._under_way[:] = [begun]
        bench.give(pieces)
        bench.call("finish")
    assert bench.call("where")[1] == "kept"
    assert Configuration(bench.board.flash("config")).load()["areas"]
    for name in ("journal", "state"):
        assert not bytes(bench.board.chips[name].cells).strip(b"\xff")
