"""What the firmware asks of a board: the only seam to hardware, clock, randomness and network.

A real board, the simulator's virtual board and the boards of tests implement these classes. They hold no logic, so
that "is this the simulator?" never needs to be asked above them. Whatever fails in hardware fails as an OSError.

Every method raises NotImplementedError on purpose: nothing here is meant to work by itself, and a board that was ported
half-way says at once, by name, what it lacks. MicroPython has no abstract base classes that could say it earlier.
"""

TICKS_PERIOD = 1 << 30
"""Milliseconds after which `Board.ticks_ms` starts again at 0: what stock MicroPython does on every port."""

WATCHDOG_MS = 30_000
"""How long the event loop may stand before the board resets itself; a TLS handshake on the slowest board takes 10 s."""

POWER, ASKED, WATCHDOG, CRASH, BROWN_OUT, PARKED = range(6)
"""Why the firmware starts, as `Board.reset_cause` tells it; sent and stored."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from hemlarm_boot.loader import Started
    from hemlarm_firmware.modem.socket import ModemSocket


class Flash:
    """One partition of NOR flash: programming only clears bits, erasing sets a whole sector to 0xFF.

    Offsets and sizes are bytes from the partition's start. A chip that fails raises OSError from any method; what
    it left behind in the area it worked on is then unknown.
    """

    size = 0
    """Bytes in the partition, a multiple of `sector_size`."""

    sector_size = 4096
    """Bytes that one erase clears."""

    program_size = 1
    """Offsets and lengths of `program` are multiples of this: 1 on most chips, 256 on a Pico."""

    def read_into(self, offset: int, buffer: "bytearray | memoryview") -> None:
        """Fill `buffer` with the bytes at `offset`."""
        raise NotImplementedError("this board lacks read_into")

    def program(self, offset: int, data: "bytes | bytearray | memoryview") -> None:
        """Clear the bits at `offset` that are 0 in `data`, as one operation that stays within one page of 256 bytes."""
        raise NotImplementedError("this board lacks program")

    def erase(self, offset: int) -> None:
        """Set the sector that starts at `offset` to 0xFF."""
        raise NotImplementedError("this board lacks erase")


class Stream:
    """One connection to the broker, encrypted and verified below this seam.

    At most one task reads and one writes at a time. A cancelled `read` takes no bytes with it. After a cancelled or
    failed `write` the stream is good for nothing but `close`.
    """

    async def read(self, n: int) -> bytes:
        """Return 1 to `n` bytes as soon as there are any, b"" at the end. Raises OSError."""
        raise NotImplementedError("this board lacks read")

    def write_now(self, data: "bytes | memoryview") -> int:
        """Return how many bytes of `data` the network took without waiting. Raises OSError.

        What it did not take must be what is written next, unchanged.
        """
        raise NotImplementedError("this board lacks write_now")

    async def write(self, data: "bytes | bytearray | memoryview") -> None:
        """Return when all of `data` is with the network. Raises OSError."""
        raise NotImplementedError("this board lacks write")

    def close(self) -> None:
        """Let go of the connection at once; a second call does nothing. Cancel the tasks that wait in it first."""
        raise NotImplementedError("this board lacks close")


class Modem:
    """The serial line of a cellular modem, with its power key and its supply."""

    def write(self, data: bytes) -> None:
        """Send `data`, without waiting. Raises OSError where more than 2,048 bytes would wait to be sent."""
        raise NotImplementedError("this board lacks write")

    async def read(self) -> bytes:
        """Return 1 to 256 bytes as soon as there are any. A cancelled read takes no bytes with it."""
        raise NotImplementedError("this board lacks read")

    def power_key(self, pressed: bool) -> None:
        """Press the modem's power key, or let it go."""
        raise NotImplementedError("this board lacks power_key")

    def supply(self, on: bool) -> None:
        """Give the modem its power, or cut it."""
        raise NotImplementedError("this board lacks supply")


class Cameras:
    """The cameras of a board. It holds one picture at a time: the last one taken."""

    async def take(self, zone: int, flash: bool) -> int:
        """Take a picture with the camera on this zone, which flashes if it may and it is dark.

        Returns the bytes of the JPEG, at most 65,535. Raises OSError.
        """
        raise NotImplementedError("this board lacks take")

    async def read(self, offset: int, n: int) -> bytes:
        """Return `n` bytes of that JPEG from `offset` on, fewer at its end. Raises OSError."""
        raise NotImplementedError("this board lacks read")


class Board:
    """Time, chance, storage, inputs, outputs and the network of one panel."""

    def ticks_ms(self) -> int:
        """Return milliseconds that only grow, modulo `TICKS_PERIOD`."""
        raise NotImplementedError("this board lacks ticks_ms")

    def random(self, n: int) -> bytes:
        """Return `n` random bytes that are fit for keys."""
        raise NotImplementedError("this board lacks random")

    def flash(self, name: str) -> Flash:
        """Return the partition called "journal", "state" or "config", and "pictures" where there are cameras."""
        raise NotImplementedError("this board lacks flash")

    def credentials(self) -> "dict[str, object] | None":
        """Return who this panel is and whom it trusts, or None for one that was never provisioned, or reset since.

        `panel` (8 bytes), `root_key` (32), `host` (str), `port` (int), `certificate`, `key`, `authority` (DER bytes).
        """
        raise NotImplementedError("this board lacks credentials")

    def keep_credentials(self, credentials: "dict[str, object] | None") -> None:
        """Replace what `credentials` returns; None erases all that was ever kept. Raises OSError.

        Whenever power goes, either the former or the new ones are there.
        """
        raise NotImplementedError("this board lacks keep_credentials")

    def slots(self) -> "Started | None":
        """Return what started the firmware from its slots, or None where it runs from somewhere else: then it has no
        updates, and nothing of `updating.py` is loaded.
        """
        raise NotImplementedError("this board lacks slots")

    async def next_input(self) -> "tuple[object, ...]":
        """Wait for the next debounced input: a tuple whose first item names its kind (see `panel/inputs.py`)."""
        raise NotImplementedError("this board lacks next_input")

    def nudge(self) -> None:
        """Let `next_input` return ("nudge",), behind the inputs that wait already: so it shows that it still does."""
        raise NotImplementedError("this board lacks nudge")

    def show(self, output: str, value: object) -> None:
        """Set an output; `docs/architecture.md` lists them with their values."""
        raise NotImplementedError("this board lacks show")

    def transmit(self, frame: bytes) -> None:
        """Send one frame on the sensors' radio, at once. A radio that fails is silent: the sensors will ask again."""
        raise NotImplementedError("this board lacks transmit")

    async def connect(self) -> Stream:
        """Return a new connection to the broker. Raises OSError, whatever it was that failed.

        It is verified and encrypted, at the latest, by its first write, which fails if it cannot be. So write first.
        """
        raise NotImplementedError("this board lacks connect")

    def modem(self) -> "Modem | None":
        """Return the modem, or None where the board has none; then nothing of `modem/` is loaded."""
        raise NotImplementedError("this board lacks modem")

    def cameras(self) -> "Cameras | None":
        """Return the cameras, or None where the board has none; then nothing of `pictures.py` is loaded."""
        raise NotImplementedError("this board lacks cameras")

    def secure(self, line: "ModemSocket") -> Stream:
        """Return a connection to the broker over a byte line that is open: encrypted and verified as by `connect`."""
        raise NotImplementedError("this board lacks secure")

    def trace(self, what: str, *values: object) -> None:
        """Tell a measurement to whoever watches; a real board does nothing."""
        raise NotImplementedError("this board lacks trace")

    def vouch(self, task: int, by_ms: "int | None") -> None:
        """Wind up the watchdog: unless this is called again before the uptime `by_ms`, the board resets the panel.

        With None nothing is promised, until the next call. The watchdog runs apart from the event loop, and remembers
        `task` over the reset. Whatever was promised, it resets a panel whose event loop stands for WATCHDOG_MS.
        """
        raise NotImplementedError("this board lacks vouch")

    def reset_cause(self) -> "tuple[int, int]":
        """Return why the firmware starts, POWER to PARKED above, and after WATCHDOG the task that broke its promise.

        That is 0 where the event loop stood, and after all other causes.
        """
        raise NotImplementedError("this board lacks reset_cause")

    def reset(self, cause: int = ASKED) -> "NoReturn":
        """Restart the panel, because of ASKED or CRASH. Does not return."""
        raise NotImplementedError("this board lacks reset")

    def park(self) -> "NoReturn":
        """Go to sleep, to save what is left of the battery, and restart when mains is there. Does not return."""
        raise NotImplementedError("this board lacks park")

    def kept_time(self) -> "int | None":
        """Return ms since 1970 as told by a clock that runs on over resets, or None where that knows nothing.

        After a loss of all power, or with a dead cell, it may say anything: the firmware judges.
        """
        raise NotImplementedError("this board lacks kept_time")

    def keep_time(self, unix_ms: int) -> None:
        """Set that clock; a board without one does nothing."""
        raise NotImplementedError("this board lacks keep_time")
