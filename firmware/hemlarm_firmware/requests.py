"""What the cloud and the keypad ask for: each command and each change is carried out once, and answered each time.

The answer and what it changed are one record on flash; and a change of the configuration has its revision.
"""

from hemlarm_firmware.event_log import EventLog
from hemlarm_firmware.panel import inputs
from hemlarm_protocol import contact_id
from hemlarm_protocol.constant import const

_RECONFIGURED = const(1306)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hemlarm_firmware.app import App
    from hemlarm_firmware.board import Board
    from hemlarm_firmware.clock import Clock
    from hemlarm_firmware.configuration import Configuration
    from hemlarm_firmware.link.uplink import Uplink
    from hemlarm_firmware.memory import Memory
    from hemlarm_firmware.performer import Performer
    from hemlarm_firmware.recorder import Recorder


class Requests:
    """Asks the core of `app`, and lets `app` perform what follows."""

    def __init__(
        self,
        app: "App",
        board: "Board",
        clock: "Clock",
        memory: "Memory",
        configuration: "Configuration",
        recorder: "Recorder",
        uplink: "Uplink",
        performer: "Performer",
    ) -> None:
        self._app = app
        self._board = board
        self._clock = clock
        self._memory = memory
        self._configuration = configuration
        self._uplink = uplink
        self._performer = performer
        self._log = EventLog(recorder)
        self._must_restart = False
        self._edits: list[tuple[Any, int]] = []  # Changes made at the keypad that wait for a quiet moment.

    def execute(self, command: "Any") -> None:
        """Carry out a command unless that was done before; either way the cloud gets the one answer."""
        self._answer_once(command, self._decide)

    def configure(self, change: "Any") -> None:
        """Make a change of the configuration, in the same way."""
        self._answer_once(change, self._change)

    def tell_configuration(self, asked: "Any") -> None:
        """Send a piece of the configuration."""
        if not self._is_late(asked):
            try:
                self._uplink.answer_config(asked.id, *self._configuration.part(asked.offset))
            except OSError:
                self._performer.flash_failed()
            except MemoryError:
                pass  # Not answered: the cloud asks a few times more, and then again after the next change.

    def serve(self, outputs: "list[tuple[Any, ...]]") -> None:
        """What the keypad asks for among the core's outputs: an event of the log, or a change of the configuration."""
        for output in outputs:
            if output[0] == "recall":
                self._app.feed(inputs.RECALLED, self._log.nth(output[1]))
            elif output[0] == "configure":
                self._edits.append((output[1], output[2]))
        while self._edits and self._app.core.site.is_settled():
            edits, user = self._edits.pop(0)
            status, config, _ = self._configuration.change(None, edits)
            if config is not None:
                self._reconfigured(config, user, contact_id.SOURCE_KEYPAD)
                self._restart_if_due()
            elif status == inputs.REFUSED:
                self._performer.flash_failed()

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
        outputs = self._app.core.handle(happened, self._clock.uptime_ms())
        answers = [(output[1], output[2]) for output in outputs if output[0] == "result"]
        assert len(answers) == 1, "the core answers each command once"
        self._memory.remember_answer(command.id, *answers[0])
        # Saved whatever the core says, and before anything shows: the answer and what it changed are one record.
        self._app.perform([output for output in outputs if output != ("save",)] + [("save",)])
        return answers[0]

    def _change(self, change: "Any") -> "tuple[int, int, str]":
        """A change from the cloud. Its revision makes it apply once, even if power goes before the answer is saved."""
        status, config, reason = inputs.BUSY, None, ""
        if self._app.core.site.is_settled():
            status, config, reason = self._configuration.change_encoded(change.base, change.edits)
        revision = self._configuration.revision & 0xFFFF
        if status != inputs.BUSY:
            self._memory.remember_answer(change.id, status, revision)
        if config is not None:
            self._reconfigured(config, change.user, contact_id.SOURCE_COMMAND)
        return status, revision, reason

    def _reconfigured(self, config: "Any", user: int, source: int) -> None:
        """Go on under a new configuration.

        Where nobody knows whether a new zone is open, or the memory is too small for both panels, it restarts instead.
        """
        revision = self._configuration.revision & 0xFF
        self._app.perform([("event", _RECONFIGURED, 0, 0, user, source, revision), ("save",)])
        self._must_restart = not (self._app.core.knows_zones_of(config) and self._app.reconfigure(config))
