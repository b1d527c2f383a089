"""What scenarios and demonstrations see of a simulated world, whichever clock rules it.

`virtual/world.py` has the one with its own clock, `real_world.py` the one that runs with the computer's.
"""

from collections.abc import Callable
from typing import Protocol

from hemlarm_simulator.clock import Clock
from hemlarm_simulator.cloud import Cloud
from hemlarm_simulator.house import House
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.modem.simulated_modem import SimulatedModem
from hemlarm_simulator.plants.camera import CameraPort
from hemlarm_simulator.plants.power_supply import PowerSupply
from hemlarm_simulator.simulated_panel import SimulatedPanel


class Network(Protocol):
    """The way from the house to the broker."""

    @property
    def up(self) -> bool:
        """Whether anything gets through."""

    @up.setter
    def up(self, up: bool) -> None: ...
    @property
    def black_hole(self) -> bool:
        """Whether packets vanish on it, and nobody is told."""

    @black_hole.setter
    def black_hole(self, open_: bool) -> None: ...


class Mobile(Protocol):
    """The mobile network that serves the house."""

    @property
    def up(self) -> bool:
        """Whether there is a mobile network at all."""

    @up.setter
    def up(self, up: bool) -> None: ...
    @property
    def data(self) -> bool:
        """Whether it carries data; without it, SMS go on."""

    @data.setter
    def data(self, on: bool) -> None: ...
    @property
    def jammed(self) -> bool:
        """Whether somebody jams the modem's radio."""

    @jammed.setter
    def jammed(self, jammed: bool) -> None: ...
    @property
    def black_hole(self) -> bool:
        """Whether packets vanish on it, and nobody is told."""

    @black_hole.setter
    def black_hole(self, open_: bool) -> None: ...


class Sms(Protocol):
    """The SMS centre."""

    def switch(self, on: bool) -> None:
        """It stands still, or works again."""


class World(Protocol):
    """A house, its panel and its cloud. Things happen only while `run_until` or `wait_for` runs."""

    @property
    def clock(self) -> Clock:
        """The world's time."""

    @property
    def now_ms(self) -> int:
        """Milliseconds since the world began."""

    @property
    def house(self) -> House:
        """What people touch, and what they see and hear."""

    @property
    def cloud(self) -> Cloud:
        """What became of the panel's events."""

    @property
    def panel(self) -> SimulatedPanel:
        """The panel itself, with its flash."""

    @property
    def network(self) -> Network:
        """What can be cut."""

    @property
    def mobile(self) -> Mobile:
        """The other way, for houses with a modem."""

    @property
    def sms(self) -> Sms:
        """The last resort, for houses with a modem."""

    @property
    def modem(self) -> SimulatedModem | None:
        """The modem, where the house has one."""

    @property
    def cameras(self) -> CameraPort:
        """What the house's cameras saw."""

    @property
    def supply(self) -> PowerSupply | None:
        """Mains, charger and battery, where the house has them."""

    @property
    def ledger(self) -> Ledger:
        """What happened so far."""

    def run_until(self, at_ms: int) -> None:
        """Lets everything happen that is due up to `at_ms`. Raises PanelCrashedError."""

    def wait_for(self, condition: Callable[[], bool], limit_ms: int) -> bool:
        """Runs until `condition` holds, for `limit_ms` at most. Returns whether it holds. Raises PanelCrashedError."""

    def power_on(self) -> None:
        """Gives the panel power."""

    def power_cut(self) -> None:
        """Takes the panel's power away."""

    def reset_panel(self) -> None:
        """Somebody presses the panel's reset button."""

    def hang_panel(self, kind: str) -> None:
        """A fault in the firmware: "inputs" are heard no more, or it is "busy" for ever."""

    def fail_flash(self, chips: list[str]) -> None:
        """These flash chips answer no more, until the panel starts again; none: all work."""
