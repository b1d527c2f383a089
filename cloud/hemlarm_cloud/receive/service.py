"""The receivers at work: SOS Access over TCP and TLS, DC-09 over TCP and UDP, in a thread of their own.

The settings say where each listens; what has no address is not served.
"""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

from hemlarm_cloud.errors import ListenError
from hemlarm_cloud.receive.core import Core
from hemlarm_cloud.receive.dc09 import Dc09Core
from hemlarm_cloud.receive.limits import Limits
from hemlarm_cloud.receive.servers import DatagramServer, Splitting, StreamServer
from hemlarm_cloud.receive.sos_access import SosAccessCore
from hemlarm_cloud.receive.taker import Taker
from hemlarm_cloud.store import Store
from hemlarm_cloud.trade.dc09 import Splitter as Dc09Splitter
from hemlarm_cloud.trade.sos_access_xml import Splitter as SosAccessSplitter
from hemlarm_cloud.vault import Vault

_HANDSHAKE_S = 10.0
_STARTED_S = 10.0
_BACKLOG = 128
_LAST_WORDS_S = 0.05

Address = tuple[str, int]


class ReceiveSettings(Protocol):
    """Where to listen, and the PEM files for TLS; see `settings.Settings`."""

    @property
    def sos_access_listen(self) -> Address | None: ...
    @property
    def sos_access_tls_listen(self) -> Address | None: ...
    @property
    def sos_access_certificate(self) -> Path | None: ...
    @property
    def sos_access_key(self) -> Path | None: ...
    @property
    def dc09_listen(self) -> Address | None: ...


class ReceiveService:
    """Runs between `start` and `stop`.

    `ports` says where it listens, by "sos-access", "sos-access-tls" and "dc-09" (TCP and UDP have the same). `cores`
    counts what came, for each protocol.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        settings: ReceiveSettings,
        clock_ms: Callable[[], int],
        random: Callable[[int], bytes],
        limits: Limits | None = None,
    ) -> None:
        """Bind the ports; 0 is a free one. Raises ListenError."""
        self.ports: dict[str, int] = {}
        self.cores: dict[str, Core] = {"sos-access": SosAccessCore(vault, random), "dc-09": Dc09Core(vault, random)}
        self._limits = limits or Limits()
        self._taker = Taker(store, clock_ms)
        self._listening: list[_Listening] = []
        self._ready: Future[asyncio.AbstractEventLoop] = Future()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="receive servers", daemon=True)
        try:
            self._bind(settings)
        except BaseException:
            self._close()
            raise

    def start(self) -> None:
        """Begin, and return when telegrams are taken. Raises whatever keeps a server from starting."""
        self._taker.start()
        self._thread.start()
        self._loop = self._ready.result(_STARTED_S)

    def stop(self) -> None:
        """End in good order: what is under way is stored and answered, or neither."""
        self._taker.stop()
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._close()

    def _bind(self, settings: ReceiveSettings) -> None:
        if settings.sos_access_listen:
            self._listen("sos-access", settings.sos_access_listen)
        if settings.sos_access_tls_listen:
            self._listen("sos-access-tls", settings.sos_access_tls_listen, _tls(settings))
        if settings.dc09_listen:
            self._listen("dc-09", settings.dc09_listen)
            host, _ = settings.dc09_listen
            self._listen("dc-09", (host, self.ports["dc-09"]), kind=socket.SOCK_DGRAM)

    def _listen(
        self,
        name: str,
        address: Address,
        tls: ssl.SSLContext | None = None,
        kind: socket.SocketKind = socket.SOCK_STREAM,
    ) -> None:
        bound = _bound(name, address, kind)
        self.ports[name] = bound.getsockname()[1]
        self._listening.append(_Listening(name, bound, tls))

    async def _serve(self) -> None:
        try:
            for each in self._listening:
                await self._start_server(each)
        except BaseException as error:
            self._ready.set_exception(error)
            raise
        self._ready.set_result(asyncio.get_running_loop())
        await self._stopping.wait()
        # What was stored has its answer by now; it is written before the connections are closed.
        await asyncio.sleep(_LAST_WORDS_S)

    async def _start_server(self, listening: "_Listening") -> None:
        protocol = listening.name.removesuffix("-tls")
        give = partial(self._taker.give, self.cores[protocol])
        if listening.bound.type == socket.SOCK_DGRAM:
            loop = asyncio.get_running_loop()
            await loop.create_datagram_endpoint(lambda: DatagramServer(give, self._limits), sock=listening.bound)
            return
        server = StreamServer(give, _SPLITTERS[protocol], self._limits)
        handshake_s = _HANDSHAKE_S if listening.tls else None
        await asyncio.start_server(
            server.serve, sock=listening.bound, ssl=listening.tls, ssl_handshake_timeout=handshake_s
        )

    def _close(self) -> None:
        for each in self._listening:
            each.bound.close()


class _Dc09Splitting(Dc09Splitter):
    """A stream of DC-09 finds its way again at the next line feed, so it never breaks."""

    broken = False


_SPLITTERS: dict[str, Callable[[], Splitting]] = {"sos-access": SosAccessSplitter, "dc-09": _Dc09Splitting}


class _Listening(NamedTuple):
    name: str
    bound: socket.socket
    tls: ssl.SSLContext | None


def _bound(name: str, address: Address, kind: socket.SocketKind) -> socket.socket:
    host, port = address
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind)
    try:
        if kind == socket.SOCK_STREAM:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        if kind == socket.SOCK_STREAM:
            bound.listen(_BACKLOG)
        bound.setblocking(False)
    except OSError as error:
        bound.close()
        raise ListenError(
            f"the receiver of {name} cannot listen on {host} port {port}: {error.strerror}; set another address"
        ) from None
    return bound


def _tls(settings: ReceiveSettings) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate, key = settings.sos_access_certificate, settings.sos_access_key
    if certificate is None or key is None:
        raise ListenError("sos_access_tls_listen needs sos_access_certificate and sos_access_key: set them")
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise ListenError(
            f"sos_access_certificate {certificate} with sos_access_key {key} cannot be used ({error}); give PEM files"
        ) from None
    return context
