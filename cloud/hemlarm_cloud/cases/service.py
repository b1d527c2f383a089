"""Case work as a thread: it follows what is committed, and does what time brings.

Several processes may run it beside each other: each step's transactions read, decide and write while no other writes.
"""

import logging
import threading
from collections.abc import Callable, Mapping

from hemlarm_cloud.cases import lanes
from hemlarm_cloud.cases.steps import CASES, FOLLOWING, STEPS, Step
from hemlarm_cloud.store import Store, StoreError
from hemlarm_cloud.vault import Vault

POLL_S = 0.02
"""How often to look for what is new: one small query, and a fifth of what people notice."""

LOOK_MS = 10_000
"""How often a step is called that asked for nothing: what people change may have brought it something."""

AGAIN_S = 1.0
"""After trouble with the database."""

_log = logging.getLogger(__name__)


class CaseService:
    """Runs `STEPS` until it is stopped. `clock_ms` tells the time in ms since 1970; no step needs the vault."""

    def __init__(
        self, store: Store, _vault: Vault | None, clock_ms: Callable[[], int], steps: Mapping[str, Step] = STEPS
    ) -> None:
        self._store = store
        self._clock_ms = clock_ms
        self._turns = Turns(steps)
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, in a thread of its own."""
        assert self._thread is None
        self._thread = threading.Thread(target=self.run, name="case work")
        self._thread.start()

    def end(self) -> None:
        """Ask `run` to finish the step at hand and end, from wherever."""
        self._ended.set()

    def stop(self) -> None:
        """End, and return when it has."""
        self.end()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def run(self) -> None:
        """Work until `stop`. Trouble with the database is logged and waited out: nothing is lost by it."""
        try:
            while not self._ended.is_set():
                try:
                    busy = self._turns.take(self._store, self._clock_ms)
                except StoreError as error:
                    _log.error("case work: %s", error)
                    self._ended.wait(AGAIN_S)
                    continue
                except Exception:
                    # A fault of ours must not end the thread that all alarms go through.
                    _log.exception("case work failed, and goes on")
                    self._ended.wait(AGAIN_S)
                    continue
                if not busy:
                    self._ended.wait(POLL_S)
        finally:
            self._store.close()


class Turns:
    """Whose turn it is: what is new comes first, then each step when it is due."""

    def __init__(self, steps: Mapping[str, Step]) -> None:
        self._cases = steps[CASES]
        self._steps = {name: step for name, step in steps.items() if name != CASES}
        self._due_ms = dict.fromkeys(self._steps, 0)
        self._heads: tuple[int, ...] | None = None

    def take(self, store: Store, clock_ms: Callable[[], int]) -> bool:
        """Give everybody that is due one turn, and what is new one before each. Returns False if all were idle."""
        busy = self._work(store, clock_ms())
        for name, step in self._steps.items():
            now_ms = clock_ms()
            if self._due_ms[name] <= now_ms:
                next_ms = self._turn(name, step, store, now_ms)
                latest_ms = now_ms + LOOK_MS
                self._due_ms[name] = latest_ms if next_ms is None else min(next_ms, latest_ms)
                busy = self._work(store, clock_ms()) or busy or self._due_ms[name] <= now_ms
        return busy

    def _turn(self, name: str, step: Step, store: Store, now_ms: int) -> int | None:
        """Give a step its turn; one that fails gets the next one later, and the others theirs now."""
        try:
            return step(store, now_ms)
        except StoreError:
            raise
        except Exception:
            _log.exception("the step %s failed, and is called again", name)
            return None

    def _work(self, store: Store, now_ms: int) -> bool:
        """Take what is new, if there is anything. Returns whether more waits."""
        with store.read() as reading:
            heads = lanes.heads(reading)
        if heads == self._heads:
            return False
        if self._cases(store, now_ms) is not None:
            self._heads = None
            return True
        self._heads = heads
        self._due_ms |= dict.fromkeys(self._steps.keys() & FOLLOWING, 0)
        return False
