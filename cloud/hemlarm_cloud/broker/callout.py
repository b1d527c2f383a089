"""NATS asks here whether a connection is admitted, and here revoked panels are found and cut.

The service may run several times beside one broker: NATS puts each question to one of them. While none runs the broker
admits nobody, and whoever is connected stays connected.
"""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import nats
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from hemlarm_cloud.broker import claims
from hemlarm_cloud.broker.admission import RefusedError, admit
from hemlarm_cloud.broker.child import BrokerError
from hemlarm_protocol.topics import is_panel

_RECONNECT_S = 0.01
"""Pause before the next attempt. A panel that reaches a restarted broker before us waits until its login times out."""

_REQUEST_TIMEOUT_S = 2.0
_CUT_TIMEOUT_S = 10.0
_PAGE = 256
"""Connections in one page of the server's list, about 100 KB."""

_BROKER_TROUBLE = (nats.errors.Error, OSError, TimeoutError)

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CalloutKeys:
    """The key that signs answers, and the key with which the service itself logs in."""

    issuer: claims.KeyPair
    service: claims.KeyPair


@dataclass(frozen=True)
class Connection:
    """A live connection as the server lists it."""

    server_id: str
    number: int
    name: str


class Callout:
    """The service, in a thread of its own. It reconnects for ever until stopped.

    `allowed` is asked about panels, by id, in other threads: at each connect, and every `check_period_s` about those
    that are connected. A panel that is not allowed is cut. If `allowed` raises, newcomers are refused and live ones
    stay. Counters: `arrivals` at a broker, connections `admitted` and `refused`.
    """

    def __init__(
        self,
        url: str,
        keys: CalloutKeys,
        authority: bytes,
        allowed: Callable[[str], bool],
        clock: Callable[[], datetime],
        check_period_s: float = 5.0,
    ) -> None:
        """`authority` is the authority's certificate (DER); `clock` gives the wall time written into answers."""
        self.admitted = 0
        self.refused = 0
        self.arrivals = 0
        self._url = url
        self._keys = keys
        self._authority = authority
        self._allowed = allowed
        self._clock = clock
        self._check_period_s = check_period_s
        self._serving = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._client: Client | None = None
        self._thread = threading.Thread(target=self._run, name="nats-callout", daemon=True)

    @property
    def serving(self) -> bool:
        """Whether the broker's questions reach us now."""
        return self._serving.is_set()

    def start(self) -> None:
        """Begin; returns at once. A service is started once."""
        self._thread.start()

    def stop(self) -> None:
        """Leave the broker and end the thread. Nothing happens if it was stopped before."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    def kick(self, panel: str) -> int:
        """Cut a panel's connections now and return how many there were. Raises BrokerError without a broker."""
        return self._do_now(self._cut({panel}))

    def cut_revoked(self) -> int:
        """Cut every panel that is not allowed and return how many connections. Raises BrokerError without a broker."""
        return self._do_now(self._cut_revoked())

    def _do_now(self, work: Coroutine[Any, Any, int]) -> int:
        if not self.serving:
            work.close()
            raise BrokerError(f"cannot cut anyone: the callout has no connection to the broker at {self._url}")
        cutting = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return cutting.result(_CUT_TIMEOUT_S)
        except _BROKER_TROUBLE as error:
            cutting.cancel()
            raise BrokerError(f"cannot cut anyone: the broker at {self._url} did not answer") from error

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._serve_once()
            except _BROKER_TROUBLE as error:
                _logger.debug("callout without broker: %r", error)
            except Exception:
                # Whatever it was, without this service no panel gets in: say it and try again.
                _logger.exception("callout failed")
            await self._wait_for_stop(_RECONNECT_S)

    async def _serve_once(self) -> None:
        closed = asyncio.Event()

        async def on_closed() -> None:
            self._serving.clear()
            closed.set()

        client = await nats.connect(
            self._url,
            name="callout",
            nkeys_seed_str=self._keys.service.seed,
            allow_reconnect=False,
            reconnect_time_wait=_RECONNECT_S,
            closed_cb=on_closed,
            error_cb=_on_error,
        )
        watch: asyncio.Task[None] | None = None
        try:
            await client.subscribe("$SYS.REQ.USER.AUTH", queue="callout", cb=self._answer)
            await client.flush()
            self._client = client
            self.arrivals += 1
            self._serving.set()
            # A task of its own: a request that a dead broker leaves unanswered must not delay the way to the next one.
            watch = asyncio.create_task(self._watch())
            await self._wait_for_either(closed)
        finally:
            if watch is not None:
                watch.cancel()
            self._serving.clear()
            self._client = None
            await client.close()

    async def _watch(self) -> None:
        while True:
            await self._look_for_revoked()
            await asyncio.sleep(self._check_period_s)

    async def _look_for_revoked(self) -> None:
        try:
            await self._cut_revoked()
        except _BROKER_TROUBLE as error:
            _logger.debug("cannot look for revoked panels: %r", error)
        except Exception:
            # A store in trouble must not end the service: the next period looks again.
            _logger.exception("cannot look for revoked panels")

    async def _wait_for_either(self, closed: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in (closed, self._stopping)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _wait_for_stop(self, timeout_s: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), timeout_s)
        except TimeoutError:
            return

    async def _answer(self, message: Msg) -> None:
        try:
            question = claims.read_question(message.data)
        except claims.ClaimsError as error:
            _logger.error("%s", error)
            return
        await message.respond(await asyncio.to_thread(self._decide, question))

    def _decide(self, question: claims.Question) -> bytes:
        now_s = int(self._clock().timestamp())
        try:
            admission = admit(question.certificate, question.client_id, self._authority, self._allowed)
        except RefusedError as error:
            self.refused += 1
            _logger.warning("connection refused: %s", error)
            return claims.refusal(self._keys.issuer, question, str(error), now_s)
        self.admitted += 1
        return claims.grant(self._keys.issuer, question, admission, now_s)

    async def _cut_revoked(self) -> int:
        connected = {connection.name async for connection in self._connections()}
        panels = sorted(name for name in connected if is_panel(name))
        revoked = await asyncio.to_thread(lambda: {panel for panel in panels if not self._allowed(panel)})
        return await self._cut(revoked) if revoked else 0

    async def _cut(self, names: set[str]) -> int:
        victims = [connection async for connection in self._connections() if connection.name in names]
        for victim in victims:
            await self._request(f"$SYS.REQ.SERVER.{victim.server_id}.KICK", {"cid": victim.number})
            _logger.warning("cut the connection of %s", victim.name)
        return len(victims)

    async def _connections(self) -> AsyncIterator[Connection]:
        # A connection that ends between two pages can hide another one from us; the next period finds that one.
        offset, total = 0, 1
        while offset < total:
            query = {"auth": True, "acc": claims.ACCOUNT, "limit": _PAGE, "offset": offset}
            page = (await self._request("$SYS.REQ.SERVER.PING.CONNZ", query))["data"]
            for entry in page.get("connections") or ():
                yield Connection(page["server_id"], entry["cid"], entry.get("authorized_user", ""))
            offset, total = offset + _PAGE, page["total"]

    async def _request(self, subject: str, query: dict[str, Any]) -> dict[str, Any]:
        if self._client is None:
            raise nats.errors.ConnectionClosedError
        answer = await self._client.request(subject, json.dumps(query).encode(), timeout=_REQUEST_TIMEOUT_S)
        found: dict[str, Any] = json.loads(answer.data)
        return found


async def _on_error(error: Exception) -> None:
    _logger.debug("callout: %r", error)
