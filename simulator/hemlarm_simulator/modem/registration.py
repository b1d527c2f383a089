"""Finding the network and losing it."""

from collections.abc import Callable

from hemlarm_simulator.clock import Timer
from hemlarm_simulator.modem.cell import MobileCell
from hemlarm_simulator.modem.powered_clock import PoweredClock

IDLE, HOME, SEARCHING, DENIED, ROAMING, SMS_ONLY = 0, 1, 2, 3, 5, 6
"""<stat> of 3GPP TS 27.007, clause 7.2. 4 (unknown) and 7 (SMS only, roaming) do not occur here."""

_STATS = {"home": HOME, "roaming": ROAMING, "denied": DENIED, "sms-only": SMS_ONLY, "none": SEARCHING}

_NOTICE_MS = 2_000
"""How long a modem tries on before it admits that the network is gone: our choice."""

_RESELECT_MS = 1_000


class Registration:
    """Where the modem stands with the network. `changed` is called after each change."""

    def __init__(
        self, clock: PoweredClock, cell: MobileCell, changed: Callable[[], None], at_moment: Callable[[str], None]
    ) -> None:
        self.stat = IDLE
        self.technology = cell.technology
        self._radio_on = False
        self._wanted = True
        self._clock = clock
        self._cell = cell
        self._changed = changed
        self._at_moment = at_moment
        self._timer: Timer | None = None
        self._goal: tuple[int, str] | None = None

    @property
    def registered(self) -> bool:
        """Whether the network has accepted the modem, for messages at least."""
        return self.stat in (HOME, ROAMING, SMS_ONLY)

    @property
    def usable(self) -> bool:
        """Whether it is registered and the radio gets through at this moment."""
        return self.registered and self._cell.reachable

    def stats(self) -> tuple[int, int, int]:
        """What +CREG, +CGREG and +CEREG say: circuits, packets, LTE."""
        if self.technology == "LTE" or not self.registered:
            return self.stat, IDLE if self.stat == SMS_ONLY else self.stat, self.stat
        if self.stat == SMS_ONLY:
            return HOME, DENIED, IDLE
        return self.stat, self.stat, IDLE

    def enable(self, on: bool) -> None:
        """The radio and the card are ready, or no longer."""
        self._radio_on = on
        self.update()

    def want(self, on: bool) -> None:
        """The user wants to be registered, or not to be (AT+COPS=2)."""
        self._wanted = on
        self.update()

    def update(self) -> None:
        """The cell may have changed: goes where it leads, in due time."""
        if not self._radio_on or not self._wanted:
            self._plan(None, 0)
            self._become(IDLE)
            return
        if self.stat == IDLE:
            self._become(SEARCHING)
        stat = SEARCHING if not self._cell.reachable else _STATS[self._cell.lets_register]
        goal = (stat, self._cell.technology)
        if goal == (self.stat, self.technology) or (stat == SEARCHING == self.stat):
            self._plan(None, 0)
        elif goal != self._goal:
            self._plan(goal, self._time_to(stat))

    def _time_to(self, stat: int) -> int:
        if stat == SEARCHING:
            return _NOTICE_MS
        return _RESELECT_MS if self.registered else self._cell.registration_ms

    def _plan(self, goal: tuple[int, str] | None, in_ms: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._goal, self._timer = goal, None
        if goal is not None:
            self._timer = self._clock.call_in(in_ms, lambda: self._arrive(goal))

    def _arrive(self, goal: tuple[int, str]) -> None:
        self._goal = self._timer = None
        was = self.registered
        self.technology = goal[1]
        if not was and goal[0] in (HOME, ROAMING, SMS_ONLY):
            self._at_moment("registration")
        self._become(goal[0], moved=True)

    def _become(self, stat: int, moved: bool = False) -> None:
        if stat != self.stat or moved:
            self.stat = stat
            self._changed()
