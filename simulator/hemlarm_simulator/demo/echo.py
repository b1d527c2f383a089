"""The second client of the floor: plain paho-mqtt with its own loop, sending back whatever one panel publishes."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from hemlarm_protocol import topics
from hemlarm_simulator.real_cloud import RealCloud

_READY_S = 10.0


@contextmanager
def echoing(cloud: RealCloud, panel: str) -> Iterator[None]:
    """Echo `panel` as long as the block runs."""
    login = cloud.broker.login(cloud.authority.issue_cloud("cloud-echo", datetime.now(UTC)))
    ready = threading.Event()

    def connected(client: mqtt.Client, *_: Any) -> None:
        client.subscribe(topics.up(panel), qos=0)

    def subscribed(*_: Any) -> None:
        ready.set()

    def arrived(client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        client.publish(topics.down(panel), message.payload, qos=0)

    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=login.client_id)
    context = ssl.create_default_context(cafile=str(login.authority))
    context.load_cert_chain(str(login.certificate), str(login.key))
    client.tls_set_context(context)
    client.on_connect, client.on_subscribe, client.on_message = connected, subscribed, arrived
    client.connect(login.host, login.port)
    client.loop_start()
    try:
        if not ready.wait(_READY_S):
            raise OSError("the broker did not accept the echoing client")
        yield
    finally:
        client.disconnect()
        client.loop_stop()
