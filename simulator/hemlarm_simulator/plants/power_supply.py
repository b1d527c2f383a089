"""The supply on the clock: what the board measures of it, the panel's end when it fails, its start when mains is back.

A quiet house plans nothing: with mains there and the battery full no timer runs. Otherwise the moment at which the
board has something to report, or has too little to live on, is computed from the battery's physics, in steps of
minutes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hemlarm_simulator.clock import Clock, Timer
from hemlarm_simulator.plants.battery import CHEMISTRIES, Battery, Charge
from hemlarm_simulator.plants.charger import FAULTS, Charger
from hemlarm_simulator.plants.circuit import Circuit, Flow
from hemlarm_simulator.plants.loads import PARKED, Loads
from hemlarm_simulator.plants.sirens import OFF
from hemlarm_simulator.plants.wires import Send
from hemlarm_simulator.power_description import PowerDescription

BROWN_OUT_MV = 9_500
"""Below this the board's regulators give up."""

START_MV = 10_000
"""From this they start: half a volt above, as supervisors have it, so that a board at the limit does not flutter."""

HOLD_OFF_MS = 5_000
"""After a brown-out its supervisor keeps the board off for so long; then it starts if the voltage has recovered."""

HOLD_UP_MS = 20
"""What the board's capacitors bridge: one cycle of the mains."""

MEASURE_MS = 250
"""From a change to its measurement: the board's converter averages over that."""

MAINS_MS = 1_000
"""Mains must have been so for this long before the board believes it."""

WAKE_MS = 500
"""From mains to the start of a board that is parked or dead."""

# By how much a value must have moved since the last report.
_STEP_MV = 50
_STEP_MA = 20
_STEP_MA_SHARE = 0.1
_STEP_TENTHS = 20

_MS_PER_H = 3_600_000
_EXACT_H = 1 / 3600
"""The moment of a crossing is found to the second."""

_AT_BOOT = {"charger": True, "test-load": False, "keypad-light": True, "ethernet": True}
OUTPUTS = tuple(_AT_BOOT)
"""What the panel can switch."""

_RUNNING = ("core", "modem", "pirs")

Report = tuple[bool, int, int, int]
"""Mains, mV, mA and tenths of a degree Celsius, as the board tells them."""


@dataclass(frozen=True)
class Site:
    """What the supply does to the house around it: power of the panel, of the router, of the panel's Ethernet."""

    power_on: Callable[[], None]
    power_cut: Callable[[bool], None]
    """Told whether the voltage sagged, and did not vanish."""
    is_parked: Callable[[], bool]
    router: Callable[[bool], None]
    ethernet: Callable[[bool], None]


class PowerSupply:
    """One panel's. What happens to it are its methods; `send` takes the board's reports; `connect` gives it a site."""

    def __init__(self, description: PowerDescription, clock: Clock, send: Send) -> None:
        self.router_backup = description.router_backup
        self.charger = Charger()
        self.outputs = dict(_AT_BOOT)
        """What the panel has switched, by name."""
        self._clock = clock
        self._send = send
        self._loads = Loads(description.loads)
        self._temperature_c: float = description.temperature_c
        self._circuit = Circuit(_battery(description), self.charger, self._loads)
        self._site: Site | None = None
        self._ethernet_on = True
        self._panel_on = False
        self._waits = False  # For a voltage that it can start with.
        self._settled_ms = clock.now_ms
        self._mains_seen = True
        self._reported: Report | None = None
        self._crossing: Timer | None = None
        self._measuring: Timer | None = None
        self._debouncing: Timer | None = None

    def connect(self, site: Site) -> None:
        """Puts it into its house."""
        self._site = site

    # What can be seen.

    @property
    def has_battery(self) -> bool:
        """Whether there is a battery, connected or not."""
        return self._circuit.battery is not None

    @property
    def battery_connected(self) -> bool:
        """Whether there is a battery, and its plug is in."""
        return self._circuit.connected

    @property
    def battery(self) -> Battery:
        """The battery as it is now. Only where there is one."""
        self._settle()
        assert self._circuit.battery is not None
        return self._circuit.battery

    @property
    def battery_mv(self) -> float:
        """The voltage at the battery's terminals."""
        return self._flow().mv

    @property
    def battery_ma(self) -> float:
        """The current into the battery: negative when it gives."""
        return self._flow().ma

    @property
    def mains(self) -> bool:
        """Whether there is mains voltage."""
        return self._circuit.mains

    # What happens to it.

    @mains.setter
    def mains(self, mains: bool) -> None:
        if mains == self._circuit.mains:
            return
        with self._change():
            self._circuit.mains = mains
        self._debouncing = _replan(self._debouncing, self._clock, MAINS_MS, self._see_mains)
        self._feed_router()
        if mains:
            self._clock.call_in(WAKE_MS, self._wake)

    def back_up_router(self, backup: bool) -> None:
        """Gives the house's router a supply of its own for when mains fails, or takes it away."""
        self.router_backup = backup
        self._feed_router()

    def connect_battery(self, connected: bool) -> None:
        """Plugs the battery in, or pulls its plug. A board that has nothing else to live on starts with it."""
        with self._change():
            self._circuit.connected = connected and self._circuit.battery is not None
            self._waits = self._waits or not (self._panel_on or self._circuit.mains)
        if connected:
            self._clock.call_in(WAKE_MS, self._wake)

    def age(self, health: float) -> None:
        """The battery has so much of its capacity left, as a part of 1."""
        with self._change():
            self.battery.health = health

    def fill(self, total: float) -> None:
        """The battery is charged to this part, and has rested."""
        with self._change():
            self.battery.charge = Charge(total)

    def temperature(self, degrees: float) -> None:
        """The battery has this temperature, in degrees Celsius."""
        with self._change():
            self._temperature_c = degrees
            if self._circuit.battery is not None:
                self._circuit.battery.temperature_c = degrees

    def break_charger(self, fault: str) -> None:
        """The charger fails in one of the ways of FAULTS, or works again: ""."""
        assert fault in ("", *FAULTS), fault
        with self._change():
            self.charger.fault = fault

    # What the panel does with it.

    def show(self, output: str, value: Any) -> None:
        """The panel sets one of its outputs."""
        if output == "siren":
            with self._change():
                self._loads.switch("siren", value != OFF)
        elif output == "power" and value[0] in self.outputs:
            with self._change():
                self.outputs[value[0]] = bool(value[1])
                self._switch()

    def can_start(self) -> bool:
        """Whether there is enough to start with. A panel that was refused starts when there is."""
        self._waits = self._circuit.rail_mv(self._flow()) < START_MV
        return not self._waits

    def panel_starts(self) -> None:
        """The panel has power and is about to start; its outputs are as its board has them then."""
        with self._change():
            self._panel_on = True
            self._mains_seen = self._circuit.mains
            self._reported = None
            self._reset_outputs()

    def panel_ended(self) -> None:
        """The panel is off, or parked: it draws next to nothing, and measures nothing."""
        with self._change():
            self._panel_on = False
            self._reset_outputs()

    def _reset_outputs(self) -> None:
        self.outputs.update(_AT_BOOT)
        self._loads.switch("siren", False)
        self._switch()

    def _switch(self) -> None:
        """Lets every load follow the outputs."""
        on = self._panel_on
        for name in _RUNNING:
            self._loads.switch(name, on)
        self._loads.switch(PARKED, not on)
        self._loads.switch("ethernet", on and self.outputs["ethernet"])
        self._loads.switch("keypad", on and self.outputs["keypad-light"])
        self._loads.switch("keypad-dimmed", on and not self.outputs["keypad-light"])
        self._circuit.charging = self.outputs["charger"]
        self._circuit.test_load = self.outputs["test-load"]
        if self._site is not None and self._ethernet_on != self.outputs["ethernet"]:
            self._ethernet_on = self.outputs["ethernet"]
            self._site.ethernet(self._ethernet_on)

    def _feed_router(self) -> None:
        if self._site is not None:
            self._site.router(self._circuit.mains or self.router_backup)

    def _wake(self) -> None:
        """There may be power again for a panel that had to end for want of it."""
        assert self._site is not None
        if not self._panel_on and (self._waits or (self._circuit.mains and self._site.is_parked())):
            self._site.power_on()

    # Time.

    @contextmanager
    def _change(self) -> Iterator[None]:
        """Around everything that is switched: what was until now has its effect first, then what is planned is new."""
        self._settle()
        yield
        if self._panel_on and (self._measuring is None or not self._measuring.live):
            self._measuring = self._clock.call_in(MEASURE_MS, self._measure)
        self._plan()

    def _settle(self) -> None:
        now_ms = self._clock.now_ms
        self._circuit.advance((now_ms - self._settled_ms) / _MS_PER_H)
        self._settled_ms = now_ms

    def _flow(self) -> Flow:
        self._settle()
        return self._circuit.flow()

    def _see_mains(self) -> None:
        self._mains_seen = self._circuit.mains
        self._measure()

    def _measure(self) -> None:
        """Reports, if there is something to report."""
        if not self._panel_on:
            return
        flow = self._flow()
        if self._is_news(flow):
            self._reported = self._report(flow)
            self._send("power", *self._reported)
        self._plan()

    def _report(self, flow: Flow) -> Report:
        return self._mains_seen, round(flow.mv), round(flow.ma), round(self._temperature_c * 10)

    def _is_news(self, flow: Flow) -> bool:
        if self._reported is None:
            return True
        mains, mv, ma, tenths = self._reported
        return (
            mains != self._mains_seen
            or abs(flow.mv - mv) >= _STEP_MV
            or abs(flow.ma - ma) >= max(_STEP_MA, _STEP_MA_SHARE * abs(ma))
            or abs(self._temperature_c * 10 - tenths) >= _STEP_TENTHS
        )

    def _plan(self) -> None:
        """Plans the next moment at which the panel has something to report, or ends, or the currents are due anew."""
        if self._crossing is not None:
            self._crossing.cancel()
        if not self._panel_on:
            return
        if self._fails(self._circuit.flow()):
            self._crossing = self._clock.call_in(HOLD_UP_MS, self._cross)
        elif not self._circuit.steady():
            hours = self._next_h()
            self._crossing = self._clock.call_in(max(1, round(hours * _MS_PER_H)), self._cross)

    def _next_h(self) -> float:
        """When something comes due, within the step for which the currents can be taken as constant."""
        due_h = self._circuit.step_h()
        if not self._comes_due(due_h):
            return due_h
        before_h = 0.0
        while due_h - before_h > _EXACT_H:
            middle_h = (before_h + due_h) / 2
            if self._comes_due(middle_h):
                due_h = middle_h
            else:
                before_h = middle_h
        return due_h

    def _comes_due(self, hours: float) -> bool:
        flow = self._circuit.flow(self._circuit.later(hours))
        return self._fails(flow) or (self._reported is not None and self._is_news(flow))

    def _fails(self, flow: Flow) -> bool:
        return self._circuit.rail_mv(flow) < BROWN_OUT_MV

    def _cross(self) -> None:
        flow = self._flow()
        if self._fails(flow):
            assert self._site is not None
            self._waits = True
            self._site.power_cut(self._circuit.rail_mv(flow) > 0)
            self._clock.call_in(HOLD_OFF_MS, self._wake)
        else:
            self._measure()


def _battery(description: PowerDescription) -> Battery | None:
    if description.battery == "none":
        return None
    kind = CHEMISTRIES[description.battery]
    return Battery(kind, description.mah, description.age_percent / 100, description.temperature_c)


def _replan(timer: Timer | None, clock: Clock, delay_ms: int, action: Callable[[], None]) -> Timer:
    if timer is not None:
        timer.cancel()
    return clock.call_in(delay_ms, action)
