"""One panel of the world: its firmware's process, its flash chips, and the stream between them.

Both clocks use it. It carries out what the panel asks for; when it is the panel's turn is for the world to say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hemlarm_installer import firmware_build, firmware_code
from hemlarm_protocol import cbor
from hemlarm_simulator import board_files
from hemlarm_simulator.board_link import CRASH_STATUS, PARKED_STATUS, RESET_STATUS, BoardLink, Frame, PanelGoneError
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.clock import Clock
from hemlarm_simulator.flash_files import FlashFiles
from hemlarm_simulator.house import House
from hemlarm_simulator.launch import ForkServer, PanelProcess
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.nor_flash import NorFlash

HEAP = "384k"
"""What a panel's firmware has to live in, as MicroPython writes it: within it lie all code, data and free memory."""

VIRTUAL_HEAP = "512k"
"""In virtual time the stand-ins for clock, task queue and network lie there too, which on a board are no Python."""

CAMERA_HEAP = "512k"
"""What a board with cameras has at the least: one that holds a camera's picture in memory has PSRAM, where that is not
much. What takes pictures needs 15 KiB; with a modem, plugs and a lock besides a house does not fit into HEAP."""

SILENT_S = 20.0
"""Real time after which a panel in virtual time that does not give back its turn counts as hung."""

POWER, ASKED, WATCHDOG, CRASH, BROWN_OUT, PARKED = range(6)
"""Why a panel starts, as `Board.reset_cause` tells it."""

WATCHED_HEAP = "watched_heap"
"""A program in place of the firmware itself, see there."""

PICTURES_BYTES = 24 * 17 * 4096
"""The partition of a board with cameras, 24 of the largest pictures: 1.6 MiB of a chip of 4."""

_EXIT_S = 10.0
_CAUSES = {RESET_STATUS: ASKED, PARKED_STATUS: PARKED}
_FIRMWARE = "hemlarm_firmware.app"
_FROM_SLOTS = "from_slots"
_IN_THE_IMAGE = ("firmware", "protocol")
"""Roots of the search path that a panel which runs from slots has none of."""


class PanelCrashedError(Exception):
    """The firmware ended by itself; the text holds what it printed. `recovers`: it asked to be started again."""

    def __init__(self, text: str, recovers: bool = False) -> None:
        super().__init__(text)
        self.recovers = recovers


def blank_flash() -> dict[str, NorFlash]:
    """The partitions of a new board: a journal of 512 KiB (6,000 events), state, configuration and keys."""
    return {
        "journal": NorFlash(512 * 1024, program_size=1),
        "state": NorFlash(16 * 1024, program_size=1),
        "config": NorFlash(64 * 1024, program_size=1),
        "keys": NorFlash(8 * 1024, program_size=1),
    }


@dataclass
class PanelSetup:
    """What makes a panel this one. `config` goes into its flash before the first start unless that is None.

    `credentials` are its own until the firmware keeps others on the flash, which then go for them.
    Without `heap` it has HEAP, with cameras CAMERA_HEAP, or VIRTUAL_HEAP in virtual time.

    With `slots`, a signed image, it runs that, through the loader, from LittleFS on its flash chip "files", and takes
    updates from the cloud; `trust` are the public keys that the image is signed for (56 bytes each). The chip is made
    before the first start, unless `flash` has one already: so another panel can go on with its `panel.flash`. A world
    whose images may crash wants `survive_crashes`.
    """

    credentials: Mapping[str, Any]
    config: Mapping[int | str, Any] | None = None
    program: str = _FIRMWARE
    heap: str | None = None
    extra_path: tuple[Path, ...] = ()
    ticks_at_boot: int = 0
    flash: dict[str, NorFlash] = field(default_factory=blank_flash)
    slots: bytes | None = None
    trust: bytes = b""

    @property
    def runs_from_slots(self) -> bool:
        """Whether the loader decides what runs."""
        return self.slots is not None or "files" in self.flash


Handler = Callable[[Frame], None]


def _files_chip(image: bytes, trust: bytes) -> NorFlash:
    """The flash chip of a board on which the loader and this image were installed."""
    chip = NorFlash(board_files.FILES_BYTES, program_size=1)
    files = {"trust": trust, "board": board_files.BOARD.encode(), "a.img": image}
    chip.contents[:] = board_files.file_system(files | firmware_build.compiled_loader())
    return chip


class SimulatedPanel:
    """`house` is told of outputs and of what is sent on the radio; `handlers` may be given more kinds of frames."""

    def __init__(
        self,
        server: ForkServer,
        setup: PanelSetup,
        clock: Clock,
        ledger: Ledger,
        house: House,
        virtual: bool,
        seed: int = 0,
    ) -> None:
        self.id: str = setup.credentials["panel"].hex()
        self.flash = setup.flash
        if house.description.takes_pictures and "pictures" not in self.flash:
            self.flash["pictures"] = NorFlash(PICTURES_BYTES, program_size=1)
        if setup.slots is not None and "files" not in self.flash:
            self.flash["files"] = _files_chip(setup.slots, setup.trust)
        self.ledger = ledger
        self.link: BoardLink | None = None
        self.boots = 0
        self.booted_ms = 0
        self.cause = (POWER, 0)
        """What the next start will be told: why, and the number of the task that hung."""
        self.parked = False
        """Whether it rests until mains is back."""
        self.kept_ahead_ms: int | None = None
        """How far its kept clock is ahead of the world's; None while that clock knows nothing."""
        self._server = server
        self._setup = setup
        self._clock = clock
        self._house = house
        self._virtual = virtual
        self._seed = seed
        self._process: PanelProcess | None = None
        self._chips = FlashFiles(setup.flash)
        self.handlers: dict[str, Handler] = {
            "show": self._show,
            "transmit": self._transmit,
            "trace": self._trace,
            "finish": self._finish,
            "program": self._program,
            "erase": self._erase,
            "keep-time": self._keep_time,
        }
        if setup.config is not None:
            self._write_config(setup.config)

    @property
    def on(self) -> bool:
        """Whether it has power."""
        return self.link is not None

    def power_on(self) -> None:
        """Starts the firmware on the flash as it is. Raises LaunchError, PanelGoneError."""
        assert not self.on
        self.boots += 1
        self.parked = False
        self.booted_ms = self._clock.now_ms
        self.ledger.enter(self._clock.now_ms, "boot", self.id, self.boots)
        self._process = self._server.start(
            self._server.firmware.script(),
            heap=self._setup.heap or self._usual_heap(),
            search_path=[*self._setup.extra_path, *self._roots()],
            arguments=["virtual"] if self._virtual else [],
        )
        credentials = self._credentials()
        self._chips.open(self._server.folder)
        self.link = BoardLink(self._process.stream, SILENT_S if self._virtual else None)
        self.link.send(["start", {"credentials": credentials, **self._start_values()}])
        self.cause = (POWER, 0)

    def power_cut(self, cause: int = POWER) -> None:
        """Takes its power away in the middle of whatever it does: the kept clock stops. `cause`: POWER or BROWN_OUT."""
        if self._process is not None:
            self.ledger.enter(self._clock.now_ms, "power cut", self.id)
        self._stop((cause, 0))
        self.parked = False
        self.kept_ahead_ms = None

    def bite(self, task: int) -> None:
        """Its watchdog resets it in the middle of whatever it does, because of that task."""
        self.ledger.enter(self._clock.now_ms, "watchdog", self.id, task)
        self._stop((WATCHDOG, task))

    def reset(self) -> None:
        """Somebody presses its reset button."""
        self.ledger.enter(self._clock.now_ms, "reset", self.id)
        self._stop((ASKED, 0))

    def handle(self, frame: Frame) -> None:
        """Carries out what the panel asks for. Raises PowerCut through a flash's hook, PanelGoneError."""
        handler = self.handlers.get(frame[0])
        if handler is None:
            raise PanelGoneError(f"panel {self.id} sent an unknown kind of frame: {frame[0]!r}")
        handler(frame)

    def ended(self) -> None:
        """The stream closed: after a reset, or parked, it is ready to be started again. Raises PanelCrashedError."""
        assert self._process is not None
        process = self._process
        status = process.wait(_EXIT_S)
        log = process.log()
        self.parked = status == PARKED_STATUS
        self._stop((_CAUSES.get(status or 0, CRASH), 0))
        if status not in (RESET_STATUS, PARKED_STATUS):
            complaint = f"the firmware of panel {self.id} ended with status {status}:\n{log}"
            raise PanelCrashedError(complaint, recovers=status == CRASH_STATUS)

    def log(self) -> str:
        """What the running firmware has printed."""
        return self._process.log() if self._process is not None else ""

    def _stop(self, cause: tuple[int, int]) -> None:
        if self._process is not None:
            self._process.close()
        self.link = self._process = None
        self._chips.close()
        self.cause = cause

    def _usual_heap(self) -> str:
        if self._virtual:
            return VIRTUAL_HEAP
        return CAMERA_HEAP if self._house.description.takes_pictures else HEAP

    def _credentials(self) -> dict[str, Any] | None:
        """Whatever was kept on the flash, None included; what it was set up with if nothing ever was."""
        keeping = firmware_code.load("hemlarm_firmware.credentials")
        chip = self.flash.get("keys")
        kept: dict[str, Any] | None = dict(self._setup.credentials)
        if chip is not None and keeping.held(chip):
            kept = keeping.load(chip)
        return kept

    def _roots(self) -> list[Path]:
        roots = self._server.firmware.search_path(self._virtual)
        return [root for root in roots if not (self._setup.runs_from_slots and root.name in _IN_THE_IMAGE)]

    def _start_values(self) -> dict[str, Any]:
        return {
            "program": _FROM_SLOTS if self._setup.runs_from_slots else self._setup.program,
            "flash": {
                name: [f.size, f.sector_size, f.program_size, self._chips.name(name)] for name, f in self.flash.items()
            },
            "folder": str(self._server.folder),
            "seed": Chance(self._seed, f"{self.id}/boot {self.boots}")(32),
            "ticks": self._setup.ticks_at_boot,
            "unix_ms": self._clock.unix_ms,
            "cause": list(self.cause),
            "modem": self._house.description.modem is not None,
            "cameras": self._house.description.takes_pictures,
            "kept_unix_ms": None if self.kept_ahead_ms is None else self._clock.unix_ms + self.kept_ahead_ms,
        }

    def _write_config(self, config: Mapping[int | str, Any]) -> None:
        settings = firmware_code.load("hemlarm_firmware.settings")
        settings.Settings(self.flash["config"]).save(cbor.encode(config))

    def _show(self, frame: Frame) -> None:
        self.ledger.enter(self._clock.now_ms, *frame)
        self._house.show(frame[1], frame[2])

    def _transmit(self, frame: Frame) -> None:
        self.ledger.enter(self._clock.now_ms, *frame)
        self._house.radio_heard(frame[1])

    def _trace(self, frame: Frame) -> None:
        self.ledger.trace(self._clock.now_ms, frame)

    def _finish(self, _frame: Frame) -> None:
        assert self.link is not None
        self.link.send(["finished"])

    def _keep_time(self, frame: Frame) -> None:
        self.ledger.enter(self._clock.now_ms, *frame)
        self.kept_ahead_ms = frame[1] - self._clock.unix_ms

    def _program(self, frame: Frame) -> None:
        self.ledger.enter(self._clock.now_ms, *frame)
        self.flash[frame[1]].program(frame[2], frame[3])
        self._chips.update(frame[1], frame[2], len(frame[3]))

    def _erase(self, frame: Frame) -> None:
        self.ledger.enter(self._clock.now_ms, *frame)
        self.flash[frame[1]].erase(frame[2])
        self._chips.update(frame[1], frame[2], self.flash[frame[1]].sector_size)
