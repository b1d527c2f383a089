"""The whole modem driver, with a socket and SMS over it, against a modem that answers well and says anything besides.

An event loop with a clock of its own jumps over all waiting. The input says what the modem adds to its answers, or
says instead of them; where the input has come to its end it is a good modem.
"""

import asyncio
import selectors
from typing import Any

from tools.fuzz_targets import Target, held_bytes

from hemlarm_firmware.clock import Clock
from hemlarm_firmware.modem import driver, stream

HELD_MAX = 60_000
"""What channel and sockets may hold on CPython: 16 lines and 16 answers of 1,500 bytes, and what waits to be sent."""
LASTS_S = 400
"""Long enough for a modem that does not answer to be restarted once."""

_BEFORE, _BEHIND, _INSTEAD = 0x80, 0x40, 0x20
_LENGTH = 0x1F
_WRITTEN_MAX = 2_048
_STEPS_MAX = 20_000

_ANSWERS = {
    b"ATI": b"Quectel\r\nEG915U\r\nRevision: EG915UEUABR03A01M08\r\n",
    b"AT+CPIN?": b"+CPIN: READY\r\n",
    b"AT+CEREG?": b"+CEREG: 1,1\r\n",
    b"AT+COPS?": b'+COPS: 0,0,"Hemtel",7\r\n',
    b"AT+CGATT?": b"+CGATT: 1\r\n",
    b"AT+QIACT?": b'+QIACT: 1,1,1,"10.0.0.2"\r\n',
    b"AT+CSQ": b"+CSQ: 20,99\r\n",
    b"AT+CMGS": b"> ",
    b"AT+QISEND": b"> ",
}


class NothingHappensError(Exception):
    """All tasks wait for something that will not come."""


class Jumping(selectors.SelectSelector):
    """Waits for nothing: it moves the clock on instead."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.steps = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        """Nothing is ever ready but by time."""
        self.steps += 1
        if timeout is None or self.steps > _STEPS_MAX:
            raise NothingHappensError("a busy loop" if timeout is not None else "a loop without a timer")
        self.now_s += max(timeout, 0)
        return []


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is the selector's."""

    def __init__(self) -> None:
        self.jumping = Jumping()
        super().__init__(self.jumping)

    def time(self) -> float:
        """Seconds since it began."""
        return self.jumping.now_s


class FuzzedModem:
    """The board's end of the serial line, and the modem behind it."""

    def __init__(self, script: bytes) -> None:
        self._script = script
        self._said: list[bytes] = []
        self._there = asyncio.Event()
        self._wanted = 0

    def write(self, data: bytes) -> None:
        """Takes a command, or data behind a prompt."""
        assert isinstance(data, bytes)
        assert len(data) <= _WRITTEN_MAX, f"{len(data)} bytes at a time for the modem"
        control = self._script[0] if self._script else 0
        self._script = self._script[1:]
        extra, self._script = self._script[: control & _LENGTH], self._script[control & _LENGTH :]
        if control & _BEFORE:
            self._say(extra)
        if not control & _INSTEAD:
            self._say(_answer(data))
        if control & (_BEHIND | _INSTEAD):
            self._say(extra)

    async def read(self) -> bytes:
        """What the modem said, at most 256 bytes."""
        while not self._said:
            self._there.clear()
            await self._there.wait()
        said = self._said.pop(0)
        if len(said) > 256:
            self._said.insert(0, said[256:])
        return said[:256]

    def power_key(self, pressed: bool) -> None:
        """It is on already."""

    def supply(self, on: bool) -> None:
        """And stays so."""

    def _say(self, data: bytes) -> None:
        if data:
            self._said.append(data)
            self._there.set()


def _answer(data: bytes) -> bytes:
    """What a good modem says to a command, or to the data behind its prompt."""
    if not data.startswith(b"AT"):
        return b"\r\n+CMGS: 7\r\n\r\nOK\r\n" if data.endswith(b"\x1a") else b"\r\nSEND OK\r\n"
    name = data.rstrip(b"\r").split(b"=")[0]
    if name in (b"AT+CMGS", b"AT+QISEND"):
        return b"\r\n> "
    if name == b"AT+QIRD":
        return b"\r\n+QIRD: 4\r\nabcd\r\n\r\nOK\r\n"
    if name == b"AT+QIOPEN":
        number = data.split(b",")[1]
        return b"\r\nOK\r\n\r\n+QIOPEN: " + number + b',0\r\n+QIURC: "recv",' + number + b"\r\n"
    return b"\r\n" + _ANSWERS.get(name, b"") + b"\r\nOK\r\n"


async def _live(script: bytes) -> None:
    loop = asyncio.get_running_loop()
    modem: Any = FuzzedModem(script)
    clock = Clock(lambda: round(1000 * loop.time()))
    made = driver.Driver(modem, {"apn": "", "pin": "1234"}, clock, bytes, _told)
    tasks = [asyncio.create_task(made.run()), asyncio.create_task(_use(made))]
    try:
        done, _ = await asyncio.wait(tasks, timeout=LASTS_S, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
        assert tasks[0] not in done, "the driver has ended"
        held = held_bytes(made.at._lines) + held_bytes(made.at._answer) + held_bytes(made._sockets, depth=3)
        assert held <= HELD_MAX, f"the driver holds {held} bytes"
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _use(made: "driver.Driver") -> None:
    """Connects, says something, hears something, and texts; what fails is tried again, as the uplink does."""
    for _ in range(6):
        await asyncio.sleep(20)
        made.status()
        try:
            line = await made.connect("broker", 8883)
            try:
                talk = stream.ModemStream(line)
                await talk.write(b"hello")
                async with asyncio.timeout(10):
                    heard = await talk.read(64)
                assert isinstance(heard, bytes)
                assert len(heard) <= 64
            finally:
                line.close()
            reference = await made.send_sms("+46701740605", bytes(136))
            assert isinstance(reference, int)
        except OSError:
            pass


def _told(kind: str, *values: Any) -> None:
    assert kind in ("data", "texting", "jammed", "restarted", "sms", "sms-report"), f"the driver tells of {kind}"
    if kind == "sms":
        assert isinstance(values[0], bytes)
        assert len(values[0]) <= 140


def check_driver(data: bytes) -> None:
    """What goes wrong in any task of the driver is a find; `OSError` from its methods is what they promise."""
    loop = JumpingLoop()
    found: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _loop, context: found.append(context))
    try:
        loop.run_until_complete(_live(data))
    finally:
        loop.close()
    for context in found:
        raise AssertionError(context["message"]) from context.get("exception")


_WORDS = (
    *(b"\r\nOK\r\n", b"ERROR\r\n", b"RDY\r\n", b"> ", b'+QIURC: "recv",0\r\n', b'+QIURC: "closed",1\r\n'),
    *(b"+QIRD: 0\r\n", b"+QIRD: 5\r\n", b"+QIOPEN: 1,565\r\n", b"+CMGS: x\r\n", b"+CPIN: SIM PIN\r\n"),
    *(b"+CEREG: 2\r\n", b"+CMTI: 1,2\r\n", b"+CMT: ,30\r\n", b"+CDS: 25\r\n", b"+QJDR: JAMMED\r\n"),
    *(b"+CME ERROR: 10\r\n", b"+CMS ERROR: 38\r\n", b"SEND FAIL\r\n", b"\xe0", b"\x8c", b"\xac"),
)

TARGETS = (
    Target(
        name="driver",
        modules=("hemlarm_firmware.modem.driver", "hemlarm_firmware.modem.socket", "hemlarm_firmware.modem.sms"),
        check=check_driver,
        words=_WORDS,
        seeds=(
            b"\x00",
            bytes(22) + b"\x8a+QIRD: 0\r\n",  # A header too many before the data.
            bytes(12) + b"\x8b+CEREG: 2\r\n" + bytes(4) + b"\xa5RDY\r\n",
            bytes(15) + b"\x92+CME ERROR: 10\r\n\r\n" + bytes(9) + b'\x93+QIURC: "closed",1\r',
        ),
        length_max=400,
    ),
)
