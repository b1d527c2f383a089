"""Stands in for the interpreter's `select` while the simulated world owns time: polling is where time passes.

Objects are asked for their readiness through the stream protocol's `ioctl`, as the interpreter itself asks them.
"""

from virtual_clock import clock

POLLIN = 1
POLLOUT = 4
POLLERR = 8
POLLHUP = 16

_POLL_REQUEST = 3
_ALWAYS = POLLERR | POLLHUP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Ready = list[tuple[Any, int]]


class poll:  # noqa: N801  The interpreter's name for it.
    """A set of objects to wait for."""

    def __init__(self) -> None:
        self._watched: dict[int, list[Any]] = {}

    def register(self, thing: "Any", mask: int = POLLIN | POLLOUT) -> None:
        """Adds `thing`, or changes what is waited for."""
        self._watched[id(thing)] = [thing, mask]

    def modify(self, thing: "Any", mask: int) -> None:
        """Changes what is waited for. Raises KeyError for a stranger."""
        self._watched[id(thing)][1] = mask

    def unregister(self, thing: "Any") -> None:
        """Removes `thing`. Raises KeyError for a stranger."""
        del self._watched[id(thing)]

    def poll(self, timeout_ms: int = -1) -> "Ready":
        """Waits until something is ready or the time is over (never if negative): (object, events) for each."""
        ready = self._ready()
        if timeout_ms == 0:
            clock.spin()
        if ready or timeout_ms == 0:
            return ready
        until_ms = None if timeout_ms is None or timeout_ms < 0 else clock.now_ms + timeout_ms
        while not ready and (until_ms is None or clock.now_ms < until_ms):
            clock.wait(until_ms)
            ready = self._ready()
        return ready

    def ipoll(self, timeout_ms: int = -1, _flags: int = 0) -> "Ready":
        """As `poll`."""
        return self.poll(timeout_ms)

    def _ready(self) -> "Ready":
        ready = []
        for thing, mask in self._watched.values():
            events = thing.ioctl(_POLL_REQUEST, mask | _ALWAYS)
            if events:
                ready.append((thing, events))
        return ready
