"""The modem on a pseudo-terminal, so that any program that drives a modem can drive this one, at the pace of life.

The modem's own time runs with the computer's, after a head start in which it has started and found its network.
"""

import os
import pty
import select
import tty
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from hemlarm_simulator.chance import Chance
from hemlarm_simulator.clock import RealClock, VirtualClock
from hemlarm_simulator.modem.cell import MobileCell
from hemlarm_simulator.modem.internet import Event, NoInternet, Socket
from hemlarm_simulator.modem.sim_card import SimCard
from hemlarm_simulator.modem.simulated_modem import SimulatedModem
from hemlarm_simulator.modem.sms_centre import SmsCentre
from hemlarm_simulator.real_internet import RealInternet, RealSocket

_HEAD_START_MS = 30_000
_CHUNK = 4_096
_STEP_MS = 100
"""How soon a wish to stop is noticed."""


class OpenInternet(RealInternet):
    """Connections of this computer to wherever the modem asks for."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(("", 0))
        self._nowhere = NoInternet(clock.call_in)

    def open(self, host: str, port: int, on_event: Callable[[Event], None]) -> Socket:  # type: ignore[override]
        """Begins to connect; looking up the name holds the modem up meanwhile."""
        try:
            opened = RealSocket((host, port), on_event, self._sockets.remove)
        except OSError:
            return self._nowhere.open(host, port, on_event)
        self._sockets.append(opened)
        return opened


class PtyFront:
    """A registered modem of `family` behind `path`, with its card, cell and SMS centre. A context manager."""

    def __init__(self, family: str, sim: SimCard, seed: int = 1) -> None:
        self._real = RealClock()
        self.clock = VirtualClock(self._real.unix_ms - _HEAD_START_MS)
        self._internet = OpenInternet(self.clock)
        self.centre = SmsCentre(self.clock, Chance(seed, "sms centre"))
        self.cell = MobileCell()
        self.modem = SimulatedModem(
            self.clock, family, sim, self.cell, self._internet, self.centre, self._send, Chance(seed, "modem")
        )
        self._listening = False
        self.modem.start()
        self._run_to(_HEAD_START_MS)
        self._listening = True
        # Our own hold on the far end keeps the terminal alive between its users.
        self._near, self._far = pty.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.path = os.ttyname(self._far)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(self, until: Callable[[], bool]) -> None:
        """Serves whoever opens the path until `until()` holds, which is looked at ten times a second or more often."""
        while not until():
            self._step()

    def close(self) -> None:
        """Ends it; the path is gone."""
        self._internet.close()
        os.close(self._near)
        os.close(self._far)

    @property
    def _now_ms(self) -> int:
        return _HEAD_START_MS + self._real.now_ms

    def _step(self) -> None:
        next_ms = self.clock.schedule.next_ms()
        wait_ms = _STEP_MS if next_ms is None else max(0, min(_STEP_MS, next_ms - self._now_ms))
        poller = select.poll()
        poller.register(self._near, select.POLLIN)
        self._internet.watch(poller)
        ready = poller.poll(wait_ms)
        self._run_to(self._now_ms)
        if any(number == self._near for number, _ in ready):
            with suppress(BlockingIOError):
                self.modem.receive(os.read(self._near, _CHUNK))
        self._internet.serve(ready)

    def _run_to(self, at_ms: int) -> None:
        schedule = self.clock.schedule
        while (next_ms := schedule.next_ms()) is not None and next_ms <= at_ms:
            self.clock.now_ms = next_ms
            schedule.fire_next()
        self.clock.now_ms = at_ms

    def _send(self, data: bytes) -> None:
        if self._listening:
            # What nobody reads is lost, as on any serial line.
            with suppress(BlockingIOError):
                os.write(self._near, data)
