"""The world in real time: the same house and firmware, but over TLS to a real broker.

There is no thread: what the panel shows and stores is taken note of while `run_until` or `wait_for` runs. The panel
itself never waits for that, except for flash reads, which it does at its start.
"""

import select
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from hemlarm_simulator.board_link import Frame, PanelGoneError
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.clock import RealClock
from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.house import House
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.modem_description import ModemDescription
from hemlarm_simulator.plants.camera import CameraPort
from hemlarm_simulator.plants.power_supply import PowerSupply, Site
from hemlarm_simulator.real_cloud import PanelInCloud
from hemlarm_simulator.real_mobile import RealHouseModem, RealMobile, RealSmsCentre
from hemlarm_simulator.simulated_panel import PanelSetup, SimulatedPanel
from hemlarm_simulator.watchdog import BoardWatchdog
from hemlarm_simulator.world import Network

_STEP_MS = 5
"""How often `wait_for` looks at a condition that no frame of the panel announces."""


class RealWorld:
    """One house with its panel; `cloud` and `network` are what its credentials lead to. A context manager.

    The modem's connections lead to the broker at `broker`, host and port; without it, to where the panel's own do.
    """

    def __init__(
        self,
        server: ForkServer,
        house: HouseDescription,
        setup: PanelSetup,
        cloud: PanelInCloud,
        network: Network,
        broker: tuple[str, int] | None = None,
    ) -> None:
        self.clock = RealClock()
        self.ledger = Ledger(exact=False)
        self.house = House(house, self.clock, self._input)
        self.cloud = cloud
        self.network = network
        self.panel = SimulatedPanel(server, setup, self.clock, self.ledger, self.house, virtual=False)
        self.cameras = CameraPort(self.house, self.clock, self._post)
        self.panel.handlers |= self.cameras.handlers
        self._watchdog = BoardWatchdog(self.panel, self.clock, self._restart)
        self.mobile = RealMobile(broker or (setup.credentials["host"], setup.credentials["port"]))
        self.sms = RealSmsCentre(self.clock, Chance(0, "SMS centre"))
        self.modem = self._install_modem(house.modem) if house.modem else None
        if self.supply is not None:
            self._connect_supply(self.supply)
        self.power_on()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def now_ms(self) -> int:
        """Milliseconds since the world began."""
        return self.clock.now_ms

    @property
    def supply(self) -> PowerSupply | None:
        """Mains, charger and battery, where the house has them."""
        return self.house.supply

    def run_until(self, at_ms: int) -> None:
        """Lets the world run until `at_ms`. Raises PanelCrashedError."""
        while (left_ms := at_ms - self.now_ms) > 0:
            self._step(left_ms)
        self._step(0)

    def wait_for(self, condition: Callable[[], bool], limit_ms: int) -> bool:
        """Runs until `condition` holds, for `limit_ms` at most. Returns whether it holds. Raises PanelCrashedError."""
        end_ms = self.now_ms + limit_ms
        while not condition():
            if self.now_ms >= end_ms:
                return False
            self._step(_STEP_MS)
        return True

    def power_on(self) -> None:
        """Gives the panel power, which starts if its supply has enough for that."""
        if not self.house.can_power():
            return
        self.house.regain_power()
        if self.modem is not None:
            self.modem.supply(True)
        self.panel.power_on()
        self._input("start", *self.house.start_values())

    def power_cut(self) -> None:
        """Takes the panel's power away."""
        self._watchdog.stop()
        self.panel.power_cut()
        self.house.lose_power()
        if self.modem is not None:
            self.modem.supply(False)

    def close(self) -> None:
        """Ends the panel."""
        self._watchdog.stop()
        self.panel.power_cut()
        self.mobile.internet.close()

    def reset_panel(self) -> None:
        """Somebody presses the panel's reset button."""
        if self.panel.on:
            self._watchdog.stop()
            self.panel.reset()
            self._restart()

    def hang_panel(self, kind: str) -> None:
        """A fault in the firmware: "inputs" are heard no more, or it is "busy" for ever."""
        if self.panel.link is not None:
            self.panel.link.send(["hang", kind])

    def fail_flash(self, chips: list[str]) -> None:
        """These flash chips answer no more, until the panel starts again; none: all work."""
        self._post(["failing", chips])

    def _connect_supply(self, supply: PowerSupply) -> None:
        # Router and port are one cable here, so the panel loses its network with either, and has it with both.
        on = {"router": True, "ethernet": True}

        def switch(part: str, powered: bool) -> None:
            on[part] = powered
            self.network.up = all(on.values())

        supply.connect(
            Site(
                power_on=self.power_on,
                power_cut=lambda _sagged: self.power_cut(),
                is_parked=lambda: self.panel.parked,
                router=lambda powered: switch("router", powered),
                ethernet=lambda powered: switch("ethernet", powered),
            )
        )

    def _step(self, limit_ms: int) -> None:
        """Waits for one thing to happen, at most so long, and takes note of it."""
        next_ms = self.clock.schedule.next_ms()
        wait_ms = limit_ms if next_ms is None else max(0, min(limit_ms, next_ms - self.now_ms))
        poller = select.poll()
        if self.panel.link is not None:
            poller.register(self.panel.link, select.POLLIN)
        self.mobile.internet.watch(poller)
        ready = poller.poll(wait_ms)
        if self.panel.link is not None and any(number == self.panel.link.fileno() for number, _ in ready):
            self._take_frames()
        self.mobile.internet.serve(ready)
        while (next_ms := self.clock.schedule.next_ms()) is not None and next_ms <= self.now_ms:
            self.clock.schedule.fire_next()

    def _take_frames(self) -> None:
        link = self.panel.link
        assert link is not None
        try:
            link.fill()
            while (frame := link.next_arrived()) is not None:
                self.panel.handle(frame)
        except PanelGoneError:
            self._watchdog.stop()
            self.panel.ended()
            self._restart()

    def _restart(self) -> None:
        """The panel is off and starts again at once, unless it is parked."""
        self.house.lose_power()
        if not self.panel.parked:
            self.power_on()

    def _install_modem(self, modem: ModemDescription) -> RealHouseModem:
        installed = RealHouseModem(modem, self.clock, self.mobile, self.sms, self._post, Chance(0, "modem"))
        self.panel.handlers |= installed.handlers
        return installed

    def _input(self, *values: Any) -> None:
        self.ledger.enter(self.clock.now_ms, "input", *values)
        self._post(["input", *values])

    def _post(self, frame: Frame) -> None:
        if self.panel.link is not None:
            try:
                self.panel.link.send(frame)
            except PanelGoneError:
                return  # Its end is noticed, and told, with the next step.
