"""The gateway at work, in threads of its own: HTTP on one side, the broker on the other."""

import asyncio
import logging
import queue
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import NamedTuple

import uvicorn

from hemlarm_cloud.broker.client import BrokerClient
from hemlarm_cloud.broker.setup import BrokerLogin
from hemlarm_cloud.sms import envelope
from hemlarm_cloud.sms.errors import SmsServiceError
from hemlarm_cloud.sms.gateway import SmsGateway
from hemlarm_cloud.sms.sending import SmsProvider, SmsSender
from hemlarm_cloud.sms.webhook import make_app
from hemlarm_cloud.store import Store, StoreError
from hemlarm_protocol import topics

WAITING_MAX = 100
"""SMS that came and wait for the broker, or for the ingest; more are refused, and come again."""

STORED_S = 5.0
"""How long a request may wait for the ingest's commit."""

READ_S = 0.1
_GROUP_MAX = 50
_REQUESTS_MAX = 64
_STARTED_S = 10.0

_log = logging.getLogger(__name__)


class _Incoming(NamedTuple):
    sender: str
    octets: bytes
    stored: "Future[bool]"


class _Told(NamedTuple):
    """An SMS that the ingest was told of, and the receipts that are missing."""

    receipts: set[bytes]
    stored: "Future[bool]"


class SmsService:
    """Listens on `listen` (host and port; 0 is a free one) for whoever knows `token`, between `start` and `stop`.

    Without a `provider` nothing is sent, so that panels which know no other way are not acknowledged.
    """

    def __init__(
        self,
        store: Store,
        login: BrokerLogin,
        listen: tuple[str, int],
        token: str,
        provider: SmsProvider | None,
        steady_ms: Callable[[], int],
    ) -> None:
        self.gateway = SmsGateway()
        self.sender = SmsSender(provider, steady_ms) if provider else None
        self._store = store
        self._client = BrokerClient(login, [topics.SMS_DOWN_FILTER])
        self._incoming: queue.Queue[_Incoming] = queue.Queue(WAITING_MAX)
        self._told: list[_Told] = []
        self._connected = threading.Event()
        self._stopping = threading.Event()
        self._socket = _listen(*listen)
        self.host, self.port = self._socket.getsockname()[:2]
        config = uvicorn.Config(
            make_app(token, self._accept),
            log_config=None,
            access_log=False,
            lifespan="off",
            limit_concurrency=_REQUESTS_MAX,
        )
        self._server = uvicorn.Server(config)
        self._threads = [
            threading.Thread(target=self._server.run, args=([self._socket],), name="sms webhook", daemon=True),
            threading.Thread(target=self._run, name="sms gateway", daemon=True),
        ]

    def start(self) -> None:
        """Begin, and return when SMS are taken."""
        for thread in self._threads:
            thread.start()
        if self.sender:
            self.sender.start()
        if not self._connected.wait(_STARTED_S):
            self.stop()
            raise SmsServiceError("the SMS gateway gets no connection to the broker; its log says why")

    def stop(self) -> None:
        """End in good order."""
        self._stopping.set()
        self._server.should_exit = True
        for thread in self._threads:
            thread.join()
        if self.sender:
            self.sender.stop()
        self._socket.close()

    async def _accept(self, sender: str, octets: bytes) -> bool:
        """Give an SMS to the thread that speaks to the broker, and wait until the ingest has dealt with it."""
        incoming = _Incoming(sender, octets, Future())
        try:
            self._incoming.put_nowait(incoming)
            return await asyncio.wait_for(asyncio.wrap_future(incoming.stored), STORED_S)
        except (queue.Full, TimeoutError):
            incoming.stored.cancel()
            return False

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self._client.connected or self._client.connect():
                self._connected.set()
                self._serve_once()
        self._client.close()

    def _serve_once(self) -> None:
        for _, payload in self._client.read(READ_S, _GROUP_MAX):
            receipt = self.gateway.taken(payload)
            if receipt is not None:
                self._is_stored(receipt)
                continue
            outgoing = self.gateway.to_send(payload)
            if outgoing and self.sender:
                self.sender.send(*outgoing)
        self._told = [told for told in self._told if not told.stored.done()]
        while self._client.connected and len(self._told) < WAITING_MAX and not self._incoming.empty():
            self._tell(self._incoming.get_nowait())

    def _tell(self, incoming: _Incoming) -> None:
        if incoming.stored.done():
            return
        try:
            with self._store.read() as reading:
                published = self.gateway.received(incoming.sender, incoming.octets, reading.panels_with)
        except StoreError as error:
            _log.error("an SMS has to come again: %s", error)
            _answer(incoming.stored, False)
            return
        for topic, payload in published:
            self._client.publish(topic, payload)
        told = _Told({envelope.receipt(payload) for _, payload in published}, incoming.stored)
        self._told.append(told)
        if not told.receipts:
            _answer(told.stored, True)

    def _is_stored(self, receipt: bytes) -> None:
        for told in self._told:
            told.receipts.discard(receipt)
            if not told.receipts:
                _answer(told.stored, True)


def _answer(stored: "Future[bool]", value: bool) -> None:
    """Give the request its answer, unless it waits no more."""
    if not stored.done() and stored.set_running_or_notify_cancel():
        stored.set_result(value)


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise SmsServiceError(
            f"the SMS gateway cannot listen on {host} port {port}: {error.strerror}; set another sms_listen"
        ) from None
