"""A supervisor of two paths with a world around it that carries out its decisions and checks that they can be."""

from hemlarm_firmware.link import path as one
from hemlarm_firmware.link import paths as two
from hemlarm_protocol.path_names import IP, MOBILE
from session_support import Chance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DECISIONS_MAX = 12
"""In one moment: each path opened and closed, raced, put to use, checked, and told of, with room to spare."""


class Town:
    """`told` is what the panel core hears, `done` all decisions; `connected` and `opening` are what the network has."""

    def __init__(self, paths: "Any") -> None:
        self.paths = paths
        self.now_ms = 0
        self.opening: list[int] = []
        self.connected: list[int] = []
        self.done: list[tuple[Any, ...]] = []
        self.told: list[tuple[Any, ...]] = []
        self.racing = False
        self.settle()

    def settle(self) -> "list[tuple[Any, ...]]":
        """Let the supervisor decide, carry it out, and check it; returns the decisions."""
        self.paths.wake(self.now_ms)
        decisions: list[tuple[Any, ...]] = self.paths.decisions
        self.paths.decisions = []
        self.paths.wake(self.now_ms)
        assert self.paths.decisions == [], ("it does not settle", decisions)
        assert len(decisions) <= DECISIONS_MAX, decisions
        assert self.paths.deadline_ms > self.now_ms, "it would be woken for ever"
        for decision in decisions:
            self.carry_out(*decision)
        self.done += decisions
        self.check()
        return decisions

    def carry_out(self, kind: str, *values: "Any") -> None:
        """Do it, if it can be done."""
        if kind == "open":
            assert values[0] not in self.opening + self.connected, "it is open"
            assert values[0] == IP or self.paths.ready, "the modem has no network"
            self.opening.append(values[0])
        elif kind == "close":
            assert values[0] in self.opening + self.connected, "nothing is open"
            self._gone(values[0])
        elif kind == "race":
            assert values[0] is not self.racing
            self.racing = values[0]
        elif kind == "use":
            assert self.paths.used.number == values[0]
        elif kind != "check":
            self.tell((kind,) + values)

    def tell(self, fact: "tuple[Any, ...]") -> None:
        """The core hears of changes only: of each kind (and path) the last word is another one."""
        about = fact[:-1]
        before = [told for told in self.told if told[:-1] == about]
        if before:
            assert before[-1] != fact, "it was told already"
        else:
            assert fact[0] != "path" or fact[2] is False, "a restore of nothing"
            assert fact != ("no-contact", False)
        self.told.append(fact)

    def check(self) -> None:
        """What must hold whenever it has decided."""
        paths = self.paths
        states = [(way.number in self.opening) + 2 * (way.number in self.connected) for way in paths.paths]
        assert states == [way.state for way in paths.paths], "it knows what is open"
        if len(paths.paths) == 1:
            return
        other = paths.paths[MOBILE - paths.used.number]
        assert paths.used.state == one.OPEN or other.state != one.OPEN, "the session is on a path that is not open"
        if paths.urgent_ms is not None and self.now_ms >= paths.urgent_ms + two.RACE_MS:
            assert paths.racing, "an alarm waits for a dying path"
        if paths.urgent_ms is None:
            assert not paths.racing
        assert not paths.cramped or 0 in states, "two connections at a time"

    # What can happen.

    def opens(self, path: int) -> None:
        """An attempt to connect succeeds."""
        if path in self.opening:
            self.opening.remove(path)
            self.connected.append(path)
            self.paths.opened(path, self.now_ms)
            self.settle()

    def breaks(self, path: int, memory: bool = False) -> None:
        """A connection, or the attempt, fails."""
        if path in self.opening + self.connected:
            self._gone(path)
            self.paths.lost(path, self.now_ms, memory)
            self.settle()

    def asks(self, path: int) -> None:
        """Something goes over a path that wants an answer."""
        if path in self.connected:
            self.paths.asked(path, self.now_ms)
            self.settle()

    def answers(self, path: int) -> None:
        """The cloud answers."""
        if path in self.connected:
            self.paths.answered(path, self.now_ms)
            self.settle()

    def mobile_network(self, there: bool) -> None:
        """The modem registers, or falls out; then its connection breaks soon."""
        self.paths.carries_data(there, self.now_ms)
        self.settle()
        if not there:
            self.breaks(MOBILE)

    def alarm(self) -> None:
        """An alarm is recorded."""
        self.paths.owing = True
        self.paths.urgent_ms = self.paths.waits_ms = self.now_ms
        self.paths.hurry(self.now_ms)
        self.settle()
        for path in self.connected[:]:
            if path == self.paths.used.number:
                self.asks(path)

    def calm(self) -> None:
        """All is acknowledged."""
        self.paths.owing = False
        self.paths.urgent_ms = self.paths.waits_ms = None
        self.settle()

    def levels(self, primary_ms: int, standby_ms: int) -> None:
        """The cloud says how often it wants to hear."""
        self.paths.primary_ms, self.paths.standby_ms = primary_ms, standby_ms
        self.settle()

    def passes(self, ms: int) -> "list[tuple[Any, ...]]":
        """Time goes by, and the supervisor is woken when it wants to be; returns what it decided."""
        end_ms, before = self.now_ms + ms, len(self.done)
        for _ in range(5_000):
            self.now_ms = min(max(self.now_ms, self.paths.deadline_ms), end_ms)
            self.settle()
            if self.now_ms == end_ms:
                return self.done[before:]
        raise AssertionError("it never rests")

    def _gone(self, path: int) -> None:
        for group in (self.opening, self.connected):
            if path in group:
                group.remove(path)


def at_work(primary_ms: int = 22_500, standby_ms: int = 30_000_000) -> Town:
    """Return a town whose panel is in session over IP, and whose mobile path was checked and is closed."""
    town = Town(two.Paths(Chance(1)))
    town.calm()
    town.opens(IP)
    town.levels(primary_ms, standby_ms)
    town.answers(IP)
    town.mobile_network(True)
    town.opens(MOBILE)
    town.answers(MOBILE)
    town.done.clear()
    town.told.clear()
    return town
