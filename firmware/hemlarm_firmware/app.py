"""The panel as a whole: a handful of tasks around the pure core.

What the core decides is carried out in one order: events are journalled and sent, then the state is saved, then people
are shown and told. So whatever a person has seen is already safe. A failing flash is
reported and silences nothing.
"""

import asyncio
import gc

from hemlarm_firmware.clock import Clock
from hemlarm_firmware.configuration import Configuration
from hemlarm_firmware.event_log import EventLog
from hemlarm_firmware.journal import Journal
from hemlarm_firmware.link.uplink import Uplink
from hemlarm_firmware.memory import Memory
from hemlarm_firmware.panel import inputs
from hemlarm_firmware.panel.core import Panel, SnapshotError
from hemlarm_firmware.recorder import Recorder
from hemlarm_firmware.sensors.radio import Receiver
from hemlarm_firmware.settings import Settings, SettingsError
from hemlarm_protocol import contact_id
from hemlarm_protocol.constant import const
from hemlarm_protocol.panel_end import PanelEnd, Status

FIRMWARE = 1_001
"""This firmware's version: 1000 times the major, plus the minor number."""

URGENT = 3
"""Up to this urgency (fire, hold-up, intrusion, tamper) an event does not wait for a pause between connections."""

COLLECT_EVERY_BYTES = 24_576
"""A collection takes 0.3 ms on the unix port, and longer on a board: so once an event, not three times."""

CONFIRM_AFTER_MS = 1_000
"""An event not acknowledged by then is read back from flash; one that was needs the flash no more."""

CLOCK_SLACK_S = 2
"""The panel core is told of the time when its own is off by more than this."""

UNHEARD_MAX = 32
"""Fire and hold-up alarms of which the keypad knows whether the centre has them; of older ones it no longer says."""

_RESTARTED = const(1305)
_FORGOT = const(1137)
_FLASH_FAILED = const(1307)
_RECONFIGURED = const(1306)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hemlarm_firmware.board import Board


class App:
    """One panel. `start` brings it up from whatever the last power cut left; `run` never returns."""

    def __init__(self, board: "Board") -> None:
        self._board = board
        self._clock = Clock(board.ticks_ms)
        credentials: Any = board.credentials()
        self._panel_id: bytes = credentials["panel"]
        self._root_key: bytes = credentials["root_key"]
        self._journal = Journal(board.flash("journal"))
        self._memory = Memory(Settings(board.flash("state")))
        # A journal without the state that belongs to it: somebody or something took the panel's memory away.
        self._forgot = not self._memory.salts and not self._journal.blank
        self._configuration = Configuration(board.flash("config"))
        config = self._configuration.load()
        self._core = self._restore_core(config)
        self._sensors = _radio_sensors(config)
        del config  # The largest thing there is, and the core keeps what it needs of it.
        self._radio = Receiver(self._sensors, board.random)
        self._recorder = Recorder(
            self._panel_id, self._root_key, board.random, self._memory, self._journal, self._clock
        )
        self._end = PanelEnd(self._panel_id, self._root_key, board.random, self._recorder, self._status)
        self._uplink = Uplink(board, self._panel_id.hex(), self._end, self._clock, self._happened)
        self._rearm = asyncio.Event()
        self._planned_ms: int | None = None  # What the task of deadlines waits for.
        self._save_failed = False
        self._confirm_ms: int | None = None
        self._log = EventLog(self._recorder)
        # Fire and hold-up alarms that the centre has not acknowledged; after a restart nobody knows which they are.
        self._unheard: list[int] = []
        self._knows_unheard = not self._core.waits_for_centre
        self._must_restart = False
        self._edits: list[tuple[Any, int]] = []  # Changes made at the keypad that wait for a quiet moment.

    def start(self) -> None:
        """Take up numbering behind the last boot's, and report the restart."""
        self._memory.boot += 1
        self._recorder.start()
        if self._forgot:
            self._record(_FORGOT)
        self._record(_RESTARTED)
        self._confirm()
        gc.collect()

    async def run(self) -> None:
        """Serve inputs, deadlines and the link."""
        await asyncio.gather(self._inputs(), self._deadlines(), self._uplink.run())

    # Tasks.

    async def _inputs(self) -> None:
        while True:
            happened: Any = await self._board.next_input()
            self._board.trace("cause")
            if happened[0] == "radio":
                self._hear(happened[1])
            else:
                self._feed(*happened)

    async def _deadlines(self) -> None:
        while True:
            self._rearm.clear()
            deadline_ms = self._planned_ms = self._deadline_ms()
            if deadline_ms is None:
                await self._rearm.wait()
            elif deadline_ms > self._clock.uptime_ms():
                await self._until(deadline_ms)
            elif deadline_ms == self._confirm_ms:
                self._confirm()
            else:
                self._board.trace("cause")
                self._perform(self._core.wake(self._clock.uptime_ms()))

    def _deadline_ms(self) -> "int | None":
        core_ms = self._core.deadline_ms()
        if core_ms is None or self._confirm_ms is None:
            return self._confirm_ms if core_ms is None else core_ms
        return min(core_ms, self._confirm_ms)

    async def _until(self, deadline_ms: int) -> None:
        try:
            await asyncio.wait_for(self._rearm.wait(), (deadline_ms - self._clock.uptime_ms()) / 1000)
        except asyncio.TimeoutError:
            pass

    # What follows from a decision.

    def _feed(self, *happened: "Any") -> None:
        self._perform(self._core.handle(happened, self._clock.uptime_ms()))

    def _hear(self, frame: bytes) -> None:
        """A radio sensor's report is acknowledged only when what it led to is journalled."""
        report = self._radio.received(frame, self._clock.uptime_ms())
        if report is not None:
            self._feed(inputs.SENSOR, *report)
        for reply in self._radio.replies:
            self._board.transmit(reply)
        self._radio.replies.clear()

    def _perform(self, outputs: "list[tuple[Any, ...]]") -> None:
        if outputs:
            self._carry_out(outputs)
        if self._deadline_ms() != self._planned_ms:
            self._rearm.set()
        if outputs or self._edits:
            self._serve([output for output in outputs if output[0] in ("recall", "configure")])

    def _carry_out(self, outputs: "list[tuple[Any, ...]]") -> None:
        recorded = [(self._recorder.record(*output[1:]), output[1]) for output in outputs if output[0] == "event"]
        self._uplink.poke(any(contact_id.urgency(qcode) <= URGENT for _, qcode in recorded))
        for number, qcode in recorded:
            self._board.trace("event", number, qcode)
            if qcode < 2000 and contact_id.urgency(qcode) <= contact_id.HOLD_UP:
                self._unheard = self._unheard[1 - UNHEARD_MAX :] + [number]
        if recorded and self._confirm_ms is None:
            self._confirm_ms = self._clock.uptime_ms() + CONFIRM_AFTER_MS
        if ("save",) in outputs:
            self._save()
        for output in outputs:
            if output[0] == "show":
                self._board.show(output[1], output[2])

    def _serve(self, requests: "list[tuple[Any, ...]]") -> None:
        """What the keypad asks for: an event of the log, or a change of the configuration."""
        for request in requests:
            if request[0] == "recall":
                self._feed(inputs.RECALLED, self._log.nth(request[1]))
            else:
                self._edits.append((request[1], request[2]))
        while self._edits and self._core.site.is_settled():
            edits, user = self._edits.pop(0)
            status, config, _ = self._configuration.change(None, edits)
            if config is not None:
                self._reconfigured(config, user, contact_id.SOURCE_KEYPAD)
                self._restart_if_due()
            elif status == inputs.REFUSED:
                self._flash_failed()

    def _reconfigured(self, config: "Any", user: int, source: int) -> None:
        """Go on under a new configuration, in the state that was.

        Where nobody knows whether a new zone is open, or the memory is too small for both panels, it restarts instead.
        """
        self._perform([("event", _RECONFIGURED, 0, 0, user, source, self._configuration.revision & 0xFF), ("save",)])
        self._must_restart = not self._core.knows_zones_of(config)
        if self._must_restart:
            return
        try:
            self._core = Panel(config, self._core.snapshot(), before=self._core)
        except MemoryError:
            self._must_restart = True
            return
        if _radio_sensors(config) != self._sensors:  # Another epoch costs every sensor an exchange.
            self._sensors = _radio_sensors(config)
            self._radio = Receiver(self._sensors, self._board.random)
        self._perform(self._core.wake(self._clock.uptime_ms()))

    def _execute(self, command: "Any") -> None:
        """Carry out a command unless that was done before; either way the cloud gets the one answer."""
        self._answer_once(command, self._decide)

    def _answer_once(self, asked: "Any", decide: "Callable[[Any], tuple[Any, ...]]") -> None:
        known: tuple[Any, ...] | None = self._memory.answer_to(asked.id)
        if known is None:
            known = (inputs.EXPIRED, 0) if self._is_late(asked) else decide(asked)
        self._uplink.answer(asked.id, *known)
        self._restart_if_due()

    def _restart_if_due(self) -> None:
        """Only now, so that whoever asked for the change has the answer."""
        if self._must_restart:
            self._board.reset()

    def _is_late(self, asked: "Any") -> bool:
        return bool(asked.expires <= (self._clock.time_s() or 0))

    def _decide(self, command: "Any") -> "tuple[int, int]":
        self._board.trace("cause")
        happened = (inputs.COMMAND, command.verb, command.argument, command.user)
        outputs = self._core.handle(happened, self._clock.uptime_ms())
        answers = [(output[1], output[2]) for output in outputs if output[0] == "result"]
        assert len(answers) == 1, "the core answers each command once"
        self._memory.remember_answer(command.id, *answers[0])
        # Saved whatever the core says, and before anything shows: the answer and what it changed are one record.
        self._perform([output for output in outputs if output != ("save",)] + [("save",)])
        return answers[0]

    def _configure(self, change: "Any") -> "tuple[int, int, str]":
        """A change from the cloud. Its revision makes it apply once, even if power goes before the answer is saved."""
        status, config, reason = inputs.BUSY, None, ""
        if self._core.site.is_settled():
            status, config, reason = self._configuration.change_encoded(change.base, change.edits)
        revision = self._configuration.revision & 0xFFFF
        if status != inputs.BUSY:
            self._memory.remember_answer(change.id, status, revision)
        if config is not None:
            self._reconfigured(config, change.user, contact_id.SOURCE_COMMAND)
        return status, revision, reason

    def _tell_configuration(self, asked: "Any") -> None:
        if not self._is_late(asked):
            try:
                self._uplink.answer_config(asked.id, *self._configuration.part(asked.offset))
            except OSError:
                self._flash_failed()
            except MemoryError:
                pass  # Not answered: the cloud asks a few times more, and then again after the next change.

    def _record(
        self, qcode: int, area: int = 0, zone: int = 0, user: int = 0, source: int = 0, detail: int = 0
    ) -> None:
        number = self._recorder.record(qcode, area, zone, user, source, detail)
        self._board.trace("event", number, qcode)

    def _confirm(self) -> None:
        self._confirm_ms = None
        if not self._recorder.confirm():
            self._flash_failed()
            self._uplink.poke()

    def _save(self) -> None:
        self._memory.core = self._core.snapshot()
        try:
            self._memory.save()
            self._save_failed = False
        except (OSError, SettingsError):
            self._flash_failed()

    def _flash_failed(self) -> None:
        """Report it once until a save succeeds again."""
        if not self._save_failed:
            self._save_failed = True
            self._record(_FLASH_FAILED)

    # What the link brings.

    def _happened(self, fact: "tuple[Any, ...]") -> None:
        if fact[0] == "acknowledged":
            self._acknowledged(fact[2])
        elif fact[0] == "time":
            self._clock.set(fact[1])
            self._set_core_clock()
        elif fact[0] == "command":
            self._execute(fact[1])
        elif fact[0] == "configure":
            self._answer_once(fact[1], self._configure)
        elif fact[0] == "read-config":
            self._tell_configuration(fact[1])
        elif fact[0] == "resend":
            self._recorder.send_again(fact[1].kid, fact[1].first, fact[1].last)
            self._uplink.poke()

    def _set_core_clock(self) -> None:
        time_s = self._clock.time_s()
        known_s = self._core.time_s(self._clock.uptime_ms())
        if time_s is not None and (known_s is None or abs(time_s - known_s) > CLOCK_SLACK_S):
            self._feed(inputs.CLOCK, time_s)

    def _acknowledged(self, number: int) -> None:
        self._board.trace("acknowledged", number)
        if number in self._unheard:
            self._unheard.remove(number)
        if self._recorder.pending == 0:
            self._knows_unheard = True
            # Nothing waits: the moment to erase ahead, so that no alarm ever waits for an erase.
            self._journal.tidy()
            self._confirm()
        if self._core.waits_for_centre and self._knows_unheard and not self._unheard:
            self._feed(inputs.INFORMED)

    def _status(self) -> Status:
        # Collected here, so that what is reported is what the firmware needs, and not what lies about.
        gc.collect()
        heap_free = gc.mem_free()  # type: ignore[attr-defined]  # MicroPython's.
        self._board.trace("heap", heap_free)
        return Status(
            self._memory.boot,
            self._clock.time_s(),
            self._recorder.next_number,
            heap_free,
            FIRMWARE,
            self._memory.salts,
        )

    # What was before.

    def _restore_core(self, config: "Any") -> Panel:
        """Go on in the saved state. One that cannot be read leaves the panel disarmed, and is reported as tamper."""
        try:
            return Panel(config, self._memory.core)
        except SnapshotError:
            self._forgot = True
            return Panel(config)


def _radio_sensors(config: "Any") -> "list[tuple[bytes, bytes, int]]":
    return [(zone["radio"], zone["key"], zone["number"]) for zone in config["zones"] if "radio" in zone]


async def main(board: "Board") -> None:
    """Run the panel on this board, for ever."""
    # Garbage never spreads further than this, so that what stays lies packed and free memory in large pieces.
    gc.threshold(COLLECT_EVERY_BYTES)  # type: ignore[attr-defined]  # MicroPython's.
    app = App(board)
    app.start()
    await app.run()
