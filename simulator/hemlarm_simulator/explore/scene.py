"""Where a schedule is played: the world, what is known of it, and what the moves have set going."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hemlarm_simulator.description import HouseDescription, SensorDescription
from hemlarm_simulator.explore.account import Account
from hemlarm_simulator.virtual.world import VirtualWorld

OFF_MS = 3_000
"""How long the panel is without power when nobody said how long."""

INTRUSION = ("entry", "follower", "instant")
"""Types of zones that guard only while their area is armed."""


@dataclass
class Incident:
    """Something that an alarm may tell of: one of `codes` from a zone, or from any for None, from `start_ms` on.

    It lasts until `end_ms`, None while it goes on. `must` is how long, in ms, the panel may take to tell of it once it
    has run so long untroubled; None where it need not tell.
    """

    what: str
    zone: int | None
    codes: tuple[int, ...]
    start_ms: int
    end_ms: int | None = None
    must_ms: int | None = None
    area: int = 0


@dataclass
class Act:
    """Somebody who lives there opened a door or walked past a detector of this zone."""

    zone: int
    at_ms: int


@dataclass
class Scene:
    """A run as the moves see it."""

    world: VirtualWorld
    house: HouseDescription
    account: Account
    incidents: list[Incident] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    asked: list[tuple[int, str]] = field(default_factory=list)
    """The user numbers under which the cloud asked for something, and the word for it."""
    backups: list[bytes] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    """Faults that the world itself does not count, by kind."""
    off_ms: int = OFF_MS
    over: bool = False
    """Whether the schedule is over and everything is being mended."""
    heartbeat_ms: int = 0
    """How often the cloud wants to hear from the panel."""
    changed: Callable[[], None] = lambda: None
    """Called behind each move, and whatever follows from it by itself."""

    @property
    def now_ms(self) -> int:
        """Milliseconds since the world began."""
        return self.world.now_ms

    def sensor(self, name: str) -> SensorDescription:
        """The detector of this name. Raises KeyError."""
        return next(sensor for sensor in self.house.sensors if sensor.name == name)

    def first(self, *types: str) -> SensorDescription | None:
        """The first detector of a zone of one of these types."""
        return next((sensor for sensor in self.house.sensors if sensor.type in types), None)

    @property
    def lit(self) -> bool:
        """Whether the keypad shows anything: a dark one says that the panel is without power."""
        return self.world.panel.on and "armed" in self.world.house.lamps

    @property
    def armed(self) -> bool:
        """Whether the keypad says that something is armed."""
        return self.world.house.lamps.get("armed", False)

    def later(self, delay_ms: int, act: Callable[[], None]) -> None:
        """Lets something follow by itself, unless the schedule is over by then."""

        def follow() -> None:
            if not self.over:
                act()
                self.changed()

        self.world.clock.call_in(delay_ms, follow)

    def has_power_again(self) -> None:
        """Gives the panel power if it has none."""
        if not self.world.panel.on and not self.world.panel.parked:
            self.world.power_on()
