"""What the cloud and the keypad ask for: each command and each change is carried out once, and answered each time.

The answer and what it changed are one record on flash; and a change of the configuration has its revision.
"""

from hemlarm_firmware.panel import inputs
from hemlarm_firmware.panel.config import forget

_PACKAGE = "hemlarm_firmware"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hemlarm_firmware.app import App
    from hemlarm_firmware.configuration import Configuration
    from hemlarm_firmware.event_log import EventLog
    from hemlarm_firmware.upkeep_requests import Upkeep


class Requests:
    """Asks the core of `app`, and lets `app` perform what follows."""

    def __init__(self, app: "App", configuration: "Configuration") -> None:
        self._app = app
        self._configuration = configuration
        self._log: EventLog | None = None
        self._must_restart = False
        self._edits: list[tuple[Any, int]] = []  # Changes made at the keypad that wait for a quiet moment.

    def execute(self, command: "Any") -> None:
        """Carry out a command unless that was done before; either way the cloud gets the one answer."""
        self.answer_once(command, self._decide)

    def configure(self, change: "Any") -> None:
        """Make a change of the configuration, in the same way."""
        self.answer_once(change, self._change)

    def tell_configuration(self, asked: "Any") -> None:
        """Send a piece of the configuration."""
        if not self._is_late(asked):
            _loaded("changes").tell(self._app.uplink, self._app.performer, self._configuration, asked)

    def answer_once(self, asked: "Any", decide: "Callable[[Any], tuple[Any, ...]]") -> None:
        """Answer a request with `decide(asked)`, (status, detail), unless it was answered before, or comes too late."""
        known: tuple[Any, ...] | None = self._app.memory.answer_to(asked.id)
        if known is None:
            known = (inputs.EXPIRED, 0) if self._is_late(asked) else decide(asked)
        self._app.uplink.answer(asked.id, *known)
        self._restart_if_due()

    def upkeep(self) -> "Upkeep":
        """What takes a message of the panel's own upkeep, and stays as long as there is something of it to do."""
        keeper: Upkeep = _loaded("upkeep_requests").Upkeep(self._app)
        return keeper

    def serve(self, outputs: "list[tuple[Any, ...]]") -> None:
        """What the keypad asks for among the core's outputs: an event of the log, or a change of the configuration."""
        for output in outputs:
            if output[0] == "restart":
                self._must_restart = True
            elif output[0] == "recall":
                self._recall(output[1])
            elif output[0] == "configure":
                self._edits.append((output[1], output[2]))
        while self._edits and self._app.core.site.is_settled():
            change = _loaded("changes").from_keypad
            self._must_restart |= change(self._app, self._app.performer, self._configuration, *self._edits.pop(0))
            self._restart_if_due()

    def _recall(self, index: int) -> None:
        """The event log is loaded when somebody reads it, and forgotten when its beginning is asked for again."""
        if self._log is None or not index:
            self._log = _loaded("event_log").EventLog(self._app.recorder)
        assert self._log
        self._app.feed(inputs.RECALLED, self._log.nth(index))

    def _restart_if_due(self) -> None:
        """Only now, so that whoever asked for the change has the answer."""
        if self._must_restart:
            self._app.board.reset()

    def _is_late(self, asked: "Any") -> bool:
        return bool(asked.expires <= (self._app.clock.time_s() or 0))

    def _decide(self, command: "Any") -> "tuple[int, int]":
        self._app.board.trace("cause")
        happened = (inputs.COMMAND, command.verb, command.argument, command.user, _code_of(command))
        outputs = self._app.core.handle(happened, self._app.clock.uptime_ms())
        answers = [(output[1], output[2]) for output in outputs if output[0] == "result"]
        assert len(answers) == 1, "the core answers each command once"
        self._app.memory.remember_answer(command.id, *answers[0])
        # Saved whatever the core says, and before anything shows: the answer and what it changed are one record.
        self._app.perform([output for output in outputs if output != ("save",)] + [("save",)])
        return answers[0]

    def _change(self, change: "Any") -> "tuple[Any, ...]":
        answer, must_restart = _loaded("changes").from_cloud(self._app, self._app.memory, self._configuration, change)
        self._must_restart |= must_restart
        known: tuple[Any, ...] = answer
        return known


def _loaded(name: str) -> "Any":
    """A module that is rarely needed: what uses it holds it, and then its memory goes."""
    module = __import__(_PACKAGE + "." + name, None, None, ("",))
    forget([name], _PACKAGE)
    return module


def _code_of(command: "Any") -> str:
    """The code that a person typed for it, or nothing; whatever bytes there are, it is the core that judges them."""
    return "".join([chr(byte) for byte in getattr(command, "code", b"")])
