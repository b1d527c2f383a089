"""One zone: what it is by configuration, and what is known of it now."""

from hemlarm_firmware.panel import inputs, latch_tables, zone_types
from hemlarm_firmware.sensors import line as lines

# What can be wrong with a zone, as bits. The numbers are stored.
TAMPERED = 1
MISSING = 2  # A radio sensor that has not checked in for its supervision time.
UNHEARD = 4  # A radio sensor that has not yet spoken since the start: whether it is open, nobody knows.
BATTERY_LOW = 8
FAULT = 16
HOT = 32
COLD = 64
_UNKNOWN = TAMPERED | MISSING | UNHEARD

# Why a zone is bypassed.
NOT_BYPASSED = 0
BY_PERSON = 1
FORCED = 2  # It was open when somebody armed all the same; closed while the exit delay runs, it guards again.
SWINGER = 3  # It alarmed too often since arming.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.config import Config


class Zone:
    """`open`: the door is open, the detector has tripped. `troubles` are the bits above; `bypass` says why, or 0.

    `trips` counts its alarms since arming. Times are ms of the panel's clock, None where nothing runs.
    """

    def __init__(self, config: "Config") -> None:
        self.number: int = config["number"]
        self.name: str = config["name"]
        self.type: str = config["type"]
        self.area: int = config["area"]
        self.code = zone_types.code(self.type, config["sensor"], config["silent"])
        self.is_motion = config["sensor"] in zone_types.MOTION
        self.is_camera = config["sensor"] in zone_types.CAMERAS
        self.is_detector = config["sensor"] != "button"
        self.silent: bool = config["silent"]
        self.chime: bool = config["chime"]
        self.verify: bool = config["verify"]
        self.bypassable: bool = config["bypass"]
        self.swinger: int = config["swinger"]
        self.group: int = config["group"]
        self.modes = 1 << inputs.AWAY | config["home"] << inputs.HOME | config["night"] << inputs.NIGHT
        self.entry_ms: int | None = _ms(config.get("entry_s"))
        self.range: tuple[int, int] | None = None
        if self.type == zone_types.TEMPERATURE:
            self.range = (config["low_c"] * 10, config["high_c"] * 10)
        self.wiring: str = config["wiring"]
        self.line = lines.Line(self.wiring, self.type == zone_types.FIRE) if self.wiring else None
        self.supervise_ms: int = config["supervise_min"] * 60_000 if config.get("radio") else 0
        self.open = False
        self.troubles = UNHEARD if self.supervise_ms else 0
        self.possible = _possible(self)  # The troubles that it can have.
        self.bypass = NOT_BYPASSED
        self.trips = 0
        self.heard_ms: int | None = None
        self.pulse_ms: int | None = None  # The first pulse of a fire loop that is being verified.
        self.powered_ms: int | None = None  # When the power of a fire loop that is being reset comes back.
        self.trusted_ms: int | None = None  # From when on a loop that was reset is believed to be clear.

    @property
    def bypassed(self) -> bool:
        """Whether it is bypassed, for whatever reason."""
        return bool(self.bypass)

    def is_intrusion(self) -> bool:
        """Whether it guards only while its area is armed."""
        return self.type in zone_types.STIMULI

    def latch(self) -> "int | None":
        """The kind of always-on alarm that it sets off, if any."""
        return zone_types.LATCHES.get(self.type)

    def is_life_safety(self) -> bool:
        """Fire and carbon monoxide: nothing ever suppresses them."""
        return self.latch() in latch_tables.LIFE_SAFETY

    def guards(self, mode: int) -> bool:
        """Whether it is one of those that guard in this mode of arming (0: disarmed). A bypassed one guards never."""
        return not self.bypass and bool(self.modes >> mode & 1)

    def may_bypass(self) -> bool:
        """Fire, carbon monoxide and hold-up zones never, others as the configuration says."""
        return self.bypassable

    def blocks(self, mode: int, exit_ms: int) -> bool:
        """Whether it refuses arming in this mode.

        A follower's motion detector sees whoever arms: it refuses only where no exit delay runs.
        What is always on refuses by a tamper only, so that a smoking detector locks nobody out of arming.
        """
        if self.bypass or self.is_at_rest():
            return False
        if self.is_intrusion():
            leaving = self.type == zone_types.FOLLOWER and self.is_motion and bool(exit_ms)
            return self.guards(mode) and bool(self.troubles & _UNKNOWN or not leaving)
        return self.latch() in (latch_tables.TAMPER, latch_tables.ALWAYS)

    def is_at_rest(self) -> bool:
        """Closed, and known to be."""
        return not self.open and not self.troubles & _UNKNOWN

    def snapshot(self) -> "list[int]":
        """What a restart must know of one that is not as it should be."""
        return [self.number, self.troubles & ~UNHEARD, self.bypass, self.trips]

    def take_over(self, before: "Zone") -> None:
        """The configuration changed around it: what was known of the zone is still true."""
        self.open = before.open
        if self.supervise_ms and before.supervise_ms:
            self.heard_ms = before.heard_ms
            self.troubles = self.troubles & ~UNHEARD | before.troubles & UNHEARD
        if self.wiring == before.wiring:
            for name in ["line", "pulse_ms", "powered_ms", "trusted_ms"]:
                setattr(self, name, getattr(before, name))
        else:
            self.preset_line()

    def preset_line(self) -> None:
        """The line begins as what is known of the zone, so that the first sample that says otherwise counts."""
        if self.line is not None:
            known = lines.OPEN if self.open else lines.NORMAL
            if self.troubles & TAMPERED:
                known = lines.TAMPER
            self.line.condition = lines.FAULT if self.troubles & FAULT else known


def _possible(zone: Zone) -> int:
    if not zone.supervise_ms:
        return TAMPERED | FAULT if zone.line else 0
    known = TAMPERED | MISSING | BATTERY_LOW | FAULT
    return known if zone.range is None else known | HOT | COLD


def _ms(seconds: "int | None") -> "int | None":
    return None if seconds is None else seconds * 1000
