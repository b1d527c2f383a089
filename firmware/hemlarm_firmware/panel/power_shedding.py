"""What the panel switches off while it lives from its battery: the keypad's light, and Ethernet that leads nowhere."""

from hemlarm_protocol import contact_id

LIGHT_MS = 60_000
"""The keypad stays lit for so long after it was used, or something was heard."""

LOOK_MS = 120_000
HIDE_MS = 1_680_000
"""Without a way to the cloud, Ethernet is on for two minutes of thirty."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.cause import Cause

_LOW_BATTERY = 1302


class Shedding:
    """Two loads of the board, which has both on when it starts. With `alive` the cloud is thought to be reached."""

    def __init__(self) -> None:
        self.alive = True
        self._lit = True
        self._linked = True
        self._dark_ms = 0
        self._turn_ms: int | None = None  # Of Ethernet, while it leads nowhere.
        self._awake = False

    def light(self, now_ms: int) -> None:
        """Somebody uses the keypad, or will look at it now."""
        self._dark_ms = now_ms + LIGHT_MS

    def follow(self, mains: bool, awake: bool, cause: "Cause") -> None:
        """Switches as the mains, what sounds (`awake`), the time and the step's events want it."""
        roused = awake or self._awake  # Its end too: the times begin then.
        self._awake = awake
        if roused:
            self.light(cause.now_ms)
        lit = mains or cause.now_ms < self._dark_ms
        if lit != self._lit:
            self._lit = lit
            cause.show("power", ("keypad-light", lit))
        linked = self._wants_link(mains or self.alive, roused, cause)
        if linked != self._linked:
            self._linked = linked
            cause.show("power", ("ethernet", linked))

    def deadline_ms(self, mains: bool) -> "int | None":
        """When there is something to switch by itself."""
        if mains or not self._lit:
            return self._turn_ms
        return self._dark_ms if self._turn_ms is None else min(self._dark_ms, self._turn_ms)

    def _wants_link(self, free: bool, roused: bool, cause: "Cause") -> bool:
        if free:
            self._turn_ms = None
            return True
        if roused or any(_is_urgent(event[1]) for event in cause.events):
            self._turn_ms = cause.now_ms + LOOK_MS
            return True
        if self._turn_ms is not None and cause.now_ms < self._turn_ms:
            return self._linked
        self._turn_ms = cause.now_ms + (HIDE_MS if self._linked else LOOK_MS)
        return not self._linked


def _is_urgent(qcode: int) -> bool:
    """Whether an event is worth a try: alarms, and the last chance to send somebody."""
    return contact_id.urgency(qcode) <= contact_id.TAMPER or qcode == _LOW_BATTERY
