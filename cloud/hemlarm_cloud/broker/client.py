"""A cloud process's own connection to the broker: paho-mqtt driven from one thread, without loops of its own.

Everything goes as MQTT quality of service 0: the acknowledgement that counts is our own, after the commit.
"""

import logging
import select
import ssl
import time
from collections.abc import Sequence
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from hemlarm_cloud.broker.setup import BrokerLogin

RECONNECT_S = (0.1, 0.2, 0.5, 1.0, 2.0)
"""Pauses between attempts to reach the broker; the last one repeats."""

KEEPALIVE_S = 30
ACCEPT_S = 10.0

_log = logging.getLogger(__name__)


class BrokerClient:
    """Subscribed to `filters` whenever it is connected; connects again by itself, and keeps nothing while it is not."""

    def __init__(self, login: BrokerLogin, filters: Sequence[str]) -> None:
        self._login = login
        self._filters = filters
        self._arrived: list[tuple[str, bytes]] = []
        self._attempts = 0
        self._subscribed = False
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=login.client_id, clean_session=True)
        context = ssl.create_default_context(cafile=str(login.authority))
        context.load_cert_chain(str(login.certificate), str(login.key))
        self._client.tls_set_context(context)
        self._client.on_message = self._on_message
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe

    def connect(self) -> bool:
        """Try once, after the pause that is due; return whether the broker has accepted us and our subscriptions."""
        if self._attempts:
            time.sleep(RECONNECT_S[min(self._attempts, len(RECONNECT_S)) - 1])
        self._attempts += 1
        self._subscribed = False
        try:
            self._client.connect(self._login.host, self._login.port, KEEPALIVE_S)
            deadline = time.monotonic() + ACCEPT_S
            while not self._subscribed:
                if self._client.loop(0.1) != mqtt.MQTT_ERR_SUCCESS or time.monotonic() > deadline:
                    raise OSError("the broker did not accept the connection")
        except OSError as error:
            _log.warning("broker %s:%d: %s; trying again", self._login.host, self._login.port, error)
            return False
        self._attempts = 0
        return True

    @property
    def connected(self) -> bool:
        """Whether there is a connection as far as we know."""
        return self._client.is_connected()

    def read(self, wait_s: float, at_most: int) -> list[tuple[str, bytes]]:
        """Wait so long for the first message, then return what is there, as (topic, payload), up to `at_most`."""
        sock: Any = self._client.socket()
        if sock is not None and (sock.pending() or select.select([sock], [], [], max(wait_s, 0))[0]):
            self._read_arrived(sock, at_most)
        self._client.loop_misc()
        arrived, self._arrived = self._arrived, []
        return arrived

    def publish(self, topic: str, payload: bytes) -> None:
        """Send at once; what cannot be sent is lost, as quality of service 0 has it."""
        self._client.publish(topic, payload, qos=0)

    def close(self) -> None:
        """End in good order."""
        self._client.disconnect()

    def _read_arrived(self, sock: Any, at_most: int) -> None:
        while self._client.loop_read() == mqtt.MQTT_ERR_SUCCESS:
            if self._client.socket() != sock:
                return
            if len(self._arrived) >= at_most or not (sock.pending() or select.select([sock], [], [], 0)[0]):
                return

    def _on_connect(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            _log.error("the broker refused %s: %s", self._login.client_id, reason)
        else:
            client.subscribe([(topic, 0) for topic in self._filters])

    def _on_subscribe(self, _client: mqtt.Client, _data: Any, _mid: int, reasons: Any, _properties: Any) -> None:
        refused = [reason for reason in reasons if reason.is_failure]
        if refused:
            _log.error("the broker refused %s a subscription: %s", self._login.client_id, refused[0])
        self._subscribed = not refused

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        self._arrived.append((message.topic, bytes(message.payload)))
