"""What users of other open panels complain about: each complaint is a test that says that this panel does better."""

import asyncio

from hemlarm_firmware.board import Board, Stream
from hemlarm_firmware.clock import Clock
from hemlarm_firmware.link.uplink import Uplink
from hemlarm_firmware.panel.codes import hash_tag
from hemlarm_firmware.watchdog import Watchdog
from hemlarm_protocol.panel_end import PanelEnd, Status
from panel_house import (
    ANNA,
    BEDROOM,
    BO,
    CODE,
    DISARM,
    ENTRY_MS,
    EXIT_MS,
    FRONT_DOOR,
    HALL,
    OTHER_CODE,
    SALT,
    SILENCE,
    SIREN_MS,
    SMOKE,
    WINDOW,
    House,
    quick_hash,
)
from session_support import PANEL, ROOT_KEY, Chance, MemoryJournal

DURESS = "4321"
TAG = b"\x01\x02\x03\x04"
HOLD_UP = 31
OPEN = 1
HOUR_MS = 3_600_000


def test_a_sensor_going_unavailable_and_back_never_triggers_a_bypassed_zone_at_two_at_night() -> None:
    for restarted in (False, True):
        house = House()
        house.fits(WINDOW, radio=b"wind", key=bytes(16), supervise_min=60)
        house.says("sensor", WINDOW, OPEN, None)
        house.keys(CODE, "away")
        house.press("ok")
        house.passes(EXIT_MS)
        assert (1570, WINDOW) in house.events()
        house.passes(2 * HOUR_MS)
        assert (1381, WINDOW) in house.events() and house.lamp("fault"), "that it is missing is told"
        if restarted:
            house.restart()
        house.forget()
        house.says("sensor", WINDOW, 0, None)
        house.says("sensor", WINDOW, OPEN, None)
        assert house.events() == [(3381, WINDOW)]
        assert house.siren() == "off" and house.lamp("armed")


def test_an_unavailable_sensor_is_not_taken_for_a_burglar() -> None:
    house = House()
    house.fits(WINDOW, radio=b"wind", key=bytes(16), supervise_min=60)
    house.says("sensor", WINDOW, 0, None)
    house.arms()
    house.passes(2 * HOUR_MS)
    assert house.events() == [(1381, WINDOW)] and house.siren() == "off"
    house.says("sensor", WINDOW, 0, None)
    assert house.events() == [(1381, WINDOW), (3381, WINDOW)] and house.siren() == "off"
    house.says("sensor", WINDOW, OPEN, None)
    assert house.siren() == "intrusion", "it guards as before"


def test_there_is_an_entry_follower() -> None:
    house = House()
    house.arms()
    house.opens(FRONT_DOOR, HALL)
    assert house.siren() == "off"
    house.keys(CODE, "disarm")
    house.closes(FRONT_DOOR, HALL)
    house.arms()
    house.opens(HALL)
    assert house.events() == [(1132, HALL)] and house.siren() == "intrusion", "nobody came in by a door"


def test_there_is_a_duress_code() -> None:
    house = House()
    house.config["users"][0]["duress"] = quick_hash(DURESS, SALT)
    house.start()
    house.arms()
    house.keys(DURESS, "disarm")
    assert house.full_events() == [(1401, 1, 0, ANNA, 1, 0), (1121, 1, 0, ANNA, 1, 0)]
    assert house.display() == ("Disarmed", "Ready")


def test_there_is_a_hold_up_button() -> None:
    house = House()
    house.fits(HOLD_UP, type="hold_up")
    house.opens(HOLD_UP)
    assert house.events() == [(1120, HOLD_UP)] and house.siren() == "hold-up"


def test_a_door_opened_in_the_exit_delay_never_aborts_arming() -> None:
    house = House()
    house.keys(CODE, "away")
    for _ in range(5):
        house.passes(EXIT_MS // 10)
        house.opens(FRONT_DOOR, HALL)
        house.closes(FRONT_DOOR, HALL)
    house.passes(EXIT_MS)
    assert house.events() == [(3401, 0)]
    assert house.display() == ("Armed", "Away")
    house.opens(HALL)
    assert house.siren() == "intrusion"


def test_a_sensor_opened_during_a_reboot_never_leaves_the_panel_armed_with_no_alarm() -> None:
    house = House()
    house.arms()
    house.restart(WINDOW)
    assert house.events() == [(1130, WINDOW)] and house.siren() == "intrusion"
    house = House()
    house.arms()
    house.restart(FRONT_DOOR)
    house.passes(ENTRY_MS)
    assert house.events() == [(6134, FRONT_DOOR), (1134, FRONT_DOOR)] and house.siren() == "intrusion"


def test_a_sensor_still_open_after_the_sirens_time_never_disarms_the_panel() -> None:
    house = House()
    house.arms()
    house.opens(WINDOW)
    house.passes(10 * SIREN_MS)
    assert house.siren() == "off" and house.lamp("armed")
    assert house.events() == [(1130, WINDOW)]
    house.opens(BEDROOM)
    assert house.siren() == "intrusion"


def test_instant_zones_are_not_ignored_while_arming() -> None:
    for mode in ("away", "home", "night"):
        house = House()
        house.keys(CODE, mode)
        house.passes(EXIT_MS - 1)
        house.forget()
        house.opens(WINDOW)
        assert house.events() == [(1130, WINDOW)] and house.siren() == "intrusion"


def test_a_reboot_that_restores_armed_never_forgets_bypasses() -> None:
    house = House()
    house.opens(WINDOW)
    house.keys(CODE, "away")
    house.press("ok")
    house.passes(EXIT_MS)
    house.restart()
    house.forget()
    house.restart(closed=(WINDOW,))
    house.restart(WINDOW)
    assert house.events() == [] and house.siren() == "off" and house.lamp("armed")


def test_losing_the_network_never_kills_the_siren() -> None:
    house = House()
    house.arms()
    house.opens(SMOKE)
    house.passes(SIREN_MS - 1)
    assert house.siren() == "fire", "the centre has never answered"
    house.passes(1)
    house.opens(WINDOW)
    house.passes(SIREN_MS - 1)
    assert house.siren() == "intrusion" and house.shown["outdoor"] == "intrusion"


def test_arming_is_tied_to_a_user() -> None:
    house = House(exit_s=0)
    house.config["users"][1]["tags"] = [hash_tag(TAG, SALT)]
    house.start()
    for mode, verb, code in (("away", 2, 3401), ("home", 3, 3441), ("night", 6, 3456)):
        house.forget()
        house.keys(CODE, mode)
        house.keys(OTHER_CODE, "disarm")
        house.press(mode)
        house.says("tag", TAG)
        house.says("tag", TAG)
        house.command(verb, 1, user=BO)
        house.command(DISARM, 1, user=ANNA)
        assert house.full_events() == [
            (code, 1, 0, ANNA, 1, 0),
            (1401, 1, 0, BO, 1, 0),
            (code, 1, 0, BO, 16, 0),
            (1401, 1, 0, BO, 16, 0),
            (code, 1, 0, BO, 2, 0),
            (1401, 1, 0, ANNA, 2, 0),
        ]


def test_silencing_and_bypassing_are_tied_to_a_user() -> None:
    house = House()
    house.opens(BEDROOM)
    house.keys(OTHER_CODE, "away")
    house.press("ok")
    house.passes(EXIT_MS)
    house.opens(SMOKE, WINDOW)
    house.command(SILENCE, 1, user=BO)
    house.keys(CODE, "disarm")
    by_people = [event for event in house.full_events() if event[3]]
    assert by_people == [
        (1570, 1, BEDROOM, BO, 1, 0),
        (3401, 1, 0, BO, 1, 30),
        (6130, 1, WINDOW, BO, 2, 0),
        (6111, 1, SMOKE, BO, 2, 0),
        (1401, 1, 0, ANNA, 1, 0),
        (1406, 1, WINDOW, ANNA, 1, 0),
        (3570, 1, BEDROOM, ANNA, 1, 0),
    ]
    of_the_panel = [event for event in house.full_events() if not event[3]]
    assert [event[0] for event in of_the_panel] == [1111, 1130]
    assert all(event[4] == 0 for event in of_the_panel)


class BrokenStream(Stream):
    """A connection that the network cuts while the panel greets."""

    async def read(self, n: int) -> bytes:
        """Nothing comes any more."""
        return b""

    async def write(self, data: "bytes | bytearray | memoryview") -> None:
        """Goes nowhere."""

    def close(self) -> None:
        """Nothing is left to close."""


class LossyBoard(Board):
    """A board with a network that fails in every way that it can; after 12 attempts the test has seen enough."""

    def __init__(self) -> None:
        self.attempts = 0
        self.enough = asyncio.Event()

    def ticks_ms(self) -> int:
        """Time stands still."""
        return 0

    def random(self, n: int) -> bytes:
        """The shortest pauses."""
        return bytes(n)

    async def connect(self) -> Stream:
        """No route, no memory for the handshake, or a connection that breaks."""
        self.attempts += 1
        if self.attempts == 12:
            self.enough.set()
        if self.attempts % 3 == 0:
            raise OSError("no route to host")
        if self.attempts % 3 == 1:
            raise MemoryError
        return BrokenStream()

    def trace(self, what: str, *values: object) -> None:
        """Nobody watches."""

    def nudge(self) -> None:
        """Nobody waits for inputs."""

    def vouch(self, task: int, by_ms: "int | None") -> None:
        """Time stands still, so nobody is ever late."""


class NoPause:
    """Stands in for the pauses between attempts, which tests of their own are about."""

    def next_ms(self) -> int:
        """At once."""
        return 0


def test_a_link_that_dropped_needs_no_manual_restart() -> None:
    board = LossyBoard()

    async def story() -> None:
        end = PanelEnd(PANEL, ROOT_KEY, Chance(1), MemoryJournal(), lambda: Status(1, None, 1, 100_000, 1, (SALT,)))
        clock, watchdog = Clock(board.ticks_ms), Watchdog(board)
        uplink = Uplink(board, "a1b2c3d4e5f60718", end, clock, lambda fact: None, watchdog)
        uplink.paths.paths[0].backoff = NoPause()  # type: ignore[assignment]
        task = asyncio.create_task(uplink.run())
        await asyncio.wait_for(board.enough.wait(), 5)
        task.cancel()

    asyncio.run(story())
    assert board.attempts >= 12, "and LossyBoard cannot be restarted at all"
