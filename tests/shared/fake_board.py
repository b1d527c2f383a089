"""A board for tests of the whole firmware without an event loop: flash in memory, outputs noted, time moved by hand."""

import sys

from hemlarm_firmware import condition, credentials
from hemlarm_firmware.board import Board
from hemlarm_firmware.settings import Settings
from hemlarm_protocol import cbor, keys, messages, sealing
from nor_flash import NorFlash
from panel_house import plain_config
from session_support import PANEL, ROOT_KEY, Chance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

if not hasattr(sys, "print_exception"):  # CPython has none.
    sys.print_exception = print  # type: ignore[attr-defined]


class Heap:
    """Stands in for the interpreter's `gc`: `free` bytes are left."""

    free = 100_000

    def collect(self) -> None:
        pass

    def mem_free(self) -> int:
        return self.free


HEAP = Heap()
condition.gc = HEAP  # type: ignore[assignment, attr-defined]

UNIX_MS = 1_800_000_000_000


class Reset(Exception):  # noqa: N818  Not an error, but the end of a boot.
    """The firmware has asked for a reset, or to be parked."""


class FakeBoard(Board):
    """Outlives the firmware that runs on it, as a board does."""

    def __init__(self) -> None:
        self.chips = {"journal": NorFlash(16), "state": NorFlash(4), "config": NorFlash(8), "keys": NorFlash(2)}
        Settings(self.chips["config"]).save(cbor.encode(plain_config()))
        self.random = Chance(7)  # type: ignore[method-assign, assignment]
        self.ticks = 0
        self.cause = (0, 0)
        self.kept_ms: int | None = None
        self.kept: list[int] = []
        self.shown: dict[str, Any] = {}
        self.traces: list[tuple[Any, ...]] = []
        self.ended = -1

    def ticks_ms(self) -> int:
        return self.ticks

    def flash(self, name: str) -> NorFlash:
        return self.chips[name]

    def credentials(self) -> "dict[str, object] | None":
        keys = self.chips["keys"]
        return credentials.load(keys) if credentials.held(keys) else {"panel": PANEL, "root_key": ROOT_KEY}

    def keep_credentials(self, kept: "dict[str, object] | None") -> None:
        credentials.keep(self.chips["keys"], kept)

    def slots(self) -> None:
        return None

    def modem(self) -> None:
        return None

    def cameras(self) -> "Any":
        return None

    def show(self, output: str, value: object) -> None:
        self.shown[output] = value

    def trace(self, what: str, *values: object) -> None:
        self.traces.append((what,) + values)

    def vouch(self, task: int, by_ms: "int | None") -> None:
        pass

    def nudge(self) -> None:
        pass

    def reset_cause(self) -> "tuple[int, int]":
        return self.cause

    def reset(self, cause: int = 1) -> "NoReturn":
        self.ended = cause
        raise Reset

    def park(self) -> "NoReturn":
        self.ended = 5
        raise Reset

    def kept_time(self) -> "int | None":
        return self.kept_ms

    def keep_time(self, unix_ms: int) -> None:
        self.kept_ms = unix_ms
        self.kept.append(unix_ms)


def recorded(app: "Any") -> "list[messages.Event]":
    """Take the events that wait for the cloud, and return them in the order of their numbers."""
    found = []
    record = app.recorder.take()
    while record is not None:
        key = keys.journal_key(ROOT_KEY, PANEL, app.memory.salts[0])
        number, padded = sealing.open_numbered(key, record.sealed)
        found.append((number, messages.decode(padded, keys.JOURNAL, keys.UP)))
        record = app.recorder.take()
    found.sort(key=lambda item: item[0])
    return [event for _, event in found if isinstance(event, messages.Event)]
