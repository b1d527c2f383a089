"""The world in virtual time: one loop that owns the clock, gives each panel its turn, and jumps over all that is quiet.

Exactly one of world and panels runs at any moment, so a seed decides everything.
"""

import contextlib
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from hemlarm_simulator.board_link import Frame, PanelGoneError, PanelSilentError
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.clock import WORLD_BEGAN_UNIX_MS, Timer, VirtualClock
from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.house import House
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.modem_description import ModemDescription
from hemlarm_simulator.nor_flash import PowerCut
from hemlarm_simulator.plants.camera import CameraPort
from hemlarm_simulator.plants.power_supply import PowerSupply, Site
from hemlarm_simulator.simulated_panel import BROWN_OUT, POWER, PanelCrashedError, PanelSetup, SimulatedPanel
from hemlarm_simulator.virtual.faults import Faults
from hemlarm_simulator.virtual.flash_cut import FlashCut
from hemlarm_simulator.virtual.house_modem import CountedSmsCentre, HouseModem
from hemlarm_simulator.virtual.ingest import VirtualCloud
from hemlarm_simulator.virtual.mobile import MobileNetwork
from hemlarm_simulator.virtual.network import SimulatedNetwork
from hemlarm_simulator.virtual.panel_cloud import PanelCloud
from hemlarm_simulator.watchdog import BoardWatchdog

RESET_MS = 500
"""From a reset to the firmware's first line; a microcontroller with MicroPython takes about that."""

STEP_MS = 100
"""How often `wait_for` looks at its condition."""


def seeded_credentials(seed: int) -> dict[str, Any]:
    """A panel's identity that follows from the seed. There is no TLS in virtual time, so certificates are empty."""
    chance = Chance(seed, "credentials")
    return {
        "panel": chance(8),
        "root_key": chance(32),
        "host": "broker",
        "port": 8883,
        "certificate": b"",
        "key": b"",
        "authority": b"",
    }


class PanelTurns:
    """One panel in virtual time: frames that wait for its turn, and the turn itself."""

    def __init__(self, panel: SimulatedPanel, clock: VirtualClock) -> None:
        self.panel = panel
        self._clock = clock
        self._waiting: list[Frame] = []
        self._planned: Timer | None = None
        self._woken: Timer | None = None

    def boot(self) -> None:
        """Starts the firmware and lets it run until it first waits."""
        self._waiting = []
        self.panel.power_on()
        self._until_idle()

    def post(self, frame: Frame) -> None:
        """Gives the panel a frame with its next turn, which comes within this millisecond."""
        if not self.panel.on:
            return
        self._waiting.append(frame)
        if self._planned is None or not self._planned.live:
            self._planned = self._clock.call_in(0, self._turn)

    def stop(self) -> None:
        """The panel is off: nothing wakes it any more."""
        self._waiting = []
        for timer in (self._planned, self._woken):
            if timer is not None:
                timer.cancel()

    def _turn(self) -> None:
        link = self.panel.link
        assert link is not None
        frames, self._waiting = self._waiting, []
        # If the panel has ended, its last words are still to be read.
        with contextlib.suppress(PanelGoneError):
            link.send(*frames, ["now", self._clock.now_ms - self.panel.booted_ms])
        self._until_idle()

    def _until_idle(self) -> None:
        """Carries out what the panel asks for until it waits. Raises PanelGoneError, PanelSilentError, PowerCut."""
        link = self.panel.link
        assert link is not None
        while (frame := link.receive())[0] != "idle":
            self.panel.handle(frame)
        if self._woken is not None:
            self._woken.cancel()
        if frame[1] is not None:
            delay_ms = frame[1] + self.panel.booted_ms - self._clock.now_ms
            self._woken = self._clock.call_in(delay_ms, self._turn)


class VirtualWorld:
    """One house with its panel, network and cloud. A context manager: leaving it ends the panel.

    The panel starts with the world. Everything is in milliseconds since then.
    """

    def __init__(
        self,
        server: ForkServer,
        house: HouseDescription,
        seed: int = 1,
        setup: PanelSetup | None = None,
        began_unix_ms: int = WORLD_BEGAN_UNIX_MS,
        clock: VirtualClock | None = None,
        cloud: VirtualCloud | None = None,
    ) -> None:
        """With `cloud` it is one of several houses of a cloud that outlives it, on a `clock` of that cloud's time."""
        if setup is None:
            config = house.panel_config(Chance(seed, "code salt")(16))
            setup = PanelSetup(seeded_credentials(seed), config)
        self.clock = clock or VirtualClock(began_unix_ms)
        self.ledger = Ledger()
        self.house = House(house, self.clock, self._input, Chance(seed, "house"))
        self._faults = Faults(self.clock, self.ledger)
        self._owns_cloud = cloud is None
        self.cloud_process = cloud or VirtualCloud(self.clock, self.ledger, seed, self._faults)
        self.cloud_process.provision(setup.credentials)
        self.network = SimulatedNetwork(
            self.clock, self.cloud_process.broker, self.ledger, faults=self._faults, chance=Chance(seed, "network")
        )
        self.panel = SimulatedPanel(server, setup, self.clock, self.ledger, self.house, virtual=True, seed=seed)
        self.cloud = PanelCloud(self.cloud_process, self.panel.id)
        self.panel.handlers |= {"connect": self._connect, "send": self._send, "close": self._close}
        self._flash_cut = FlashCut(self.panel, self._faults, Chance(seed, "flash cut"))
        self._turns = PanelTurns(self.panel, self.clock)
        self.cameras = CameraPort(self.house, self.clock, self._turns.post)
        """What the house's cameras saw."""
        self.panel.handlers |= self.cameras.handlers
        self.mobile = MobileNetwork(
            self.clock,
            self.cloud_process.broker,
            self.ledger,
            self.panel.id,
            self._faults,
            Chance(seed, "mobile network"),
        )
        number = house.modem.number if house.modem else ""
        self.sms = CountedSmsCentre(
            self.clock, Chance(seed, "SMS centre"), self._faults, self.ledger, self.mobile, number
        )
        self.modem = self._install_modem(house.modem, Chance(seed, "modem")) if house.modem else None
        self._restarts: Timer | None = None
        self._watchdog = BoardWatchdog(self.panel, self.clock, self._ended)
        self.survive_crashes = False
        """Whether a panel that crashes and asks to be started again is started again."""
        self.crashes: list[str] = []
        if self.supply is not None:
            self._connect_supply(self.supply)
        try:
            self.power_on()
        except BaseException:
            self.close()
            raise

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
        """Lets everything happen that is due up to and at `at_ms`. Raises PanelCrashedError."""
        schedule = self.clock.schedule
        while (next_ms := schedule.next_ms()) is not None and next_ms <= at_ms:
            self.clock.now_ms = next_ms
            self._attempt(schedule.fire_next)
        self.clock.now_ms = max(self.clock.now_ms, at_ms)

    def wait_for(self, condition: Callable[[], bool], limit_ms: int) -> bool:
        """Runs until `condition` holds, looking every STEP_MS, for `limit_ms` at most. Returns whether it holds."""
        end_ms = self.now_ms + limit_ms
        while not condition() and self.now_ms < end_ms:
            self.run_until(min(end_ms, self.now_ms + STEP_MS))
        return condition()

    def power_on(self) -> None:
        """Gives the panel power, which starts if its supply has enough for that. Raises PanelCrashedError."""
        self._attempt(self._boot)

    def power_cut(self, cause: int = POWER) -> None:
        """Takes the panel's power away; `cause` is what its next start will be told, POWER or BROWN_OUT."""
        if self.panel.on:
            self._faults.happened("power-cut", cause)
        self._lose_power(cause)

    def close(self) -> None:
        """Ends the panel, and the cloud if it is its own."""
        self._lose_power()
        if self._owns_cloud:
            self.cloud_process.close()

    # What goes wrong.

    @property
    def faults(self) -> Counter[str]:
        """How many faults of each of `faults.KINDS` there really were."""
        return self._faults.counts

    def disturb(self, kind: str, direction: str, for_ms: int, per_mille: int) -> None:
        """Does `kind` of `faults.MESSAGE_KINDS` to messages "up" or "down", so many in a thousand, for a while.

        Raises UnknownDisturbanceError.
        """
        self.cloud_process.disturbances[direction].order(kind, for_ms, per_mille)

    def broker_wipe(self, down_ms: int) -> None:
        """Ends all sessions at the broker, which refuses connections for so long."""
        self.cloud_process.wipe_broker(down_ms)

    def cut_at_flash_operation(self, operation: int, torn: float | None) -> None:
        """Cuts the panel's power at a flash operation to come, see `FlashCut.order`; nothing sent after it counts."""
        self._flash_cut.order(operation, torn)

    def reset_panel(self) -> None:
        """Somebody presses the panel's reset button."""
        if self.panel.on:
            self._faults.happened("panel-reset")
            self.panel.reset()
            self._ended()

    def hang_panel(self, kind: str) -> None:
        """A fault in the firmware: "inputs" are heard no more, or it is "busy" for ever."""
        if self.panel.on:
            self._faults.happened(f"panel-hang-{kind}")
            self._turns.post(["hang", kind])

    def fail_flash(self, chips: list[str]) -> None:
        """These flash chips answer no more, until the panel starts again; none: all work."""
        self._turns.post(["failing", chips])

    def forget_state(self) -> None:
        """Erases the panel's saved state, as a chip does that goes bad. Only while the panel is off."""
        assert not self.panel.on, "a panel that is on still holds its state in memory; cut its power first"
        self._faults.happened("state-forgotten")
        state = self.panel.flash["state"]
        state.contents[:] = b"\xff" * state.size

    def disturb_rtc(self, delta_ms: int) -> None:
        """Lets the clock jump that the panel keeps over resets. One that knows no time does not jump."""
        if self.panel.kept_ahead_ms is not None:
            self._faults.happened("rtc-jump", delta_ms)
            self.panel.kept_ahead_ms += delta_ms

    def calm(self) -> None:
        """Takes back every fault that was ordered and has not happened, and rights the line and the cloud's clock.

        What is down comes back at its time. The power of router, port and panel is left to those who switch it.
        """
        self._flash_cut.order(0, None)
        self.cloud_process.calm()
        self.network.calm()
        self.mobile.calm()
        self.sms.calm()
        if self.modem is not None:
            self.modem.calm()

    def _install_modem(self, modem: ModemDescription, chance: Chance) -> HouseModem:
        installed = HouseModem(
            modem, self.clock, self.mobile, self.sms, self._turns.post, chance, self._faults, self.ledger
        )
        self.panel.handlers |= installed.handlers
        self.network.use_tls()
        self.cloud_process.connect_sms(self.sms, modem.sms_to)
        self.cloud_process.register_sms(self.panel.id, modem.number)
        return installed

    def _lose_power(self, cause: int = POWER) -> None:
        self.panel.power_cut(cause)
        self._is_off()
        if self.modem is not None:
            self.modem.supply(False)

    def _boot(self) -> None:
        if not self.house.can_power():
            return
        self.house.regain_power()
        if self.modem is not None:
            self.modem.supply(True)
        self._turns.boot()
        self._input("start", *self.house.start_values())

    def _connect_supply(self, supply: PowerSupply) -> None:
        supply.connect(
            Site(
                power_on=self.power_on,
                power_cut=lambda sagged: self.power_cut(BROWN_OUT if sagged else POWER),
                is_parked=lambda: self.panel.parked,
                router=lambda on: setattr(self.network, "router_on", on),
                ethernet=lambda on: setattr(self.network, "port_on", on),
            )
        )

    def _attempt(self, step: Callable[[], None]) -> None:
        """Does a step in which a panel may run, and deals with each way that panel can end."""
        try:
            step()
        except PowerCut:
            self._lose_power()
        except PanelSilentError as error:
            log = self.panel.log()
            self._lose_power()
            raise PanelCrashedError(f"{error}; it is stuck in a loop without a wait:\n{log}") from error
        except PanelGoneError:
            self._leave()
            self._ended()

    def _leave(self) -> None:
        """The firmware has ended by itself. Raises PanelCrashedError."""
        try:
            self.panel.ended()
        except PanelCrashedError as crash:
            if not (self.survive_crashes and crash.recovers):
                self._is_off()
                raise
            self.crashes.append(str(crash))

    def _ended(self) -> None:
        """The panel is off and will start by itself, unless it is parked."""
        self._is_off()
        if not self.panel.parked:
            self._restarts = self.clock.call_in(RESET_MS, self._restart)

    def _is_off(self) -> None:
        if self._restarts is not None:
            self._restarts.cancel()
        self._turns.stop()
        self._watchdog.stop()
        self.network.lose(self.panel.id)
        self.house.lose_power()

    def _restart(self) -> None:
        if not self.panel.on:
            self._boot()

    def _input(self, *values: Any) -> None:
        self.ledger.enter(self.clock.now_ms, "input", *values)
        self._turns.post(["input", *values])

    def _connect(self, frame: Frame) -> None:
        self.network.connect(self.panel.id, frame[1], self._turns.post)

    def _send(self, frame: Frame) -> None:
        self.network.send(self.panel.id, frame[1], frame[2])

    def _close(self, frame: Frame) -> None:
        self.network.close(self.panel.id, frame[1])
