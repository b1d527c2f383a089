"""Contexts: the modem's way to the Internet, which the network grants, refuses, and takes back."""

from collections.abc import Callable

from hemlarm_simulator.clock import Timer
from hemlarm_simulator.modem.cell import MobileCell
from hemlarm_simulator.modem.powered_clock import PoweredClock
from hemlarm_simulator.modem.registration import HOME, ROAMING, Registration

ADDRESS = "10.64.0.2"

_ACTIVATE_MS = 1_200
_REFUSE_MS = 8_000
"""Our choices; the manuals allow 150 s for either."""

_OUTAGE_MS = 60_000
"""How long contexts survive without a network: our choice; networks differ from seconds to an hour."""

_TAKEN_BACK_MS = 1_000


class PacketService:
    """The contexts by number. The network taking them calls `dropped(cids)`, service coming or going `moved`."""

    def __init__(self, clock: PoweredClock, cell: MobileCell, registration: Registration) -> None:
        self.names: dict[int, str] = {1: ""}
        self.active: set[int] = set()
        self.wanted = True
        self.dropped: Callable[[list[int]], None] = lambda _cids: None
        self.moved: Callable[[], None] = lambda: None
        self._clock = clock
        self._cell = cell
        self._registration = registration
        self._timer: Timer | None = None

    @property
    def attached(self) -> bool:
        """Whether the network serves packets to this modem."""
        return self.wanted and self._granted and self._cell.packet_service

    @property
    def in_service(self) -> bool:
        """Whether bytes get through at this moment."""
        return self.attached and self._cell.reachable

    def activate(self, cid: int, done: Callable[[bool], None]) -> None:
        """Asks the network for a context; `done` hears what it said."""
        # The network is asked at the end of the wait: it may have come, or gone, meanwhile.
        name = self.names.get(cid, "")
        wait_ms = _ACTIVATE_MS if self._would_grant(name) else _REFUSE_MS

        def decided() -> None:
            granted = self._would_grant(name)
            if granted:
                self.active.add(cid)
            done(granted)

        self._clock.call_in(wait_ms, decided)

    def deactivate(self, cid: int) -> None:
        """Gives a context back."""
        self.active.discard(cid)

    def update(self) -> None:
        """Cell or registration may have changed."""
        if self.in_service:
            self._cancel()
        elif self.active and self._timer is None:
            lost_ms = _TAKEN_BACK_MS if self._registration.usable else _OUTAGE_MS
            self._timer = self._clock.call_in(lost_ms, self._drop)
        elif self.active and self._registration.usable:
            # The network is there again but refuses data: no need to wait out the outage.
            self._cancel()
            self._timer = self._clock.call_in(_TAKEN_BACK_MS, self._drop)
        self.moved()

    @property
    def _granted(self) -> bool:
        return self._registration.stat in (HOME, ROAMING)

    def _would_grant(self, name: str) -> bool:
        return self.in_service and self._cell.apn in (None, name)

    def _drop(self) -> None:
        self._timer = None
        cids = sorted(self.active)
        self.active.clear()
        self.dropped(cids)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
