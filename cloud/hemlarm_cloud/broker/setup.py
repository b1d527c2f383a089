"""What every broker promises, what it is started with, and what a client needs to log in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from hemlarm_cloud.authority import Authority, Credentials, write_private

MESSAGE_SIZE_MAX = 65536
"""Largest message that a broker passes on. A sealed event has 64 bytes; the rest is room for lists and pictures."""

START_TIMEOUT_S = 20.0
"""Longest wait for a broker. Both take 0.1 s on an idle machine; a busy one with a slow disk may need much longer."""


def wall_clock() -> datetime:
    """Return the time now."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class BrokerSetup:
    """What a broker is started with.

    `allowed` tells whether a panel (its id) may be connected, and is asked from other threads. `port` 0 means a free
    one, kept over restarts. `names` are the host names and addresses that the broker's certificate is for. Revoked
    panels are looked for every `check_period_s`.
    """

    folder: Path
    authority: Authority
    allowed: Callable[[str], bool]
    host: str = "127.0.0.1"
    port: int = 0
    names: Sequence[str] = ("localhost", "127.0.0.1")
    check_period_s: float = 5.0
    clock: Callable[[], datetime] = wall_clock


@dataclass(frozen=True)
class BrokerLogin:
    """All that an MQTT client needs: address, client id (the certificate's name) and the PEM files for its TLS."""

    host: str
    port: int
    client_id: str
    authority: Path
    certificate: Path
    key: Path


class Broker(Protocol):
    """A broker that runs as our child, with all its files in one folder."""

    @property
    def host(self) -> str:
        """The address it listens on."""

    @property
    def port(self) -> int:
        """The port for MQTT over TLS, the same after every restart."""

    @property
    def running(self) -> bool:
        """Whether the broker's process lives."""

    def start(self) -> None:
        """Start, or start again, and return when clients can be admitted. Raises BrokerError."""

    def stop(self) -> None:
        """End in good order."""

    def kill(self) -> None:
        """End the broker's process with SIGKILL; what belongs to it in our own process goes on."""

    def wipe(self) -> None:
        """Delete the broker's data, running or not."""

    def cut_revoked(self) -> None:
        """Look for revoked panels now, instead of within the check period. Raises BrokerError if it cannot."""

    def login(self, credentials: Credentials) -> BrokerLogin:
        """Write a client's credentials into the folder, readable by its owner alone, and return how to log in."""


@dataclass
class Files:
    """The files that a broker reads, kept in memory too, so that a start restores a folder that was deleted."""

    folder: Path
    _contents: dict[str, bytes] = field(default_factory=dict)

    def put(self, name: str, data: bytes) -> Path:
        """Write a file and remember it."""
        self._contents[name] = data
        return self._write(name)

    def restore(self) -> None:
        """Write every file again."""
        for name in self._contents:
            self._write(name)

    def put_credentials(self, credentials: Credentials) -> tuple[Path, Path]:
        """Write certificate and key as PEM; return both paths."""
        name = f"logins/{credentials.identity.name}"
        return self.put(f"{name}.crt", credentials.certificate_pem), self.put(f"{name}.key", credentials.key_pem)

    def _write(self, name: str) -> Path:
        path = (self.folder / name).absolute()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(path, self._contents[name])
        return path
