"""The thread that stores what telegrams say, several in one transaction, and gives their answers after the commit.

There is no timer that collects: a group is whatever arrived while the last commit ran, so a lone alarm waits for
nobody.
"""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from hemlarm_cloud.receive.core import Core, Refusal
from hemlarm_cloud.store import Store, StoreError
from hemlarm_cloud.vault import VaultError

WAITING_MAX = 1_000
"""Telegrams that wait for the store; more are told that they cannot be stored now."""

GROUP_MAX = 50
"""Telegrams in one commit: some 20 ms, in which nobody else can write."""

_log = logging.getLogger(__name__)


@dataclass
class Telegram:
    """One telegram on its way through the store. `answered` gets what is answered, None for nothing."""

    core: Core
    said: Any
    answered: "Future[bytes | None]" = field(default_factory=Future)


class Taker:
    """Runs between `start` and `stop`. What waits at the end is answered as not stored."""

    def __init__(self, store: Store, clock_ms: Callable[[], int]) -> None:
        self._store = store
        self._clock_ms = clock_ms
        self._waiting: queue.Queue[Telegram | None] = queue.Queue(WAITING_MAX + 1)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="receive taker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End when what is under way is committed."""
        self._stopping = True
        self._waiting.put(None)
        self._thread.join()
        while not self._waiting.empty():
            left = self._waiting.get_nowait()
            if left:
                self._unable(left)

    def give(self, core: Core, data: bytes) -> "Future[bytes | None]":
        """Take a telegram's bytes from any thread; the result is the answer, once all is stored that it tells of."""
        said = core.read(data, self._clock_ms())
        telegram = Telegram(core, said)
        if isinstance(said, Refusal):
            telegram.answered.set_result(said.answer)
        elif self._stopping or self._waiting.qsize() >= WAITING_MAX:
            self._unable(telegram)
        else:
            self._waiting.put(telegram)
        return telegram.answered

    def _run(self) -> None:
        while not self._stopping:
            group = self._next_group()
            if group:
                self._store_together(group)

    def _next_group(self) -> list[Telegram]:
        found = [self._waiting.get()]
        while len(found) < GROUP_MAX and not self._waiting.empty():
            found.append(self._waiting.get_nowait())
        return [each for each in found if each and each.answered.set_running_or_notify_cancel()]

    def _store_together(self, group: list[Telegram]) -> None:
        try:
            answers = self._stored(group)
        except StoreError as error:
            _log.error("telegrams of foreign transmitters are not stored, and not acknowledged: %s", error)
            self._answer_unable(group)
        except Exception as error:  # noqa: BLE001 - any other fault is ours, and must not end the receiver.
            if len(group) > 1:
                # One of them is the trouble, and must not cost the others.
                for each in group:
                    self._store_together([each])
                return
            reason = str(error) if isinstance(error, VaultError) else repr(error)
            _log.error("a foreign transmitter's telegram is not stored, and not acknowledged: %s", reason)
            self._answer_unable(group)
        else:
            for each, answer in zip(group, answers, strict=True):
                each.answered.set_result(answer)

    def _stored(self, group: list[Telegram]) -> list[bytes | None]:
        now_ms = self._clock_ms()
        with self._store.begin() as tx:
            return [each.core.take(tx, each.said, now_ms) for each in group]

    def _unable(self, telegram: Telegram) -> None:
        if telegram.answered.set_running_or_notify_cancel():
            self._answer_unable([telegram])

    def _answer_unable(self, group: list[Telegram]) -> None:
        now_ms = self._clock_ms()
        for each in group:
            each.answered.set_result(each.core.unable(each.said, now_ms))
