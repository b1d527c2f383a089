"""A house with two paths, an alarm in it, and something that strikes at one moment of the alarm's way to the store."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hemlarm_protocol.path_names import IP
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.virtual.house_modem import HouseModem
from hemlarm_simulator.virtual.tls_stand_in import RECORD
from hemlarm_simulator.virtual.world import VirtualWorld

HOLD_UP = 1120

OPEN_S, CLOSED_S = 90, 90_000
"""Link levels of the standby path at which the mobile connection stays open, or is closed between its checks."""

SETTLED_MS = 180_000
"""By then the modem has registered, and its path was tried."""

AFTERWARDS_MS = 1_200_000
"""Whatever was begun has come to its end by then: a second copy of the event would have arrived."""

_TLS_RECORD = b"\x17\x03\x03"

Strike = Callable[[VirtualWorld], object]


def one_path(server: ForkServer) -> VirtualWorld:
    """A house with nothing but its fixed line, which has worked for a while. To be closed by whoever takes it."""
    world = VirtualWorld(server, load_house("villa"))
    world.run_until(SETTLED_MS)
    return world


def two_paths(server: ForkServer, family: str = "quectel", standby_s: int = OPEN_S) -> VirtualWorld:
    """A house in which both paths have worked for a while."""
    house = load_house("two-paths")
    assert house.modem is not None
    world = VirtualWorld(server, replace(house, modem=replace(house.modem, family=family)))
    world.cloud_process.set_levels(world.panel.id, 180, max(180, standby_s))
    world.run_until(SETTLED_MS)
    assert world.mobile.use.bytes_up, "the mobile path was not tried"
    return world


def modem_of(world: VirtualWorld) -> HouseModem:
    """Its modem."""
    assert world.modem is not None
    return world.modem


class Alarm:
    """A hold-up alarm: when it was pressed, stored and acknowledged, in ms; None for what has not happened."""

    def __init__(self, world: VirtualWorld) -> None:
        self._world = world
        self._number: int | None = None
        self.pressed_ms: int | None = None
        self.journalled_ms: int | None = None
        self.stored_ms: int | None = None
        self.acknowledged_ms: int | None = None
        self.began: list[Callable[[], object]] = []
        """Called as it is journalled."""
        world.ledger.watch(self._watch)

    def press(self) -> None:
        """Somebody holds the key."""
        self.pressed_ms = self._world.now_ms
        self._world.house.keypad.press(["hold-up"])

    def wait(self, limit_ms: int) -> int:
        """Runs until it is acknowledged; returns how long that took from the key. Fails after `limit_ms`."""
        assert self._world.wait_for(lambda: self.acknowledged_ms is not None, limit_ms), "it was never acknowledged"
        assert self.pressed_ms is not None
        assert self.acknowledged_ms is not None
        return self.acknowledged_ms - self.pressed_ms

    def is_stored_once(self) -> bool:
        """Whether it is in the store, and in there once, however long one waits."""
        self._world.run_until(self._world.now_ms + AFTERWARDS_MS)
        events = self._world.cloud.events()
        assert len({(event.kid, event.number) for event in events}) == len(events)
        return [event.qcode for event in events].count(HOLD_UP) == 1

    def _watch(self, at_ms: int, kind: str, values: tuple[Any, ...]) -> None:
        if kind != "trace" or self.pressed_ms is None:
            return
        if values[0] == "event" and values[3] == HOLD_UP:
            self._number, self.journalled_ms = values[2], at_ms
            for call in self.began:
                call()
        elif values[0] == "acknowledged" and values[2] == self._number:
            self.acknowledged_ms = self.acknowledged_ms or at_ms


class Ambush:
    """Strikes once, `after_ms` behind the panel's sending of a packet of MQTT of this kind, on one of its paths."""

    def __init__(self, world: VirtualWorld, path: int, packet: int, after_ms: int, strike: Strike) -> None:
        self._world = world
        self._packet = packet
        self._after_ms = after_ms
        self._strike = strike
        self._armed = False
        self.struck = False
        handlers, kind = world.panel.handlers, "send" if path == IP else "modem-write"
        handlers[kind] = self._watched(handlers[kind])

    def arm(self) -> None:
        """The next such packet is the one."""
        self._armed = True

    def _watched(self, handler: Callable[[list[Any]], None]) -> Callable[[list[Any]], None]:
        def handle(frame: list[Any]) -> None:
            if self._armed and packet_in(frame) == self._packet:
                self._armed = False
                self._world.clock.call_in(self._after_ms, self._do)
            handler(frame)

        return handle

    def _do(self) -> None:
        self.struck = True
        self._strike(self._world)


def packet_in(frame: list[Any]) -> int | None:
    """Which packet of MQTT the panel sends in this frame, as it is or in a record of the stand-in for TLS, or None."""
    data = frame[-1]
    if data.startswith(_TLS_RECORD):
        data = data[RECORD:]
    elif frame[0] == "modem-write":
        return None
    return data[0] >> 4 if data else None
