"""A customer's broker, and a client at it that behaves as a Home Assistant does, for tests."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from hemlarm_cloud.broker.child import find_program, free_port

LIMIT_S = 20.0


class CustomersBroker:
    """Mosquitto on this machine, with or without a login."""

    def __init__(self, folder: Path, login: tuple[str, str] | None = None) -> None:
        self.port = free_port("127.0.0.1")
        self.login = login
        lines = [f"listener {self.port} 127.0.0.1", f"allow_anonymous {'false' if login else 'true'}"]
        self._program = find_program("mosquitto", folder, "install the Debian package mosquitto")
        if login:
            words = folder / "passwords"
            words.touch(0o600)
            maker = find_program("mosquitto_passwd", folder, "install the Debian package mosquitto")
            subprocess.run([maker, "-b", str(words), *login], check=True, capture_output=True)
            lines.append(f"password_file {words}")
        if Path("/proc/self").stat().st_uid == 0:
            lines.append("user root")
        self._file = folder / "mosquitto.conf"
        self._file.write_text("\n".join([*lines, "persistence false", ""]))
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """HOST:PORT."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Run, or run again after `stop`, which forgets all that was retained."""
        command = [self._program, "-c", str(self._file)]
        self._child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        """End."""
        if self._child is not None:
            self._child.terminate()
            self._child.wait(LIMIT_S)
            self._child = None


class Assistant:
    """What a Home Assistant knows: what was announced, and the latest payload of every topic."""

    def __init__(self, broker: CustomersBroker) -> None:
        self.known: dict[str, str] = {}
        self._broker = broker
        self._changed = threading.Condition()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="home-assistant")
        if broker.login:
            self._client.username_pw_set(*broker.login)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.reconnect_delay_set(1, 1)

    def start(self) -> None:
        """Connect as soon as the broker is there, and stay."""
        connected = threading.Event()
        for _ in range(int(LIMIT_S / 0.05)):
            with suppress(OSError):
                self._client.connect("127.0.0.1", self._broker.port)
                self._client.loop_start()
                return
            connected.wait(0.05)
        raise AssertionError("the customer's broker does not start")

    def stop(self) -> None:
        """Go."""
        self._client.disconnect()
        self._client.loop_stop()

    def config(self, component: str) -> dict[str, Any]:
        """The announcement of the only thing of a component."""
        (found,) = [json.loads(payload) for topic, payload in self.known.items() if f"/{component}/" in topic]
        assert isinstance(found, dict)
        return found

    def available(self, config: dict[str, Any]) -> bool:
        """Whether a thing is available, as Home Assistant judges it."""
        return all(self.known.get(each["topic"]) == "online" for each in config["availability"])

    def say(self, topic: str, payload: bytes | str, retain: bool = False) -> None:
        """Publish something."""
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(LIMIT_S)

    def expect(self, holds: Callable[[dict[str, str]], bool], limit_s: float = LIMIT_S) -> None:
        """Wait until something holds of what is known."""
        with self._changed:
            assert self._changed.wait_for(lambda: holds(self.known), limit_s), self.known

    def _on_connect(self, client: mqtt.Client, *_: Any) -> None:
        client.subscribe([("homeassistant/#", 1), ("hemlarm/#", 1)])

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        with self._changed:
            if message.payload:
                self.known[message.topic] = message.payload.decode("utf-8", "replace")
            else:
                self.known.pop(message.topic, None)
            self._changed.notify_all()


@contextmanager
def customers_house(folder: Path, login: tuple[str, str] | None = None) -> Iterator[tuple[CustomersBroker, Assistant]]:
    """A broker with a Home Assistant at it."""
    broker = CustomersBroker(folder, login)
    broker.start()
    assistant = Assistant(broker)
    try:
        assistant.start()
        yield broker, assistant
    finally:
        assistant.stop()
        broker.stop()
