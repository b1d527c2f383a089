"""Starts the real firmware: one MicroPython process a panel, forked from a server that has it already loaded.

A start costs about a millisecond and a process about one megabyte. Requests to the server are JSON messages:
`{"start": argv, "environment": {...}, "folder": where it runs}` with three descriptors (the panel's stream, its log, a
status pipe) and `{"kill": pid}`. The server writes the process id and later the exit status into the status pipe, each
as a 32-bit little-endian integer.
"""

import contextlib
import json
import os
import select
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from hemlarm_installer.firmware_build import FirmwareBuild

SHADOW = Path(__file__).with_name("shadow")
"""What stands in for a board in a panel's process."""

_LOG_TAIL = 4000
_SERVER = Path(__file__).with_name("fork_server.py")


class LaunchError(Exception):
    """The fork server or a panel process could not be started."""


class PanelProcess:
    """One running firmware. `stream` is the world's end of its descriptor 3."""

    def __init__(self, server: "ForkServer", stream: socket.socket, status: int, log_path: Path) -> None:
        self.stream = stream
        self._server = server
        self._status = status
        self._log_path = log_path
        self._exit_status: int | None = None
        pid = self._read_status(timeout_s=10)
        if pid is None:
            raise LaunchError("the fork server did not start the panel within 10 s; is the machine out of memory?")
        self.pid: int = pid

    def wait(self, timeout_s: float | None = None) -> int | None:
        """Waits for the end: the exit status, minus the signal's number if killed, None if the time runs out."""
        if self._exit_status is None:
            self._exit_status = self._read_status(timeout_s)
        return self._exit_status

    def kill(self) -> int:
        """Ends the process as a power cut does (SIGKILL), and waits until it is gone. Returns the exit status."""
        if self._exit_status is None:
            self._server.request({"kill": self.pid})
        status = self.wait(timeout_s=10)
        if status is None:
            raise LaunchError(f"panel process {self.pid} did not end within 10 s after SIGKILL")
        return status

    def log(self) -> str:
        """The end of what the process printed, standard output and errors together."""
        return self._server.firmware.readable(self._log_path.read_text(errors="replace")[-_LOG_TAIL:])

    def close(self) -> None:
        """Kills it if it still runs, and frees what it held."""
        if self._status < 0:
            return
        self.kill()
        self.stream.close()
        os.close(self._status)
        self._status = -1
        self._log_path.unlink(missing_ok=True)
        self._server.forget(self)

    def _read_status(self, timeout_s: float | None) -> int | None:
        # poll, because select cannot watch descriptors above 1023 and a fleet has them.
        poller = select.poll()
        poller.register(self._status, select.POLLIN)
        if not poller.poll(None if timeout_s is None else timeout_s * 1000):
            return None
        data = os.read(self._status, 4)
        if len(data) < 4:
            raise LaunchError("the fork server ended unexpectedly, and its panels with it")
        value: int = struct.unpack("<i", data)[0]
        return value


class ForkServer:
    """Context manager around the server process. Panels still running at its end are killed."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._folder = tempfile.TemporaryDirectory(prefix="hemlarm-panels-")
        self.folder = Path(self._folder.name)
        """Where files of panels may lie; it goes with the server."""
        self.firmware = FirmwareBuild(self.folder, SHADOW)
        """What panels usually run."""
        self._started = 0
        self._running: list[PanelProcess] = []
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, str(_SERVER), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self.pid = self._process.pid
        ready = self._control.recv(1)
        if not ready:
            raise LaunchError(f"the fork server ended at once, with status {self._process.wait()}")
        self.fixed_addresses = ready != b"\0"
        """False where the system forbids to switch off address randomisation: runs may then differ in rare cases."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(
        self,
        script: Path,
        heap: str = "192k",
        search_path: Sequence[Path] = (),
        environment: Mapping[str, str] | None = None,
        arguments: Sequence[str] = (),
    ) -> PanelProcess:
        """Runs `script` on MicroPython with a heap of `heap` (as `192k`) and modules from `search_path`.

        Raises LaunchError if the script is missing or the server is gone.
        """
        if not script.is_file():
            raise LaunchError(f"{script}: no such script for the panel to run")
        self._started += 1
        log_path = Path(self._folder.name) / f"{self._started}.log"
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        status_ours, status_theirs = os.pipe()
        # Relative, as paths on a board are short: MicroPython keeps that of each module in the heap.
        roots = ":".join([*(os.path.relpath(root, self.folder) for root in search_path), ".frozen"])
        request = {
            "start": ["micropython", "-X", f"heapsize={heap}", str(script), *arguments],
            "environment": {**(environment or {}), "MICROPYPATH": roots},
            "folder": str(self.folder),
        }
        with theirs, log_path.open("wb") as log:
            try:
                self.request(request, [theirs.fileno(), log.fileno(), status_theirs])
            finally:
                os.close(status_theirs)
        process = PanelProcess(self, ours, status_ours, log_path)
        self._running.append(process)
        return process

    def request(self, message: Mapping[str, object], descriptors: Sequence[int] = ()) -> None:
        """Sends one request to the server. Raises LaunchError if it is gone."""
        try:
            socket.send_fds(self._control, [json.dumps(message).encode()], list(descriptors))
        except OSError as error:
            raise LaunchError(f"the fork server is gone: {error}") from error

    def forget(self, process: PanelProcess) -> None:
        """The process has ended and holds nothing any more."""
        self._running.remove(process)

    def close(self) -> None:
        """Ends all panels and the server."""
        for process in list(self._running):
            with contextlib.suppress(LaunchError):
                process.close()
        self._control.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()
