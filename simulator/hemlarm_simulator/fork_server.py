"""The process every panel is forked from: it imports the MicroPython interpreter once, then forks per request.

It runs as a script of its own, so that it holds no threads and no sockets of the program that starts it.
`launch.py` is its other end and describes the requests. It has no address randomisation, because the order of
MicroPython dictionaries keyed by objects follows their addresses; a session of its own, so that Ctrl-C ends
the program and not the firmware under it; and it ends, children first, when the control socket closes.
"""

import ctypes
import json
import os
import select
import signal
import socket
import struct
import sys
import traceback

_ADDR_NO_RANDOMIZE = 0x0040000  # From <sys/personality.h>.
_QUERY = 0xFFFFFFFF
_PR_SET_PDEATHSIG = 1  # From <sys/prctl.h>.
_REQUEST_MAX = 65536
_STREAM = 3
_DESCRIPTORS_MAX = 65536
_DESCRIPTORS = 3  # Stream, log and status pipe come with each start request.
_CRASHED = 70  # EX_SOFTWARE: the interpreter itself failed, not the firmware.
_REEXECUTED = "HEMLARM_FORK_SERVER"


def fix_addresses() -> None:
    """Starts this script again without address randomisation, once; goes on with it where that is forbidden."""
    if os.environ.get(_REEXECUTED):
        return
    libc = ctypes.CDLL(None)
    libc.personality(libc.personality(ctypes.c_ulong(_QUERY)) | _ADDR_NO_RANDOMIZE)
    environment = {**os.environ, _REEXECUTED: "1", "PYTHONHASHSEED": "0"}
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)  # noqa: S606  Ourselves again, no shell.


def become_panel(request: dict[str, object], stream: int, log: int) -> int:
    """Runs the interpreter in this process and returns its exit status. The caller ends the process."""
    import micropython_run

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    # Copies above the target numbers first, or one dup2 could overwrite the source of the next.
    high = [os.dup(log), os.dup(stream)]
    for source, target in ((high[0], 1), (high[0], 2), (high[1], _STREAM)):
        os.dup2(source, target)
    os.closerange(_STREAM + 1, min(os.sysconf("SC_OPEN_MAX"), _DESCRIPTORS_MAX))
    environment, argv, folder = request["environment"], request["start"], request["folder"]
    assert isinstance(environment, dict)
    assert isinstance(argv, list)
    assert isinstance(folder, str)
    os.chdir(folder)
    os.environ.update(environment)
    return int(micropython_run.run_main(argv) or 0)


class Server:
    """Forks, reaps and kills. One request a message on `control`, closed status pipes tell of deaths."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._poll = select.poll()
        self._poll.register(control.fileno(), select.POLLIN)
        self._children: dict[int, tuple[int, int]] = {}  # pidfd -> (pid, status pipe)

    def run(self) -> None:
        """Serves until the other end closes."""
        try:
            while all(self._serve(descriptor) for descriptor, _ in self._poll.poll()):
                pass
        finally:
            for pid, _ in self._children.values():
                os.kill(pid, signal.SIGKILL)

    def _serve(self, descriptor: int) -> bool:
        if descriptor != self._control.fileno():
            self._reap(descriptor)
            return True
        message, descriptors, _, _ = socket.recv_fds(self._control, _REQUEST_MAX, _DESCRIPTORS)
        if not message:
            return False
        request = json.loads(message)
        if "kill" in request:
            self._kill(request["kill"])
        else:
            self._start(request, *descriptors)
        return True

    def _start(self, request: dict[str, object], stream: int, log: int, status: int) -> None:
        pid = os.fork()
        if pid == 0:
            code = _CRASHED
            try:
                code = become_panel(request, stream, log)
            except BaseException:  # noqa: BLE001  Nothing may unwind into the server's own loop.
                os.write(2, traceback.format_exc().encode())
            finally:
                os._exit(code & 0xFF)
        os.close(stream)
        os.close(log)
        pidfd = os.pidfd_open(pid)
        self._children[pidfd] = (pid, status)
        self._poll.register(pidfd, select.POLLIN)
        self._tell(status, pid)

    def _reap(self, pidfd: int) -> None:
        pid, status = self._children.pop(pidfd)
        self._poll.unregister(pidfd)
        os.close(pidfd)
        self._tell(status, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        os.close(status)

    def _kill(self, pid: int) -> None:
        # Only a child not yet reaped: its number cannot have been given to another process.
        if any(pid == child for child, _ in self._children.values()):
            os.kill(pid, signal.SIGKILL)

    @staticmethod
    def _tell(status: int, value: int) -> None:
        try:
            os.write(status, struct.pack("<i", value))
        except BrokenPipeError:
            return  # Nobody waits for this panel any more.


def main() -> None:
    """Serves on the descriptor named by the only argument."""
    fix_addresses()
    os.setsid()
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    import micropython_run  # noqa: F401  Once, before the first fork.

    control = socket.socket(fileno=int(sys.argv[1]))
    fixed = ctypes.CDLL(None).personality(ctypes.c_ulong(_QUERY)) & _ADDR_NO_RANDOMIZE
    control.send(bytes([bool(fixed)]))
    Server(control).run()


if __name__ == "__main__":
    main()
