"""Tasks and their queue for asyncio in virtual time, installed as `_asyncio` in place of the interpreter's C module.

The C module stamps with the real clock, whatever `time` says. Here a task is queued by the simulated ticks: earlier
first, and in order of arrival within one tick, also across the wrap of the ticks. A panel has a handful of tasks,
so the queue is a plain sorted list.
"""

from time import ticks_diff, ticks_ms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self


class TaskQueue:
    """Tasks by the moment they are due."""

    def __init__(self) -> None:
        self._tasks: list[Task] = []

    def peek(self) -> "Task | None":
        """The task due first, or None."""
        return self._tasks[0] if self._tasks else None

    def push(self, task: "Task", key: "int | None" = None) -> None:
        """Queues `task` for the ticks `key`, or for now."""
        task.data = None
        task.ph_key = due = ticks_ms() if key is None else key
        tasks = self._tasks
        at = len(tasks)
        while at and ticks_diff(due, tasks[at - 1].ph_key) < 0:
            at -= 1
        tasks.insert(at, task)

    def pop(self) -> "Task":
        """Takes the task due first."""
        return self._tasks.pop(0)

    def remove(self, task: "Task") -> None:
        """Takes `task` out. Raises ValueError if it is not here."""
        self._tasks.remove(task)


class Task:
    """A coroutine that the event loop runs; the attributes are those asyncio's core works with.

    `state` is True while running, a TaskQueue of those who wait for the end, or a function to call at the end;
    None when ended and nobody has asked, False when ended and asked for. `data` is the queue or task it waits
    in, an exception to throw into it, or, after the end, what it ended with.
    """

    def __init__(self, coro: "Any", namespace: "dict[str, Any]") -> None:
        self.coro = coro
        self.data: Any = None
        self.state: Any = True
        self.ph_key = 0
        self._core = namespace

    def __iter__(self) -> "Self":
        if self.state is True:
            self.state = TaskQueue()
        elif not self.state:
            self.state = False
        elif not isinstance(self.state, TaskQueue):
            raise RuntimeError("the task's end is already waited for by gather or a callback")
        return self

    def __next__(self) -> None:
        if not self.state:
            raise self.data
        waiting = self._core["cur_task"]
        self.state.push(waiting)
        waiting.data = self

    def done(self) -> bool:
        """Whether it has ended."""
        return not self.state

    def cancel(self) -> bool:
        """Makes the innermost task that this one waits for raise CancelledError. False if it has ended."""
        if not self.state:
            return False
        if self is self._core["cur_task"]:
            raise RuntimeError("a task cannot cancel itself")
        task = self
        while isinstance(task.data, Task):
            task = task.data
        ready = self._core["_task_queue"]
        if hasattr(task.data, "remove"):
            task.data.remove(task)
            ready.push(task)
        elif ticks_diff(task.ph_key, ticks_ms()) > 0:
            ready.remove(task)
            ready.push(task)
        task.data = self._core["CancelledError"]
        return True
