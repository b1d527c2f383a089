"""The API at work, in threads of its own."""

import logging
import socket
import threading
import time
from pathlib import Path
from typing import NamedTuple

import uvicorn
from starlette.types import ASGIApp

from hemlarm_cloud.errors import ListenError

STARTED_S = 10.0
_REQUESTS_MAX = 256
"""Connections that are served at a time; who comes beyond that is told 503."""
_IDLE_S = 20
_STOPPING_S = 5
_MESSAGE_MAX = 4_096
_LOOK_S = 0.01
_SEND_BUFFER_BYTES = 65_536
_UNREAD_MS = 30_000

_log = logging.getLogger(__name__)


class ApiError(ListenError):
    """The API cannot be served; the text names the address or file and the remedy."""


class Certificate(NamedTuple):
    """PEM files: the certificate with what signed it, and its key."""

    file: Path
    key: Path


class ApiService:
    """Serves an application at `listen` (host and port; 0 is a free one) between `start` and `stop`.

    With `shared` several processes may listen at one address at a time, so that a new one can take over from an old one
    without a gap: the system gives each new connection to one of them. Without a certificate it speaks plain HTTP: then
    only to this machine, or behind a proxy with TLS. Raises ApiError.
    """

    def __init__(
        self,
        app: ASGIApp,
        listen: tuple[str, int],
        certificate: Certificate | None = None,
        shared: bool = False,
    ) -> None:
        self._socket = _listen(*listen, shared)
        self.host, self.port = self._socket.getsockname()[:2]
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=_REQUESTS_MAX,
            timeout_keep_alive=_IDLE_S,
            timeout_graceful_shutdown=_STOPPING_S,
            ws="websockets-sansio",
            ws_max_size=_MESSAGE_MAX,
            ssl_certfile=certificate.file if certificate else None,
            ssl_keyfile=certificate.key if certificate else None,
        )
        try:
            config.load()
        except OSError as error:
            self._socket.close()
            raise ApiError(f"the API cannot use its certificate ({error}); check api_certificate and api_key") from None
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="api", daemon=True)

    def start(self) -> None:
        """Begin, and return when requests are taken."""
        self._thread.start()
        ends_s = time.monotonic() + STARTED_S
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > ends_s:
                self.stop()
                raise ApiError("the API does not start; the log says why")
            time.sleep(_LOOK_S)

    def stop(self) -> None:
        """Take no more, finish what runs, and end."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


def _listen(host: str, port: int, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named, asyncio sends small answers at once; otherwise each waits 40 ms for one in return.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, int(shared))
        # Its connections have the same. They bound what waits for a client that does not read, and for how long.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD_MS)
        listening.bind((host, port))
        listening.listen(256)
    except OSError as error:
        listening.close()
        raise ApiError(
            f"the API cannot listen on {host} port {port}: {error.strerror}; set another api_listen"
        ) from None
    return listening
