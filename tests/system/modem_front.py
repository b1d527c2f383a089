"""A simulated modem on a pseudo-terminal, served in a thread, and the programs that try themselves on it."""

import shutil
import subprocess
import threading
from pathlib import Path
from queue import Queue
from types import TracebackType
from typing import Self

import pytest

from hemlarm_simulator.modem.pty_front import PtyFront
from hemlarm_simulator.modem.sim_card import SimCard

NUMBER, OTHER = "+46700000001", "+46701111111"
LIMIT_S = 30


class ServedModem:
    """The modem, and a phone with the number OTHER that answers every message that it gets with "Tack".

    `got` has what that phone got: (sender, text).
    """

    def __init__(self, family: str) -> None:
        self.got: Queue[tuple[str, str]] = Queue()
        self._front = PtyFront(family, SimCard(NUMBER))
        self._front.centre.delay_ms, self._front.centre.jitter_ms = 300, 200
        self._phone = self._front.centre.subscriber(OTHER, self._deliver)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._front.run, args=(self._stop.is_set,), name="simulated modem")
        self.path = self._front.path

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._front.close()

    def _deliver(self, sender: str, octets: bytes) -> None:
        self.got.put((sender, octets.decode()))
        self._phone.send_text(sender, "Tack")


def gammu(path: str, folder: Path, *arguments: str) -> str:
    """Run gammu against a modem; skip the test if it is not installed, fail it if gammu fails."""
    program = shutil.which("gammu")
    if program is None:
        pytest.skip("Debian package gammu is missing")
    settings = folder / "gammurc"
    settings.write_text(f"[gammu]\ndevice = {path}\nconnection = at115200\n")
    run = subprocess.run(
        [program, "-c", settings, *arguments], capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout
