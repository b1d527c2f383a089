"""The dialogue on the serial line: echo, command lines, results, prompts for data, and unsolicited lines in between.

One command is worked on at a time; what arrives meanwhile waits. A modem needs some milliseconds for the simplest
command: `_THINKING_MS` is our choice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hemlarm_simulator.modem.command import Answer, Command, Handler, Later, Prompt, Refused, Reply, parse
from hemlarm_simulator.modem.powered_clock import PoweredClock
from hemlarm_simulator.modem.result_texts import CME_TEXTS, CMS_TEXTS
from hemlarm_simulator.modem.serial_line import SerialLine

_THINKING_MS = 5
_LINE_MAX = 560
"""Quectel's manuals allow 559 letters in a line, SIMCom's more."""

_WAITING_MAX = 8_192
_HELD_MAX = 50
_CTRL_Z, _ESCAPE = 0x1A, 0x1B
_NUMERIC = {"OK": "0", "CONNECT": "1", "RING": "2", "NO CARRIER": "3", "ERROR": "4"}


@dataclass
class Manners:
    """How the modem talks: V.250's E, V and Q, 27.007's CMEE."""

    echo: bool = True
    verbose: bool = True
    quiet: bool = False
    errors: int = 0

    def forget(self) -> None:
        """As after the start."""
        self.echo, self.verbose, self.quiet, self.errors = True, True, False, 0


class AtMachine:
    """Answers what `receive` takes by what `find(command)` returns for it.

    `at_moment(name)` is called in moments when a reset hurts most. `chatter()` returns lines to say between any two
    pieces of output.
    """

    def __init__(
        self,
        clock: PoweredClock,
        line: SerialLine,
        find: Callable[[Command], Handler | None],
        at_moment: Callable[[str], None],
        chatter: Callable[[], list[str]],
    ) -> None:
        self.manners = Manners()
        self._clock = clock
        self._line = line
        self._find = find
        self._at_moment = at_moment
        self._chatter = chatter
        self._arrived = bytearray()
        self._typed = bytearray()
        self._prompt: Prompt | None = None
        self._data_begun = False
        self._busy = False
        self._commands: list[Command] = []
        self._held: list[str | bytes] = []

    def receive(self, data: bytes) -> None:
        """Bytes from the line; what a busy modem has no room for is lost."""
        self._arrived += data[: max(0, _WAITING_MAX - len(self._arrived))]
        self._work()

    def say(self, line: str | bytes) -> None:
        """An unsolicited line, or several in one; it waits while a prompt stands."""
        if self._prompt is None:
            self._put(self._framed(line))
        elif len(self._held) < _HELD_MAX:
            self._held.append(line)

    def answer(self, answer: Answer) -> None:
        """The answer to the command that was put off by LATER."""
        self._take(answer)

    def refuse(self, refusal: Refused) -> None:
        """The same with an error."""
        self._end(self._error(refusal), refusal.lines)

    def _work(self) -> None:
        while self._arrived and not self._busy:
            if self._prompt is None:
                self._take_line()
            elif not self._take_data(self._prompt):
                return

    def _take_line(self) -> None:
        end = self._arrived.find(b"\r") + 1
        piece = bytes(self._arrived[: end or len(self._arrived)])
        del self._arrived[: len(piece)]
        if self.manners.echo:
            self._put(piece)
        self._typed += piece
        if len(self._typed) > _LINE_MAX:
            del self._typed[_LINE_MAX:]
        if end:
            line = self._typed.decode("latin-1").strip()
            too_long = len(self._typed) >= _LINE_MAX
            self._typed.clear()
            self._begin(line, too_long)

    def _begin(self, line: str, too_long: bool) -> None:
        start = line.upper().find("AT")
        if start < 0:
            return
        self._busy = True
        self._clock.call_in(_THINKING_MS, lambda: self._start(line[start + 2 :], too_long))

    def _start(self, line: str, too_long: bool) -> None:
        try:
            if too_long:
                raise Refused
            self._commands = parse(line)
        except Refused as refusal:
            self.refuse(refusal)
        else:
            self._next()

    def _next(self) -> None:
        if not self._commands:
            self._end("OK")
            return
        command = self._commands.pop(0)
        handler = self._find(command)
        try:
            if handler is None:
                raise Refused
            self._take(handler(command))
        except Refused as refusal:
            self.refuse(refusal)

    def _take(self, reply: Reply) -> None:
        if isinstance(reply, Later):
            return
        if isinstance(reply, Prompt):
            self._prompt, self._busy, self._data_begun = reply, False, False
            self._put_chatter()
            self._line.write(reply.mark)
            self._put_chatter()
            self._clock.call_in(self._line.idle_in_ms, lambda: self._at_moment(reply.moments[0]))
            self._work()
            return
        if reply.result == "OK" and self._commands:
            self._put(self._information(reply.lines))
            if reply.then is not None:
                reply.then()
            self._next()
            return
        self._end(reply.result, reply.lines)
        if reply.then is not None:
            reply.then()

    def _take_data(self, prompt: Prompt) -> bool:
        """Takes data for the prompt; returns whether it is complete."""
        if not self._data_begun:
            self._data_begun = True
            self._at_moment(prompt.moments[1])
            if not self._clock.on:
                return False
        if prompt.length is not None:
            end, ended_by = prompt.length, None
            if len(self._arrived) < end:
                return False
        else:
            ends = [at for at in (self._arrived.find(_CTRL_Z), self._arrived.find(_ESCAPE)) if at >= 0]
            if not ends:
                return False
            end = min(ends)
            ended_by = self._arrived[end]
        data = bytes(self._arrived[:end])
        del self._arrived[: end + (ended_by is not None)]
        self._end_prompt(prompt, data, ended_by)
        return True

    def _end_prompt(self, prompt: Prompt, data: bytes, ended_by: int | None) -> None:
        self._prompt, self._busy = None, True
        if self.manners.echo and prompt.echoed:
            self._line.write(data.replace(b"\r", b"\r\n> ") if prompt.length is None else data)
        held, self._held = self._held, []
        if ended_by == _ESCAPE:
            self._end("OK")
        else:
            try:
                self._take(prompt.take(data))
            except Refused as refusal:
                self.refuse(refusal)
        for line in held:
            self.say(line)

    def _end(self, result: str, lines: Sequence[str | bytes] = ()) -> None:
        self._commands = []
        self._put(self._information(lines))
        self._put(b"" if self.manners.quiet else self._result(result).encode())
        self._busy = False
        # What waited is answered after the caller is through with this command.
        if self._arrived:
            self._clock.call_in(0, self._work)

    def _information(self, lines: Sequence[str | bytes]) -> bytes:
        if not lines:
            return b""
        return self._framed(b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))

    def _put(self, data: bytes) -> None:
        if data:
            self._put_chatter()
            self._line.write(data)

    def _put_chatter(self) -> None:
        for line in self._chatter():
            self._line.write(self._framed(line))

    def _framed(self, line: str | bytes) -> bytes:
        body = line.encode() if isinstance(line, str) else line
        return (b"\r\n" if self.manners.verbose else b"") + body + b"\r\n"

    def _result(self, result: str) -> str:
        return f"\r\n{result}\r\n" if self.manners.verbose else f"{_NUMERIC.get(result, result)}\r"

    def _error(self, refusal: Refused) -> str:
        if not refusal.kind or self.manners.errors == 0:
            return "ERROR"
        texts, name = (CME_TEXTS, "CME") if refusal.kind == "cme" else (CMS_TEXTS, "CMS")
        said = texts.get(refusal.code, "unknown") if self.manners.errors == 2 else str(refusal.code)
        return f"+{name} ERROR: {said}"
