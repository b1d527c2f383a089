"""One site's connection to its customer's broker: a thread that keeps what is told there as it shall be.

The broker may be anybody's: it is found as `notices.outward` allows, every wait is bounded, what it sends is counted
and cut off, and nothing of it is believed but what `asking` understands.
"""

import json
import logging
import ssl
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from hemlarm_cloud.home_assistant.asking import PAYLOAD_MAX
from hemlarm_cloud.home_assistant.discovery import OFFLINE, ONLINE, base_topic, node, online_topic
from hemlarm_cloud.notices import outward
from hemlarm_cloud.notices.trouble import SendError

KEEPALIVE_S = 30
AGAIN_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Pauses between attempts to reach the broker; the last one repeats."""

TURN_S = 0.05
"""How soon a changed state leaves."""

TURNS_MAX = 200
"""Turns in which a broker must accept us, or take what is left to say: ten seconds of them."""

ASKED_MAX = 20
"""Messages that wait to be understood; more are dropped."""

LEFTOVERS_MAX = 2_000
"""Announcements of former times that are taken back in one connection."""

QUEUED_MAX = 5_000
"""Messages that wait for a broker to take them: a large home has some hundred."""

SWALLOWED_MAX = 256 * 1024
"""Octets that a broker may send in one message: ours are some hundred."""

_log = logging.getLogger(__name__)


class Broker(NamedTuple):
    """Where and how to connect. `context` replaces the machine's authorities, `inward` allows private addresses."""

    host: str
    port: int
    tls: bool
    user: str
    password: str | None
    prefix: str
    inward: bool = False
    context: ssl.SSLContext | None = None


class Link:
    """Keeps a site's messages at its broker, between `start` and `stop`."""

    def __init__(self, site: int, broker: Broker, asks: bool, news: Callable[[], None]) -> None:
        """Listen for what is asked if `asks`; `news` is called when something was, from the link's thread."""
        self.problem = "not connected yet"
        self._site = site
        self._broker = broker
        self._asks = asks
        self._news = news
        self._wanted: dict[str, str] = {}
        self._answer: str | None = None
        self._asked: deque[tuple[str, bytes]] = deque(maxlen=ASKED_MAX)
        self._stopping = threading.Event()
        self._clear = False
        self._thread = threading.Thread(target=self._run, name=f"Home Assistant of site {site}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def show(self, messages: Mapping[str, str]) -> None:
        """From now on let the broker have just these, payloads by topic."""
        self._wanted = dict(messages)

    def answer(self, text: str) -> None:
        """Say once why something that was asked for is not done."""
        self._answer = text

    def asked(self) -> list[tuple[str, bytes]]:
        """Return what came since the last call, as (topic, payload)."""
        found = []
        while self._asked:
            found.append(self._asked.popleft())
        return found

    def end(self, clear: bool) -> None:
        """Ask it to end; with `clear` all that was told is taken back."""
        self._clear = clear
        self._stopping.set()

    def join(self, at_most_s: float) -> bool:
        """Wait until it has ended, and return whether it has."""
        if self._thread.is_alive():
            self._thread.join(at_most_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        attempts = 0
        while not self._stopping.is_set():
            talk = _Talk(self._site, self._broker, self._asks, self._heard)
            try:
                talk.begin()
                self.problem = ""
                self._serve(talk)
            except (SendError, OSError, ValueError) as error:
                self.problem = str(error) or type(error).__name__
                _log.warning("Home Assistant of site %d: %s", self._site, self.problem)
            finally:
                talk.close()
            # Who accepts us only to drop us again is asked as seldom as who does not answer.
            attempts = 0 if talk.turns > TURNS_MAX else attempts
            self._stopping.wait(AGAIN_S[min(attempts, len(AGAIN_S) - 1)])
            attempts += 1

    def _serve(self, talk: "_Talk") -> None:
        while not self._stopping.is_set():
            talk.tell(self._wanted)
            if self._answer is not None:
                talk.say(self._answer)
                self._answer = None
            talk.turn()
        talk.tell({} if self._clear else self._wanted)
        talk.leave(self._clear)

    def _heard(self, topic: str, payload: bytes) -> None:
        self._asked.append((topic, payload))
        self._news()


class _Talk:
    """One connection, from its first octet to its last."""

    def __init__(self, site: int, broker: Broker, asks: bool, heard: Callable[[str, bytes], None]) -> None:
        self._site = site
        self._broker = broker
        self._asks = asks
        self._heard = heard
        self._told: dict[str, str] = {}
        self._leftovers: deque[tuple[str, bytes]] = deque(maxlen=LEFTOVERS_MAX)
        self._refusal: str | None = None
        self.turns = 0
        self._subscribed = False
        self._client = _Client(f"hemlarm-{site}")

    def begin(self) -> None:
        """Connect and subscribe. Raises SendError or OSError."""
        broker, client = self._broker, self._client
        (address, *_) = outward.addresses(broker.host, broker.port, broker.inward)
        if broker.tls:
            client.tls_set_context(_context(broker))
        if broker.user:
            client.username_pw_set(broker.user, broker.password)
        client.will_set(online_topic(self._site), OFFLINE, qos=1, retain=True)
        client.on_connect, client.on_subscribe, client.on_message = (
            self._on_connect,
            self._on_subscribe,
            self._on_message,
        )
        client.connect_timeout = outward.STEP_S
        client.connect(address, broker.port, KEEPALIVE_S)
        for _ in range(TURNS_MAX):
            self.turn()
            if self._subscribed:
                self._put(online_topic(self._site), ONLINE)
                return
        raise SendError("the broker does not answer")

    def turn(self) -> None:
        """Send and take what there is, for a moment. Raises SendError where the connection has ended."""
        self.turns += 1
        result = self._client.loop(TURN_S)
        if self._refusal is not None:
            raise SendError(self._refusal)
        if result != mqtt.MQTT_ERR_SUCCESS:
            raise SendError(f"the connection ended: {mqtt.error_string(result)}")

    def tell(self, wanted: Mapping[str, str]) -> None:
        """Publish what is new and take back what is no more."""
        for topic in [topic for topic in self._told if topic not in wanted]:
            self._put(topic, "")
            del self._told[topic]
        for topic, payload in wanted.items():
            if self._told.get(topic) != payload:
                self._put(topic, payload)
                self._told[topic] = payload
        while self._leftovers:
            self._take_back(*self._leftovers.popleft(), wanted)

    def say(self, text: str) -> None:
        """Publish why something that was asked for is not done, to whoever listens now."""
        self._client.publish(f"{base_topic(self._site)}/answer", text, qos=1)

    def leave(self, clear: bool) -> None:
        """End in good order, when the broker has taken all of it."""
        self._put(online_topic(self._site), "" if clear else OFFLINE)
        for _ in range(TURNS_MAX):
            if not self._client.waits():
                break
            self.turn()
        self._client.disconnect()

    def close(self) -> None:
        """End in any order."""
        self._client.abandon()

    def _put(self, topic: str, payload: str) -> None:
        told = self._client.publish(topic, payload, qos=1, retain=True)
        if told.rc != mqtt.MQTT_ERR_SUCCESS:
            raise SendError(f"the broker does not take what it is told: {mqtt.error_string(told.rc)}")

    def _take_back(self, topic: str, payload: bytes, wanted: Mapping[str, str]) -> None:
        """Clear what a former connection announced and is no more, and its state."""
        if topic in wanted or not payload:
            return
        self._put(topic, "")
        try:
            state = json.loads(payload).get("state_topic")
        except (ValueError, AttributeError, RecursionError):
            return
        if isinstance(state, str) and state.startswith(base_topic(self._site) + "/") and state not in wanted:
            self._put(state, "")

    def _on_connect(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._refusal = f"the broker refused us: {reason}"
            return
        topics = [(f"{self._broker.prefix}/+/{node(self._site)}/+/config", 1)]
        if self._asks:
            topics.append((f"{base_topic(self._site)}/+/+/set", 1))
        client.subscribe(topics)

    def _on_subscribe(self, _client: mqtt.Client, _data: Any, _mid: int, _reasons: Any, _properties: Any) -> None:
        # What may not be listened to is only not asked, and not taken back.
        self._subscribed = True

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        payload = bytes(message.payload)
        if message.topic.endswith("/config"):
            self._leftovers.append((message.topic, payload))
        # What was retained was asked once before: it is not asked again by connecting.
        elif not message.retain and len(payload) <= PAYLOAD_MAX:
            self._heard(message.topic, payload)


class _Client(mqtt.Client):
    """paho-mqtt's client, which ends the connection of a broker that sends without an end."""

    def __init__(self, client_id: str) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=True)
        self._swallowed = 0
        self.max_queued_messages_set(QUEUED_MAX)

    def waits(self) -> bool:
        """Tell whether something has been published that the broker has not taken."""
        return bool(self._out_messages) or self.want_write()

    def abandon(self) -> None:
        """Close the connection, if there is one."""
        self._sock_close()

    def _sock_recv(self, bufsize: int) -> bytes:
        octets = super()._sock_recv(bufsize)
        # A whole message lies behind us where a new one begins: paho reads its first octet alone.
        self._swallowed = 0 if bufsize == 1 else self._swallowed + len(octets)
        if self._swallowed > SWALLOWED_MAX:
            raise ConnectionError("the broker sends messages that are too long")
        return octets


class _Named(ssl.SSLContext):
    """A context that checks for one name, whatever address the connection goes to."""

    name = ""

    def wrap_socket(self, *args: Any, **named: Any) -> ssl.SSLSocket:
        return super().wrap_socket(*args, **named | {"server_hostname": self.name})


def _context(broker: Broker) -> ssl.SSLContext:
    if broker.context is not None:
        return broker.context
    context = _Named(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    context.name = broker.host
    return context
