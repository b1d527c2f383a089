"""A task's pause that others may end early, without a task for each, such as `asyncio.wait_for` makes.

The task sleeps in the event loop's queue until its moment, and is brought forward by the same two calls with which
asyncio itself brings forward a task that is cancelled.
"""

import asyncio

from hemlarm_protocol.constant import const

_STEP_MS = const(1 << 28)
"""The longest sleep at a time: ticks wrap at 2**30, and asyncio compares moments less than half of that apart."""

_NEVER_MS = const(1 << 48)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Pause:
    """For one task at a time; another one that pauses takes its place."""

    _task: "Any" = None

    def end(self) -> None:
        """Let the task go on. Where none pauses, nothing is to be ended, now or later."""
        core = asyncio.core  # type: ignore[attr-defined]  # MicroPython's.
        task, self._task = self._task, None
        # One that is due already, or cancelled, goes on anyway; queued anew it would forget that it is cancelled.
        if task is not None and core.ticks_diff(task.ph_key, core.ticks()) > 0:
            core._task_queue.remove(task)
            core._task_queue.push(task)

    async def wait(self, limit_ms: "int | None") -> None:
        """Pause until the end is called for, or for `limit_ms`, however long. Others have their turn in any case."""
        left_ms = _NEVER_MS if limit_ms is None else limit_ms
        task = self._task = asyncio.current_task()
        try:
            while True:
                step_ms = min(left_ms, _STEP_MS)
                await asyncio.sleep_ms(step_ms)  # type: ignore[attr-defined]  # MicroPython's.
                left_ms -= step_ms
                if not left_ms or self._task is not task:
                    return
        finally:
            if self._task is task:
                self._task = None


if not hasattr(asyncio, "core"):
    from hemlarm_firmware.waiting_cpython import Pause  # type: ignore[assignment]  # noqa: F401 - instead.
