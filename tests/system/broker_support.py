"""MQTT clients, people with and without valid papers, and a broker of each kind, for the tests of the real brokers."""

import contextlib
import queue
import shutil
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from hemlarm_cloud.authority import Authority, Credentials
from hemlarm_cloud.broker import Broker, BrokerLogin, start_broker
from hemlarm_protocol import topics

PANEL_A = "a1b2c3d4e5f60718"
PANEL_B = "b1b2c3d4e5f60718"
INGEST = "cloud-ingest"
WATCHER = "cloud-watcher"

TIMEOUT_S = 20.0
"""How long a test waits for what must happen. On an idle machine all of it takes milliseconds."""


class Client:
    """An MQTT client as panel and cloud use it: clean session, quality of service 0, reconnecting by itself."""

    def __init__(self, login: BrokerLogin, *, client_id: str | None = None, will: str | None = None) -> None:
        self.name = login.client_id
        self.messages: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.connections = 0
        self.disconnections = 0
        self._changed = threading.Condition()
        self._granted: list[int] = []
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id or login.client_id)
        self._client.tls_set(str(login.authority), str(login.certificate), str(login.key))
        self._client.reconnect_delay_set(0.05, 0.2)  # type: ignore[arg-type]
        if will is not None:
            self._client.will_set(will, b"will")
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.connect_async(login.host, login.port, keepalive=30)
        self._client.loop_start()

    @property
    def connected(self) -> bool:
        return self._client.is_connected()

    def subscribe(self, topic: str) -> None:
        """Subscribe and wait for the broker's answer, whatever it is."""
        assert self._ask(topic), f"{self.name} was cut while it subscribed"

    def flush(self) -> bool:
        """Wait until the broker has dealt with all that was published before; False if there is no connection."""
        return self._ask(topics.down(self.name))

    def _ask(self, topic: str) -> bool:
        # The broker answers a subscription after it has dealt with what the same connection sent before.
        with self._changed:
            before = self.disconnections
            result, number = self._client.subscribe(topic)
            if result != paho.MQTT_ERR_SUCCESS:
                return False
            ended = lambda: number in self._granted or self.disconnections > before  # noqa: E731
            assert self._changed.wait_for(ended, TIMEOUT_S), f"{self.name} got no answer to a subscription"
            return number in self._granted

    def publish(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload)

    def await_connections(self, count: int) -> None:
        """Wait until the broker has accepted this client `count` times in all."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.connections >= count, TIMEOUT_S), f"{self.name} not connected"

    def await_disconnections(self, count: int) -> None:
        """Wait until this client has been cut or refused `count` times in all."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.disconnections >= count, TIMEOUT_S), f"{self.name} not cut"

    def await_message(self, payload: bytes) -> list[tuple[str, bytes]]:
        """Wait for a message with this payload; return all that came until then, it being the last."""
        seen: list[tuple[str, bytes]] = []
        while not seen or seen[-1][1] != payload:
            seen.append(self.messages.get(timeout=TIMEOUT_S))
        return seen

    def await_settled(self) -> None:
        """Wait until the broker has accepted or refused this client."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.connections + self.disconnections > 0, TIMEOUT_S)

    def drop(self) -> None:
        """Break the connection without a farewell, if there is one; the client comes back by itself."""
        raw = self._client.socket()
        if isinstance(raw, socket.socket):
            with contextlib.suppress(OSError):  # The broker was quicker.
                raw.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, client: object, userdata: object, flags: object, reason: Any, properties: object) -> None:
        with self._changed:
            self.connections += 0 if reason.is_failure else 1
            self._changed.notify_all()

    def _on_disconnect(self, *args: object) -> None:
        with self._changed:
            self.disconnections += 1
            self._changed.notify_all()

    def _on_subscribe(self, client: object, userdata: object, number: int, *args: object) -> None:
        with self._changed:
            self._granted.append(number)
            self._changed.notify_all()

    def _on_message(self, client: object, userdata: object, message: paho.MQTTMessage) -> None:
        self.messages.put((message.topic, bytes(message.payload)))


@dataclass
class PanelStore:
    """Stands in for the cloud's store: knows which panels are allowed, and can be in trouble."""

    known: set[str]
    broken: bool = False
    asked_in_vain: int = 0

    def allowed(self, panel: str) -> bool:
        if self.broken:
            self.asked_in_vain += 1
            raise OSError("the disk is gone")
        return panel in self.known


@dataclass
class Site:
    """A broker with its authority and the panels that may connect; closes what was opened in it."""

    kind: str
    folder: Path
    authority: Authority
    broker: Broker
    store: PanelStore
    clients: list[Client] = field(default_factory=list)

    def panel(self, panel: str, **options: Any) -> Client:
        """Connect a panel with a valid certificate, listening on its own topic."""
        client = self.client(self.authority.issue_panel(panel, now()), **options)
        client.await_connections(1)
        client.subscribe(topics.down(panel))
        return client

    def cloud(self, name: str = INGEST) -> Client:
        """Connect a cloud service, listening to every panel."""
        client = self.client(self.authority.issue_cloud(name, now()))
        client.await_connections(1)
        client.subscribe(topics.UP_FILTER)
        return client

    def client(self, credentials: Credentials, **options: Any) -> Client:
        """Let a client with these credentials try to connect; the answer may be no."""
        client = Client(self.broker.login(credentials), **options)
        self.clients.append(client)
        return client

    @property
    def known(self) -> set[str]:
        """The panels that may connect."""
        return self.store.known

    def close(self) -> None:
        self.broker.stop()
        for client in self.clients:
            client.close()


def open_site(kind: str, folder: Path, **options: Any) -> Site:
    """Start a broker of this kind that admits panels A and B; skip the test if the broker is not installed."""
    require(kind)
    authority = Authority.create(folder / "authority", now())
    store = PanelStore({PANEL_A, PANEL_B})
    broker = start_broker(kind, folder / "broker", authority, store.allowed, check_period_s=0.2, **options)
    return Site(kind, folder, authority, broker, store)


def require(kind: str) -> None:
    """Skip the test, naming the package, if this broker is not installed."""
    if kind == "mosquitto" and shutil.which("mosquitto", path="/usr/local/sbin:/usr/sbin:/usr/bin") is None:
        pytest.skip("Debian package mosquitto is missing")


def now() -> datetime:
    return datetime.now(UTC)


def await_true(condition: Callable[[], bool], what: str) -> None:
    """Wait until the condition holds."""
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.005)
