"""A broker as a child process: started, watched, stopped, killed, and gone when we are gone."""

import errno
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

STOP_TIMEOUT_S = 5.0
"""How long an orderly stop may take before the child is killed. Both brokers take well under a second."""

_POLL_S = 0.01
_FREE_PORTS = range(20000, 32000)
"""Below the kernel's range for outgoing connections, so that none takes our port while the broker is restarted."""


class BrokerError(Exception):
    """The broker cannot do what was asked; the text names the cause and the remedy."""


class Child:
    """One run of a program, its output appended to a file.

    The kernel kills the child when the *thread* that started it ends. A thread of its own therefore starts it and waits
    for it, so that it lives exactly as long as this process, whichever thread called us.
    """

    def __init__(self, command: Sequence[str], output: Path) -> None:
        """Start `command`. Raises BrokerError if the program cannot be executed."""
        self.name = Path(command[0]).name
        self._output = output
        self._started = threading.Event()
        self._ended = threading.Event()
        self._error: OSError | None = None
        self._process: subprocess.Popen[bytes] | None = None
        threading.Thread(target=self._keep, args=(list(command),), name=self.name, daemon=True).start()
        self._started.wait()
        if self._error is not None:
            raise BrokerError(f"cannot execute {command[0]}: {self._error.strerror}") from self._error

    @property
    def running(self) -> bool:
        """Whether the process has not ended."""
        return not self._ended.is_set()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._popen.pid

    def send(self, number: signal.Signals) -> None:
        """Send a signal; nothing happens if the process has ended."""
        self._popen.send_signal(number)

    def stop(self) -> None:
        """Ask the process to end, wait until it has, and kill it if it does not."""
        self.send(signal.SIGTERM)
        if not self._ended.wait(STOP_TIMEOUT_S):
            self.kill()

    def kill(self) -> None:
        """End the process without a chance to put anything in order, and wait until it is gone."""
        self.send(signal.SIGKILL)
        self._ended.wait()

    def wait_until(self, ready: Callable[[], bool], timeout_s: float) -> None:
        """Wait until `ready()`. Raises BrokerError if the process ends first or the time is up."""
        deadline = time.monotonic() + timeout_s
        while not ready():
            if self._ended.wait(_POLL_S):
                raise BrokerError(f"{self.name} ended at once: {last_lines(self._output)}")
            if time.monotonic() > deadline:
                raise BrokerError(f"{self.name} not ready after {timeout_s:g} s: {last_lines(self._output)}")

    @property
    def _popen(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the constructor waits for the start"
        return self._process

    def _keep(self, command: list[str]) -> None:
        try:
            with self._output.open("ab") as output:
                self._process = subprocess.Popen(
                    [*_death_wish(), *command],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
        except OSError as error:
            self._error = error
            self._ended.set()
            return
        finally:
            self._started.set()
        self._process.wait()
        self._ended.set()


def find_program(name: str, beside: Path, remedy: str) -> str:
    """Return the path of a program, first looking in the folder `beside`. Raises BrokerError with the remedy."""
    for path in (str(beside), None, "/usr/local/sbin:/usr/sbin:/sbin"):
        found = shutil.which(name, path=path)
        if found is not None:
            return found
    raise BrokerError(f"the program {name} is missing: {remedy}")


def free_port(host: str) -> int:
    """Return a port on `host` that nobody listens on now."""
    for _ in range(100):
        port = secrets.choice(_FREE_PORTS)
        if _listener_error(host, port) is None:
            return port
    raise BrokerError(f"no free port found on {host} between {_FREE_PORTS.start} and {_FREE_PORTS.stop}")


def require_free(host: str, port: int) -> None:
    """Raise BrokerError, saying why, if nobody could listen on this port now."""
    error = _listener_error(host, port)
    if error is None:
        return
    if error.errno == errno.EADDRINUSE:
        raise BrokerError(
            f"port {port} on {host} is taken: stop what listens there (ss -ltnp shows it) or give another port"
        )
    raise BrokerError(f"cannot listen on {host} port {port}: {error.strerror}; give another host or port")


def last_lines(log: Path, count: int = 3) -> str:
    """Return the end of a log for an error's text."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    return " | ".join(lines[-count:]) or f"nothing in {log.name}"


def _listener_error(host: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None


def _death_wish() -> list[str]:
    # util-linux's setpriv asks the kernel and then becomes the program, same process id. Without it the child may
    # outlive us.
    setpriv = shutil.which("setpriv")
    return [] if setpriv is None else [setpriv, "--pdeathsig", "KILL", "--"]
