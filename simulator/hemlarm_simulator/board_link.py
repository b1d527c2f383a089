"""The world's end of a panel's stream: frames of a 4-byte big-endian length and one JSON array, kind first.

Bytes stand in it as a string of NUL and hexadecimal digits, in `start` at any depth, else in the array itself only.
JSON, because both interpreters have it in C: a busy panel day is some 20,000 frames.

From the world                              From the panel
    start {...}     once, see `panel.py`        show output value       an output is set
    input name ...  a debounced input           trace what at_us ...    a measurement, microseconds since 1970
    finished        all before `finish` is done finish              waits for `finished`
    failing [chip]  chips that fail from now    program chip offset data
                                                erase chip offset
    hang kind       a fault, see `VirtualBoard`  transmit frame      to the radio sensors
                                                vouch task by_ms|null      see `Board.vouch`; since the boot
                                                blocked             the event loop stands: the watchdog runs
                                                keep-time unix_ms   sets the clock that runs on over resets
    modem-data data bytes from the modem        modem-write data    bytes to the modem
                                                modem-key pressed   its power key
                                                modem-supply on     its power
    camera-taken n  a picture of n bytes        camera-take zone flash
    camera-failed   or none
    camera-data data                            camera-read offset n    a piece of the picture taken last
Only in virtual time:
    now ms          the turn: time since boot   idle until_ms|null      the turn back: nothing to do before then
    connected n     connection n is open        connect n               opens connection n
    failed n errno  it is not                   send n data
    data n bytes    from the broker             close n
    closed n        the broker has closed it

A panel that asks to be started again leaves with the exit status RESET_STATUS, after an error that nobody dealt with
with CRASH_STATUS, and one that rests until mains is back with PARKED_STATUS. Any other end is none of the firmware's.
"""

import json
import socket
from typing import Any

RESET_STATUS, CRASH_STATUS, PARKED_STATUS = 3, 4, 5
"""As in `shadow/virtual_board.py`."""

FRAME_MAX = 1 << 20
"""Longer frames than this mean that the stream is out of step."""

_CHUNK = 65536

Frame = list[Any]


class PanelGoneError(Exception):
    """The panel's process has ended: its stream is closed."""


class PanelSilentError(Exception):
    """The panel did not come back with its turn in time: it hangs, or works without end."""


class BoardLink:
    """Frames on a stream socket. `receive` waits no longer than `timeout_s` of real time."""

    def __init__(self, stream: socket.socket, timeout_s: float | None) -> None:
        stream.settimeout(timeout_s)
        self._stream = stream
        self._in = bytearray()

    def fileno(self) -> int:
        """For selectors."""
        return self._stream.fileno()

    def send(self, *frames: Frame) -> None:
        """Sends frames in one write. Raises PanelGoneError."""
        out = bytearray()
        for frame in frames:
            body = json.dumps(frame, default=_text).encode()
            out += len(body).to_bytes(4, "big") + body
        try:
            self._stream.sendall(out)
        except OSError as error:
            raise PanelGoneError(str(error)) from error

    def receive(self) -> Frame:
        """Waits for the next frame. Raises PanelGoneError, PanelSilentError."""
        while (frame := self.next_arrived()) is None:
            self.fill()
        return frame

    def next_arrived(self) -> Frame | None:
        """The next frame that is already here, or None."""
        if len(self._in) < 4:
            return None
        end = 4 + int.from_bytes(self._in[:4], "big")
        if end > 4 + FRAME_MAX:
            raise PanelGoneError(f"a frame of {end - 4} bytes: the panel's stream is out of step")
        if len(self._in) < end:
            return None
        body = bytes(self._in[4:end])
        del self._in[:end]
        frame: Frame = json.loads(body)
        return [bytes.fromhex(item[1:]) if type(item) is str and item[:1] == "\0" else item for item in frame]

    def fill(self) -> None:
        """Reads once from the socket, waiting if there is nothing. Raises PanelGoneError, PanelSilentError."""
        try:
            data = self._stream.recv(_CHUNK)
        except TimeoutError as error:
            raise PanelSilentError("the panel does not give back its turn") from error
        except OSError as error:
            raise PanelGoneError(str(error)) from error
        if not data:
            raise PanelGoneError("the panel has closed its stream")
        self._in += data


def _text(value: object) -> str:
    if isinstance(value, (bytes, bytearray)):
        return "\0" + value.hex()
    raise TypeError(f"no frame can hold a {type(value).__name__}")
