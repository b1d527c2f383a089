"""The panels that one process serves, and what it keeps in memory of each."""

from collections.abc import Callable, Iterable

from hemlarm_cloud.ingest.allowance import Allowance
from hemlarm_cloud.ingest.asking_again import AskingAgain
from hemlarm_cloud.ingest.boot_times import BootTimes
from hemlarm_cloud.ingest.levels import Levels
from hemlarm_cloud.ingest.moment import Moment
from hemlarm_cloud.keys import rotation
from hemlarm_cloud.store import Store
from hemlarm_cloud.vault import Vault, VaultError
from hemlarm_protocol.cloud_end import CloudEnd
from hemlarm_protocol.session import Refusals

PANELS_MAX = 20_000
"""Panels whose session is kept in memory, about 6 KB each; one beyond them is greeted anew."""

LEVELS_TELLS = 3
"""How often levels are told: at once and with the next heartbeats, since nothing answers them."""

REVOKED_EVERY_MS = 20_000
"""How often the store is asked who was revoked: a revoked panel is refused well within a minute."""


class ServedPanel:
    """One panel: its end of the session, and what its reports told.

    `told_ahead_ms` is what the time it was last told is ahead of the steady clock, `undated` the incarnations with
    events whose dates are worth another look. `texted_from` is the number that a new event came from by SMS.
    """

    def __init__(self, end: CloudEnd, levels: Levels) -> None:
        self.end = end
        self.levels = levels
        self.levels_tells = 0
        self.texted_from: str | None = None
        self.texts = Allowance()
        self.boots = BootTimes()
        self.asking = AskingAgain()
        self.undated: set[bytes] = set()
        self.told_ahead_ms = 0
        self.event_ms = 0

    def opened(self, now: Moment) -> None:
        """The session was opened: its Hello is no recording."""
        hello = self.end.hello
        kids = [self.end.learn(salt) for salt in reversed(hello.salts)][::-1]
        self.boots.opened(hello.boot, kids, hello.uptime_ms, self.end.greeted_ms)
        self.asking.opened(kids, self.end.incarnations, now.steady_ms)
        self.undated |= set(kids)
        self.levels_tells = LEVELS_TELLS

    def time_ms(self, now: Moment) -> int:
        """Return what the panel takes for the time now, in ms since 1970: what it was told, and what went by since."""
        return now.steady_ms + self.told_ahead_ms


class ServedPanels:
    """Those in memory, by id. `random(n)` gives n bytes."""

    def __init__(
        self, store: Store, vault: Vault, random: Callable[[int], bytes], heartbeat_ms: int | None, refusals: Refusals
    ) -> None:
        self._store = store
        self._vault = vault
        self._random = random
        self._heartbeat_ms = heartbeat_ms
        self._refusals = refusals
        self._known: dict[str, ServedPanel] = {}
        self._looked_ms: int | None = None

    def get(self, panel: str) -> ServedPanel | None:
        """Return a panel in memory."""
        return self._known.get(panel)

    def all(self) -> Iterable[ServedPanel]:
        """Return all of them."""
        return self._known.values()

    def relevel(self, panel: str, levels: Levels) -> ServedPanel | None:
        """A panel's levels are others; returns it if it is in memory."""
        served = self._known.get(panel)
        if served is not None:
            served.levels, served.levels_tells = levels, LEVELS_TELLS
            served.end.heartbeat_ms = levels.welcome_ms(self._heartbeat_ms)
        return served

    def tell_levels(self, served: ServedPanel) -> None:
        """Tell a panel its levels once more, where it has a session and knows what they are."""
        served.levels_tells -= 1
        served.end.levels(*served.levels.intervals_ms(self._heartbeat_ms))

    def find(self, panel: str, now_ms: int) -> ServedPanel | None:
        """Return a panel, from the store if need be; None for one that is unknown or was revoked. Raises StoreError.

        `now_ms` is steady.
        """
        if self._looked_ms is None or now_ms - self._looked_ms >= REVOKED_EVERY_MS:
            with self._store.read() as reading:
                self.forget(reading.revoked())
            self._looked_ms = now_ms
        return self._known.get(panel) or self._load(panel)

    def forget(self, panels: Iterable[str]) -> None:
        """Know nothing of these any more: what is said next comes from the store, and from a new session."""
        for panel in panels:
            self._known.pop(panel, None)

    def _load(self, panel: str) -> ServedPanel | None:
        with self._store.read() as reading:
            row = reading.panel(panel)
            if row is None or row.revoked_ms is not None:
                return None
            incarnations = reading.incarnations(panel)
            try:
                roots = rotation.roots(reading, self._vault, panel, row.root_key)
            except VaultError as error:
                self._refusals.add(str(error))
                return None
        levels = Levels.of(row).paced(self._heartbeat_ms)
        welcome_ms = levels.welcome_ms(self._heartbeat_ms)
        end = CloudEnd(bytes.fromhex(panel), roots[0], self._random, welcome_ms)
        end.use_roots(roots)
        for incarnation in incarnations:
            end.know(incarnation.kid, incarnation.salt)
        if len(self._known) >= PANELS_MAX:
            del self._known[next(iter(self._known))]
        self._known[panel] = ServedPanel(end, levels)
        return self._known[panel]
