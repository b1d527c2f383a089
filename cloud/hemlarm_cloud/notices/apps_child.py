"""A process that sends one message by apprise and ends: an order on standard input, what came of it on standard output.

From its first look at the address on it may connect to public addresses and read the program's own files; everything
else that Python can be asked to do outside itself is refused (PEP 578).
"""

import json
import logging
import os
import re
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hemlarm_cloud.notices.outward import is_public

CPU_S = 10
MEMORY_BYTES = 1 << 30
MESSAGE_MAX = 64 * 1024

_STATUS = re.compile(r"error=(\d{3})\b")
_FORBIDDEN = ("subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "socket.bind", "ctypes.")
_CHANGING = (
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.chmod",
    "os.chown",
    "shutil.",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_READABLE = ("/etc/ssl", "/etc/resolv.conf", "/etc/hosts", "/etc/mime.types", "/usr/share/zoneinfo", "/usr/lib/ssl")


class Cage:
    """What the process may do; `refused` tells whether it tried to connect where it may not."""

    def __init__(self, inward: bool, readable: tuple[str, ...]) -> None:
        self.refused = False
        self._inward = inward
        self._readable = readable

    def watch(self, event: str, args: tuple[Any, ...]) -> None:
        """Refuse an event of the interpreter's that is not allowed. Raises PermissionError."""
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            self._connect(args[1])
        elif event == "open":
            self._open(args[0], args[2])
        elif event.startswith((*_FORBIDDEN, *_CHANGING)):
            raise PermissionError(f"{event} is not for this process")

    def _connect(self, address: Any) -> None:
        if isinstance(address, tuple) and (self._inward or is_public(str(address[0]))):
            return
        self.refused = True
        raise PermissionError("not an address that this process may reach")

    def _open(self, path: Any, flags: Any) -> None:
        # What is open already has a number and no name.
        if isinstance(path, int):
            return
        name = os.path.realpath(os.fsdecode(path))
        readable = any(name == each or name.startswith(each + "/") for each in self._readable)
        if not readable or int(flags or 0) & _WRITING:
            raise PermissionError("not a file of this process")


class _Listening(logging.Handler):
    """Finds out which status a service answered, which apprise only logs."""

    def __init__(self) -> None:
        super().__init__()
        self.status: int | None = None

    def emit(self, record: logging.LogRecord) -> None:
        found = _STATUS.search(record.getMessage())
        if found:
            self.status = int(found[1])


def main() -> None:
    """Do as ordered."""
    for what, most in ((resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(what, (most, most))
    order = json.loads(sys.stdin.buffer.read(MESSAGE_MAX))
    sys.stdout.write(json.dumps(send(order, sys.addaudithook)))


def send(order: dict[str, Any], guard: Callable[[Any], None]) -> dict[str, Any]:
    """Send what is ordered: {"address", "title", "body", "inward"}; returns {"sent", "status", "refused"}."""
    from apprise import Apprise, AppriseAsset

    cage, listening = Cage(bool(order["inward"]), own_files()), _Listening()
    logger = logging.getLogger("apprise")
    logger.handlers, logger.propagate = [listening], False
    logger.setLevel(logging.DEBUG)
    guard(cage.watch)
    asset = AppriseAsset(app_id="Hemlarm", app_desc="Hemlarm", app_url="", allow_templates=False)
    asset.async_mode, asset.http_redirects = False, False
    asset.pem_autogen = asset.pgp_autogen = False
    service = Apprise.instantiate(order["address"], asset=asset, suppress_exceptions=True)
    sent = bool(service) and bool(service.notify(body=order["body"], title=order["title"]))  # type: ignore[union-attr]
    return {"sent": sent, "status": listening.status, "refused": cage.refused}


def own_files() -> tuple[str, ...]:
    """Return the folders whose files this process may read: Python's, its packages', and what it connects by."""
    found = {sys.prefix, sys.base_prefix, *(path for path in sys.path if path), str(Path(os.__file__).parent)}
    return (*sorted(os.path.realpath(path) for path in found), *_READABLE)


if __name__ == "__main__":
    main()
