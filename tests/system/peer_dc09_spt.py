"""Drives the `dc09-spt` dialler, a transmitter that nobody here wrote, in a process that has its packages.

    python peer_dc09_spt.py '{"port": 1, "type": "tcp", "account": "1234", "key": "", "messages": [...], "polls": 1}'

A message is [kind, fields]. Prints as JSON whether every poll and message was acknowledged.
"""

import json
import os
import sys
import time
from importlib import import_module
from typing import Any

_PATIENCE_S = 8.0


class TakesTexts:
    """The cipher as the dialler knows it, from a version of its library that took texts for bytes."""

    MODE_CBC = 2

    def __init__(self, library: Any) -> None:
        """Stand in for `library`, the module of the cipher."""
        self._library = library

    def new(self, key: bytes, mode: int, iv: str) -> "TakesTexts":
        """Begin with a key."""
        begun = TakesTexts(self._library)
        begun._cipher = self._library.new(key, mode, iv.encode("latin-1"))
        return begun

    def encrypt(self, text: str) -> bytes:
        """Encrypt a text."""
        encrypted: bytes = self._cipher.encrypt(text.encode("latin-1"))
        return encrypted

    def decrypt(self, data: bytes) -> bytes:
        """Decrypt bytes."""
        decrypted: bytes = self._cipher.decrypt(data)
        return decrypted

    _cipher: Any = None


def main() -> None:
    """Poll, send, and wait until everything is acknowledged."""
    wanted = json.loads(sys.argv[1])
    framing = import_module("dc09_spt.msg.dc09_msg")
    framing.AES = TakesTexts(framing.AES)  # type: ignore[attr-defined]
    dialler = import_module("dc09_spt.dc09_spt").dc09_spt(wanted["account"])
    key = bytes.fromhex(wanted.get("key", "")) or None
    dialler.set_path("main", "primary", "127.0.0.1", wanted["port"], key=key, type=wanted.get("type", "tcp"))
    path = dialler.tpaths["main"]["primary"]["path"]
    path.set_offset(wanted.get("offset", 0))
    polled = [dialler.transfer_msg(0, "NULL", "]", path) for _ in range(wanted.get("polls", 0))]
    for kind, fields in wanted.get("messages", ()):
        dialler.send_msg(kind, fields)
    ends_s = time.monotonic() + _PATIENCE_S
    while dialler.send and dialler.send.is_alive() and time.monotonic() < ends_s:
        time.sleep(0.02)
    is_busy = bool(dialler.send and dialler.send.is_alive())
    print(json.dumps({"polled": polled, "left": dialler.notSent() + is_busy}), flush=True)  # noqa: T201
    os._exit(0)  # Its threads try again for ever.


if __name__ == "__main__":
    main()
