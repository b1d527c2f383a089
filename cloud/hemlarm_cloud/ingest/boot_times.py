"""When the boots of one panel began, as its sessions tell: what dates an event that has no time, or a wrong one.

A report arrives after it was made, so a boot began no later than the arrival less the uptime in the report. The least
of these is the best: it comes from the report that was fastest. All of it is measured on the steady clock, so that a
wall clock that is set takes the dates along with it.
"""

from collections.abc import Collection

from hemlarm_cloud.ingest.moment import Moment
from hemlarm_cloud.store import BootTime
from hemlarm_cloud.store.dating import DRIFT, UPTIME_MS_MAX

BOOTS_MAX = 2
"""Boots remembered: the present one and the one before, whose events may still be on their way."""

LATE_MS = 10_000
"""What a first report may be late by: a panel takes no session from an exchange that lasted longer."""

ROUGH_MS = 250
"""A correction below this is not worth dating events anew."""

STALE_MS = 1_000
"""The stored beginning is renewed when the panel's crystal has gone astray by so much."""


class Boot:
    """One boot, by its number and the incarnations it has numbered events in."""

    def __init__(self, number: int, kids: frozenset[bytes], began_ms: int, uptime_ms: int, heard_ms: int) -> None:
        self.number = number
        self.kids = kids
        self.uptime_ms = uptime_ms
        self._began_ms = began_ms
        self._heard_ms = heard_ms
        self._stored: int | None = None

    def also_in(self, kids: Collection[bytes]) -> None:
        """It numbers events in these incarnations, too."""
        if not self.kids.issuperset(kids):
            self.kids |= frozenset(kids)
            self._stored = None

    def heard(self, uptime_ms: int, now_ms: int) -> None:
        """Take a report of this uptime; `now_ms` is steady."""
        allowed_ms = self._began_ms + max(0, now_ms - self._heard_ms) // DRIFT
        self._began_ms = min(allowed_ms, now_ms - uptime_ms)
        self._heard_ms = now_ms
        self.uptime_ms = max(self.uptime_ms, uptime_ms)

    def made_ms(self, uptime_ms: int, now_ms: int) -> int:
        """Return when something of this uptime was made, on the steady clock: never later than now."""
        return min(now_ms, self._began_ms + uptime_ms)

    def epoch_ms(self, now: Moment) -> int:
        """Return when it began, in ms since 1970 by the present wall clock."""
        return self._began_ms + now.ahead_ms

    def is_news(self, now: Moment) -> bool:
        """Tell whether what is stored of it should be looked at."""
        if self._stored is None:
            return True
        moved_ms = self.epoch_ms(now) - self._stored
        return not -ROUGH_MS <= moved_ms <= STALE_MS

    def stored(self, now: Moment) -> None:
        """What is known of it is in the store."""
        self._stored = self.epoch_ms(now)

    def correction_ms(self, known: BootTime, now: Moment) -> int:
        """Return by how much dates are wrong that were found with a beginning known before, 0 if they are not.

        A panel's crystal moves the beginning slowly. An arrival that took its time makes it seem later, and then the
        one known before counts.
        """
        drifted_ms = max(0, self.uptime_ms - known.uptime_ms) // DRIFT
        moved_ms = self.epoch_ms(now) - known.epoch_ms
        if not -ROUGH_MS - drifted_ms <= moved_ms <= LATE_MS + drifted_ms:
            return moved_ms
        if self._stored is None:
            self._began_ms = min(self._began_ms, known.epoch_ms + drifted_ms - now.ahead_ms)
        return 0


class BootTimes:
    """The boots of one panel that this process has heard of. Numbers of boots begin anew with a panel's memory."""

    def __init__(self) -> None:
        self._boots: list[Boot] = []

    def opened(self, number: int, kids: Collection[bytes], uptime_ms: int, heard_ms: int) -> None:
        """A session was opened by a Hello of this boot that arrived at `heard_ms` on the steady clock."""
        boot = self._find(number, next(iter(kids)))
        if boot is None or uptime_ms < boot.uptime_ms:
            # An uptime that went back is another boot, which the flash did not let be counted.
            others = [other for other in self._boots if other is not boot]
            boot = Boot(number, frozenset(kids), heard_ms - uptime_ms, uptime_ms, heard_ms)
            self._boots = [*others[1 - BOOTS_MAX :], boot]
        boot.also_in(kids)
        boot.heard(uptime_ms, heard_ms)

    def heard(self, uptime_ms: int, now_ms: int) -> None:
        """Take a heartbeat's uptime in the session that was opened last."""
        if self._boots:
            self._boots[-1].heard(uptime_ms, now_ms)

    def made_ms(self, uptime_ms: int, now_ms: int) -> int:
        """Return when a report of the latest session was made; what was held back on its way is older than it looks."""
        return self._boots[-1].made_ms(uptime_ms, now_ms) if self._boots else now_ms

    def news(self, now: Moment) -> list[Boot]:
        """Return the boots of which the store should be told."""
        return [boot for boot in self._boots if boot.is_news(now)]

    def stored(self, now: Moment) -> None:
        """What is known of the boots is in the store."""
        for boot in self.news(now):
            boot.stored(now)

    def told(self, kid: bytes, number: int, now: Moment) -> tuple[int, int] | None:
        """Return when a boot began and the last uptime heard of it, or None where no session of it was heard here."""
        boot = self._find(number, kid)
        return (boot.epoch_ms(now), boot.uptime_ms) if boot else None

    def age_ms(self, kid: bytes, number: int, uptime_ms: int, now_ms: int) -> int | None:
        """Return how long ago something at this uptime was, by the steady clock alone; None where nobody can tell."""
        boot = self._find(number, kid)
        if boot is None or uptime_ms > UPTIME_MS_MAX:
            return None
        return max(0, now_ms - boot.epoch_ms(Moment(0, 0)) - uptime_ms)

    def _find(self, number: int, kid: bytes) -> Boot | None:
        for boot in self._boots:
            if boot.number == number and kid in boot.kids:
                return boot
        return None
