"""One alarm that is on in every mode, as `latch_tables.py` describes: fire, gas, hold-up, tamper, 24-hour, water."""

from hemlarm_firmware.panel import latch_tables
from hemlarm_firmware.panel.countdown import Countdown
from hemlarm_firmware.panel.sirens import Limits
from hemlarm_protocol.contact_id import STATUS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.panel.cause import Cause


class Latch:
    """All of a site's alarms of one kind. `zone` is the first of the last alarm, its memory; 0 is the keypad."""

    def __init__(self, kind: int, limits: Limits) -> None:
        self.kind = kind
        self.state = latch_tables.QUIET
        self.remembers = False
        self.zone = 0
        self.area = 0
        self.loud = True  # Whether the siren sounds: of a tamper, only where its area was armed.
        self.active: list[int] = []  # Zones that have not cleared.
        self.time = Countdown()
        self.limits = limits

    # What comes in: `code` is the Contact ID code of the zone's alarm.

    def trips(self, zone: int, area: int, code: int, cause: "Cause", loud: bool) -> None:
        """A detector trips, or a button is pressed."""
        if self.state not in latch_tables.SOUNDING:
            self.loud = loud
        self.loud = self.loud or loud
        if zone not in self.active:
            self.active.append(zone)
        self._step(latch_tables.TRIPS, cause, zone, area, code)

    def clears(self, zone: int, area: int, code: int, cause: "Cause") -> None:
        """A detector is clear again."""
        if zone in self.active:
            self.active.remove(zone)
            left = latch_tables.CLEARS if self.active else latch_tables.ALL_CLEAR
            self._step(left, cause, zone, area, code)

    def silence(self, cause: "Cause") -> None:
        """A person stops the sound; the alarm goes on until its detectors are clear."""
        self._step(latch_tables.SILENCE, cause)

    def run_due(self, cause: "Cause") -> None:
        """Does what the time brings."""
        if self.time.is_over(cause.now_ms):
            self._step(latch_tables.TIME_UP, cause)

    def forget(self) -> None:
        """A person has read what the display remembers."""
        if self.state == latch_tables.QUIET:
            self.remembers = False

    # What can be asked.

    def sounds(self) -> bool:
        """Whether it makes itself heard."""
        return self.state in latch_tables.SOUNDING

    # The state machine.

    def _step(self, stimulus: int, cause: "Cause", zone: int = 0, area: int = 0, code: int = 0) -> None:
        self.state, actions = latch_tables.decide(self.state, stimulus)
        for action in actions:
            ACTIONS[action](self, cause, zone, area, code)

    def report(self, cause: "Cause", zone: int, area: int, code: int) -> None:
        """Every detector is told, each time that it trips."""
        self.remembers = True
        self.zone = self.active[0]
        self.area = area
        cause.event(1000 + code, area, zone)

    def report_clear(self, cause: "Cause", zone: int, area: int, code: int) -> None:
        """A detector has cleared."""
        cause.event(3000 + code, area, zone)

    def report_silenced(self, cause: "Cause", _zone: int, _area: int, _code: int) -> None:
        """Who silenced it."""
        cause.event(STATUS * 1000 + latch_tables.KINDS[self.kind][0], self.area, self.zone)

    def start(self, cause: "Cause", _zone: int, _area: int, _code: int) -> None:
        """A restart gives a fire's siren its whole time again, and never prolongs another's."""
        self.resume(cause.now_ms, self.limits.whole_ms)

    def stop(self, _cause: "Cause", _zone: int, _area: int, _code: int) -> None:
        """The siren's time is over."""
        self.time.stop()

    # What a restart needs.

    def resume(self, now_ms: int, left_ms: int) -> None:
        """Starts the siren's time, of which `left_ms` remain."""
        whole_ms = self.limits.whole_ms
        if self.kind in latch_tables.LIFE_SAFETY:
            self.time.start(now_ms, whole_ms)
        else:
            self.time.start_stepped(now_ms, min(left_ms, whole_ms), whole_ms)

    def resume_after_restart(self, now_ms: int) -> None:
        """Starts the clock again if the alarm sounds."""
        if self.sounds():
            self.resume(now_ms, self.time.left_ms)

    def snapshot(self) -> "list[Any]":
        """What a restart must know of one that remembers; there is nothing else."""
        return [
            self.kind,
            self.state,
            int(self.remembers),
            self.zone,
            self.area,
            int(self.loud),
            self.time.left_ms,
            self.active[:],
        ]

    def restore_from(self, state: "list[Any]", zones: "list[int]") -> None:
        """Takes up where a snapshot left off; of the zones only these can still be active."""
        self.state, self.remembers, self.zone, self.area = state[1], bool(state[2]), state[3], state[4]
        self.loud, self.time.left_ms = bool(state[5]), state[6]
        self.active = [number for number in state[7] if number in zones]
        if not self.active:
            without = {latch_tables.ALARM: latch_tables.LATCHED, latch_tables.SILENCED: latch_tables.QUIET}
            self.state = without.get(self.state, self.state)


ACTIONS = (
    Latch.report,
    Latch.report_clear,
    Latch.report_silenced,
    Latch.start,
    Latch.stop,
)
"""The table's actions, each in the place of its number there."""
