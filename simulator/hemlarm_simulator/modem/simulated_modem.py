"""A mobile modem on a serial line: stands in for a Quectel EG915U/EC2x or a SIMCom A76xx/SIM7600.

Its power key, its start, and everything that can go wrong with it are here; what it says is in `running_modem.py`.
"""

from collections.abc import Callable

from hemlarm_simulator.clock import Clock
from hemlarm_simulator.modem.cell import MobileCell
from hemlarm_simulator.modem.family import family_named
from hemlarm_simulator.modem.internet import Internet
from hemlarm_simulator.modem.message_store import MessageStore
from hemlarm_simulator.modem.powered_clock import PoweredClock
from hemlarm_simulator.modem.running_modem import Attached, RunningModem
from hemlarm_simulator.modem.serial_line import LineFaults, SerialLine
from hemlarm_simulator.modem.sim_card import SimCard
from hemlarm_simulator.modem.sms_centre import Report, SmsCentre
from hemlarm_simulator.modem.tpdu import ShortMessage

MOMENTS = ("connect", "prompt", "data", "send-ok", "registration", "sms-prompt", "sms-data", "sms-sent")
"""Where `reset_at` can put a reset: the connection is asked for but not there; a prompt for data stands; the first data
came; the data is on its way but not confirmed; the network was just found; the same for a message's prompt and data;
the network has the message but the modem has not said so."""

_POWER_OFF_MS = 2_000
"""How long a modem takes to leave the network before it is off: our choice, manuals say up to 30 s."""

_RESTART_MS = 500
_STORED_MESSAGES = 50


class SimulatedModem:
    """The modem. It has supply from the start, but runs only once its power key was pressed, or with `start`.

    `send` takes its output. `restarts` counts the starts that nobody asked for, by cause. Faults: `reset`, `reset_at`,
    `hang`, `lose_echo`, and the attributes `garble_per_mille`, `split_lines`, `urc_flood`, which last until they are
    set back.
    """

    def __init__(
        self,
        clock: Clock,
        family: str,
        sim: SimCard,
        cell: MobileCell,
        internet: Internet,
        sms_centre: SmsCentre,
        send: Callable[[bytes], None],
        chance: Callable[[int], bytes],
    ) -> None:
        self.family = family_named(family)
        self.sim = sim
        self.cell = cell
        self.urc_flood = False
        self.restarts: dict[str, int] = {}
        self._clock = clock
        self._send = send
        self._chance = chance
        self._faults = LineFaults()
        self._around = Attached(self.family, sim, cell, internet, sms_centre, chance)
        self._stores = {name: MessageStore(name, _STORED_MESSAGES) for name in ("ME", "SR")}
        self._supplied = True
        self._key_since_ms: int | None = None
        self._armed: list[str] = []
        self._running: RunningModem | None = None
        self._power: PoweredClock | None = None
        self._hung = False
        cell.watch(self._cell_changed)
        sms_centre.connect(sim.number, self)

    @property
    def running(self) -> bool:
        """Whether it has started, hung or not."""
        return self._power is not None

    @property
    def garble_per_mille(self) -> int:
        """How many of a thousand bytes of output become others."""
        return self._faults.garble_per_mille

    @garble_per_mille.setter
    def garble_per_mille(self, per_mille: int) -> None:
        self._faults.garble_per_mille = per_mille

    @property
    def split_lines(self) -> bool:
        """Whether output comes in small pieces with pauses."""
        return self._faults.split_lines

    @split_lines.setter
    def split_lines(self, split: bool) -> None:
        self._faults.split_lines = split

    def receive(self, data: bytes) -> None:
        """Bytes from the board; lost unless the modem runs."""
        if self._running is not None and not self._hung:
            self._running.machine.receive(data)

    def power_key(self, pressed: bool) -> None:
        """The power key is pressed or let go. How long it was pressed decides what it does."""
        if pressed:
            if self._key_since_ms is None:
                self._key_since_ms = self._clock.now_ms
                self._plan_key()
        else:
            self._key_since_ms = None

    def supply(self, on: bool) -> None:
        """The modem's supply comes or goes. With its return the modem is off until its key is pressed."""
        self._supplied = on
        if not on:
            self._stop()

    def start(self) -> None:
        """Starts, as the power key does."""
        if self._supplied and self._power is None:
            self._begin()

    def reset(self, cause: str = "brown-out") -> None:
        """It restarts by itself in the middle of whatever it does: a dip of its supply, or a fault of its own."""
        if self._power is None:
            return
        self.restarts[cause] = self.restarts.get(cause, 0) + 1
        self._restart()

    def reset_at(self, moment: str) -> None:
        """Arms a reset at the next `moment`, one of MOMENTS. Raises ValueError."""
        if moment not in MOMENTS:
            raise ValueError(f"no moment is called {moment!r}; there are {', '.join(MOMENTS)}")
        self._armed.append(moment)

    def hang(self) -> None:
        """Its processor stops: it neither hears nor says anything until its supply is cut."""
        if self._power is not None:
            self._hung = True
            self._power.end()

    def lose_echo(self) -> None:
        """The echo is on again, as after a restart that nobody noticed."""
        if self._running is not None:
            self._running.machine.manners.echo = True

    def take(self, message: ShortMessage, centre: str, sent_unix_ms: int) -> bool:
        """A message from the SMS centre; False while the modem is out of its reach or full."""
        return self._listens and self._running is not None and self._running.sms.take(message, centre, sent_unix_ms)

    def take_report(self, report: Report) -> bool:
        """A status report from the SMS centre; False as above."""
        return self._listens and self._running is not None and self._running.sms.take_report(report)

    @property
    def _listens(self) -> bool:
        return self._running is not None and not self._hung

    def _cell_changed(self) -> None:
        if self._running is not None and not self._hung:
            self._running.cell_changed()

    def _plan_key(self) -> None:
        began_ms = self._key_since_ms
        running = self._power is not None

        def held() -> None:
            if self._key_since_ms == began_ms and began_ms is not None:
                self._key_held(running)

        self._clock.call_in(self.family.key_off_ms if running else self.family.key_on_ms, held)

    def _key_held(self, was_running: bool) -> None:
        if not was_running:
            self.start()
        elif self._running is not None and not self._hung:
            self._running.switch_off()

    def _begin(self) -> None:
        power = PoweredClock(self._clock)
        self._power = power
        self._hung = False
        power.call_in(self.family.start_ms, lambda: self._started(power))

    def _started(self, power: PoweredClock) -> None:
        line = SerialLine(power, self._send, self._faults, self._chance)
        self._running = RunningModem(power, line, self._around, self._stores, self)
        self._running.begin()

    def _stop(self) -> None:
        if self._power is not None:
            self._power.end()
        if self._running is not None:
            self._running.lost_power()
        self._power = self._running = None
        self._hung = False

    # What the running modem asks of the case around it.

    def at_moment(self, moment: str) -> None:
        """The running modem is at this moment."""
        if moment in self._armed:
            self._armed.remove(moment)
            self.reset(f"at {moment}")

    def is_flooded(self) -> bool:
        """Whether unsolicited lines come in the worst places."""
        return self.urc_flood

    def switch_off(self) -> None:
        """Leaves the network and switches off."""
        self._end_in(_POWER_OFF_MS, self._stop)

    def restart(self) -> None:
        """Restarts because it was told to, once it has said OK."""
        self._end_in(_RESTART_MS, self._restart)

    def _restart(self) -> None:
        self._stop()
        self._begin()

    def _end_in(self, ms: int, end: Callable[[], None]) -> None:
        power = self._power
        self._clock.call_in(ms, lambda: end() if self._power is power else None)
