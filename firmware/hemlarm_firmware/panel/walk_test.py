"""The walk test: somebody walks the house, every zone is ticked off, and no alarm comes of it but a fire's."""

from hemlarm_protocol.constant import const

IDLE_MS = 30 * 60_000
"""A walk test in which nothing happens for this long ends by itself: our choice, enough for a cellar and a stair."""

_BEGUN = const(1607)
_ENDED = const(3607)
_TESTED = const(1611)
_NOT_TESTED = const(1612)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.zone import Zone


class WalkTest:
    """`left` are the zones still to be tested; it is forgotten by a restart, which ends the test and says so.

    `muted` are those that have tripped and set off no alarm; what of them is still open when the test ends, does.
    """

    def __init__(self) -> None:
        self.on = False
        self.left: list[Zone] = []
        self.muted: list[Zone] = []
        self.deadline_ms: int | None = None

    def begin(self, zones: "list[Zone]", cause: "Cause") -> None:
        """Everything is still to be tested."""
        self.on = True
        self.left = zones[:]
        self.deadline_ms = cause.now_ms + IDLE_MS
        cause.event(_BEGUN)

    def tick(self, zone: "Zone", cause: "Cause") -> None:
        """The zone has shown that it works."""
        if not self.on:
            return
        self.deadline_ms = cause.now_ms + IDLE_MS
        cause.buzz = "chime"
        if zone in self.left:
            self.left.remove(zone)
            cause.event(_TESTED, zone.area, zone.number)

    def end(self, cause: "Cause") -> "list[Zone]":
        """Reports each zone that was not tested, and how many they were. Returns what was muted."""
        if self.on:
            for zone in self.left:
                cause.event(_NOT_TESTED, zone.area, zone.number)
            cause.event(_ENDED, detail=len(self.left))
        muted = self.muted
        self.on = False
        self.muted = []
        self.deadline_ms = None
        return muted

    def is_over(self, now_ms: int) -> bool:
        """Whether nobody walks any more."""
        return self.deadline_ms is not None and now_ms >= self.deadline_ms
