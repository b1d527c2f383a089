"""A door lock with a motor and a knob, which tells the panel how it stands."""

from hemlarm_protocol import household, message_names
from hemlarm_simulator.clock import Clock, Timer
from hemlarm_simulator.plants.wires import Send

MOTOR_MS = 2_000
"""From one end to the other."""

NOTICE_MS = 1_000
"""A panel that has started asks how it stands, and has the answer after this time."""


class Lock:
    """It begins locked. `send` takes the parts of one input of the panel."""

    def __init__(self, number: int, clock: Clock, send: Send) -> None:
        self.number = number
        self.stuck = False
        """Whether something is in the bolt's way."""
        self._clock = clock
        self._send = send
        self._told = household.LOCKED
        self._motor: Timer | None = None

    @property
    def state(self) -> str:
        """How it stands: "locked", "unlocked", "moving" or "jammed"."""
        return message_names.LOCK_STATES[self._told]

    def drive(self, locked: bool) -> None:
        """The panel tells it to lock or unlock: its motor runs, and stalls where something is in the way."""
        self._stop()
        self._tell(household.MOVING)
        end = household.LOCKED if locked else household.UNLOCKED
        self._motor = self._clock.call_in(MOTOR_MS, lambda: self._tell(household.JAMMED if self.stuck else end))

    def turn(self, locked: bool) -> None:
        """Somebody turns its knob or key, which moves the bolt at once unless it is stuck."""
        if not self.stuck:
            self._stop()
            self._tell(household.LOCKED if locked else household.UNLOCKED)

    def panel_starts(self) -> None:
        """A panel that starts asks how it stands."""
        self._clock.call_in(NOTICE_MS, lambda: self._tell(self._told))

    def _stop(self) -> None:
        if self._motor is not None:
            self._motor.cancel()

    def _tell(self, state: int) -> None:
        self._told = state
        self._send("lock", self.number, state)
