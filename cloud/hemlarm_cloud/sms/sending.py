"""SMS go out as HTTP requests, one at a time and with bounded patience: POST {"to": N, "from": N, "data": "HEX"}."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from hemlarm_cloud.sms.outbox import Outbox, Outgoing

TIMEOUT_S = 10.0
_STOPPED_S = TIMEOUT_S + 1.0

_TRY_AGAIN = (408, 425, 429)
"""Client errors of HTTP that mean later (RFC 9110, 8470, 6585); every other one means never."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SmsProvider:
    """Where SMS are sent: `url`, with `token` as bearer if there is one, and our own `number` as the sender."""

    url: str
    token: str = ""
    number: str = ""


class SmsSender:
    """Sends from a thread of its own, between `start` and `stop`. `steady_ms` is a clock that nobody sets."""

    def __init__(
        self, provider: SmsProvider, steady_ms: Callable[[], int], transport: httpx.BaseTransport | None = None
    ) -> None:
        self.outbox = Outbox()
        self._provider = provider
        self._steady_ms = steady_ms
        self._transport = transport
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="sms sender", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what waits is forgotten."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(_STOPPED_S)

    def send(self, number: str, octets: bytes) -> None:
        """Send an SMS soon."""
        with self._changed:
            if not self.outbox.put(number, octets, self._steady_ms()):
                _log.error("too many SMS wait at %s; one is dropped", self._provider.url)
            self._changed.notify()

    def _run(self) -> None:
        with httpx.Client(timeout=TIMEOUT_S, transport=self._transport) as client:
            while (outgoing := self._next()) is not None:
                problem, for_good = self._post(client, outgoing)
                with self._changed:
                    if problem:
                        _log.warning("an SMS was not sent: %s", problem)
                        self.outbox.failed(outgoing, self._steady_ms(), for_good)
                    else:
                        self.outbox.sent()

    def _next(self) -> Outgoing | None:
        """Wait for the next one that is due; None once we stop."""
        with self._changed:
            while not self._stopping:
                now_ms = self._steady_ms()
                outgoing = self.outbox.take(now_ms)
                if outgoing is not None:
                    return outgoing
                next_ms = self.outbox.next_ms()
                self._changed.wait(None if next_ms is None else max(0, next_ms - now_ms) / 1000)
        return None

    def _post(self, client: httpx.Client, outgoing: Outgoing) -> tuple[str, bool]:
        """Try once; returns what went wrong, if anything, and whether that is for good."""
        headers = {"Authorization": f"Bearer {self._provider.token}"} if self._provider.token else {}
        body = {"to": outgoing.number, "from": self._provider.number, "data": outgoing.octets.hex()}
        try:
            # Only the status matters, so a long answer is never read.
            with client.stream("POST", self._provider.url, json=body, headers=headers) as answer:
                status = answer.status_code
        except httpx.HTTPError as error:
            return f"{type(error).__name__} at {self._provider.url}", False
        if 200 <= status < 300:
            return "", False
        return f"{self._provider.url} answered {status}", 400 <= status < 500 and status not in _TRY_AGAIN
