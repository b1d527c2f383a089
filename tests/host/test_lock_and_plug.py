"""The simulated lock and plug: a motor that takes its time, a bolt that sticks, a knob, a button."""

from typing import Any

from hemlarm_protocol.household import JAMMED, LOCKED, MOVING, UNLOCKED
from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.plants.lock import MOTOR_MS, NOTICE_MS, Lock
from hemlarm_simulator.plants.plug import Plug


def locked() -> tuple[Lock, VirtualClock, list[Any]]:
    """A lock, its clock, and what it told the panel."""
    clock = VirtualClock()
    told: list[Any] = []
    return Lock(4, clock, lambda *parts: told.append(parts)), clock, told


def passes(clock: VirtualClock, ms: int) -> None:
    """Time goes by."""
    end_ms = clock.now_ms + ms
    while (next_ms := clock.schedule.next_ms()) is not None and next_ms <= end_ms:
        clock.now_ms = next_ms
        clock.schedule.fire_next()
    clock.now_ms = end_ms


def test_the_motor_takes_its_time_to_either_end() -> None:
    lock, clock, told = locked()
    for wanted, end in ((False, UNLOCKED), (True, LOCKED)):
        lock.drive(wanted)
        assert lock.state == "moving"
        passes(clock, MOTOR_MS)
        assert told[-2:] == [("lock", 4, MOVING), ("lock", 4, end)]
    assert lock.state == "locked"


def test_a_bolt_that_sticks_stalls_the_motor_and_no_hand_turns_it() -> None:
    lock, clock, told = locked()
    lock.stuck = True
    lock.drive(False)
    passes(clock, MOTOR_MS)
    assert told[-1] == ("lock", 4, JAMMED)
    lock.turn(False)
    assert lock.state == "jammed"
    lock.stuck = False
    lock.turn(True)
    assert told[-1] == ("lock", 4, LOCKED)


def test_a_hand_at_the_knob_is_faster_than_the_motor() -> None:
    lock, clock, told = locked()
    lock.drive(False)
    lock.turn(True)
    passes(clock, 10 * MOTOR_MS)
    assert told == [("lock", 4, MOVING), ("lock", 4, LOCKED)]


def test_a_panel_that_starts_is_told_how_it_stands() -> None:
    lock, clock, told = locked()
    lock.panel_starts()
    passes(clock, NOTICE_MS)
    assert told == [("lock", 4, LOCKED)]


def test_a_plug_feeds_what_hangs_on_it_while_it_is_on() -> None:
    plug = Plug(2, 40)
    plug.switch(True)
    assert (plug.on, plug.power_w) == (True, 40)
    plug.press()
    assert (plug.on, plug.power_w) == (False, 0)
