"""The line to a board on which MicroPython runs: mpremote's transport, with errors that a person understands.

Everything that is asked of the board goes through its raw prompt. A board that dies in the middle, whose cable is
pulled or that starts anew raises UnpluggedError within ANSWER_S.
"""

import ast
import hashlib
import os
import struct
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import serial  # type: ignore[import-untyped]
from mpremote.transport import TransportError, TransportExecError  # type: ignore[import-untyped]
from mpremote.transport_serial import SerialTransport  # type: ignore[import-untyped]

from hemlarm_installer.errors import InstallError, UnpluggedError

ANSWER_S = 5.0
"""How long the board may say nothing while it should take what is sent."""
_TAKEN_S = 3.0
"""How long a port may be another program's: some look at each new port for a moment, whatever is on it."""
_PROMPT_S = 2.0
_WORK_S = 120.0
"""The longest work asked of a board: it hashes 400 KB, or multiplies on a curve in plain Python."""
_CHUNK = 1024
_FLUSH_EVERY = 16
"""Chunks: what is flushed need not be sent again. LittleFS writes a block for each flush."""

_TOOLS = """
import os,hashlib
from binascii import a2b_base64 as _d
def _h(p,n=-1):
 h=hashlib.sha256()
 b=memoryview(bytearray(1024))
 s=0
 try:
  f=open(p,'rb')
 except OSError:
  return None
 while s!=n:
  k=f.readinto(b if n<0 else b[:min(1024,n-s)])
  if not k:
   break
  h.update(b[:k])
  s+=k
 f.close()
 return s,h.digest()
def _w(t):
 f.write(_d(t))
"""

Progress = Callable[[int, int], None]
"""Is told how much of what is done."""


class BoardError(InstallError):
    """The board raised an exception; `last` is its last line, as `OSError: 28`."""

    def __init__(self, text: str) -> None:
        self.last = (text.strip().splitlines() or [""])[-1]
        super().__init__(f"the board reported {self.last}\n{text.strip()}")


class BoardLine:
    """A board's prompt, with its program stopped. A context manager, which leaves the prompt as it was found.

    The board is made to begin anew without its main program, so that nothing else uses its memory. It is asked `tries`
    times, 2 s each: one that was just starting has not heard the first wish. Raises UnpluggedError, or InstallError
    where the port itself is at fault.
    """

    def __init__(self, port: str, tries: int = 3) -> None:
        self._port = port
        self._line = _opened(port)
        try:
            self._ask(lambda: self._enter(tries))
            self.run(_TOOLS)
        except BaseException:
            self._close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def run(self, code: str) -> str:
        """Run code on the board and return what it printed. Raises BoardError for its exceptions, UnpluggedError."""
        printed, complaint = self._ask(lambda: self._line.exec_raw(code, timeout=_WORK_S))
        if complaint:
            raise BoardError(complaint.decode(errors="replace"))
        text: str = printed.decode(errors="replace").replace("\r\n", "\n")
        return text

    def value(self, expression: str) -> Any:
        """Return what an expression comes to on the board: numbers, text, bytes, and what is made of these."""
        return ast.literal_eval(self.run(f"print(repr({expression}))").strip())

    def leave(self, code: str) -> None:
        """Run code that does not come back, as a reset; the line is of no use after it."""
        self._ask(lambda: self._line.exec_raw_no_follow(code))

    def differing(self, files: Sequence[tuple[str, bytes]]) -> list[str]:
        """Return the paths of those files that the board does not have just so."""
        return [path for path, data in files if self.value(f"_h({path!r})") != _print_of(data)]

    def upload(self, path: str, data: bytes, progress: Progress) -> None:
        """Put a file on the board. What an earlier attempt brought there is not sent again.

        The file has its name only when the board has confirmed each byte of it.
        """
        if self.value(f"_h({path!r})") == _print_of(data):
            progress(len(data), len(data))
            return
        part = path + ".part"
        done = self._already(part, data)
        self.run(f"f=open({part!r},{'ab' if done else 'wb'!r})")
        for number, start in enumerate(range(done, len(data), _CHUNK)):
            if number % _FLUSH_EVERY == _FLUSH_EVERY - 1:
                self.run("f.flush()")
            self.run(f"_w({b64encode(data[start : start + _CHUNK])!r})")
            progress(min(start + _CHUNK, len(data)), len(data))
        self.run("f.close()")
        if self.value(f"_h({part!r})") != _print_of(data):
            self.run(f"os.remove({part!r})")
            raise InstallError(
                f"the board kept {path} otherwise than it was sent: repeat, and change the cable or board"
            )
        self.run(f"os.rename({part!r},{path!r})")

    def make_folder(self, path: str) -> None:
        """Make a folder, unless it is there."""
        self.run(f"try:\n os.mkdir({path!r})\nexcept OSError as e:\n if e.errno!=17:raise")

    def _enter(self, tries: int) -> None:
        for left in reversed(range(tries)):
            try:
                with redirect_stdout(StringIO()):  # mpremote prints what it did not expect.
                    self._line.enter_raw_repl(timeout_overall=_PROMPT_S)
            except TransportError:
                if not left:
                    raise
            else:
                return

    def _already(self, part: str, data: bytes) -> int:
        """How much of the beginning of `data` is in that file; other contents count for nothing."""
        found = self.value(f"_h({part!r})")
        if found is None or found[0] > len(data) or found != _print_of(data[: found[0]]):
            return 0
        return int(found[0])

    def _ask(self, question: Callable[[], Any]) -> Any:
        try:
            return question()
        except TransportExecError as error:
            raise BoardError(error.error_output) from None
        except (OSError, TransportError, serial.SerialException, IndexError, ValueError, struct.error) as error:
            raise UnpluggedError(
                f"the board at {self._port} does not answer ({_short(error)}): put the cable in again and repeat; "
                "what is done is not done twice"
            ) from None

    def _close(self) -> None:
        try:
            self._line.exit_raw_repl()
            self._line.close()
        except (OSError, serial.SerialException):
            self._line.serial.close()


def wait_for(port: str, limit_s: float, clock: Callable[[], float] = time.monotonic) -> BoardLine:
    """Return the line to a board that is about to start, within `limit_s`. Raises UnpluggedError, InstallError."""
    deadline = clock() + limit_s
    while True:
        try:
            return BoardLine(port)
        except UnpluggedError:
            if clock() >= deadline:
                raise
        time.sleep(0.1)


def _opened(port: str) -> SerialTransport:
    deadline = time.monotonic() + _TAKEN_S
    while True:
        try:
            # Under its own name mpremote knows a pseudo-terminal, and then does not poll it in steps of 10 ms.
            return SerialTransport(str(Path(port).resolve()), timeout=ANSWER_S)
        except (OSError, TransportError, serial.SerialException) as error:
            if time.monotonic() >= deadline or not (Path(port).exists() and _may_open(port)):
                raise _port_error(port, error) from None
        time.sleep(0.1)


def _print_of(data: bytes) -> tuple[int, bytes]:
    return len(data), hashlib.sha256(data).digest()


def _short(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:80]


def _port_error(port: str, error: BaseException) -> InstallError:
    if not Path(port).exists():
        return UnpluggedError(
            f"there is no port {port}: put the cable in; `ls /dev/serial/by-id` names the ports that there are"
        )
    if not _may_open(port):
        return InstallError(f"you may not open {port}: add yourself to the group dialout, then log in again")
    return InstallError(
        f"{port} cannot be opened ({_short(error)}): end what else has it open, a terminal or an editor, and repeat"
    )


def _may_open(port: str) -> bool:
    return os.access(port, os.R_OK | os.W_OK)
