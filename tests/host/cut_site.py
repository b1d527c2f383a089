"""A panel whose power can go at any flash operation, and the cloud's end that hears of it: for the tests of power cuts.

The whole firmware runs here on CPython, without its tasks: inputs are fed to `App`, and frames are carried by hand
between the session's two ends. Chips are the tests' NOR flash; what a cut leaves of them is an `Image`.
"""

import gc
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from hemlarm_cloud.store.gaps import first_gaps
from hemlarm_firmware.app import App
from hemlarm_firmware.board import Board, Flash
from hemlarm_firmware.panel import codes, config
from hemlarm_firmware.settings import Settings
from hemlarm_protocol import cbor, keys, messages, sealing
from hemlarm_protocol.cloud_end import CloudEnd
from ingest_support import Bench
from nor_flash import NorFlash, WatchedFlash
from panel_house import CODE, SALT, plain_config

PANEL, ROOT_KEY = bytes(range(8)), bytes(range(32))
BEGAN_MS = 1_800_000_000_000
TEST = 1602
RESTARTED = 1305

Chips = dict[str, NorFlash]
Sealed = dict[tuple[bytes, int], bytes]

_boots = count()  # No two boots draw the same random bytes, those of one image neither.
_HASH = codes.hash_code(CODE, SALT)


def make_boots_quick(patch: Any) -> None:
    """Leave out what takes most of a boot on CPython and is of no account here. `patch` is pytest's monkeypatch."""
    patch.setattr(gc, "mem_free", lambda: 1 << 20, raising=False)
    patch.setattr(gc, "collect", lambda: 0)
    patch.setattr(config, "forget", lambda names: None)


def new_chips(journal_sectors: int = 5, program_size: int = 1) -> Chips:
    """The flash of a provisioned panel that was never started."""
    sizes = {"journal": journal_sectors, "state": 4, "config": 4}
    chips = {name: NorFlash(sectors, program_size) for name, sectors in sizes.items()}
    provisioned = {**plain_config(), "users": [{"number": 1, "hash": _HASH}]}
    Settings(chips["config"]).save(cbor.encode(provisioned))
    return chips


def copies(chips: Chips) -> Chips:
    """The chips after a power cycle."""
    return {name: chip.copy() for name, chip in chips.items()}


class CutBoard(Board):
    """Flash, a clock moved by hand, and a record of what was traced and shown."""

    def __init__(self, chips: Chips) -> None:
        self.chips = chips
        self.now_ms = 0
        self.journalled: list[tuple[int, int]] = []
        self.shown: dict[str, Any] = {}
        self._random = random.Random(next(_boots))

    def ticks_ms(self) -> int:
        return self.now_ms

    def random(self, n: int) -> bytes:
        return self._random.randbytes(n)

    def flash(self, name: str) -> Flash:
        return self.chips[name]

    def credentials(self) -> dict[str, object]:
        return {"panel": PANEL, "root_key": ROOT_KEY}

    def cameras(self) -> None:
        return None

    def slots(self) -> None:
        return None

    def modem(self) -> None:
        return None

    def show(self, output: str, value: Any) -> None:
        if output == "lamp":
            output, value = f"lamp {value[0]}", value[1]
        self.shown[output] = value

    def trace(self, what: str, *values: Any) -> None:
        if what == "event":
            self.journalled.append((values[0], values[1]))

    def vouch(self, task: int, by_ms: int | None) -> None:
        pass

    def nudge(self) -> None:
        pass

    def reset_cause(self) -> tuple[int, int]:
        return 0, 0

    def kept_time(self) -> None:
        return None

    def keep_time(self, unix_ms: int) -> None:
        pass


class Cloud:
    """What the cloud has stored, and its end of the session. `clones` are numbers that came with other bytes."""

    def __init__(self) -> None:
        self.events: dict[tuple[bytes, int], tuple[bytes, Any]] = {}
        self.salts: list[bytes] = []
        self.clones: list[tuple[bytes, int]] = []
        self.results: list[Any] = []
        self._start()

    def copy(self) -> "Cloud":
        """The same store, served by a process of its own."""
        other = Cloud()
        other.events, other.salts, other.clones = dict(self.events), list(self.salts), list(self.clones)
        other._start()
        return other

    def _start(self) -> None:
        self.end = CloudEnd(PANEL, ROOT_KEY, random.Random(7).randbytes)
        for salt in self.salts:
            self.end.learn(salt)

    def exchange(self, frames: list[bytes], now_ms: int) -> list[bytes]:
        """Take frames, store what they hold, and return the answers."""
        for frame in frames:
            for fact in self.end.received(frame, now_ms, BEGAN_MS + now_ms):
                self._note(fact)
        return self.end.to_send()

    def _note(self, fact: tuple[Any, ...]) -> None:
        if fact[0] == "salt":
            self.salts.append(fact[2])
        elif fact[0] == "event":
            _, kid, number, sealed, message = fact
            stored = self.events.setdefault((kid, number), (sealed, message))
            if stored[0] != sealed:
                self.clones.append((kid, number))
            self.end.acknowledge([(kid, number, sealing.short_tag(sealed))])
        elif fact[0] == "result":
            self.results.append(fact[1])
        elif fact[0] == "heartbeat" and fact[1].pending == 0:
            kid = self.end.learn(self.end.hello.salts[0])
            for first, last in self.gaps(kid, fact[1].next_number):
                self.end.ask_again(kid, first, last)

    def gaps(self, kid: bytes, below: int) -> list[tuple[int, int]]:
        """Numbers of an incarnation that are neither stored nor void."""
        numbers = sorted(number for key, number in self.events if key == kid)
        return first_gaps(1, below, numbers, sorted(self.voids(kid)), 100)[1]

    def voids(self, kid: bytes) -> list[tuple[int, int]]:
        """The ranges that were declared void."""
        ranges = [
            (key, message) for (key, _), (_, message) in self.events.items() if isinstance(message, messages.Void)
        ]
        return [(message.first, message.last) for key, message in ranges if key == kid]

    def counts(self) -> Counter[int]:
        """How many events of each code are stored."""
        stored = (message for _, message in self.events.values())
        return Counter(message.qcode for message in stored if isinstance(message, messages.Event))


class IngestCloud(Cloud):
    """The real ingest over a real store. A copy of it is a new process and a new store that heard the same."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench()
        self.bench.add_panel(PANEL.hex(), ROOT_KEY)
        self._heard: list[bytes] = []

    def copy(self) -> "IngestCloud":
        """What was heard is heard again, and so stored; of the old sessions nothing comes of it."""
        other = IngestCloud()
        other.exchange(self._heard, 0)
        return other

    def exchange(self, frames: list[bytes], now_ms: int) -> list[bytes]:
        """Let the ingest receive and commit."""
        self._heard = self._heard + frames
        for frame in frames:
            self.bench.core.receive(PANEL.hex(), frame, BEGAN_MS + now_ms)
        down = [frame for _, frame in self.bench.core.commit(BEGAN_MS + now_ms)]
        self.clones = [(b"", 0)] * self.bench.core.counts["clone"]
        with self.bench.store.read() as reading:
            rows = reading.events(PANEL.hex(), 0, 10_000)
            salts = [row.salt for row in reading.incarnations(PANEL.hex())]
        known = {key.kid: key for key in (keys.journal_key(ROOT_KEY, PANEL, salt) for salt in salts)}
        for row in rows:
            message = messages.decode(sealing.open_numbered(known[row.kid], row.sealed)[1], keys.JOURNAL, keys.UP)
            self.events[row.kid, row.number] = (row.sealed, message)
        return down


class Site:
    """A running panel and the cloud it talks to. `sealed` is all that was ever sealed, lost with a cut or not."""

    def __init__(self, chips: Chips, cloud: Cloud, sealed: Sealed, watch: "Watch | None" = None) -> None:
        self.cloud = cloud
        self.sealed = sealed
        self.resealed: list[tuple[bytes, int]] = []
        self.board = CutBoard(chips)
        self.app = App(self.board)
        self.recorder = self.app.recorder
        self._watch_seals()
        if watch:
            watch.site = self
        self.app.start()
        self.app.feed("start", [], [])

    def _watch_seals(self) -> None:
        append = self.recorder._keep

        def keep(item: bytes, urgency: int) -> int:
            key, number = self.recorder._key, self.recorder.next_number
            sealed = sealing.seal_numbered(key, number, item)
            if self.sealed.setdefault((key.kid, number), sealed) != sealed:
                self.resealed.append((key.kid, number))
            return append(item, urgency)

        self.recorder._keep = keep  # type: ignore[method-assign]

    @property
    def kid(self) -> bytes:
        return self.recorder._key.kid

    @property
    def journalled(self) -> list[tuple[bytes, int]]:
        """What append returned for, since this boot."""
        return [(self.kid, number) for number, _ in self.board.journalled]

    def state(self) -> tuple[int, int]:
        """What is armed, and the revision of the configuration."""
        return self.app.core.area_status(1), self.app.requests._configuration.revision

    def record(self, qcode: int = TEST) -> None:
        """An event of the panel's own."""
        self.app.performer.record(qcode)

    def connect(self) -> None:
        """Open a session, deliver what waits, and answer what the cloud asks."""
        self.app.end.disconnected()
        self.app.end.connected(self.board.now_ms)
        self.settle()

    def settle(self) -> None:
        """Carry frames until neither end has more to say."""
        self.app.end.poke(self.board.now_ms)
        for _ in range(400):
            up = self.app.end.to_send()
            down = self.cloud.exchange(up, self.board.now_ms)
            for frame in down:
                self.app.end.received(frame, self.board.now_ms)
            self.app.uplink._tell()
            if not up and not down:
                return
        raise AssertionError("the two ends never stop talking")

    def deliver_all(self) -> None:
        """Settle, and let heartbeats tell the cloud what it misses, until it misses nothing."""
        self.connect()
        for _ in range(6):
            if not self.cloud.gaps(self.kid, self.recorder.next_number):
                return
            self.passes(60_000)
        raise AssertionError(f"numbers stay away: {self.cloud.gaps(self.kid, self.recorder.next_number)}")

    def passes(self, ms: int) -> None:
        """Time goes by, in one step; what is due is done."""
        self.board.now_ms += ms
        self.app._confirm()
        while (deadline_ms := self.app.core.deadline_ms()) is not None and deadline_ms <= self.board.now_ms:
            self.app.perform(self.app.core.wake(self.board.now_ms))
        self.app.end.wake(self.board.now_ms)
        self.settle()

    def keys(self, digits: str, mode: str) -> None:
        """A code at the keypad, and the key behind it."""
        for key in (*digits, mode):
            self.app.feed("key", key)


@dataclass
class Image:
    """What a cut left of the flash, and what the world knew by then: `journalled` must not be lost any more."""

    chips: Chips
    cloud: Cloud
    sealed: Sealed
    journalled: list[tuple[bytes, int]]
    shown: dict[str, Any]

    def boot(self, watch: "Watch | None" = None) -> "Site":
        """A panel that starts on it, as if this had been the only way on."""
        chips = watch.chips if watch else copies(self.chips)
        return Site(chips, self.cloud.copy(), dict(self.sealed), watch)


class Watch:
    """Chips that show what a cut at each of their operations leaves: one image for each of `torn`, while `on`."""

    def __init__(self, chips: Chips, torn: tuple[int, ...], on: bool = True) -> None:
        self.images: list[Image] = []
        self.site: Site | None = None
        self.on = on
        self.chips: Chips = {name: WatchedFlash(chip, torn, self._watcher(name)) for name, chip in chips.items()}

    def _watcher(self, name: str) -> Callable[[NorFlash], None]:
        def cut(torn: NorFlash) -> None:
            if self.on:
                assert self.site is not None
                left = {other: torn if other == name else chip.copy() for other, chip in self.chips.items()}
                site = self.site
                journalled, shown = site.journalled, dict(site.board.shown)
                self.images.append(Image(left, site.cloud.copy(), dict(site.sealed), journalled, shown))

        return cut
