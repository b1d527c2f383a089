"""The property test's own account of an area: armed by whom it said, and what its alarm has told so far."""

from account_of_zones import ALARM, ARMED, DISARMED, ENTRY, EXIT, LATE_MS
from panel_plan import AREAS, OUTDOOR_DELAY_S, OUTDOOR_S, SIREN_S

ALARM_MS = max(SIREN_S, OUTDOOR_DELAY_S + OUTDOOR_S) * 1000


class Area:
    """One area. `mode` and what follows from it come from the events alone; `state` is what the panel says it is."""

    def __init__(self, row: dict[str, int]) -> None:
        self.number = row["number"]
        self.exit_ms = row["exit_s"] * 1000
        self.entry_ms = row["entry_s"] * 1000
        self.confirm_ms = row.get("confirm_s", 0) * 1000
        self.cancel_ms = row["cancel_s"] * 1000
        self.mode = 0
        self.state = DISARMED
        self.lasted_ms = 0  # How long it has been in this state with the panel running.
        self.restarted = False  # Since it came into this state.
        self.told: set[int] = set()  # Zones of the present alarm.
        self.told_perhaps: set[int] = set()  # Zones of an alarm that a start may have ended.
        self.entry_zone = 0
        self.delay_ms = 0
        self.confirmed = False
        self.waiting: dict[int, int] = {}  # Groups with an unconfirmed trip, and when it was.
        self.cancel_until: int | None = None

    def passes(self, ms: int) -> None:
        """Time passes in its state; every delay and every alarm has an end."""
        self.lasted_ms += ms
        limit = {EXIT: self.exit_ms, ENTRY: self.delay_ms, ALARM: ALARM_MS}.get(self.state)
        assert limit is None or self.lasted_ms <= limit + LATE_MS, f"area {self.number} stays in state {self.state}"

    def is_in(self, state: int, mode: int) -> None:
        """What the panel says after a step; only arming and disarming events lead in and out of DISARMED."""
        before = self.state
        assert mode == self.mode
        assert (state == DISARMED) == (mode == 0)
        if state == before:
            return
        if before == EXIT and state in (ARMED, ENTRY) and mode:
            assert self.lasted_ms >= self.exit_ms, "the exit delay was cut short"
        if before == ENTRY and state != DISARMED:
            assert state == ALARM, "an entry delay ends in an alarm or by a person"
        assert not (before == ALARM and state in (EXIT, ENTRY)) or self.restarted
        self.state, self.lasted_ms, self.restarted = state, 0, False
        if state != ALARM:
            self.told, self.told_perhaps = set(), set()

    def begins_anew(self) -> None:
        """An alarm begins; one that lasted until now may have ended just before."""
        self.told_perhaps |= self.told
        self.told = set()
        self.lasted_ms = 0

    def alarms(self, zone: int, group: int, now: int) -> tuple[set[int], set[bool]]:
        """Takes an alarm of a zone; returns the details it may carry, and whether a confirmation may follow."""
        self.told.add(zone)
        if self.cancel_ms and (self.cancel_until is None or now >= self.cancel_until):
            self.cancel_until = now + self.cancel_ms
        return self.trips(group, now)

    def trips(self, group: int, now: int) -> tuple[set[int], set[bool]]:
        """The same for a zone that was told before and trips again."""
        if not self.confirm_ms or not group or self.confirmed:
            return {0}, {False}
        since = now - self.waiting.get(group, -self.confirm_ms - LATE_MS - 1)
        if since < self.confirm_ms:
            return {0}, {True}
        self.waiting[group] = now
        return ({1}, {False}) if since > self.confirm_ms + LATE_MS else ({0, 1}, {False, True})

    def confirms(self) -> None:
        """The panel said that the alarm is confirmed."""
        assert not self.confirmed, "confirmed once already"
        self.confirmed = True
        self.waiting.clear()

    def cancels(self, now: int) -> bool:
        """Whether disarming now says that an alarm was an accident."""
        return self.cancel_until is not None and now < self.cancel_until

    def arms(self, mode: int) -> None:
        """Somebody armed it."""
        assert self.mode == 0, "armed already"
        self.mode = mode

    def disarms(self) -> None:
        """Somebody disarmed it."""
        assert self.mode, "disarmed already"
        self.mode = 0
        self.confirmed = False
        self.waiting.clear()
        self.cancel_until = None

    def restart(self, before: int, now: int) -> None:
        """Windows and the exit delay begin again, an entry delay and an alarm go on, at most."""
        self.restarted = True
        self.waiting = {group: now for group, since in self.waiting.items() if before - since < self.confirm_ms}
        if self.state == EXIT:
            self.lasted_ms = 0
        if self.cancels(before):
            self.cancel_until = now + self.cancel_ms
        else:
            self.cancel_until = None


def plan() -> dict[int, Area]:
    """All areas of the house."""
    return {row["number"]: Area(row) for row in AREAS}
