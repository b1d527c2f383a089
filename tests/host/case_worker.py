"""Case work in a process that dies: at its n-th statement, or whenever somebody kills it."""

import os
import signal
from typing import Any

from sqlalchemy import Engine, event, make_url

from hemlarm_cloud.cases.service import Turns
from hemlarm_cloud.cases.steps import CASES, FOLLOWING, STEPS
from hemlarm_cloud.store import Store, dialects


def work_until_killed(url: str, now_ms: int, statement: int | None, ready: Any) -> None:
    """Take all that waits; die before this statement or commit, counted from 1. Tells `ready` when it begins."""
    # As Store.open does, but for the look at the schema, which takes longer than all the rest.
    store = Store(dialects.make_engine(make_url(url)), url)
    if statement is not None:
        _die_at(statement)
    ready.send_bytes(b"ready")
    turns = Turns({name: STEPS[name] for name in (CASES, *FOLLOWING)})
    while turns.take(store, lambda: now_ms):
        pass
    store.close()


def _die_at(statement: int) -> None:
    left = statement

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
