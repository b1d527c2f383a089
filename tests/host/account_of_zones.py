"""The property test's own account of zones: what must, may and must never follow when one trips."""

from typing import Any

from account_of_lines import LINES, LOOPS, Line
from panel_plan import RADIO_MIN, ZONES

DISARMED, EXIT, ARMED, ENTRY, ALARM = range(5)
AWAY, HOME, NIGHT = 1, 2, 3
INTRUSION = ("entry", "follower", "instant")
VERIFY_MS = 90_000
LOOP_OFF_MS, LOOP_TRUSTED_MS = 5_000, 60_000
LATE_MS = 200  # The board may be busy when something is due.
MUST, MAY, NEVER = "must", "may", "never"

_CODES = {
    "entry": 1134,
    "follower": 1132,
    "instant": 1130,
    "always": 1133,
    "fire": 1111,
    "co": 1162,
    "water": 1154,
    "hold_up": 1120,
    "tamper": 1137,
}
_FLAGS = {1144: 2, 1384: 4, 1380: 16}  # Of radio sensors.


class Zone:
    """What the house knows of one zone. `open` is None for a radio sensor that has not spoken since a restart."""

    def __init__(self, row: tuple[int, int, str, str, str, dict[str, Any]]) -> None:
        self.number, self.area, self.type, self.sensor, self.connection, unusual = row
        self.line = Line(self.number) if self.connection in LINES.values() else None
        self.is_radio = self.connection == "radio"
        self.is_loop = self.number in LOOPS
        self.verify: bool = unusual.get("verify", False)
        self.silent: bool = unusual.get("silent", False)
        self.swinger: int = unusual.get("swinger", 3)
        self.group: int = unusual.get("group", 1)
        self.entry_s: int | None = unusual.get("entry_s")
        self.supervise_ms = unusual.get("supervise_min", RADIO_MIN) * 60_000
        self.is_camera = "camera" in self.sensor
        self.can_be_bypassed = unusual.get("bypass", self.type not in ("fire", "co", "hold_up"))
        self.code = 1122 if self.silent else 1114 if self.sensor == "heat" else _CODES.get(self.type, 0)
        home = unusual.get("home", False)
        self.modes = {AWAY} | ({HOME} if home else set()) | ({NIGHT} if unusual.get("night", home) else set())
        self.open: bool | None = None if self.is_radio else False
        self.unheard = self.is_radio
        self.flags = 0  # A radio sensor's, as it is; `heard` is what it said last.
        self.heard = 0
        self.heard_ms = 0
        self.in_reach = True
        self.missing = False
        self.bypassed = False
        self.trips = 0
        self.burns = False  # A fire that was told and has not cleared.
        self.reopened = False  # In an alarm in which it was told already.
        self.muted = False  # It tripped during a walk test and is open still.
        self.unannounced = False  # It is open, and no alarm came of it, for a reason that a restart may end.
        self.near_ms: int | None = None  # A first pulse that was told, and has led to no fire yet.
        self.pulse_ms: int | None = None
        self.unpowered_ms = 0
        self.rests_ms = 0  # How long a loop that burns has been at rest.

    def guards(self, mode: int) -> bool:
        """Whether it guards in this mode."""
        return self.type in INTRUSION and mode in self.modes and not self.bypassed

    def intrusion(self, state: int, told: bool) -> str:
        """Whether an alarm follows at once when it opens while it guards and its area is in this state."""
        if state == ALARM:
            return NEVER if told else MUST
        if self.type == "instant":
            return MUST
        if self.type == "follower" and state == ARMED:
            return MUST
        return MUST if self.entry_s == 0 and state == ARMED else NEVER

    def always_on(self, walking: bool) -> str:
        """The same for a zone of a kind that guards at every hour."""
        if self.type == "temperature" or self.bypassed or (walking and self.type not in ("fire", "co")):
            return NEVER
        return MUST

    def passes(self, ms: int) -> None:
        """Time passes; a loop has its power back after 5 s, and is believed to be clear a minute later at most."""
        if self.line is None:
            return
        self.unpowered_ms = 0 if self.line.powered else self.unpowered_ms + ms
        assert self.unpowered_ms <= LOOP_OFF_MS + LATE_MS, f"the loop of zone {self.number} stays without power"
        rests = self.burns and self.line.powered and self.line.settled == "normal"
        self.rests_ms = self.rests_ms + ms if rests else 0
        assert self.rests_ms <= LOOP_TRUSTED_MS + LATE_MS, f"zone {self.number} burns for ever"

    def reports(self, now: int) -> None:
        """A radio sensor was heard."""
        self.heard, self.heard_ms, self.missing, self.unheard = self.flags, now, False, False
        self.open = bool(self.flags & 1)

    def restart(self, state: int, mode: int) -> None:
        """What the panel still knows of it: that a radio sensor was open, where opening would have led to something.

        A door opened while a delay runs, and one that opens again in an alarm, are not saved for the flash's sake.
        """
        delayed = self.type != "instant" and state in (EXIT, ENTRY)
        if self.is_radio and not self.burns and (delayed or self.reopened or not self.guards(mode)):
            self.open = None
        self.heard_ms = 0
        self.unheard = self.is_radio
        self.near_ms = self.pulse_ms = None
        self.unpowered_ms = self.rests_ms = 0
        if self.line:
            self.line.restart()

    def wants_trouble(self, code: int, now: int) -> bool | None:
        """Whether this trouble must stand reported (True), must not (False), or may (None)."""
        if code == 1381:
            lost_ms = now - self.heard_ms - self.supervise_ms
            self.missing = self.missing or (self.is_radio and lost_ms > LATE_MS)
            return None if self.is_radio and not self.missing and lost_ms >= 0 else self.missing
        if self.is_radio:
            return bool(self.heard & _FLAGS.get(code, 0))
        if self.line is None or self.type == "tamper" or code not in (1144, 1373):
            return False
        if not self.line.is_settled:
            return None
        return self.line.settled == {1144: "tamper", 1373: "fault"}[code]


TROUBLES = (1144, 1373, 1380, 1381, 1384)


def fire_follows(zone: Zone, zones: dict[int, Zone], now: int) -> str:
    """Whether a fire must follow (MUST), a near alarm (NEVER) or one of both (MAY) when a fire zone trips."""
    if not zone.verify or any(other.burns for other in zones.values()):
        return MUST
    if any(_within(other.near_ms, now) for other in zones.values()):
        return MUST
    return MAY if any(_within(other.pulse_ms, now) for other in zones.values()) else NEVER


def _within(since: int | None, now: int) -> bool:
    return since is not None and now - since <= VERIFY_MS


def plan() -> dict[int, Zone]:
    """All zones of the house."""
    return {row[0]: Zone(row) for row in ZONES}
