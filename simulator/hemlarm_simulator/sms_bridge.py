"""A modem on the cloud's side, in real time: a phone number between the SMS centre and the cloud's SMS gateway.

What it receives is posted to the gateway, and what the gateway posts is sent from its number. It is what a provider of
SMS is to a cloud. The centre belongs to the world's thread, so all that touches it happens in that thread, by the
world's clock; HTTP has threads of its own.
"""

import json
import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import httpx

from hemlarm_simulator.clock import Clock
from hemlarm_simulator.modem.sms_centre import SmsCentre
from hemlarm_simulator.modem_description import CENTRE_NUMBER

LOOK_MS = 50
"""How often the world's thread sees what came over HTTP."""

RETRY_MS = 1_000
TRIES_MAX = 10
_TIMEOUT_S = 10.0
_BODY_MAX = 10_000
_NOT_NOW = 500


class _Received(NamedTuple):
    """An SMS on its way to the gateway: its sender, its octets, and how often it was posted."""

    sender: str
    octets: bytes
    tries: int


class SmsBridge:
    """Runs between `start` and `stop`. Post to `url` what is to be sent, with `token` as bearer."""

    def __init__(self, clock: Clock, centre: SmsCentre, token: str, number: str = CENTRE_NUMBER) -> None:
        self.posted: list[int] = []
        """The gateway's answers, in order."""
        self._clock = clock
        self._token = token
        self._webhook = self._webhook_token = ""
        self._phone = centre.subscriber(number, self._received)
        self._outgoing: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._failed: queue.Queue[_Received] = queue.Queue()
        self._posting = ThreadPoolExecutor(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, name="sms bridge", daemon=True)
        self._over = False

    @property
    def url(self) -> str:
        """Where the gateway posts."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def start(self, webhook: str, webhook_token: str) -> None:
        """Begin; `webhook` is the gateway's URL, which wants its token."""
        self._webhook, self._webhook_token = webhook, webhook_token
        self._thread.start()
        self._look()

    def stop(self) -> None:
        """End."""
        self._over = True
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._posting.shutdown()

    def _received(self, sender: str, octets: bytes) -> None:
        self._post_soon(_Received(sender, octets, 0))

    def _post_soon(self, sms: _Received) -> None:
        if not self._over:
            self._posting.submit(self._post, sms)

    def _post(self, sms: _Received) -> None:
        headers = {"Authorization": f"Bearer {self._webhook_token}"}
        body = {"from": sms.sender, "data": sms.octets.hex()}
        try:
            status = httpx.post(self._webhook, json=body, headers=headers, timeout=_TIMEOUT_S).status_code
        except httpx.HTTPError:
            status = _NOT_NOW
        self.posted.append(status)
        if status >= _NOT_NOW and sms.tries < TRIES_MAX:
            self._failed.put(sms._replace(tries=sms.tries + 1))

    def _look(self) -> None:
        """In the world's thread: send what the gateway wants sent, and post again what it did not take."""
        if self._over:
            return
        while not self._outgoing.empty():
            self._phone.send(*self._outgoing.get())
        while not self._failed.empty():
            self._clock.call_in(RETRY_MS, partial(self._post_soon, self._failed.get()))
        self._clock.call_in(LOOK_MS, self._look)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outgoing, token = self._outgoing, self._token

        class Handler(BaseHTTPRequestHandler):
            """Takes {"to": NUMBER, "data": HEX}."""

            def do_POST(self) -> None:
                """Take one SMS to send."""
                self.send_response(202 if self._take() else 400)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_values: object) -> None:
                """Say nothing."""

            def _take(self) -> bool:
                size = int(self.headers.get("Content-Length", "0"))
                if self.headers.get("Authorization") != f"Bearer {token}" or size > _BODY_MAX:
                    return False
                body = json.loads(self.rfile.read(size))
                outgoing.put((body["to"], bytes.fromhex(body["data"])))
                return True

        return Handler
