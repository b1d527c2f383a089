"""The panel as a whole: three tasks around the pure core, for inputs, for what becomes due, and for the link.

`performer.py` carries out what the core decides. Whatever fails here that nobody has thought of ends in a restart: what
counts is on flash, and the panel is armed again before anybody has noticed.
"""

import asyncio
import gc
import sys

from hemlarm_firmware.clock import Clock
from hemlarm_firmware.condition import CRASH, CRASHED, Condition
from hemlarm_firmware.configuration import Configuration
from hemlarm_firmware.journal import Journal
from hemlarm_firmware.link.uplink import Uplink
from hemlarm_firmware.memory import Memory
from hemlarm_firmware.panel import inputs
from hemlarm_firmware.panel.config import forget
from hemlarm_firmware.panel.core import Panel, SnapshotError
from hemlarm_firmware.performer import Performer
from hemlarm_firmware.recorder import Recorder
from hemlarm_firmware.requests import Requests
from hemlarm_firmware.settings import Settings
from hemlarm_firmware.waiting import Pause
from hemlarm_firmware.watchdog import DEADLINES, INPUTS, Watchdog
from hemlarm_protocol import messages
from hemlarm_protocol.constant import const
from hemlarm_protocol.panel_end import PanelEnd, Status

FIRMWARE = 1_005
"""This firmware's version: 1000 times the major, plus the minor number."""

COLLECT_EVERY_BYTES = 24_576
"""A collection takes 0.3 ms on the unix port, and longer on a board: so once an event, not three times."""

CONFIRM_AFTER_MS = 1_000
"""An event not acknowledged by then is read back from flash; one that was needs the flash no more."""

CLOCK_SLACK_S = 2
"""The panel core is told of the time when its own is off by more than this."""

TEST_EVERY_MS = 86_400_000

PARK_WAIT_MS = 30_000
"""For acknowledgements, before a panel whose battery is empty stops."""

CRASHED_YOUNG_MS = 60_000
CRASH_PAUSE_S = 10
"""A panel that crashes again and again as soon as it starts waits each time, or it would wear out its flash."""

_RESTARTED = const(1305)
_FORGOT = const(1137)
_SELF_TEST_FAILED = const(1307)

# What becomes due besides the core's own deadlines; `_DUE` says what happens then.
_CONFIRM, _TEST, _PARK, _READ = 0, 1, 2, 3
_NEVER = const(1 << 48)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.board import Board
    from hemlarm_firmware.pictures import Pictures
    from hemlarm_firmware.readings import Reader
    from hemlarm_firmware.sensors.radio import Receiver
    from hemlarm_firmware.upkeep_requests import Upkeep


class App:
    """One panel. `start` brings it up from whatever the last power cut left; `run` never returns."""

    def __init__(self, board: "Board") -> None:
        self.board = board
        credentials: Any = board.credentials()
        identity: Any = credentials["panel"], credentials["root_key"]
        self._journal = Journal(board.flash("journal"))
        self.memory = Memory(Settings(board.flash("state")))
        self.clock = Clock(board.ticks_ms, self.memory.time_s)
        self.condition = Condition(board, self.clock, self.memory, self._journal)
        # A journal without the state that belongs to it: somebody or something took the panel's memory away.
        self._forgot = not self.memory.salts and not self._journal.blank
        configuration = Configuration(board.flash("config"))
        config = configuration.load()
        self.core = self._restore_core(config)
        self.requests = Requests(self, configuration)
        extras = _load_extras()
        self._sensors: Any = extras.radio_sensors(config)
        self._radio: Receiver | None = extras.receiver_of(self._sensors, board)
        self.recorder = Recorder(identity[0], identity[1], board.random, self.memory, self._journal, self.clock)
        self.watchdog = Watchdog(board)
        parts: Any = PanelEnd, Uplink
        if board.modem() is not None:  # Otherwise the memory has nothing of what it takes to use one.
            from hemlarm_firmware.link import two_paths

            parts = two_paths.TwoPathEnd, two_paths.TwoPathUplink
        self.end: PanelEnd = parts[0](*identity, board.random, self.recorder, self._status, self._health)
        self.uplink: Uplink = parts[1](board, identity[0].hex(), self.end, self.clock, self._happened, self.watchdog)
        self.uplink.configure(config)
        self._pictures: Pictures | None = extras.pictures_of(
            config, board, self.clock, self.end, self.uplink, self.recorder
        )
        self._reader: Reader | None = extras.reader_of(config, self.core, self.uplink, self.end)
        self.upkeep: Upkeep | None = extras.upkeep_of(self)
        _forget_extras()
        del config  # The largest thing there is, and the core keeps what it needs of it.
        self.performer = Performer(board, self.clock, self.memory, self.recorder, self.uplink, self.condition)
        self._pause = Pause()
        self._planned_ms = 0  # What the task of deadlines waits for.
        self._timers = [_NEVER, TEST_EVERY_MS, _NEVER, _NEVER]
        self._timer_ms = TEST_EVERY_MS  # The first of them.
        # After a restart nobody knows which alarms the centre has not acknowledged.
        self._knows_unheard = not self.core.waits_for_centre

    def start(self) -> None:
        """Take up numbering behind the last boot's, report the restart, and see whether all is well."""
        self.memory.boot += 1
        self.recorder.start()
        if self._forgot:
            self.performer.record(_FORGOT)
        self.performer.record(_RESTARTED, self.condition.task, self.condition.cause)
        self.performer.confirm()
        gc.collect()
        self._test()

    async def run(self) -> None:
        """Serve inputs, deadlines and the link. Raises whatever nobody has thought of."""
        await asyncio.gather(self._inputs(), self._deadlines(), self.uplink.run())

    async def crash(self) -> None:
        """Begin anew from what is safe, after an error that leaves nothing else to trust. Does not return."""
        try:
            self.performer.record(_SELF_TEST_FAILED, 0, CRASHED)
        except Exception as another:  # noqa: BLE001  The restart itself will be reported.
            sys.print_exception(another)  # type: ignore[attr-defined]  # MicroPython's.
        if self.condition.cause == CRASH and self.clock.uptime_ms() < CRASHED_YOUNG_MS:
            await asyncio.sleep(CRASH_PAUSE_S)
        self.board.reset(CRASH)

    def feed(self, *happened: "Any") -> None:
        """Let the core decide about an input, and carry out what it decides."""
        self.perform(self.core.handle(happened, self.clock.uptime_ms()))

    # Tasks.

    async def _inputs(self) -> None:
        while True:
            happened: Any = await self.board.next_input()
            if happened[0] == "nudge":
                self.watchdog.promise(INPUTS, None)
                continue
            self.board.trace("cause")
            if happened[0] == "radio":
                self._hear(happened[1])
            else:
                self.feed(*happened)
                if happened[0] == inputs.LOCK:
                    self._read()

    async def _deadlines(self) -> None:
        while True:
            deadline_ms = self._planned_ms = self._deadline_ms()
            self.watchdog.promise(DEADLINES, deadline_ms)
            now_ms = self.clock.uptime_ms()
            if deadline_ms > now_ms:
                await self._pause.wait(deadline_ms - now_ms)
                continue
            for timer, due_ms in enumerate(self._timers):
                if due_ms <= now_ms:
                    self._set_timer(timer, _NEVER)
                    _DUE[timer](self)
            core_ms = self.core.deadline_ms()
            if core_ms is not None and core_ms <= now_ms:
                self.board.trace("cause")
                self.perform(self.core.wake(now_ms))

    def _deadline_ms(self) -> int:
        core_ms = self.core.deadline_ms()
        return self._timer_ms if core_ms is None or core_ms > self._timer_ms else core_ms

    def _set_timer(self, timer: int, at_ms: int) -> None:
        self._timers[timer] = at_ms
        self._timer_ms = min(self._timers)
        if self._timer_ms < self._planned_ms:
            self._replan()

    def _replan(self) -> None:
        """Something else is due first. What is due earlier is promised here: a task that hangs would not do it."""
        deadline_ms = self._deadline_ms()
        if deadline_ms < self._planned_ms:
            self._planned_ms = deadline_ms
            self.watchdog.promise(DEADLINES, deadline_ms)
        self._pause.end()

    # What follows from a decision.

    def _hear(self, frame: bytes) -> None:
        """A radio sensor's report is acknowledged only when what it led to is journalled."""
        if self._radio is None:
            return
        report = self._radio.received(frame, self.clock.uptime_ms())
        if report is not None:
            self.feed(inputs.SENSOR, *report)
        for reply in self._radio.replies:
            self.board.transmit(reply)
        self._radio.replies.clear()
        self._read()

    def perform(self, outputs: "list[tuple[Any, ...]]") -> None:
        """Carry out what the core decided, and plan what is due next."""
        if outputs:
            first = self.recorder.next_number
            if self.performer.carry_out(outputs, self.core) and self._timers[_CONFIRM] == _NEVER:
                self._set_timer(_CONFIRM, self.clock.uptime_ms() + CONFIRM_AFTER_MS)
            if self._pictures is not None:
                self._pictures.happened(outputs, first)
            self._read()
            if ("park",) in outputs:
                self._set_timer(_PARK, self.clock.uptime_ms() + (PARK_WAIT_MS if self.recorder.pending else 0))
        if self._deadline_ms() != self._planned_ms:
            self._replan()
        self.requests.serve(outputs)

    def reconfigure(self, config: "Any") -> bool:
        """Go on under a new configuration, in the state that was. False where the memory does not suffice."""
        extras = _load_extras()
        sensors = extras.radio_sensors(config)
        try:
            # Another epoch costs every sensor an exchange.
            radio = self._radio if sensors == self._sensors else extras.receiver_of(sensors, self.board)
            self.core = Panel(config, self.core.snapshot(), before=self.core)
        except MemoryError:
            _forget_extras()
            return False
        self._sensors, self._radio = sensors, radio
        self.uplink.configure(config)
        if self._pictures is not None:
            self._pictures.configure(config)
        self._reader = extras.reader_of(config, self.core, self.uplink, self.end)
        _forget_extras()
        self.perform(self.core.wake(self.clock.uptime_ms()))
        return True

    # What becomes due.

    def _confirm(self) -> None:
        self.performer.confirm()

    def _test(self) -> None:
        self._set_timer(_TEST, self.clock.uptime_ms() + TEST_EVERY_MS)
        for fault in self.condition.test():
            self.performer.failed(fault)

    def _read(self) -> None:
        """Tell the cloud how warm it is and what is switched, where that is news."""
        if self._reader is not None:
            due_ms = self._reader.look(self.core, self.clock.uptime_ms())
            self._set_timer(_READ, _NEVER if due_ms is None else due_ms)

    def _park(self) -> None:
        self.uplink.close()
        self.board.park()

    # What the link brings.

    def _happened(self, fact: "tuple[Any, ...]") -> None:
        try:
            self._take(fact)
            if self._pictures is not None:
                self._pictures.told(fact)
            if self.upkeep is not None:
                self.upkeep.told(fact)
        except MemoryError:  # Not the link's: a new connection would mend nothing.
            raise RuntimeError("memory ran out over " + fact[0]) from None

    def _take(self, fact: "tuple[Any, ...]") -> None:
        if fact[0] == "acknowledged":
            self._acknowledged(fact[2])
        elif fact[0] == "time":
            self.condition.set_time(fact[1])
            self._set_core_clock()
        elif fact[0] == "command":
            self.requests.execute(fact[1])
        elif fact[0] == "configure":
            self.requests.configure(fact[1])
        elif fact[0] == "read-config":
            self.requests.tell_configuration(fact[1])
        elif fact[0] == "upkeep":
            self.upkeep = self.upkeep or self.requests.upkeep()
        elif fact[0] == "resend":
            self.recorder.send_again(fact[1].kid, fact[1].first, fact[1].last)
            self.uplink.poke()
        else:
            if fact[0] != "opened":
                self.feed(*fact)
            self._read()  # It is about the session, or the path in use.

    def _set_core_clock(self) -> None:
        time_s = self.clock.time_s()
        known_s = self.core.time_s(self.clock.uptime_ms())
        if time_s is not None and (known_s is None or abs(time_s - known_s) > CLOCK_SLACK_S):
            self.feed(inputs.CLOCK, time_s)

    def _acknowledged(self, number: int) -> None:
        self.board.trace("acknowledged", number)
        if number in self.performer.unheard:
            self.performer.unheard.remove(number)
        if self.recorder.pending == 0:
            self._knows_unheard = True
            self.uplink.paths.waits_ms = None
            # Nothing waits: the moment to erase ahead, so that no alarm ever waits for an erase.
            self._journal.tidy()
            self.memory.settings.tidy()
            self._set_timer(_CONFIRM, _NEVER)
            self.performer.confirm()
            if self._timers[_PARK] != _NEVER:
                self._park()
        if self.core.waits_for_centre and self._knows_unheard and not self.performer.unheard:
            self.feed(inputs.INFORMED)

    def _status(self) -> Status:
        return Status(
            self.memory.boot,
            self.clock.time_s(),
            self.recorder.next_number,
            self.condition.heap_free(),
            FIRMWARE,
            self.memory.salts,
        )

    def _health(self) -> messages.Health:
        return self.condition.health(self.core.site.power.health())

    # What was before.

    def _restore_core(self, config: "Any") -> Panel:
        """Go on in the saved state. One that cannot be read leaves the panel disarmed, and is reported as tamper."""
        try:
            return Panel(config, self.memory.core)
        except SnapshotError:
            self._forgot = True
            return Panel(config)


def _load_extras() -> "Any":
    return __import__("hemlarm_firmware.extras", None, None, ("reader_of",))


def _forget_extras() -> None:
    """What there is of them is fitted, and how that was done need not be remembered."""
    forget(["extras"], "hemlarm_firmware")


_DUE = (App._confirm, App._test, App._park, App._read)


async def main(board: "Board") -> None:
    """Run the panel on this board, for ever."""
    # Garbage never spreads further than this, so that what stays lies packed and free memory in large pieces.
    gc.threshold(COLLECT_EVERY_BYTES)  # type: ignore[attr-defined]  # MicroPython's.
    app = None
    try:
        app = App(board)
        app.start()
        await app.run()
    except Exception as error:  # noqa: BLE001  None of them may leave a house unguarded.
        sys.print_exception(error)  # type: ignore[attr-defined]  # MicroPython's.
        if app:
            await app.crash()
        board.reset(CRASH)
