"""Mosquitto's clients that call themselves by another's name, found in its log.

Mosquitto can tie a client id to a certificate only where each has one; a panel needs two, for its two paths. So
whoever has a panel's certificate could connect under another panel's id, by which Mosquitto ends that panel's
connection. It tells of each connection who came under which id, and one who comes under a wrong one is shut out: the
victim comes back within seconds, which ends the impostor's connection, and the impostor cannot return. What anybody may
say and hear hangs on the certificate all the same.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

LOG_MAX = 10_000_000
"""Bytes of log, which has three lines for each connection, before it begins anew."""

_CONNECTED = re.compile(r"New client connected from \S+ as (?P<id>.*) \(p\d+, c\d+, k\d+, u'(?P<name>[^']*)'\)\.$")


def impostors(lines: Iterable[str], own_ids: Callable[[str], Iterable[str]]) -> set[str]:
    """Return the certificates' names that connected under a client id which is none of `own_ids(name)`."""
    found = (_CONNECTED.search(line) for line in lines)
    return {match["name"] for match in found if match and match["id"] not in own_ids(match["name"])}


class LogTail:
    """What a program appends to its log from now on, look by look. The program must always write at the log's end."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._read = log.stat().st_size if log.exists() else 0

    def lines(self) -> list[str]:
        """Return the whole lines that are new; a log that has become long is emptied."""
        if not self._log.exists():
            return []
        size = self._log.stat().st_size
        with self._log.open("rb") as file:
            file.seek(self._read if self._read <= size else 0)
            data = file.read()
            self._read = file.tell()
        whole, _, rest = data.rpartition(b"\n")
        self._read -= len(rest)
        if self._read > LOG_MAX and not rest:
            with self._log.open("r+b") as file:
                file.truncate()
            self._read = 0
        return whole.decode(errors="replace").splitlines()
