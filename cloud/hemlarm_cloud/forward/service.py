"""Forwarding at work: a task for each destination in one thread, and one other thread that speaks to the store."""

import asyncio
import logging
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from hemlarm_cloud.cases.categories import INTRUSION, URGENCY
from hemlarm_cloud.forward import keeping
from hemlarm_cloud.forward.facts import Fact, Unreachable
from hemlarm_cloud.forward.heartbeats import Heartbeats
from hemlarm_cloud.forward.keeping import Destination
from hemlarm_cloud.forward.link import Link, LinkError
from hemlarm_cloud.forward.passwords import Passwords
from hemlarm_cloud.forward.receivers import PRIMARY, SECONDARY, Receivers
from hemlarm_cloud.forward.sender import Kind, Sender, Wanted
from hemlarm_cloud.forward.settings import DC_09, DestinationSettings
from hemlarm_cloud.forward.speaking import Random, Speaking
from hemlarm_cloud.forward.speaking_dc09 import SpeakingDc09
from hemlarm_cloud.forward.speaking_sos_access import SpeakingSosAccess
from hemlarm_cloud.store import Store, StoreError
from hemlarm_cloud.trade.errors import BadTelegram
from hemlarm_cloud.vault import Vault, VaultError

LOOK_S = 0.1
"""How often to look for what was queued: a fire leaves within that."""

LOOKS_PER_RELOAD = 10
"""How often the destinations themselves are read again: every second."""

HURRY = URGENCY[INTRUSION]
"""What is as urgent as this need not wait for a batch that was taken before it."""

IDLE_S = 1.0
"""How long a task waits at most: what was put off comes due without anybody saying so."""

AGAIN_S = 1.0
"""After trouble with the store."""

STOPPING_S = 2.0
"""How long a telegram under way may take to end in good order."""

_STARTED_S = 10.0

_log = logging.getLogger(__name__)

_P = ParamSpec("_P")
_T = TypeVar("_T")


class ForwardService:
    """Forwards between `start` and `stop`. `clock_ms` is the wall clock, `random` gives bytes fit for padding."""

    def __init__(self, store: Store, vault: Vault, clock_ms: Callable[[], int], random: Random) -> None:
        self._store = store
        self._vault = vault
        self._clock_ms = clock_ms
        self._random = random
        self._executor = ThreadPoolExecutor(1, "forwarding store")
        self._lines: dict[int, _Line] = {}
        self._stopping = asyncio.Event()
        self._ready: Future[asyncio.AbstractEventLoop] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="forwarding", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self._loop = self._ready.result(_STARTED_S)

    def stop(self) -> None:
        """End; what was sent and not answered goes again at the next start, as the same telegram."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._executor.shutdown()

    async def stored(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Do something with the store in its thread."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, partial(work, *args, **kwargs))

    async def _run(self) -> None:
        self._ready.set_result(asyncio.get_running_loop())
        newest, looks = 0, 0
        while not self._stopping.is_set():
            try:
                if looks % LOOKS_PER_RELOAD == 0:
                    self._serve_only(await self.stored(keeping.active, self._store))
                newest, urgency = await self.stored(keeping.queued_since, self._store, newest)
                self._wake(urgency)
            except StoreError as error:
                _log.error("forwarding cannot look what waits: %s", error)
            looks += 1
            await _waited(self._stopping, LOOK_S)
        await self._end()

    def _wake(self, urgency: int | None) -> None:
        if urgency is None:
            return
        for line in self._lines.values():
            line.hurried = line.hurried or urgency <= HURRY
            line.woken.set()

    def _serve_only(self, destinations: list[Destination]) -> None:
        """Have a task for each of these as it is now, and for no other."""
        wanted = {each.id: each for each in destinations}
        for line in list(self._lines.values()):
            now = wanted.get(line.kept.id)
            # What a good answer changes by itself has the same version, and is no reason to begin anew.
            if now is None or now.version != line.kept.version or line.task.done():
                self._drop(line)
        for each in destinations:
            if each.id not in self._lines:
                self._lines[each.id] = _Line(self, each, self._store, self._vault, self._clock_ms, self._random)

    def _drop(self, line: "_Line") -> None:
        del self._lines[line.kept.id]
        if not line.task.done():
            line.task.cancel()
        elif (error := line.task.exception()) is not None:
            _log.error("forwarding to %s failed, and begins again", line.kept.name, exc_info=error)

    async def _end(self) -> None:
        tasks = [line.task for line in self._lines.values()]
        for line in self._lines.values():
            line.ending = True
            line.woken.set()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOPPING_S)
            for task in late:
                task.cancel()


class _Line:
    """One destination's task, with its sender and its connections."""

    def __init__(
        self,
        service: ForwardService,
        kept: Destination,
        store: Store,
        vault: Vault,
        clock_ms: Callable[[], int],
        random: Random,
    ) -> None:
        self.kept = kept
        self.woken = asyncio.Event()
        self.hurried = False
        self.ending = False
        self._stored = service.stored
        self._store = store
        self._vault = vault
        self._clock_ms = clock_ms
        self._random = random
        self._speaking = speaking_of(kept.protocol, kept.settings, random)
        self._links = _links(kept, self._speaking)
        self.task = asyncio.get_running_loop().create_task(self._run(), name=f"forwarding to {kept.name}")

    async def _run(self) -> None:
        try:
            while not self.ending:
                try:
                    await self._serve(await self._sender())
                except StoreError as error:
                    _log.error("forwarding to %s waits for the store: %s", self.kept.name, error)
                except VaultError as error:
                    await self._keep([Unreachable(str(error))])
                    _log.error("forwarding to %s: %s", self.kept.name, error)
                await _waited(self.woken, AGAIN_S)
        finally:
            for link in self._links.values():
                link.close()

    async def _sender(self) -> Sender:
        secret, following = await self._stored(keeping.secrets, self._store, self._vault, self.kept.id)
        settings, heard_ms = self.kept.settings, self.kept.heard_ms
        level_ms = 1000 * self.kept.level_s if settings.heartbeats else None
        silent_ms = None if heard_ms is None else self._clock_ms() - heard_ms
        return Sender(
            self._speaking,
            Receivers(SECONDARY in self._links, self._random),
            Passwords(secret, following, settings.renew),
            Heartbeats(level_ms, _steady_ms(), silent_ms),
        )

    async def _serve(self, sender: Sender) -> None:
        while not self.ending:
            self.woken.clear()
            if self.hurried:
                self.hurried = False
                sender.forget()
            if sender.is_empty:
                sender.offer(await self._stored(keeping.batch, self._store, self.kept.id, self._clock_ms()))
            wanted = sender.next(_steady_ms())
            if wanted is None:
                await self._wait(sender)
            else:
                await self._keep(await self._sent(sender, wanted))

    async def _wait(self, sender: Sender) -> None:
        """Wait until something is due, or something is queued for a sender that has nothing."""
        wait_s = min(IDLE_S, sender.wait_ms(_steady_ms()) / 1000)
        if sender.is_empty or self.ending:
            await _waited(self.woken, wait_s)
        else:
            await asyncio.sleep(wait_s)

    async def _sent(self, sender: Sender, wanted: Wanted) -> list[Fact]:
        """Send one telegram, and return what came of it."""
        sequence = 0
        if self._speaking.numbered and wanted.kind is not Kind.RENEWAL:
            sequence = await self._stored(keeping.number, self._store, self.kept.id, wanted.item)
        saying = sender.saying(wanted, sequence, self._clock_ms())
        try:
            telegram = sender.telegram(wanted, saying)
        except BadTelegram as error:
            return sender.unsayable(wanted, str(error), _steady_ms())
        try:
            verdict = await self._links[wanted.receiver].exchange(
                telegram, lambda answer: self._speaking.judge(telegram, answer, saying)
            )
        except LinkError as error:
            _log.warning("forwarding to %s: %s", self.kept.name, error)
            return sender.unanswered(wanted, str(error), _steady_ms())
        return sender.answered(wanted, saying, verdict, _steady_ms())

    async def _keep(self, facts: list[Fact]) -> None:
        if facts:
            await self._stored(keeping.keep, self._store, self._vault, self.kept, facts, self._clock_ms())


def speaking_of(protocol: str, settings: DestinationSettings, random: Random) -> Speaking:
    """Return how a destination is spoken to."""
    return SpeakingDc09(settings, random) if protocol == DC_09 else SpeakingSosAccess(settings)


def _links(kept: Destination, speaking: Speaking) -> dict[str, Link]:
    settings = kept.settings
    context = ssl.create_default_context(cadata=settings.authority or None) if settings.tls else None
    return {
        name: Link(address, context, settings.server_name, speaking.splitter)
        for name, address in zip((PRIMARY, SECONDARY), kept.addresses, strict=False)
    }


def _steady_ms() -> int:
    return int(asyncio.get_running_loop().time() * 1000)


async def _waited(event: asyncio.Event, at_most_s: float) -> None:
    try:
        async with asyncio.timeout(at_most_s):
            await event.wait()
    except TimeoutError:
        pass
