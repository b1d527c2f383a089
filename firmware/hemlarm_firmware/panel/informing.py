"""What the keypad may say about the centre after a fire or hold-up alarm: that it knows, or that it does not.

The time is EN 54-21's for transmitters of the first type: a fault warning when no acknowledgement came within 100 s.
"""

from hemlarm_firmware.panel.countdown import Countdown

WAIT_MS = 100_000

# The numbers are stored.
NOTHING = 0
WAITING = 1
INFORMED = 2
NOT_INFORMED = 3


class Informing:
    """From an alarm until a person has read the display."""

    def __init__(self) -> None:
        self.state = NOTHING
        self.time = Countdown()

    def begin(self, now_ms: int) -> None:
        """An alarm was recorded that the centre has to know of."""
        self.state = WAITING
        self.time.start(now_ms, WAIT_MS)

    def informed(self) -> None:
        """The centre has acknowledged all of them."""
        if self.state != NOTHING:
            self.state = INFORMED
            self.time.stop()

    @property
    def is_open(self) -> bool:
        """Whether an acknowledgement would still be news."""
        return self.state in (WAITING, NOT_INFORMED)

    def resume(self, now_ms: int) -> None:
        """A restart begins the waiting again."""
        if self.state == WAITING:
            self.time.start(now_ms, WAIT_MS)

    def run_due(self, now_ms: int) -> None:
        """Gives up hoping; a late acknowledgement still counts."""
        if self.time.is_over(now_ms):
            self.state = NOT_INFORMED
            self.time.stop()

    def end(self) -> None:
        """A person has read it."""
        self.state = NOTHING
        self.time.stop()
