"""Jobs for the thread that has the world: everybody else hands over what is to be done, and waits until it is."""

import queue
import threading
from collections.abc import Callable

WAITING_MAX = 200
"""Jobs that wait at a time; who comes beyond that is refused."""


class BusyError(Exception):
    """The world does not get round to it; the text says what to do."""


class _Job:
    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._done = threading.Event()
        self._error: BaseException | None = None

    def run(self) -> None:
        with self:
            self._work()

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        """Whatever went wrong is told to whoever waits, and ends nothing else."""
        self._error = error
        self._done.set()
        return isinstance(error, Exception)

    def wait(self, limit_s: float) -> None:
        if not self._done.wait(limit_s):
            raise BusyError("the simulated world has not got round to it; slow its time down, or try again")
        if self._error is not None:
            raise self._error


class Jobs:
    """What waits to be done, in its order."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[_Job] = queue.Queue(WAITING_MAX)

    @property
    def pending(self) -> bool:
        """Whether something waits."""
        return not self._waiting.empty()

    def hand_over(self, work: Callable[[], None], limit_s: float) -> None:
        """Has it done by the world's thread, and returns when it is. Raises BusyError, and what the work raises."""
        job = _Job(work)
        try:
            self._waiting.put_nowait(job)
        except queue.Full:
            raise BusyError("too much is being done at a time; try again") from None
        job.wait(limit_s)

    def leave(self, work: Callable[[], None]) -> None:
        """Has it done some time; what comes while too much waits is forgotten."""
        try:
            self._waiting.put_nowait(_Job(work))
        except queue.Full:
            return

    def run(self, wait_s: float) -> bool:
        """Does the next one, for which it waits so long at most. Returns whether there was one."""
        try:
            job = self._waiting.get(timeout=wait_s) if wait_s > 0 else self._waiting.get_nowait()
        except queue.Empty:
            return False
        job.run()
        return True
